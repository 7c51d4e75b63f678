// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct AppleHealthBeatTests {
    static let start: Int64 = 1_709_283_600_000_000_000  // 2024-03-01 09:00:00 UTC

    private func intervals(_ sink: CollectingSink) -> [Float] { sink.values(.rrInterval) }

    @Test(arguments: [
        ["10:00:01.20", "10:00:02.18", "10:00:03.20"],
        ["10:00:01,20", "10:00:02,18", "10:00:03,20"],
        ["10:00:01.20 AM", "10:00:02.18 AM", "10:00:03.20 AM"],
        ["10:00:01.20\u{202F}am", "10:00:02.18\u{202F}am", "10:00:03.20\u{202F}am"],
        ["10.00.01,20", "10.00.02,18", "10.00.03,20"],
        ["10:00:01.20 a.m.", "10:00:02.18 a.m.", "10:00:03.20 a.m."],
        ["上午10:00:01.20", "上午10:00:02.18", "上午10:00:03.20"],
        ["١٠:٠٠:٠١٫٢٠", "١٠:٠٠:٠٢٫١٨", "١٠:٠٠:٠٣٫٢٠"],
        // The wall clock of another zone: half past three in Mumbai, ten at night in Honolulu.
        ["14:30:01.20", "14:30:02.18", "14:30:03.20"],
        ["11:00:01.20 PM", "11:00:02.18 PM", "11:00:03.20 PM"],
    ])
    func `beat times are read in every locale`(times: [String]) {
        var export = AppleHealthExport()
        export.beats([("60", times[0]), ("61", times[1]), ("59", times[2])])
        let sink = export.read()
        #expect(intervals(sink) == [980, 1020])
        #expect(
            sink.samples(of: .rrInterval).map(\.time) == [
                Self.start + 2_180_000_000, Self.start + 3_200_000_000,
            ])
        #expect(sink.issues.isEmpty)
    }

    @Test func `an interval over a missing beat is not taken for one`() throws {
        var export = AppleHealthExport()
        export.beats([
            ("60", "10:00:01.00"), ("60", "10:00:02.00"), ("60", "10:00:04.00"),
            ("60", "10:00:05.00"),
        ])
        let sink = export.read()
        #expect(intervals(sink) == [1000, 1000])
        let issue = try #require(sink.issue(.ignored))
        #expect(issue.count == 1)
        #expect(issue.samplesLost == 0)
    }

    @Test func `beats run over midnight`() {
        var export = AppleHealthExport()
        export.beats(
            [("60", "23:59:59.50"), ("60", "0:00:00.50"), ("60", "0:00:01.50")],
            at: "2024-03-01 23:59:58 +0000")
        #expect(intervals(export.read()) == [1000, 1000])
    }

    @Test(arguments: ["", "10:00", "25:00:00.00", "10:61:00", "ten", "10:00:00.0.0.0", "1:2:3:4:5"])
    func `a beat that cannot be read costs one interval`(time: String) {
        var export = AppleHealthExport()
        export.beats([
            ("60", "10:00:01.00"), ("60", "10:00:02.00"), ("60", time), ("60", "10:00:04.00"),
            ("60", "10:00:05.00"),
        ])
        let sink = export.read()
        #expect(intervals(sink) == [1000, 1000])
        #expect(sink.samplesLost == 1)
        #expect(sink.issues.map(\.code) == [.invalidValue])
    }

    @Test func `intervals belong to the device of their record`() throws {
        var export = AppleHealthExport()
        export.beats([("60", "10:00:01.00"), ("60", "10:00:02.00")])
        let sink = export.read()
        let stream = try #require(sink.streams.keys.first { $0.quantity == .rrInterval })
        #expect(stream.device.label == "Apple Watch6,2")
        #expect(stream.origin == Origin(file: .appleHealth, derivation: .measured))
    }

    @Test func `beats tell the wall clock that the rows do not`() {
        var export = AppleHealthExport()
        export.add(" <ExportDate value=\"2024-07-01 12:00:00 +0200\"/>")
        let hours = ["10:00:01.00", "11:00:01.00", "11:00:01.00", "10:00:01.00"]
        for (day, time) in hours.enumerated() {
            let next = time.replacing("01.00", with: "02.00")
            export.beats([("60", time), ("60", next)], at: "2024-03-0\(day + 1) 11:00:00 +0200")
        }
        let day: Int64 = 86_400_000_000_000
        #expect(
            export.read().samples(of: .zoneOffset) == [
                FlatSample(time: Self.start, values: [3600, 4]),
                FlatSample(time: Self.start + day, values: [7200, 4]),
                FlatSample(time: Self.start + 3 * day, values: [3600, 4]),
                FlatSample(time: 1_719_828_000_000_000_000, values: [7200, 4]),
            ])
    }

    @Test(arguments: [
        ("09:00:01.00", "+0000", Float(0)), ("14:45:01.00", "+0545", 20_700),
        ("23:00:01.00", "-1000", -36_000), ("23:00:01.00", "+1300", 50_400),
        ("11:00:01.00 PM", "+0100", -36_000), ("5:30:01.00 AM", "-0330", -12_600),
    ])
    func `of two offsets a day apart the one near the written one is meant`(
        time: String, written: String, offset: Float
    ) {
        var export = AppleHealthExport()
        let start = Self.clock(written)
        export.beats(
            [("60", time), ("60", time.replacing("01.00", with: "02.00"))], at: start)
        #expect(export.read().values(.zoneOffset) == [offset])
    }

    @Test func `no offset is told by a foreign half of the day or by a single beat`() {
        var export = AppleHealthExport()
        export.beats([("60", "下午11:00:01.00"), ("60", "下午11:00:02.00")])
        export.beats([("60", "10:00:01.00")])
        #expect(export.read().values(.zoneOffset).isEmpty)
    }

    /// 09:00 UTC on 2024-03-01 as an export with this offset writes it.
    private static func clock(_ offset: String) -> String {
        let clocks = [
            "+0000": "2024-03-01 09:00:00", "+0545": "2024-03-01 14:45:00",
            "-1000": "2024-02-29 23:00:00", "+1300": "2024-03-01 22:00:00",
            "+0100": "2024-03-01 10:00:00", "-0330": "2024-03-01 05:30:00",
        ]
        return (clocks[offset] ?? "") + " " + offset
    }
}

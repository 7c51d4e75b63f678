// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct GENEActivReaderTests {
    private typealias Sample = GENEActivRecording.Sample

    private func read(
        _ text: String, _ context: ReadContext = ReadContext()
    ) -> CollectingSink {
        readAll(Array(text.utf8)) { GENEActivReader(context) }
    }

    private static let time = "2026-01-02 03:04:05:000"
    /// 2026-01-02T01:04:05 UTC.
    private static let instant: Int64 = 1_767_315_845_000_000_000

    @Test func `the reader keeps its contract`() {
        var recording = GENEActivRecording()
        recording.addPages(3, samples: 40)
        // Acceleration, light and temperature of each page, one press, one offset.
        checkReader(recording.bytes, samples: 120 + 6 + 1 + 1) { GENEActivReader() }
        var short = GENEActivRecording(zone: nil, lineEnd: "\n")
        short.addPages(2, samples: 300)
        checkReader(short.bytes) { GENEActivReader() }
    }

    @Test func `values are calibrated axis by axis`() {
        var recording = GENEActivRecording()
        recording.add([Sample(250, -250, 256), Sample(2047, -2048, 0)], time: Self.time)
        let samples = read(recording.text).samples(of: .acceleration)
        let expected: [[Double]] = [
            [(25_000 - 500) / 25_000, (-25_000 + 250) / 25_500, 25_600 / 24_800],
            [(204_700 - 500) / 25_000, (-204_800 + 250) / 25_500, 0],
        ]
        for (sample, values) in zip(samples, expected) {
            for axis in 0..<3 { #expect(abs(Double(sample.values[axis]) - values[axis]) < 1e-6) }
        }
        #expect(samples.map(\.time) == [Self.instant, Self.instant + 10_000_000])
    }

    @Test func `lower case digits and plain line ends are read`() {
        var recording = GENEActivRecording(lineEnd: "\n")
        recording.add([Sample(-1, -2, -3)], time: Self.time)
        let lower = recording.text.replacing("FFF", with: "fff").replacing("FFE", with: "ffe")
        #expect(lower != recording.text)
        #expect(read(lower).streams == read(recording.text).streams)
    }

    @Test func `light is the mean of a page, rounded down reading by reading`() {
        var recording = GENEActivRecording()
        recording.add(
            [Sample(0, 0, 0, light: 1), Sample(0, 0, 0, light: 2)], time: Self.time)
        let sink = read(recording.text)
        // 800 / 300: 2.67 and 5.33.
        #expect(sink.values(.light) == [3.5])
        #expect(sink.samples(of: .light).map(\.duration) == [20_000_000])
        #expect(sink.streams.keys.first { $0.quantity == .light }?.origin.derivation == .derived)
    }

    @Test func `a press of the button is one mark`() {
        var recording = GENEActivRecording()
        var samples = (0..<300).map { Sample($0, 0, 0) }
        for index in 290..<300 { samples[index].isPressed = true }
        recording.add(samples, time: Self.time)
        for index in samples.indices { samples[index].isPressed = index < 5 || index == 100 }
        recording.add(samples, time: "2026-01-02 03:04:08:000")
        let marks = read(recording.text).samples(of: .event)
        #expect(marks.map(\.values) == [[1], [1]])
        #expect(
            marks.map(\.time) == [Self.instant + 2_900_000_000, Self.instant + 4_000_000_000])
    }

    @Test func `the zone of the configuration holds`() {
        for (line, offset) in [
            ("Time Zone:GMT -04:00", -14_400), ("Time Zone:GMT +05:30  ", 19_800),
            ("Time Zone:GMT", 0), ("Time Zone: UTC +01:00", 3600),
        ] {
            var recording = GENEActivRecording(zone: line)
            recording.add([Sample(0, 0, 0)], time: Self.time)
            let sink = read(recording.text)
            #expect(sink.issues == [], "\(line)")
            #expect(
                sink.samples(of: .acceleration).map(\.time)
                    == [1_767_323_045_000_000_000 - Int64(offset) * 1_000_000_000])
            #expect(
                sink.samples(of: .zoneOffset).map(\.values)
                    == [[Float(offset), Float(ZoneOrigin.file.rawValue)]])
        }
    }

    @Test func `without a zone the person's is taken`() {
        var recording = GENEActivRecording(zone: nil)
        recording.addPages(3)
        #expect(read(recording.text).issue(.unanchoredTime)?.count == 1)
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 7200, origin: .user)
        ])
        let sink = read(recording.text, ReadContext(zone: zone))
        #expect(sink.issues == [])
        #expect(
            sink.samples(of: .acceleration).first?.time == 1_767_315_600_000_000_000)
        #expect(sink.samples(of: .zoneOffset).isEmpty)
    }

    @Test func `the header's start and number of pages are not believed`() {
        var recording = GENEActivRecording(start: "0000-00-00 00:00:00:000", pages: 9)
        recording.addPages(20)
        let sink = read(recording.text)
        #expect(sink.issues == [])
        #expect(sink.samples(of: .acceleration).count == 6000)
    }

    @Test func `decimal commas are read`() {
        var recording = GENEActivRecording(
            frequency: "85,7", gains: ["25000,0", "25500,0", "24800,0"])
        recording.temperature = "28,5"
        recording.add([Sample(0, 0, 0), Sample(0, 0, 0)], time: Self.time)
        let sink = read(recording.text)
        #expect(sink.issues == [])
        #expect(sink.values(.deviceTemperature) == [28.5])
        let times = sink.samples(of: .acceleration).map(\.time)
        #expect(times[1] - times[0] == 11_668_611)
    }

    @Test func `times lie between those of the pages`() {
        // 300 samples in 2.97 s, though the rate says three.
        var recording = GENEActivRecording()
        let samples = (0..<300).map { _ in Sample(0, 0, 256) }
        recording.add(samples, time: "2026-01-02 03:04:05:000")
        recording.add(samples, time: "2026-01-02 03:04:07:970")
        recording.add(samples, time: "2026-01-02 03:04:10:940")
        let times = read(recording.text).samples(of: .acceleration).map(\.time)
        #expect(times[300] - times[0] == 2_970_000_000)
        #expect(times[150] - times[0] == 1_485_000_000)
        #expect(times[899] - times[600] == 2_960_100_000)
    }

    @Test func `a missing page leaves a gap`() {
        var recording = GENEActivRecording()
        recording.addPages(1)
        recording.number = 7
        recording.add([Sample(0, 0, 256)], time: "2026-01-02 03:00:21:000")
        let sink = read(recording.text)
        let times = sink.samples(of: .acceleration).map(\.time)
        #expect(times[300] - times[299] == 18_010_000_000)
        #expect(sink.issue(.misplaced, "pages")?.count == 1)
    }

    @Test func `damaged digits cost only themselves`() {
        var recording = GENEActivRecording()
        recording.addPages(3)
        let text = recording.text
        let pages = text.components(separatedBy: "Measurement Frequency:100.0\r\n")
        #expect(pages.count == 4)
        var second = pages[2]
        second.replaceSubrange(
            second.index(
                second.startIndex, offsetBy: 120)..<second.index(
                    second.startIndex, offsetBy: 121), with: "?")
        let damaged = [pages[0], pages[1], second, pages[3]]
            .joined(separator: "Measurement Frequency:100.0\r\n")
        let sink = read(damaged)
        #expect(sink.samples(of: .acceleration).count == 899)
        #expect(sink.issue(.damaged)?.samplesLost == 1)
        let whole = Set(read(recording.text).samples(of: .acceleration))
        #expect(sink.samples(of: .acceleration).allSatisfy { whole.contains($0) })
    }

    @Test(arguments: [
        UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "G"),
        UInt8(ascii: "`"), UInt8(ascii: "g"), 0xB1, 0xE1, 0, 0x10,
    ])
    func `what stands beside the digits in the table of letters is no digit`(byte: UInt8) {
        var recording = GENEActivRecording()
        recording.addPages(1)
        for place in [12 * 300 - 1, 12 * 299, 12 * 150 + 5, 13] {
            var bytes = recording.bytes
            bytes[bytes.count - 2 - 12 * 300 + place] = byte
            let sink = readAll(bytes) { GENEActivReader() }
            #expect(sink.samples(of: .acceleration).count == 299, "\(byte) at \(place)")
            #expect(sink.issue(.damaged)?.samplesLost == 1)
        }
    }

    @Test func `the last page may be short`() {
        var recording = GENEActivRecording()
        recording.addPages(2)
        let cut = String(recording.text.dropLast(2 + 12 * 100 + 5))
        let sink = read(cut)
        #expect(sink.samples(of: .acceleration).count == 300 + 199)
        #expect(sink.issue(.truncated, "line") != nil)
        #expect(sink.samplesLost == 0)
    }
}

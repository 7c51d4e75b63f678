// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct AppleHealthLimitTests {
    private func expect(
        _ sink: CollectingSink, refusedAs code: ReadIssueCode, naming word: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(sink.error?.code == code, sourceLocation: sourceLocation)
        let text = sink.error.map { $0.found + " " + $0.expected } ?? ""
        #expect(text.contains(word), "\(text)", sourceLocation: sourceLocation)
    }

    @Test func `entity bombs are refused before they are read`() {
        var export = AppleHealthExport()
        var bomb = "<!DOCTYPE HealthData [\n<!ENTITY a0 \"ha\">\n"
        for level in 1...20 {
            let reference = String(repeating: "&a\(level - 1);", count: 10)
            bomb += "<!ENTITY a\(level) \"\(reference)\">\n"
        }
        export.documentType = bomb + "]>\n"
        export.record("HeartRate", "60", source: "&a20;")
        let sink = export.read()
        expect(sink, refusedAs: .limitExceeded, naming: "entities is 0")
        #expect(sink.error?.position.byte == 62)
        #expect(sink.sampleCount == 0)
    }

    @Test func `an entity declared among the records ends the reading and keeps what was read`() {
        var export = AppleHealthExport()
        export.record("HeartRate", "60")
        export.add("<!ENTITY % x SYSTEM \"file:///etc/passwd\">")
        export.record("HeartRate", "61")
        let sink = export.read()
        expect(sink, refusedAs: .limitExceeded, naming: "entities is 0")
        #expect(sink.values(.heartRate) == [60])
    }

    @Test func `a million levels are refused at the sixty-fifth`() {
        var export = AppleHealthExport()
        export.record("HeartRate", "60")
        export.add(String(repeating: "<a>", count: 1_000_000))
        let sink = export.read()
        expect(sink, refusedAs: .limitExceeded, naming: "limit depth")
        #expect(sink.values(.heartRate) == [60])
        #expect((sink.error?.position.byte ?? 0) < 2000)
    }

    @Test func `records in records are not nested but follow each other`() {
        var export = AppleHealthExport()
        export.add(String(repeating: "<Record>", count: 1000))
        export.record("HeartRate", "60")
        let sink = export.read()
        #expect(sink.error == nil)
        #expect(sink.values(.heartRate) == [60])
        #expect(sink.samplesLost == 1000)
    }

    @Test(arguments: [128, 129, 50_000])
    func `a flood of attributes costs its record`(count: Int) {
        var export = AppleHealthExport()
        let flood = (0..<count - 5).map { "a\($0)=\"\"" }.joined(separator: " ")
        let times =
            "startDate=\"\(AppleHealthExport.start)\" endDate=\"\(AppleHealthExport.start)\""
        export.add(
            " <Record \(flood) type=\"HKQuantityTypeIdentifierHeartRate\" unit=\"count/min\""
                + " \(times) value=\"60\"/>")
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.values(.heartRate) == (count <= 128 ? [60, 61] : [61]))
        #expect(sink.samplesLost == (count <= 128 ? 0 : 1))
        #expect(
            sink.issue(.limitExceeded)?.expected
                == (count <= 128 ? nil : "at most the limit attributes"))
    }

    @Test(arguments: [65_536, 65_537])
    func `a value beyond the limit costs its record`(count: Int) {
        var export = AppleHealthExport()
        export.record("HeartRate", "60", source: String(repeating: "s", count: count))
        export.record("HeartRate", "61")
        let sink = export.read()
        #expect(sink.values(.heartRate).sorted() == (count <= 65_536 ? [60, 61] : [61]))
        #expect(sink.samplesLost == (count <= 65_536 ? 0 : 1))
        #expect(sink.issues.allSatisfy { $0.expected == "at most the limit fieldBytes" })
    }

    @Test func `a tag beyond the limit costs itself, in one piece and in many`() {
        var limits = ReadLimits()
        limits.recordBytes = 4096
        var export = AppleHealthExport()
        export.record("HeartRate", "59")
        export.record("HeartRate", "60", source: String(repeating: "s", count: 5000))
        export.record("HeartRate", "61")
        let whole = export.read(limits: limits)
        #expect(whole.values(.heartRate) == [59, 61])
        #expect(whole.samplesLost == 1)
        #expect(whole.issue(.limitExceeded)?.expected == "at most the limit recordBytes")
        for size in [1, 7, 1000] {
            let cuts = Array(stride(from: size, to: export.bytes.count, by: size))
            let pieces = readAll(export.bytes, cuts: cuts) { AppleHealthReader(limits: limits) }
            #expect(pieces.streams == whole.streams)
            #expect(pieces.issues == whole.issues)
        }
    }

    @Test func `a hole of zeros between records is stepped over`() {
        var limits = ReadLimits()
        limits.recordBytes = 4096
        var export = AppleHealthExport()
        export.record("HeartRate", "60")
        export.add(String(repeating: "\0", count: 10_000))
        export.record("HeartRate", "61")
        let sink = export.read(limits: limits)
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.issues.map(\.code) == [.limitExceeded])
    }

    @Test(arguments: [
        "<gpx><trk/></gpx>", "{\"a\": 1}", "PK\u{3}\u{4}", "<HealthDataX/>", "",
        "<!DOCTYPE HealthData",
        "<!-- <HealthData> -->",
    ])
    func `another document is refused`(text: String) {
        expect(
            AppleHealthExport.read(Array(text.utf8)), refusedAs: .truncated, naming: "HealthData")
    }

    @Test(arguments: ["x", "<a>", "<!-- x -->", "<!DOCTYPE ["])
    func `a long document without the root is given up after recordBytes`(part: String) {
        let text = String(repeating: part, count: (2 << 20) / part.utf8.count)
        let sink = AppleHealthExport.read(Array(text.utf8))
        expect(sink, refusedAs: .limitExceeded, naming: "limit recordBytes")
        #expect(sink.error?.position.byte == 1 << 20)
    }

    @Test func `UTF-16 is refused by name in any cut`() {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x3C, 0, 0x48, 0]
        for cuts in [[], [1], [0, 1, 2], [3]] {
            let sink = readAll(bytes, cuts: cuts) { AppleHealthReader() }
            #expect(sink.error?.code == .encoding, "cut at \(cuts)")
            #expect(sink.error?.position.byte == 0)
        }
    }

    @Test func `UTF-16 is refused by name`() {
        let bytes = AppleHealthExport.everything().text.utf16.flatMap {
            [UInt8($0 & 0xFF), UInt8($0 >> 8)]
        }
        expect(AppleHealthExport.read([0xFF, 0xFE] + bytes), refusedAs: .encoding, naming: "UTF-8")
    }

    @Test func `a byte order mark of UTF-8 is fine`() {
        let sink = AppleHealthExport.read(
            [0xEF, 0xBB, 0xBF] + AppleHealthExport.everything().bytes)
        #expect(sink.error == nil)
        #expect(sink.values(.heartRate) == [64])
    }

    @Test func `streams, samples and bytes end at their limits`() {
        var export = AppleHealthExport()
        for index in 0..<20 { export.record("HeartRate", "60", source: "app \(index)") }
        var limits = ReadLimits()
        limits.streams = 10
        let streams = export.read(limits: limits)
        expect(streams, refusedAs: .limitExceeded, naming: "limit streams")
        #expect(streams.sampleCount == 10)
        limits = ReadLimits()
        limits.samples = 15
        let samples = export.read(limits: limits)
        expect(samples, refusedAs: .limitExceeded, naming: "limit samples")
        #expect(samples.sampleCount == 15)
        limits = ReadLimits()
        limits.recordingBytes = 2000
        let bytes = export.read(limits: limits)
        expect(bytes, refusedAs: .limitExceeded, naming: "limit recordingBytes")
        #expect(bytes.error?.position.byte == 2000)
        #expect(bytes.sampleCount > 0)
    }

    @Test func `kinds of issues are limited`() {
        var limits = ReadLimits()
        limits.issueKinds = 8
        var export = AppleHealthExport()
        for index in 0..<100 { export.record("HKCategoryTypeIdentifierX\(index)", "1") }
        let issues = export.read(limits: limits).issues
        #expect(issues.count <= 9)
        #expect(issues.reduce(0) { $0 + $1.count } == 100)
    }
}

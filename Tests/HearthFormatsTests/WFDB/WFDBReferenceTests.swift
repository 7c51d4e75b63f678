// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// The shared records: other decoders' outputs, the headers' own first values and sums.
@Suite(.enabled(if: SharedData.isPresent, "needs the shared recordings"))
struct WFDBReferenceTests {
    private static let samples = "formats/wfdb/wfdb-python/sample-data"
    private static let outputs = "formats/wfdb/wfdb-python/tests/target-output"

    private func url(_ path: String) throws -> URL {
        try #require(SharedData.folder).appending(path: path)
    }

    private static func headers() -> [String] {
        guard let folder = SharedData.folder else { return [] }
        return [samples, "mitdb"].flatMap { below in
            SeedFiles.files(below: folder.appending(path: below))
                .filter { $0.pathExtension == "hea" }
                .map { String($0.path.dropFirst(folder.path.count + 1)) }
        }
    }

    /// Counts, so that whole records are quick to read.
    private struct Counting: SampleSink {
        var samples = 0
        var issues: [ReadIssue] = []
        mutating func accept(_ block: SampleBlock) { samples += block.count }
        mutating func report(_ issue: ReadIssue) { issues.append(issue) }
    }

    @Test(arguments: headers())
    func `the sums in every header hold for the whole record`(path: String) throws {
        let parts = try WFDBParts.parts(try url(path))
        let header = parts[0].bytes
        let isHeader = WFDBReader.isHeader(header.span)
        #expect(isHeader)
        let bytes = PartStream.bytes(parts)
        let prefix = Array(bytes.prefix(FormatDetector.prefixBytes))
        #expect(FormatDetector.detect(prefix.span) == .recording(.wfdb))
        var sink = Counting()
        var reader = WFDBReader()
        try reader.read(bytes.span, into: &sink)
        try reader.finish(into: &sink)
        #expect(!sink.issues.contains { $0.code == .checksumMismatch || $0.code == .damaged })
        let hasData = parts.contains { !$0.name.hasSuffix(".hea") }
        let isCompressed = ["flac", "mixedsignals"].contains { path.contains($0) }
        #expect((sink.samples > 0) == (hasData && !isCompressed))
    }

    @Test(arguments: headers())
    func `the beginning of every file is decoded as a slow decoder does`(path: String) throws {
        let parts = try WFDBParts.parts(try url(path), annotated: false)
            .map { (name: $0.name, bytes: Array($0.bytes.prefix(12_000))) }
        guard let reference = ReferenceWFDB(parts),
            !reference.signals.contains(where: { [0, 508, 516, 524].contains($0.format) })
        else { return }
        let sink = readAll(PartStream.bytes(parts)) { WFDBReader() }
        // Two headers were written by hand for other frames of the same file.
        for signal in reference.signals where !path.contains("frame") {
            #expect(
                signal.values.isEmpty || signal.values.first == signal.initial
                    || signal.initial == 0)
        }
        let match = WFDBReferences.comparison(reference, sink)
        #expect(match.differences.isEmpty, "\(match.sentence)")
    }

    /// Columns of numbers of an output of the library's own tools.
    private func columns(_ name: String) throws -> [[Double]] {
        let bytes = try ReferenceTable.bytes(of: try url(Self.outputs + "/" + name))
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: "\t").compactMap {
                Double($0.trimmingCharacters(in: .whitespaces))
            }
        }
    }

    @Test func `all storage formats give the values of the library's tool`() throws {
        let rows = try columns("record-1f.gz")
        let parts = try WFDBParts.parts(try url(Self.samples + "/binformats.hea"))
        let sink = readAll(PartStream.bytes(parts)) { WFDBReader() }
        #expect(rows.count == 499)
        for column in 0..<10 {
            let stream = try #require(
                sink.streams.first { $0.key.device.model.hasPrefix("sig \(column),") })
            let values = stream.value.map { Double($0.values[0]) * 200 }
            for (value, row) in zip(values, rows) {
                #expect(abs(value - row[column]) <= abs(row[column]) * 1e-6 + 1e-3)
            }
            #expect(values.count == 499)
        }
    }

    @Test func `annotations are those of the library's tool`() throws {
        for (record, annotator, output) in [
            ("100", "atr", "ann-1.gz"), ("12726", "anI", "ann-2"), ("1003", "atr", "ann-3.gz"),
        ] {
            let bytes = try ReferenceTable.bytes(of: try url(Self.outputs + "/" + output))
            let expected = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
                .map { line -> Int in
                    // The time may be in brackets with blanks inside; samples follow it.
                    let fields = line.split { $0 == " " || $0 == "\t" }
                    return fields.lazy.compactMap { Int($0) }.first ?? -1
                }
            let parts = try WFDBParts.parts(try url(Self.samples + "/\(record).hea"))
                .filter { !$0.name.hasSuffix(".dat") }
            let sink = readAll(PartStream.bytes(parts)) { WFDBReader() }
            let stream = sink.streams.first {
                $0.key.quantity == .event && $0.key.device.model == "annotator \(annotator)"
            }
            let events = (stream?.value ?? []).filter { $0.values[0] < 512 }
            let hertz = record == "12726" ? 250.0 : 360.0
            let base = record == "12726" ? 54_504.0 : 0
            let found = events.map { Int(((Double($0.time) / 1e9 - base) * hertz).rounded()) }
            #expect(found == expected, "\(record) \(annotator)")
        }
    }

    @Test func `record 100 begins as published`() throws {
        var parts = try WFDBParts.parts(try url("mitdb/100.hea"))
        // Beats alone are quicker.
        parts.removeAll { $0.name.hasSuffix(".dat") }
        let sink = readAll(PartStream.bytes(parts)) { WFDBReader() }
        let events = sink.samples(of: .event).filter { $0.values[0] < 512 }
        #expect(events.count == 2274)
        #expect(events.first?.time == 50_000_000)
        #expect(events.first?.values == [256 + 28])
        #expect(sink.samples(of: .event).count == 2275)
        #expect(sink.samples(of: .rrInterval).count == 2272)
    }

    @Test func `a long distance may be longer than 32 bits hold`() throws {
        let bytes = try SharedData.bytes(Self.samples + "/huge.qrs")
        let sink = readAll(
            PartStream.bytes([("huge.hea", Array("huge 0 1\n".utf8)), ("huge.qrs", bytes)])
        ) { WFDBReader() }
        #expect(sink.samples(of: .event).count >= 1)
        #expect((sink.samples(of: .event).first?.time ?? 0) > Int64(Int32.max) * 1_000_000_000)
    }

    @Test func `layouts of segments give every lead its time`() throws {
        let sink = readAll(
            try WFDBParts.stream(
                try url(Self.samples + "/multi-segment/s25047/s25047-2704-05-04-10-44.hea"))
        ) { WFDBReader() }
        #expect(sink.streams.count == 3)
        #expect(
            sink.streams.filter { $0.key.quantity == .ecg }.map(\.value.count).sorted()
                == [516_778, 517_371])
        #expect(sink.samples(of: .signal).count == 97_500)
        #expect(sink.issue(.sentinelValue)?.samplesLost == 851)
    }
}

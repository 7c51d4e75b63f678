// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one file of a Samsung Health export: a table, or a JSON file of bins. What a table holds is
/// told by its first line, what a bin holds by its keys.
///
/// Formats and choices: `docs/formats/samsung-health.md`.
public struct SamsungHealthReader: RecordingReader, ~Copyable {
    static let shape = JSONShape<SamsungBinField, SamsungBinCut>()

    private var notation: TextNotation?
    private var records: JSONRecords<SamsungBinField, SamsungBinCut>
    private var table: SamsungTable
    private var output: SampleOutput
    private var meter: ByteMeter
    private let isTemperature: Bool

    public init(_ context: ReadContext = ReadContext()) {
        records = JSONRecords(Self.shape, limits: context.limits)
        table = SamsungTable(limits: context.limits)
        output = SampleOutput(
            file: .samsungHealth, device: SourceDevice(vendor: "Samsung", model: ""),
            limits: context.limits, zone: context.zone)
        meter = ByteMeter(limits: context.limits)
        // The name is a path of the export; only its folder of the kind is looked at.
        isTemperature = context.name.contains("com.samsung.health.skin_temperature")
    }

    /// Whether the first bytes are those of one of Samsung Health's files.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        if let sniff = JSONSniff(prefix) {
            return sniff.has("start_time", "end_time")
                && sniff.hasAny(
                    "heart_rate", "heart_rate_max", "rmssd", "sdnn", "spo2", "score", "score_max",
                    "respiratory_rate", "mean")
        }
        var start = 0
        while start < prefix.count, FitbitReader.isBeforeText(prefix[start]) { start += 1 }
        let word = Array("com.samsung.".utf8)
        guard start + word.count < prefix.count else { return false }
        return word.indices.allSatisfy { prefix[start + $0] == word[$0] }
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let base = try meter.take(bytes.count)
        var start = 0
        if notation == nil {
            notation = TextNotation(bytes, from: &start)
            table.base = base + Int64(start)
        }
        switch notation {
        case nil: return
        case .json:
            while let event = records.next(bytes, &start, base: base) {
                try take(event, into: &sink)
            }
        case .csv:
            try table.read(
                bytes.extracting(start..<bytes.count), isLast: false, &output, into: &sink)
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        switch notation {
        case nil:
            throw ReadError(
                .truncated, at: ReadPosition(byte: meter.total), found: "an empty file",
                expected: "a table or a list of bins")
        case .csv:
            let nothing: [UInt8] = []
            try table.read(nothing.span, isLast: true, &output, into: &sink)
        case .json:
            let end = records.finish(at: meter.total)
            if let problem = end.problem {
                output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
            }
        }
        output.finish(into: &sink)
    }

    private mutating func take(
        _ event: JSONRecords<SamsungBinField, SamsungBinCut>.Event,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch event {
        case .record:
            let record = records.record
            // What wraps a list has nothing of its own.
            guard !record.entries.isEmpty else { return }
            try SamsungBin(record: record).deliver(
                isTemperature: isTemperature, &output, into: &sink)
        case .stray:
            output.count(
                .unknownElement, at: records.position, found: "an element that is no object",
                expected: "a bin", samplesLost: 0)
        case .problem(let problem):
            output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
        }
    }
}

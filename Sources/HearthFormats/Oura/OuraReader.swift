// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one document of Oura: JSON of its web service, or a table of the account export, whose
/// fields are divided by semicolons and may hold JSON. What it holds is told by its keys.
///
/// Formats and choices: `docs/formats/oura.md`.
public struct OuraReader: RecordingReader, ~Copyable {
    static let shape = JSONShape<OuraField, OuraCut>()

    private var notation: TextNotation?
    private var records: JSONRecords<OuraField, OuraCut>
    private var table: OuraTable
    private var output: SampleOutput
    private var meter: ByteMeter
    private var elements = 0

    public init(_ context: ReadContext = ReadContext()) {
        records = JSONRecords(Self.shape, limits: context.limits)
        table = OuraTable(limits: context.limits)
        output = SampleOutput(
            file: .oura, device: SourceDevice(vendor: "Oura", model: ""), limits: context.limits,
            zone: context.zone)
        meter = ByteMeter(limits: context.limits)
    }

    /// Whether the first bytes are those of one of Oura's documents or tables.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        if let sniff = JSONSniff(prefix) {
            return ["", "data."].contains { at in
                func has(_ key: String) -> Bool { sniff.paths.contains(at + key) }
                if has("bedtime_start") || has("sleep_phase_5_min") { return true }
                if has("bpm"), has("timestamp"), has("source") { return true }
                guard has("day") else { return false }
                return has("spo2_percentage") || has("temperature_deviation")
                    || has("contributors") || has("equivalent_walking_distance")
                    || has("stress_high") || has("vo2_max") || has("bedtime_end")
            }
        }
        return OuraTable.recognises(prefix)
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
                expected: "a JSON document or a header row")
        case .csv:
            let nothing: [UInt8] = []
            try table.read(nothing.span, isLast: true, &output, into: &sink)
        case .json:
            let end = records.finish(at: meter.total)
            if let problem = end.problem {
                output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
            }
            if end.hasRecord { try take(.record(nil), into: &sink) }
        }
        output.finish(into: &sink)
    }

    private mutating func take(
        _ event: JSONRecords<OuraField, OuraCut>.Event,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch event {
        case .record(let cut):
            if cut != nil { elements += 1 }
            // What wraps a list has nothing of its own.
            if cut == nil, elements > 0 || records.record.mentions(.paging) {
                elements = 0
                return
            }
            try OuraDocument(record: records.record).deliver(&output, into: &sink)
        case .stray:
            output.count(
                .unknownElement, at: records.position, found: "an element that is no object",
                expected: "one of Oura's documents", samplesLost: 0)
        case .problem(let problem):
            output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
        }
    }
}

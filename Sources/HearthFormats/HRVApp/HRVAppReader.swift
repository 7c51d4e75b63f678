// SPDX-License-Identifier: Apache-2.0

/// Reads what apps for heart rate variability write: tables of measurements (HRV4Training,
/// EliteHRV), lists of RR intervals, lists of beats, and ECG recorded with OpenSignals.
///
/// What a file is, is told by its first line. Formats and choices: `docs/formats/hrv-app.md`.
public struct HRVAppReader: RecordingReader, ~Copyable {
    private enum Notation { case unknown, table, lines, signals }

    private var notation = Notation.unknown
    private var opening: [UInt8] = []
    private var table: TableReading<HRVTable>
    private var lines: HRVLines
    private var signals: OpenSignals
    private var bytesRead: Int64 = 0
    private var hasEnded = false
    private let limits: ReadLimits

    public init(_ context: ReadContext = ReadContext()) {
        limits = context.limits
        table = TableReading(HRVTable(context), limits: context.limits)
        lines = HRVLines(context)
        signals = OpenSignals(context)
    }

    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        switch notation(of: prefix) {
        case .signals: true
        case .lines: HRVLines.recognises(prefix)
        case .table: TableHeader(prefix: prefix).map { HRVTable.shape(of: $0) != nil } ?? false
        case .unknown: false
        }
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !hasEnded else { return }
        bytesRead += Int64(bytes.count)
        guard bytesRead <= limits.recordingBytes else {
            try conclude(into: &sink)
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: limits.recordingBytes),
                found: "a longer recording", expected: "at most the limit recordingBytes")
        }
        var start = 0
        if notation == .unknown {
            let room = FormatDetector.prefixBytes - opening.count
            start = min(bytes.count, room)
            XMLByteSearch.append(bytes, 0..<start, to: &opening)
            guard opening.count >= FormatDetector.prefixBytes else { return }
            try begin(into: &sink)
        }
        try pass(bytes.extracting(start..<bytes.count), into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard !hasEnded else { return }
        if notation == .unknown { try begin(into: &sink) }
        try conclude(into: &sink)
    }

    /// Chooses what reads the recording, and hands it the first bytes.
    private mutating func begin(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        notation = Self.notation(of: opening.span)
        if notation == .unknown {
            hasEnded = true
            throw ReadError(
                bytesRead == 0 ? .truncated : .unsupported, at: ReadPosition(byte: 0),
                found: bytesRead == 0 ? "an empty file" : "a first line of another kind",
                expected: "a header row, a list of intervals or OpenSignals")
        }
        let first = opening
        opening = []
        try pass(first.span, into: &sink)
    }

    private mutating func pass(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch notation {
        case .table: try table.read(bytes, into: &sink)
        case .lines: try lines.read(bytes, into: &sink)
        case .signals: try signals.read(bytes, into: &sink)
        case .unknown: break
        }
    }

    private mutating func conclude(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        hasEnded = true
        switch notation {
        case .table: try table.finish(into: &sink)
        case .lines: try lines.finish(into: &sink)
        case .signals: try signals.finish(into: &sink)
        case .unknown: break
        }
    }

    /// What the first line that is not blank shows.
    private static func notation(of prefix: Span<UInt8>) -> Notation {
        var start = 0
        while start < prefix.count, FitbitReader.isBeforeText(prefix[start]) { start += 1 }
        guard start < prefix.count else { return .unknown }
        let rest = prefix.extracting(start..<prefix.count)
        if rest.starts(with: "# OpenSignals") { return .signals }
        if TextNumber.isDigit(rest[0]) { return .lines }
        return .table
    }
}

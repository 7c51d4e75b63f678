// SPDX-License-Identifier: Apache-2.0

/// Reads one table of a WHOOP export: physiological cycles, sleeps, workouts or the journal.
///
/// Which one is told by the header row. Formats and choices: `docs/formats/whoop.md`.
public struct WHOOPReader: RecordingReader, ~Copyable {
    private var table: TableReading<WHOOPTable>

    public init(_ context: ReadContext = ReadContext()) {
        table = TableReading(WHOOPTable(context), limits: context.limits)
    }

    /// Whether the first row is that of one of WHOOP's tables.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        TableHeader(prefix: prefix).map { WHOOPTable.shape(of: $0) != nil } ?? false
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        try table.read(bytes, into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        try table.finish(into: &sink)
    }
}

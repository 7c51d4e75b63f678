// SPDX-License-Identifier: Apache-2.0

/// Reads the record tables of a Mi Fitness account export.
///
/// Which table it is, is told by the header row. Formats and choices: `docs/formats/mi-fitness.md`.
public struct MiFitnessReader: RecordingReader, ~Copyable {
    private var table: TableReading<MiFitnessTable>

    public init(_ context: ReadContext = ReadContext()) {
        table = TableReading(MiFitnessTable(context), limits: context.limits)
    }

    /// Whether the first row is that of one of the tables read here.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        TableHeader(prefix: prefix).map { MiFitnessTable.shape(of: $0) != nil } ?? false
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

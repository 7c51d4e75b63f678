// SPDX-License-Identifier: Apache-2.0

/// Reads one table of a Withings export: raw values, sleep, weight, blood pressure, activities.
///
/// Which table it is, is told by the header row. Formats and choices: `docs/formats/withings.md`.
public struct WithingsReader: RecordingReader, ~Copyable {
    private var table: TableReading<WithingsTable>

    public init(_ context: ReadContext = ReadContext()) {
        table = TableReading(WithingsTable(context), limits: context.limits)
    }

    /// Whether the first row is that of one of the tables read here.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        TableHeader(prefix: prefix).map { WithingsTable.shape(of: $0) != nil } ?? false
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

// SPDX-License-Identifier: Apache-2.0

/// Reads one table of OpenStrap's CSV export.
///
/// Which table it is, is told by the header row. Formats and choices: `docs/formats/openstrap.md`.
public struct OpenStrapReader: RecordingReader, ~Copyable {
    private var table: TableReading<OpenStrapTable>

    public init(_ context: ReadContext = ReadContext()) {
        table = TableReading(OpenStrapTable(context), limits: context.limits)
    }

    /// Whether the first row is that of one of the tables read here.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        TableHeader(prefix: prefix).map { OpenStrapTable.shape(of: $0) != nil } ?? false
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

// SPDX-License-Identifier: Apache-2.0

/// Reads one table of a Zepp Life (formerly Mi Fit) or Zepp export.
///
/// Which table it is, is told by the header row. Formats and choices: `docs/formats/zepp-life.md`.
public struct ZeppLifeReader: RecordingReader, ~Copyable {
    private var table: TableReading<ZeppLifeTable>

    public init(_ context: ReadContext = ReadContext()) {
        table = TableReading(ZeppLifeTable(context), limits: context.limits)
    }

    /// Whether the first row is that of one of the tables read here.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        TableHeader(prefix: prefix).map { ZeppLifeTable.shape(of: $0) != nil } ?? false
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

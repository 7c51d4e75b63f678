// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Rows of numbers, whose columns a list of descriptors names: before the rows or behind them.
///
/// Rows are held back until the list is known or the document ends, but no more than ``mostRows``:
/// then the usual columns are taken.
struct GarminRowBuffer: Sendable {
    /// A day of two-minute heart rates has 720 rows.
    static let mostRows = 20_000

    private struct Row: Sendable {
        var record: JSONRecord<GarminField>
        var kind: GarminRows
    }
    private var held: [Row] = []
    private var heldBytes = 0

    /// Rows are held up to this many bytes.
    private static let mostBytes = 8 << 20
    /// Documents have a dozen values besides their lists; descriptors are among the first.
    private static let mostEntries = 4096

    mutating func take(
        _ record: JSONRecord<GarminField>, _ kind: GarminRows,
        document: JSONRecord<GarminField>?, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if let columns = Self.columns(of: kind, in: document) {
            try Self.deliver(record, kind, columns, &output, into: &sink)
            return
        }
        held.append(Row(record: record, kind: kind))
        heldBytes += record.size
        if held.count >= Self.mostRows || heldBytes > Self.mostBytes {
            try flush(nil, &output, into: &sink)
        }
    }

    mutating func flush(
        _ document: JSONRecord<GarminField>?, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !held.isEmpty else { return }
        let columns = GarminRows.allCases.map { Self.columns(of: $0, in: document) ?? $0.usual }
        for row in held {
            try Self.deliver(
                row.record, row.kind, columns[row.kind.rawValue], &output, into: &sink)
        }
        held.removeAll()
        heldBytes = 0
    }

    /// The columns that the document's descriptors name, if they are there.
    private static func columns(
        of kind: GarminRows, in document: JSONRecord<GarminField>?
    ) -> (time: Int32, value: Int32)? {
        guard let document, document.entries.count <= mostEntries else { return nil }
        var columns: (time: Int32?, value: Int32?)
        for (key, index) in document.pairs(kind.key, kind.index) {
            guard let key = document.text(key) else { continue }
            let position = document.integer(index).flatMap { Int32(exactly: $0) }
            if key.elementsEqual("timestamp".utf8) { columns.time = position }
            if key.elementsEqual(kind.valueKey.utf8) { columns.value = position }
        }
        guard let time = columns.time, let value = columns.value else { return nil }
        return (time, value)
    }

    private static func deliver(
        _ row: JSONRecord<GarminField>, _ kind: GarminRows, _ columns: (time: Int32, value: Int32),
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = row.position
        func item(_ index: Int32) -> JSONRecord<GarminField>.Entry? {
            row.entries.first { $0.field == .item && $0.index == index }
        }
        guard let milliseconds = row.integer(item(columns.time)),
            let time = CloudTime.instant(milliseconds: milliseconds)
        else {
            output.countInvalidTime(position)
            return
        }
        guard let entry = item(columns.value) else {
            output.count(
                .damaged, at: position, found: "a row without its value",
                expected: "a time and a value")
            return
        }
        if entry.isNull {
            output.countSentinel(position)
            return
        }
        guard let value = row.float(entry) else {
            output.countInvalidValue(position)
            return
        }
        if value < 0 || (kind == .rate && value == 0) {
            output.countSentinel(position)
            return
        }
        try output.add(
            value, kind.quantity, kind.derivation, at: time, position: position, into: &sink)
    }
}

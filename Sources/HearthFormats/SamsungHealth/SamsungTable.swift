// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads a table of Samsung Health: a line with its kind, a line of column names, rows.
///
/// Every row may end with one comma more than there are columns.
struct SamsungTable: CSVRows, Sendable {
    /// Where in the recording the table begins.
    var base: Int64 = 0
    var scanner: CSVScanner
    private var type: SamsungType?
    private var columns: [SamsungColumn: Int]?
    private var columnCount = 0
    private let limits: ReadLimits

    init(limits: ReadLimits) {
        scanner = CSVScanner(limits: limits)
        self.limits = limits
    }

    mutating func take(
        _ outcome: CSVScanner.Outcome, _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let type else {
            self.type = try Self.type(outcome, row, scanner.fields, at: position)
            return
        }
        guard case .row = outcome else { return output.count(outcome, at: position, limits) }
        let fields = scanner.fields
        if fields.count == 1, fields[0].isEmpty { return }
        guard let columns else { return begin(row, fields) }
        let hasExtra = fields.count == columnCount + 1 && fields[columnCount].isEmpty
        guard fields.count == columnCount || hasExtra else {
            output.count(
                .damaged, at: position, found: "a row with another number of fields",
                expected: "as many fields as there are columns, and a comma")
            return
        }
        if case .unread(let what) = type.shape { return output.countUnsupported(what, position) }
        let cells = SamsungRow(columns: columns, fields: fields, position: position)
        try cells.deliver(row, type, &output, into: &sink)
    }

    /// The kind of table, from its first line.
    private static func type(
        _ outcome: CSVScanner.Outcome, _ row: Span<UInt8>, _ fields: [CSVField],
        at position: ReadPosition
    ) throws(ReadError) -> SamsungType {
        if case .row = outcome, let first = fields.first {
            let name = (first.start..<first.end).map { row[$0] }
            if name.starts(with: "com.samsung.".utf8) { return SamsungType(name) }
        }
        throw ReadError(
            .unsupported, at: position, found: "a first line that names no kind of table",
            expected: "com.samsung., the kind, and numbers")
    }

    private mutating func begin(_ row: Span<UInt8>, _ fields: [CSVField]) {
        var found: [SamsungColumn: Int] = [:]
        for (index, field) in fields.enumerated() {
            var start = field.start
            for place in field.start..<field.end where row[place] == UInt8(ascii: ".") {
                start = place + 1
            }
            while start < field.end, [0xEF, 0xBB, 0xBF].contains(row[start]) { start += 1 }
            let name = String(decoding: (start..<field.end).map { row[$0] }, as: UTF8.self)
            if let column = SamsungColumn(rawValue: name), found[column] == nil {
                found[column] = index
            }
        }
        columns = found
        columnCount = fields.count
        if columnCount > 1, fields[columnCount - 1].isEmpty { columnCount -= 1 }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A value of a database cell.
public enum CellValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8 as stored; it may be damaged.
    case text([UInt8])
    case blob([UInt8])
}

/// A table of a database: its name and the names of its columns.
public struct TableShape: Sendable, Hashable {
    public var name: String
    public var columns: [String]

    public init(name: String, columns: [String]) {
        self.name = name
        self.columns = columns
    }
}

/// The rows of a database that someone else opened, read-only. Contents are hostile.
public protocol RowSource: ~Copyable {
    /// The ordinary tables; views and virtual tables are left out.
    var tables: [TableShape] { get }

    /// Calls `body` with each row: one value a column asked for, in that order.
    ///
    /// - Parameters:
    ///   - columns: columns of the table; asking for one it lacks is a programming error.
    ///   - order: columns to sort by, ascending; the rows' own order if empty.
    /// - Throws: what `body` throws, or ``ReadIssueCode/damaged`` if the database is.
    func forEachRow(
        of table: String, columns: [String], orderedBy order: [String],
        _ body: (_ row: Int64, _ cells: [CellValue]) throws(ReadError) -> Void
    ) throws(ReadError)
}

/// Turns the rows of one kind of database into samples; the contract of ``RecordingReader`` holds.
///
/// Positions have no byte: their record is the row's number in its table, and the issue names the table.
public protocol DatabaseReader {
    /// Whether a database with these tables is of this kind.
    static func recognises(_ tables: [TableShape]) -> Bool

    mutating func read(
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
}

// SPDX-License-Identifier: Apache-2.0

/// A value of a database cell.
public enum CellValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8 as stored; it may be damaged.
    case text([UInt8])
    case blob([UInt8])
    /// A text or blob longer than ``ReadLimits/fieldBytes``; it is not handed on.
    case oversized
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

    /// What is wrong with the database as a whole, such as changes that lie in another file.
    var issues: [ReadIssue] { get }

    /// Calls `body` with each row: one value a column asked for, in that order.
    ///
    /// Rows are numbered from 1 in the order in which they come. The array is used again for the next
    /// row: a body that keeps it pays for a copy.
    ///
    /// - Parameters:
    ///   - columns: columns of the table; a row without values if empty. A column that the table
    ///     lacks is answered with ``ReadIssueCode/damaged``.
    ///   - order: columns to sort by, ascending; the rows' own order if empty. A damaged table whose
    ///     rows cannot be sorted comes in its own order, as far as it can be read.
    /// - Throws: what `body` throws; ``ReadIssueCode/damaged`` if the table is, and the other tables
    ///   may still be read; ``ReadIssueCode/limitExceeded`` if reading takes too long.
    func forEachRow(
        of table: String, columns: [String], orderedBy order: [String],
        _ body: (_ row: Int64, _ cells: [CellValue]) throws(ReadError) -> Void
    ) throws(ReadError)
}

extension RowSource where Self: ~Copyable {
    public var issues: [ReadIssue] { [] }
}

/// Turns the rows of one kind of database into samples; the contract of ``RecordingReader`` holds.
///
/// Positions have no byte: their record is the row's number in the order of reading, and the issue
/// names the table. A cell that is null holds no sample.
public protocol DatabaseReader {
    init(_ context: ReadContext)

    /// Whether a database with these tables is of this kind.
    static func recognises(_ tables: [TableShape]) -> Bool

    /// Reads the whole database.
    ///
    /// - Throws: beyond a limit; what was read before is delivered.
    mutating func read(
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError)
}

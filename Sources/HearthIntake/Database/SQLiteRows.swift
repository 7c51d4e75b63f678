// SPDX-License-Identifier: Apache-2.0
public import HearthFormats

/// The rows of a SQLite database whose bytes are at hand; nothing is opened.
///
/// The connection is in memory and read-only, without extensions, modules, triggers, views or
/// functions of the schema, and aborts after a number of steps that grows with the size of the file
/// only. Of the schema only ordinary tables are shown. No error holds names or values.
///
/// A database in write-ahead mode is read as the file stands: changes in a `-wal` file beside it are
/// not seen, which ``issues`` tells.
public struct SQLiteRows: RowSource, ~Copyable {
    private let connection: SQLiteConnection
    private let limits: SQLiteLimits
    public private(set) var tables: [TableShape] = []
    public private(set) var issues: [ReadIssue] = []

    /// Reads a database that is already in memory; the bytes are copied.
    ///
    /// - Throws: if the bytes are no database, its schema is damaged, or it passes a limit.
    public init(bytes: Span<UInt8>, limits: SQLiteLimits = .standard) throws(ReadError) {
        try self.init(SQLiteImage(bytes, limits), limits)
    }

    /// Reads a database from an open file, mapped privately; the descriptor may be closed
    /// afterwards.
    ///
    /// A file that someone shortens while it is read ends the process with a bus error, as with
    /// every mapped file. Call this only where that costs nothing else, such as in a worker of its
    /// own, or on a file that nobody else can write; otherwise read the bytes and hand those in.
    ///
    /// - Throws: as for bytes, and if the descriptor is not that of a file that can be mapped.
    public init(
        mapping descriptor: Int32, limits: SQLiteLimits = .standard
    ) throws(ReadError) {
        try self.init(SQLiteImage(mapping: descriptor, limits), limits)
    }

    private init(_ image: SQLiteImage, _ limits: SQLiteLimits) throws(ReadError) {
        let connection = try SQLiteConnection(image, limits)
        let schema = try Schema(connection, limits)
        self.limits = limits
        self.connection = connection
        tables = schema.tables
        issues = schema.issues
        guard image.isWriteAhead else { return }
        issues.append(
            ReadIssue(
                .unsupported, at: ReadPosition(byte: 18), found: "a database in write-ahead mode",
                expected: "all changes in it; those in a -wal file beside it are not seen"))
    }

    public func forEachRow(
        of table: String, columns: [String], orderedBy order: [String],
        _ body: (_ row: Int64, _ cells: [CellValue]) throws(ReadError) -> Void
    ) throws(ReadError) {
        let shape = tables.first { $0.name == table }
        guard let shape, (columns + order).allSatisfy(shape.columns.contains) else {
            throw ReadError(
                .damaged, at: ReadPosition(byte: 0), found: "no such table or column",
                expected: "a table of the schema and its columns")
        }
        let list = columns.isEmpty ? "NULL" : columns.map(Self.quoted).joined(separator: ",")
        let plain = "SELECT \(list) FROM main.\(Self.quoted(table))"
        guard !order.isEmpty else {
            return try connection.forEachRow(of: plain, fieldBytes: limits.fieldBytes, body)
        }
        let sorted = plain + " ORDER BY " + order.map(Self.quoted).joined(separator: ",")
        var isStarted = false
        do throws(ReadError) {
            try connection.forEachRow(of: sorted, fieldBytes: limits.fieldBytes) {
                (row, cells) throws(ReadError) in
                isStarted = true
                try body(row, cells)
            }
        } catch {
            // Sorting reads everything first, so that damage would cost the whole table.
            guard error.code == .damaged, !isStarted else { throw error }
            try connection.forEachRow(of: plain, fieldBytes: limits.fieldBytes, body)
        }
    }

    fileprivate static func quoted(_ name: String) -> String {
        "\""
            + name.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}

/// The ordinary tables of a database.
private struct Schema {
    var tables: [TableShape] = []
    var issues: [ReadIssue] = []

    init(_ connection: SQLiteConnection, _ limits: SQLiteLimits) throws(ReadError) {
        var names: [String] = []
        var leftOut = 0
        try connection.forEachRow(
            of: "SELECT type, name FROM main.sqlite_master WHERE type IN ('table', 'view')",
            fieldBytes: limits.fieldBytes
        ) { (_, cells) throws(ReadError) in
            guard case .text(let type) = cells[0], type == Array("table".utf8),
                case .text(let bytes) = cells[1], !bytes.contains(0),
                let name = String(validating: bytes, as: UTF8.self), names.count < limits.tables
            else {
                leftOut += 1
                return
            }
            if !name.lowercased().hasPrefix("sqlite_") { names.append(name) }
        }
        for name in names {
            if let shape = try Self.shape(of: name, connection) {
                tables.append(shape)
            } else {
                leftOut += 1
            }
        }
        guard leftOut > 0 else { return }
        issues.append(
            ReadIssue(
                .ignored, at: ReadPosition(byte: 0),
                found: "views, virtual tables or tables that cannot be read",
                expected: "ordinary tables", count: leftOut))
    }

    /// `nil` for a view that calls itself a table, and for a virtual table.
    private static func shape(
        of name: String, _ connection: SQLiteConnection
    ) throws(ReadError) -> TableShape? {
        guard connection.isTable(name) else { return nil }
        do throws(ReadError) {
            let columns = try connection.columns(
                of: "SELECT * FROM main.\(SQLiteRows.quoted(name)) LIMIT 0")
            return TableShape(name: name, columns: columns)
        } catch {
            guard error.code == .damaged else { throw error }
            return nil
        }
    }
}

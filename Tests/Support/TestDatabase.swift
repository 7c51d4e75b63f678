// SPDX-License-Identifier: Apache-2.0
import GRDBSQLite
import HearthFormats

/// Real SQLite files, made through the C interface in memory.
public final class TestDatabase {
    private var connection: OpaquePointer?

    public init() { sqlite3_open(":memory:", &connection) }

    public init(path: String) { sqlite3_open(path, &connection) }

    deinit { sqlite3_close(connection) }

    @discardableResult
    public func run(_ sql: String) -> Int32 { sqlite3_exec(connection, sql, nil, nil, nil) }

    /// The first column of every row as a number, the second, where there is one, as bytes; nil if
    /// the statement fails before its end.
    public func rows(_ sql: String) -> [(id: Int64, bytes: [UInt8])]? {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
            return nil
        }
        defer { sqlite3_finalize(statement) }
        var found: [(id: Int64, bytes: [UInt8])] = []
        while true {
            let step = sqlite3_step(statement)
            if step == SQLITE_DONE { return found }
            guard step == SQLITE_ROW else { return nil }
            let length = Int(sqlite3_column_bytes(statement, 1))
            let bytes = sqlite3_column_blob(statement, 1).map {
                [UInt8](UnsafeRawBufferPointer(start: $0, count: length))
            }
            found.append((sqlite3_column_int64(statement, 0), bytes ?? []))
        }
    }

    /// Puts bytes into the first parameter of a statement and runs it.
    @discardableResult
    public func run(_ sql: String, _ bytes: [UInt8]) -> Int32 {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else {
            return SQLITE_ERROR
        }
        defer { sqlite3_finalize(statement) }
        return bytes.withUnsafeBytes { buffer in
            // No copy is made: the bytes stay where they are until the statement is done.
            sqlite3_bind_blob(statement, 1, buffer.baseAddress, Int32(buffer.count), nil)
            return sqlite3_step(statement)
        }
    }

    /// The bytes that the file would have.
    public var bytes: [UInt8] {
        var size: sqlite3_int64 = 0
        guard let start = sqlite3_serialize(connection, "main", &size, 0) else { return [] }
        defer { sqlite3_free(start) }
        return Array(UnsafeBufferPointer(start: start, count: Int(size)))
    }

    /// Makes the tables of a simulated database, columns without types.
    public func add(_ source: SimulatedRowSource) {
        run("BEGIN")
        for table in source.simulated {
            let columns = table.columns.map { "\"\($0)\"" }.joined(separator: ",")
            run("CREATE TABLE \"\(table.name)\" (\(columns))")
            for row in table.rows {
                let values = row.map(Self.literal).joined(separator: ",")
                run("INSERT INTO \"\(table.name)\" VALUES (\(values))")
            }
        }
        run("COMMIT")
    }

    private static func literal(_ cell: CellValue) -> String {
        switch cell {
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let bytes):
            "'" + String(decoding: bytes, as: UTF8.self).replacing("'", with: "''") + "'"
        case .blob(let bytes):
            "x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
        case .null, .oversized: "NULL"
        }
    }
}

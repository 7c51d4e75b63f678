// SPDX-License-Identifier: Apache-2.0
import GRDBSQLite
import HearthRights

/// A value of one cell.
enum DatabaseCell {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
}

/// Writes a new SQLite file, table by table.
///
/// SQLite's C interface takes pointers; every one of them stays inside this class and is closed once.
/// No journal and no temporary file is written: what cannot be finished is to be deleted.
@safe final class DatabaseWriter {
    private let connection: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// - Throws: if the file cannot be opened.
    init(path: String) throws(RightsError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard let connection = unsafe opened else { throw Self.failed }
        unsafe self.connection = connection
        guard code == SQLITE_OK else { throw Self.failed }
        try execute(
            """
            PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;
            PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=4096; BEGIN
            """)
    }

    /// Statements that are still open close the connection when the last of them goes.
    deinit { unsafe sqlite3_close_v2(connection) }

    func execute(_ sql: String) throws(RightsError) {
        let code = unsafe sqlite3_exec(connection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw Self.failed }
    }

    /// Adds a row; `sql` is an INSERT with as many question marks as there are cells.
    func insert(_ sql: String, _ cells: [DatabaseCell]) throws(RightsError) {
        let statement = unsafe try prepared(sql).pointer
        for (index, cell) in cells.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch cell {
                case .null: unsafe sqlite3_bind_null(statement, place)
                case .integer(let value): unsafe sqlite3_bind_int64(statement, place, value)
                case .real(let value): unsafe sqlite3_bind_double(statement, place, value)
                case .text(let text):
                    // SQLite copies the text before the call returns (SQLITE_TRANSIENT).
                    unsafe sqlite3_bind_text(
                        statement, place, text, -1,
                        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
                }
            guard code == SQLITE_OK else { throw Self.failed }
        }
        let done = unsafe sqlite3_step(statement)
        unsafe sqlite3_reset(statement)
        guard done == SQLITE_DONE else { throw Self.failed }
    }

    /// Writes what is left.
    func finish() throws(RightsError) {
        try execute("COMMIT; PRAGMA optimize")
    }

    private func prepared(_ sql: String) throws(RightsError) -> Statement {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let made = unsafe statement else { throw Self.failed }
        let kept = unsafe Statement(made)
        statements[sql] = kept
        return kept
    }

    private static var failed: RightsError {
        RightsError(.cannotWrite, "the database cannot be written; is the disk full?")
    }
}

/// A compiled statement, finalized once.
@safe private final class Statement {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe sqlite3_finalize(pointer) }
}

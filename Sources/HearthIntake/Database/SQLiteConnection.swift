// SPDX-License-Identifier: Apache-2.0
import GRDBSQLite
import HearthFormats

/// A connection that can do nothing but read the tables of one image.
///
/// SQLite's C interface takes pointers; every one of them stays inside this class, is checked
/// before it is used, and is closed exactly once, in `deinit`.
@safe final class SQLiteConnection {
    private let image: SQLiteImage
    private let connection: OpaquePointer
    /// Steps left, in units of ``stepUnit``; the progress handler counts down.
    private let budget: UnsafeMutablePointer<Int64>

    private static let stepUnit: Int32 = 1000

    init(_ image: SQLiteImage, _ limits: SQLiteLimits) throws(ReadError) {
        self.image = image
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(":memory:", &opened, flags, nil)
        guard let connection = unsafe opened else { throw Self.error(code, row: 0) }
        unsafe self.connection = connection
        unsafe budget = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
        let (steps, overflow) = Int64(image.count).multipliedReportingOverflow(
            by: limits.stepsPerByte)
        unsafe budget.initialize(
            to: (overflow ? Int64.max / 2 : steps) / Int64(Self.stepUnit)
                &+ limits.baseSteps / Int64(Self.stepUnit))
        guard code == SQLITE_OK else { throw Self.error(code, row: 0) }
        try harden(limits)
    }

    deinit {
        unsafe sqlite3_close_v2(connection)
        unsafe budget.deallocate()
    }

    // MARK: Hardening

    private func harden(_ limits: SQLiteLimits) throws(ReadError) {
        // Without modules no virtual table can be looked into; without the authorizer's leave
        // nothing but reading columns of tables can be compiled.
        unsafe sqlite3_drop_modules(connection, nil)
        unsafe sqlite3_enable_load_extension(connection, 0)
        unsafe _disableDoubleQuotedStringLiterals(connection)
        setLimits(limits)
        try execute(
            """
            PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;
            PRAGMA recursive_triggers=OFF; PRAGMA foreign_keys=OFF
            """)
        let readOnly = UInt32(SQLITE_DESERIALIZE_READONLY)
        let loaded = unsafe sqlite3_deserialize(
            connection, "main", image.start.assumingMemoryBound(to: UInt8.self),
            Int64(image.count), Int64(image.count), readOnly)
        guard loaded == SQLITE_OK else { throw Self.error(loaded, row: 0) }
        try execute("PRAGMA cell_size_check=ON; PRAGMA query_only=ON")
        unsafe sqlite3_set_authorizer(
            connection,
            { _, action, _, _, _, trigger in
                let isReading = action == SQLITE_SELECT || action == SQLITE_READ
                return unsafe isReading && trigger == nil ? SQLITE_OK : SQLITE_DENY
            }, nil)
        unsafe sqlite3_progress_handler(
            connection, Self.stepUnit,
            { context in
                guard let context = unsafe context else { return 1 }
                let left = unsafe context.assumingMemoryBound(to: Int64.self)
                unsafe left.pointee &-= 1
                return unsafe left.pointee < 0 ? 1 : 0
            }, budget)
    }

    private func setLimits(_ limits: SQLiteLimits) {
        let values: [(Int32, Int32)] = [
            (SQLITE_LIMIT_LENGTH, limits.valueBytes),
            (SQLITE_LIMIT_SQL_LENGTH, limits.statementBytes),
            // Fewer would make one wide table spoil the whole schema.
            (SQLITE_LIMIT_COLUMN, 2000),
            (SQLITE_LIMIT_EXPR_DEPTH, limits.expressionDepth),
            (SQLITE_LIMIT_COMPOUND_SELECT, 8),
            (SQLITE_LIMIT_FUNCTION_ARG, 8),
            (SQLITE_LIMIT_ATTACHED, 0),
            (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64),
            (SQLITE_LIMIT_VARIABLE_NUMBER, 0),
            (SQLITE_LIMIT_TRIGGER_DEPTH, 1),
            (SQLITE_LIMIT_WORKER_THREADS, 0),
        ]
        for (limit, value) in values { unsafe sqlite3_limit(connection, limit, value) }
    }

    private func execute(_ statements: String) throws(ReadError) {
        let code = unsafe sqlite3_exec(connection, statements, nil, nil, nil)
        guard code == SQLITE_OK else { throw Self.error(code, row: 0) }
    }

    // MARK: Reading

    /// Whether the name is that of a table and not of a view.
    func isTable(_ name: String) -> Bool {
        unsafe sqlite3_table_column_metadata(
            connection, "main", name, nil, nil, nil, nil, nil, nil) == SQLITE_OK
    }

    /// The names of the columns of a statement.
    func columns(of sql: String) throws(ReadError) -> [String] {
        let statement = try SQLiteStatement(prepare(sql), fieldBytes: 0)
        return statement.columnNames
    }

    /// Calls `body` with each row.
    func forEachRow(
        of sql: String, fieldBytes: Int,
        _ body: (_ row: Int64, _ cells: [CellValue]) throws(ReadError) -> Void
    ) throws(ReadError) {
        var statement = try SQLiteStatement(prepare(sql), fieldBytes: fieldBytes)
        var row: Int64 = 0
        while true {
            let code = statement.step()
            if code == SQLITE_DONE { return }
            row += 1
            guard code == SQLITE_ROW else { throw Self.error(code, row: row) }
            try body(row, statement.cells)
        }
    }

    private func prepare(_ sql: String) throws(ReadError) -> SQLiteStatement.Handle {
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let prepared = unsafe statement else {
            throw Self.error(code, row: 0)
        }
        return unsafe SQLiteStatement.Handle(prepared)
    }

    /// What went wrong, without the words of SQLite, which hold names.
    private static func error(_ code: Int32, row: Int64) -> ReadError {
        let position = ReadPosition(byte: 0, record: row)
        switch code & 0xFF {
        case SQLITE_INTERRUPT:
            return ReadError(
                .limitExceeded, at: position, found: "a database that takes too long to read",
                expected: "at most the limits baseSteps and stepsPerByte")
        case SQLITE_NOMEM:
            return ReadError(
                .limitExceeded, at: position, found: "a database that takes too much memory",
                expected: "a smaller one")
        case SQLITE_TOOBIG:
            return ReadError(
                .damaged, at: position, found: "a value that is too long",
                expected: "at most the limit valueBytes")
        case SQLITE_NOTADB:
            return ReadError(
                .damaged, at: position, found: "no header of a database", expected: "a SQLite file")
        default:
            return ReadError(
                .damaged, at: position, found: "damage in the database",
                expected: "a sound schema and sound pages")
        }
    }
}

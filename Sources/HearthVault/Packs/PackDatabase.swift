// SPDX-License-Identifier: Apache-2.0
internal import CHearthSQLite
internal import Foundation
internal import GRDB

/// The SQLite file of sealed packs: one connection, two tables, nothing readable.
final class PackDatabase: Sendable {
    private let queue: DatabaseQueue

    private static let schema = [
        "pack": "CREATE TABLE pack(id INTEGER PRIMARY KEY, ct BLOB NOT NULL)",
        "root":
            "CREATE TABLE root(id INTEGER PRIMARY KEY CHECK(id IN (0,1)), ct BLOB NOT NULL)",
    ]
    static let rootBytes = 4096

    private init(queue: DatabaseQueue) { self.queue = queue }

    /// Makes the file with its two tables.
    ///
    /// - Parameter isDraft: nothing waits for the disk; who makes it syncs the closed file.
    static func create(
        _ path: String, isDraft: Bool = false
    ) throws(VaultError) -> PackDatabase {
        // SQLite would make the file readable by others if the umask let it.
        try StoreFile(path, .create).sync()
        return try mapped { () throws in
            let queue = try DatabaseQueue(
                path: path, configuration: configuration(isNew: true, isDraft: isDraft))
            try queue.write { db in
                for name in schema.keys.sorted() {
                    if let sql = schema[name] { try db.execute(sql: sql) }
                }
            }
            return PackDatabase(queue: queue)
        }
    }

    /// Opens the file and compares its schema with the expected text.
    static func open(_ path: String) throws(VaultError) -> PackDatabase {
        try mapped { () throws in
            let queue = try DatabaseQueue(path: path, configuration: configuration(isNew: false))
            try queue.unsafeRead { db in
                let rows = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master")
                var found: [String: String] = [:]
                for row in rows {
                    // Anything may stand there: what is no text is not expected.
                    let name = String.fromDatabaseValue(row["name"] as DatabaseValue)
                    found[name ?? ""] = String.fromDatabaseValue(row["sql"] as DatabaseValue)
                }
                guard rows.count == schema.count, found == schema else {
                    throw VaultError.damaged("the tables of the store are not the expected ones")
                }
            }
            return PackDatabase(queue: queue)
        }
    }

    func close() throws(VaultError) { try Self.mapped { () throws in try queue.close() } }

    // MARK: Reading

    /// The sealed packs of these numbers; nil for one that is missing.
    func packs(_ ids: [UInt64]) throws(VaultError) -> [[UInt8]?] {
        try Self.mapped { () throws in
            try queue.unsafeRead { db in
                let statement = try db.cachedStatement(sql: "SELECT ct FROM pack WHERE id = ?")
                return try ids.map { try Self.blob(statement, Int64(bitPattern: $0)) }
            }
        }
    }

    /// The beginnings of the sealed packs of these numbers behind their nonces, for a search.
    func beginnings(
        of ids: [UInt64], _ bytes: Int
    ) throws(VaultError) -> [(id: UInt64, bytes: [UInt8])] {
        try Self.mapped { () throws in
            try queue.unsafeRead { db in
                let statement = try db.cachedStatement(
                    sql: "SELECT substr(ct, ?, ?) FROM pack WHERE id = ?")
                return try ids.compactMap { id in
                    try Data.fetchOne(
                        statement,
                        arguments: [Pack.nonceBytes + 1, bytes, Int64(bitPattern: id)]
                    ).map { (id, [UInt8]($0)) }
                }
            }
        }
    }

    /// Both root rows.
    func roots() throws(VaultError) -> [[UInt8]?] {
        try Self.mapped { () throws in
            try queue.unsafeRead { db in
                let statement = try db.cachedStatement(sql: "SELECT ct FROM root WHERE id = ?")
                return try (0...1).map { try Self.blob(statement, $0) }
            }
        }
    }

    /// The bytes that a statement finds for a number, copied once; nil if there is no such row.
    private static func blob(_ statement: Statement, _ id: Int64) throws -> [UInt8]? {
        let handle = unsafe statement.sqliteStatement
        var start: UnsafeRawPointer?
        var count: Int32 = 0
        let code = unsafe hearth_sqlite_find(handle, id, &start, &count)
        // The bytes are SQLite's until then.
        defer { unsafe hearth_sqlite_reset(handle) }
        guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        guard count >= 0 else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
    }

    /// The numbers of all packs, for a full verification.
    func allIDs() throws(VaultError) -> [UInt64] {
        try Self.mapped { () throws in
            try queue.unsafeRead { db in
                try Int64.fetchAll(db, sql: "SELECT id FROM pack").map { UInt64(bitPattern: $0) }
            }
        }
    }

    // MARK: Writing

    /// What may be done inside a transaction.
    struct Writer {
        fileprivate let db: Database

        func insert(_ id: UInt64, _ sealed: [UInt8]) throws {
            let statement = try db.cachedStatement(sql: "INSERT INTO pack(id, ct) VALUES(?, ?)")
            try statement.execute(arguments: [Int64(bitPattern: id), Data(sealed)])
        }

        func delete(_ id: UInt64) throws {
            let statement = try db.cachedStatement(sql: "DELETE FROM pack WHERE id = ?")
            try statement.execute(arguments: [Int64(bitPattern: id)])
        }

        func setRoot(_ row: Int, _ sealed: [UInt8]) throws {
            try db.execute(
                sql: "INSERT OR REPLACE INTO root(id, ct) VALUES(?, ?)",
                arguments: [row, Data(sealed)])
        }
    }

    /// One transaction: everything in `body`, durable when this returns, or nothing.
    ///
    /// - Parameter shrinks: no free page is left; what was in them is overwritten or beyond the end
    ///   that the file gets with ``compact()``.
    func transaction(
        shrinks: Bool = false, _ body: (Writer) throws -> Void
    ) throws(VaultError) {
        try Self.mapped { () throws in
            try queue.writeWithoutTransaction { db in
                if shrinks { try Self.setCache(db, Self.largeCache) }
                defer { if shrinks { try? Self.setCache(db, Self.cache) } }
                do {
                    try db.inTransaction(.immediate) {
                        try body(Writer(db: db))
                        if shrinks { try db.execute(sql: "PRAGMA incremental_vacuum") }
                        return .commit
                    }
                } catch let error as DatabaseError
                    where error.extendedResultCode == .SQLITE_IOERR_WRITE
                    && Self.isOverQuota(db)
                {
                    // SQLite tells only a disk without space as full.
                    throw VaultError(.diskFull, "the disk's quota is used up")
                }
            }
        }
    }

    /// Whether the last failed call of the connection found the user's quota used up.
    private static func isOverQuota(_ db: Database) -> Bool {
        unsafe hearth_sqlite_system_error(db.sqliteConnection) == EDQUOT
    }

    /// KiB of pages held; more while pages move, so that each is written once.
    private static let cache = 16_384
    private static let largeCache = 196_608

    private static func setCache(_ db: Database, _ size: Int) throws {
        try set(db, "cache_size", "-\(size)", readsBack: "-\(size)")
    }

    /// Takes out the packs whose numbers are next to these, up to `reach` on each side, and puts
    /// them in again: the pages between are set free and overwritten.
    func rewrite(around ids: [UInt64], reach: Int) throws(VaultError) {
        let next = "SELECT id, ct FROM pack WHERE id >= ? ORDER BY id LIMIT ?"
        let last = "SELECT id, ct FROM pack WHERE id < ? ORDER BY id DESC LIMIT ?"
        try transaction(shrinks: true) { writer in
            var packs: [UInt64: [UInt8]] = [:]
            for id in ids {
                for sql in [next, last] {
                    let rows = try Row.fetchAll(
                        writer.db, sql: sql, arguments: [Int64(bitPattern: id), reach])
                    for row in rows {
                        guard let id = Int64.fromDatabaseValue(row["id"] as DatabaseValue),
                            let sealed = Data.fromDatabaseValue(row["ct"] as DatabaseValue)
                        else { throw VaultError.damaged("a row of the store holds no pack") }
                        packs[UInt64(bitPattern: id)] = [UInt8](sealed)
                    }
                }
            }
            for id in packs.keys { try writer.delete(id) }
            for (id, sealed) in packs { try writer.insert(id, sealed) }
        }
    }

    /// Moves the log into the file and empties it, gives free pages back; true if none is left.
    func compact() throws(VaultError) -> Bool {
        try Self.mapped { () throws in
            try queue.writeWithoutTransaction { db in
                try checkpoint(db)
                if try freePages(db) == 0 { return true }
                try db.execute(sql: "PRAGMA incremental_vacuum")
                try checkpoint(db)
                return try freePages(db) == 0
            }
        }
    }

    private func freePages(_ db: Database) throws -> Int? {
        try Int.fetchOne(db, sql: "PRAGMA freelist_count")
    }

    private func checkpoint(_ db: Database) throws {
        let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        guard row?[0] == 0 else { throw VaultError(.io, "the log could not be emptied") }
    }

    // MARK: Settings

    /// The largest pack and what SQLite adds to a row, with room.
    private static let largestValue: Int32 = 1 << 20

    private static func configuration(
        isNew: Bool, isHardened: Bool = true, isDraft: Bool = false
    ) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .immediateError
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            if isHardened { try harden(db) }
            if isNew {
                try db.execute(sql: "PRAGMA page_size = 16384")
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            // Exclusive before the log is first used: then its index lives in memory, not in a file.
            try set(db, "locking_mode", "EXCLUSIVE", readsBack: "exclusive")
            try set(db, "journal_mode", "WAL", readsBack: "wal")
            try set(
                db, "synchronous", isDraft ? "OFF" : "FULL", readsBack: isDraft ? "0" : "2")
            try set(db, "secure_delete", "ON", readsBack: "1")
            try set(db, "temp_store", "MEMORY", readsBack: "2")
            try set(db, "mmap_size", "0", readsBack: "0")
            try set(db, "cell_size_check", "ON", readsBack: "1")
            try set(db, "trusted_schema", "OFF", readsBack: "0")
            try setCache(db, cache)
            try set(db, "page_size", nil, readsBack: "16384")
            try set(db, "auto_vacuum", nil, readsBack: "2")
        }
        return configuration
    }

    /// Takes away what sealed packs need not: the schema cannot be changed behind the tables' back.
    private static func harden(_ db: Database) throws {
        guard unsafe hearth_sqlite_harden(db.sqliteConnection, largestValue) == 0 else {
            throw VaultError(.damaged, "the store's database does not take its limits")
        }
    }

    /// Sets a pragma, reads it back, and refuses a store on which it did not take.
    private static func set(
        _ db: Database, _ name: String, _ value: String?, readsBack expected: String
    ) throws {
        let change = value.map { "PRAGMA \(name) = \($0)" }
        let code = unsafe hearth_sqlite_set(
            db.sqliteConnection, change, "PRAGMA \(name)", expected)
        guard code >= 0 else {
            throw VaultError(.damaged, "the store does not take the setting \(name)")
        }
        guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Runs GRDB and turns its errors into ours.
    private static func mapped<R>(_ body: () throws -> R) throws(VaultError) -> R {
        do { return try body() } catch let error as VaultError { throw error } catch {
            throw VaultError(database: error)
        }
    }
}

extension VaultError {
    /// An SQLite failure; its message names no value, since statements carry none.
    fileprivate init(database error: any Error) {
        guard let error = error as? DatabaseError else {
            self.init(.io, "the store's database failed")
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self.init(.diskFull, "the disk is full")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.readOnly, "the store's database cannot be opened for writing")
        case .SQLITE_CORRUPT:
            // SQLite says so of a failing disk too.
            self.init(.damaged, "the store's database is damaged, or the disk cannot read it")
        case .SQLITE_NOTADB, .SQLITE_TOOBIG, .SQLITE_CONSTRAINT, .SQLITE_ERROR:
            self.init(.damaged, "the store's database is damaged")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.lockedByAnotherProcess, "another program has the store's database open")
        default: self.init(.io, "the store's database failed (code \(error.resultCode.rawValue))")
        }
    }
}

extension PackDatabase {
    /// Opens the file without looking at its tables; for tests that play the attacker.
    static func openUnchecked(_ path: String) throws(VaultError) -> PackDatabase {
        try mapped { () throws in
            PackDatabase(
                queue: try DatabaseQueue(
                    path: path, configuration: configuration(isNew: false, isHardened: false)))
        }
    }

    /// Runs statements as an attacker would; for tests.
    func runUnchecked(_ statements: [String]) throws(VaultError) {
        try Self.mapped { () throws in
            try queue.writeWithoutTransaction { db in
                for sql in statements { try db.execute(sql: sql) }
            }
        }
    }
}

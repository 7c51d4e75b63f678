// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthIntake
import HearthTestSupport
import Testing

@Suite struct SQLiteRowsTests {
    static let fixtures: [(FileKind, SimulatedRowSource)] = [
        (.gadgetbridge, DatabaseFixtures.gadgetbridge),
        (.healthConnect, DatabaseFixtures.healthConnect),
        (.healthKitSQLite, DatabaseFixtures.healthKit),
    ]

    private func bytes(_ sql: String...) -> [UInt8] {
        let database = TestDatabase()
        for statement in sql { database.run(statement) }
        return database.bytes
    }

    private func allRows(
        _ rows: borrowing SQLiteRows, _ table: String, _ columns: [String],
        orderedBy order: [String] = []
    ) throws -> [[CellValue]] {
        var found: [[CellValue]] = []
        try rows.forEachRow(of: table, columns: columns, orderedBy: order) {
            (_, cells) throws(ReadError) in
            found.append(cells)
        }
        return found
    }

    @Test(arguments: [0, 1, 2])
    func `a real file gives what the simulated one gives`(index: Int) throws {
        let (kind, source) = Self.fixtures[index]
        let database = TestDatabase()
        database.add(source)
        let rows = try SQLiteRows(bytes: database.bytes.span)
        #expect(DatabaseCatalog.kind(of: rows.tables) == kind)
        let real = readDatabase(rows, as: kind)
        let simulated = readDatabase(source, as: kind)
        #expect(real.streams == simulated.streams)
        #expect(real.issues == simulated.issues)
        #expect(real.sampleCount > 0)
    }

    @Test func `cells come as they are stored`() throws {
        let file = bytes(
            "CREATE TABLE t (a, b, c, d, e)",
            "INSERT INTO t VALUES (-9223372036854775808, 1.5, 'Zürich', x'00FF', NULL)",
            "INSERT INTO t VALUES (3, 9e999, CAST(x'FFC080' AS TEXT), x'', '')",
            "INSERT INTO t VALUES (2, 0, zeroblob(70000), 'x', hex(zeroblob(40000)))")
        let rows = try SQLiteRows(bytes: file.span)
        let found = try allRows(rows, "t", ["a", "b", "c", "d", "e"])
        #expect(
            found[0] == [
                .integer(.min), .real(1.5), .text(Array("Zürich".utf8)), .blob([0, 0xFF]), .null,
            ])
        #expect(
            found[1] == [
                .integer(3), .real(.infinity), .text([0xFF, 0xC0, 0x80]), .blob([]), .text([]),
            ])
        #expect(found[2] == [.integer(2), .integer(0), .oversized, .text([0x78]), .oversized])
        let ordered = try allRows(rows, "t", ["a"], orderedBy: ["a"])
        #expect(ordered == [[.integer(.min)], [.integer(2)], [.integer(3)]])
        #expect(try allRows(rows, "t", []).count == 3)
        #expect(throws: ReadError.self) { try allRows(rows, "t", ["zz"]) }
        #expect(throws: ReadError.self) { try allRows(rows, "sqlite_master", ["name"]) }
    }

    @Test func `UTF-16 and odd names are read`() throws {
        let file = bytes(
            "PRAGMA encoding='UTF-16le'", "CREATE TABLE \"a\"\"b; DROP TABLE x\" (\"c\"\"d\")",
            "INSERT INTO \"a\"\"b; DROP TABLE x\" VALUES ('Zürich')")
        let rows = try SQLiteRows(bytes: file.span)
        #expect(rows.tables == [TableShape(name: "a\"b; DROP TABLE x", columns: ["c\"d"])])
        let found = try allRows(rows, "a\"b; DROP TABLE x", ["c\"d"], orderedBy: ["c\"d"])
        #expect(found == [[.text(Array("Zürich".utf8))]])
    }

    @Test func `a file in write-ahead mode is read and says so`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "hearth-wal-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.db").path
        do {
            let database = TestDatabase(path: path)
            database.run("PRAGMA journal_mode=WAL")
            database.run("CREATE TABLE t (a)")
            database.run("INSERT INTO t VALUES (1)")
        }
        let file = [UInt8](try Data(contentsOf: URL(filePath: path)))
        #expect(file[18] == 2)
        let copied = try SQLiteRows(bytes: file.span)
        #expect(copied.issues.map(\.code) == [.unsupported])
        #expect(try allRows(copied, "t", ["a"]) == [[.integer(1)]])
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        let mapped = try SQLiteRows(mapping: handle.fileDescriptor)
        try handle.close()
        #expect(mapped.issues.map(\.code) == [.unsupported])
        #expect(try allRows(mapped, "t", ["a"]) == [[.integer(1)]])
        #expect([UInt8](try Data(contentsOf: URL(filePath: path))) == file, "the file is untouched")
    }

    @Test func `only ordinary tables of a hostile schema are shown`() throws {
        let wide = (0..<2000).map { "c\($0)" }.joined(separator: ",")
        let file = bytes(
            "CREATE TABLE MI_BAND_ACTIVITY_SAMPLE (TIMESTAMP, DEVICE_ID)",
            "CREATE VIEW DEVICE AS SELECT * FROM MI_BAND_ACTIVITY_SAMPLE",
            "CREATE VIRTUAL TABLE search USING fts5(text)",
            "CREATE VIRTUAL TABLE box USING rtree(id, a, b)",
            "CREATE TABLE wide (\(wide))", "INSERT INTO wide (c0, c1999) VALUES (1, 2)",
            """
            CREATE TABLE made (a, b GENERATED ALWAYS AS (a + 1) VIRTUAL,
            c GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL)
            """,
            "INSERT INTO made (a) VALUES (1)",
            "CREATE TRIGGER t AFTER INSERT ON made BEGIN SELECT load_extension('x'); END")
        let rows = try SQLiteRows(bytes: file.span)
        let names = Set(rows.tables.map(\.name))
        #expect(names.isSuperset(of: ["MI_BAND_ACTIVITY_SAMPLE", "wide", "made"]))
        #expect(names.isDisjoint(with: ["DEVICE", "search", "box"]))
        #expect(rows.issues.map(\.code) == [.ignored])
        #expect(try allRows(rows, "wide", ["c0", "c1999"]) == [[.integer(1), .integer(2)]])
        #expect(try allRows(rows, "made", ["a", "b"]) == [[.integer(1), .integer(2)]])
        #expect(throws: ReadError.self) { try allRows(rows, "made", ["c"]) }
    }

    @Test func `a schema that lies about its tables is refused`() throws {
        for lie in [
            "sql='CREATE VIEW fake AS SELECT 1 AS a'", "sql='CREATE TABLE fake (a', rootpage=2",
            "rootpage=1", "rootpage=99999", "name='other'", "type='index'",
            "sql='CREATE VIEW fake AS SELECT 1 AS a', rootpage=0",
            "sql='CREATE VIRTUAL TABLE fake USING fts5(a)'",
        ] {
            let file = bytes(
                "CREATE TABLE fake (a)", "INSERT INTO fake VALUES (1)", "CREATE TABLE t (a)",
                "PRAGMA writable_schema=ON", "UPDATE sqlite_master SET \(lie) WHERE name='fake'")
            guard let rows = try? SQLiteRows(bytes: file.span) else { continue }
            for table in rows.tables {
                let read = try? allRows(rows, table.name, table.columns)
                #expect(read?.count ?? 0 <= 2, "\(lie)")
            }
            if lie.contains("VIEW") || lie.contains("VIRTUAL") {
                #expect(!rows.tables.contains { $0.name == "fake" }, "\(lie)")
            }
        }
    }

    @Test func `a database of many steps is stopped`() throws {
        let file = bytes(
            "CREATE TABLE t (a)",
            "INSERT INTO t WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c "
                + "WHERE x < 20000) SELECT x FROM c")
        var limits = SQLiteLimits()
        limits.baseSteps = 3000
        limits.stepsPerByte = 0
        let rows = try SQLiteRows(bytes: file.span, limits: limits)
        let error = #expect(throws: ReadError.self) { try allRows(rows, "t", ["a"]) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.expected.contains("baseSteps") == true)
    }

    @Test func `what is no database is refused by name of the limit or the header`() throws {
        func refusal(_ bytes: [UInt8], _ limits: SQLiteLimits = .standard) -> ReadError? {
            do throws(ReadError) {
                _ = try SQLiteRows(bytes: bytes.span, limits: limits)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal([])?.code == .damaged)
        #expect(refusal([UInt8](repeating: 0, count: 4096))?.code == .damaged)
        #expect(refusal(Array("SQLite format 3\0".utf8))?.code == .damaged)
        let file = bytes("CREATE TABLE t (a)")
        var limits = SQLiteLimits()
        limits.databaseBytes = 4096
        #expect(refusal(file, limits)?.expected.contains("databaseBytes") == true)
        #expect(throws: ReadError.self) { _ = try SQLiteRows(mapping: -1) }
    }

    @Test func `a table damaged behind its start is read as far as it goes`() throws {
        let database = TestDatabase()
        database.run("CREATE TABLE t (a, b)")
        database.run(
            "INSERT INTO t WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c "
                + "WHERE x < 5000) SELECT x, hex(randomblob(8)) FROM c")
        var file = database.bytes
        // A page in the last quarter.
        let page = file.count * 3 / 4 / 4096 * 4096
        for index in page..<page + 4096 { file[index] = 0xFF }
        let rows = try SQLiteRows(bytes: file.span)
        var count = 0
        let error = #expect(throws: ReadError.self) {
            try rows.forEachRow(of: "t", columns: ["a"], orderedBy: ["a"]) {
                (_, _) throws(ReadError) in
                count += 1
            }
        }
        #expect(error?.code == .damaged)
        #expect(count > 1000)
    }

    @Test(arguments: [0, 1, 2])
    func `bit flips and cuts of a file never trap or hang`(index: Int) throws {
        let (kind, source) = Self.fixtures[index]
        let database = TestDatabase()
        database.run("PRAGMA page_size=512")
        database.add(source)
        let sound = database.bytes
        var random = SeededRandom(seed: UInt64(index))
        var withSamples = 0
        let clock = ContinuousClock()
        var slowest = Duration.zero
        for number in 0..<2000 {
            var file = sound
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let at = Int.random(in: 0..<file.count, using: &random)
                file[at] =
                    number % 3 == 0
                    ? UInt8.random(in: 0...255, using: &random)
                    : file[at] ^ (1 << UInt8.random(in: 0..<8, using: &random))
            }
            if number % 7 == 0 {
                file.removeSubrange(Int.random(in: 0..<file.count, using: &random)...)
            }
            let began = clock.now
            if let rows = try? SQLiteRows(bytes: file.span) {
                let sink = readDatabase(rows, as: kind)
                let cells = source.cellCount * 64
                let fault = databaseFault(sink, cells: cells)
                // The note about write-ahead mode alone points to a byte.
                #expect(fault == nil || fault == "an issue points to a byte", "mutant \(number)")
                if sink.sampleCount > 0 { withSamples += 1 }
            }
            slowest = max(slowest, clock.now - began)
        }
        #expect(withSamples > 500)
        #expect(slowest < .seconds(2))
    }

    @Test func `a million rows are read`() throws {
        let database = TestDatabase()
        database.run(
            "CREATE TABLE DEVICE (_id INTEGER PRIMARY KEY, MANUFACTURER, MODEL, IDENTIFIER)")
        database.run("INSERT INTO DEVICE VALUES (1, 'Huami', 'Band', 'x')")
        database.run(
            """
            CREATE TABLE MI_BAND_ACTIVITY_SAMPLE (TIMESTAMP INTEGER NOT NULL,
            DEVICE_ID INTEGER NOT NULL, USER_ID INTEGER NOT NULL, RAW_INTENSITY INTEGER NOT NULL,
            STEPS INTEGER NOT NULL, RAW_KIND INTEGER NOT NULL, HEART_RATE INTEGER NOT NULL,
            PRIMARY KEY (TIMESTAMP, DEVICE_ID) ON CONFLICT REPLACE) WITHOUT ROWID
            """)
        database.run(
            """
            INSERT INTO MI_BAND_ACTIVITY_SAMPLE WITH RECURSIVE c(x) AS (VALUES(0) UNION ALL
            SELECT x+1 FROM c WHERE x < 999999)
            SELECT 1600000000 + x * 60, 1, 1, x % 100, x % 50, 1, 60 + x % 40 FROM c
            """)
        let rows = try SQLiteRows(bytes: database.bytes.span)
        var sink = CountingSink()
        let clock = ContinuousClock()
        let began = clock.now
        try DatabaseCatalog.read(.gadgetbridge, rows, into: &sink)
        let seconds = Double((clock.now - began) / .milliseconds(1)) / 1000
        #expect(sink.samples == 2_000_000)
        print("a million rows: \(seconds) s")
    }
}

private struct CountingSink: SampleSink {
    var samples = 0
    mutating func accept(_ block: SampleBlock) { samples += block.count }
    mutating func report(_ issue: ReadIssue) {}
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct DatabaseMutantTests {
    static let seeds: [(FileKind, SimulatedRowSource)] = [
        (.gadgetbridge, DatabaseFixtures.gadgetbridge),
        (.healthConnect, DatabaseFixtures.healthConnect),
        (.healthKitSQLite, DatabaseFixtures.healthKit),
    ]

    @Test(arguments: [FileKind.gadgetbridge, .healthConnect, .healthKitSQLite])
    func `mutants of rows never trap and are counted honestly`(kind: FileKind) throws {
        var run = try #require(DatabaseMutantRun(kind))
        for number in 0..<7000 {
            let fault = run.take(number: number)
            #expect(fault == nil, "mutant \(number): \(fault ?? "")")
        }
        #expect(run.withSamples > run.count / 4)
        #expect(run.withIssues > run.count / 4)
        #expect(run.codes.count >= 6, "\(run.codes.sorted())")
        #expect(run.slowest < .seconds(1))
    }

    @Test(arguments: DatabaseCatalog.kinds)
    func `a database spelled in bytes is the same database`(kind: FileKind) throws {
        var source = try #require(DatabaseMutantRun(kind)).seeds[0]
        let spelling = DatabaseSpelling(kind, [source])
        source.simulated[1].damagedAfter = 0
        source.simulated[2].rows[0][0] = .oversized
        source.simulated[2].rows[0][1] = .real(-0.5)
        let bytes = spelling.bytes(source)
        #expect(spelling.database(bytes).simulated == source.simulated)
        // Whatever becomes of the bytes, it is a database that the reader takes.
        var run = try #require(DatabaseMutantRun(kind))
        var random = SeededRandom(seed: 7)
        for number in 0..<300 {
            var changed = bytes
            for _ in 0..<1 + number % 8 {
                let place = Int.random(in: changed.indices, using: &random)
                switch number % 3 {
                case 0: changed[place] = .random(in: 0...255, using: &random)
                case 1: changed.remove(at: place)
                default: changed.insert(.random(in: 0...255, using: &random), at: place)
                }
            }
            let fault = run.take(spelling.database(changed))
            #expect(fault == nil, "\(number): \(fault ?? "")")
        }
        #expect(run.withSamples > run.count / 2)
    }

    @Test func `bytes choose names, types and values`() {
        let spelling = DatabaseSpelling(.healthKitSQLite, [])
        func spelled(_ name: String) -> [UInt8] { [0xFF, UInt8(name.utf8.count)] + name.utf8 }
        let bytes: [UInt8] =
            [10] + spelled("a") + [9] + spelled("x") + [9] + spelled("y")
            // Columns of a name are one, whatever its case.
            + [9] + spelled("X")
            + [8, 1, 0xFE, 4, 2, 0x68, 0x69] + [8, 7, 6] + [11, 8]
            // Tables too; a row that is too long is cut.
            + [10] + spelled("b") + [8, 0] + [10] + spelled("A") + [8, 2, 1, 2, 0, 0, 0, 0, 0, 0]
            + [5, 9, 1, 2]
        var first = SimulatedTable(
            "a", ["x", "y"],
            [[-2, "hi"], [-1, CellValue.oversized], [nil, nil], [513, [1, 2] as [UInt8]]])
        first.damagedAfter = 2
        #expect(
            spelling.database(bytes).simulated == [first, SimulatedTable("b", [], [[]])])
        #expect(spelling.database([8, 1, 2]).simulated.isEmpty)
    }

    @Test func `databases are known by their first bytes and their tables`() {
        let header = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 84)
        #expect(FormatDetector.detect(header.span) == .database)
        #expect(FormatDetector.detect(Array("SQLite format 3".utf8).span) == nil)
        #expect(DatabaseCatalog.kind(of: []) == nil)
        #expect(
            DatabaseCatalog.kind(of: [TableShape(name: "DEVICE", columns: ["IDENTIFIER"])]) == nil)
        for (kind, source) in Self.seeds {
            #expect(DatabaseCatalog.kind(of: source.tables) == kind)
        }
        #expect(readDatabase(DatabaseFixtures.gadgetbridge, as: .fit).error?.code == .unsupported)
    }
}

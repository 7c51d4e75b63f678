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

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// One damaged pack costs no more than what it held.
@Suite struct SalvageTests {
    struct Case {
        var fixture: VaultFixture
        var people: [PersonID]
        var contents: [Contents]
        var ids: [UInt64]
    }

    /// A closed vault of two persons with four days each.
    static func filled() throws -> Case {
        let fixture = try VaultFixture(slots: 64)
        var people: [PersonID] = []
        for (place, label) in ["Ada Marker", "Brit Marker"].enumerated() {
            let person = try fixture.vault.addPerson(label: label).id
            people.append(person)
            try fixture.vault.ingest(
                [Made.heartRate(days: 0..<4, seed: UInt64(place + 5)), Made.steps(days: 0..<4)],
                for: person)
            try fixture.vault.storeResults(
                [
                    StoredResult(
                        day: LocalDate(dayNumber: Made.firstDay), model: "day/1",
                        inputDigest: [UInt8](repeating: 0, count: 16), payload: [1, 2, 3])
                ], of: person)
        }
        try fixture.vault.appendAudit(command: "test", outcome: "made")
        let contents = try people.map { try fixture.vault.contents(of: $0) }
        let ids = try fixture.vault.database.allIDs()
        fixture.vault.close()
        return Case(fixture: fixture, people: people, contents: contents, ids: ids)
    }

    static func restored(
        _ name: String, _ made: Case, from sources: [VaultLocation],
        _ options: VaultRestore.Options, state: String? = nil
    ) throws -> (report: VaultRestore.Report, vault: Vault) {
        let target = VaultLocation(
            store: made.fixture.root + "/restored-\(name)/store",
            state: state ?? made.fixture.root + "/restored-\(name)/state")
        let stores = try sources.map { try SealedStore.open(at: $0) }
        defer { for store in stores { store.close() } }
        let report = try VaultRestore(to: target, from: stores, options).run(
            keyImages: try SealedStore.keyImages(at: sources[0]),
            with: Credential(try VaultFixture.secret("correct horse"), as: .passphrase))
        return (report, try VaultFixture.open(target))
    }

    @Test func `each pack of a vault damaged in turn: only what it held is lost, and named`()
        throws
    {
        let made = try Self.filled()
        var whole = 0
        for (place, id) in made.ids.enumerated() {
            let copy = try made.fixture.copy("\(place)")
            defer { VaultFixture.remove(copy) }
            try TamperTests.sql(
                copy,
                [
                    "UPDATE pack SET ct = substr(ct, 1, 2000) || x'00' || substr(ct, 2002) "
                        + "WHERE id = \(id)"
                ])
            let vault = try VaultFixture.open(copy)
            let verified = try vault.verify()
            vault.close()
            // One byte in 256 is zero already, and then nothing is damaged.
            if verified.problems.isEmpty {
                whole += 1
                continue
            }
            let (report, back) = try Self.restored(
                "\(place)", made, from: [copy], VaultRestore.Options(allowsLoss: true))
            defer {
                back.close()
                try? FileManager.default.removeItem(
                    atPath: made.fixture.root + "/restored-\(place)")
            }
            #expect(report.losses.count <= 1)
            #expect(Set(report.losses) == Set(verified.losses))
            var lost = 0
            for (person, contents) in zip(made.people, made.contents) {
                let found = try back.contents(of: person)
                for (stream, samples) in contents.streams {
                    let day = report.losses.first.flatMap(\.day)?.dayNumber
                    let kept = Set(found.streams[stream] ?? [])
                    #expect(kept.isSubset(of: samples), "other values than were stored")
                    for sample in samples where !kept.contains(sample) {
                        lost += 1
                        let at = Timestamp(nanoseconds: sample.time).utcDay
                        #expect(at == day, "a sample of an undamaged day is missing")
                    }
                }
            }
            #expect((lost > 0) == (report.losses.first?.part == .samples))
            #expect(try back.verify().problems.isEmpty)
        }
        print("salvage: \(made.ids.count) packs damaged in turn, \(whole) unchanged by it")
        #expect(whole < 4)
    }

    @Test func `a damaged newest root is taken from its page, and an older one only on purpose`()
        throws
    {
        let made = try Self.filled()
        let row = try {
            let vault = try VaultFixture.open(made.fixture.location)
            defer { vault.close() }
            return vault.generation & 1
        }()
        let copy = try made.fixture.copy("root")
        try TamperTests.sql(
            copy, ["UPDATE root SET ct = substr(ct, 1, 4095) || x'00' WHERE id = \(row)"])
        #expect(throws: VaultError.self) { try VaultFixture.open(copy) }
        let (report, back) = try Self.restored(
            "root", made, from: [copy], VaultRestore.Options(), state: copy.state)
        #expect(report.losses.isEmpty)
        #expect(try back.contents(of: made.people[0]) == made.contents[0])
        #expect(try back.verify().problems.isEmpty)
    }

    @Test func `what one source lacks another fills in`() throws {
        let made = try Self.filled()
        let (half, rest) = (made.ids.prefix(made.ids.count / 2), made.ids.suffix(3))
        let first = try made.fixture.copy("first")
        let second = try made.fixture.copy("second")
        try TamperTests.sql(first, half.map { "DELETE FROM pack WHERE id = \($0)" })
        try TamperTests.sql(second, rest.map { "DELETE FROM pack WHERE id = \($0)" })
        let (report, back) = try Self.restored(
            "both", made, from: [first, second], VaultRestore.Options())
        #expect(report.losses.isEmpty)
        for (person, contents) in zip(made.people, made.contents) {
            #expect(try back.contents(of: person) == contents)
        }
        let target = VaultLocation(store: made.fixture.root + "/none", state: first.state)
        let store = try SealedStore.open(at: first)
        do {
            let refused = try VaultRestore(to: target, from: [store], VaultRestore.Options()).run(
                keyImages: SealedStore.keyImages(at: first),
                with: Credential(VaultFixture.secret("correct horse"), as: .passphrase))
            #expect(!refused.isMade && !refused.losses.isEmpty)
        } catch let error as VaultError {
            // Which half is gone is chance; without both pages of the top there is no vault.
            #expect(error.code == .damaged)
        }
        #expect(!Vault.exists(at: target))
    }

    @Test func `a month index that lost a page in both copies costs the month alone`() throws {
        let fixture = try VaultFixture(slots: 256)
        let person = try fixture.vault.addPerson(label: "Ada").id
        let other = try fixture.vault.addPerson(label: "Brit").id
        try fixture.vault.ingest(
            [
                Made.heartRate(days: 0..<29), Made.heartRate(days: 0..<29, device: Made.ring),
                Made.steps(days: 0..<29),
            ], for: person)
        try fixture.vault.ingest([Made.heartRate(days: 40..<41)], for: person)
        try fixture.vault.ingest([Made.heartRate(days: 0..<2)], for: other)
        let expected = try fixture.vault.contents(of: other)
        let month = try #require(
            fixture.vault.state.people[0].node.month(MonthKey.month(ofDay: Made.firstDay)))
        try #require(month.index.count > 1 && month.copy.count == month.index.count)
        let doomed = [month.index[1].id, month.copy[1].id]
        fixture.vault.close()
        try TamperTests.sql(
            fixture.location, doomed.map { "DELETE FROM pack WHERE id = \($0)" })
        let made = Case(fixture: fixture, people: [person, other], contents: [], ids: [])
        let (report, back) = try Self.restored(
            "month", made, from: [fixture.location], VaultRestore.Options(allowsLoss: true))
        #expect(report.losses.map(\.part) == [.month])
        #expect(report.losses.first?.text == "person 1, 2024-03: all samples of the month")
        #expect(try back.contents(of: other) == expected)
        #expect(try back.contents(of: person).count == 288)
        #expect(try back.verify().problems.isEmpty)
    }

    @Test func `the spare pages cost a few small packs a commit, and a store without them opens`()
        throws
    {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<1)], for: person)
        // Root page, top twice, node twice, month index twice, one raw pack.
        #expect(try fixture.vault.database.allIDs().count == 8)
        #expect(try fixture.vault.verify().problems.isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

/// The records of rights: stored, sealed, obeyed when reading, and gone with the person.
@Suite struct RightsRecordsTests {
    private func time(_ day: Int64, _ second: Int64 = 0) -> Timestamp {
        Timestamp(nanoseconds: Made.time(day: day, second: second))
    }

    private func consent(
        _ kind: ConsentEvent.Kind, _ purposes: Set<Purpose>,
        _ categories: Set<HearthBiosignals.Category>,
        expires: Timestamp? = nil
    ) -> ConsentEvent {
        ConsentEvent(
            kind: kind, time: time(0), purposes: purposes, categories: categories,
            expires: expires, how: "signed form",
            notice: kind == .given ? [UInt8](1...32) : nil)
    }

    private func makeController(_ vault: Vault) throws {
        var records = VaultRecords()
        records.mode = .controller
        records.controller = ControllerIdentity(name: "Sleep Clinic", contact: "post@example.org")
        try vault.store(records, command: "init")
    }

    private func filled() throws -> (fixture: VaultFixture, person: PersonID, watch: DeviceID) {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "me").id
        try fixture.vault.ingest(
            [Made.heartRate(days: 0..<4), Made.steps(days: 0..<4)], for: person)
        let watch = try #require(
            try fixture.vault.streams(of: person).first { $0.device.vendor == "Clockwork" })
        return (fixture, person, watch.stream.device)
    }

    @Test func `every record comes back after opening again, and verify finds nothing`() throws {
        let (fixture, person, watch) = try filled()
        let vault = try #require(fixture.vault)
        var rules = VaultRecords()
        rules.mode = .controller
        rules.controller = ControllerIdentity(name: "Sleep Clinic", contact: "post@example.org")
        rules.set(
            CategoryPolicy(
                category: .heart, purposes: [.keep, .insight], basis: .consent, keepDays: 90),
            of: .heart)
        rules.add(Recipient(name: "Dr Quagga", contact: "x", purpose: "care", added: time(1)))
        _ = rules.add(
            BreachRecord(aware: time(1), recorded: time(2), what: "laptop lost", people: 1))
        try vault.store(rules, command: "init")
        let given = try vault.addConsent(
            consent(.given, [.keep, .insight], [.heart, .sleep], expires: time(900)), of: person)
        _ = try vault.addConsent(consent(.withdrawn, [.insight], [.sleep]), of: person)
        _ = try vault.addRestriction(
            Restriction(
                categories: [.movement], from: time(1), to: time(2), made: time(5),
                reason: "dispute"
            ), of: person)
        _ = try vault.amend(
            Amendment(
                quantity: .heartRate, device: watch, from: time(0, 300), to: time(0, 301),
                change: .replace([61.5]), made: time(5), reason: "strap slipped"), of: person)
        _ = try vault.addDisclosure(
            Disclosure(
                time: time(6), recipient: "Dr Quagga", format: "csv", categories: [.heart],
                from: time(0), to: time(4), digest: [UInt8](repeating: 7, count: 32)), of: person,
            outcome: "2 files")
        let before = try vault.records(of: person)
        #expect(given.number == 1 && before.disclosures.map(\.number) == [5])
        try fixture.reopen()
        #expect(try fixture.vault.records(of: person) == before)
        #expect(try fixture.vault.records() == rules)
        #expect(try fixture.vault.verify().problems == [])
        #expect(try fixture.vault.markTold("Dr Quagga", of: person) == 1)
        #expect(try fixture.vault.markTold("nobody", of: person) == 0)
        try fixture.reopen()
        #expect(try fixture.vault.records(of: person).disclosures[0].told != nil)
        for (_, bytes) in try VaultFixture.files(fixture.location) {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("Quagga"))
        }
    }

    @Test func `a vault without such records has the bytes it had`() throws {
        let (fixture, person, _) = try filled()
        var node = fixture.vault.state.people[0].node
        for month in node.months.indices { node.months[month].copy = [] }
        // Tail: count of fingerprints, and their empty list of references.
        var expected = node
        expected.rights = []
        #expect(node.encoded() == expected.encoded())
        #expect(node.encoded().suffix(8) == [0, 0, 0, 0, 0, 0, 0, 0])
        var state = fixture.vault.state
        for person in state.people.indices { state.people[person].copy = [] }
        #expect(state.encodedTop().suffix(4) == [0, 0, 0, 0])
        #expect(try fixture.vault.records(of: person) == PersonRecords())
        #expect(try fixture.vault.records().mode == .personal)
    }

    @Test func `what was said last counts, and a consent ends`() throws {
        let (fixture, person, _) = try filled()
        let vault = try #require(fixture.vault)
        _ = try vault.addConsent(consent(.given, [.keep], [.heart], expires: time(10)), of: person)
        var records = try vault.records(of: person)
        #expect(records.hasConsent(for: .keep, .heart, at: time(9)))
        #expect(!records.hasConsent(for: .keep, .heart, at: time(10)))
        #expect(!records.hasConsent(for: .keep, .sleep, at: time(9)))
        _ = try vault.addConsent(consent(.withdrawn, [.keep], [.heart]), of: person)
        records = try vault.records(of: person)
        #expect(!records.hasConsent(for: .keep, .heart, at: time(9)))
        _ = try vault.addConsent(consent(.given, [.keep], [.heart]), of: person)
        #expect(try vault.records(of: person).consented(for: .keep, at: time(9)) == [.heart])
        #expect(try vault.records(of: person).consents.count == 3)
    }

    @Test func `a controller stores and processes only what has consent`() throws {
        let (fixture, person, _) = try filled()
        let vault = try #require(fixture.vault)
        try makeController(vault)
        #expect(try vault.contents(of: person).count == 0)
        let all = try Contents(vault, SampleQuery(person: person, purpose: nil))
        #expect(all.count > 1000)
        _ = try vault.addConsent(consent(.given, [.keep, .insight], [.movement]), of: person)
        #expect(try vault.contents(of: person).streams.keys.map(\.quantity) == [.steps])
        let outcome = try vault.ingest(
            [Made.heartRate(days: 5..<6), Made.steps(days: 5..<6)], for: person)
        #expect(outcome.added == 24 && outcome.withoutConsent == [.heart: 288])
        _ = try vault.addConsent(consent(.withdrawn, [.insight], [.movement]), of: person)
        #expect(try vault.contents(of: person).count == 0)
        #expect(try vault.withoutConsent(person, for: .keep).contains(.movement) == false)
        let refusal = try vault.refusal(
            of: person, for: .insight, [.movement], from: time(0), to: time(1))
        #expect(
            refusal
                == "there is no valid consent to computing scores, baselines and reports: movement")
    }

    @Test func `what is restricted is kept back from processing and shown to the person`() throws {
        let (fixture, person, _) = try filled()
        let vault = try #require(fixture.vault)
        let digest = try vault.inputDigest(of: person, from: time(0), to: time(4))
        let before = try vault.contents(of: person)
        let restriction = try vault.addRestriction(
            Restriction(
                categories: [.heart], from: time(1), to: time(3), made: time(9), reason: "dispute"),
            of: person)
        let left = try vault.contents(of: person)
        #expect(before.count - left.count == 2 * 288)
        let days = Set(
            left.streams.filter { $0.key.quantity == .heartRate }.values.joined()
                .map { Timestamp(nanoseconds: $0.time).utcDay - Made.firstDay })
        #expect(days == [0, 3])
        #expect(try Contents(vault, SampleQuery(person: person, purpose: nil)) == before)
        #expect(try vault.inputDigest(of: person, from: time(0), to: time(4)) != digest)
        #expect(
            try vault.inputDigest(of: person, from: time(3), to: time(4))
                == vault.inputDigest(of: person, from: time(3), to: time(4), for: nil))
        #expect(try vault.liftRestriction(restriction.number, of: person))
        #expect(try !vault.liftRestriction(restriction.number, of: person))
        #expect(try vault.contents(of: person) == before)
        #expect(try vault.inputDigest(of: person, from: time(0), to: time(4)) == digest)
    }
}

/// Amended samples.
@Suite struct AmendmentTests {
    private func time(_ day: Int64, _ second: Int64 = 0) -> Timestamp {
        Timestamp(nanoseconds: Made.time(day: day, second: second))
    }

    private func filled() throws -> (fixture: VaultFixture, person: PersonID, watch: DeviceID) {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "me").id
        try fixture.vault.ingest(
            [
                Made.heartRate(days: 0..<4), Made.steps(days: 0..<4),
                Made.heartRate(days: 0..<1, device: Made.ring, seed: 4),
            ], for: person)
        let watch = try #require(
            try fixture.vault.streams(of: person).first { $0.device.vendor == "Clockwork" })
        return (fixture, person, watch.stream.device)
    }

    /// 61.5 /min from 00:05 to 00:20, three samples.
    private func amendment(_ watch: DeviceID, _ change: Amendment.Change) -> Amendment {
        Amendment(
            quantity: .heartRate, device: watch, from: time(0, 300), to: time(0, 1200),
            change: change, made: time(9), reason: "strap slipped")
    }

    private func samples(
        _ contents: Contents, _ derivation: Derivation
    ) -> [StreamID: [Contents.Sample]] {
        contents.streams.filter { $0.key.origin.derivation == derivation }
    }

    @Test(arguments: [false, true])
    func `readers get the amended values, marked as such`(shred: Bool) throws {
        let (fixture, person, watch) = try filled()
        let vault = try #require(fixture.vault)
        let before = try vault.contents(of: person)
        let digest = try vault.inputDigest(of: person, from: time(0), to: time(1))
        let made = try vault.amend(
            amendment(watch, .replace([61.5])), of: person, shreddingOriginals: shred)
        #expect((made.erasure != nil) == shred && made.amendment.number == 1)
        try fixture.reopen()
        let after = try fixture.vault.contents(of: person)
        #expect(after.count == before.count)
        let amended = samples(after, .amended)
        #expect(amended.count == 1)
        let values = try #require(amended.first)
        #expect(values.key.device == watch && values.key.quantity == .heartRate)
        #expect(
            values.value.map(\.values) == [
                [Float(61.5).bitPattern], [Float(61.5).bitPattern], [Float(61.5).bitPattern],
            ])
        #expect(values.value.map(\.time) == [300, 600, 900].map { time(0, $0).nanoseconds })
        for (id, all) in samples(before, .measured) {
            let rest = all.filter {
                !(id.device == watch && id.quantity == .heartRate
                    && time(0, 300).nanoseconds <= $0.time && $0.time < time(0, 1200).nanoseconds)
            }
            #expect(after.streams[id] == rest)
        }
        #expect(try fixture.vault.inputDigest(of: person, from: time(0), to: time(1)) != digest)
        #expect(try fixture.vault.verify().problems == [])
        // The same file again brings nothing back.
        let again = try fixture.vault.ingest([Made.heartRate(days: 0..<4)], for: person)
        #expect(again.added == 0 && again.suppressedByErasure == (shred ? 3 : 0))
        #expect(try fixture.vault.contents(of: person) == after)
    }

    @Test func `an amendment is taken back, unless the originals are gone`() throws {
        let (fixture, person, watch) = try filled()
        let vault = try #require(fixture.vault)
        let before = try vault.contents(of: person)
        let kept = try vault.amend(amendment(watch, .remove), of: person).amendment
        #expect(try before.count - vault.contents(of: person).count == 3)
        #expect(try vault.removeAmendment(kept.number, of: person))
        #expect(try vault.contents(of: person) == before)
        let shredded = try vault.amend(
            amendment(watch, .remove), of: person, shreddingOriginals: true
        ).amendment
        #expect(try !vault.removeAmendment(shredded.number, of: person))
        #expect(try before.count - vault.contents(of: person).count == 3)
    }

    @Test func `the amendment made last wins, and an erase cuts it`() throws {
        let (fixture, person, watch) = try filled()
        let vault = try #require(fixture.vault)
        _ = try vault.amend(amendment(watch, .replace([61.5])), of: person)
        var second = amendment(watch, .replace([70]))
        second.from = time(0, 900)
        _ = try vault.amend(second, of: person)
        let values = try samples(vault.contents(of: person), .amended).values.joined()
            .map { Float(bitPattern: $0.values[0]) }
        #expect(values == [61.5, 61.5, 70])
        _ = try vault.erase(
            ErasureScope(
                person: person, quantities: [.heartRate], from: time(0, 600), to: time(0, 900)))
        let spans = try vault.records(of: person).amendments.map { [$0.from, $0.to] }
        #expect(
            spans == [
                [time(0, 300), time(0, 600)], [time(0, 900), time(0, 1200)],
                [time(0, 900), time(0, 1200)],
            ])
        _ = try vault.erase(ErasureScope(person: person, quantities: [.heartRate]))
        #expect(try vault.records(of: person).amendments.isEmpty)
        #expect(try vault.verify().problems == [])
    }

    @Test func `what cannot be amended is refused, and the refusal holds no value`() throws {
        let (fixture, person, watch) = try filled()
        let vault = try #require(fixture.vault)
        for change in [Amendment.Change.replace([9999]), .replace([60, 61]), .replace([.nan])] {
            do {
                _ = try vault.amend(amendment(watch, change), of: person)
                Issue.record("nothing was refused")
            } catch {
                #expect(error.code == .limitExceeded)
                #expect(!"\(error)".contains("9999"))
            }
        }
        var nowhere = amendment(watch, .remove)
        (nowhere.from, nowhere.to) = (time(50), time(51))
        #expect(throws: VaultError.self) { _ = try vault.amend(nowhere, of: person) }
        #expect(try vault.records(of: person).amendments.isEmpty)
    }

    @Test func `results can outlive their samples, and go alone`() throws {
        let (fixture, person, _) = try filled()
        let vault = try #require(fixture.vault)
        let days = (0..<4).map { LocalDate(dayNumber: Made.firstDay + $0) }
        try vault.storeResults(
            days.map { StoredResult(day: $0, model: "day/1", inputDigest: [1], payload: [2]) },
            of: person)
        func left() throws -> [LocalDate] {
            try vault.results(of: person, from: days[0], through: days[3]).map(\.day)
        }
        var samples = ErasureScope(person: person, quantities: Set(Quantity.allCases), to: time(2))
        samples.results = .keep
        samples.replacesTombstones = true
        _ = try vault.erase(samples)
        #expect(try left() == days)
        #expect(
            try vault.contents(of: person).streams.values.joined().map(\.time).min()
                == time(2).nanoseconds)
        // A day later: the tombstones of the day before are replaced, newer data come in.
        let tombstones = vault.state.people[0].node.tombstones.count
        samples.to = time(3)
        _ = try vault.erase(samples)
        #expect(vault.state.people[0].node.tombstones.count == tombstones)
        #expect(
            try vault.ingest([Made.heartRate(days: 0..<8)], for: person).suppressedByErasure == 3
                * 288)
        var results = ErasureScope(person: person, to: time(1))
        results.results = .only
        #expect(try vault.impact(of: results).results == 1)
        let count = try vault.contents(of: person).count
        _ = try vault.erase(results)
        #expect(try left() == Array(days.dropFirst()))
        #expect(try vault.contents(of: person).count == count)
        // An ordinary erase of days whose samples are gone takes their results too.
        _ = try vault.erase(ErasureScope(person: person, from: time(1), to: time(2)))
        #expect(try left() == [])
        #expect(try vault.verify().problems == [])
    }
}

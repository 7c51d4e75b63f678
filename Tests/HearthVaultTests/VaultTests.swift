// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

@Suite struct VaultTests {
    @Test func `a new vault is empty and opens with its passphrase only`() throws {
        let fixture = try VaultFixture()
        #expect(Vault.exists(at: fixture.location))
        #expect(fixture.vault.people.isEmpty)
        try fixture.reopen()
        #expect(fixture.vault.people.isEmpty)
        fixture.vault.close()
        #expect(throws: VaultError.self) { try fixture.reopen("battery staple") }
        do { try fixture.reopen("battery staple") } catch let error as VaultError {
            #expect(error.code == .wrongPassphrase)
        }
    }

    @Test func `creating where a vault is and opening where none is are refused`() throws {
        let fixture = try VaultFixture()
        do {
            _ = try Vault.create(
                at: fixture.location, passphrase: try VaultFixture.secret("x"), kdf: .minimum)
            Issue.record("a second vault was made")
        } catch let error as VaultError { #expect(error.code == .vaultExists) }
        let elsewhere = VaultLocation(store: fixture.root + "/none", state: fixture.root + "/none")
        do {
            _ = try VaultFixture.open(elsewhere)
            Issue.record("a vault was opened")
        } catch let error as VaultError { #expect(error.code == .noVault) }
    }

    @Test func `a vault that is open is locked`() throws {
        let fixture = try VaultFixture()
        do {
            _ = try VaultFixture.open(fixture.location)
            Issue.record("the vault was opened twice")
        } catch let error as VaultError { #expect(error.code == .lockedByAnotherProcess) }
    }

    @Test func `whoever waits gets the vault when it is closed`() throws {
        let fixture = try VaultFixture()
        let location = fixture.location
        let (start, clock) = (ContinuousClock.now, ContinuousClock())
        let opening = Thread {
            let vault = try? Vault.open(
                at: location, with: VaultFixture.secret("correct horse"), wait: .seconds(300))
            if vault != nil { try? Data().write(to: URL(filePath: location.state + "/opened")) }
        }
        opening.start()
        Thread.sleep(forTimeInterval: 0.3)
        #expect(!FileManager.default.fileExists(atPath: location.state + "/opened"))
        fixture.vault.close()
        while !opening.isFinished, clock.now - start < .seconds(290) {
            Thread.sleep(forTimeInterval: 0.02)
        }
        #expect(FileManager.default.fileExists(atPath: location.state + "/opened"))
        try fixture.reopen()
        let before = clock.now
        #expect(throws: VaultError.self) {
            try Vault.open(
                at: location, with: VaultFixture.secret("correct horse"),
                wait: .milliseconds(200))
        }
        #expect(clock.now - before >= .milliseconds(200))
    }

    @Test func `a person is there after opening again`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada")
        #expect(throws: VaultError.self) { try fixture.vault.addPerson(label: "Ada") }
        try fixture.reopen()
        #expect(fixture.vault.people == [person])
        #expect(fixture.vault.person(labelled: "Ada") == person)
    }

    @Test func `what was ingested is read back after opening again`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        let blocks = [
            Made.heartRate(days: 0..<40), Made.steps(days: 0..<40),
            Made.acceleration(day: 2, seconds: 900),
        ]
        let outcome = try fixture.vault.ingest(blocks, for: person)
        #expect(outcome == IngestOutcome(added: blocks.reduce(0) { $0 + $1.count }))
        let before = try fixture.vault.contents(of: person)
        #expect(before.count == outcome.added)
        try fixture.reopen()
        #expect(try fixture.vault.contents(of: person) == before)
        let rates = try #require(before.streams.first { $0.key.quantity == .heartRate }?.value)
        guard case .irregular(let times) = blocks[0].times else { return }
        #expect(rates.map(\.time) == times)
        #expect(rates.map { Float(bitPattern: $0.values[0]) } == blocks[0].columns[0].floats)
        let steps = try #require(before.streams.first { $0.key.quantity == .steps }?.value)
        #expect(steps.map(\.duration) == blocks[1].durations)
        let summaries = try fixture.vault.streams(of: person)
        #expect(summaries.map(\.samples).reduce(0, +) == outcome.added)
        #expect(summaries.first?.device.model == "Chronoscope 7")
        #expect(summaries.first?.first.nanoseconds == times.first)
        #expect(summaries.first?.last.nanoseconds == times.last)
    }

    @Test func `ingesting twice stores once`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        let blocks = [
            Made.heartRate(days: 0..<3), Made.steps(days: 0..<3),
            Made.acceleration(day: 0, seconds: 30),
        ]
        let first = try fixture.vault.ingest(blocks, for: person)
        let before = try fixture.vault.contents(of: person)
        let digest = try fixture.vault.inputDigest(
            of: person, from: .distantPast, to: .distantFuture)
        let second = try fixture.vault.ingest(blocks.reversed(), for: person)
        #expect(second == IngestOutcome(duplicates: first.added))
        #expect(try fixture.vault.contents(of: person) == before)
        #expect(
            try fixture.vault.inputDigest(of: person, from: .distantPast, to: .distantFuture)
                == digest)
    }

    @Test func `any order and cut of the input gives the same samples`() throws {
        let whole = Made.heartRate(days: 0..<4, step: 97)
        var reference: [Contents.Sample]?
        for seed in UInt64(1)...4 {
            var random = SeededRandom(seed: seed)
            let fixture = try VaultFixture()
            let person = try fixture.vault.addPerson(label: "Ada").id
            var added = 0
            for _ in 0..<3 {
                let session = try fixture.vault.beginIngest(for: person)
                for _ in 0..<20 {
                    let cut = Int.random(in: 0..<whole.count, using: &random)
                    let end = Int.random(in: cut...whole.count, using: &random)
                    try session.append(Self.part(whole, cut..<end))
                }
                added += try session.commit().added
            }
            added += try fixture.vault.ingest([whole], for: person).added
            #expect(added == whole.count, "seed \(seed)")
            let samples = try fixture.vault.contents(of: person).streams.values.first ?? []
            #expect(samples == (reference ?? samples), "seed \(seed)")
            #expect(Set(samples).count == whole.count, "seed \(seed)")
            reference = samples
        }
    }

    static func part(_ block: SampleBlock, _ range: Range<Int>) -> SampleBlock {
        SampleBlock(
            device: block.device, quantity: block.quantity, origin: block.origin,
            times: .irregular(range.map { block.times[$0].nanoseconds }),
            columns: block.columns.map { .float32(Array($0.floats[range])) })
    }

    @Test func `samples at one time with different values both stay`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        let time = Made.time(day: 0, second: 10)
        func block(_ values: [Float]) -> SampleBlock {
            SampleBlock(
                device: Made.watch, quantity: .heartRate, origin: Origin(file: .fit),
                times: .irregular(values.map { _ in time }), columns: [.float32(values)])
        }
        #expect(
            try fixture.vault.ingest([block([61, 60, 61])], for: person)
                == IngestOutcome(added: 2, duplicates: 1))
        #expect(
            try fixture.vault.ingest([block([62, 60])], for: person)
                == IngestOutcome(added: 1, duplicates: 1))
        let samples = try fixture.vault.contents(of: person).streams.values.first ?? []
        #expect(samples.map { Float(bitPattern: $0.values[0]) } == [60, 61, 62])
    }

    @Test func `a full buffer commits in between and the union stays the same`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        let block = Made.heartRate(days: 0..<6, step: 60)
        let session = IngestSession(vault: fixture.vault, person: person, limit: 20_000)
        for start in stride(from: 0, to: block.count, by: 500) {
            try session.append(Self.part(block, start..<min(start + 500, block.count)))
        }
        #expect(try session.commit().added == block.count)
        #expect(try fixture.vault.contents(of: person).count == block.count)
        // Small commits fill up the last pack instead of leaving many small ones.
        #expect(try fixture.vault.verify().packs < 40)
    }

    @Test func `a rolled back session stores nothing`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        let session = try fixture.vault.beginIngest(for: person)
        try session.append(Made.heartRate(days: 0..<1))
        session.rollback()
        #expect(try session.commit() == IngestOutcome())
        #expect(try fixture.vault.contents(of: person).count == 0)
    }

    @Test func `a fingerprint is remembered for its person`() throws {
        let fixture = try VaultFixture()
        let ada = try fixture.vault.addPerson(label: "Ada").id
        let ben = try fixture.vault.addPerson(label: "Ben").id
        var prints: [ContentFingerprint] = []
        for number in 0..<300 {
            let hasher = fixture.vault.makeFingerprinter()
            hasher.update(Array("file \(number)".utf8).span)
            prints.append(hasher.finish())
        }
        for print in prints {
            let session = try fixture.vault.beginIngest(for: ada)
            _ = try session.commit(fingerprints: [print])
        }
        try fixture.reopen()
        for print in prints {
            #expect(try fixture.vault.isIngested(print, by: ada))
            #expect(try !fixture.vault.isIngested(print, by: ben))
        }
    }

    @Test func `a query cuts by time, quantity and device`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest(
            [
                Made.heartRate(days: 0..<3),
                Made.heartRate(days: 0..<3, device: Made.ring, seed: 2), Made.steps(days: 0..<3),
            ],
            for: person)
        let from = Made.time(day: 1, second: 300)
        let to = Made.time(day: 1, second: 900)
        let ring = try #require(
            try fixture.vault.streams(of: person).first { $0.device.model == "Annulus" })
        let found = try Contents(
            fixture.vault,
            SampleQuery(
                person: person, quantities: [.heartRate], devices: [ring.device.id],
                from: Timestamp(nanoseconds: from), to: Timestamp(nanoseconds: to)))
        #expect(found.streams.keys.sorted() == [ring.stream])
        #expect(found.streams[ring.stream]?.map(\.time) == [from, from + 300_000_000_000])
    }

    @Test func `the input digest changes with the window's packs only`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<3)], for: person)
        func digest(_ day: Int64) throws -> [UInt8] {
            try fixture.vault.inputDigest(
                of: person, from: Timestamp(nanoseconds: Made.time(day: day, second: 0)),
                to: Timestamp(nanoseconds: Made.time(day: day + 1, second: 0)))
        }
        let before = try (0..<3).map { try digest($0) }
        #expect(Set(before).count == 3)
        try fixture.vault.ingest([Made.heartRate(days: 1..<2, device: Made.ring)], for: person)
        let after = try (0..<3).map { try digest($0) }
        #expect(after[0] == before[0])
        #expect(after[1] != before[1])
        #expect(after[2] == before[2])
        try fixture.reopen()
        #expect(try digest(1) == after[1])
    }

    @Test func `results are kept, replaced and cut by day`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        func result(_ day: Int64, _ text: String) -> StoredResult {
            StoredResult(
                day: LocalDate(dayNumber: Made.firstDay + day), model: "day/1",
                inputDigest: [UInt8](repeating: UInt8(day), count: 16),
                payload: Array(String(repeating: text, count: 500).utf8))
        }
        let all = (0..<40).map { result(Int64($0), "day \($0), ") }
        try fixture.vault.storeResults(all, of: person)
        try fixture.vault.storeResults([result(7, "new, ")], of: person)
        try fixture.reopen()
        let first = LocalDate(dayNumber: Made.firstDay)
        let found = try fixture.vault.results(
            of: person, from: first, through: first.advanced(by: 39))
        #expect(found.count == 40)
        #expect(found[7] == result(7, "new, "))
        #expect(found[8] == all[8])
        #expect(
            try fixture.vault.results(
                of: person, from: first.advanced(by: 39), through: first.advanced(by: 90)) == [
                    all[39]
                ])
    }

    @Test func `changing the passphrase rewrites one sector and shuts the old one out`() throws {
        let fixture = try VaultFixture()
        _ = try fixture.vault.addPerson(label: "Ada")
        let before = try VaultFixture.files(fixture.location)
        try fixture.vault.changePassphrase(to: try VaultFixture.secret("new words"), kdf: .minimum)
        let after = try VaultFixture.files(fixture.location)
        for name in KeyFile.names {
            let changed = stride(from: 0, to: after[name]!.count, by: 4096).filter {
                before[name]![$0..<($0 + 4096)] != after[name]![$0..<($0 + 4096)]
            }
            #expect(changed == [0, 4096])
        }
        fixture.vault.close()
        #expect(throws: VaultError.self) { try fixture.reopen() }
        try fixture.reopen("new words")
        #expect(fixture.vault.people.count == 1)
    }

    @Test func `a crash while the passphrase changes leaves one that opens`() throws {
        let fixture = try VaultFixture()
        _ = try fixture.vault.addPerson(label: "Ada")
        var copies: [VaultLocation] = []
        fixture.vault.onStep = { _ in
            if let copy = try? fixture.copy("\(copies.count)") { copies.append(copy) }
        }
        try fixture.vault.changePassphrase(to: try VaultFixture.secret("new words"), kdf: .minimum)
        #expect(copies.count == 5)
        for copy in copies {
            let vault = try Vault.open(at: copy, with: try VaultFixture.secret("new words"))
            #expect(vault.people.count == 1)
            vault.close()
            #expect(throws: VaultError.self) { try VaultFixture.open(copy) }
            VaultFixture.remove(copy)
        }
    }

    @Test(.enabled(if: getuid() != 0, "the superuser may write everywhere"))
    func `a folder that cannot be written is named as such`() throws {
        let fixture = try VaultFixture()
        fixture.vault.close()
        let manager = FileManager.default
        for name in try manager.contentsOfDirectory(atPath: fixture.location.store) {
            try manager.setAttributes(
                [.posixPermissions: 0o400], ofItemAtPath: fixture.location.store + "/" + name)
        }
        do {
            try fixture.reopen()
            Issue.record("the vault was opened")
        } catch let error as VaultError { #expect(error.code == .readOnly) }
    }

    @Test func `a recovery code opens the vault until it is replaced`() throws {
        let fixture = try VaultFixture()
        _ = try fixture.vault.addPerson(label: "Ada")
        let first = try fixture.vault.addRecoveryCode()
        let second = try fixture.vault.addRecoveryCode()
        #expect(fixture.vault.keySlots.map(\.factor) == [.passphrase, .recoveryCode])
        fixture.vault.close()
        fixture.vault = try Vault.open(
            at: fixture.location, with: try second.text(), factor: .recoveryCode)
        #expect(fixture.vault.people.count == 1)
        fixture.vault.close()
        do {
            _ = try Vault.open(at: fixture.location, with: try first.text(), factor: .recoveryCode)
            Issue.record("the first code still opens")
        } catch let error as VaultError { #expect(error.code == .wrongPassphrase) }
    }

    @Test func `the audit log is a chain over several pages`() throws {
        let fixture = try VaultFixture()
        for number in 0..<60 {
            try fixture.vault.appendAudit(command: "ingest \(number)", outcome: "done")
        }
        try fixture.reopen()
        let trail = try fixture.vault.auditTrail()
        #expect(trail.map(\.command) == (0..<60).map { "ingest \($0)" })
        #expect(trail.last?.hash == fixture.vault.auditHead)
        #expect(try fixture.vault.verify().problems.isEmpty)
    }
}

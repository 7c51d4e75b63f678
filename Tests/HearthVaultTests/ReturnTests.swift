// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

/// What was erased stays away, whoever asks, until its receipt is named.
@Suite struct ReturnTests {
    @Test func `somebody with the label of an erased person does not get their data back`() throws {
        let (fixture, person) = try EraseTests.filled()
        let before = try fixture.vault.contents(of: person)
        let record = try fixture.vault.erase(ErasureScope(person: person))
        try fixture.reopen()
        let again = try fixture.vault.addPerson(label: "Ada Marker").id
        let outcome = try fixture.vault.ingest(EraseTests.blocks, for: again)
        #expect(outcome.added == 0 && outcome.suppressedByErasure == before.count)
        let zeros = String(repeating: "0", count: 32)
        #expect(try fixture.vault.resurrect(receipt: zeros, of: again) == 0)
        // Another label is another person.
        let other = try fixture.vault.addPerson(label: "Ben").id
        #expect(try fixture.vault.ingest(EraseTests.blocks, for: other).added == before.count)
        #expect(try fixture.vault.resurrect(receipt: record.receiptID, of: other) == 0)
        #expect(try fixture.vault.resurrect(receipt: record.receiptID, of: again) == 1)
        #expect(try fixture.vault.resurrect(receipt: record.receiptID, of: again) == 0)
        #expect(try fixture.vault.ingest(EraseTests.blocks, for: again).added == before.count)
        try fixture.reopen()
        #expect(try fixture.vault.verify().problems == [])
    }

    @Test func `only the receipt that is named lets its data come back`() throws {
        let (fixture, person) = try EraseTests.filled()
        let vault = try #require(fixture.vault)
        let before = try vault.contents(of: person)
        let (from, to) = EraseTests.span(1, 0, 86_400)
        let first = try vault.erase(ErasureScope(person: person, from: from, to: to))
        let second = try vault.erase(ErasureScope(person: person, quantities: [.steps]))
        for wrong in [
            "", "00", String(repeating: "0", count: 32), String(first.receiptID.dropLast()),
        ] {
            #expect(try vault.resurrect(receipt: wrong, of: person) == 0)
        }
        #expect(try vault.erasedStretches(of: person) == 2)
        let count = try vault.auditTrail().count
        #expect(try vault.resurrect(receipt: first.receiptID, of: person) == 1)
        let entry = try #require(try vault.auditTrail().last)
        #expect(try vault.auditTrail().count == count + 1)
        #expect(entry.command.hasPrefix("resurrect \(first.receiptID) #"))
        let outcome = try vault.ingest(EraseTests.blocks, for: person)
        // The steps stay away, the steps of the first erase's day too: the second covers them.
        let steps = before.streams.filter { $0.key.quantity == .steps }.values.flatMap { $0 }.count
        #expect(outcome.suppressedByErasure == steps)
        #expect(try vault.contents(of: person).count == before.count - steps)
        #expect(try vault.resurrect(receipt: second.receiptID, of: person) == 1)
        #expect(try vault.ingest(EraseTests.blocks, for: person).added == steps)
        #expect(try vault.contents(of: person) == before)
    }

    @Test func `the session counts what is forbidden while it is read`() throws {
        let (fixture, person) = try EraseTests.filled()
        let (from, to) = EraseTests.span(1, 20, 30_000)
        let record = try fixture.vault.erase(ErasureScope(person: person, from: from, to: to))
        let session = try fixture.vault.beginIngest(for: person)
        for block in EraseTests.blocks { try session.append(block) }
        #expect(session.forbiddenSamples == record.samples && record.samples > 0)
    }

    @Test func `the passphrase is asked for again and a wrong one is refused`() throws {
        let fixture = try VaultFixture()
        try fixture.vault.confirm(
            Credential(try VaultFixture.secret("correct horse"), as: .passphrase))
        do {
            try fixture.vault.confirm(
                Credential(try VaultFixture.secret("correct horsf"), as: .passphrase))
            Issue.record("a wrong passphrase was taken")
        } catch let error as VaultError { #expect(error.code == .wrongPassphrase) }
        _ = try fixture.vault.addPerson(label: "the vault goes on")
    }

    @Test func `what a file was known by is forgotten when any of it is erased`() throws {
        let (fixture, person) = try EraseTests.filled()
        let hasher = fixture.vault.makeFingerprinter()
        hasher.update(Array("a file".utf8).span)
        let print = hasher.finish()
        let session = try fixture.vault.beginIngest(for: person)
        _ = try session.commit(fingerprints: [print])
        #expect(try fixture.vault.isIngested(print, by: person))
        let (from, to) = EraseTests.span(1, 20, 30_000)
        _ = try fixture.vault.erase(ErasureScope(person: person, from: from, to: to))
        #expect(try !fixture.vault.isIngested(print, by: person))
        try fixture.reopen()
        #expect(try !fixture.vault.isIngested(print, by: person))
        #expect(try fixture.vault.verify().problems == [])
    }

    @Test func `results that a calibration on erased motion went into go as well`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest(
            [Made.acceleration(day: 10, seconds: 60), Made.heartRate(days: 0..<21)], for: person)
        func store(_ model: String = "day/1") throws {
            try fixture.vault.storeResults(
                (0..<21).map {
                    StoredResult(
                        day: LocalDate(dayNumber: Made.firstDay + $0), model: model,
                        inputDigest: [1], payload: [7])
                }, of: person)
        }
        func days(_ model: String = "day/1") throws -> [Int64] {
            let first = LocalDate(dayNumber: Made.firstDay)
            return try fixture.vault.results(
                of: person, from: first, through: first.advanced(by: 30)
            ).filter { $0.model == model }.map { $0.day.dayNumber - Made.firstDay }
        }
        try store()
        _ = try fixture.vault.erase(
            ErasureScope(person: person, quantities: [.acceleration]))
        // A window reaches from noon before to noon after, clocks 14 hours either way, and the
        // calibration three days further on both sides.
        #expect(try days() == Array(0...5) + Array(16...20))
        try store()
        let (from, to) = EraseTests.span(10, 0, 86_400)
        _ = try fixture.vault.erase(
            ErasureScope(person: person, quantities: [.heartRate], from: from, to: to))
        #expect(try days() == Array(0...8) + Array(13...20))
        // An alert cannot be computed again: only those go that may rest on the day.
        try store("live/1/default/1")
        let (next, end) = EraseTests.span(15, 0, 86_400)
        _ = try fixture.vault.erase(
            ErasureScope(person: person, quantities: [.heartRate], from: next, to: end))
        #expect(try days("live/1/default/1") == Array(0...14) + Array(17...20))
    }

    @Test func `the operators of live streams forget with the samples`() throws {
        let (fixture, person) = try EraseTests.filled()
        let session = try fixture.vault.beginIngest(for: person)
        _ = try session.commit(
            checkpoint: LiveCheckpoint(name: "watch", position: [1, 2], state: [3, 4, 5]))
        let (from, to) = EraseTests.span(1, 20, 30_000)
        _ = try fixture.vault.erase(ErasureScope(person: person, from: from, to: to))
        let left = try #require(
            try fixture.vault.liveCheckpoint(named: "watch", of: person))
        #expect(left.position == [1, 2] && left.state.isEmpty)
    }
}

/// What a file system lets an erase promise.
@Suite struct FileSystemClaimTests {
    @Test(arguments: [
        ("ext4", "ordered", true), ("ext4", "writeback", true), ("ext4", "", true),
        ("ext4", "journal", false), ("ext3", "ordered", true), ("xfs", "", true),
        ("btrfs", "", false), ("zfs", "", false), ("f2fs", "", false), ("overlay", "", false),
        ("tmpfs", "", false), ("nfs4", "", false), ("cifs", "", false), ("fuse.sshfs", "", false),
        ("apfs", "", false), ("", "", false), ("something-new", "", false),
    ])
    func `overwriting in place is claimed only where it is known`(
        type: String, mode: String, isInPlace: Bool
    ) {
        let claim = FileSystemClaim((type, mode))
        #expect(claim.isInPlace == isInPlace)
        #expect((claim.reason == nil) == isInPlace)
        #expect(claim.risks.count == (type.hasPrefix("ext") && mode.isEmpty ? 4 : 3))
    }

    @Test func `no level is claimed beyond what was checked`() {
        func level(_ keys: Bool, _ files: Bool, _ place: Bool) -> ErasureLevel {
            .reached(keysReadBack: keys, filesScanned: files, overwritesInPlace: place)
        }
        #expect(level(true, true, true) == .noBlock)
        #expect(level(false, true, true) == .noFile)
        #expect(level(true, true, false) == .noFile)
        #expect(level(true, false, true) == .notShown)
        #expect(level(false, false, false) == .notShown)
    }
}

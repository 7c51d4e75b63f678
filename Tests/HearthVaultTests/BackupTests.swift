// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// Packs in segments, key bundles apart, and what comes back of both.
@Suite struct BackupTests {
    /// A segment of everything in the store that earlier ones do not hold, in memory.
    static func segment(_ store: SealedStore, after known: [[UInt8]] = []) throws -> [UInt8] {
        let archive = known.isEmpty ? nil : try archive(known)
        let present = archive?.present ?? []
        var writer = BackupSegmentWriter(
            vaultID: store.vaultID, number: UInt64(known.count + 1),
            previous: archive?.segments.last?.check ?? [UInt8](repeating: 0, count: 32), time: 7)
        let stored = try store.packIDs()
        for id in present.subtracting(stored) { writer.remove(id) }
        let added = stored.filter { !present.contains($0) }
        for (id, sealed) in zip(added, try store.packs(added)) {
            try writer.add(id, try #require(sealed))
        }
        return writer.finish(roots: try store.roots())
    }

    static func input(_ bytes: [UInt8]) -> BackupInput {
        BackupInput(size: bytes.count) { (offset, count) throws(VaultError) in
            Array(bytes[min(offset, bytes.count)..<min(offset + count, bytes.count)])
        }
    }

    static func archive(_ files: [[UInt8]]) throws -> BackupArchive {
        try BackupArchive(try files.map { try BackupSegment(input($0)) })
    }

    static func restored(
        _ fixture: VaultFixture, _ name: String, _ bundle: KeyBundle,
        _ sources: [any PackSource], _ options: VaultRestore.Options = VaultRestore.Options(),
        state: String? = nil
    ) throws -> (report: VaultRestore.Report, location: VaultLocation) {
        let target = VaultLocation(
            store: fixture.root + "/\(name)/store", state: state ?? fixture.root + "/\(name)/state")
        let report = try VaultRestore(to: target, from: sources, options).run(
            keyImages: bundle.keyImages,
            with: Credential(try VaultFixture.secret("correct horse"), as: .passphrase))
        return (report, target)
    }

    @Test func `a backup and a bundle give the same vault back`() throws {
        let fixture = try VaultFixture()
        let vault: Vault = fixture.vault
        let person = try vault.addPerson(label: "Ada").id
        try vault.ingest([Made.heartRate(days: 0..<5), Made.steps(days: 0..<5)], for: person)
        let first = try Self.segment(vault.sealed)
        try vault.ingest([Made.acceleration(day: 1, seconds: 600)], for: person)
        let bundle = try KeyBundle(try vault.makeKeyBundle().encoded)
        let second = try Self.segment(vault.sealed, after: [first])
        #expect(second.count < first.count * 4)
        let expected = try vault.contents(of: person)
        let (report, location) = try Self.restored(
            fixture, "back", bundle, [try Self.archive([first, second])])
        #expect(report.losses.isEmpty && report.isMade)
        let back = try VaultFixture.open(location)
        #expect(try back.contents(of: person) == expected)
        #expect(back.people == vault.people)
        #expect(try back.verify().problems.isEmpty)
        #expect(try back.auditTrail().last?.command == "restore")
        #expect(back.keyBundlesMade == vault.keyBundlesMade)
        // The copy goes on as a vault of its own.
        try back.ingest([Made.heartRate(days: 9..<10)], for: person)
    }

    @Test func `after a rotation a backup gives the whole audit log back`() throws {
        let (fixture, person) = try RotationTests.filled()
        _ = try fixture.vault.rotateKeys(to: RotationTests.credential("second"), kdf: .minimum)
        try fixture.reopen("second")
        _ = try fixture.vault.rotateKeys(
            to: RotationTests.credential("correct horse"), kdf: .minimum)
        try fixture.reopen()
        let trail = try fixture.vault.auditTrail()
        let expected = try fixture.vault.contents(of: person)
        let bundle = try KeyBundle(try fixture.vault.makeKeyBundle().encoded)
        let segment = try Self.segment(fixture.vault.sealed)
        let (report, location) = try Self.restored(
            fixture, "back", bundle, [try Self.archive([segment])])
        #expect(report.losses.isEmpty && report.isMade)
        let back = try VaultFixture.open(location)
        #expect(try back.contents(of: person) == expected)
        #expect(try Array(back.auditTrail().prefix(trail.count)) == trail)
        #expect(try back.auditTrail().last?.outcome == "complete")
    }

    @Test func `a restore that fails at its end leaves nothing in the way`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.heartRate(days: 0..<2)], for: person)
        let bundle = try fixture.vault.makeKeyBundle()
        let segment = try Self.segment(fixture.vault.sealed)
        let blocked = fixture.root + "/blocked"
        try Data([1]).write(to: URL(filePath: blocked))
        // No anchor can be written below a file.
        #expect(throws: VaultError.self) {
            _ = try Self.restored(
                fixture, "back", bundle, [try Self.archive([segment])], state: blocked + "/state")
        }
        let (report, location) = try Self.restored(
            fixture, "back", bundle, [try Self.archive([segment])])
        #expect(report.isMade)
        try VaultFixture.open(location).close()
    }

    @Test func `an old backup with today's bundle brings nothing erased back`() throws {
        let fixture = try VaultFixture()
        let vault: Vault = fixture.vault
        let person = try vault.addPerson(label: "Ada").id
        try vault.ingest([Made.heartRate(days: 0..<4)], for: person)
        let before = try KeyBundle(try vault.makeKeyBundle().encoded)
        let old = try Self.segment(vault.sealed)
        let start = Timestamp(nanoseconds: Made.time(day: 1, second: 0))
        let end = Timestamp(nanoseconds: Made.time(day: 2, second: 0))
        _ = try vault.erase(ErasureScope(person: person, from: start, to: end))
        let after = try KeyBundle(try vault.makeKeyBundle().encoded)
        let expected = try vault.contents(of: person)
        vault.close()
        // Everything else is there: the bundle knows where.
        let (report, location) = try Self.restored(
            fixture, "after", after, [try Self.archive([old]), after])
        #expect(report.losses.isEmpty)
        let back = try VaultFixture.open(location)
        #expect(try back.contents(of: person) == expected)
        #expect(expected.count == 3 * 288)
        // Nothing of the erased day opens under any key of the bundle, whatever the index says.
        #expect(try Self.openable(old, fixture, after, day: 1) == 0)
        // The control: the bundle from before opens it, which is why it must be destroyed.
        let (_, control) = try Self.restored(
            fixture, "control", before, [try Self.archive([old]), before])
        #expect(try VaultFixture.open(control).contents(of: person).count == 4 * 288)
        #expect(back.keyBundlesMade.count == 2)
        #expect(back.keyBundlesMade[0].epoch < back.keyEpoch)
    }

    /// Samples of a day that open from a segment whose roots are taken as they are.
    static func openable(
        _ file: [UInt8], _ fixture: VaultFixture, _ bundle: KeyBundle, day: Int64
    ) throws -> Int {
        let name = "openable"
        do {
            let (report, _) = try restored(
                fixture, name, bundle, [try archive([file])],
                VaultRestore.Options(allowsOlder: true, allowsLoss: true))
            return report.samples
        } catch let error as VaultError {
            #expect(error.code == .damaged)
            return 0
        }
    }

    @Test func `a rollback is refused unless it is on purpose`() throws {
        let fixture = try VaultFixture()
        let vault: Vault = fixture.vault
        let person = try vault.addPerson(label: "Ada").id
        try vault.ingest([Made.heartRate(days: 0..<1)], for: person)
        let bundle = try vault.makeKeyBundle()
        let old = try Self.segment(vault.sealed)
        try vault.ingest([Made.heartRate(days: 1..<2)], for: person)
        vault.close()
        let state = fixture.location.state
        let failure = #expect(throws: VaultError.self) {
            try Self.restored(fixture, "refused", bundle, [try Self.archive([old])], state: state)
        }
        #expect(failure?.code == .rolledBack)
        let (report, location) = try Self.restored(
            fixture, "older", bundle, [try Self.archive([old])],
            VaultRestore.Options(allowsOlder: true), state: state)
        #expect(report.isMade)
        let back = try VaultFixture.open(location)
        #expect(try back.contents(of: person).count == 288)
    }

    @Test func `every byte of a segment and of a bundle is checked`() throws {
        let fixture = try VaultFixture(slots: 32)
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest([Made.steps(days: 0..<1)], for: person)
        let bundle = try fixture.vault.makeKeyBundle().encoded
        let file = try Self.segment(fixture.vault.sealed)
        #expect(try BackupSegment(Self.input(file)).isIntact())
        var random = SeededRandom(seed: 11)
        var places = Array(0..<120) + Array(file.count - 60..<file.count)
        places += (0..<300).map { _ in Int.random(in: 0..<file.count, using: &random) }
        for place in places {
            var changed = file
            changed[place] ^= 1 << UInt8(place % 8)
            let isCaught: Bool
            do {
                let segment = try BackupSegment(Self.input(changed))
                isCaught = try !segment.isIntact()
            } catch { isCaught = error.code == .damaged || error.code == .unsupportedVersion }
            #expect(isCaught, "byte \(place)")
        }
        for length in stride(from: 0, to: file.count, by: 997) {
            #expect(throws: VaultError.self) {
                try BackupSegment(Self.input(Array(file.prefix(length))))
            }
        }
        for place in stride(from: 0, to: bundle.count, by: 211) {
            var changed = bundle
            changed[place] ^= 4
            #expect(throws: VaultError.self) { try KeyBundle(changed) }
        }
    }

    @Test func `a segment that is missing or of another vault is named`() throws {
        let fixture = try VaultFixture()
        let first = try Self.segment(fixture.vault.sealed)
        _ = try fixture.vault.addPerson(label: "Ada")
        let second = try Self.segment(fixture.vault.sealed, after: [first])
        #expect(throws: VaultError.self) { try Self.archive([second]) }
        let other = try VaultFixture()
        let stranger = try Self.segment(other.vault.sealed)
        #expect(throws: VaultError.self) { try Self.archive([stranger, second]) }
        #expect(try Self.archive([second, first]).segments.count == 2)
    }
}

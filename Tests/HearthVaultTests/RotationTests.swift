// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// New keys for everything: what survives, what closes, and what a crash at any step leaves.
@Suite struct RotationTests {
    static let old = "correct horse"
    static let new = "battery staple"

    static func credential(_ text: String) throws -> Credential {
        try Credential(try VaultFixture.secret(text), as: .passphrase)
    }

    static func open(_ location: VaultLocation, _ text: String) throws -> Vault {
        try Vault.open(at: location, with: try credential(text))
    }

    static func code(_ body: () throws -> Void) -> VaultErrorCode? {
        do { try body() } catch { return (error as? VaultError)?.code }
        return nil
    }

    /// A vault with samples, results, an erase, a tag and more audit entries than one page holds.
    static func filled() throws -> (VaultFixture, PersonID) {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        try fixture.vault.ingest(
            [Made.heartRate(days: 0..<4), Made.steps(days: 0..<4)], for: person)
        for number in 0..<40 {
            try fixture.vault.appendAudit(command: "entry", outcome: "number \(number)")
        }
        _ = try fixture.vault.erase(
            ErasureScope(
                person: person, quantities: [.steps],
                to: Timestamp(nanoseconds: Made.time(day: 1, second: 0))))
        return (fixture, person)
    }

    @Test func `after a rotation only the new secret opens the vault and nothing is lost`() throws {
        let (fixture, person) = try Self.filled()
        let vault = try #require(fixture.vault)
        let before = try vault.contents(of: person)
        let (verifyKey, identifier) = (vault.verifyKey, vault.identifier)
        let trail = try vault.auditTrail()
        let digest = try vault.inputDigest(of: person, from: .distantPast, to: .distantFuture)
        let oldInbox = vault.keyFile.head.inboxKey
        guard let code = try vault.rotateKeys(to: Self.credential(Self.new), kdf: .minimum) else {
            Issue.record("there is no recovery code")
            return
        }
        let words = try Credential(code.secret, as: .recoveryCode)
        fixture.vault = nil
        #expect(Self.code { _ = try Self.open(fixture.location, Self.old) } == .wrongPassphrase)
        for secret in [try Self.credential(Self.new), words] {
            let opened = try Vault.open(at: fixture.location, with: secret)
            defer { opened.close() }
            #expect(try opened.contents(of: person) == before)
            #expect(opened.verifyKey == verifyKey)
            #expect(opened.identifier == identifier)
            let after = try opened.auditTrail()
            #expect(after.dropLast().map(\.hash) == trail.map(\.hash))
            #expect(after.last?.command == "key rotate")
            #expect(
                try opened.inputDigest(of: person, from: .distantPast, to: .distantFuture) == digest
            )
            #expect(try opened.verify().problems == [])
            #expect(opened.keyFile.head.inboxKey != oldInbox)
            // What was erased stays away, what was ingested is known.
            let again = try opened.ingest([Made.steps(days: 0..<1)], for: person)
            #expect(again.suppressedByErasure == 24)
            #expect(
                try opened.ingest([Made.heartRate(days: 0..<4)], for: person).added == 0)
        }
        #expect(!KeyFile.hasNext(in: fixture.location.store))
    }

    @Test func `a vault can be rotated again and again`() throws {
        let (fixture, person) = try Self.filled()
        let before = try fixture.vault.contents(of: person)
        let secrets = [Self.old, "one", "two", "three"]
        for next in secrets.dropFirst() {
            _ = try fixture.vault.rotateKeys(
                to: Self.credential(next), kdf: .minimum, withRecoveryCode: false)
            fixture.vault = try Self.open(fixture.location, next)
            #expect(try fixture.vault.contents(of: person) == before)
        }
        fixture.vault.close()
        for former in secrets.dropLast() {
            #expect(Self.code { _ = try Self.open(fixture.location, former) } == .wrongPassphrase)
        }
    }

    @Test func `a secret that opens the vault today is refused and nothing changes`() throws {
        let (fixture, person) = try Self.filled()
        let before = try fixture.vault.contents(of: person)
        #expect(
            Self.code {
                _ = try fixture.vault.rotateKeys(to: Self.credential(Self.old), kdf: .minimum)
            } == .refused)
        #expect(Self.code { _ = try fixture.vault.rotateKeys(to: Credential()) } == .refused)
        #expect(try fixture.vault.contents(of: person) == before)
        try fixture.reopen()
        #expect(try fixture.vault.contents(of: person) == before)
    }

    /// The level E4: old blocks of the disk and today's secret open nothing of what was erased.
    @Test func `old key files give the new secret nothing`() throws {
        let (fixture, person) = try Self.filled()
        let raw = try VaultFixture.files(fixture.location)
        let blocks = try fixture.copy("blocks")
        _ = try fixture.vault.erase(ErasureScope(person: person, quantities: [.heartRate]))
        _ = try fixture.vault.rotateKeys(
            to: Self.credential(Self.new), kdf: .minimum, withRecoveryCode: false)
        fixture.vault = try Self.open(fixture.location, Self.new)
        let keys = fixture.vault.keys
        let image = try #require(raw["keys.a"])
        var used = 0
        let former = try KeyFile.open(in: blocks.store, with: Self.credential(Self.old))
        for index in 0..<64 {
            let start = KeyLayout.offset(ofSlot: index)
            if former.state(index) == .used { used += 1 }
            #expect(DataKeySlot.state(index, image, at: start, keys) == .empty)
            let wrapped = Array(image[(start + 40)..<(start + 88)])
            let nonce = Array(image[(start + 16)..<(start + 40)])
            #expect(throws: CryptoError.self) {
                _ = try SealedBox.openSecret(wrapped.span, key: keys.slot, nonce: nonce, aad: [])
            }
        }
        // The control: the old secret did open these slots.
        #expect(used > 4)
        #expect(
            Self.code { _ = try Self.open(blocks, Self.new) } == .wrongPassphrase)
        // No wrapped key of the time before is left in any file.
        var scan = ByteScan()
        for index in 0..<64 where former.state(index) == .used {
            scan.add(former.wrappedBytes(index).dropFirst(40))
        }
        #expect(scan.count == used)
        for name in StoreName.all {
            #expect(try scan.hits(in: "\(fixture.location.store)/\(name)").isEmpty, "\(name)")
        }
        // Old key files put back beside the new store open by no secret.
        fixture.vault.close()
        for name in KeyFile.names {
            try Data(raw[name]!).write(
                to: URL(filePath: fixture.location.store + "/" + name))
        }
        for secret in [Self.old, Self.new] {
            #expect(Self.code { _ = try Self.open(fixture.location, secret) } != nil)
        }
    }

    @Test func `a crash at any step leaves a vault that opens with one secret and has everything`()
        throws
    {
        let (fixture, person) = try Self.filled()
        let before = try fixture.vault.contents(of: person)
        var copies: [(VaultStep, VaultLocation)] = []
        fixture.vault.onStep = { step in
            if let copy = try? fixture.copy("\(step)-\(copies.count)") {
                copies.append((step, copy))
            }
        }
        _ = try fixture.vault.rotateKeys(
            to: Self.credential(Self.new), kdf: .minimum, withRecoveryCode: false)
        fixture.vault = nil
        let steps = copies.map(\.0)
        #expect(
            steps == [
                .nextWritten, .packsInserted, .committed, .keyCopyWritten, .keyCopyWritten,
                .anchored, .finished, .compacted,
            ])
        for (step, copy) in copies {
            let isNew = step != .nextWritten && step != .packsInserted
            let (right, wrong) = isNew ? (Self.new, Self.old) : (Self.old, Self.new)
            #expect(Self.code { _ = try Self.open(copy, wrong) } == .wrongPassphrase, "\(step)")
            try Self.check(copy, right, person, before, "\(step)")
            // Opening ended it: the other secret is still refused, the right one opens again.
            #expect(!KeyFile.hasNext(in: copy.store), "\(step)")
            #expect(Self.code { _ = try Self.open(copy, wrong) } == .wrongPassphrase, "\(step)")
            try Self.check(copy, right, person, before, "\(step)")
            VaultFixture.remove(copy)
        }
    }

    private static func check(
        _ location: VaultLocation, _ secret: String, _ person: PersonID, _ before: Contents,
        _ what: String
    ) throws {
        let vault = try open(location, secret)
        defer { vault.close() }
        #expect(try vault.contents(of: person) == before, "\(what)")
        #expect(try vault.verify().problems == [], "\(what)")
    }

    @Test func `key files torn while they are overwritten lose nothing`() throws {
        let (fixture, person) = try Self.filled()
        let before = try fixture.vault.contents(of: person)
        var torn: VaultLocation?
        fixture.vault.onStep = { step in
            if step == .committed { torn = try? fixture.copy("torn") }
        }
        _ = try fixture.vault.rotateKeys(
            to: Self.credential(Self.new), kdf: .minimum, withRecoveryCode: false)
        fixture.vault = nil
        let place = try #require(torn)
        let files = try VaultFixture.files(place)
        let (old, next) = (files["keys.a"]!, files[KeyFile.nextName]!)
        let order = KeyFile.writingOrder(old.count)
        for seed in UInt64(1)...12 {
            var random = SeededRandom(seed: seed)
            // Between two syncs any subset of the sectors may have reached the disk; what was to be
            // written before the first of them has, what comes after the second has not.
            let phase = Int(seed % 4)
            for (copy, name) in KeyFile.names.enumerated() {
                var bytes = old
                for sector in 0..<(old.count / 512) {
                    let part = order.firstIndex { $0.contains(512 * sector) } ?? 0
                    let own = order.count * copy + part
                    let isWritten =
                        own < phase || (own == phase && Bool.random(using: &random))
                    if isWritten {
                        let range = (512 * sector)..<(512 * (sector + 1))
                        bytes.replaceSubrange(range, with: next[range])
                    }
                }
                try Data(bytes).write(to: URL(filePath: place.store + "/" + name))
            }
            for (name, bytes) in files where !KeyFile.names.contains(name) {
                try Data(bytes).write(to: URL(filePath: place.store + "/" + name))
            }
            try Self.check(place, Self.new, person, before, "seed \(seed), phase \(phase)")
            #expect(!KeyFile.hasNext(in: place.store), "seed \(seed)")
        }
    }

    @Test func `a new key file of an earlier rotation that is put back changes nothing`() throws {
        let (fixture, person) = try Self.filled()
        var stale: [UInt8]?
        fixture.vault.onStep = { step in
            guard step == .nextWritten else { return }
            stale = (try? VaultFixture.files(fixture.location))?[KeyFile.nextName]
        }
        _ = try fixture.vault.rotateKeys(
            to: Self.credential(Self.new), kdf: .minimum, withRecoveryCode: false)
        fixture.vault = try Self.open(fixture.location, Self.new)
        _ = try fixture.vault.erase(ErasureScope(person: person, quantities: [.heartRate]))
        try fixture.vault.ingest([Made.heartRate(days: 20..<22)], for: person)
        let contents = try fixture.vault.contents(of: person)
        fixture.vault.close()
        let path = fixture.location.store + "/" + KeyFile.nextName
        try Data(try #require(stale)).write(to: URL(filePath: path))
        let attacked = try fixture.copy("attacked")
        try Self.check(fixture.location, Self.new, person, contents, "put back")
        #expect(!KeyFile.hasNext(in: fixture.location.store))
        // With both key files spoiled as well it is refused, not believed.
        for name in KeyFile.names {
            var bytes = try VaultFixture.files(attacked)[name]!
            bytes[120] ^= 1
            try Data(bytes).write(to: URL(filePath: attacked.store + "/" + name))
        }
        #expect(Self.code { _ = try Self.open(attacked, Self.new) } == .rolledBack)
    }
}

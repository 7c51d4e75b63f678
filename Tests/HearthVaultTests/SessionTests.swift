// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import Testing

@testable import HearthVault

/// The master key in the kernel's keyring, for a while.
@Suite(.enabled(if: Keyring.isThere, "this system gives no keyring"))
struct SessionTests {
    private static func hasSession(_ location: VaultLocation) throws -> Bool {
        try Vault.sessionCredential(at: location) != nil
    }

    @Test func `a session opens the vault, ends by itself and can be ended`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada")
        #expect(try !Self.hasSession(fixture.location))
        try fixture.vault.beginSession(seconds: 1)
        fixture.vault.close()
        let credential = try #require(try Vault.sessionCredential(at: fixture.location))
        let opened = try Vault.open(at: fixture.location, with: credential)
        #expect(opened.people == [person])
        #expect(opened.openedSlot == nil)
        opened.close()
        Thread.sleep(forTimeInterval: 1.6)
        #expect(try !Self.hasSession(fixture.location))
        #expect(try !Vault.endSession(at: fixture.location))
        try fixture.reopen()
        try fixture.vault.beginSession(seconds: 60)
        #expect(try Vault.endSession(at: fixture.location))
        #expect(try !Self.hasSession(fixture.location))
        #expect(try !Vault.endSession(at: fixture.location))
    }

    @Test func `a session does not outlive a rotation of the keys`() throws {
        let fixture = try VaultFixture()
        try fixture.vault.beginSession(seconds: 30)
        let held = try #require(try Vault.sessionCredential(at: fixture.location))
        _ = try fixture.vault.rotateKeys(
            to: RotationTests.credential("next"), kdf: .minimum, withRecoveryCode: false)
        #expect(
            RotationTests.code { _ = try Vault.open(at: fixture.location, with: held) }
                == .wrongPassphrase)
        try Vault.endSession(at: fixture.location)
    }

    @Test func `a new session takes the place of an earlier one`() throws {
        let name = "hearth:test:\(UUID().uuidString)"
        let first = try SecretBytes.random(32)
        let second = try SecretBytes.random(32)
        try SessionKeyring.put(first, name: name, seconds: 20)
        try SessionKeyring.put(second, name: name, seconds: 20)
        guard let found = try SessionKeyring.get(name: name, count: 32) else {
            Issue.record("nothing was kept")
            return
        }
        let isSecond = found.isEqual(to: second)
        #expect(isSecond)
        if try SessionKeyring.get(name: name, count: 16) != nil {
            Issue.record("a key of another length was given out")
        }
        #expect(try SessionKeyring.end(name: name))
    }
}

private enum Keyring {
    static let isThere: Bool = {
        do {
            let key = try SecretBytes.random(32)
            try SessionKeyring.put(key, name: "hearth:test:\(getpid())", seconds: 1)
            return try SessionKeyring.end(name: "hearth:test:\(getpid())")
        } catch { return false }
    }()
}

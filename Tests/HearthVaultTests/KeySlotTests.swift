// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthCrypto
import HearthTestSupport
import Testing

@testable import HearthVault

/// What opens a vault: factors, their adding and removing, bounds and upgrades.
@Suite struct KeySlotTests {
    static func keyFile(_ byte: UInt8) throws -> HeldSecret {
        HeldSecret(try SecretBytes(copying: [UInt8](repeating: byte, count: 32).span))
    }

    static func passphrase(_ text: String) throws -> HeldSecret {
        HeldSecret(try VaultFixture.secret(text))
    }

    static func opens(_ location: VaultLocation, _ credential: Credential) throws -> Bool {
        do {
            let vault = try Vault.open(at: location, with: credential)
            vault.close()
            return true
        } catch {
            #expect(error.code == .wrongPassphrase)
            return false
        }
    }

    @Test func `each factor opens the vault with all of its parts and no other`() throws {
        let fixture = try VaultFixture()
        let vault = try #require(fixture.vault)
        let (stick, other) = (try Self.keyFile(7), try Self.keyFile(8))
        let second = try Self.passphrase("second")
        #expect(try vault.addKeySlot(Credential(keyFile: stick)) == 1)
        #expect(
            try vault.addKeySlot(
                Credential(passphrase: second, keyFile: other), kdf: .minimum) == 2)
        let code = try vault.addRecoveryCode()
        let words = try Credential(code.text(), as: .recoveryCode)
        #expect(
            vault.keySlots.map(\.factor) == [
                .passphrase, .keyFile, .passphraseAndKeyFile, .recoveryCode,
            ])
        vault.close()
        let first = try Self.passphrase("correct horse")
        let cases: [(Credential, Bool)] = [
            (Credential(passphrase: first), true),
            (Credential(keyFile: stick), true),
            (Credential(passphrase: second, keyFile: other), true),
            (words, true),
            (Credential(passphrase: second), false),
            (Credential(keyFile: other), false),
            (Credential(passphrase: second, keyFile: try Self.keyFile(9)), false),
            (Credential(passphrase: try Self.passphrase("third"), keyFile: other), false),
            (Credential(), false),
            // Either part of a pair may open by itself.
            (Credential(passphrase: second, keyFile: stick), true),
            (Credential(passphrase: first, keyFile: other), true),
        ]
        for (number, (credential, isRight)) in cases.enumerated() {
            #expect(try Self.opens(fixture.location, credential) == isRight, "case \(number)")
        }
    }

    @Test func `a key file of another length is refused`() throws {
        let fixture = try VaultFixture()
        let short = HeldSecret(try SecretBytes(copying: [UInt8](repeating: 1, count: 31).span))
        #expect(throws: VaultError.self) {
            try fixture.vault.addKeySlot(Credential(keyFile: short))
        }
        #expect(throws: VaultError.self) { try fixture.vault.addKeySlot(Credential()) }
        fixture.vault.close()
        #expect(try !Self.opens(fixture.location, Credential(keyFile: short)))
    }

    @Test func `a removed slot opens nothing, also not with the key files from before`() throws {
        let fixture = try VaultFixture()
        let person = try fixture.vault.addPerson(label: "Ada").id
        let stick = try Self.keyFile(3)
        let slot = try fixture.vault.addKeySlot(Credential(keyFile: stick))
        let former = try VaultFixture.files(fixture.location)
        let sector = Array(former["keys.a"]![KeySlot.offset(slot)..<KeySlot.offset(slot) + 148])
        try fixture.vault.removeKeySlot(slot)
        #expect(fixture.vault.keySlots.map(\.index) == [0])
        #expect(
            RotationTests.code { try fixture.vault.removeKeySlot(slot) } == .refused)
        #expect(RotationTests.code { try fixture.vault.removeKeySlot(0) } == .refused)
        fixture.vault.close()
        #expect(try !Self.opens(fixture.location, Credential(keyFile: stick)))
        for (name, bytes) in try VaultFixture.files(fixture.location) {
            // Salt, nonce, wrapped key and commitment are in no file.
            #expect(bytes.firstRange(of: sector[24..<40]) == nil, "\(name)")
            #expect(bytes.firstRange(of: sector[68..<148]) == nil, "\(name)")
        }
        #expect(former["keys.b"]!.firstRange(of: sector[68..<148]) != nil)
        for name in KeyFile.names {
            try Data(former[name]!).write(
                to: URL(filePath: fixture.location.store + "/" + name))
        }
        #expect(
            RotationTests.code {
                _ = try Vault.open(at: fixture.location, with: Credential(keyFile: stick))
            } == .rolledBack)
        _ = person
    }

    @Test func `all eight slots can be used and the ninth is refused`() throws {
        let fixture = try VaultFixture()
        for byte in UInt8(1)...7 {
            _ = try fixture.vault.addKeySlot(Credential(keyFile: Self.keyFile(byte)))
        }
        #expect(
            RotationTests.code {
                _ = try fixture.vault.addKeySlot(Credential(keyFile: Self.keyFile(9)))
            } == .limitExceeded)
        try fixture.vault.removeKeySlot(4)
        #expect(try fixture.vault.addKeySlot(Credential(keyFile: Self.keyFile(9))) == 4)
    }

    @Test func `the passphrase of a chosen slot is changed`() throws {
        let fixture = try VaultFixture()
        let stick = try Self.keyFile(5)
        let pair = Credential(passphrase: try Self.passphrase("pair"), keyFile: stick)
        let slot = try fixture.vault.addKeySlot(pair, kdf: .minimum)
        let new = try VaultFixture.secret("new")
        #expect(
            RotationTests.code {
                try fixture.vault.changePassphrase(to: new, kdf: .minimum, slot: slot)
            } == .refused)
        try fixture.vault.changePassphrase(
            to: new, kdf: .minimum, slot: slot, keyFile: stick)
        fixture.vault.close()
        #expect(try !Self.opens(fixture.location, pair))
        #expect(
            try Self.opens(
                fixture.location,
                Credential(passphrase: try Self.passphrase("new"), keyFile: stick)))
        #expect(
            try Self.opens(
                fixture.location, Credential(passphrase: try Self.passphrase("correct horse"))))
    }

    // MARK: Work

    @Test func `an old slot with less work than standard is raised by the first change`() throws {
        let golden = try GoldenStore("1.0")
        var vault = try VaultFixture.open(golden.location)
        #expect(vault.keySlots.map(\.memLimit) == [64 << 20])
        #expect(!vault.keySlots[0].keepsWork)
        _ = try vault.verify()
        vault.close()
        vault = try VaultFixture.open(golden.location)
        // Reading raised nothing.
        #expect(vault.keySlots.map(\.memLimit) == [64 << 20])
        #expect(!vault.keyFile.head.hasInboxKey)
        try vault.appendAudit(command: "a", outcome: "b")
        #expect(vault.keySlots.map(\.memLimit) == [KDFParameters.standard.memLimit])
        #expect(vault.keyFile.head.hasInboxKey)
        let epoch = vault.keyFile.epoch
        try vault.appendAudit(command: "a", outcome: "b")
        #expect(vault.keyFile.epoch == epoch)
        vault.close()
        vault = try VaultFixture.open(golden.location)
        #expect(vault.keySlots.map(\.memLimit) == [KDFParameters.standard.memLimit])
        #expect(try GoldenStore.lines(vault) == golden.lines)
        vault.close()
        // The key files are equal, and their copy from before is refused.
        let files = try VaultFixture.files(golden.location)
        #expect(files["keys.a"] == files["keys.b"])
    }

    @Test func `less work that was chosen is kept`() throws {
        let fixture = try VaultFixture()
        #expect(fixture.vault.keySlots[0].keepsWork)
        try fixture.reopen()
        let epoch = fixture.vault.keyFile.epoch
        try fixture.vault.appendAudit(command: "a", outcome: "b")
        #expect(fixture.vault.keyFile.epoch == epoch)
        #expect(fixture.vault.keySlots[0].memLimit == KDFParameters.minimum.memLimit)
        // The wish cannot be forged: without the bit the slot is another.
        fixture.vault.close()
        for name in KeyFile.names {
            var bytes = try VaultFixture.files(fixture.location)[name]!
            bytes[KeySlot.offset(0) + 43] ^= 0x80
            try Data(bytes).write(to: URL(filePath: fixture.location.store + "/" + name))
        }
        #expect(RotationTests.code { try fixture.reopen() } == .wrongPassphrase)
    }

    // MARK: Hostile key files

    /// Offsets in a key slot with what is written there.
    static let hostile: [(name: String, offset: Int, bytes: [UInt8])] = [
        ("1 TB of memory", 16, [0, 0, 0, 0, 0, 1, 0, 0]),
        ("all memory", 16, [UInt8](repeating: 0xFF, count: 8)),
        ("no memory", 16, [UInt8](repeating: 0, count: 8)),
        ("a byte above 2 GiB", 16, [1, 0, 0, 0x80, 0, 0, 0, 0]),
        ("2^60 passes", 8, [0, 0, 0, 0, 0, 0, 0, 0x10]),
        ("2^64 - 1 passes", 8, [UInt8](repeating: 0xFF, count: 8)),
        ("17 passes", 8, [17, 0, 0, 0, 0, 0, 0, 0]),
        ("no passes", 8, [UInt8](repeating: 0, count: 8)),
        ("no slow derivation", 4, [2, 0, 0, 0]),
        ("an unknown derivation", 4, [9, 0, 0, 0]),
        ("an unknown factor", 40, [0xFF, 0xFF, 0xFF, 0x7F]),
        ("a key file alone", 40, [4, 0, 0, 0]),
    ]

    @Test(arguments: hostile.indices)
    func `a key slot that asks for too much or too little is refused in 10 ms`(
        _ index: Int
    ) throws {
        let attack = Self.hostile[index]
        let fixture = try VaultFixture()
        fixture.vault.close()
        var contents: [[UInt8]] = []
        for name in KeyFile.names {
            var bytes = try VaultFixture.files(fixture.location)[name]!
            let start = KeySlot.offset(0) + attack.offset
            bytes.replaceSubrange(start..<(start + attack.bytes.count), with: attack.bytes)
            try Data(bytes).write(to: URL(filePath: fixture.location.store + "/" + name))
            contents.append(bytes)
        }
        let credential = Credential(
            passphrase: try Self.passphrase("correct horse"), keyFile: try Self.keyFile(1))
        var best = Duration.seconds(1)
        // The best of three: the machine may be busy.
        for _ in 0..<3 {
            best = min(
                best,
                ContinuousClock().measure {
                    #expect(
                        RotationTests.code { _ = try Unlocked(contents, credential) }
                            == .wrongPassphrase, "\(attack.name)")
                })
        }
        #expect(best < .milliseconds(10), "\(attack.name): \(best)")
        #expect(
            RotationTests.code { _ = try Vault.open(at: fixture.location, with: credential) }
                == .wrongPassphrase, "\(attack.name)")
    }

    @Test func `a header that counts more slots than there can be is refused in 10 ms`() throws {
        let fixture = try VaultFixture()
        fixture.vault.close()
        let good = try VaultFixture.files(fixture.location)["keys.a"]!
        let credential = Credential(passphrase: try Self.passphrase("correct horse"))
        let attacks: [(String, Int, [UInt8])] = [
            ("2^32 - 1 slots", 20, [0xFF, 0xFF, 0xFF, 0xFF]),
            ("2^31 slots", 20, [0, 0, 0, 0x80]),
            ("no slots", 20, [0, 0, 0, 0]),
            ("33 slots", 20, [33, 0, 0, 0]),
            ("slots of 4 GiB", 16, [0xFF, 0xFF, 0xFF, 0xFF]),
            ("2^32 - 1 key slots", 24, [0xFF, 0xFF, 0xFF, 0xFF]),
            ("unknown flags", 12, [0, 0, 0, 0x80]),
            ("an unknown version", 8, [0xFF, 0xFF, 0, 0]),
        ]
        for (name, offset, bytes) in attacks {
            var bad = good
            bad.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
            var best = Duration.seconds(1)
            for _ in 0..<3 {
                best = min(
                    best,
                    ContinuousClock().measure {
                        let code = RotationTests.code { _ = try Unlocked([bad, bad], credential) }
                        #expect(code == .damaged || code == .unsupportedVersion, "\(name)")
                    })
            }
            #expect(best < .milliseconds(10), "\(name): \(best)")
        }
    }
}

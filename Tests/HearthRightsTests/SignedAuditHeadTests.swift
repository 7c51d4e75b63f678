// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthRights
import HearthVault
import Testing

@Suite struct SignedAuditHeadTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "hearth-heads-\(UUID().uuidString)")
    private let time = Date(timeIntervalSince1970: 1_800_000_000)

    private func location(_ name: String) -> VaultLocation {
        VaultLocation(
            store: folder.appending(path: "\(name)/store").path,
            state: folder.appending(path: "\(name)/state").path)
    }

    private func vault(_ name: String) throws -> Vault {
        try Vault.create(
            at: location(name), passphrase: SecretBytes(copying: Array("a passphrase".utf8).span),
            kdf: .minimum)
    }

    @Test func `a head is found again however much is logged after it`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = try vault("a")
        let empty = SignedAuditHead(of: vault, at: time)
        #expect(empty.compare(with: try vault.auditTrail(), of: vault) == .contained(since: 0))
        try vault.appendAudit(command: "one", outcome: "done")
        let first = try SignedAuditHead(file: SignedAuditHead(of: vault, at: time).data)
        for number in 0..<40 {
            // Long lines, so that the log needs more than one page.
            try vault.appendAudit(
                command: "more \(number)", outcome: String(repeating: "x", count: 200))
        }
        let trail = try vault.auditTrail()
        #expect(first.compare(with: trail, of: vault) == .contained(since: 40))
        #expect(empty.compare(with: trail, of: vault) == .contained(since: 41))
        #expect(first.compare(with: Array(trail.prefix(0)), of: vault) == .cutShort)
        var replaced = trail
        replaced[0].hash = String(repeating: "ab", count: 32)
        #expect(first.compare(with: replaced, of: vault) == .rewritten)
        let other = try self.vault("b")
        #expect(first.compare(with: try other.auditTrail(), of: other) == .ofAnotherVault)
    }

    @Test func `every changed byte of a head is noticed`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = try vault("a")
        try vault.appendAudit(command: "one", outcome: "done")
        let trail = try vault.auditTrail()
        let file = [UInt8](SignedAuditHead(of: vault, at: time).data)
        for place in file.indices {
            var changed = file
            changed[place] ^= 1
            let finding = (try? SignedAuditHead(file: Data(changed)))?
                .compare(with: trail, of: vault)
            #expect(finding == nil || finding == .signatureDoesNotMatch, "byte \(place)")
        }
    }

    @Test func `an entry bears the mark of whom it was about, and no name`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = try vault("a")
        let ada = try vault.addPerson(label: "Ada")
        let ben = try vault.addPerson(label: "Ben")
        try vault.appendAudit(command: "export", outcome: "done", about: ada.id)
        let entry = try #require(try vault.auditTrail().last)
        #expect(entry.command == "export #\(vault.auditMark(of: ada.id))")
        #expect(vault.auditMark(of: ada.id) != vault.auditMark(of: ben.id))
        #expect(vault.auditMark(of: ada.id).count == 8)
    }
}

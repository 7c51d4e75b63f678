// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthBiosignals
public import HearthVault

/// How far the audit log had come, to be kept outside of the vault.
public struct AuditHead: Codable, Sendable, Hashable {
    public static let schemaName = "hearth.audit-head/1"

    public var schema = AuditHead.schemaName
    public var vault: String
    /// Entries in the log.
    public var entries: UInt64
    /// Hash of the newest of them, 64 hexadecimal digits; zeros if there is none.
    public var head: String
    public var generation: UInt64
    public var signedAt: String
}

/// A head with the vault's signature. Whoever keeps one can see later whether the log still holds all
/// that it held then.
public struct SignedAuditHead: Sendable, Hashable {
    public let head: AuditHead
    public let file: SignedFile

    /// Signs where the log stands now.
    public init(of vault: Vault, at time: Date) {
        let head = AuditHead(
            vault: vault.identifier, entries: vault.auditCount, head: vault.auditHead,
            generation: vault.generation, signedAt: time.formatted(.iso8601))
        self.head = head
        file = SignedFile("auditHead", SignedFile.encode(head), signedBy: vault)
    }

    /// Reads a head that was kept.
    ///
    /// - Throws: ``RightsError/Code/notAnAuditHead``.
    public init(file data: Data) throws(RightsError) {
        guard let file = SignedFile("auditHead", file: data),
            let head = try? JSONDecoder().decode(AuditHead.self, from: Data(file.document)),
            head.schema == AuditHead.schemaName
        else {
            throw RightsError(
                .notAnAuditHead, "found no audit head of Hearth, or one that was changed")
        }
        self.file = file
        self.head = head
    }

    public var data: Data { file.data }

    /// What comparing with a vault's log shows.
    public enum Finding: Sendable, Hashable {
        /// The log holds all it held then, and this many entries more.
        case contained(since: UInt64)
        case signatureDoesNotMatch
        case ofAnotherVault
        /// The log has fewer entries than it had then.
        case cutShort
        /// An entry that was there then is another now.
        case rewritten
    }

    /// Holds the head against the log as it is.
    ///
    /// - Parameter trail: ``HearthVault/Vault/auditTrail()`` of the vault.
    public func compare(with trail: [AuditEntry], of vault: Vault) -> Finding {
        guard file.isValid else { return .signatureDoesNotMatch }
        guard head.vault == vault.identifier, file.verifyKey == vault.verifyKey else {
            return .ofAnotherVault
        }
        guard let count = Int(exactly: head.entries), count <= trail.count else { return .cutShort }
        let then = count == 0 ? String(repeating: "0", count: 64) : trail[count - 1].hash
        return then == head.head ? .contained(since: UInt64(trail.count - count)) : .rewritten
    }
}

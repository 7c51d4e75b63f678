// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthCrypto
public import HearthVault

/// A receipt and the vault's signature over its bytes.
public struct SignedReceipt: Sendable, Hashable {
    public let receipt: ErasureReceipt
    public let file: SignedFile

    /// Signs a receipt with the key of the vault that made it.
    public init(_ receipt: ErasureReceipt, signedBy vault: Vault) {
        self.receipt = receipt
        file = SignedFile("receipt", SignedFile.encode(receipt), signedBy: vault)
    }

    /// Reads a receipt file; ``isValid`` says whether it was changed.
    ///
    /// - Throws: ``RightsError/Code/notAReceipt``.
    public init(json: Data) throws(RightsError) {
        guard let file = SignedFile("receipt", file: json),
            let receipt = try? JSONDecoder().decode(
                ErasureReceipt.self, from: Data(file.document)),
            receipt.schema == ErasureReceipt.schemaName
        else { throw RightsError(.notAReceipt, "found no erasure receipt of Hearth") }
        self.file = file
        self.receipt = receipt
    }

    public var json: Data { file.data }
    public var isValid: Bool { file.isValid }
    /// Hexadecimal, 32 bytes; the same for every receipt of one vault.
    public var verifyKey: String { file.verifyKey.hexadecimal }

    /// What the audit log keeps of a receipt, so that its file can be recognised: one line.
    public var summary: String {
        let destroyed = receipt.destroyed
        let hasher = SHA256Hasher()
        hasher.update(file.document.span)
        return "level \(receipt.level.rawValue), \(destroyed.samples) samples, "
            + "\(destroyed.packs) packs, \(destroyed.keys) keys, "
            + "sha256 \(hasher.finish().hexadecimal)"
    }
}

/// What a receipt file of any version says, and whether it may be believed.
public struct ReceiptCheck: Sendable, Hashable {
    public let id: String
    public let words: String
    public let isValid: Bool
    /// Hexadecimal, 32 bytes.
    public let verifyKey: String
    /// Of a minimal receipt.
    public let scopeHash: String?

    /// - Throws: ``RightsError/Code/notAReceipt``.
    public init(_ file: Data) throws(RightsError) {
        if let signed = try? SignedReceipt(json: file) {
            id = signed.receipt.id
            words = signed.receipt.plainWords
            isValid = signed.isValid
            verifyKey = signed.verifyKey
            scopeHash = signed.receipt.scopeHash
        } else if let signed = try? JSONDecoder().decode(SignedEarlierReceipt.self, from: file) {
            id = signed.receipt.id
            words = signed.receipt.plainWords
            isValid = signed.isValid
            verifyKey = signed.verifyKey
            scopeHash = nil
        } else {
            throw RightsError(
                .notAReceipt,
                "found no erasure receipt of Hearth, or one that was changed; "
                    + "the file must be as it was written, byte for byte")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthCrypto
public import HearthVault

/// A receipt with the vault's Ed25519 signature over its canonical JSON (`rfc8032`).
public struct SignedReceipt: Codable, Sendable, Hashable {
    public var receipt: ErasureReceipt
    /// Hexadecimal, 64 bytes.
    public var signature: String
    /// Hexadecimal, 32 bytes; the same for every receipt of one vault.
    public var verifyKey: String

    /// Signs a receipt with the key of the vault that made it.
    public init(_ receipt: ErasureReceipt, signedBy vault: Vault) {
        self.receipt = receipt
        self.signature = vault.sign(Self.canonical(receipt)).hexadecimal
        self.verifyKey = vault.verifyKey.hexadecimal
    }

    /// Reads a receipt file.
    ///
    /// - Throws: ``RightsError/Code/notAReceipt``.
    public init(json: Data) throws(RightsError) {
        guard let signed = try? JSONDecoder().decode(SignedReceipt.self, from: json) else {
            throw RightsError(.notAReceipt, "found no erasure receipt of Hearth")
        }
        self = signed
    }

    public var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a receipt has a JSON form")
        }
        return data
    }

    /// True if the receipt is word for word what the holder of `verifyKey` signed.
    public var isValid: Bool {
        guard let signature = [UInt8](hexadecimal: signature),
            let key = [UInt8](hexadecimal: verifyKey), signature.count == 64, key.count == 32
        else { return false }
        let message = Self.canonical(receipt)
        return Signature.isValid(signature, of: message.span, publicKey: key)
    }

    /// Sorted keys, no white space.
    private static func canonical(_ receipt: ErasureReceipt) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(receipt) else {
            preconditionFailure("a receipt has a JSON form")
        }
        return [UInt8](data)
    }
}

extension [UInt8] {
    /// The bytes of an even number of hexadecimal digits; `nil` for anything else.
    init?(hexadecimal text: String) {
        let digits = text.utf8.map { digit -> UInt8? in
            switch digit {
            case 48...57: digit - 48
            case 97...102: digit - 87
            default: nil
            }
        }
        guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map {
            (digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)
        }
    }
}

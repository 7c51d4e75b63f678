// SPDX-License-Identifier: Apache-2.0
public import Foundation
import HearthCrypto
import HearthVault

/// A JSON document and the vault's Ed25519 signature over its very bytes (`rfc8032`).
///
/// The file is `{"MEMBER":DOCUMENT,"signature":"S","verifyKey":"K"}` and a line feed, with S and K in
/// lower-case hexadecimal digits and no other byte anywhere. DOCUMENT is signed exactly as it lies there, so
/// nothing has to be brought into a canonical form, and the place of every byte is fixed: one that is
/// changed, added or left out is noticed. `docs/receipt.md` says how to check one by hand.
///
/// - Source: `rfc8032`
public struct SignedFile: Sendable, Hashable {
    /// What the document is, such as `receipt`.
    public let member: String
    /// The signed bytes.
    public let document: [UInt8]
    /// 64 bytes.
    public let signature: [UInt8]
    /// 32 bytes; the same for everything one vault signs.
    public let verifyKey: [UInt8]

    private static let beforeSignature = Array(",\"signature\":\"".utf8)
    private static let beforeKey = Array("\",\"verifyKey\":\"".utf8)
    private static let end = Array("\"}\n".utf8)

    /// Signs a document with the key of the vault it is about.
    init(_ member: String, _ document: [UInt8], signedBy vault: Vault) {
        self.member = member
        self.document = document
        signature = vault.sign(document)
        verifyKey = vault.verifyKey
    }

    /// Takes a file apart; `nil` if any byte around the document is not as it has to be.
    init?(_ member: String, file: Data) {
        let bytes = [UInt8](file)
        let start = Self.start(member)
        let tail = Self.beforeSignature.count + 128 + Self.beforeKey.count + 64 + Self.end.count
        guard bytes.count > start.count + tail, bytes.starts(with: start) else { return nil }
        var rest = bytes.suffix(tail)
        func take(_ count: Int) -> [UInt8] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        guard take(Self.beforeSignature.count) == Self.beforeSignature,
            let signature = [UInt8](hexadecimal: String(decoding: take(128), as: UTF8.self)),
            take(Self.beforeKey.count) == Self.beforeKey,
            let key = [UInt8](hexadecimal: String(decoding: take(64), as: UTF8.self)),
            take(Self.end.count) == Self.end
        else { return nil }
        self.member = member
        self.document = Array(bytes.dropFirst(start.count).dropLast(tail))
        self.signature = signature
        self.verifyKey = key
    }

    private static func start(_ member: String) -> [UInt8] { Array("{\"\(member)\":".utf8) }

    /// The file.
    public var data: Data {
        Data(
            Self.start(member) + document + Self.beforeSignature
                + Array(signature.hexadecimal.utf8) + Self.beforeKey
                + Array(verifyKey.hexadecimal.utf8) + Self.end)
    }

    /// True if the document is byte for byte what the holder of ``verifyKey`` signed.
    public var isValid: Bool {
        Signature.isValid(signature, of: document.span, publicKey: verifyKey)
    }

    /// The form in which documents are written before they are signed.
    static func encode(_ document: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            preconditionFailure("a document of texts and numbers has a JSON form")
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

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
public import HearthVault

/// A JSON-LD document in the making: text, whole numbers, lists and nodes.
public indirect enum LinkedData: Sendable, Hashable, Codable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([LinkedData])
    case node([String: LinkedData])

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else if let list = try? container.decode([LinkedData].self) {
            self = .list(list)
        } else {
            self = .node(try container.decode([String: LinkedData].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .list(let list): try container.encode(list)
        case .node(let members): try container.encode(members)
        }
    }

    /// A node that is only named.
    static func id(_ name: String) -> LinkedData { .node(["@id": .text(name)]) }

    static func ids(_ names: [String]) -> LinkedData { .list(names.map { .id($0) }) }

    /// An instant with its type.
    static func time(_ text: String) -> LinkedData {
        .node(["@type": .text("xsd:dateTime"), "@value": .text(text)])
    }

    /// Sorted keys, no white space: what is signed.
    var canonical: [UInt8] { bytes([.sortedKeys, .withoutEscapingSlashes]) }

    /// For people to look at, with a line feed at the end.
    public var json: String {
        String(
            decoding: bytes([.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
            + "\n"
    }

    private func bytes(_ format: JSONEncoder.OutputFormatting) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("text, numbers and lists have a JSON form")
        }
        return [UInt8](data)
    }

    /// The vocabularies that Hearth's documents use: DPV 2.3 with its extensions (`dpv2`).
    static let context = LinkedData.node([
        "dct": .text("http://purl.org/dc/terms/"),
        "dpv": .text("https://w3id.org/dpv#"),
        "dpv-27560": .text("https://w3id.org/dpv/schema/dpv-27560#"),
        "eu-gdpr": .text("https://w3id.org/dpv/legal/eu/gdpr#"),
        "pd": .text("https://w3id.org/dpv/pd#"),
        "xsd": .text("http://www.w3.org/2001/XMLSchema#"),
    ])
}

/// A document with the vault's Ed25519 signature over its canonical JSON (`rfc8032`).
public struct SignedDocument: Sendable, Hashable, Codable {
    public var document: LinkedData
    /// Hexadecimal, 64 bytes.
    public var signature: String
    /// Hexadecimal, 32 bytes; the same for everything one vault signs.
    public var verifyKey: String

    public init(_ document: LinkedData, signedBy vault: Vault) {
        self.document = document
        signature = vault.sign(document.canonical).hexadecimal
        verifyKey = vault.verifyKey.hexadecimal
    }

    /// Reads a signed document.
    ///
    /// - Throws: ``RightsError/Code/notAReceipt``.
    public init(json: [UInt8]) throws(RightsError) {
        guard let signed = try? JSONDecoder().decode(SignedDocument.self, from: Data(json)) else {
            throw RightsError(.notAReceipt, "found no document that a vault of Hearth signed")
        }
        self = signed
    }

    /// True if the document is word for word what the holder of `verifyKey` signed.
    public var isValid: Bool {
        guard let signature = [UInt8](hexadecimal: signature),
            let key = [UInt8](hexadecimal: verifyKey), signature.count == 64, key.count == 32
        else { return false }
        return Signature.isValid(signature, of: document.canonical.span, publicKey: key)
    }

    public var json: String {
        LinkedData.node([
            "document": document, "signature": .text(signature), "verifyKey": .text(verifyKey),
        ]).json
    }
}

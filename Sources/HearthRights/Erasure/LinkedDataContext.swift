// SPDX-License-Identifier: Apache-2.0

/// The `@context` of a JSON-LD document, held inside it.
///
/// - Source: `jsonld11`
public struct LinkedDataContext: Codable, Sendable, Hashable {
    enum Term: Hashable {
        /// The address of a prefix or a term.
        case address(String)
        /// An address, and the type of its values.
        case typed(String, String)
        /// An address; the order of its values counts.
        case ordered(String)
    }

    var terms: [String: Term]

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(_ terms: [String: Term]) { self.terms = terms }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        terms = [:]
        for key in container.allKeys {
            if let address = try? container.decode(String.self, forKey: key) {
                terms[key.stringValue] = .address(address)
            } else {
                let pair = try container.decode([String: String].self, forKey: key)
                let address = pair["@id"] ?? ""
                terms[key.stringValue] =
                    if pair["@container"] != nil { .ordered(address) } else {
                        .typed(address, pair["@type"] ?? "")
                    }
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (name, term) in terms {
            let key = Key(stringValue: name)
            switch term {
            case .address(let address): try container.encode(address, forKey: key)
            case .typed(let address, let type):
                try container.encode(["@id": address, "@type": type], forKey: key)
            case .ordered(let address):
                try container.encode(["@container": "@list", "@id": address], forKey: key)
            }
        }
    }

    /// Terms of the vocabulary where it has them, the project's own for the rest.
    static let receipt = LinkedDataContext([
        "@vocab": .address("urn:hearth:receipt:term:"),
        "dpv": .address("https://w3id.org/dpv#"),
        "eu-gdpr": .address("https://w3id.org/dpv/legal/eu/gdpr#"),
        "dct": .address("http://purl.org/dc/terms/"),
        "xsd": .address("http://www.w3.org/2001/XMLSchema#"),
        "id": .address("dct:identifier"),
        "right": .typed("dpv:hasRight", "@id"),
        "processing": .typed("dpv:hasProcessing", "@id"),
        "recipients": .address("dpv:hasRecipient"),
        "requestedAt": .typed("dct:dateSubmitted", "xsd:dateTime"),
        "completedAt": .typed("dct:date", "xsd:dateTime"),
        "inWords": .ordered("urn:hearth:receipt:term:inWords"),
    ])
}

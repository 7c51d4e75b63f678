// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The list of an export's files with their checksums, as in `Schemas/export-manifest.schema.json`.
struct ExportManifest: Codable {
    struct File: Codable {
        var name: String
        var bytes: Int
        var sha256: String
        var format: String?
        var quantity: String?
        var rows: Int?
    }

    /// One stream and how many of its samples were selected.
    struct Stream: Codable {
        var quantity: String
        var device: String
        var vendor: String
        var model: String
        var origin: String
        var derivation: String
        var samples: Int
        var first: String
        var last: String
    }

    /// What a format cannot hold; CSV, NDJSON and SQLite hold everything.
    struct LeftOut: Codable {
        var format: String
        var quantity: String
        var samples: Int
        var reason: String
    }

    var schema = "hearth.export-manifest/2"
    var streams: [Stream] = []
    var files: [File] = []
    var leftOut: [LeftOut] = []

    /// Sorted keys and a final line feed, so that equal exports have equal bytes.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a list of names and numbers has a JSON form")
        }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension [UInt8] {
    /// Lower-case hexadecimal digits, two a byte.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

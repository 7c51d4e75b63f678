// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto

/// A table of `Tests/Faults/Vectors`: one vector a line, the first line names the fields.
struct VectorTable {
    struct Row {
        fileprivate(set) var fields: [String: String]

        subscript(name: String) -> String { fields[name] ?? "-" }

        func bytes(_ name: String) -> [UInt8] { self[name] == "-" ? [] : Hex.bytes(self[name]) }

        /// The vector with one bit of a field changed; nil if the field is empty.
        func damaged(_ name: String) -> Row? {
            var bytes = bytes(name)
            guard !bytes.isEmpty else { return nil }
            bytes[bytes.count / 2] ^= 1
            var copy = self
            copy.fields[name] = Hex.text(bytes)
            return copy
        }
    }

    let rows: [Row]

    init(_ name: String) {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Vectors/\(name).txt").standardized
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        var lines = text.split(separator: "\n")[...]
        let names = (lines.popFirst() ?? "").dropFirst(2).split(separator: " ").map(String.init)
        rows = lines.map { line in
            let fields = line.split(separator: " ").map(String.init)
            return Row(fields: Dictionary(uniqueKeysWithValues: zip(names, fields)))
        }
    }
}

/// Bytes as pairs of hexadecimal digits.
enum Hex {
    static func bytes(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    static func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension SecretBytes {
    init(_ bytes: [UInt8]) throws { self = try SecretBytes(copying: bytes.span) }

    /// A copy outside locked memory, for comparing.
    borrowing func revealed() -> [UInt8] { withBytes { bytes in bytes.indices.map { bytes[$0] } } }
}

// SPDX-License-Identifier: Apache-2.0

import CZlib
import HearthCrypto
import Testing

/// The vectors of age through our reader, each with its class of failure and the bytes it may hand
/// out; see `Vectors/README.md`.
@Suite struct AgeVectorTests {
    static let rows = VectorTable("age").rows

    @Test func `all 124 vectors of our recipients are there`() {
        #expect(Self.rows.count == 124)
        #expect(Set(Self.rows.map { $0["result"] }).count == 6)
    }

    @Test(arguments: rows) func `a vector of age`(row: VectorTable.Row) throws {
        let file = try Self.file(row)
        // Byte by byte where that costs nothing.
        for piece in [file.count + 1, 65_552, 1] where piece > 1 || file.count < 2_000 {
            let (result, content) = try Self.outcome(row, file, piece)
            #expect(result == row["result"], "in pieces of \(piece)")
            if row["payload-sha256"] != "-" {
                let hasher = SHA256Hasher()
                hasher.update(content.span)
                #expect(hexText(hasher.finish()) == row["payload-sha256"])
            } else {
                #expect(content.isEmpty)
            }
        }
    }

    private static func file(_ row: VectorTable.Row) throws -> [UInt8] {
        let stored = row.bytes("file")
        guard row["flags"].contains("zlib") else { return stored }
        var size = uLong(32 << 20)
        var file = [UInt8](repeating: 0, count: Int(size))
        try #require(uncompress(&file, &size, stored, uLong(stored.count)) == Z_OK)
        return Array(file.prefix(Int(size)))
    }

    /// The first failure that is not "no match" of the vector's keys, and what was handed out.
    private static func outcome(
        _ row: VectorTable.Row, _ file: [UInt8], _ piece: Int
    ) throws -> (String, [UInt8]) {
        let form: AgeReader.Form = row["flags"].contains("armored") ? .armored : .binary
        var last: (String, [UInt8]) = ("no-match", [])
        var keys = row["key"].split(separator: ",").map(String.init)
        if row["key"] == "-" { keys = ["p61"] }
        for key in keys {
            var output: [UInt8] = []
            do {
                var reader =
                    key.hasPrefix("i")
                    ? AgeReader(
                        identity: try AgeIdentity(text: secret(String(key.dropFirst()))),
                        form: form)
                    : AgeReader(passphrase: try secret(hex(String(key.dropFirst()))), form: form)
                for start in stride(from: 0, to: file.count, by: piece) {
                    let end = min(start + piece, file.count)
                    try reader.read(file.span.extracting(start..<end), into: &output)
                }
                try reader.finish(into: &output)
                return ("success", output)
            } catch let error as AgeError {
                last = (name(error.code), output)
                if error.code != .noMatch { return last }
            }
        }
        return last
    }

    private static func name(_ code: AgeErrorCode) -> String {
        switch code {
        case .header, .tooMuchWork: "header-failure"
        case .noMatch: "no-match"
        case .hmac: "HMAC-failure"
        case .payload: "payload-failure"
        case .armor: "armor-failure"
        default: "other"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import CZlib
import HearthCrypto

/// The vectors of age, each with its class of failure and the bytes it may hand out; see
/// `Tests/Faults/Vectors/README.md`.
enum AgeVectors {
    static var set: VectorSet {
        VectorSet(
            name: "age, of our recipients", table: "age", count: 124, answer: "payload-sha256",
            isGood: { $0["result"] == "success" }, isRight: isRight)
    }

    private static func isRight(_ row: VectorTable.Row) throws -> Bool {
        guard let file = file(row) else { return false }
        // Byte by byte where that costs nothing.
        for piece in [file.count + 1, 65_552, 1] where piece > 1 || file.count < 2_000 {
            let (result, content) = try outcome(row, file, piece)
            guard result == row["result"] else { return false }
            if row["payload-sha256"] == "-" {
                guard content.isEmpty else { return false }
            } else {
                let hasher = SHA256Hasher()
                hasher.update(content.span)
                guard hasher.finish() == row.bytes("payload-sha256") else { return false }
            }
        }
        return true
    }

    private static func file(_ row: VectorTable.Row) -> [UInt8]? {
        let stored = row.bytes("file")
        guard row["flags"].contains("zlib") else { return stored }
        var size = uLong(32 << 20)
        var file = [UInt8](repeating: 0, count: Int(size))
        guard uncompress(&file, &size, stored, uLong(stored.count)) == Z_OK else { return nil }
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
            let secret = String(key.dropFirst())
            do {
                var reader =
                    key.hasPrefix("i")
                    ? AgeReader(
                        identity: try AgeIdentity(text: SecretBytes(Array(secret.utf8))),
                        form: form)
                    : AgeReader(passphrase: try SecretBytes(Hex.bytes(secret)), form: form)
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

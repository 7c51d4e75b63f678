// SPDX-License-Identifier: Apache-2.0

import HearthCrypto
import Testing

/// The vectors of Project Wycheproof through our own wrappers; see `Vectors/README.md`.
@Suite struct WycheproofTests {
    typealias Row = VectorTable.Row

    /// Runs a table; every vector must end as it says, and their number is known.
    private func check(
        _ name: String, _ count: Int, _ isRight: (Row) throws -> Bool
    ) rethrows {
        let table = VectorTable(name)
        #expect(table.rows.count == count)
        var wrong: [String] = []
        for row in table.rows where try !isRight(row) { wrong.append(row["number"]) }
        #expect(wrong.isEmpty, "\(name): \(wrong)")
    }

    @Test func `XChaCha20-Poly1305: 315 vectors`() throws {
        try check("xchacha20_poly1305", 315) { row in
            try sealed(row, SealedBox.nonceBytes) { plain, key, nonce, aad in
                try SealedBox.seal(plain.span, key: key, nonce: nonce, aad: aad)
            } open: { box, key, nonce, aad in
                try SealedBox.open(box.span, key: key, nonce: nonce, aad: aad)
            }
        }
    }

    @Test func `ChaCha20-Poly1305: 325 vectors`() throws {
        try check("chacha20_poly1305", 325) { row in
            try sealed(row, ChaCha20Poly1305.nonceBytes) { plain, key, nonce, aad in
                try ChaCha20Poly1305.seal(plain.span, key: key, nonce: nonce, aad: aad)
            } open: { box, key, nonce, aad in
                try ChaCha20Poly1305.open(box.span, key: key, nonce: nonce, aad: aad)
            }
        }
    }

    /// Valid vectors seal to the same bytes and open; invalid ones do not open.
    private func sealed(
        _ row: Row, _ nonceBytes: Int,
        seal: ([UInt8], borrowing SecretBytes, [UInt8], [UInt8]) throws -> [UInt8],
        open: ([UInt8], borrowing SecretBytes, [UInt8], [UInt8]) throws -> [UInt8]
    ) throws -> Bool {
        let key = try secret(row.bytes("key"))
        let (nonce, aad, plain) = (row.bytes("iv"), row.bytes("aad"), row.bytes("msg"))
        let box = row.bytes("ct") + row.bytes("tag")
        let opened = try? open(box, key, nonce, aad)
        guard row["result"] == "valid" else { return opened == nil }
        let written = try? seal(plain, key, nonce, aad)
        return opened == plain && written == box && nonce.count == nonceBytes
    }

    @Test func `HKDF-SHA-256: 86 vectors`() throws {
        try check("hkdf_sha256", 86) { row in
            let material = try secret(row.bytes("ikm"))
            let key = try? HKDFSHA256.deriveKey(
                from: material, salt: row.bytes("salt"), info: row.bytes("info"),
                length: Int(row["size"]) ?? 0
            ).revealed()
            return row["result"] == "valid" ? key == row.bytes("okm") : key == nil
        }
    }

    @Test func `HMAC-SHA-256: 174 vectors`() throws {
        try check("hmac_sha256", 174) { row in
            let key = try secret(row.bytes("key"))
            let tag = try HMACSHA256.tag([row.bytes("msg")], key: key).revealed()
            let wanted = row.bytes("tag")
            let isEqual = constantTimeEqual(Array(tag.prefix(wanted.count)), wanted)
            return isEqual == (row["result"] == "valid")
        }
    }

    /// Acceptable are public keys of low order, which we refuse, and other unusual ones.
    @Test func `X25519: 518 vectors`() throws {
        try check("x25519", 518) { row in
            let own = try secret(row.bytes("private"))
            let shared = try? X25519.sharedSecret(own, with: row.bytes("public")).revealed()
            let wanted = row.bytes("shared")
            if wanted.allSatisfy({ $0 == 0 }) { return shared == nil }
            return shared == wanted
        }
    }

    @Test func `Ed25519: 151 vectors`() {
        check("ed25519", 151) { row in
            let isValid = Signature.isValid(
                row.bytes("sig"), of: row.bytes("msg").span, publicKey: row.bytes("pk"))
            return isValid == (row["result"] == "valid")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthCrypto

/// The vectors of Project Wycheproof; see `Tests/Faults/Vectors/README.md`.
enum WycheproofVectors {
    typealias Row = VectorTable.Row

    static var sets: [VectorSet] {
        [
            VectorSet(
                name: "XChaCha20-Poly1305", table: "xchacha20_poly1305", count: 315, answer: "tag",
                isRight: isExtendedSealRight),
            VectorSet(
                name: "ChaCha20-Poly1305", table: "chacha20_poly1305", count: 325, answer: "tag",
                isRight: isSealRight),
            VectorSet(
                name: "HKDF-SHA-256", table: "hkdf_sha256", count: 86, answer: "okm",
                isRight: isDerivationRight),
            VectorSet(
                name: "HMAC-SHA-256", table: "hmac_sha256", count: 174, answer: "tag",
                isRight: isTagRight),
            VectorSet(
                name: "X25519", table: "x25519", count: 518, answer: "shared",
                isRight: isAgreementRight),
            VectorSet(
                name: "Ed25519", table: "ed25519", count: 151, answer: "sig",
                isRight: isSignatureRight),
        ]
    }

    private static func isExtendedSealRight(_ row: Row) throws -> Bool {
        try isRight(row, SealedBox.nonceBytes) { plain, key, nonce, aad in
            try SealedBox.seal(plain.span, key: key, nonce: nonce, aad: aad)
        } open: { box, key, nonce, aad in
            try SealedBox.open(box.span, key: key, nonce: nonce, aad: aad)
        }
    }

    private static func isSealRight(_ row: Row) throws -> Bool {
        try isRight(row, ChaCha20Poly1305.nonceBytes) { plain, key, nonce, aad in
            try ChaCha20Poly1305.seal(plain.span, key: key, nonce: nonce, aad: aad)
        } open: { box, key, nonce, aad in
            try ChaCha20Poly1305.open(box.span, key: key, nonce: nonce, aad: aad)
        }
    }

    /// Valid vectors seal to the same bytes and open; invalid ones do not open.
    private static func isRight(
        _ row: Row, _ nonceBytes: Int,
        seal: ([UInt8], borrowing SecretBytes, [UInt8], [UInt8]) throws -> [UInt8],
        open: ([UInt8], borrowing SecretBytes, [UInt8], [UInt8]) throws -> [UInt8]
    ) throws -> Bool {
        let key = try SecretBytes(row.bytes("key"))
        let (nonce, aad, plain) = (row.bytes("iv"), row.bytes("aad"), row.bytes("msg"))
        let box = row.bytes("ct") + row.bytes("tag")
        let opened = try? open(box, key, nonce, aad)
        guard row["result"] == "valid" else { return opened == nil }
        let written = try? seal(plain, key, nonce, aad)
        return opened == plain && written == box && nonce.count == nonceBytes
    }

    private static func isDerivationRight(_ row: Row) throws -> Bool {
        let material = try SecretBytes(row.bytes("ikm"))
        let key = try? HKDFSHA256.deriveKey(
            from: material, salt: row.bytes("salt"), info: row.bytes("info"),
            length: Int(row["size"]) ?? 0
        ).revealed()
        return row["result"] == "valid" ? key == row.bytes("okm") : key == nil
    }

    private static func isTagRight(_ row: Row) throws -> Bool {
        let key = try SecretBytes(row.bytes("key"))
        let tag = try HMACSHA256.tag([row.bytes("msg")], key: key).revealed()
        let wanted = row.bytes("tag")
        let isEqual = constantTimeEqual(Array(tag.prefix(wanted.count)), wanted)
        return isEqual == (row["result"] == "valid")
    }

    /// Acceptable are public keys of low order, which we refuse, and other unusual ones.
    private static func isAgreementRight(_ row: Row) throws -> Bool {
        let own = try SecretBytes(row.bytes("private"))
        let shared = try? X25519.sharedSecret(own, with: row.bytes("public")).revealed()
        let wanted = row.bytes("shared")
        if wanted.allSatisfy({ $0 == 0 }) { return shared == nil }
        return shared == wanted
    }

    private static func isSignatureRight(_ row: Row) -> Bool {
        let isValid = Signature.isValid(
            row.bytes("sig"), of: row.bytes("msg").span, publicKey: row.bytes("pk"))
        return isValid == (row["result"] == "valid")
    }
}

// SPDX-License-Identifier: Apache-2.0

import HearthCrypto
import Testing

@Suite struct BLAKE2bTests {
    let abc = Array("abc".utf8)
    let key: [UInt8] = (0..<32).map { $0 }

    @Test func `the vector of RFC 7693 comes out`() {
        #expect(
            hexText(BLAKE2b.hash(unkeyed: abc, length: 64))
                == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
    }

    @Test func `keyed hashes are those of another implementation`() throws {
        // Made with the hashlib module of Python.
        let expected = "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f"
        #expect(hexText(BLAKE2b.hash(abc.span, key: try secret(key), length: 32)) == expected)
        let short = BLAKE2b.hash(abc.span, key: try secret("k"), length: 16)
        #expect(hexText(short) == "6858b7b52110e28dc8e99bd7c341f05e")
        let asSecret = try BLAKE2b.secretHash(abc.span, key: try secret(key), length: 32)
        #expect(hexText(asSecret.revealed()) == expected)
    }

    @Test func `a hash in pieces equals the hash of the whole, for every first cut`() throws {
        let key = try secret(key)
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = BLAKE2b.hash(bytes.span, key: key, length: 20)
        for cut in 0...bytes.count {
            var hasher = BLAKE2bHasher(key: key, length: 20)
            hasher.update(Array(bytes[..<cut]).span)
            hasher.update(Array(bytes[cut...]).span)
            #expect(hasher.finish() == whole)
        }
        var unkeyed = BLAKE2bHasher(unkeyedLength: 20)
        unkeyed.update(bytes.span)
        #expect(unkeyed.finish() == BLAKE2b.hash(unkeyed: bytes, length: 20))
    }

    @Test func `many hashers live side by side`() throws {
        let key = try secret(key)
        let expected = BLAKE2b.hash(abc.span, key: key)
        final class Owner {
            var hasher: BLAKE2bHasher
            init(_ hasher: consuming BLAKE2bHasher) { self.hasher = hasher }
        }
        let owners = (0..<500).map { _ in Owner(BLAKE2bHasher(key: key)) }
        for owner in owners { owner.hasher.update(abc.span) }
        for owner in owners { #expect(owner.hasher.finish() == expected) }
    }
}

@Suite struct SigningKeyTests {
    struct Vector: Sendable {
        var seed: String
        var publicKey: String
        var message: String
        var signature: String
    }

    /// RFC 8032, section 7.1, tests 1 to 3.
    static let vectors = [
        Vector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        Vector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]

    @Test(arguments: vectors) func `the vectors of RFC 8032 sign and verify`(
        vector: Vector
    ) throws {
        let key = try SigningKey(seed: try secret(hex(vector.seed)))
        let message = hex(vector.message)
        #expect(hexText(key.publicKey) == vector.publicKey)
        #expect(hexText(key.sign(message.span)) == vector.signature)
        let signature = hex(vector.signature)
        #expect(isValid(signature, message, key.publicKey))
    }

    @Test func `every flipped bit of signature, message and key is refused`() throws {
        let vector = Self.vectors[2]
        let (publicKey, message) = (hex(vector.publicKey), hex(vector.message))
        let signature = hex(vector.signature)
        for bit in 0..<512 {
            var other = signature
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!isValid(other, message, publicKey))
        }
        for bit in 0..<16 {
            var other = message
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!isValid(signature, other, publicKey))
        }
        for bit in 0..<256 {
            var other = publicKey
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!isValid(signature, message, other))
        }
    }

    @Test func `wrong lengths are refused without a trap`() throws {
        let vector = Self.vectors[1]
        let (publicKey, message) = (hex(vector.publicKey), hex(vector.message))
        let signature = hex(vector.signature)
        let long = signature + [0]
        #expect(!isValid([], message, publicKey))
        #expect(!isValid(long, message, publicKey))
        #expect(!isValid(signature, message, []))
        #expect(throws: CryptoError.self) { _ = try SigningKey(seed: try secret([1])) }
    }
}

/// A function of arrays, because `#expect` cannot take a span apart.
private func isValid(_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool {
    Signature.isValid(signature, of: message.span, publicKey: publicKey)
}

@Suite struct SecureRandomTests {
    @Test func `random bytes have the asked length and do not repeat`() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(33).count == 33)
        #expect(Set((0..<1_000).map { _ in SecureRandom.bytes(16) }).count == 1_000)
        #expect(Set((0..<1_000).map { _ in SecureRandom.uint64() }).count == 1_000)
    }

    @Test func `constant-time equality is equality`() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2], [1, 2]))
        #expect(!constantTimeEqual([1, 2], [1, 3]))
        #expect(!constantTimeEqual([1, 2], [1]))
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthCrypto
import Testing

@Suite struct KeyAgreementTests {
    static func bytes(_ digits: String) -> [UInt8] {
        stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(digits.dropFirst($0).prefix(2), radix: 16)
        }
    }

    /// RFC 7748, section 6.1: secret key and public key of both sides, and what they share.
    static let sides = [
        (
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
        ),
        (
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
        ),
    ]
    static let shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"

    @Test func `both sides come to the secret of the standard's example`() throws {
        let expected = try SecretBytes(copying: Self.bytes(Self.shared).span)
        for (own, other) in [(0, 1), (1, 0)] {
            let secret = try SecretBytes(copying: Self.bytes(Self.sides[own].0).span)
            #expect(try KeyAgreement.publicKey(of: secret) == Self.bytes(Self.sides[own].1))
            let found = try KeyAgreement.shared(secret, with: Self.bytes(Self.sides[other].1))
            let isSame = found.isEqual(to: expected)
            #expect(isSame)
        }
    }

    @Test func `a public key that gives everybody the same secret is refused`() throws {
        let secret = try SecretBytes.random(32)
        // Zero and one are points of small order.
        for first in [UInt8(0), 1] {
            var key = [UInt8](repeating: 0, count: 32)
            key[0] = first
            #expect(throws: CryptoError.self) { _ = try KeyAgreement.shared(secret, with: key) }
        }
        #expect(throws: CryptoError.self) {
            _ = try KeyAgreement.shared(secret, with: [UInt8](repeating: 9, count: 31))
        }
    }
}

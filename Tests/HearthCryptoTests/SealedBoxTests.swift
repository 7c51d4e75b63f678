// SPDX-License-Identifier: Apache-2.0

import HearthCrypto
import Testing

@Suite struct SealedBoxTests {
    let key: [UInt8] = (0x80...0x9F).map { $0 }
    let nonce: [UInt8] = (0x40...0x57).map { $0 }
    let aad = hex("50515253c0c1c2c3c4c5c6c7")
    let plain = Array(
        """
        Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
        future, sunscreen would be it.
        """.utf8)
    /// draft-irtf-cfrg-xchacha-03, appendix A.3.1: ciphertext, then tag.
    let sealed = hex(
        """
        bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
        731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
        2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
        21f9664c97637da9768812f615c68b13b52e
        c0875924c1c7987947deafd8780acf49
        """)

    @Test func `the published vector seals and opens`() throws {
        let key = try secret(key)
        #expect(try SealedBox.seal(plain.span, key: key, nonce: nonce, aad: aad) == sealed)
        #expect(try SealedBox.open(sealed.span, key: key, nonce: nonce, aad: aad) == plain)
    }

    @Test func `every length up to two blocks and a whole pack makes the round trip`() throws {
        let key = try SecretBytes.random(32)
        for count in Array(0...130) + [65_496] {
            let plain = SecureRandom.bytes(count)
            let nonce = SealedBox.randomNonce()
            let box = try SealedBox.seal(plain.span, key: key, nonce: nonce, aad: [])
            #expect(box.count == count + SealedBox.tagBytes)
            #expect(try SealedBox.open(box.span, key: key, nonce: nonce, aad: []) == plain)
        }
    }

    @Test func `every single flipped bit is refused`() throws {
        let key = try secret(key)
        for bit in 0..<(sealed.count * 8) {
            var damaged = sealed
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(openCode(damaged, key, nonce, aad) == .openFailed, "bit \(bit)")
        }
    }

    @Test func `every flipped bit of key, nonce and associated data is refused`() throws {
        for bit in 0..<(key.count * 8) {
            var other = key
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(openCode(sealed, try secret(other), nonce, aad) == .openFailed)
        }
        let key = try secret(key)
        for bit in 0..<(nonce.count * 8) {
            var other = nonce
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(openCode(sealed, key, other, aad) == .openFailed)
        }
        for bit in 0..<(aad.count * 8) {
            var other = aad
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(openCode(sealed, key, nonce, other) == .openFailed)
        }
        #expect(openCode(sealed, key, nonce, []) == .openFailed)
        #expect(openCode(sealed, key, nonce, aad + [0]) == .openFailed)
    }

    @Test func `every cut is refused, and a box shorter than its tag is called damaged`() throws {
        let key = try secret(key)
        for count in 0..<sealed.count {
            let code = openCode(Array(sealed.prefix(count)), key, nonce, aad)
            #expect(code == (count < 16 ? .damagedInput : .openFailed), "\(count) bytes")
        }
        #expect(openCode(sealed + [0], key, nonce, aad) == .openFailed)
    }

    @Test func `keys and nonces of a wrong length are refused without a trap`() throws {
        let key = try secret(key)
        #expect(openCode(sealed, try secret([1, 2, 3]), nonce, aad) == .damagedInput)
        #expect(openCode(sealed, key, Array(nonce.dropLast()), aad) == .damagedInput)
        #expect(openCode(sealed, key, [], aad) == .damagedInput)
        #expect(throws: CryptoError.self) {
            _ = try SealedBox.seal(plain.span, key: key, nonce: [1], aad: aad)
        }
    }

    @Test func `a key wrapped under a key comes back, and only under that key`() throws {
        let wrapping = try SecretBytes.random(32)
        let wrapped = try SecretBytes.random(32)
        let box = try SealedBox.sealSecret(wrapped, key: wrapping, nonce: nonce, aad: aad)
        #expect(box.count == 48)
        let opened = try SealedBox.openSecret(box.span, key: wrapping, nonce: nonce, aad: aad)
        #expect(opened.revealed() == wrapped.revealed())
        let other = try SecretBytes.random(32)
        let failure = code { () throws(CryptoError) in
            _ = try SealedBox.openSecret(box.span, key: other, nonce: nonce, aad: aad)
        }
        #expect(failure == .openFailed)
    }

    @Test func `messages hold no byte of key, nonce or text`() throws {
        let key = try secret(key)
        var damaged = sealed
        damaged[3] ^= 1
        do {
            _ = try SealedBox.open(damaged.span, key: key, nonce: nonce, aad: aad)
            Issue.record("a damaged box was opened")
        } catch {
            let expected = "a sealed box does not open: another key or context, or changed bytes"
            #expect(error.message == expected)
        }
    }

    private func openCode(
        _ sealed: [UInt8], _ key: borrowing SecretBytes, _ nonce: [UInt8], _ aad: [UInt8]
    ) -> CryptoErrorCode? {
        do {
            _ = try SealedBox.open(sealed.span, key: key, nonce: nonce, aad: aad)
            return nil
        } catch {
            return error.code
        }
    }
}

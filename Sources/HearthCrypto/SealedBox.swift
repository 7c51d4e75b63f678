// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Authenticated encryption: XChaCha20-Poly1305 as in draft-irtf-cfrg-xchacha-03.
///
/// A sealed box is the ciphertext followed by the tag, 16 bytes longer than what was sealed. Never
/// use a nonce twice with one key; 24 random bytes (``randomNonce()``) never repeat in practice.
public enum SealedBox {
    public static let keyBytes = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
    public static let nonceBytes = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    public static let tagBytes = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)

    /// A nonce for one use.
    public static func randomNonce() -> [UInt8] { SecureRandom.bytes(nonceBytes) }

    /// Seals `plain`; `aad` is not stored but must be the same when opening.
    ///
    /// - Throws: `damagedInput` for a key or nonce of the wrong length.
    public static func seal(
        _ plain: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        HearthCrypto.requireStarted()
        try check(key, nonce)
        var sealed = [UInt8](repeating: 0, count: plain.count + tagBytes)
        unsafe plain.withUnsafeBufferPointer { input in
            unsafe key.withPointer { key in
                // With checked lengths this call has no way to fail.
                _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &sealed, nil, input.baseAddress, UInt64(input.count), aad, UInt64(aad.count),
                    nil, nonce, key)
            }
        }
        return sealed
    }

    /// Opens a sealed box. Nothing is returned unless every bit is authentic.
    ///
    /// - Throws: `openFailed`; `damagedInput` for a box without room for its tag, or a key or
    ///   nonce of the wrong length.
    public static func open(
        _ sealed: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: try plainCount(sealed))
        let result = try unsafe plain.withUnsafeMutableBufferPointer { output throws(CryptoError) in
            try unsafe open(sealed, into: output.baseAddress, key, nonce, aad)
        }
        guard result else { throw openFailed }
        return plain
    }

    /// Seals a secret, such as a key under another key.
    ///
    /// - Throws: as ``seal(_:key:nonce:aad:)``.
    public static func sealSecret(
        _ secret: borrowing SecretBytes, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        try secret.withBytes { bytes throws(CryptoError) in
            try seal(bytes, key: key, nonce: nonce, aad: aad)
        }
    }

    /// Opens a sealed secret into locked memory.
    ///
    /// - Throws: as ``open(_:key:nonce:aad:)``, and `cannotLockMemory`.
    public static func openSecret(
        _ sealed: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        var secret = try SecretBytes(count: try plainCount(sealed))
        let result = try unsafe secret.withMutablePointer { output throws(CryptoError) in
            try unsafe open(sealed, into: output, key, nonce, aad)
        }
        guard result else { throw openFailed }
        return secret
    }

    private static let openFailed = CryptoError(
        .openFailed, "a sealed box does not open: another key or context, or changed bytes")

    private static func open(
        _ sealed: Span<UInt8>, into output: UnsafeMutablePointer<UInt8>?,
        _ key: borrowing SecretBytes, _ nonce: [UInt8], _ aad: [UInt8]
    ) throws(CryptoError) -> Bool {
        HearthCrypto.requireStarted()
        try check(key, nonce)
        return unsafe sealed.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return false }
            return unsafe key.withPointer { key in
                unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    output, nil, nil, start, UInt64(input.count), aad,
                    UInt64(aad.count), nonce, key) == 0
            }
        }
    }

    private static func plainCount(_ sealed: Span<UInt8>) throws(CryptoError) -> Int {
        guard sealed.count >= tagBytes else {
            throw CryptoError(
                .damagedInput,
                "a sealed box has \(sealed.count) bytes; its tag alone has \(tagBytes)")
        }
        return sealed.count - tagBytes
    }

    private static func check(
        _ key: borrowing SecretBytes, _ nonce: [UInt8]
    ) throws(CryptoError) {
        guard key.count == keyBytes, nonce.count == nonceBytes else {
            throw CryptoError(
                .damagedInput,
                "a key of \(key.count) and a nonce of \(nonce.count) bytes; "
                    + "\(keyBytes) and \(nonceBytes) are needed")
        }
    }
}

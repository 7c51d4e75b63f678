// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Keyed hashing with SHA-256 and keys made from it.
///
/// - Source: RFC 2104 and RFC 5869 (`rfc5869`).
public enum HMACSHA256 {
    public static let tagBytes = Int(crypto_auth_hmacsha256_BYTES)

    /// The tag of `parts`, taken one after the other, under a key of any length.
    ///
    /// - Throws: `cannotLockMemory`, `outOfMemory`.
    public static func tag(
        _ parts: [[UInt8]], key: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        try key.withBytes { bytes throws(CryptoError) in try tag(parts, key: bytes) }
    }

    fileprivate static func tag(
        _ parts: [[UInt8]], first: borrowing SecretBytes, key: Span<UInt8>
    ) throws(CryptoError) -> SecretBytes {
        try unsafe run(key) { state in
            unsafe first.withPointer {
                _ = unsafe crypto_auth_hmacsha256_update(state, $0, UInt64(first.count))
            }
            for part in parts {
                _ = unsafe crypto_auth_hmacsha256_update(state, part, UInt64(part.count))
            }
        }
    }

    fileprivate static func tag(
        _ parts: [[UInt8]], key: Span<UInt8>
    ) throws(CryptoError) -> SecretBytes {
        try unsafe run(key) { state in
            for part in parts {
                _ = unsafe crypto_auth_hmacsha256_update(state, part, UInt64(part.count))
            }
        }
    }

    /// The state tells as much as the key, so it is wiped.
    private static func run(
        _ key: Span<UInt8>, _ body: (UnsafeMutablePointer<crypto_auth_hmacsha256_state>) -> Void
    ) throws(CryptoError) -> SecretBytes {
        HearthCrypto.requireStarted()
        var result = try SecretBytes(count: tagBytes)
        var state = crypto_auth_hmacsha256_state()
        let count = key.count
        unsafe withUnsafeMutablePointer(to: &state) { state in
            // An empty key has no address; the library wants one all the same.
            let none = unsafe UnsafeRawPointer(state).assumingMemoryBound(to: UInt8.self)
            unsafe key.withUnsafeBufferPointer { key in
                _ = unsafe crypto_auth_hmacsha256_init(
                    state, key.baseAddress ?? none, count)
            }
            unsafe body(state)
            unsafe result.withMutablePointer { _ = unsafe crypto_auth_hmacsha256_final(state, $0) }
            unsafe sodium_memzero(state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
        }
        return result
    }
}

/// HKDF with SHA-256: a key of chosen length from key material, a salt and a purpose.
///
/// - Source: RFC 5869 (`rfc5869`).
public enum HKDFSHA256 {
    /// The longest key, 255 blocks.
    public static let maximumBytes = 255 * HMACSHA256.tagBytes

    /// A key of `length` bytes, 1 to ``maximumBytes``.
    ///
    /// - Throws: `damagedInput` for another length, `cannotLockMemory`, `outOfMemory`.
    public static func deriveKey(
        from material: borrowing SecretBytes, salt: [UInt8], info: [UInt8], length: Int = 32
    ) throws(CryptoError) -> SecretBytes {
        guard (1...maximumBytes).contains(length) else {
            throw CryptoError(
                .damagedInput, "a derived key has 1 to \(maximumBytes) bytes, not \(length)")
        }
        let extracted = try HMACSHA256.tag([], first: material, key: salt.span)
        var key = try SecretBytes(count: length)
        var previous = try SecretBytes(count: 0)
        var done = 0
        var counter: UInt8 = 0
        while done < length {
            counter += 1
            let block = try extracted.withBytes { bytes throws(CryptoError) in
                try HMACSHA256.tag([info, [counter]], first: previous, key: bytes)
            }
            let taken = min(HMACSHA256.tagBytes, length - done)
            let start = done
            key.withMutableBytes { output in
                block.withBytes { input in
                    for index in 0..<taken { output[start + index] = input[index] }
                }
            }
            done += taken
            previous = block
        }
        return key
    }
}

/// Authenticated encryption with a nonce of 12 bytes, ChaCha20-Poly1305.
///
/// Only for keys that are used once with counted nonces, as in an age file; for random nonces there
/// is ``SealedBox``.
/// - Source: RFC 8439 (`rfc8439`).
public enum ChaCha20Poly1305 {
    public static let keyBytes = Int(crypto_aead_chacha20poly1305_ietf_KEYBYTES)
    public static let nonceBytes = Int(crypto_aead_chacha20poly1305_ietf_NPUBBYTES)
    public static let tagBytes = Int(crypto_aead_chacha20poly1305_ietf_ABYTES)

    /// The ciphertext with its tag, 16 bytes longer than `plain`.
    ///
    /// - Throws: `damagedInput` for a key or nonce of the wrong length.
    public static func seal(
        _ plain: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        try check(key, nonce)
        var sealed = [UInt8](repeating: 0, count: plain.count + tagBytes)
        unsafe plain.withUnsafeBufferPointer { input in
            unsafe key.withPointer { key in
                _ = unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                    &sealed, nil, input.baseAddress, UInt64(input.count), aad, UInt64(aad.count),
                    nil, nonce, key)
            }
        }
        return sealed
    }

    /// What was sealed; nothing unless every bit is authentic.
    ///
    /// - Throws: `openFailed`; `damagedInput` for a box without room for its tag, or a key or nonce
    ///   of the wrong length.
    public static func open(
        _ sealed: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8] = []
    ) throws(CryptoError) -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: try plainCount(sealed))
        let opened = try unsafe plain.withUnsafeMutableBufferPointer { output throws(CryptoError) in
            try unsafe open(sealed, into: output.baseAddress, key, nonce, aad)
        }
        guard opened else { throw CryptoError(.openFailed, "a sealed box does not open") }
        return plain
    }

    /// A sealed secret, in locked memory.
    ///
    /// - Throws: as ``open(_:key:nonce:aad:)``, and `cannotLockMemory`.
    public static func openSecret(
        _ sealed: Span<UInt8>, key: borrowing SecretBytes, nonce: [UInt8], aad: [UInt8] = []
    ) throws(CryptoError) -> SecretBytes {
        var secret = try SecretBytes(count: try plainCount(sealed))
        let opened = try unsafe secret.withMutablePointer { output throws(CryptoError) in
            try unsafe open(sealed, into: output, key, nonce, aad)
        }
        guard opened else { throw CryptoError(.openFailed, "a sealed box does not open") }
        return secret
    }

    private static func open(
        _ sealed: Span<UInt8>, into output: UnsafeMutablePointer<UInt8>?,
        _ key: borrowing SecretBytes, _ nonce: [UInt8], _ aad: [UInt8]
    ) throws(CryptoError) -> Bool {
        try check(key, nonce)
        return unsafe sealed.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return false }
            return unsafe key.withPointer { key in
                unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                    output, nil, nil, start, UInt64(input.count), aad, UInt64(aad.count), nonce,
                    key) == 0
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
        HearthCrypto.requireStarted()
        guard key.count == keyBytes, nonce.count == nonceBytes else {
            throw CryptoError(
                .damagedInput,
                "a key of \(key.count) and a nonce of \(nonce.count) bytes; "
                    + "\(keyBytes) and \(nonceBytes) are needed")
        }
    }
}

/// Key agreement on Curve25519.
///
/// - Source: RFC 7748 (`rfc7748`).
public enum X25519 {
    public static let keyBytes = Int(crypto_scalarmult_curve25519_BYTES)

    /// The public key of a secret key of 32 bytes.
    ///
    /// - Throws: `damagedInput` for a secret of another length.
    public static func publicKey(of secret: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        HearthCrypto.requireStarted()
        guard secret.count == keyBytes else { throw wrongLength }
        var key = [UInt8](repeating: 0, count: keyBytes)
        unsafe secret.withPointer { _ = unsafe crypto_scalarmult_curve25519_base(&key, $0) }
        return key
    }

    /// The secret that both sides reach.
    ///
    /// - Throws: `damagedInput` for keys of another length or a public key of low order, for which
    ///   the secret would be zero; `cannotLockMemory`.
    public static func sharedSecret(
        _ secret: borrowing SecretBytes, with publicKey: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        HearthCrypto.requireStarted()
        guard secret.count == keyBytes, publicKey.count == keyBytes else { throw wrongLength }
        var shared = try SecretBytes(count: keyBytes)
        let result = unsafe shared.withMutablePointer { output in
            unsafe secret.withPointer { unsafe crypto_scalarmult_curve25519(output, $0, publicKey) }
        }
        guard result == 0 else {
            throw CryptoError(.damagedInput, "a public key of low order gives no secret")
        }
        return shared
    }

    private static var wrongLength: CryptoError {
        CryptoError(.damagedInput, "a key of Curve25519 has \(keyBytes) bytes")
    }
}

/// Key from passphrase with scrypt, block size 8, one lane; only for age files.
///
/// - Source: RFC 7914 (`rfc7914`).
enum Scrypt {
    /// 32 bytes after 2^`workFactor` steps over 2^(`workFactor` + 10) bytes of memory.
    static func deriveKey(
        from passphrase: borrowing SecretBytes, salt: [UInt8], workFactor: Int
    ) throws(CryptoError) -> SecretBytes {
        HearthCrypto.requireStarted()
        var key = try SecretBytes(count: 32)
        let length = passphrase.count
        let result = unsafe key.withMutablePointer { output in
            unsafe passphrase.withPointer { input in
                unsafe crypto_pwhash_scryptsalsa208sha256_ll(
                    input, length, salt, salt.count, 1 << UInt64(workFactor), 8, 1, output, 32)
            }
        }
        guard result == 0 else {
            throw CryptoError(
                .outOfMemory, "key derivation needs \(1 << (workFactor - 10)) MiB of memory")
        }
        return key
    }
}

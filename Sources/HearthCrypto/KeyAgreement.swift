// SPDX-License-Identifier: Apache-2.0

import CSodium

/// X25519 (RFC 7748): two parties with a key pair each come to one shared secret.
///
/// - Source: RFC 7748, section 5 (`rfc7748`).
public enum KeyAgreement {
    public static let keyBytes = Int(crypto_scalarmult_curve25519_BYTES)

    /// The public key of a secret key of 32 random bytes.
    ///
    /// - Throws: `damagedInput` for a key of another length.
    public static func publicKey(of secret: borrowing SecretBytes) throws(CryptoError) -> [UInt8] {
        HearthCrypto.requireStarted()
        try check(secret.count)
        var key = [UInt8](repeating: 0, count: keyBytes)
        unsafe secret.withPointer { _ = unsafe crypto_scalarmult_curve25519_base(&key, $0) }
        return key
    }

    /// What both parties have in common: 32 bytes to be hashed with both public keys before use.
    ///
    /// - Throws: `damagedInput` for a public key that gives everybody the same secret, or a key of
    ///   another length; `cannotLockMemory`.
    public static func shared(
        _ secret: borrowing SecretBytes, with publicKey: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        HearthCrypto.requireStarted()
        try check(secret.count)
        try check(publicKey.count)
        var shared = try SecretBytes(count: keyBytes)
        let result = unsafe shared.withMutablePointer { output in
            unsafe secret.withPointer { unsafe crypto_scalarmult_curve25519(output, $0, publicKey) }
        }
        guard result == 0 else {
            throw CryptoError(.damagedInput, "a public key that no secret key belongs to")
        }
        return shared
    }

    private static func check(_ count: Int) throws(CryptoError) {
        guard count == keyBytes else {
            throw CryptoError(
                .damagedInput, "an X25519 key of \(count) bytes; \(keyBytes) are needed")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CSodium

/// An Ed25519 key (RFC 8032) that signs.
public struct SigningKey: ~Copyable, Sendable {
    /// The key that checks the signatures, 32 bytes.
    public let publicKey: [UInt8]
    private let secret: SecretBytes

    /// The key that belongs to a seed of 32 bytes.
    ///
    /// - Throws: `damagedInput` for a seed of another length, `cannotLockMemory`.
    public init(seed: borrowing SecretBytes) throws(CryptoError) {
        guard seed.count == Int(crypto_sign_SEEDBYTES) else {
            throw CryptoError(
                .damagedInput, "a signing seed has \(seed.count) bytes; 32 are needed")
        }
        var publicKey = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secret = try SecretBytes(count: Int(crypto_sign_SECRETKEYBYTES))
        unsafe secret.withMutablePointer { output in
            unsafe seed.withPointer { seed in
                _ = unsafe crypto_sign_seed_keypair(&publicKey, output, seed)
            }
        }
        self.publicKey = publicKey
        self.secret = secret
    }

    /// The signature of `message`, 64 bytes; always the same for the same message.
    public borrowing func sign(_ message: Span<UInt8>) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Int(crypto_sign_BYTES))
        unsafe secret.withPointer { key in
            unsafe message.withUnsafeBufferPointer { input in
                _ = unsafe crypto_sign_detached(
                    &signature, nil, input.baseAddress, UInt64(input.count), key)
            }
        }
        return signature
    }
}

/// Checking of Ed25519 signatures.
public enum Signature {
    /// Whether `signature` is the one of `message` under the key; false for wrong lengths.
    public static func isValid(
        _ signature: [UInt8], of message: Span<UInt8>, publicKey: [UInt8]
    ) -> Bool {
        HearthCrypto.requireStarted()
        guard signature.count == Int(crypto_sign_BYTES),
            publicKey.count == Int(crypto_sign_PUBLICKEYBYTES)
        else { return false }
        return unsafe message.withUnsafeBufferPointer { input in
            unsafe crypto_sign_verify_detached(
                signature, input.baseAddress, UInt64(input.count), publicKey) == 0
        }
    }
}

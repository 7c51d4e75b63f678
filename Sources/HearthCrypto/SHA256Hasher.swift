// SPDX-License-Identifier: Apache-2.0
import CSodium

/// SHA-256 (FIPS 180-4) over bytes that come in pieces: for checksums that other tools can check.
public final class SHA256Hasher {
    private var state = crypto_hash_sha256_state()

    public init() {
        HearthCrypto.requireStarted()
        unsafe crypto_hash_sha256_init(&state)
    }

    /// Takes the next piece.
    public func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { input in
            _ = unsafe crypto_hash_sha256_update(&state, input.baseAddress, UInt64(input.count))
        }
    }

    /// The 32 bytes of the hash. Call it once.
    public func finish() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_bytes()))
        unsafe crypto_hash_sha256_final(&state, &result)
        return result
    }
}

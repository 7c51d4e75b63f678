// SPDX-License-Identifier: Apache-2.0
import CSodium

/// A fast keyed fingerprint of bytes that come in pieces: Poly1305 (`rfc8439`) under a secret key.
///
/// As long as key and fingerprints stay secret, no one can make two contents with one fingerprint;
/// by chance it happens with a probability below 2^-90 for contents of a gigabyte. It is several times
/// faster than a cryptographic hash. It authenticates nothing: a fingerprint must never leave the
/// vault, where it only answers whether the same file was ingested before.
///
/// - Source: RFC 8439, section 2.5 (`rfc8439`).
public final class KeyedFingerprint {
    private var state = crypto_onetimeauth_state()

    /// The key has 32 bytes and is used for fingerprints alone.
    public init(key: borrowing SecretBytes) {
        HearthCrypto.requireStarted()
        precondition(key.count == 32, "a fingerprint key has 32 bytes")
        unsafe key.withPointer { _ = unsafe crypto_onetimeauth_init(&state, $0) }
    }

    deinit {
        unsafe withUnsafeMutableBytes(of: &state) { bytes in
            unsafe sodium_memzero(bytes.baseAddress, bytes.count)
        }
    }

    /// Takes the next piece.
    public func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { input in
            _ = unsafe crypto_onetimeauth_update(&state, input.baseAddress, UInt64(input.count))
        }
    }

    /// The 16 bytes of the fingerprint. Call it once.
    public func finish() -> [UInt8] {
        var result = [UInt8](repeating: 0, count: Int(crypto_onetimeauth_bytes()))
        unsafe crypto_onetimeauth_final(&state, &result)
        return result
    }
}

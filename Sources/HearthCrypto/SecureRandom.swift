// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Chance from the operating system, for nonces, salts and identifiers. Keys: ``SecretBytes/random(_:)``.
public enum SecureRandom {
    /// `count` random bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        HearthCrypto.requireStarted()
        precondition(count >= 0, "a count of bytes is not negative")
        var result = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&result, count)
        return result
    }

    /// 64 random bits.
    public static func uint64() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Whether both arrays are equal, in a time that depends on the lengths only.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    HearthCrypto.requireStarted()
    guard a.count == b.count else { return false }
    return unsafe sodium_memcmp(a, b, a.count) == 0
}

// SPDX-License-Identifier: Apache-2.0

import CHearthSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A secret that outlives a process for some minutes, in the kernel's own memory.
///
/// It lies in the keyring of the user, is readable by whoever runs as this user, is never swapped out,
/// and is gone at its end, at a restart, or when it is revoked. Linux only.
public enum SessionKeyring {
    /// An hour: longer is a vault left open.
    public static let longestSeconds = 3600

    /// Keeps `secret` under `name` (ASCII) for `seconds`, 1 to 3600; an earlier one is replaced.
    ///
    /// - Throws: `unavailable` where the system has no keyring for this process.
    public static func put(
        _ secret: borrowing SecretBytes, name: String, seconds: Int
    ) throws(CryptoError) {
        precondition((1...longestSeconds).contains(seconds), "a session lasts 1 s to one hour")
        let result = unsafe secret.withPointer { bytes in
            unsafe hearth_session_key_put(name, bytes, secret.count, UInt32(seconds))
        }
        guard result == 0 else { throw unavailable(errno) }
    }

    /// The secret of `count` bytes under `name`; nil if there is none, or none any more.
    ///
    /// - Throws: `unavailable` as above, `cannotLockMemory`.
    public static func get(name: String, count: Int) throws(CryptoError) -> SecretBytes? {
        var secret = try SecretBytes(count: count)
        var failure: Int32 = 0
        let length = unsafe secret.withMutablePointer { bytes in
            let length = unsafe hearth_session_key_get(name, bytes, count)
            failure = errno
            return length
        }
        if length == count { return secret }
        if length >= 0 || failure == ERANGE || isGone(failure) { return nil }
        throw unavailable(failure)
    }

    /// Ends the secret under `name`; false if there was none.
    ///
    /// - Throws: `unavailable` as above.
    public static func end(name: String) throws(CryptoError) -> Bool {
        if unsafe hearth_session_key_end(name) == 0 { return true }
        if isGone(errno) { return false }
        throw unavailable(errno)
    }

    private static func isGone(_ failure: Int32) -> Bool {
        #if os(Linux)
            [ENOKEY, EKEYEXPIRED, EKEYREVOKED].contains(failure)
        #else
            false
        #endif
    }

    private static func unavailable(_ failure: Int32) -> CryptoError {
        CryptoError(
            .unavailable,
            "this system gives no kernel keyring to keep a key in (error \(failure))")
    }
}

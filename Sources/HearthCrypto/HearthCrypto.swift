// SPDX-License-Identifier: Apache-2.0

import CSodium

/// The module's start.
public enum HearthCrypto {
    /// True once libsodium has chosen its implementations and has a source of chance.
    private static let isStarted: Bool = sodium_init() >= 0

    /// Prepares the library and the first locked memory; harmless when called again.
    ///
    /// Every function here starts the library by itself. Calling this first tells early, and as an
    /// error, that this machine cannot keep secrets.
    ///
    /// - Throws: `unavailable`, `cannotLockMemory`.
    public static func start() throws(CryptoError) {
        guard isStarted else {
            throw CryptoError(.unavailable, "libsodium did not start")
        }
        try LockedArena.reserve(BLAKE2bHasher.stateBytes)
    }

    /// Version of libsodium, such as `1.0.18`.
    public static var libraryVersion: String { unsafe String(cString: sodium_version_string()) }

    /// Holds for functions that cannot throw.
    static func requireStarted() {
        precondition(isStarted, "libsodium did not start; HearthCrypto.start() tells this earlier")
    }
}

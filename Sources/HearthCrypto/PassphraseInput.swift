// SPDX-License-Identifier: Apache-2.0

import CHearthSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where passphrases come from: the terminal without echo, or an open file. Never the arguments or
/// the environment, which other processes can read.
public enum PassphraseInput {
    /// The longest passphrase in bytes; a longer line is refused.
    public static let maximumBytes = 1_024

    /// Asks on the terminal, with echo off. The prompt is written to the terminal, not to a stream.
    ///
    /// - Throws: `noPassphrase` without a terminal or for an empty line, `interrupted`,
    ///   `passphraseTooLong`, `cannotLockMemory`.
    public static func ask(_ prompt: String) throws(CryptoError) -> SecretBytes {
        try unsafe read { buffer, capacity in
            unsafe hearth_read_passphrase(prompt, buffer, capacity)
        }
    }

    /// Reads one line, without its line end, from an open descriptor; nothing behind it is taken.
    ///
    /// - Throws: `noPassphrase` if reading fails or the line is empty, `passphraseTooLong`, `cannotLockMemory`.
    public static func readLine(descriptor: Int32) throws(CryptoError) -> SecretBytes {
        try unsafe read { buffer, capacity in unsafe hearth_read_line(descriptor, buffer, capacity)
        }
    }

    private static func read(
        _ body: (UnsafeMutablePointer<UInt8>, Int) -> Int
    ) throws(CryptoError) -> SecretBytes {
        var line = try SecretBytes(count: maximumBytes)
        var failure: Int32 = 0
        let count = unsafe line.withMutablePointer { buffer in
            let count = unsafe body(buffer, maximumBytes)
            failure = errno
            return count
        }
        guard count >= 0 else { throw error(for: failure) }
        guard count > 0 else {
            throw CryptoError(.noPassphrase, "the passphrase is empty")
        }
        return try line.prefix(count)
    }

    private static func error(for failure: Int32) -> CryptoError {
        switch failure {
        case ERANGE:
            CryptoError(
                .passphraseTooLong, "the passphrase has more than \(maximumBytes) bytes")
        case EINTR:
            CryptoError(.interrupted, "broken off while asking for the passphrase")
        case ENXIO, ENOTTY, ENOENT:
            CryptoError(.noPassphrase, "there is no terminal to ask for the passphrase on")
        default:
            CryptoError(.noPassphrase, "the passphrase cannot be read (error \(failure))")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What kind of failure a ``CryptoError`` tells of. A struct over a closed list, so it can grow.
public struct CryptoErrorCode: Sendable, Hashable {
    enum Code: String, Sendable {
        case cannotLockMemory, kdfParametersRefused, openFailed, damagedInput, outOfMemory
        case invalidRecoveryCode, unavailable, noPassphrase, passphraseTooLong, interrupted
    }
    let code: Code

    /// The stable name, such as `open-failed`.
    public var name: String {
        code.rawValue.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" }
            text += letter.lowercased()
        }
    }

    /// The operating system refused to keep a secret out of the swap file.
    public static let cannotLockMemory = Self(code: .cannotLockMemory)
    /// Key derivation parameters are below the safe bound, or above what a file may demand.
    public static let kdfParametersRefused = Self(code: .kdfParametersRefused)
    /// The key, the nonce or the associated data is another one, or the sealed bytes were changed.
    public static let openFailed = Self(code: .openFailed)
    /// Bytes that cannot be what they should be, such as a sealed box shorter than its tag.
    public static let damagedInput = Self(code: .damagedInput)
    public static let outOfMemory = Self(code: .outOfMemory)
    /// Not nine words, a letter that no word has, or a checksum word that does not fit.
    public static let invalidRecoveryCode = Self(code: .invalidRecoveryCode)
    /// The cryptographic library does not work on this machine.
    public static let unavailable = Self(code: .unavailable)
    /// There is no terminal to ask on, or the passphrase is empty.
    public static let noPassphrase = Self(code: .noPassphrase)
    public static let passphraseTooLong = Self(code: .passphraseTooLong)
    /// The person broke off.
    public static let interrupted = Self(code: .interrupted)
}

/// A cryptographic operation did not succeed. The message never holds a byte of a secret.
public struct CryptoError: Error, Sendable, Hashable {
    public var code: CryptoErrorCode
    /// One sentence without a full stop, fit for the terminal.
    public var message: String

    public init(_ code: CryptoErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

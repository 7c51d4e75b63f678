// SPDX-License-Identifier: Apache-2.0

/// In which part of an age file a failure lies. A struct over a closed list, so it can grow.
public struct AgeErrorCode: Sendable, Hashable, CustomStringConvertible {
    enum Code: String, Sendable {
        case header, noMatch, hmac, payload, armor, tooMuchWork, badKey, crypto
    }
    let code: Code

    public var description: String { code.rawValue }

    /// The header is not one of age version 1, or a recipient's part of it is malformed.
    public static let header = Self(code: .header)
    /// The header is sound, but the file is for another key or passphrase.
    public static let noMatch = Self(code: .noMatch)
    /// The file key was found, but the header was changed.
    public static let hmac = Self(code: .hmac)
    /// The content was changed, cut, or has something behind it.
    public static let payload = Self(code: .payload)
    /// The text around the file (ASCII armor) is malformed.
    public static let armor = Self(code: .armor)
    /// The file asks for more key derivation than the reader was told to do.
    public static let tooMuchWork = Self(code: .tooMuchWork)
    /// A text is not a recipient (`age1…`) or an identity (`AGE-SECRET-KEY-1…`).
    public static let badKey = Self(code: .badKey)
    /// The machine has no memory for it, or cannot lock it.
    public static let crypto = Self(code: .crypto)
}

/// An age file could not be read or written. The message holds no byte of it.
public struct AgeError: Error, Sendable, Hashable {
    public var code: AgeErrorCode
    /// One sentence without a full stop, fit for the terminal.
    public var message: String

    public init(_ code: AgeErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: CryptoError) { self.init(.crypto, error.message) }
}

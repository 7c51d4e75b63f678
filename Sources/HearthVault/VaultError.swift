// SPDX-License-Identifier: Apache-2.0

/// What went wrong in the vault.
public struct VaultErrorCode: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
        case noVault, vaultExists, lockedByAnotherProcess, wrongPassphrase, damaged, rolledBack
        case diskFull, readOnly, unsupportedVersion, limitExceeded, io, unknownPerson, noConsent
    }
    private let kind: Kind

    /// There is no vault in the folder.
    public static let noVault = VaultErrorCode(kind: .noVault)
    /// There already is a vault in the folder.
    public static let vaultExists = VaultErrorCode(kind: .vaultExists)
    /// Another process has the vault open.
    public static let lockedByAnotherProcess = VaultErrorCode(kind: .lockedByAnotherProcess)
    /// No key slot opens with the secret given.
    public static let wrongPassphrase = VaultErrorCode(kind: .wrongPassphrase)
    /// Stored bytes are not what was written.
    public static let damaged = VaultErrorCode(kind: .damaged)
    /// The store is older than the newest state seen.
    public static let rolledBack = VaultErrorCode(kind: .rolledBack)
    /// The file system has no room.
    public static let diskFull = VaultErrorCode(kind: .diskFull)
    /// The folder or file system does not let us write.
    public static let readOnly = VaultErrorCode(kind: .readOnly)
    /// The store was written by a newer version.
    public static let unsupportedVersion = VaultErrorCode(kind: .unsupportedVersion)
    /// A limit was passed; the message names it.
    public static let limitExceeded = VaultErrorCode(kind: .limitExceeded)
    /// The system refused a read, a write or a sync.
    public static let io = VaultErrorCode(kind: .io)
    /// The vault holds no such person.
    public static let unknownPerson = VaultErrorCode(kind: .unknownPerson)

    /// Consent is missing, or processing is restricted.
    public static let noConsent = VaultErrorCode(kind: .noConsent)

    public var description: String { kind.rawValue }
}

/// A failure of the vault. The message never holds a sample value, a name or a key.
public struct VaultError: Error, Sendable, CustomStringConvertible {
    public var code: VaultErrorCode
    public var message: String
    public var cause: (any Error & Sendable)?

    public init(
        _ code: VaultErrorCode, _ message: String, cause: (any Error & Sendable)? = nil
    ) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { "\(code): \(message)" }

    static func damaged(_ message: String) -> VaultError { VaultError(.damaged, message) }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthCrypto

/// What a person offers to open a vault; a key slot opens with those parts that it asks for.
public struct Credential: Sendable {
    public var passphrase: HeldSecret?
    /// The 16 bytes behind the words.
    public var recoveryCode: HeldSecret?
    /// The 32 bytes of a key file.
    public var keyFile: HeldSecret?
    /// The master key itself, kept for a while by the system.
    var sessionKey: HeldSecret?
    /// Keys derived before, for the fault laboratory alone.
    var derived: DerivedKeys?

    /// Bytes of a key file.
    public static let keyFileBytes = 32

    public init(
        passphrase: HeldSecret? = nil, recoveryCode: HeldSecret? = nil, keyFile: HeldSecret? = nil
    ) {
        self.passphrase = passphrase
        self.recoveryCode = recoveryCode
        self.keyFile = keyFile
    }

    /// A credential of one part; typed recovery words are taken as well as the bytes behind them.
    ///
    /// - Throws: `wrongPassphrase` for words that are no recovery code, `limitExceeded`.
    public init(_ secret: borrowing SecretBytes, as factor: KeyFactor) throws(VaultError) {
        self.init()
        do {
            switch factor {
            case .passphrase, .passphraseAndKeyFile: passphrase = try HeldSecret(copying: secret)
            case .keyFile: keyFile = try HeldSecret(copying: secret)
            case .recoveryCode:
                if secret.count == RecoverySecret.bytes {
                    recoveryCode = try HeldSecret(copying: secret)
                } else {
                    recoveryCode = HeldSecret(try RecoverySecret.parse(secret))
                }
            }
        } catch let error as VaultError { throw error } catch let error as CryptoError {
            throw VaultError(crypto: error)
        } catch { throw VaultError(.io, "a secret could not be taken") }
    }

    /// Whether it has the parts that a slot of this factor asks for.
    func suffices(for factor: KeyFactor) -> Bool {
        switch factor {
        case .passphrase: passphrase != nil
        case .recoveryCode: recoveryCode != nil
        case .keyFile: keyFile != nil
        case .passphraseAndKeyFile: passphrase != nil && keyFile != nil
        }
    }

    /// The factor of a new slot that asks for all of it; nil if it is empty.
    var factor: KeyFactor? {
        if recoveryCode != nil { return .recoveryCode }
        switch (passphrase, keyFile) {
        case (_?, _?): return .passphraseAndKeyFile
        case (_?, nil): return .passphrase
        case (nil, _?): return .keyFile
        case (nil, nil): return nil
        }
    }
}

/// What opens a key slot. The numbers are bits of the format: passphrase 1, recovery code 2, key
/// file 4.
public enum KeyFactor: UInt32, Sendable, CaseIterable {
    case passphrase = 1
    case recoveryCode = 2
    case keyFile = 4
    case passphraseAndKeyFile = 5

    /// Whether a passphrase is among what it asks for, so that its slow derivation matters.
    public var hasPassphrase: Bool { self == .passphrase || self == .passphraseAndKeyFile }
    public var hasKeyFile: Bool { self == .keyFile || self == .passphraseAndKeyFile }
}

/// What is known about a key slot without opening it.
public struct KeySlotInfo: Sendable, Hashable {
    public var index: Int
    public var factor: KeyFactor
    /// Zero where nothing slow is done: a key file alone.
    public var opsLimit: UInt64
    public var memLimit: UInt64
    /// The person chose less work than the standard; it is not raised by itself.
    public var keepsWork: Bool
}

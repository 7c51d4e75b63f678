// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// One of the eight sectors that each hold the master key, wrapped under one secret.
struct KeySlot {
    private static let clearBytes = 44
    private static let usedBytes = 148
    /// How the secret becomes a key.
    private enum Derivation {
        static let argon2id: UInt32 = 1
        /// A key file has 256 random bits: nothing slow is needed.
        static let keyedHash: UInt32 = 2
    }
    /// Bit of the factor field: less work than the standard was chosen and is kept.
    private static let keepsWorkBit: UInt32 = 1 << 31

    let index: Int
    let factor: KeyFactor
    let parameters: KDFParameters
    let keepsWork: Bool
    private let clear: [UInt8]
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let wrapped: [UInt8]
    private let commitment: [UInt8]

    static func offset(_ index: Int) -> Int { KeyLayout.sector * (1 + index) }

    var info: KeySlotInfo {
        KeySlotInfo(
            index: index, factor: factor, opsLimit: parameters.opsLimit,
            memLimit: parameters.memLimit, keepsWork: keepsWork)
    }

    /// Whether a guess of the passphrase costs less than is standard now, and nobody wished it so.
    var isOutdated: Bool {
        factor.hasPassphrase && !keepsWork && Self.isBelowStandard(parameters)
    }

    /// Whether trying a secret costs the work of a key derivation.
    var isSlow: Bool { factor != .keyFile }

    static func isBelowStandard(_ parameters: KDFParameters) -> Bool {
        parameters.opsLimit < KDFParameters.standard.opsLimit
            || parameters.memLimit < KDFParameters.standard.memLimit
    }

    /// The slot at `index`; nil if it is unused or asks for a derivation we refuse to do.
    init?(_ index: Int, in head: KeyHead) {
        let start = Self.offset(index)
        var reader = ByteReader(head.bytes, in: start..<(start + Self.usedBytes))
        do {
            let state = try reader.u32()
            let kdf = try reader.u32()
            parameters = KDFParameters(opsLimit: try reader.u64(), memLimit: try reader.u64())
            salt = try reader.raw(16)
            let mask = try reader.u32()
            nonce = try reader.raw(24)
            wrapped = try reader.raw(48)
            commitment = try reader.raw(32)
            keepsWork = mask & Self.keepsWorkBit != 0
            guard state == 1, let factor = KeyFactor(rawValue: mask & ~Self.keepsWorkBit),
                Self.isSound(kdf, factor, parameters, keepsWork)
            else { return nil }
            self.factor = factor
        } catch { return nil }
        self.index = index
        clear = Array(head.bytes[start..<(start + Self.clearBytes)])
    }

    /// Whether method, factor and work fit each other and the bounds; nothing is computed before.
    private static func isSound(
        _ kdf: UInt32, _ factor: KeyFactor, _ parameters: KDFParameters, _ keepsWork: Bool
    ) -> Bool {
        if factor == .keyFile {
            return kdf == Derivation.keyedHash && parameters.opsLimit == 0
                && parameters.memLimit == 0 && !keepsWork
        }
        return kdf == Derivation.argon2id && parameters.isAcceptable
            && (factor.hasPassphrase || !keepsWork)
    }

    /// The sector of a slot that wraps `master` under all parts of `credential`.
    ///
    /// Less work than the standard is taken as the person's wish and kept.
    static func sector(
        _ index: Int, wrapping master: borrowing SecretBytes, vaultID: [UInt8],
        _ credential: Credential, _ parameters: KDFParameters
    ) throws(VaultError) -> [UInt8] {
        guard let factor = credential.factor else {
            throw VaultError(.limitExceeded, "a key slot needs a secret")
        }
        if let keyFile = credential.keyFile, keyFile.bytes.count != Credential.keyFileBytes {
            throw VaultError(
                .limitExceeded, "a key file has \(Credential.keyFileBytes) bytes")
        }
        let isSlow = factor != .keyFile
        let keepsWork = factor.hasPassphrase && isBelowStandard(parameters)
        var writer = ByteWriter(capacity: KeyLayout.sector)
        let salt = SecureRandom.bytes(16)
        writer.u32(1)
        writer.u32(isSlow ? Derivation.argon2id : Derivation.keyedHash)
        writer.u64(isSlow ? parameters.opsLimit : 0)
        writer.u64(isSlow ? parameters.memLimit : 0)
        writer.raw(salt)
        writer.u32(factor.rawValue | (keepsWork ? keepsWorkBit : 0))
        let clear = writer.bytes
        do {
            let derived = try derive(factor, credential, salt, parameters)
            let key = try wrappingKey(derived, vaultID, index)
            let nonce = SealedBox.randomNonce()
            writer.raw(nonce)
            writer.raw(
                try SealedBox.sealSecret(
                    master, key: key, nonce: nonce, aad: aad(vaultID, index, clear)))
            writer.raw(commitment(key, vaultID, index, clear))
        } catch { throw VaultError(crypto: error) }
        writer.raw(SecureRandom.bytes(KeyLayout.sector - writer.count))
        return writer.bytes
    }

    /// The bytes of an unused slot.
    static func emptySector() -> [UInt8] {
        [0, 0, 0, 0] + SecureRandom.bytes(KeyLayout.sector - 4)
    }

    /// The master key, or nil if `credential` is not the one of this slot.
    func open(_ credential: Credential, vaultID: [UInt8]) throws(VaultError) -> DataKey? {
        guard credential.suffices(for: factor) else { return nil }
        do {
            let derived = try Self.derive(factor, credential, salt, parameters)
            let key = try Self.wrappingKey(derived, vaultID, index)
            let expected = Self.commitment(key, vaultID, index, clear)
            guard constantTimeEqual(expected, commitment) else { return nil }
            let master = try SealedBox.openSecret(
                wrapped.span, key: key, nonce: nonce, aad: Self.aad(vaultID, index, clear))
            return DataKey(id: DataKey.noID, key: master)
        } catch {
            if error.code == .openFailed { return nil }
            throw VaultError(crypto: error)
        }
    }

    // MARK: From secret to key

    private static func derive(
        _ factor: KeyFactor, _ credential: Credential, _ salt: [UInt8],
        _ parameters: KDFParameters
    ) throws(CryptoError) -> SecretBytes {
        switch factor {
        case .passphrase:
            return try slow(credential.passphrase, salt, parameters, credential.derived)
        case .recoveryCode:
            return try slow(credential.recoveryCode, salt, parameters)
        case .keyFile:
            return try fast(credential.keyFile, salt)
        case .passphraseAndKeyFile:
            let part = try fast(credential.keyFile, salt)
            let label = Array("hearth/both/v1".utf8)
            var message = try SecretBytes(count: label.count + part.count)
            message.withMutableBytes { message in
                for index in label.indices { message[index] = label[index] }
                part.withBytes { part in
                    for index in part.indices { message[label.count + index] = part[index] }
                }
            }
            let derived = try slow(credential.passphrase, salt, parameters, credential.derived)
            return try message.withBytes { message throws(CryptoError) in
                try BLAKE2b.secretHash(message, key: derived, length: 32)
            }
        }
    }

    private static func slow(
        _ secret: HeldSecret?, _ salt: [UInt8], _ parameters: KDFParameters,
        _ known: DerivedKeys? = nil
    ) throws(CryptoError) -> SecretBytes {
        guard let secret else { throw missing }
        if let known { return try known.key(from: secret.bytes, salt: salt, parameters) }
        return try Argon2id.deriveKey(from: secret.bytes, salt: salt, parameters)
    }

    private static func fast(
        _ secret: HeldSecret?, _ salt: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        guard let secret, secret.bytes.count == Credential.keyFileBytes else { throw missing }
        var writer = ByteWriter()
        writer.label("hearth/keyfile/v1")
        writer.raw(salt)
        return try BLAKE2b.secretHash(writer.bytes.span, key: secret.bytes, length: 32)
    }

    private static let missing = CryptoError(.openFailed, "a part of the secret is missing")

    private static func wrappingKey(
        _ derived: borrowing SecretBytes, _ vaultID: [UInt8], _ index: Int
    ) throws(CryptoError) -> SecretBytes {
        let message = bound("hearth/kek/v1", vaultID, index, [])
        return try BLAKE2b.secretHash(message.span, key: derived, length: 32)
    }

    private static func commitment(
        _ key: borrowing SecretBytes, _ vaultID: [UInt8], _ index: Int, _ clear: [UInt8]
    ) -> [UInt8] {
        BLAKE2b.hash(
            bound("hearth/commit/v1", vaultID, index, clear).span, key: key, length: 32)
    }

    private static func aad(_ vaultID: [UInt8], _ index: Int, _ clear: [UInt8]) -> [UInt8] {
        bound("hearth/ks/v1", vaultID, index, clear)
    }

    private static func bound(
        _ label: StaticString, _ vaultID: [UInt8], _ index: Int, _ clear: [UInt8]
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.label(label)
        writer.raw(vaultID)
        writer.u32(UInt32(index))
        writer.raw(clear)
        return writer.bytes
    }
}

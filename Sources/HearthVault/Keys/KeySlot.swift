// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// What opens a key slot.
public enum KeyFactor: UInt32, Sendable {
    case passphrase = 1
    case recoveryCode = 2
}

/// What is known about a key slot without opening it.
public struct KeySlotInfo: Sendable, Hashable {
    public var index: Int
    public var factor: KeyFactor
    public var opsLimit: UInt64
    public var memLimit: UInt64
}

/// One of the eight sectors that each hold the master key, wrapped under one secret.
struct KeySlot {
    private static let clearBytes = 44
    private static let usedBytes = 148
    private static let argon2id: UInt32 = 1

    let index: Int
    let factor: KeyFactor
    let parameters: KDFParameters
    private let clear: [UInt8]
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let wrapped: [UInt8]
    private let commitment: [UInt8]

    static func offset(_ index: Int) -> Int { KeyLayout.sector * (1 + index) }

    var info: KeySlotInfo {
        KeySlotInfo(
            index: index, factor: factor, opsLimit: parameters.opsLimit,
            memLimit: parameters.memLimit)
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
            guard state == 1, kdf == Self.argon2id, parameters.isAcceptable,
                let factor = KeyFactor(rawValue: mask)
            else { return nil }
            self.factor = factor
        } catch { return nil }
        self.index = index
        clear = Array(head.bytes[start..<(start + Self.clearBytes)])
    }

    /// The sector of a slot that wraps `master` under `secret`.
    static func sector(
        _ index: Int, wrapping master: borrowing SecretBytes, vaultID: [UInt8],
        secret: borrowing SecretBytes, factor: KeyFactor, _ parameters: KDFParameters
    ) throws(VaultError) -> [UInt8] {
        var writer = ByteWriter(capacity: KeyLayout.sector)
        let salt = SecureRandom.bytes(16)
        writer.u32(1)
        writer.u32(argon2id)
        writer.u64(parameters.opsLimit)
        writer.u64(parameters.memLimit)
        writer.raw(salt)
        writer.u32(factor.rawValue)
        let clear = writer.bytes
        do {
            let derived = try Argon2id.deriveKey(from: secret, salt: salt, parameters)
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

    /// The master key, or nil if `secret` is not the one of this slot.
    func open(
        _ secret: borrowing SecretBytes, vaultID: [UInt8], _ derived: DerivedKeys? = nil
    ) throws(VaultError) -> DataKey? {
        do {
            let key: SecretBytes
            if let derived {
                let known = try derived.key(from: secret, salt: salt, parameters)
                key = try Self.wrappingKey(known.key, vaultID, index)
            } else {
                let derived = try Argon2id.deriveKey(from: secret, salt: salt, parameters)
                key = try Self.wrappingKey(derived, vaultID, index)
            }
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

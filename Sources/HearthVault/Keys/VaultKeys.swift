// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The master key of an open vault and the keys that come from it.
///
/// Every subkey is `crypto_kdf(VMK, number, "hearthv1")`; the numbers are part of the format. Those
/// that give the vault its identity outlive the master key: after the first rotation they are kept
/// sealed in the key files (`docs/design/0008-key-rotation.md`).
final class VaultKeys: Sendable {
    enum Number {
        static let header: UInt64 = 1
        static let slot: UInt64 = 2
        static let index: UInt64 = 3
        static let hash: UInt64 = 4
        static let tombstone: UInt64 = 5
        static let audit: UInt64 = 6
        static let signing: UInt64 = 7
        static let inbox: UInt64 = 8
        static let device: UInt64 = 9
        static let fingerprint: UInt64 = 10
        static let anchor: UInt64 = 11
        static let receipt: UInt64 = 12
        static let identity: UInt64 = 13

        /// What outlives a rotation, in the order in which it is kept.
        static let lasting = [
            hash, tombstone, audit, signing, device, fingerprint, anchor, receipt,
        ]
    }
    static let context = "hearthv1"
    /// Bytes of the lasting keys together, and of them sealed with their nonce.
    static let lastingBytes = 32 * Number.lasting.count
    static let sealedLastingBytes = lastingBytes + Pack.overhead

    let vaultID: [UInt8]
    let master: SecretBytes
    let header: SecretBytes
    let slot: SecretBytes
    let index: SecretBytes
    /// Seals audit pages; their chain is hashed under ``audit``.
    let auditSeal: SecretBytes
    /// Secret half of the key that the inbox is sealed to.
    let inbox: SecretBytes
    let hash: SecretBytes
    let tombstone: SecretBytes
    let audit: SecretBytes
    let signing: SigningKey
    let device: SecretBytes
    let fingerprint: SecretBytes
    let anchor: SecretBytes
    let receipt: SecretBytes
    /// All lasting keys.
    private let lasting: SecretBytes

    /// - Parameter sealedLasting: the lasting keys as a rotation left them in the key file; without
    ///   it they come from the master key.
    /// - Throws: `damaged` if those do not open.
    init(
        vaultID: [UInt8], master: consuming SecretBytes, sealedLasting: [UInt8]? = nil
    ) throws(VaultError) {
        do {
            self.vaultID = vaultID
            header = try Self.derive(Number.header, master)
            slot = try Self.derive(Number.slot, master)
            index = try Self.derive(Number.index, master)
            auditSeal = try Self.derive(Number.audit, master)
            inbox = try Self.derive(Number.inbox, master)
            let all = try Self.lasting(sealedLasting, vaultID, master)
            hash = try Self.part(Number.hash, of: all)
            tombstone = try Self.part(Number.tombstone, of: all)
            audit = try Self.part(Number.audit, of: all)
            let seed = try Self.part(Number.signing, of: all)
            signing = try SigningKey(seed: seed)
            device = try Self.part(Number.device, of: all)
            fingerprint = try Self.part(Number.fingerprint, of: all)
            anchor = try Self.part(Number.anchor, of: all)
            receipt = try Self.part(Number.receipt, of: all)
            lasting = all
            self.master = master
        } catch {
            throw VaultError(crypto: error)
        }
    }

    /// The keys of a master key, if it is that of `head`; nil if it is not, or the head was changed.
    static func fitting(
        _ head: KeyHead, _ master: borrowing SecretBytes
    ) throws(VaultError) -> VaultKeys? {
        do {
            guard head.isAuthentic(try derive(Number.header, master)) else { return nil }
            let copy = try master.copy()
            do throws(VaultError) {
                return try VaultKeys(
                    vaultID: head.vaultID, master: copy, sealedLasting: head.sealedLasting)
            } catch {
                if error.code == .damaged { return nil }
                throw error
            }
        } catch let error as CryptoError { throw VaultError(crypto: error) } catch {
            throw (error as? VaultError) ?? VaultError(.io, "the keys could not be derived")
        }
    }

    /// Keys under a new master key that keep this vault's identity, and that identity sealed.
    func rotated() throws(VaultError) -> (keys: VaultKeys, sealedLasting: [UInt8]) {
        do {
            let master = try SecretBytes.random(32)
            let key = try Self.derive(Number.identity, master)
            let nonce = SealedBox.randomNonce()
            let sealed =
                try nonce
                + SealedBox.sealSecret(lasting, key: key, nonce: nonce, aad: Self.aad(vaultID))
            return (
                try VaultKeys(vaultID: vaultID, master: master, sealedLasting: sealed), sealed
            )
        } catch let error as CryptoError { throw VaultError(crypto: error) } catch {
            throw (error as? VaultError) ?? VaultError(.io, "no new keys could be made")
        }
    }

    /// The public key that arrivals are sealed to.
    func inboxPublicKey() throws(VaultError) -> [UInt8] {
        do { return try KeyAgreement.publicKey(of: inbox) } catch {
            throw VaultError(crypto: error)
        }
    }

    private static func derive(
        _ number: UInt64, _ master: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        try SubkeyDerivation.subkey(of: master, id: number, context: context)
    }

    private static func lasting(
        _ sealed: [UInt8]?, _ vaultID: [UInt8], _ master: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        if let sealed {
            let key = try derive(Number.identity, master)
            return try SealedBox.openSecret(
                sealed.span.extracting(droppingFirst: Pack.nonceBytes), key: key,
                nonce: Array(sealed.prefix(Pack.nonceBytes)), aad: aad(vaultID))
        }
        var all = try SecretBytes(count: lastingBytes)
        for (place, number) in Number.lasting.enumerated() {
            let key = try derive(number, master)
            key.withBytes { key in
                all.withMutableBytes { all in
                    for index in key.indices { all[32 * place + index] = key[index] }
                }
            }
        }
        return all
    }

    private static func part(
        _ number: UInt64, of all: borrowing SecretBytes
    ) throws(CryptoError) -> SecretBytes {
        let place = Number.lasting.firstIndex(of: number) ?? 0
        return try all.withBytes { all throws(CryptoError) in
            try SecretBytes(copying: all.extracting(32 * place..<32 * (place + 1)))
        }
    }

    private static func aad(_ vaultID: [UInt8]) -> [UInt8] {
        Array("hearth/identity/v1".utf8) + vaultID
    }

    /// The keyed hash of a pack's plaintext: 16 bytes.
    func packHash(_ plain: Span<UInt8>) -> [UInt8] {
        BLAKE2b.hash(plain, key: hash, length: 16)
    }

    /// The keyed hash of the top of the index or of a root: 32 bytes.
    func treeHash(_ bytes: [UInt8]) -> [UInt8] {
        BLAKE2b.hash(bytes.span, key: hash, length: 32)
    }
}

extension VaultError {
    /// A failure of the cryptography as a failure of the vault.
    init(crypto error: CryptoError) {
        let code: VaultErrorCode =
            error.code == .openFailed || error.code == .damagedInput ? .damaged : .limitExceeded
        self.init(code, error.message, cause: error)
    }
}

/// An unwrapped data key and its public number.
final class DataKey: Sendable {
    let id: [UInt8]
    let key: SecretBytes

    init(id: [UInt8], key: consuming SecretBytes) {
        self.id = id
        self.key = key
    }

    /// Sixteen zero bytes: what is sealed under the vault's own index key has no data key.
    static let noID = [UInt8](repeating: 0, count: 16)
}

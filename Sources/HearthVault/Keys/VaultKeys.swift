// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The master key of an open vault and the keys derived from it.
///
/// Every subkey is `crypto_kdf(VMK, number, "hearthv1")`; the numbers are part of the format.
final class VaultKeys: Sendable {
    enum Number {
        static let header: UInt64 = 1
        static let slot: UInt64 = 2
        static let index: UInt64 = 3
        static let hash: UInt64 = 4
        static let tombstone: UInt64 = 5
        static let audit: UInt64 = 6
        static let signing: UInt64 = 7
        static let device: UInt64 = 9
        static let fingerprint: UInt64 = 10
        static let anchor: UInt64 = 11
        static let receipt: UInt64 = 12
    }
    static let context = "hearthv1"

    let vaultID: [UInt8]
    let master: SecretBytes
    let header: SecretBytes
    let slot: SecretBytes
    let index: SecretBytes
    let hash: SecretBytes
    let tombstone: SecretBytes
    let audit: SecretBytes
    let signing: SigningKey
    let device: SecretBytes
    let fingerprint: SecretBytes
    let anchor: SecretBytes
    let receipt: SecretBytes

    init(vaultID: [UInt8], master: consuming SecretBytes) throws(VaultError) {
        func derive(_ number: UInt64, _ master: borrowing SecretBytes) throws(CryptoError)
            -> SecretBytes
        {
            try SubkeyDerivation.subkey(of: master, id: number, context: Self.context)
        }
        do {
            self.vaultID = vaultID
            header = try derive(Number.header, master)
            slot = try derive(Number.slot, master)
            index = try derive(Number.index, master)
            hash = try derive(Number.hash, master)
            tombstone = try derive(Number.tombstone, master)
            audit = try derive(Number.audit, master)
            let seed = try derive(Number.signing, master)
            signing = try SigningKey(seed: seed)
            device = try derive(Number.device, master)
            fingerprint = try derive(Number.fingerprint, master)
            anchor = try derive(Number.anchor, master)
            receipt = try derive(Number.receipt, master)
            self.master = master
        } catch {
            throw VaultError(crypto: error)
        }
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

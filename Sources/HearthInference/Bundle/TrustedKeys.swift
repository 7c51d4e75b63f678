// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// A public key whose signature on a model is believed.
public struct TrustedKey: Sendable, Hashable {
    /// The first 16 hexadecimal digits of the SHA-256 of the key: a name, not a proof.
    public let id: String
    /// The Ed25519 key, 32 bytes.
    public let publicKey: [UInt8]

    /// - Precondition: 32 bytes.
    public init(publicKey: [UInt8]) {
        precondition(publicKey.count == 32, "an Ed25519 public key has 32 bytes")
        self.publicKey = publicKey
        let digest = SHA256Hasher()
        digest.update(publicKey.span)
        id = String(Hexadecimal.text(digest.finish()).prefix(16))
    }

    /// A key written as 64 lower-case hexadecimal digits, as `Training/sign_bundle.py` prints it.
    ///
    /// - Precondition: 64 such digits.
    init(hexadecimal: String) {
        self.init(publicKey: Hexadecimal.bytes(Array(hexadecimal.utf8)) ?? [])
    }
}

/// The keys that may sign models, and how many of them must.
public struct TrustedKeys: Sendable {
    public let keys: [TrustedKey]
    /// How many different keys of the list must have signed.
    public let threshold: Int

    /// - Precondition: a threshold of at least one, and no key twice.
    public init(_ keys: [TrustedKey], threshold: Int = 1) {
        precondition(threshold >= 1, "a model without a signature is never believed")
        precondition(Set(keys).count == keys.count, "a key counts once")
        self.keys = keys
        self.threshold = threshold
    }

    func key(named id: String) -> TrustedKey? { keys.first { $0.id == id } }

    /// The keys this program believes.
    ///
    /// To replace one, ship the new key beside the old, sign with both for a time, then drop the old.
    public static let shipped = TrustedKeys([
        TrustedKey(hexadecimal: "f6bcbcb8aacf53e3b70f464f3da115524871f0bf012c25b352516b40f4a4dae5")
    ])
}

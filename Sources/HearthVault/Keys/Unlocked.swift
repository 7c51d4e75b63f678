// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// What a credential opens of the copies of a key file: the keys and the newest sound head.
struct Unlocked {
    let keys: VaultKeys
    let head: KeyHead
    /// The key slot that opened; nil if the master key itself was given.
    let slot: KeySlot?

    /// Tries every fitting key slot of every copy, those that cost no work first.
    ///
    /// - Throws: `wrongPassphrase` if none opens, whatever the reason; `damaged` if one does and no
    ///   head is sound; `unsupportedVersion`.
    init(_ contents: [[UInt8]], _ credential: Credential) throws(VaultError) {
        var parsed: [KeyHead] = []
        var problem: VaultError?
        for content in contents {
            do {
                parsed.append(try KeyHead(Array(content.prefix(KeyLayout.headBytes))))
            } catch { problem = problem ?? error }
        }
        guard !parsed.isEmpty else { throw problem ?? .damaged("there is no key file") }
        if let session = credential.sessionKey {
            guard let best = try Self.best(parsed, parsed[0].vaultID, session.bytes) else {
                throw Self.wrong
            }
            (keys, head, slot) = (best.keys, best.head, nil)
            return
        }
        let (master, opened, vaultID) = try Self.master(of: parsed, credential)
        guard let best = try Self.best(parsed, vaultID, master.key) else {
            throw .damaged("the heads of both key files were changed")
        }
        (keys, head, slot) = (best.keys, best.head, opened)
    }

    private static let wrong = VaultError(
        .wrongPassphrase, "no key slot opens with this secret")

    private static func master(
        of heads: [KeyHead], _ credential: Credential
    ) throws(VaultError) -> (DataKey, KeySlot, [UInt8]) {
        var tried: [[UInt8]] = []
        for head in heads where !tried.contains(head.bytes) {
            tried.append(head.bytes)
            let slots = (0..<KeyLayout.keySlots).compactMap { KeySlot($0, in: head) }
            let ordered = slots.filter { !$0.isSlow } + slots.filter(\.isSlow)
            for slot in ordered where credential.suffices(for: slot.factor) {
                if let master = try slot.open(credential, vaultID: head.vaultID) {
                    return (master, slot, head.vaultID)
                }
            }
        }
        throw wrong
    }

    /// The newest of the heads that a master key says are sound.
    private static func best(
        _ heads: [KeyHead], _ vaultID: [UInt8], _ master: borrowing SecretBytes
    ) throws(VaultError) -> (keys: VaultKeys, head: KeyHead)? {
        var found: (keys: VaultKeys, head: KeyHead)?
        for head in heads where head.vaultID == vaultID {
            if let known = found, known.head.epoch >= head.epoch { continue }
            if let keys = try VaultKeys.fitting(head, master) { found = (keys, head) }
        }
        return found
    }
}

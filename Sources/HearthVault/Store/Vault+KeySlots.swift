// SPDX-License-Identifier: Apache-2.0
public import HearthCrypto

extension Vault {
    /// What is known about the used key slots.
    public var keySlots: [KeySlotInfo] { keyFile.keySlots }

    /// The used key slots as the key files say without a secret, and so unproven: what to ask for.
    public static func keySlots(at location: VaultLocation) throws(VaultError) -> [KeySlotInfo] {
        guard let head = try KeyFile.heads(in: location.store).max(by: { $0.epoch < $1.epoch })
        else { return [] }
        return (0..<KeyLayout.keySlots).compactMap { KeySlot($0, in: head)?.info }
    }

    /// The vault's random number in hexadecimal digits, as its key files say without a secret.
    public static func identifier(at location: VaultLocation) throws(VaultError) -> String? {
        try KeyFile.heads(in: location.store).first.map { hex($0.vaultID) }
    }

    /// Number of the key slot that this vault was opened with; nil if the system kept the key.
    public var openedSlot: Int? { keyFile.openedSlot }

    /// Replaces the passphrase of a slot: it is rewritten in place, nothing else.
    ///
    /// - Parameters:
    ///   - slot: the slot; if nil the one that was opened, or the first with a passphrase.
    ///   - keyFile: what the slot asks for beside the passphrase, if it does.
    /// - Throws: `refused` if that slot has no passphrase, or asks for a key file that is not given;
    ///   `limitExceeded` for weak parameters or no memory, `diskFull`, `readOnly`, `io`.
    public func changePassphrase(
        to passphrase: borrowing SecretBytes, kdf: KDFParameters = .standard, slot: Int? = nil,
        keyFile: HeldSecret? = nil
    ) throws(VaultError) {
        var credential = try Credential(passphrase, as: .passphrase)
        let slots = keySlots
        let opened = slots.first { $0.index == openedSlot && $0.factor.hasPassphrase }
        guard let slot else {
            guard let known = opened ?? slots.first(where: { $0.factor.hasPassphrase }) else {
                _ = try addKeySlot(credential, kdf: kdf)
                return
            }
            return try changePassphrase(
                to: passphrase, kdf: kdf, slot: known.index, keyFile: keyFile)
        }
        guard let known = slots.first(where: { $0.index == slot }), known.factor.hasPassphrase
        else { throw VaultError(.refused, "key slot \(slot) has no passphrase") }
        if known.factor.hasKeyFile {
            guard let keyFile else {
                throw VaultError(
                    .refused, "key slot \(slot) asks for a key file too; name it as well")
            }
            credential.keyFile = keyFile
        }
        try write(credential, kdf, to: slot)
    }

    /// Makes one more way to open the vault, with all parts of `credential` together.
    ///
    /// - Returns: the number of the slot.
    /// - Throws: `limitExceeded` if all eight slots are used, the parameters are weak or there is no
    ///   memory for them; `diskFull`, `readOnly`, `io`.
    public func addKeySlot(
        _ credential: Credential, kdf: KDFParameters = .standard
    ) throws(VaultError) -> Int {
        let used = Set(keySlots.map(\.index))
        guard let free = (0..<KeyLayout.keySlots).first(where: { !used.contains($0) }) else {
            throw VaultError(.limitExceeded, "all eight key slots are in use; remove one first")
        }
        try write(credential, kdf, to: free)
        return free
    }

    /// Overwrites a key slot in both key files, in place.
    ///
    /// - Throws: `refused` if the slot is not in use or is the last one; `diskFull`, `readOnly`, `io`.
    public func removeKeySlot(_ index: Int) throws(VaultError) {
        let slots = keySlots
        guard slots.contains(where: { $0.index == index }) else {
            throw VaultError(.refused, "key slot \(index) is not in use")
        }
        guard slots.count > 1 else {
            throw VaultError(.refused, "this is the last way to open the vault; add another first")
        }
        try keyFile.setKeySlot(index, KeySlot.emptySector())
        try commit(Change(state))
    }

    /// Makes a recovery code that opens the vault too; an earlier one stops working unless it is to be
    /// kept.
    ///
    /// Show the code once and have it written down; the vault keeps no copy.
    public func addRecoveryCode(keepingEarlier: Bool = false) throws(VaultError) -> RecoveryCode {
        let code: RecoveryCode
        do { code = try RecoveryCode.generate() } catch { throw VaultError(crypto: error) }
        let credential = try Credential(code.secret, as: .recoveryCode)
        // 128 random bits need no slow derivation; the least that is accepted will do.
        let earlier = keySlots.first { $0.factor == .recoveryCode }?.index
        if let earlier, !keepingEarlier {
            try write(credential, .minimum, to: earlier)
        } else {
            _ = try addKeySlot(credential, kdf: .minimum)
        }
        return code
    }

    private func write(
        _ credential: Credential, _ work: KDFParameters, to index: Int
    ) throws(VaultError) {
        let sector = try KeySlot.sector(
            index, wrapping: keys.master, vaultID: keys.vaultID, credential, work)
        try keyFile.setKeySlot(index, sector)
        // The new root names the new writing of the key files, so the old files are refused.
        try commit(Change(state))
    }
}

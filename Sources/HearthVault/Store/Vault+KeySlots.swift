// SPDX-License-Identifier: Apache-2.0
public import HearthCrypto

extension Vault {
    /// What is known about the used key slots.
    public var keySlots: [KeySlotInfo] { keyFile.keySlots }

    /// Replaces the passphrase: one key slot is rewritten in place, nothing else.
    ///
    /// - Throws: `limitExceeded` for weak parameters or no memory, `diskFull`, `readOnly`, `io`.
    public func changePassphrase(
        to passphrase: borrowing SecretBytes, kdf: KDFParameters = .standard
    ) throws(VaultError) {
        try setSlot(.passphrase, passphrase, kdf)
    }

    /// Makes a recovery code that opens the vault too; an earlier one stops working.
    ///
    /// Show the code once and have it written down; the vault keeps no copy.
    public func addRecoveryCode() throws(VaultError) -> RecoveryCode {
        let code: RecoveryCode
        do { code = try RecoveryCode.generate() } catch { throw VaultError(crypto: error) }
        // 128 random bits need no slow derivation; the least that is accepted will do.
        try setSlot(.recoveryCode, code.secret, .minimum)
        return code
    }

    private func setSlot(
        _ factor: KeyFactor, _ secret: borrowing SecretBytes, _ parameters: KDFParameters
    ) throws(VaultError) {
        let used = keyFile.keySlots
        let free = (0..<KeyLayout.keySlots).first { slot in !used.contains { $0.index == slot } }
        guard let index = used.first(where: { $0.factor == factor })?.index ?? free else {
            throw VaultError(.limitExceeded, "all eight key slots are in use")
        }
        let sector = try KeySlot.sector(
            index, wrapping: keys.master, vaultID: keys.vaultID, secret: secret, factor: factor,
            parameters)
        try keyFile.setKeySlot(index, sector)
        // The new root names the new writing of the key files, so the old files are refused.
        try commit(Change(state))
    }
}

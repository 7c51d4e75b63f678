// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// What a recovery code stands for.
enum RecoverySecret {
    static let bytes = 16

    /// The secret behind typed words; words that are not a recovery code are a wrong secret.
    static func parse(_ text: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        do { return try RecoveryCode.parse(text) } catch {
            throw VaultError(.wrongPassphrase, error.message, cause: error)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Many keys from one: libsodium's `crypto_kdf` (BLAKE2b with the number as salt and the context as
/// personalisation).
public enum SubkeyDerivation {
    /// The key with number `id` for `context`, of `length` (16 to 64) bytes. No subkey tells
    /// anything about the master key, which has 32 bytes, or about another subkey.
    ///
    /// - Throws: `damagedInput` for a master key of another length, `cannotLockMemory`.
    public static func subkey(
        of master: borrowing SecretBytes, id: UInt64, context: String, length: Int = 32
    ) throws(CryptoError) -> SecretBytes {
        let name = context.utf8.map { CChar(truncatingIfNeeded: $0) }
        precondition(
            name.count == Int(crypto_kdf_CONTEXTBYTES) && name.allSatisfy { $0 > 0 },
            "a subkey context has 8 ASCII characters")
        precondition((16...64).contains(length), "a subkey has 16 to 64 bytes")
        guard master.count == Int(crypto_kdf_KEYBYTES) else {
            throw CryptoError(
                .damagedInput, "a master key has \(master.count) bytes; 32 are needed")
        }
        var subkey = try SecretBytes(count: length)
        unsafe subkey.withMutablePointer { output in
            unsafe master.withPointer { key in
                _ = unsafe crypto_kdf_derive_from_key(output, length, id, name, key)
            }
        }
        return subkey
    }
}

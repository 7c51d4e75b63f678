// SPDX-License-Identifier: Apache-2.0

import CSodium

/// How much work one guess of a passphrase costs, for Argon2id with one lane.
///
/// Source: biryukov2021argon2 (RFC 9106).
public struct KDFParameters: Sendable, Codable, Hashable {
    /// Passes over the memory.
    public var opsLimit: UInt64
    /// Memory in bytes.
    public var memLimit: UInt64

    public init(opsLimit: UInt64, memLimit: UInt64) {
        self.opsLimit = opsLimit
        self.memLimit = memLimit
    }

    /// About 0.6 s: three passes over 256 MiB.
    public static let standard = Self(opsLimit: 3, memLimit: 256 << 20)
    /// The least that is accepted, about 0.1 s: three passes over 64 MiB.
    public static let minimum = Self(opsLimit: 3, memLimit: 64 << 20)
    /// About 4 s: four passes over 1 GiB.
    public static let strong = Self(opsLimit: 4, memLimit: 1 << 30)

    static let largestOpsLimit: UInt64 = 16
    static let largestMemLimit: UInt64 = 2 << 30

    /// Whether the work is enough to protect and not more than a file may demand of its reader.
    public var isAcceptable: Bool {
        (Self.minimum.opsLimit...Self.largestOpsLimit).contains(opsLimit)
            && (Self.minimum.memLimit...Self.largestMemLimit).contains(memLimit)
    }
}

/// Key from passphrase.
///
/// The working memory of up to 2 GiB is not locked, the limit for locked memory being far smaller;
/// the result and the passphrase are.
public enum Argon2id {
    public static let saltBytes = Int(crypto_pwhash_argon2id_SALTBYTES)
    public static let keyBytes = 32

    /// A key of 32 bytes; the same passphrase, salt (16 bytes) and parameters give the same key.
    ///
    /// - Throws: `kdfParametersRefused` before any work, `damagedInput` for a salt of another
    ///   length, `outOfMemory`, `cannotLockMemory`.
    public static func deriveKey(
        from passphrase: borrowing SecretBytes, salt: [UInt8], _ parameters: KDFParameters
    ) throws(CryptoError) -> SecretBytes {
        guard parameters.isAcceptable else {
            throw CryptoError(
                .kdfParametersRefused,
                "key derivation asks for \(parameters.opsLimit) passes over "
                    + "\(parameters.memLimit) bytes; 3 to 16 passes over 64 MiB to 2 GiB are allowed"
            )
        }
        guard salt.count == saltBytes else {
            throw CryptoError(
                .damagedInput, "the salt has \(salt.count) bytes; \(saltBytes) are needed")
        }
        var key = try SecretBytes(count: keyBytes)
        let length = UInt64(passphrase.count)
        let result = unsafe key.withMutablePointer { output in
            unsafe passphrase.withPointer { input in
                let characters = unsafe UnsafeRawPointer(input).assumingMemoryBound(to: CChar.self)
                return unsafe crypto_pwhash(
                    output, UInt64(keyBytes), characters, length, salt, parameters.opsLimit,
                    Int(parameters.memLimit), crypto_pwhash_ALG_ARGON2ID13)
            }
        }
        guard result == 0 else {
            throw CryptoError(
                .outOfMemory,
                "key derivation needs \(parameters.memLimit >> 20) MiB of memory at once")
        }
        return key
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The form of a file in the inbox: sealed in chunks to the vault's public key.
enum SealedArrival {
    static let magic: [UInt8] = Array("HEARTHI1".utf8)
    static let headerBytes = 56
    static let chunkBytes = 65_536
    static let sealedChunkBytes = chunkBytes + SealedBox.tagBytes
    /// Larger files are ingested directly: an arrival is opened in memory.
    static let largestContent = 1 << 30
    static let longestName = 255
    static let longestLabel = 200

    /// Chunks that `count` chunks are filled up to, so that a size says little: a power of two below
    /// 8, from then on 8 to 15 times a power of two.
    static func paddedChunks(_ count: Int) -> Int {
        var unit = 1
        while count > 15 * unit { unit *= 2 }
        if count >= 8 { return (count + unit - 1) / unit * unit }
        var power = 1
        while power < count { power *= 2 }
        return power
    }

    /// The key of one file, from what both sides have in common.
    static func key(
        _ secret: borrowing SecretBytes, with other: [UInt8], vaultID: [UInt8],
        ephemeral: [UInt8], recipient: [UInt8]
    ) throws(CryptoError) -> SecretBytes {
        let shared = try KeyAgreement.shared(secret, with: other)
        var writer = ByteWriter()
        writer.label("hearth/inbox/v1")
        writer.raw(vaultID)
        writer.raw(ephemeral)
        writer.raw(recipient)
        return try BLAKE2b.secretHash(writer.bytes.span, key: shared, length: 32)
    }

    /// The number of the chunk and whether it is the last: never used twice with one key.
    static func nonce(_ number: Int, isLast: Bool) -> [UInt8] {
        var writer = ByteWriter(capacity: SealedBox.nonceBytes)
        writer.u64(UInt64(number))
        writer.u8(isLast ? 1 : 0)
        writer.zeros(SealedBox.nonceBytes - writer.count)
        return writer.bytes
    }

    static func aad(_ vaultID: [UInt8]) -> [UInt8] { Array("hearth/in/v1".utf8) + vaultID }

    /// What comes before the content.
    static func preamble(name: String, person: String, size: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.text(name)
        writer.text(person)
        writer.u64(UInt64(size))
        return writer.bytes
    }
}

/// What is known of an arrival once it is opened.
public struct ArrivalHeader: Sendable, Hashable {
    /// The file's own name, without folders, as its sender gave it.
    public var name: String
    /// Whose data; empty if the sender did not say.
    public var person: String
    /// Bytes of the content.
    public var size: Int
}

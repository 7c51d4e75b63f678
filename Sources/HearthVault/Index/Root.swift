// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The root of one generation: what authenticates everything else.
struct Root: Equatable {
    var generation: UInt64
    var previous: [UInt8]
    var tree: [UInt8]
    var packCount: UInt64
    var auditHead: [UInt8]
    var keyEpoch: UInt64
    var time: Int64
    var top: [PackRef]

    static let plainBytes = PackDatabase.rootBytes - Pack.overhead
    private static let fixedBytes = 8 + 32 + 32 + 8 + 32 + 8 + 8 + 4
    /// Packs of the top document that fit: 392 KB, some 90,000 keys waiting to be destroyed.
    static let maximumTop = (plainBytes - fixedBytes) / PackRef.bytes

    /// The table row of this generation; the rows are written in turn.
    var row: Int { Int(generation & 1) }

    /// The plaintext, with its zero fill.
    func encoded() throws(VaultError) -> [UInt8] {
        guard top.count <= Self.maximumTop else {
            throw VaultError(
                .limitExceeded,
                "the top of the index needs \(top.count) packs; "
                    + "\(Self.maximumTop) fit")
        }
        var writer = ByteWriter(capacity: Self.plainBytes)
        writer.u64(generation)
        writer.raw(previous)
        writer.raw(tree)
        writer.u64(packCount)
        writer.raw(auditHead)
        writer.u64(keyEpoch)
        writer.i64(time)
        PackRef.write(top, to: &writer)
        writer.zeros(Self.plainBytes - writer.count)
        return writer.bytes
    }

    init(
        generation: UInt64, previous: [UInt8], tree: [UInt8], packCount: UInt64,
        auditHead: [UInt8], keyEpoch: UInt64, time: Int64, top: [PackRef]
    ) {
        self.generation = generation
        self.previous = previous
        self.tree = tree
        self.packCount = packCount
        self.auditHead = auditHead
        self.keyEpoch = keyEpoch
        self.time = time
        self.top = top
    }

    init(plain: [UInt8]) throws(VaultError) {
        var reader = ByteReader(plain)
        generation = try reader.u64()
        previous = try reader.raw(32)
        tree = try reader.raw(32)
        packCount = try reader.u64()
        auditHead = try reader.raw(32)
        keyEpoch = try reader.u64()
        time = try reader.i64()
        top = try PackRef.readList(from: &reader)
    }

    /// The sealed row.
    func sealed(_ keys: VaultKeys) throws(VaultError) -> (row: [UInt8], hash: [UInt8]) {
        let plain = try encoded()
        let nonce = SealedBox.randomNonce()
        do {
            let box = try SealedBox.seal(
                plain.span, key: keys.index, nonce: nonce, aad: Self.aad(row, keys))
            return (nonce + box, keys.treeHash(plain))
        } catch { throw VaultError(crypto: error) }
    }

    /// Opens a row; nil if it does not open.
    static func open(
        _ sealed: [UInt8]?, row: Int, _ keys: VaultKeys
    ) -> (root: Root, hash: [UInt8])? {
        guard let sealed, sealed.count == PackDatabase.rootBytes else { return nil }
        do {
            let plain = try SealedBox.open(
                sealed.span.extracting(droppingFirst: Pack.nonceBytes), key: keys.index,
                nonce: Array(sealed[..<Pack.nonceBytes]), aad: aad(row, keys))
            let root = try Root(plain: plain)
            guard root.row == row else { return nil }
            return (root, keys.treeHash(plain))
        } catch { return nil }
    }

    private static func aad(_ row: Int, _ keys: VaultKeys) -> [UInt8] {
        var writer = ByteWriter()
        writer.label("hearth/root/v1")
        writer.raw(keys.vaultID)
        writer.u8(UInt8(row))
        return writer.bytes
    }
}

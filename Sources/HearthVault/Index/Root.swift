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
    /// The top a second time; empty if both do not fit, or in a store from before there was one.
    var topCopy: [PackRef] = []
    /// The pack that repeats this root; 0 in a store from before there was one.
    var spare: UInt64 = 0

    static let plainBytes = PackDatabase.rootBytes - Pack.overhead
    private static let fixedBytes = 8 + 32 + 32 + 8 + 32 + 8 + 8 + 4 + 4 + 8
    /// Packs of the top document, copies included, that fit a root and the page that repeats it:
    /// 484 KB, some 100,000 keys waiting to be destroyed.
    static let maximumTop = (Document.pieceBytes - fixedBytes) / PackRef.bytes

    /// The table row of this generation; the rows are written in turn.
    var row: Int { Int(generation & 1) }

    /// The plaintext, with its zero fill.
    func encoded() throws(VaultError) -> [UInt8] {
        guard top.count + topCopy.count <= Self.maximumTop else {
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
        PackRef.write(topCopy, to: &writer)
        writer.u64(spare)
        writer.zeros(Self.plainBytes - writer.count)
        return writer.bytes
    }

    init(
        generation: UInt64, previous: [UInt8], tree: [UInt8], packCount: UInt64,
        auditHead: [UInt8], keyEpoch: UInt64, time: Int64, top: [PackRef],
        topCopy: [PackRef] = [], spare: UInt64 = 0
    ) {
        self.generation = generation
        self.previous = previous
        self.tree = tree
        self.packCount = packCount
        self.auditHead = auditHead
        self.keyEpoch = keyEpoch
        self.time = time
        self.top = top
        self.topCopy = topCopy
        self.spare = spare
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
        // Zeros in a store from before there were copies.
        topCopy = try PackRef.readList(from: &reader)
        spare = try reader.u64()
    }

    /// The page that repeats the root: its bytes without the zero fill.
    func spared() throws(VaultError) -> PackPlain {
        let used = Self.fixedBytes + (top.count + topCopy.count) * PackRef.bytes
        var plain = PackPlain(.small)
        plain.add(Pack.documentBlock, try encoded()[..<used])
        return plain
    }

    /// The root that a page repeats.
    init(spared page: [UInt8]) throws(VaultError) {
        let piece = Array(try Document.piece(page))
        try self.init(plain: piece + [UInt8](repeating: 0, count: Self.plainBytes - piece.count))
    }

    /// The hash that the next root and the anchor name.
    func hash(_ keys: VaultKeys) throws(VaultError) -> [UInt8] { keys.treeHash(try encoded()) }

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

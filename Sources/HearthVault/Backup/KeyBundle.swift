// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto
public import HearthBiosignals

/// A copy of the key files, and of the index that goes with them, to be kept apart from the packs.
///
/// It changes with every erase, and is small. Packs of a backup from before an erase open with a
/// newer bundle, but for what was erased: its keys are not in there any more.
public final class KeyBundle: PackSource {
    private static let magic: [UInt8] = Array("HEARTHX1".utf8)
    private static let checkBytes = 32
    /// Packs of the index: 1 GB.
    private static let maximumPacks = 1 << 18

    /// The vault's random number, 16 bytes.
    public let vaultID: [UInt8]
    /// The epoch of the key files.
    public let epoch: UInt64
    public let generation: UInt64
    public let time: Timestamp
    /// A key file.
    private let keyImage: [UInt8]
    public let rootRows: [[UInt8]?]
    private let index: [UInt64: [UInt8]]

    init(_ vault: Vault) throws(VaultError) {
        vaultID = vault.keys.vaultID
        epoch = vault.keyFile.epoch
        generation = vault.generation
        time = Timestamp(nanoseconds: SystemError.now)
        keyImage = vault.keyFile.imageBytes
        rootRows = try vault.database.roots()
        let ids = try vault.indexPacks()
        var index: [UInt64: [UInt8]] = [:]
        for (id, sealed) in zip(ids, try vault.database.packs(ids)) { index[id] = sealed }
        self.index = index
    }

    /// Reads a bundle.
    ///
    /// - Throws: `damaged`, `unsupportedVersion`.
    public init(_ bytes: [UInt8]) throws(VaultError) {
        guard Self.isBundle(bytes) else { throw .damaged("this is not a key bundle") }
        let end = bytes.count - Self.checkBytes
        guard end > 0,
            BLAKE2b.hash(unkeyed: bytes.span.extracting(first: end)).elementsEqual(
                bytes[end...])
        else { throw .damaged("the key bundle was changed or cut") }
        var reader = ByteReader(bytes, in: 8..<end)
        guard try reader.u16() == 1 else {
            throw VaultError(.unsupportedVersion, "the key bundle is of a newer version")
        }
        _ = try reader.u16()
        vaultID = try reader.raw(16)
        epoch = try reader.u64()
        generation = try reader.u64()
        time = Timestamp(nanoseconds: try reader.i64())
        keyImage = try reader.raw(try reader.count32(of: 1))
        var rows: [[UInt8]?] = []
        for _ in 0..<2 {
            rows.append(try reader.u8() == 1 ? try reader.raw(PackDatabase.rootBytes) : nil)
        }
        rootRows = rows
        var index: [UInt64: [UInt8]] = [:]
        for _ in 0..<(try reader.count32(of: 8 + PackClass.small.bytes)) {
            let id = try reader.u64()
            index[id] = try reader.raw(PackClass.small.bytes)
        }
        try reader.finish()
        self.index = index
    }

    /// Whether bytes begin as a bundle does.
    public static func isBundle(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    /// The bundle's bytes; every key and page in it is sealed.
    public var encoded: [UInt8] {
        var writer = ByteWriter(capacity: keyImage.count + index.count * 4104 + 9000)
        writer.raw(Self.magic)
        writer.u16(1)
        writer.u16(0)
        writer.raw(vaultID)
        writer.u64(epoch)
        writer.u64(generation)
        writer.i64(time.nanoseconds)
        writer.u32(UInt32(keyImage.count))
        writer.raw(keyImage)
        for row in rootRows {
            writer.u8(row == nil ? 0 : 1)
            writer.raw(row ?? [])
        }
        writer.u32(UInt32(index.count))
        for (id, sealed) in index.sorted(by: { $0.key < $1.key }) {
            writer.u64(id)
            writer.raw(sealed)
        }
        return writer.bytes + BLAKE2b.hash(unkeyed: writer.bytes)
    }

    /// What stands in the key files; every key in it is wrapped.
    public var keyImages: [[UInt8]] { [keyImage] }

    public func pack(_ id: UInt64) -> [UInt8]? { index[id] }
    public var smallPackIDs: [UInt64] { Array(index.keys) }
}

extension Vault {
    /// Every copy of the key files that was made with ``makeKeyBundle()``, oldest first. One of a
    /// lower epoch than the key files have today may open what was erased since.
    public var keyBundlesMade: [KeyBundleMark] { state.keyBundles }

    /// The epoch of the key files: it grows whenever keys are made or destroyed.
    public var keyEpoch: UInt64 { keyFile.epoch }

    /// The number of bundles that are remembered; the oldest are forgotten first.
    static let maximumBundleMarks = 1000

    /// Makes a copy of keys and index to keep elsewhere, and remembers that there is one.
    ///
    /// It is remembered first: a bundle that nobody knows of would be worse than one that is
    /// missing.
    /// - Throws: what a commit throws.
    public func makeKeyBundle() throws(VaultError) -> KeyBundle {
        var change = Change(state)
        // Of bundles with one epoch, the last is as good as all.
        if change.state.keyBundles.last?.epoch == keyFile.epoch {
            change.state.keyBundles.removeLast()
        }
        change.state.keyBundles.append(
            KeyBundleMark(
                epoch: keyFile.epoch, time: Timestamp(nanoseconds: SystemError.now)))
        change.state.keyBundles = Array(change.state.keyBundles.suffix(Self.maximumBundleMarks))
        try addAudit("backup", "key bundle of epoch \(keyFile.epoch)", to: &change)
        try commit(change)
        return try KeyBundle(self)
    }

    /// The sealed packs of this vault, to be copied.
    public var sealed: SealedStore { SealedStore(database, vaultID: keys.vaultID) }

    /// Numbers of all packs but those of samples and results.
    func indexPacks() throws(VaultError) -> [UInt64] {
        var refs = state.top + state.topCopy + state.rights
        for person in state.people {
            refs += person.ownPages
            for month in person.node.months { refs += month.index + month.copy }
        }
        var ids = refs.map(\.id)
        if state.spareRoot != 0 { ids.append(state.spareRoot) }
        var next = state.audit
        while let ref = next {
            ids.append(ref.id)
            next = try previousAuditPage(ref)
        }
        return ids
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The newest state of a vault that was seen, kept outside its store: it shows a rollback.
struct Anchor: Equatable {
    var generation: UInt64
    var rootHash: [UInt8]
    var time: Int64

    private static let magic: [UInt8] = Array("HEARTHA1".utf8)
    private static let bytes = 104
    static let fileName = "anchor"

    /// The anchor in a folder; nil if there is none.
    static func read(in folder: String, _ keys: VaultKeys) throws(VaultError) -> Anchor? {
        let path = "\(folder)/\(fileName)"
        guard SystemError.exists(path) else { return nil }
        let content = try StoreFile(path, .read).read(at: 0, count: bytes + 1)
        var reader = ByteReader(content)
        guard content.count == bytes, try reader.raw(8) == magic,
            try reader.raw(16) == keys.vaultID
        else { throw .damaged("the anchor file is not one of this vault") }
        let anchor = Anchor(
            generation: try reader.u64(), rootHash: try reader.raw(32), time: try reader.i64())
        guard constantTimeEqual(try reader.raw(32), anchor.encoded(keys).suffix(32).map { $0 })
        else { throw .damaged("the anchor file was changed") }
        return anchor
    }

    /// Puts the anchor in its folder: new file, sync, rename, sync of the folder.
    func write(in folder: String, _ keys: VaultKeys) throws(VaultError) {
        try SystemError.makeFolders(folder)
        let path = "\(folder)/\(Self.fileName)"
        let temporary = path + ".new"
        try SystemError.remove(temporary)
        let file = try StoreFile(temporary, .create)
        try file.write(encoded(keys), at: 0)
        try file.sync()
        try SystemError.rename(temporary, to: path)
        try SystemError.syncFolder(folder)
    }

    private func encoded(_ keys: VaultKeys) -> [UInt8] {
        var writer = ByteWriter(capacity: Self.bytes)
        writer.raw(Self.magic)
        writer.raw(keys.vaultID)
        writer.u64(generation)
        writer.raw(rootHash)
        writer.i64(time)
        writer.raw(BLAKE2b.hash(writer.bytes.span, key: keys.anchor, length: 32))
        return writer.bytes
    }
}

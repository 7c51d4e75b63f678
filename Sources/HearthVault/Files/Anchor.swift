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

    /// Makes the new file, so that ``write(in:_:)`` needs no more room of the disk.
    static func reserve(in folder: String) throws(VaultError) {
        _ = try newFile(in: folder)
    }

    /// Puts the anchor in its folder: new file, sync, rename, sync of the folder.
    func write(in folder: String, _ keys: VaultKeys) throws(VaultError) {
        let file = try Self.newFile(in: folder)
        try file.write(encoded(keys), at: 0)
        try file.sync()
        try SystemError.rename(file.path, to: "\(folder)/\(Self.fileName)")
        try SystemError.syncFolder(folder)
    }

    /// The file that will be the next anchor, at its full length.
    private static func newFile(in folder: String) throws(VaultError) -> StoreFile {
        let path = "\(folder)/\(fileName).new"
        if SystemError.exists(path) {
            let file = try StoreFile(path, .update)
            if try file.size == bytes { return file }
            try SystemError.remove(path)
        }
        try SystemError.makeFolders(folder)
        let file = try StoreFile(path, .create)
        try file.write([UInt8](repeating: 0, count: bytes), at: 0)
        return file
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

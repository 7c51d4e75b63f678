// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The sealed packs and roots of a store, which can be copied without any key.
///
/// It holds the store's lock, so that what is copied is of one generation.
public final class SealedStore: PackSource {
    private let database: PackDatabase
    private let lockFile: StoreFile?
    /// The vault's random number, 16 bytes, as the key files say it.
    public let vaultID: [UInt8]

    init(_ database: PackDatabase, vaultID: [UInt8], lockFile: StoreFile? = nil) {
        self.database = database
        self.vaultID = vaultID
        self.lockFile = lockFile
    }

    /// Locks a store and opens its database; needs no secret.
    ///
    /// - Throws: `noVault`, `lockedByAnotherProcess`, `damaged`, `readOnly`, `io`.
    public static func open(at location: VaultLocation) throws(VaultError) -> SealedStore {
        guard Vault.exists(at: location) else {
            throw VaultError(.noVault, "there is no vault in this folder")
        }
        let lockPath = "\(location.store)/\(StoreName.lock)"
        let lockFile = try StoreFile(lockPath, SystemError.exists(lockPath) ? .update : .create)
        try lockFile.lock()
        var head: KeyHead?
        for image in try keyImages(at: location) where head == nil {
            do { head = try KeyHead(Array(image.prefix(KeyLayout.headBytes))) } catch { continue }
        }
        guard let head else { throw .damaged("neither key file has a sound head") }
        let path = "\(location.store)/\(StoreName.database)"
        guard SystemError.exists(path) else { throw .damaged("the store's database is missing") }
        return SealedStore(
            try PackDatabase.open(path), vaultID: head.vaultID, lockFile: lockFile)
    }

    /// The bytes of the key files that are there.
    public static func keyImages(at location: VaultLocation) throws(VaultError) -> [[UInt8]] {
        var images: [[UInt8]] = []
        for name in KeyFile.names where SystemError.exists("\(location.store)/\(name)") {
            let file = try StoreFile("\(location.store)/\(name)", .read)
            let limit = KeyLayout.fileBytes(slots: KeyLayout.maximumSlots)
            images.append(try file.read(at: 0, count: min(try file.size, limit)))
        }
        return images
    }

    /// The numbers of all packs, ascending.
    public func packIDs() throws(VaultError) -> [UInt64] { try database.allIDs().sorted() }

    /// Sealed packs, in the order asked for; nil for one that is not there.
    public func packs(_ ids: [UInt64]) throws(VaultError) -> [[UInt8]?] {
        try database.packs(ids)
    }

    /// Both root rows.
    public func roots() throws(VaultError) -> [[UInt8]?] { try database.roots() }

    public func pack(_ id: UInt64) -> [UInt8]? {
        do { return try database.packs([id]).first ?? nil } catch { return nil }
    }

    public var rootRows: [[UInt8]?] {
        do { return try database.roots() } catch { return [nil, nil] }
    }

    public var smallPackIDs: [UInt64] {
        do { return try database.allIDs() } catch { return [] }
    }

    /// Gives the lock back.
    public func close() {
        try? database.close()
        lockFile?.end()
    }
}

/// Where sealed packs can be had: a store, a backup, a key bundle. What is damaged there is as if
/// it were missing; whether a pack is the right one only its seal tells.
public protocol PackSource: AnyObject {
    /// The pack of this number, if it is there.
    func pack(_ id: UInt64) -> [UInt8]?
    /// The root rows, number 0 and 1, as far as they are there.
    var rootRows: [[UInt8]?] { get }
    /// Numbers of packs among which a page that repeats a root may be.
    var smallPackIDs: [UInt64] { get }
}

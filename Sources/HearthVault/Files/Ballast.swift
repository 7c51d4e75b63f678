// SPDX-License-Identifier: Apache-2.0

/// Reserved disk space that is given up so that an erase can finish on a full disk.
enum Ballast {
    private static let megabyte = 1 << 20
    /// The index of some ten years and the rewritten rest of several days.
    private static let megabytes = 16

    /// Reserves the space, or what a full disk has of it but one megabyte for others: the next erase
    /// wants room too. A disk without any is not an error, the erase then tries without.
    static func make(in folder: String) throws(VaultError) {
        let path = "\(folder)/\(StoreName.ballast)"
        if SystemError.exists(path) {
            if try StoreFile(path, .read).size >= megabytes * megabyte { return }
            try SystemError.remove(path)
        }
        guard try !reserve(path, megabytes) else { return }
        for less in stride(from: megabytes - 1, to: 1, by: -1) where try reserve(path, less) {
            try SystemError.remove(path)
            _ = try reserve(path, less - 1)
            return
        }
    }

    /// Makes what is left of the reserve whole again if there is room.
    static func renew(in folder: String) throws(VaultError) {
        if SystemError.exists("\(folder)/\(StoreName.ballast)") { try make(in: folder) }
    }

    /// Gives the space back; false if there was none.
    static func release(in folder: String) throws(VaultError) -> Bool {
        let path = "\(folder)/\(StoreName.ballast)"
        guard SystemError.exists(path) else { return false }
        try SystemError.remove(path)
        try SystemError.syncFolder(folder)
        return true
    }

    /// Makes the file at this size; false, and no file, if the disk has no room for it.
    private static func reserve(_ path: String, _ megabytes: Int) throws(VaultError) -> Bool {
        let file = try StoreFile(path, .create)
        do { try file.preallocate(megabytes * megabyte) } catch {
            try SystemError.remove(path)
            if error.code != .diskFull { throw error }
            return false
        }
        return true
    }
}

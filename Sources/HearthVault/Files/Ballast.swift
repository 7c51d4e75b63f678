// SPDX-License-Identifier: Apache-2.0

/// Reserved disk space that is given up so that an erase can finish on a full disk.
enum Ballast {
    /// The index of some ten years and the rewritten rest of several days.
    static let bytes = 16 << 20

    /// Reserves the space; a disk without room for it is not an error, the erase then tries without.
    static func make(in folder: String) throws(VaultError) {
        let path = "\(folder)/\(StoreName.ballast)"
        guard !SystemError.exists(path) else { return }
        let file = try StoreFile(path, .create)
        do { try file.preallocate(bytes) } catch {
            try SystemError.remove(path)
            if error.code != .diskFull { throw error }
        }
    }

    /// Gives the space back; false if there was none.
    static func release(in folder: String) throws(VaultError) -> Bool {
        let path = "\(folder)/\(StoreName.ballast)"
        guard SystemError.exists(path) else { return false }
        try SystemError.remove(path)
        try SystemError.syncFolder(folder)
        return true
    }
}

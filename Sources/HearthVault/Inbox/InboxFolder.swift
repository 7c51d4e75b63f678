// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import HearthCrypto

/// The folder of arrivals that wait, sealed, for the vault to be opened.
struct InboxFolder {
    let path: String

    /// Ends of the names of files that wait, and of those that were left aside.
    static let waitingSuffix = ".sealed"
    static let asideSuffix = ".aside"
    private static let draftPrefix = ".part-"
    /// More than a year of arrivals every six minutes.
    private static let mostFiles = 100_000
    /// Longest wait for a rotation of the keys, or for senders: tenths of a second.
    private static let patience = 600

    private let store: String

    init(store: String) {
        self.store = store
        path = "\(store)/\(StoreName.inbox)"
    }

    /// A link is no inbox: what it leads to is somebody else's.
    var exists: Bool { SystemError.isFolder(path) }

    /// The names of the waiting files, in order.
    var waiting: [String] { names(ending: Self.waitingSuffix) }
    var aside: [String] { names(ending: Self.asideSuffix) }

    private func names(ending suffix: String) -> [String] {
        Array(names.filter { $0.hasSuffix(suffix) }.sorted().prefix(Self.mostFiles))
    }

    private var names: [String] {
        guard exists else { return [] }
        return (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// A new file under a name that is not listed.
    func draft() throws(VaultError) -> (file: StoreFile, name: String) {
        let name = hex(SecureRandom.bytes(16))
        let file = try StoreFile("\(path)/\(Self.draftPrefix)\(name)", .create)
        return (file, name)
    }

    /// Lists a file that is complete and durable.
    func publish(_ name: String) throws(VaultError) {
        try SystemError.rename(
            "\(path)/\(Self.draftPrefix)\(name)", to: "\(path)/\(name)\(Self.waitingSuffix)")
        try SystemError.syncFolder(path)
    }

    func discardDraft(_ name: String) {
        try? SystemError.remove("\(path)/\(Self.draftPrefix)\(name)")
    }

    /// Removes what senders left that were broken off, if none is at work.
    func removeDrafts() throws(VaultError) {
        let place = "\(path)/\(StoreName.lock)"
        guard exists, SystemError.isRegular(place) else { return }
        let lock = try StoreFile(place, .update)
        guard try lock.tryLock(shared: false) else { return }
        for name in names where name.hasPrefix(Self.draftPrefix) {
            try SystemError.remove("\(path)/\(name)")
        }
        lock.end()
    }

    /// Takes a file that cannot be used out of the list of those that wait.
    func setAside(_ name: String) throws(VaultError) {
        let base = name.dropLast(Self.waitingSuffix.count)
        try SystemError.rename("\(path)/\(name)", to: "\(path)/\(base)\(Self.asideSuffix)")
        try SystemError.syncFolder(path)
    }

    /// Lists those again that were left aside.
    func takeBackAside() throws(VaultError) {
        for name in aside {
            let base = name.dropLast(Self.asideSuffix.count)
            try SystemError.rename(
                "\(path)/\(name)", to: "\(path)/\(base)\(Self.waitingSuffix)")
        }
        if exists { try SystemError.syncFolder(path) }
    }

    /// Overwrites a file in place and removes it.
    func destroy(_ name: String) throws(VaultError) {
        let target = "\(path)/\(name)"
        if SystemError.isRegular(target) {
            let file = try StoreFile(target, .update)
            let size = try file.size
            var done = 0
            while done < size {
                let count = min(1 << 20, size - done)
                try file.write(SecureRandom.bytes(count), at: done)
                done += count
            }
            try file.syncData()
        }
        try SystemError.remove(target)
        try SystemError.syncFolder(path)
    }

    /// Waits for the inbox's own lock: senders share it, a rotation of the keys has it alone, so that
    /// nothing is sealed to a key that is going.
    func lock(shared: Bool) throws(VaultError) -> StoreFile {
        if !exists {
            try SystemError.makeFolder(path)
            guard exists else { throw .damaged("the inbox is a link or a file, not a folder") }
            try SystemError.syncFolder(store)
        }
        let place = "\(path)/\(StoreName.lock)"
        let file: StoreFile
        do { file = try StoreFile(place, .create) } catch {
            guard SystemError.exists(place) else { throw error }
            return try waited(try StoreFile(place, .update), shared)
        }
        return try waited(file, shared)
    }

    private func waited(_ file: StoreFile, _ shared: Bool) throws(VaultError) -> StoreFile {
        for _ in 0..<Self.patience {
            if try file.tryLock(shared: shared) { return file }
            usleep(100_000)
        }
        throw VaultError(
            .lockedByAnotherProcess, "another process has been using the inbox for a minute")
    }
}

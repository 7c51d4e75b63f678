// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// A rotation's new key file, `keys.next`, from its writing until both copies hold it.
///
/// The store's roots say which of the old and the new keys are in force; see
/// `docs/design/0008-key-rotation.md`.
extension KeyFile {
    static let nextName = "keys.next"
    /// Where the new file is written before it gets its name.
    static let draftName = "keys.next.new"

    /// New keys for the same vault, in an image that is in no file yet.
    struct Next {
        let keys: VaultKeys
        let epoch: UInt64
        let image: [UInt8]
    }

    /// Makes a new master key and wraps the data keys of the slots `taken` under it; all other slots
    /// are random. Slots that were destroyed stay so.
    func rotated(
        _ credentials: [(Credential, KDFParameters)], taken: Set<Int>
    ) throws(VaultError) -> Next {
        let (next, sealedLasting) = try keys.rotated()
        var head = KeyHead(
            vaultID: keys.vaultID, verifyKey: next.signing.publicKey,
            inboxKey: try next.inboxPublicKey(), slotCount: slotCount, epoch: epoch + 1,
            sealedLasting: sealedLasting)
        for (index, (credential, work)) in credentials.enumerated() {
            head.set(
                try KeySlot.sector(
                    index, wrapping: next.master, vaultID: keys.vaultID, credential, work),
                at: KeySlot.offset(index))
        }
        head.seal(next)
        var image = head.bytes
        image.reserveCapacity(KeyLayout.fileBytes(slots: slotCount))
        for index in 0..<slotCount {
            image += try slot(index, rewrappedFor: next, head.epoch, taken.contains(index))
        }
        return Next(keys: next, epoch: head.epoch, image: image)
    }

    private func slot(
        _ index: Int, rewrappedFor next: VaultKeys, _ epoch: UInt64, _ isTaken: Bool
    ) throws(VaultError) -> [UInt8] {
        switch state(index) {
        case .used where isTaken:
            return try DataKeySlot.wrapping(try dataKey(index), index, epoch: epoch, next)
        case .wiped: return DataKeySlot.wiped(index, epoch: epoch, next)
        case .used, .empty: return SecureRandom.bytes(KeyLayout.slotBytes)
        }
    }

    /// Puts the new file beside the copies, durable and under its name.
    static func writeNext(_ image: [UInt8], in folder: String) throws(VaultError) {
        let draft = "\(folder)/\(draftName)"
        try SystemError.remove(draft)
        do throws(VaultError) {
            let file = try StoreFile(draft, .create)
            try file.preallocate(image.count)
            try file.write(image, at: 0)
            try file.sync()
            guard try file.read(at: 0, count: image.count + 1) == image else {
                throw VaultError(.io, "a key file does not hold what was written to it")
            }
        } catch {
            try? SystemError.remove(draft)
            throw error
        }
        try SystemError.rename(draft, to: "\(folder)/\(nextName)")
        try SystemError.syncFolder(folder)
    }

    /// In which order a copy of `count` bytes is overwritten, with a sync behind each part: the slots
    /// come before the head, so that a copy with a right head is complete.
    static func writingOrder(_ count: Int) -> [Range<Int>] {
        [KeyLayout.headBytes..<count, 0..<KeyLayout.headBytes]
    }

    /// Overwrites both copies in place.
    static func overwrite(
        _ copies: [StoreFile], with image: [UInt8], _ onCopyWritten: (() -> Void)? = nil
    ) throws(VaultError) {
        for copy in copies {
            if try copy.size < image.count { try copy.preallocate(image.count) }
            for range in writingOrder(image.count) {
                try copy.write(image, range, at: range.lowerBound)
                try copy.sync()
                guard
                    try copy.read(at: range.lowerBound, count: range.count)
                        .elementsEqual(image[range])
                else {
                    throw VaultError(.io, "a key file does not hold what was written to it")
                }
            }
            onCopyWritten?()
        }
    }

    /// Takes the new file away: it is in both copies, or never was in force.
    static func removeNext(in folder: String) throws(VaultError) {
        let path = "\(folder)/\(nextName)"
        if SystemError.exists(path) {
            let file = try StoreFile(path, .update)
            try file.write(SecureRandom.bytes(try min(file.size, 1 << 28)), at: 0)
            try file.syncData()
        }
        try SystemError.remove(path)
        try SystemError.remove("\(folder)/\(draftName)")
        try SystemError.syncFolder(folder)
    }

    static func hasNext(in folder: String) -> Bool {
        SystemError.exists("\(folder)/\(nextName)")
            || SystemError.exists("\(folder)/\(draftName)")
    }

    /// Ends a rotation that was interrupted, whichever way it had gone, and opens the copies.
    ///
    /// - Parameter isInForce: whether a root of the store opens with the keys.
    static func openAfterRotation(
        in folder: String, with credential: Credential,
        isInForce: (VaultKeys) throws(VaultError) -> Bool
    ) throws(VaultError) -> KeyFile {
        let current = try unlocked(names.map { "\(folder)/\($0)" }, credential)
        if let current, try isInForce(current.keys) {
            // It did not take effect, or both copies hold it already.
            try removeNext(in: folder)
            return try open(in: folder, with: credential)
        }
        let path = "\(folder)/\(nextName)"
        let next = try unlocked([path], credential)
        if let next, try isInForce(next.keys) {
            let image = try content(of: try StoreFile(path, .read))
            guard image.count == KeyLayout.fileBytes(slots: next.head.slotCount) else {
                throw .damaged("the new key file is cut short")
            }
            var copies: [StoreFile] = []
            for name in names { copies.append(try openCopy("\(folder)/\(name)")) }
            try overwrite(copies, with: image)
            try removeNext(in: folder)
            return try open(in: folder, with: credential)
        }
        if current != nil {
            throw VaultError(
                .wrongPassphrase, "the keys were rotated: open the vault with the new secret")
        }
        if next != nil {
            throw VaultError(
                .wrongPassphrase,
                "the rotation of the keys was broken off: open the vault with the secret from before"
            )
        }
        throw VaultError(.wrongPassphrase, "no key slot opens with this secret")
    }

    /// What a credential opens of some files; nil if nothing.
    private static func unlocked(
        _ paths: [String], _ credential: Credential
    ) throws(VaultError) -> Unlocked? {
        var contents: [[UInt8]] = []
        for path in paths where SystemError.exists(path) {
            contents.append(try content(of: try StoreFile(path, .read)))
        }
        do { return try Unlocked(contents, credential) } catch {
            if [.wrongPassphrase, .damaged].contains(error.code) { return nil }
            throw error
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The two equal files of wrapped keys, `keys.a` and `keys.b`, overwritten in place.
///
/// The whole image is held in memory (0.5 MB at first); it contains no key in the clear. Every
/// writing goes to copy A, is synced and read back, and only then to copy B.
final class KeyFile {
    let keys: VaultKeys
    private(set) var head: KeyHead
    var image: [UInt8]
    let copies: [StoreFile]
    private var cache: [Int: DataKey] = [:]
    private var hasFailed = false
    /// The slot that was opened, if its work is to be raised, and what it was opened with.
    private var outdated: (slot: KeySlot, credential: Credential)?
    /// Number of the key slot that was opened; nil if the master key was handed in.
    let openedSlot: Int?
    /// Which slots were repaired from the other copy when the file was opened.
    private(set) var repairs = 0
    /// Called between the writing of copy A and of copy B; tests take a copy of the store there.
    var onCopyWritten: (() -> Void)?

    /// Unwrapped keys kept at once: more than the days of a month in all categories.
    private static let cacheLimit = 512
    static let names = ["keys.a", "keys.b"]

    var slotCount: Int { head.slotCount }
    var epoch: UInt64 { head.epoch }

    private init(
        keys: VaultKeys, head: KeyHead, image: [UInt8], copies: [StoreFile], openedSlot: Int?
    ) {
        self.keys = keys
        self.head = head
        self.image = image
        self.copies = copies
        self.openedSlot = openedSlot
    }

    // MARK: Creating and opening

    /// Writes both copies of a new key file with one key slot.
    static func create(
        in folder: String, _ credential: Credential, _ parameters: KDFParameters,
        slots: Int = KeyLayout.initialSlots
    ) throws(VaultError) -> KeyFile {
        let master: SecretBytes
        do { master = try SecretBytes.random(32) } catch { throw VaultError(crypto: error) }
        let vaultID = SecureRandom.bytes(16)
        let keys = try VaultKeys(vaultID: vaultID, master: master)
        var head = KeyHead(
            vaultID: vaultID, verifyKey: keys.signing.publicKey,
            inboxKey: try keys.inboxPublicKey(), slotCount: slots)
        head.set(
            try KeySlot.sector(
                0, wrapping: keys.master, vaultID: vaultID, credential, parameters),
            at: KeySlot.offset(0))
        head.seal(keys)
        let image = head.bytes + SecureRandom.bytes(slots * KeyLayout.slotBytes)
        var copies: [StoreFile] = []
        for name in names {
            let file = try StoreFile("\(folder)/\(name)", .create)
            try file.preallocate(image.count)
            try file.write(image, at: 0)
            try file.sync()
            copies.append(file)
        }
        return KeyFile(keys: keys, head: head, image: image, copies: copies, openedSlot: 0)
    }

    /// Opens both copies with a secret, and repairs one from the other where they differ.
    static func open(
        in folder: String, with credential: Credential
    ) throws(VaultError) -> KeyFile {
        var copies: [StoreFile] = []
        var contents: [[UInt8]] = []
        for name in names {
            let file = try openCopy("\(folder)/\(name)")
            contents.append(try content(of: file))
            copies.append(file)
        }
        let found = try Unlocked(contents, credential)
        let file = KeyFile(
            keys: found.keys, head: found.head, image: found.head.bytes, copies: copies,
            openedSlot: found.slot?.index)
        if let slot = found.slot, slot.isOutdated { file.outdated = (slot, credential) }
        try file.merge(contents)
        return file
    }

    /// A copy's bytes, no more of them than a key file can have.
    static func content(of file: StoreFile) throws(VaultError) -> [UInt8] {
        let limit = KeyLayout.fileBytes(slots: KeyLayout.maximumSlots)
        return try file.read(at: 0, count: min(try file.size, limit))
    }

    /// A copy that is gone is made anew, empty, and filled from the other.
    static func openCopy(_ path: String) throws(VaultError) -> StoreFile {
        if SystemError.exists(path) { return try StoreFile(path, .update) }
        return try StoreFile(path, .create)
    }

    /// Builds the image slot by slot from whichever copy is right, and repairs the copies.
    private func merge(_ contents: [[UInt8]]) throws(VaultError) {
        let size = KeyLayout.fileBytes(slots: slotCount)
        let hasLength = contents.map { $0.count >= size }
        let padded = contents.map { content in
            if content.count == size { return content }
            return Array(content.prefix(size))
                + [UInt8](repeating: 0, count: max(0, size - content.count))
        }
        image += padded[0][KeyLayout.headBytes...]
        if !areSame(padded[0], padded[1], in: KeyLayout.headBytes..<size) {
            for index in 0..<slotCount {
                let start = KeyLayout.offset(ofSlot: index)
                let range = start..<(start + KeyLayout.slotBytes)
                if areSame(padded[0], padded[1], in: range) { continue }
                image.replaceSubrange(range, with: chosen(index, padded, start))
                repairs += 1
            }
        }
        for (copy, content) in zip(copies, padded) where !areSame(content, image, in: 0..<size) {
            try writeDifferences(from: content, to: copy)
        }
        for (copy, isLong) in zip(copies, hasLength) where !isLong {
            try copy.sync()
        }
    }

    /// The newer sound version of a slot; a wiped one wins a tie.
    private func chosen(_ index: Int, _ contents: [[UInt8]], _ start: Int) -> ArraySlice<UInt8> {
        let range = start..<(start + KeyLayout.slotBytes)
        let states = contents.map { DataKeySlot.state(index, $0, at: start, keys) }
        if states[1] == .empty { return contents[0][range] }
        if states[0] == .empty { return contents[1][range] }
        let epochs = contents.map { DataKeySlot.epoch($0, at: start) }
        if epochs[0] != epochs[1] { return contents[epochs[0] > epochs[1] ? 0 : 1][range] }
        return contents[states[1] == .wiped ? 1 : 0][range]
    }

    // MARK: Reading

    /// Unwraps the key of a slot, or takes it from the cache.
    func dataKey(_ index: Int) throws(VaultError) -> DataKey {
        if let key = cache[index] { return key }
        guard index >= 0, index < slotCount else {
            throw .damaged("the index names key slot \(index) of \(slotCount)")
        }
        let key = try DataKeySlot.open(
            index, image, at: KeyLayout.offset(ofSlot: index), keys)
        remember(key, index)
        return key
    }

    func state(_ index: Int) -> DataKeySlot.State {
        guard index >= 0, index < slotCount else { return .empty }
        return DataKeySlot.state(index, image, at: KeyLayout.offset(ofSlot: index), keys)
    }

    /// All bytes of the files, every key in them wrapped.
    var imageBytes: [UInt8] { image }

    /// The bytes of the slot on disk: what a scan after an erase must not find.
    func wrappedBytes(_ index: Int) -> [UInt8] {
        let start = KeyLayout.offset(ofSlot: index)
        return Array(image[start..<(start + KeyLayout.slotBytes)])
    }

    var keySlots: [KeySlotInfo] {
        (0..<KeyLayout.keySlots).compactMap { KeySlot($0, in: head)?.info }
    }

    private func remember(_ key: DataKey, _ index: Int) {
        if cache.count >= Self.cacheLimit { cache.removeAll(keepingCapacity: true) }
        cache[index] = key
    }

    /// Drops all unwrapped keys.
    func forget() { cache.removeAll() }

    // MARK: Writing

    /// Makes new data keys in slots that are not `taken`, in one pass over both copies.
    ///
    /// The file grows by half when it is full. Returns the slots in order.
    func addKeys(_ count: Int, taken: Set<Int>) throws(VaultError) -> [Int] {
        guard count > 0 else { return [] }
        var slots: [Int] = []
        slots.reserveCapacity(count)
        var index = 0
        while slots.count < count {
            if !taken.contains(index) { slots.append(index) }
            index += 1
        }
        var total = slotCount
        while total < index { total += max(KeyLayout.slotsPerSector, total / 64 * 32) }
        guard total <= KeyLayout.maximumSlots else {
            throw VaultError(
                .limitExceeded, "the vault needs \(total) keys; \(KeyLayout.maximumSlots) fit")
        }
        var made: [(Int, DataKey, [UInt8])] = []
        made.reserveCapacity(count)
        for slot in slots {
            let (key, bytes) = try DataKeySlot.make(slot, epoch: epoch + 1, keys)
            made.append((slot, key, bytes))
        }
        try write(made.map { ($0.0, $0.2) }, slotCount: total)
        for (slot, key, _) in made { remember(key, slot) }
        return slots
    }

    /// Overwrites slots in place with a mark that they were destroyed, and reads both copies back.
    func wipe(_ slots: [Int]) throws(VaultError) {
        let inRange = slots.filter { $0 >= 0 && $0 < slotCount }
        guard !inRange.isEmpty else { return }
        for slot in inRange { cache[slot] = nil }
        try write(
            inRange.map { ($0, DataKeySlot.wiped($0, epoch: epoch + 1, keys)) },
            slotCount: slotCount)
    }

    /// Replaces one of the eight key slots.
    func setKeySlot(_ index: Int, _ sector: [UInt8]) throws(VaultError) {
        var next = head
        next.set(sector, at: KeySlot.offset(index))
        if outdated?.slot.index == index { outdated = nil }
        try commit(head: next, [], slotCount: slotCount)
    }

    /// Before the first change: more work for an old passphrase slot, and a key for the inbox of an
    /// old vault. Nothing is written where nothing is due.
    func bringUpToDate() throws(VaultError) {
        guard outdated != nil || !head.hasInboxKey else { return }
        var next = head
        if !next.hasInboxKey { next.setInboxKey(try keys.inboxPublicKey()) }
        if let (slot, credential) = outdated, let sector = try raised(slot, credential) {
            next.set(sector, at: KeySlot.offset(slot.index))
        }
        outdated = nil
        try commit(head: next, [], slotCount: slotCount)
    }

    /// The slot with standard work; nil if this machine has no memory for that.
    private func raised(
        _ slot: KeySlot, _ credential: Credential
    ) throws(VaultError) -> [UInt8]? {
        var part = Credential(passphrase: credential.passphrase)
        if slot.factor.hasKeyFile { part.keyFile = credential.keyFile }
        let standard = KDFParameters.standard
        let work = KDFParameters(
            opsLimit: max(slot.parameters.opsLimit, standard.opsLimit),
            memLimit: max(slot.parameters.memLimit, standard.memLimit))
        do {
            return try KeySlot.sector(
                slot.index, wrapping: keys.master, vaultID: keys.vaultID, part, work)
        } catch {
            if error.code == .limitExceeded { return nil }
            throw error
        }
    }

    private func write(_ changes: [(Int, [UInt8])], slotCount: Int) throws(VaultError) {
        try commit(head: head, changes, slotCount: slotCount)
    }

    private func commit(
        head next: KeyHead, _ changes: [(Int, [UInt8])], slotCount: Int
    ) throws(VaultError) {
        guard !hasFailed else {
            throw VaultError(.io, "a sync of the key files failed; close and open the vault")
        }
        var next = next
        next.advance(slotCount: slotCount, keys)
        let old = image
        var new = image
        new.replaceSubrange(0..<KeyLayout.headBytes, with: next.bytes)
        let size = KeyLayout.fileBytes(slots: slotCount)
        if new.count < size { new += SecureRandom.bytes(size - new.count) }
        for (slot, bytes) in changes {
            let start = KeyLayout.offset(ofSlot: slot)
            new.replaceSubrange(start..<(start + bytes.count), with: bytes)
        }
        // Both have room, or neither is changed: what lies behind the slots is ignored.
        if new.count > old.count { for copy in copies { try copy.preallocate(new.count) } }
        hasFailed = true
        image = new
        for copy in copies {
            try writeDifferences(from: old, to: copy)
            onCopyWritten?()
        }
        head = next
        hasFailed = false
    }

    /// Writes the sectors in which `old` differs from the image, syncs, and reads them back.
    func writeDifferences(from old: [UInt8], to copy: StoreFile) throws(VaultError) {
        let runs = changedRuns(old)
        for run in runs { try copy.write(image, run, at: run.lowerBound) }
        try copy.syncData()
        for run in runs {
            let back = try copy.read(at: run.lowerBound, count: run.count)
            guard areSame(back.span, image.span.extracting(run)) else {
                throw VaultError(.io, "a key file does not hold what was written to it")
            }
        }
    }

    /// Neighbouring changed sectors as one run each.
    private func changedRuns(_ old: [UInt8]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        while start < image.count {
            let end = min(start + KeyLayout.sector, image.count)
            if end > old.count || !areSame(old, image, in: start..<end) {
                if let last = runs.last, last.upperBound == start {
                    runs[runs.count - 1] = last.lowerBound..<end
                } else {
                    runs.append(start..<end)
                }
            }
            start = end
        }
        return runs
    }

    /// Whether both copies hold the image; for a full verification.
    func copiesAgree() throws(VaultError) -> Bool {
        for copy in copies {
            let bytes = try copy.read(at: 0, count: image.count)
            guard areSame(bytes.span, image.span) else { return false }
        }
        return true
    }
}

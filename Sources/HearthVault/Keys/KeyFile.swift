// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// The two equal files of wrapped keys, `keys.a` and `keys.b`, overwritten in place.
///
/// The whole image is held in memory (0.5 MB at first); it contains no key in the clear. Every
/// writing goes to copy A, is synced and read back, and only then to copy B.
final class KeyFile {
    let keys: VaultKeys
    private(set) var head: KeyHead
    private var image: [UInt8]
    private let copies: [StoreFile]
    private var cache: [Int: DataKey] = [:]
    private var hasFailed = false
    /// Which slots were repaired from the other copy when the file was opened.
    private(set) var repairs = 0
    /// Called between the writing of copy A and of copy B; tests take a copy of the store there.
    var onCopyWritten: (() -> Void)?

    /// Unwrapped keys kept at once: more than the days of a month in all categories.
    private static let cacheLimit = 512
    static let names = ["keys.a", "keys.b"]

    var slotCount: Int { head.slotCount }
    var epoch: UInt64 { head.epoch }

    private init(keys: VaultKeys, head: KeyHead, image: [UInt8], copies: [StoreFile]) {
        self.keys = keys
        self.head = head
        self.image = image
        self.copies = copies
    }

    // MARK: Creating and opening

    /// Writes both copies of a new key file with one key slot.
    static func create(
        in folder: String, secret: borrowing SecretBytes, _ parameters: KDFParameters,
        slots: Int = KeyLayout.initialSlots
    ) throws(VaultError) -> KeyFile {
        let master: SecretBytes
        do { master = try SecretBytes.random(32) } catch { throw VaultError(crypto: error) }
        let vaultID = SecureRandom.bytes(16)
        let keys = try VaultKeys(vaultID: vaultID, master: master)
        var head = KeyHead(
            vaultID: vaultID, verifyKey: keys.signing.publicKey, slotCount: slots)
        head.set(
            try KeySlot.sector(
                0, wrapping: keys.master, vaultID: vaultID, secret: secret, factor: .passphrase,
                parameters), at: KeySlot.offset(0))
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
        return KeyFile(keys: keys, head: head, image: image, copies: copies)
    }

    /// Opens both copies with a secret, and repairs one from the other where they differ.
    static func open(
        in folder: String, with secret: borrowing SecretBytes, _ factor: KeyFactor,
        _ derived: DerivedKeys? = nil
    ) throws(VaultError) -> KeyFile {
        var copies: [StoreFile] = []
        var contents: [[UInt8]] = []
        for name in names {
            let file = try openCopy("\(folder)/\(name)")
            let limit = KeyLayout.fileBytes(slots: KeyLayout.maximumSlots)
            contents.append(try file.read(at: 0, count: min(try file.size, limit)))
            copies.append(file)
        }
        let (keys, heads) = try unlock(contents, secret, factor, derived)
        guard let newest = heads.compactMap({ $0 }).max(by: { $0.epoch < $1.epoch }) else {
            throw .damaged("the heads of both key files were changed")
        }
        let file = KeyFile(
            keys: keys, head: newest, image: newest.bytes, copies: copies)
        try file.merge(contents)
        return file
    }

    /// A copy that is gone is made anew, empty, and filled from the other.
    private static func openCopy(_ path: String) throws(VaultError) -> StoreFile {
        if SystemError.exists(path) { return try StoreFile(path, .update) }
        return try StoreFile(path, .create)
    }

    /// Finds the master key and those heads whose tag is right.
    private static func unlock(
        _ contents: [[UInt8]], _ secret: borrowing SecretBytes, _ factor: KeyFactor,
        _ derived: DerivedKeys?
    ) throws(VaultError) -> (VaultKeys, [KeyHead?]) {
        var parsed: [KeyHead] = []
        var problem: VaultError?
        for content in contents {
            do {
                parsed.append(try KeyHead(Array(content.prefix(KeyLayout.headBytes))))
            } catch { problem = problem ?? error }
        }
        guard !parsed.isEmpty else { throw problem ?? .damaged("there is no key file") }
        var tried: [[UInt8]] = []
        for head in parsed where !tried.contains(head.bytes) {
            tried.append(head.bytes)
            for index in 0..<KeyLayout.keySlots {
                guard let slot = KeySlot(index, in: head), slot.factor == factor else { continue }
                guard let master = try slot.open(secret, vaultID: head.vaultID, derived) else {
                    continue
                }
                let copy = try copyOf(master.key)
                let keys = try VaultKeys(vaultID: head.vaultID, master: copy)
                let heads = parsed.map {
                    $0.vaultID == head.vaultID && $0.isAuthentic(keys) ? $0 : nil
                }
                return (keys, heads)
            }
        }
        throw VaultError(.wrongPassphrase, "no key slot opens with this secret")
    }

    private static func copyOf(_ key: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
        do {
            return try key.withBytes { bytes throws(CryptoError) in
                try SecretBytes(copying: bytes)
            }
        } catch { throw VaultError(crypto: error) }
    }

    /// Builds the image slot by slot from whichever copy is right, and repairs the copies.
    private func merge(_ contents: [[UInt8]]) throws(VaultError) {
        let size = KeyLayout.fileBytes(slots: slotCount)
        let hasLength = contents.map { $0.count >= size }
        let padded = contents.map { content in
            Array(content.prefix(size))
                + [UInt8](repeating: 0, count: max(0, size - content.count))
        }
        image += padded[0][KeyLayout.headBytes...]
        if padded[0][KeyLayout.headBytes...] != padded[1][KeyLayout.headBytes...] {
            for index in 0..<slotCount {
                let start = KeyLayout.offset(ofSlot: index)
                let range = start..<(start + KeyLayout.slotBytes)
                if padded[0][range] == padded[1][range] { continue }
                image.replaceSubrange(range, with: chosen(index, padded, start))
                repairs += 1
            }
        }
        for (copy, content) in zip(copies, padded) where content != image {
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
        try commit(head: next, [], slotCount: slotCount)
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
        hasFailed = true
        image = new
        for copy in copies {
            if new.count > old.count {
                do { try copy.preallocate(new.count) } catch {
                    (image, hasFailed) = (old, false)
                    throw error
                }
            }
            try writeDifferences(from: old, to: copy)
            onCopyWritten?()
        }
        head = next
        hasFailed = false
    }

    /// Writes the sectors in which `old` differs from the image, syncs, and reads them back.
    private func writeDifferences(from old: [UInt8], to copy: StoreFile) throws(VaultError) {
        let runs = changedRuns(old)
        for run in runs { try copy.write(image, run, at: run.lowerBound) }
        try copy.syncData()
        for run in runs {
            guard try copy.read(at: run.lowerBound, count: run.count).elementsEqual(image[run])
            else {
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
            let isSame = end <= old.count && old[start..<end].elementsEqual(image[start..<end])
            if !isSame {
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
            guard try copy.read(at: 0, count: image.count) == image else { return false }
        }
        return true
    }
}

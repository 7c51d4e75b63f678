// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals
internal import HearthCrypto

extension Vault {
    /// Makes a change durable: keys, one transaction, anchor, in this order.
    ///
    /// A crash after the keys leaves keys nobody refers to; their slots are used again. A crash
    /// after the transaction leaves the anchor one generation behind, which opening accepts.
    func commit(_ change: Change) throws(VaultError) {
        guard !isBroken else {
            throw VaultError(.io, "an earlier failure left the vault unsure; close and open it")
        }
        try keyFile.bringUpToDate()
        // What is stored must not be told as failed because its anchor found no room.
        try Anchor.reserve(in: anchorFolder)
        var change = change
        // Inside the transaction nothing can be read; what is needed is loaded before.
        for person in change.fingerprints.keys { _ = try fingerprints(of: person) }
        let newSlots = try makeMissingKeys(&change)
        change.state.generation = state.generation + 1
        change.state.time = SystemError.now
        do {
            try database.transaction(shrinks: change.shrinks) { writer in
                try self.write(&change, with: writer)
                self.onStep?(.packsInserted)
            }
        } catch {
            // A full disk rolls the transaction back; after anything else only the disk knows.
            isBroken = error.code != .diskFull
            throw error
        }
        onStep?(.committed)
        install(change, newSlots)
        try writeAnchor()
        onStep?(.anchored)
    }

    func writeAnchor() throws(VaultError) {
        let anchor = Anchor(
            generation: state.generation, rootHash: state.rootHash, time: state.time)
        do { try anchor.write(in: anchorFolder, keys) } catch {
            isBroken = true
            // The generation is stored; its anchor is worth some of the ballast.
            guard error.code == .diskFull, try Ballast.release(in: location.store) else {
                throw error
            }
            try anchor.write(in: anchorFolder, keys)
            try Ballast.make(in: location.store)
            isBroken = false
        }
    }

    private func makeMissingKeys(_ change: inout Change) throws(VaultError) -> [Int] {
        var count = 0
        try change.forEachMissingSlot { _ in count += 1 }
        guard count > 0 else { return [] }
        let slots = try keyFile.addKeys(count, taken: try loadedTakenSlots())
        var next = 0
        try change.forEachMissingSlot { slot in
            slot = UInt32(slots[next])
            next += 1
        }
        return slots
    }

    /// The slots that the index, or an unfinished erase, refers to.
    func loadedTakenSlots() throws(VaultError) -> Set<Int> {
        if let takenSlots { return takenSlots }
        var taken: Set<Int> = []
        for person in state.people {
            taken.insert(Int(person.slot))
            for month in person.node.months {
                taken.insert(Int(month.indexSlot))
                taken.insert(Int(month.resultsSlot))
                let index = try monthIndex(MonthKey(person: person.id, month: month.month))
                for cell in index.cells { taken.insert(Int(cell.slot)) }
            }
        }
        for erase in state.pending { taken.formUnion(erase.slots.map(Int.init)) }
        taken.remove(Int(MonthIndex.noSlot))
        takenSlots = taken
        return taken
    }

    private func install(_ change: Change, _ newSlots: [Int]) {
        state = change.state
        takenSlots?.formUnion(newSlots)
        for (key, month) in change.months {
            monthCache[key] = month.cells.isEmpty ? nil : month
        }
        for (person, records) in change.rights { recordsCache[person] = records }
        if let records = change.vaultRights { vaultRecordsCache = records }
        for (person, added) in change.fingerprints {
            fingerprintCache[person]?.append(contentsOf: added)
        }
        let people = Set(state.people.map(\.id))
        for person in Array(fingerprintCache.keys) {
            if change.forgottenFingerprints.contains(person) || !people.contains(person) {
                fingerprintCache[person] = nil
            }
        }
        recordsCache = recordsCache.filter { people.contains($0.key) }
        monthCache = monthCache.filter { people.contains($0.key.person) }
    }

    // MARK: Inside the transaction

    private func write(_ change: inout Change, with writer: PackDatabase.Writer) throws {
        // First what goes, so that what comes takes its place.
        for id in change.deleted.sorted() { try writer.delete(id) }
        let gone = change.deleted.count
        var inserted = try writeRaw(&change, writer)
        inserted += try writeMonths(&change, writer)
        inserted += try writeResults(&change, writer)
        for person in change.dirtyPeople() {
            inserted += try writeFingerprints(person, &change, writer)
            inserted += try writeCorrections(person, &change, writer)
            inserted += try writeLive(person, &change, writer)
            inserted += try writeRights(person, &change, writer)
            inserted += try writeNode(person, &change, writer)
        }
        let audit = SealKey.vault(.audit)
        if let page = change.auditPage {
            change.state.audit = try put(page, .audit, audit, writer, change)
            inserted += 1
        }
        inserted += try writeVaultRights(&change, writer)
        let top = change.state.encodedTop()
        inserted += try writeTop(top, &change, writer)
        change.state.spareRoot = PackSealer.newID()
        if state.spareRoot != 0 { change.deleted.append(state.spareRoot) }
        inserted += 1
        for id in change.deleted.dropFirst(gone) { try writer.delete(id) }
        let count = state.packCount + UInt64(inserted)
        guard count >= UInt64(change.deleted.count) else {
            throw VaultError.damaged("the store counts fewer packs than it removes")
        }
        change.state.packCount = count - UInt64(change.deleted.count)
        let root = Root(
            generation: change.state.generation, previous: state.rootHash,
            tree: keys.treeHash(top), packCount: change.state.packCount,
            auditHead: change.state.auditHead, keyEpoch: keyFile.epoch, time: change.state.time,
            top: change.state.top, topCopy: change.state.topCopy, spare: change.state.spareRoot)
        _ = try put(
            try root.spared(), id: root.spare, .spareRoot, .vault(.index), writer, change)
        let sealed = try root.sealed(keys)
        change.state.rootHash = sealed.hash
        try writer.setRoot(root.row, sealed.row)
    }

    /// Which key seals a pack.
    enum SealKey {
        enum Own { case index, audit }
        case slot(UInt32)
        case vault(Own)
    }

    private func put(
        _ plain: PackPlain, id: UInt64? = nil, _ kind: PackKind, _ key: SealKey,
        _ writer: PackDatabase.Writer, _ change: Change
    ) throws -> PackRef {
        let number = id ?? PackSealer.newID()
        let generation = change.state.generation
        let result: (ref: PackRef, sealed: [UInt8])
        switch key {
        case .slot(let slot):
            let dataKey = try keyFile.dataKey(Int(slot))
            result = try sealer.seal(
                plain, id: number, kind, generation: generation, under: dataKey)
        case .vault(.index):
            result = try sealer.seal(
                plain, id: number, kind, generation: generation, under: keys.index)
        case .vault(.audit):
            result = try sealer.seal(
                plain, id: number, kind, generation: generation, under: keys.auditSeal)
        }
        try writer.insert(number, result.sealed)
        return result.ref
    }

    /// Seals the drafts in the order of their numbers, so that the table grows in order.
    private func writeRaw(_ change: inout Change, _ writer: PackDatabase.Writer) throws -> Int {
        guard !change.drafts.isEmpty else { return 0 }
        var places: [(id: UInt64, key: MonthKey, cell: Int, pack: Int)] = []
        for (key, month) in change.months {
            for (cell, content) in month.cells.enumerated() {
                for (pack, raw) in content.packs.enumerated()
                where change.drafts[raw.ref.id] != nil {
                    places.append((raw.ref.id, key, cell, pack))
                }
            }
        }
        places.sort { $0.id < $1.id }
        var refs: [PackRef] = []
        refs.reserveCapacity(places.count)
        for place in places {
            guard let plain = change.drafts.removeValue(forKey: place.id),
                let slot = change.months[place.key]?.cells[place.cell].slot
            else { continue }
            refs.append(try put(plain, id: place.id, .raw, .slot(slot), writer, change))
        }
        for (place, ref) in zip(places, refs) {
            change.months[place.key]?.cells[place.cell].packs[place.pack].ref = ref
        }
        return refs.count
    }

    private func writeMonths(_ change: inout Change, _ writer: PackDatabase.Writer) throws -> Int {
        var inserted = 0
        for (key, index) in change.months.sorted(by: { $0.key < $1.key }) {
            let person = try change.state.index(of: key.person)
            let place = change.state.people[person].node.place(of: key.month)
            var month = change.state.people[person].node.months[place]
            change.deleted += (month.index + month.copy).map(\.id)
            month.index = []
            month.copy = []
            if index.cells.isEmpty {
                month.indexSlot = MonthIndex.noSlot
            } else {
                for plain in Document.packs(index.encoded()) {
                    let key = SealKey.slot(month.indexSlot)
                    month.index.append(try put(plain, .month, key, writer, change))
                    month.copy.append(try put(plain, .month, key, writer, change))
                }
            }
            inserted += month.index.count + month.copy.count
            change.state.people[person].node.months[place] = month
        }
        return inserted
    }

    private func writeResults(_ change: inout Change, _ writer: PackDatabase.Writer) throws -> Int {
        var inserted = 0
        for (key, records) in change.results.sorted(by: { $0.key < $1.key }) {
            let person = try change.state.index(of: key.person)
            let place = change.state.people[person].node.place(of: key.month)
            var month = change.state.people[person].node.months[place]
            change.deleted += month.results.map(\.id)
            month.results = []
            if records.isEmpty {
                month.resultsSlot = MonthIndex.noSlot
            } else {
                for plain in Document.packs(ResultRecord.encoded(records)) {
                    month.results.append(
                        try put(plain, .results, .slot(month.resultsSlot), writer, change))
                }
            }
            inserted += month.results.count
            change.state.people[person].node.months[place] = month
        }
        return inserted
    }

    /// Rewrites the last page of fingerprints and those after it.
    private func writeFingerprints(
        _ person: Int, _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        let id = change.state.people[person].id
        let added = change.fingerprints[id] ?? []
        guard !added.isEmpty else { return 0 }
        var node = change.state.people[person].node
        let all = try fingerprints(of: id).all + added
        let kept = node.fingerprintCount / FingerprintPage.capacity
        change.deleted += node.fingerprints.dropFirst(kept).map(\.id)
        node.fingerprints = Array(node.fingerprints.prefix(kept))
        var start = kept * FingerprintPage.capacity
        var inserted = 0
        while start < all.count {
            let end = min(start + FingerprintPage.capacity, all.count)
            let plain = FingerprintPage.pack(all[start..<end])
            let slot = change.state.people[person].slot
            node.fingerprints.append(
                try put(plain, .fingerprints, .slot(slot), writer, change))
            inserted += 1
            start = end
        }
        node.fingerprintCount = all.count
        change.state.people[person].node = node
        return inserted
    }

    private func writeCorrections(
        _ person: Int, _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        guard let document = change.corrections[change.state.people[person].id] else { return 0 }
        let bytes = document.isEmpty ? nil : document.encoded()
        return try replace(\.corrections, .corrections, bytes, of: person, &change, writer)
    }

    private func writeLive(
        _ person: Int, _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        guard let document = change.live[change.state.people[person].id] else { return 0 }
        let bytes = document.streams.isEmpty ? nil : try document.encoded(codec.zstd)
        return try replace(\.live, .live, bytes, of: person, &change, writer)
    }

    private func writeRights(
        _ person: Int, _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        guard let records = change.rights[change.state.people[person].id] else { return 0 }
        let bytes = records.isEmpty ? nil : records.encoded()
        return try replace(\.rights, .rights, bytes, of: person, &change, writer)
    }

    /// Writes a document of a person anew, or leaves none; returns how many packs it takes.
    private func replace(
        _ place: WritableKeyPath<PersonNode, [PackRef]>, _ kind: PackKind, _ bytes: [UInt8]?,
        of person: Int, _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        let entry = change.state.people[person]
        change.deleted += entry.node[keyPath: place].map(\.id)
        var refs: [PackRef] = []
        for plain in bytes.map(Document.packs) ?? [] {
            refs.append(try put(plain, kind, .slot(entry.slot), writer, change))
        }
        change.state.people[person].node[keyPath: place] = refs
        return refs.count
    }

    private func writeVaultRights(
        _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        guard let records = change.vaultRights else { return 0 }
        change.deleted += change.state.rights.map(\.id)
        change.state.rights = []
        guard !records.isEmpty else { return 0 }
        for plain in Document.packs(records.encoded()) {
            change.state.rights.append(try put(plain, .rights, .vault(.index), writer, change))
        }
        return change.state.rights.count
    }

    private func writeNode(
        _ person: Int, _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        change.state.people[person].node.months.removeAll {
            $0.index.isEmpty && $0.results.isEmpty
        }
        let entry = change.state.people[person]
        change.deleted += (entry.refs + entry.copy).map(\.id)
        var refs: [PackRef] = []
        var copy: [PackRef] = []
        for plain in Document.packs(entry.node.encoded()) {
            refs.append(try put(plain, .node, .slot(entry.slot), writer, change))
            copy.append(try put(plain, .node, .slot(entry.slot), writer, change))
        }
        change.state.people[person].refs = refs
        change.state.people[person].copy = copy
        return refs.count + copy.count
    }

    /// Writes the top, twice if the root has room to name both.
    private func writeTop(
        _ top: [UInt8], _ change: inout Change, _ writer: PackDatabase.Writer
    ) throws -> Int {
        change.deleted += (state.top + state.topCopy).map(\.id)
        (change.state.top, change.state.topCopy) = ([], [])
        let pages = Document.packs(top)
        let isTwice = 2 * pages.count <= Root.maximumTop
        for plain in pages {
            change.state.top.append(try put(plain, .top, .vault(.index), writer, change))
            guard isTwice else { continue }
            change.state.topCopy.append(try put(plain, .top, .vault(.index), writer, change))
        }
        return change.state.top.count + change.state.topCopy.count
    }
}

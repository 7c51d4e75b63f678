// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals
internal import HearthCrypto

extension Vault {
    /// Finds the newest root, holds it against the anchor, and loads what hangs from it.
    func loadNewestGeneration() throws(VaultError) {
        let rows = try database.roots()
        let opened = [Root.open(rows[0], row: 0, keys), Root.open(rows[1], row: 1, keys)]
        guard
            let newest = opened.compactMap({ $0 }).max(by: {
                $0.root.generation < $1.root.generation
            })
        else { throw .damaged("no root of the store opens") }
        let other = opened[1 - newest.root.row]
        let anchor = try Anchor.read(in: anchorFolder, keys)
        try check(newest, other: other, against: anchor)
        guard keyFile.epoch >= newest.root.keyEpoch else {
            throw VaultError(.rolledBack, "the key files are older than the store")
        }
        try load(newest.root, newest.hash)
        if keyFile.repairs > 0 {
            openingRepairs.append("\(keyFile.repairs) key slots were repaired from the other copy")
        }
        if anchor?.generation != state.generation { try writeAnchor() }
    }

    private func check(
        _ newest: (root: Root, hash: [UInt8]), other: (root: Root, hash: [UInt8])?,
        against anchor: Anchor?
    ) throws(VaultError) {
        let root = newest.root
        if let anchor { try check(root, newest.hash, anchor) }
        if let other {
            guard other.root.generation + 1 == root.generation, root.previous == other.hash else {
                throw VaultError(.rolledBack, "the two roots of the store do not follow each other")
            }
        } else if root.generation > 1 {
            // Without the row before it, only the anchor can say that this root is the newest.
            guard anchor?.generation == root.generation else {
                throw .damaged("a root of the store does not open")
            }
            openingProblems.append("the root before the newest does not open")
        }
    }

    private func check(
        _ root: Root, _ hash: [UInt8], _ anchor: Anchor
    ) throws(VaultError) {
        if root.generation == anchor.generation {
            guard hash == anchor.rootHash else {
                throw VaultError(.rolledBack, "the store is another than the one seen last")
            }
        } else if root.generation == anchor.generation + 1 {
            guard root.previous == anchor.rootHash else {
                throw VaultError(.rolledBack, "the store does not follow the one seen last")
            }
        } else if root.generation < anchor.generation {
            throw VaultError(
                .rolledBack,
                "the store is at generation \(root.generation); "
                    + "generation \(anchor.generation) was seen")
        } else {
            throw VaultError(
                .rolledBack,
                "the anchor is at generation \(anchor.generation), the store at "
                    + "\(root.generation): an old state folder was put back")
        }
    }

    private func load(_ root: Root, _ hash: [UInt8]) throws(VaultError) {
        var next = VaultState()
        next.generation = root.generation
        next.rootHash = hash
        next.packCount = root.packCount
        next.auditHead = root.auditHead
        next.time = root.time
        next.top = root.top
        next.topCopy = root.topCopy
        next.spareRoot = root.spare
        let top = try document(root.top, copy: root.topCopy, .top, .vault(.index))
        guard keys.treeHash(top) == root.tree else {
            throw .damaged("the top of the index is not the one the root names")
        }
        try next.readTop(top)
        for index in next.people.indices {
            let person = next.people[index]
            let bytes = try document(
                person.refs, copy: person.copy, .node, .slot(person.slot))
            next.people[index].node = try PersonNode(bytes)
        }
        state = next
    }

    /// The root that the page with this number repeats.
    func sparedRoot(_ id: UInt64, generation: UInt64) throws(VaultError) -> Root {
        let sealed = try database.packs([id]).first ?? nil
        let page = try sealer.openUnnamed(
            sealed, id, .spareRoot, generation: generation, under: keys.index)
        return try Root(spared: page)
    }

    // MARK: Documents

    /// The opened packs of `refs`, in order.
    func open(
        _ refs: [PackRef], _ kind: PackKind, _ packClass: PackClass = .small, _ key: SealKey
    ) throws(VaultError) -> [[UInt8]] {
        let sealed = try database.packs(refs.map(\.id))
        var plains: [[UInt8]] = []
        for (ref, bytes) in zip(refs, sealed) {
            plains.append(try sealer.open(bytes, ref, kind, packClass, key, keyFile))
        }
        return plains
    }

    /// The bytes of a document cut into packs.
    func document(
        _ refs: [PackRef], _ kind: PackKind, _ key: SealKey
    ) throws(VaultError) -> [UInt8] {
        var bytes: [UInt8] = []
        for plain in try open(refs, kind, .small, key) { bytes += try Document.piece(plain) }
        return bytes
    }

    /// The bytes of a document that is stored twice: a page that is damaged is read from its copy.
    func document(
        _ refs: [PackRef], copy: [PackRef], _ kind: PackKind, _ key: SealKey
    ) throws(VaultError) -> [UInt8] {
        guard copy.count == refs.count else { return try document(refs, kind, key) }
        var bytes: [UInt8] = []
        for (ref, other) in zip(refs, copy) {
            do { bytes += try document([ref], kind, key) } catch {
                guard other.hash == ref.hash else { throw error }
                bytes += try document([other], kind, key)
                openingProblems.append("a \(kind) pack is damaged and was read from its copy")
            }
        }
        return bytes
    }

    /// The index of a month; empty if there is none.
    func monthIndex(_ key: MonthKey) throws(VaultError) -> MonthIndex {
        if let month = monthCache[key] { return month }
        let person = state.people[try state.index(of: key.person)]
        guard let month = person.node.month(key.month), !month.index.isEmpty else {
            return MonthIndex()
        }
        let index = try MonthIndex(
            try document(month.index, copy: month.copy, .month, .slot(month.indexSlot)))
        monthCache[key] = index
        return index
    }

    /// The fingerprints of what was ingested for a person.
    func fingerprints(of person: PersonID) throws(VaultError) -> FingerprintList {
        if let known = fingerprintCache[person] { return known }
        let entry = state.people[try state.index(of: person)]
        var all = FingerprintList()
        for plain in try open(
            entry.node.fingerprints, .fingerprints, .small, .slot(entry.slot))
        {
            all.append(contentsOf: FingerprintPage.fingerprints(try Document.piece(plain)))
        }
        guard all.count == entry.node.fingerprintCount else {
            throw .damaged("the list of ingested files has another length")
        }
        fingerprintCache[person] = all
        return all
    }
}

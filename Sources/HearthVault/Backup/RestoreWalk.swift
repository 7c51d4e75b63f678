// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Finds everything that hangs from a root in some sources, hands on what is sound, and leaves what
/// is not out of the index.
struct RestoreWalk {
    private let keyFile: KeyFile
    private let sealer: PackSealer
    private let sources: [any PackSource]
    private let run: ([SealCheck]) -> [[Bool]]
    private let put: (UInt64, [UInt8]) throws(VaultError) -> Void

    /// The state without what is lost.
    private(set) var state = VaultState()
    /// Months whose index must be written again without what is lost.
    private(set) var months: [MonthKey: MonthIndex] = [:]
    /// Persons whose node must be written again.
    private(set) var people: Set<PersonID> = []
    private(set) var losses: [VaultLoss] = []
    /// Packs that were handed on.
    private(set) var count = 0
    private(set) var samples = 0
    /// Whether the index names something that was not found, be it only a copy.
    private(set) var isChanged = false
    private var seen: Set<UInt64> = []

    init(
        _ keyFile: KeyFile, _ sources: [any PackSource],
        run: @escaping ([SealCheck]) -> [[Bool]],
        put: @escaping (UInt64, [UInt8]) throws(VaultError) -> Void
    ) {
        self.keyFile = keyFile
        sealer = PackSealer(keys: keyFile.keys)
        self.sources = sources
        self.run = run
        self.put = put
    }

    /// Takes everything below a root; false if its top cannot be read.
    mutating func take(_ root: Root, _ hash: [UInt8]) throws(VaultError) -> Bool {
        state.generation = root.generation
        state.rootHash = hash
        state.auditHead = root.auditHead
        state.time = root.time
        var lists = (root.top, root.topCopy)
        guard let top = try document(&lists.0, &lists.1, .top, .vault(.index)),
            keyFile.keys.treeHash(top) == root.tree
        else { return false }
        try state.readTop(top)
        (state.top, state.topCopy) = lists
        state.spareRoot = try takeSpare(root)
        var kept: [VaultState.Person] = []
        for (place, person) in state.people.enumerated() {
            if let found = try take(person, place + 1) { kept.append(found) }
        }
        if kept.count < state.people.count { isChanged = true }
        state.people = kept
        var rights = state.rights
        try keep(&rights, .rights, .vault(.index), VaultLoss(part: .rights))
        state.rights = rights
        try takeAudit()
        state.packCount = UInt64(count)
        return true
    }

    private mutating func takeSpare(_ root: Root) throws(VaultError) -> UInt64 {
        guard root.spare != 0 else { return 0 }
        for source in sources {
            guard let sealed = source.pack(root.spare) else { continue }
            do {
                _ = try sealer.openUnnamed(
                    sealed, root.spare, .spareRoot, generation: root.generation,
                    under: keyFile.keys.index)
            } catch { continue }
            try put(all: [(root.spare, sealed)])
            return root.spare
        }
        isChanged = true
        return 0
    }

    // MARK: A person

    private mutating func take(
        _ person: VaultState.Person, _ number: Int
    ) throws(VaultError) -> VaultState.Person? {
        var person = person
        let key = Vault.SealKey.slot(person.slot)
        let before = person.refs.count + person.copy.count
        guard let bytes = try document(&person.refs, &person.copy, .node, key) else {
            losses.append(VaultLoss(part: .person, person: number))
            return nil
        }
        if person.refs.count + person.copy.count < before { people.insert(person.id) }
        person.node = try PersonNode(bytes)
        let node = person.node
        try keep(
            &person.node.fingerprints, .fingerprints, key,
            VaultLoss(part: .fingerprints, person: number))
        if person.node.fingerprints.isEmpty { person.node.fingerprintCount = 0 }
        try keep(
            &person.node.corrections, .corrections, key,
            VaultLoss(part: .corrections, person: number))
        try keep(&person.node.live, .live, key, VaultLoss(part: .live, person: number))
        try keep(&person.node.rights, .rights, key, VaultLoss(part: .rights, person: number))
        for place in person.node.months.indices {
            var month = person.node.months[place]
            try take(&month, of: person, number)
            person.node.months[place] = month
        }
        if person.node != node { people.insert(person.id) }
        return person
    }

    private mutating func take(
        _ month: inout PersonNode.Month, of person: VaultState.Person, _ number: Int
    ) throws(VaultError) {
        var place = VaultLoss(
            part: .results, person: number, day: LocalDate(dayNumber: month.firstDay))
        let hadResults = !month.results.isEmpty
        try keep(&month.results, .results, .slot(month.resultsSlot), place)
        if hadResults, month.results.isEmpty { month.resultsSlot = MonthIndex.noSlot }
        guard !month.index.isEmpty else { return }
        let monthKey = MonthKey(person: person.id, month: month.month)
        let before = month.index.count + month.copy.count
        let key = Vault.SealKey.slot(month.indexSlot)
        guard let bytes = try document(&month.index, &month.copy, .month, key) else {
            place.part = .month
            losses.append(place)
            month.indexSlot = MonthIndex.noSlot
            return
        }
        var index = try MonthIndex(bytes)
        var isCut = month.index.count + month.copy.count < before
        if try takeSamples(of: &index, number) { isCut = true }
        index.cells.removeAll { $0.packs.isEmpty }
        guard isCut else { return }
        months[monthKey] = index
        people.insert(person.id)
        isChanged = true
    }

    /// A pack of samples that the index names.
    private struct Wanted {
        var cell: Int
        var slot: UInt32
        var pack: MonthIndex.RawPack
    }

    /// Takes the packs of samples of a month, some megabytes at a time, and leaves out of the index
    /// what is lost; true if anything is.
    private mutating func takeSamples(
        of index: inout MonthIndex, _ number: Int
    ) throws(VaultError) -> Bool {
        var wanted: [Wanted] = []
        for (place, cell) in index.cells.enumerated() {
            wanted += cell.packs.map { Wanted(cell: place, slot: cell.slot, pack: $0) }
            index.cells[place].packs = []
        }
        var isCut = false
        for start in stride(from: 0, to: wanted.count, by: Self.together) {
            let part = Array(wanted[start..<min(start + Self.together, wanted.count)])
            for (one, sealed) in zip(part, try sound(part)) {
                if let sealed {
                    try put(all: [(one.pack.ref.id, sealed)])
                    index.cells[one.cell].packs.append(one.pack)
                    samples += one.pack.entries.reduce(0) { $0 + Int($1.count) }
                } else {
                    isCut = true
                    let key = index.cells[one.cell].key
                    losses.append(
                        VaultLoss(
                            part: .samples, person: number,
                            day: LocalDate(dayNumber: Int64(key.day)), category: key.category,
                            pack: one.pack.ref.id))
                }
            }
        }
        return isCut
    }

    /// Packs that are read before they are opened: 16 MB at most.
    private static let together = 256
    /// Packs that one thread opens at a time.
    private static let ofOneCheck = 16

    /// Each pack from the first source that has it sound. They are read one after the other, and
    /// opened at the same time.
    private func sound(_ wanted: [Wanted]) throws(VaultError) -> [[UInt8]?] {
        var found = [[UInt8]?](repeating: nil, count: wanted.count)
        for source in sources {
            var checks: [SealCheck] = []
            var places: [[Int]] = []
            for (place, one) in wanted.enumerated() where found[place] == nil {
                guard let sealed = source.pack(one.pack.ref.id) else { continue }
                let key: DataKey
                do { key = try keyFile.dataKey(Int(one.slot)) } catch { continue }
                if (places.last?.count ?? Self.ofOneCheck) == Self.ofOneCheck {
                    checks.append(SealCheck(sealer))
                    places.append([])
                }
                checks[checks.count - 1].add(one.pack, sealed, key)
                places[places.count - 1].append(place)
            }
            guard !checks.isEmpty else { continue }
            let outcomes = run(checks)
            guard outcomes.map(\.count) == places.map(\.count) else {
                throw VaultError(.io, "a check of packs did not end")
            }
            for (check, outcome) in checks.indices.map({ ($0, outcomes[$0]) }) {
                for (item, isSound) in outcome.enumerated() where isSound {
                    found[places[check][item]] = checks[check].sealed(item)
                }
            }
        }
        return found
    }

    // MARK: The audit log

    /// The log is one chain: if a page is missing it begins anew.
    private mutating func takeAudit() throws(VaultError) {
        var next = state.audit
        var pages: [(UInt64, [UInt8])] = []
        while let ref = next {
            guard let (plain, sealed) = find(ref, .audit, .small, .vault(.audit)) else {
                losses.append(VaultLoss(part: .audit))
                isChanged = true
                state.audit = nil
                state.auditCount = 0
                state.auditHead = [UInt8](repeating: 0, count: 32)
                return
            }
            pages.append((ref.id, sealed))
            next = try Vault.previousAuditPage(in: plain)
        }
        try put(all: pages)
    }

    // MARK: Documents and packs

    /// A document that is stored twice, from the pages of either; the lists keep what was found.
    private mutating func document(
        _ refs: inout [PackRef], _ copy: inout [PackRef], _ kind: PackKind, _ key: Vault.SealKey
    ) throws(VaultError) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (first, second): ([PackRef], [PackRef]) = ([], [])
        var found: [(UInt64, [UInt8])] = []
        let isTwice = copy.count == refs.count
        for (place, ref) in refs.enumerated() {
            var page: [UInt8]?
            if let (plain, sealed) = find(ref, kind, .small, key) {
                page = plain
                first.append(ref)
                found.append((ref.id, sealed))
            }
            if isTwice, let (plain, sealed) = find(copy[place], kind, .small, key) {
                page = page ?? plain
                second.append(copy[place])
                found.append((copy[place].id, sealed))
            }
            guard let page else {
                // What is left of a document without one of its pages is of no use.
                (refs, copy) = ([], [])
                isChanged = true
                return nil
            }
            bytes += try Document.piece(page)
        }
        if first.count < refs.count || second.count < copy.count { isChanged = true }
        (refs, copy) = (first, second)
        try put(all: found)
        return bytes
    }

    /// Keeps a document that is stored once, or says that it is lost as a whole.
    private mutating func keep(
        _ refs: inout [PackRef], _ kind: PackKind, _ key: Vault.SealKey, _ loss: VaultLoss
    ) throws(VaultError) {
        var found: [(UInt64, [UInt8])] = []
        for ref in refs {
            guard let (_, sealed) = find(ref, kind, .small, key) else {
                losses.append(loss)
                isChanged = true
                refs = []
                return
            }
            found.append((ref.id, sealed))
        }
        try put(all: found)
    }

    /// Hands packs on, none of them twice.
    private mutating func put(all packs: [(UInt64, [UInt8])]) throws(VaultError) {
        for (id, sealed) in packs {
            guard seen.insert(id).inserted else {
                throw .damaged("the index names a pack twice")
            }
            try put(id, sealed)
            count += 1
        }
    }

    /// The pack that a reference names, from the first source that has it sound.
    private func find(
        _ ref: PackRef, _ kind: PackKind, _ packClass: PackClass, _ key: Vault.SealKey
    ) -> (plain: [UInt8], sealed: [UInt8])? {
        for source in sources {
            guard let sealed = source.pack(ref.id) else { continue }
            do {
                return (try sealer.open(sealed, ref, kind, packClass, key, keyFile), sealed)
            } catch { continue }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals
internal import HearthCrypto

/// The change an erase makes, and the keys and packs it dooms.
struct EraseDraft {
    private(set) var change: Change
    /// All key slots to destroy.
    private(set) var wiped: [UInt32] = []
    /// Those whose days go completely.
    private(set) var wholeSlots: [UInt32] = []
    /// All packs that will be removed.
    private(set) var doomedPacks: [UInt64] = []
    /// How many results go.
    private(set) var results = 0

    private let vault: Vault
    private let scope: ErasureScope
    private let plan: ErasePlan
    private let receipt: PackHash
    private let requested: Int64
    /// Puts amended samples in the place of what goes.
    private let amendment: Amendment?

    init(
        _ vault: Vault, _ scope: ErasureScope, _ plan: ErasePlan, receipt: PackHash,
        requested: Int64, amendment: Amendment? = nil
    ) throws(VaultError) {
        self.vault = vault
        self.scope = scope
        self.plan = plan
        self.receipt = receipt
        self.requested = requested
        self.amendment = amendment
        change = Change(vault.state)
    }

    mutating func build() throws(VaultError) {
        let index = try change.state.index(of: scope.person)
        if scope.isWholePerson { try removePerson(index) } else { try cut(index) }
        change.state.pending.append(
            VaultState.Pending(receipt: receipt, requested: requested, slots: wiped))
    }

    // MARK: A whole person

    private mutating func removePerson(_ index: Int) throws(VaultError) {
        let person = change.state.people[index]
        doom(person.slot, person.ownPages)
        for month in person.node.months {
            let key = MonthKey(person: person.id, month: month.month)
            for cell in try vault.monthIndex(key).cells {
                wholeSlots.append(cell.slot)
                doom(cell.slot, cell.packs.map(\.ref))
            }
            if !month.index.isEmpty { doom(month.indexSlot, month.index + month.copy) }
            if !month.results.isEmpty {
                // Damaged ones go as well, uncounted.
                results += (try? vault.resultRecords(month).count) ?? 0
                doom(month.resultsSlot, month.results)
            }
        }
        change.deleted += doomedPacks
        change.state.people.remove(at: index)
        // Whoever gets this label again does not get back what was erased; see Vault+Return.
        let time = max(requested, plan.lastErased ?? .min)
        for hash in [
            Tombstone.hash(person.id, nil, nil, vault.keys).hash,
            VaultState.Gone.hash(label: person.node.label, vault.keys),
            VaultState.Gone.hash(receipt: receipt, vault.keys),
        ] {
            change.state.gone.append(VaultState.Gone(hash: hash, time: time))
        }
    }

    private mutating func doom(_ slot: UInt32, _ refs: [PackRef]) {
        wiped.append(slot)
        doomedPacks += refs.map(\.id)
    }

    // MARK: A part of a person's data

    private mutating func cut(_ index: Int) throws(VaultError) {
        for item in plan.items {
            var month = try pages(item.month)
            month.cells.removeAll { $0.key == item.cell.key }
            change.months[item.month] = month
            change.deleted += item.cell.packs.map(\.ref.id)
            doom(item.cell.slot, item.cell.packs.map(\.ref))
            if item.isWhole { wholeSlots.append(item.cell.slot) }
        }
        try rewriteRests()
        renewPages(index)
        try cutResults(index)
        try renewNode(index)
        try forgetEmptyStreams(index)
        addTombstones(index)
    }

    /// The month as this change has it, or as it is stored.
    private func pages(_ key: MonthKey) throws(VaultError) -> MonthIndex {
        if let month = change.months[key] { return month }
        return try vault.monthIndex(key)
    }

    /// Writes what stays of the cells that are cut.
    private mutating func rewriteRests() throws(VaultError) {
        let streams = change.state.people[try change.state.index(of: scope.person)].node.streams
        var writer = try CellWriter(
            vault: vault, person: scope.person, devices: [:], change: change)
        let isMatching = streams.map { $0.map(scope.matches) ?? false }
        for item in plan.items where !item.isWhole {
            for pack in item.cell.packs {
                let touched = pack.entries.filter {
                    isMatching.indices.contains(Int($0.stream)) && isMatching[Int($0.stream)]
                        && scope.touches($0)
                }
                if touched.count == pack.entries.count, touched.allSatisfy(scope.covers) {
                    continue
                }
                // Small packs are filled anew, or a day would get one more with each erase.
                if touched.isEmpty, pack.packClass == .large {
                    try writer.keep(pack, of: item.cell)
                    continue
                }
                let plain = try vault.opened(pack, item.cell.slot)
                for block in try PackPlain.blocks(of: plain) {
                    let (number, series) = try vault.codec.decode(plain, in: block.body)
                    guard Int(number) < streams.count, let stream = streams[Int(number)] else {
                        throw .damaged("a block of an unknown stream")
                    }
                    let rest = scope.matches(stream) ? outside(series) : series
                    if rest.count > 0 { try writer.keep(rest, stream) }
                }
            }
            // One day at a time: its rest is in packs before the next day is opened.
            try writer.seal()
        }
        if let amendment {
            for (stream, series) in try amended(by: amendment) {
                try writer.keep(series, stream)
                try writer.seal()
            }
        }
        change = writer.change
    }

    /// What takes the place of the erased samples, day by day.
    private func amended(
        by amendment: Amendment
    ) throws(VaultError) -> [(CatalogStream, Series)] {
        let rules = ReadingRules(amendments: [amendment])
        let streams = change.state.people[try change.state.index(of: scope.person)].node.streams
        var found: [(CatalogStream, Series)] = []
        for item in plan.items {
            for (number, stream) in streams.enumerated() {
                guard let stream, scope.matches(stream),
                    stream.quantity.facts.category == item.cell.key.category
                else { continue }
                let parts = try vault.series(
                    UInt32(number), in: item.cell, from: scope.first, through: scope.last)
                for part in Vault.united(parts) {
                    let new = rules.amended(part)
                    if new.count > 0 { found.append((stream, new)) }
                }
            }
        }
        return found
    }

    private func outside(_ series: Series) -> Series {
        let kept = series.times.indices.filter {
            series.times[$0] < scope.first || series.times[$0] > scope.last
        }
        return series.picking(kept)
    }

    /// The index pages of touched months get a new key, so that the old pages are closed too.
    private mutating func renewPages(_ index: Int) {
        for key in change.months.keys {
            let place = change.state.people[index].node.place(of: key.month)
            let month = change.state.people[index].node.months[place]
            guard month.indexSlot != MonthIndex.noSlot else { continue }
            doom(month.indexSlot, month.index + month.copy)
            change.state.people[index].node.months[place].indexSlot = MonthIndex.noSlot
        }
    }

    /// Drops the results of days the erased samples went into; the rest gets a new key.
    private mutating func cutResults(_ index: Int) throws(VaultError) {
        let dooms = plan.dooms(scope)
        for place in change.state.people[index].node.months.indices {
            let month = change.state.people[index].node.months[place]
            let records = try vault.resultRecords(month)
            let kept = records.filter { !dooms($0) }
            guard kept.count < records.count else { continue }
            results += records.count - kept.count
            doom(month.resultsSlot, month.results)
            change.state.people[index].node.months[place].resultsSlot = MonthIndex.noSlot
            change.results[MonthKey(person: scope.person, month: month.month)] = kept
        }
    }

    private mutating func renewNode(_ index: Int) throws(VaultError) {
        let person = change.state.people[index]
        doom(person.slot, person.ownPages)
        change.state.people[index].slot = MonthIndex.noSlot
        change.nodes.insert(person.id)
        if !person.node.corrections.isEmpty {
            // Sealed anew without what goes: the old pages are closed with the person's old key.
            change.corrections[person.id] = plan.kept
        }
        if !person.node.live.isEmpty {
            // The operators have seen what goes: only how far the input was read stays.
            var document = try vault.liveDocument(of: person.id)
            for place in document.streams.indices { document.streams[place].state = [] }
            change.live[person.id] = document
        }
        // That a file was once read in is a trace of what it held. Without it the file is read again,
        // and what the tombstones keep out of it is counted.
        change.deleted += person.node.fingerprints.map(\.id)
        change.state.people[index].node.fingerprints = []
        change.state.people[index].node.fingerprintCount = 0
        change.forgottenFingerprints.insert(person.id)
        if !person.node.rights.isEmpty || amendment != nil {
            var records = try vault.records(of: person.id)
            if scope.results != .only { records.cut(scope) }
            if var amendment {
                amendment.number = records.newNumber()
                records.amendments.append(amendment)
            }
            change.rights[person.id] = records
        }
    }

    /// Takes streams and devices without samples out of the catalog.
    private mutating func forgetEmptyStreams(_ index: Int) throws(VaultError) {
        var used: Set<Int> = []
        for month in change.state.people[index].node.months {
            let key = MonthKey(person: scope.person, month: month.month)
            for cell in try pages(key).cells {
                for pack in cell.packs { used.formUnion(pack.entries.map { Int($0.stream) }) }
            }
        }
        var node = change.state.people[index].node
        for number in node.streams.indices where !used.contains(number) {
            node.streams[number] = nil
        }
        let devices = Set(node.streams.compactMap { $0?.device })
        node.devices.removeAll { !devices.contains($0.id) }
        change.state.people[index].node = node
    }

    /// Forbids what was erased to come back, but not what is recorded after the erase.
    private mutating func addTombstones(_ index: Int) {
        let end = min(max(requested, plan.lastErased ?? .min), scope.last)
        let quantities: [Quantity?] = scope.quantities.map { $0.map { $0 } } ?? [nil]
        let devices: [DeviceID?] = scope.devices.map { $0.map { $0 } } ?? [nil]
        guard scope.first <= end, scope.results != .only else { return }
        for quantity in quantities {
            for device in devices {
                let (mode, hash) = Tombstone.hash(scope.person, quantity, device, vault.keys)
                if scope.replacesTombstones {
                    change.state.people[index].node.tombstones.removeAll {
                        $0.mode == mode && $0.hash == hash && $0.from == scope.first
                            && $0.to <= (end == .max ? .max : end + 1)
                    }
                }
                change.state.people[index].node.tombstones.append(
                    Tombstone(
                        mode: mode, hash: hash, from: scope.first,
                        to: end == .max ? .max : end + 1, time: requested, receipt: receipt))
            }
        }
    }
}

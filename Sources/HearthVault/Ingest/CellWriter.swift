// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Turns series into packs of the cells they belong to, leaving out what is stored or forbidden.
struct CellWriter {
    /// A block waiting for a pack.
    private struct Block {
        var entry: MonthIndex.Entry
        var body: [UInt8]
        /// What the body holds, if that is little.
        var series: Series?
    }
    private struct Target: Hashable {
        var cell: CellKey
        var packClass: PackClass
    }

    var change: Change
    var outcome = IngestOutcome()
    private let vault: Vault
    private let person: PersonID
    private let index: Int
    private let devices: [DeviceID: PersonNode.Device]
    private var blocks: [Target: [Block]] = [:]
    /// Samples tried for one block first; more than fits a pack only when they compress badly.
    /// Blocks with fewer samples become one with the block before of their stream.
    private static let joined = 1024
    private static let firstTry: [PackClass: Int] = [.small: 8192, .large: 16_384]

    init(
        vault: Vault, person: PersonID, devices: [DeviceID: PersonNode.Device],
        change: Change? = nil
    ) throws(VaultError) {
        self.vault = vault
        self.person = person
        self.devices = devices
        self.change = change ?? Change(vault.state)
        index = try self.change.state.index(of: person)
    }

    /// Takes the samples of one stream in any order.
    mutating func add(_ series: Series, _ stream: CatalogStream) throws(VaultError) {
        var series = series
        outcome.duplicates += series.sortAndUnite()
        outcome.suppressedByErasure += suppress(&series, stream)
        var start = 0
        while start < series.count {
            let day = Timestamp(nanoseconds: series.times[start]).utcDay
            var end = start + 1
            // The times ascend: the end of the day is searched, not walked to.
            let (next, overflow) = (day + 1).multipliedReportingOverflow(by: 86_400_000_000_000)
            if overflow {
                end = series.count
            } else {
                var high = series.count
                while end < high {
                    let middle = (end + high) / 2
                    if series.times[middle] < next { end = middle + 1 } else { high = middle }
                }
            }
            try addDay(series, start..<end, stream, Int32(truncatingIfNeeded: day))
            start = end
        }
    }

    /// Takes samples that are stored already and stay so: sorted, of one day, not to be compared.
    mutating func keep(_ series: Series, _ stream: CatalogStream) throws(VaultError) {
        guard let first = series.times.first else { return }
        let facts = stream.quantity.facts
        let day = Int32(truncatingIfNeeded: Timestamp(nanoseconds: first).utcDay)
        let target = Target(
            cell: CellKey(day: day, category: facts.category),
            packClass: facts.isFast ? .large : .small)
        try encode(series, 0..<series.count, number(of: stream), target)
    }

    /// Takes a pack of the stored cell as it is, to be sealed anew under the key that the cell gets.
    mutating func keep(
        _ pack: MonthIndex.RawPack, of cell: MonthIndex.Cell
    ) throws(VaultError) {
        let opened = try vault.opened(pack, cell.slot)
        var plain = PackPlain(pack.packClass)
        for block in try PackPlain.blocks(of: opened) { plain.add(block.type, opened[block.body]) }
        var entries = pack.entries
        let monthKey = MonthKey(person: person, month: MonthKey.month(ofDay: Int64(cell.key.day)))
        var month = try current(monthKey)
        change.months[monthKey] = nil
        let place = month.place(of: cell.key)
        close(&plain, &entries, &month.cells[place])
        change.months[monthKey] = month
    }

    private mutating func addDay(
        _ series: Series, _ range: Range<Int>, _ stream: CatalogStream, _ day: Int32
    ) throws(VaultError) {
        let facts = stream.quantity.facts
        let key = CellKey(day: day, category: facts.category)
        let monthKey = MonthKey(person: person, month: MonthKey.month(ofDay: Int64(day)))
        let target = Target(cell: key, packClass: facts.isFast ? .large : .small)
        let known = change.state.people[index].node.streams.firstIndex(of: stream)
        if let known, let cell = try current(monthKey)[key] {
            let stored = try vault.series(
                UInt32(known), in: cell, from: series.times[range.lowerBound],
                through: series.times[range.upperBound - 1])
            if var all = stored.first {
                for part in stored.dropFirst() { all.append(part) }
                _ = all.sortAndUnite()
                var fresh = series.slice(range)
                outcome.duplicates += fresh.subtract(all)
                if fresh.count > 0 {
                    try encode(fresh, 0..<fresh.count, number(of: stream), target)
                }
                return
            }
        }
        try encode(series, range, number(of: stream), target)
    }

    /// The month as this change has it, or as it is stored.
    private func current(_ key: MonthKey) throws(VaultError) -> MonthIndex {
        if let month = change.months[key] { return month }
        return try vault.monthIndex(key)
    }

    /// The stream's number in the catalog, which gets stream and device if they are new.
    private mutating func number(of stream: CatalogStream) -> UInt32 {
        if change.state.people[index].node.device(stream.device) == nil,
            let device = devices[stream.device]
        {
            change.state.people[index].node.devices.append(device)
        }
        if let known = change.state.people[index].node.streams.firstIndex(of: stream) {
            return UInt32(known)
        }
        change.state.people[index].node.streams.append(stream)
        return UInt32(change.state.people[index].node.streams.count - 1)
    }

    /// Encodes the range as blocks that fit a pack, halving what does not.
    private mutating func encode(
        _ series: Series, _ range: Range<Int>, _ stream: UInt32, _ target: Target
    ) throws(VaultError) {
        outcome.added += range.count
        let step = Self.firstTry[target.packClass] ?? 8192
        var waiting = stride(from: range.lowerBound, to: range.upperBound, by: step).map {
            $0..<min($0 + step, range.upperBound)
        }
        waiting.reverse()
        while let part = waiting.popLast() {
            let body = try vault.codec.encode(series, part, stream: stream)
            guard body.count <= target.packClass.blockCapacity || part.count == 1 else {
                let pieces = min(part.count, body.count / target.packClass.blockCapacity + 1)
                let width = max(1, (part.count + pieces - 1) / pieces)
                let cuts = stride(from: part.lowerBound, to: part.upperBound, by: width).map {
                    $0..<min($0 + width, part.upperBound)
                }
                waiting += cuts.reversed()
                continue
            }
            // What was just compressed must come back before anybody relies on it.
            let back = try vault.codec.decode(body, in: 0..<body.count).series
            guard back.isIdentical(to: series, part) else {
                throw VaultError(.io, "an encoded block did not decode to itself")
            }
            blocks[target, default: []].append(
                Block(
                    entry: MonthIndex.Entry(
                        stream: stream, first: series.times[part.lowerBound],
                        last: series.times[part.upperBound - 1], count: UInt32(part.count)),
                    body: body, series: part.count < Self.joined ? back : nil))
        }
    }

    /// Puts all blocks into packs and the packs into the change.
    mutating func seal() throws(VaultError) {
        for target in blocks.keys.sorted(by: {
            ($0.cell, $0.packClass.rawValue) < ($1.cell, $1.packClass.rawValue)
        }) {
            guard let waiting = blocks.removeValue(forKey: target) else { continue }
            let monthKey = MonthKey(
                person: person, month: MonthKey.month(ofDay: Int64(target.cell.day)))
            var month = try current(monthKey)
            change.months[monthKey] = nil
            let place = month.place(of: target.cell)
            try fill(&month.cells[place], waiting, target.packClass)
            change.months[monthKey] = month
        }
    }

    private mutating func fill(
        _ cell: inout MonthIndex.Cell, _ waiting: [Block], _ packClass: PackClass
    ) throws(VaultError) {
        var waiting = waiting
        var plain = PackPlain(packClass)
        var entries: [MonthIndex.Entry] = []
        if cell.slot != MonthIndex.noSlot, vault.keyFile.state(Int(cell.slot)) == .wiped {
            // On a full disk an erase destroyed the key but could not rewrite the index.
            change.deleted += cell.packs.map(\.ref.id)
            cell.packs = []
            cell.slot = MonthIndex.noSlot
        }
        if let tail = cell.packs.lastIndex(where: { $0.packClass == packClass }),
            try reopen(cell.packs[tail], cell.slot, &plain, room: waiting[0].body.count)
        {
            entries = cell.packs[tail].entries
            change.deleted.append(cell.packs[tail].ref.id)
            cell.packs.remove(at: tail)
            try join(&waiting, &plain)
        }
        for block in waiting {
            if !plain.hasRoom(for: block.body.count) {
                close(&plain, &entries, &cell)
            }
            plain.add(Pack.seriesBlock, block.body[...])
            Self.note(block.entry, in: &entries)
        }
        close(&plain, &entries, &cell)
    }

    /// Makes small blocks of a stream one with the small block before: a live stream adds a few samples
    /// at a time, and a block of few is mostly header.
    private func join(_ waiting: inout [Block], _ plain: inout PackPlain) throws(VaultError) {
        var new = waiting
        var rest = PackPlain(plain.packClass)
        for block in try PackPlain.blocks(of: plain.bytes) {
            if block.type == Pack.seriesBlock, try absorb(plain.bytes, block.body, &new) {
                continue
            }
            rest.add(block.type, plain.bytes[block.body])
        }
        let bytes = new.reduce(rest.bytes.count) { $0 + Pack.blockHeaderBytes + $1.body.count }
        // What moved to another pack would be counted in the wrong one.
        guard bytes <= plain.packClass.plainBytes else { return }
        (waiting, plain) = (new, rest)
    }

    /// Takes a stored block's samples into the waiting block of its stream; false if it stays.
    private func absorb(
        _ bytes: [UInt8], _ body: Range<Int>, _ waiting: inout [Block]
    ) throws(VaultError) -> Bool {
        let stream = try SeriesCodec.stream(of: bytes, in: body)
        guard let place = waiting.firstIndex(where: { $0.entry.stream == stream }),
            let added = waiting[place].series
        else { return false }
        var all = try vault.codec.decode(bytes, in: body).series
        guard all.count + added.count < Self.joined,
            all.columns.map(\.layout) == added.columns.map(\.layout)
        else { return false }
        let count = all.count + added.count
        all.append(added)
        guard all.sortAndUnite() == 0 else { return false }
        let joined = try vault.codec.encode(all, 0..<count, stream: stream)
        let back = try vault.codec.decode(joined, in: 0..<joined.count).series
        guard back.isIdentical(to: all, 0..<count) else {
            throw VaultError(.io, "an encoded block did not decode to itself")
        }
        // The entry counts what is new; what was stored the pack's entry counts already.
        waiting[place].body = joined
        waiting[place].series = all
        return true
    }

    /// Takes over the blocks of the newest pack if there is room behind them.
    private func reopen(
        _ pack: MonthIndex.RawPack, _ slot: UInt32, _ plain: inout PackPlain, room: Int
    ) throws(VaultError) -> Bool {
        guard slot != MonthIndex.noSlot, change.drafts[pack.ref.id] == nil else { return false }
        let opened = try vault.opened(pack, slot)
        var copy = PackPlain(pack.packClass)
        for block in try PackPlain.blocks(of: opened) { copy.add(block.type, opened[block.body]) }
        guard copy.hasRoom(for: room) else { return false }
        plain = copy
        return true
    }

    private mutating func close(
        _ plain: inout PackPlain, _ entries: inout [MonthIndex.Entry],
        _ cell: inout MonthIndex.Cell
    ) {
        let id = PackSealer.newID()
        cell.packs.append(
            MonthIndex.RawPack(
                ref: PackRef(id: id, generation: 0, hash: .zero), packClass: plain.packClass,
                entries: entries))
        change.drafts[id] = plain
        plain = PackPlain(plain.packClass)
        entries = []
    }

    /// One entry a stream and pack: the blocks of a stream in a pack count together.
    static func note(_ entry: MonthIndex.Entry, in entries: inout [MonthIndex.Entry]) {
        if let known = entries.firstIndex(where: { $0.stream == entry.stream }) {
            entries[known].first = min(entries[known].first, entry.first)
            entries[known].last = max(entries[known].last, entry.last)
            entries[known].count += entry.count
        } else {
            entries.append(entry)
        }
    }

    /// Drops samples that a tombstone forbids; says how many.
    private func suppress(_ series: inout Series, _ stream: CatalogStream) -> Int {
        let tombstones = change.state.people[index].node.tombstones
        let ranges = vault.forbidden(stream, of: person, by: tombstones)
        guard !ranges.isEmpty else { return 0 }
        let kept = series.times.indices.filter { at in
            !ranges.contains { $0.from <= series.times[at] && series.times[at] < $0.to }
        }
        guard kept.count < series.count else { return 0 }
        let dropped = series.count - kept.count
        series = series.picking(kept)
        return dropped
    }
}

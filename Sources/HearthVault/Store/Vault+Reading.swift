// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthCrypto

/// Which samples to read.
public struct SampleQuery: Sendable, Hashable {
    public var person: PersonID
    /// All if nil.
    public var quantities: Set<Quantity>?
    /// All if nil.
    public var devices: Set<DeviceID>?
    /// A sample is read if it starts at or after `from` and before `to`.
    public var from: Timestamp
    public var to: Timestamp
    /// What for: what is restricted or lacks consent is left out. `nil` for the person's own
    /// access and copies, which get all there is.
    public var purpose: Purpose?

    public init(
        person: PersonID, quantities: Set<Quantity>? = nil, devices: Set<DeviceID>? = nil,
        from: Timestamp = .distantPast, to: Timestamp = .distantFuture,
        purpose: Purpose? = .insight
    ) {
        self.person = person
        self.quantities = quantities
        self.devices = devices
        self.from = from
        self.to = to
        self.purpose = purpose
    }
}

/// A device as the vault knows it.
public struct StoredDevice: Sendable, Hashable {
    public var id: DeviceID
    public var vendor: String
    public var model: String

    public init(id: DeviceID, vendor: String, model: String) {
        self.id = id
        self.vendor = vendor
        self.model = model
    }
}

/// One stream and what is stored of it.
public struct StreamSummary: Sendable, Hashable {
    public var stream: StreamID
    public var device: StoredDevice
    public var samples: Int
    /// Start of the first and of the last sample.
    public var first: Timestamp
    public var last: Timestamp
}

extension Vault {
    /// What is stored of a person, in the order of ``StreamID``.
    ///
    /// - Parameter purpose: if given, streams all of which is restricted or lacks consent are left out.
    public func streams(
        of person: PersonID, for purpose: Purpose? = nil
    ) throws(VaultError) -> [StreamSummary] {
        let limits = try limits(of: person, for: purpose)
        let node = state.people[try state.index(of: person)].node
        var totals = [(count: Int, first: Int64, last: Int64)](
            repeating: (0, .max, .min), count: node.streams.count)
        for month in node.months {
            for cell in try monthIndex(MonthKey(person: person, month: month.month)).cells {
                for pack in cell.packs {
                    for entry in pack.entries where Int(entry.stream) < totals.count {
                        let index = Int(entry.stream)
                        totals[index].count += Int(entry.count)
                        totals[index].first = min(totals[index].first, entry.first)
                        totals[index].last = max(totals[index].last, entry.last)
                    }
                }
            }
        }
        var found: [StreamSummary] = []
        for (stream, total) in zip(node.streams, totals) where total.count > 0 {
            guard let stream else { throw .damaged("the index names a stream without a name") }
            let category = stream.quantity.facts.category
            if limits.covers(category, from: total.first, through: total.last) { continue }
            found.append(
                StreamSummary(
                    stream: stream.id(of: person), device: node.stored(stream.device),
                    samples: total.count, first: Timestamp(nanoseconds: total.first),
                    last: Timestamp(nanoseconds: total.last)))
        }
        return found.sorted { $0.stream < $1.stream }
    }

    /// Hands out the samples of a query: stream after stream in the order of ``StreamID``, each
    /// by ascending UTC day.
    ///
    /// Inside a block samples ascend by (time, duration, values), none twice; a day may come in
    /// several blocks, which ascend too. The block's device carries its pseudonym. Amended samples
    /// come with their new values, as a stream of their own whose derivation is `amended`.
    /// - Throws: `unknownPerson`, `damaged`, `io`, and whatever `body` throws.
    public func read(
        _ query: SampleQuery, _ body: (StreamID, SampleBlock) throws -> Void
    ) throws {
        let node = state.people[try state.index(of: query.person)].node
        guard query.from < query.to else { return }
        let (first, last) = (
            query.from.nanoseconds, query.to.nanoseconds - (query.to == .distantFuture ? 0 : 1)
        )
        let limits = try limits(of: query.person, for: query.purpose)
        let amendments = try knownRecords(of: query.person).amendments
        for stream in readOrder(query, node, amendments) {
            let device = node.stored(stream.stream.device)
            let source = SourceDevice(
                vendor: device.vendor, model: device.model, pseudonym: device.id)
            let rules = rules(stream.stream, limits, amendments, from: first, through: last)
            try forEachCell(query.person, node, first, last) { cell in
                guard cell.key.category == stream.stream.quantity.facts.category else { return }
                try forEachPart(of: stream, in: cell, rules, from: first, through: last) { part in
                    try body(
                        stream.id,
                        SampleBlock(
                            device: source, quantity: stream.stream.quantity,
                            origin: stream.stream.origin, times: .irregular(part.times),
                            durations: part.durations, columns: part.columns,
                            quality: part.quality))
                }
            }
        }
    }

    /// The packs of a cell that hold a stream, in groups that follow each other in time: a day of
    /// a fast stream is read pack by pack.
    static func groups(_ cell: MonthIndex.Cell, _ stream: UInt32) -> [MonthIndex.Cell] {
        var found: [(first: Int64, last: Int64, pack: MonthIndex.RawPack)] = []
        for pack in cell.packs {
            for entry in pack.entries where entry.stream == stream {
                found.append((entry.first, entry.last, pack))
            }
        }
        found.sort { $0.first < $1.first }
        var groups: [MonthIndex.Cell] = []
        var end = Int64.min
        for (first, last, pack) in found {
            if groups.isEmpty || first > end {
                groups.append(MonthIndex.Cell(key: cell.key, slot: cell.slot, packs: []))
            }
            groups[groups.count - 1].packs.append(pack)
            end = max(end, last)
        }
        return groups
    }

    /// Sixteen bytes that change whenever a raw pack overlapping `from`..<`to` is another one.
    ///
    /// Taken from the index alone. The same samples stored in another way give another digest. What
    /// is amended there, and what may not be processed, goes into it too.
    public func inputDigest(
        of person: PersonID, from: Timestamp, to: Timestamp, for purpose: Purpose? = .insight
    ) throws(VaultError) -> [UInt8] {
        let node = state.people[try state.index(of: person)].node
        var writer = ByteWriter()
        writer.label("hearth/input/v1")
        let last = to.nanoseconds - (to == .distantFuture ? 0 : 1)
        var hashes: [PackHash] = []
        let visit = { (cell: MonthIndex.Cell) in
            for pack in cell.packs
            where pack.entries.contains(where: {
                $0.first <= last && $0.last >= from.nanoseconds
            }) {
                hashes.append(pack.ref.hash)
            }
        }
        if from < to {
            do { try forEachCell(person, node, from.nanoseconds, last, visit) } catch {
                throw (error as? VaultError) ?? VaultError(.io, "the index could not be read")
            }
        }
        for hash in hashes.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
            writer.u64(hash.low)
            writer.u64(hash.high)
        }
        try addRights(of: person, for: purpose, from: from.nanoseconds, through: last, to: &writer)
        return BLAKE2b.hash(writer.bytes.span, key: keys.hash, length: 16)
    }

    /// Visits the cells of the UTC days from `first` through `last`, ascending.
    func forEachCell(
        _ person: PersonID, _ node: PersonNode, _ first: Int64, _ last: Int64,
        _ body: (MonthIndex.Cell) throws -> Void
    ) throws {
        let firstDay = Timestamp(nanoseconds: first).utcDay
        let lastDay = Timestamp(nanoseconds: last).utcDay
        let months = MonthKey.month(ofDay: firstDay)...MonthKey.month(ofDay: lastDay)
        for month in node.months where months.contains(month.month) {
            let index = try monthIndex(MonthKey(person: person, month: month.month))
            let start = index.position(
                of: CellKey(day: Int32(truncatingIfNeeded: firstDay), category: .heart)
            ).index
            for cell in index.cells[start...] {
                guard Int64(cell.key.day) <= lastDay else { break }
                try body(cell)
            }
        }
    }

    /// The blocks of a stream in a cell, cut to the samples that start in `from...through`.
    func series(
        _ stream: UInt32, in cell: MonthIndex.Cell, from: Int64, through last: Int64
    ) throws(VaultError) -> [Series] {
        var parts: [Series] = []
        for pack in cell.packs
        where pack.entries.contains(where: {
            $0.stream == stream && $0.first <= last && $0.last >= from
        }) {
            let plain: [UInt8]
            do { plain = try opened(pack, cell.slot) } catch {
                // On a full disk an erase destroys the key first and the index later.
                if keyFile.state(Int(cell.slot)) == .wiped { return [] }
                throw error
            }
            for block in try PackPlain.blocks(of: plain) {
                guard block.type == Pack.seriesBlock,
                    try SeriesCodec.stream(of: plain, in: block.body) == stream
                else { continue }
                var part = try codec.decode(plain, in: block.body).series
                if let first = part.times.first, let end = part.times.last,
                    first < from || end > last
                {
                    part = part.picking(
                        part.times.indices.filter { (from...last).contains(part.times[$0]) })
                }
                if part.count > 0 { parts.append(part) }
            }
        }
        return parts
    }

    /// The plaintext of a raw pack, from the cache if it was opened before.
    func opened(_ pack: MonthIndex.RawPack, _ slot: UInt32) throws(VaultError) -> [UInt8] {
        if let known = packCache[pack.ref.id] { return known }
        let plain = try open([pack.ref], .raw, pack.packClass, .slot(slot))[0]
        packCache.insert(plain, pack.ref.id)
        return plain
    }

    /// Puts blocks in order; those that overlap in time become one.
    static func united(_ parts: [Series]) -> [Series] {
        guard parts.count > 1 else { return parts }
        var ordered: [Series] = []
        for part in parts.sorted(by: { ($0.times.first ?? 0) < ($1.times.first ?? 0) }) {
            if let last = ordered.last?.times.last, let first = part.times.first, first <= last {
                ordered[ordered.count - 1].append(part)
                _ = ordered[ordered.count - 1].sortAndUnite()
            } else {
                ordered.append(part)
            }
        }
        return ordered
    }
}

extension PersonNode {
    /// The device of a stream.
    func stored(_ id: DeviceID) -> StoredDevice {
        let known = device(id)
        return StoredDevice(id: id, vendor: known?.vendor ?? "", model: known?.model ?? "")
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
internal import HearthCrypto

/// What became of the samples of an ingest.
public struct IngestOutcome: Sendable, Hashable {
    /// Samples stored.
    public var added = 0
    /// Samples that were stored already, or came twice.
    public var duplicates = 0
    /// Samples that an erase forbids to come back.
    public var suppressedByErasure = 0
    /// Corrections and tags stored.
    public var statementsAdded = 0
    /// Corrections and tags that were stored already.
    public var statementsKnown = 0
    /// Samples that were refused because their category has no valid consent.
    public var withoutConsent: [Category: Int] = [:]
}

/// Takes the samples of one source and stores those that are new.
///
/// Blocks may come in any order. When the buffer is full the session commits in between; after a
/// crash the same source is ingested again and what is stored already counts as duplicate.
public final class IngestSession {
    /// Bytes of buffered columns before a commit in between: some 2 million heart rates.
    static let bufferBytes = 32 << 20

    private let vault: Vault
    private let person: PersonID
    private let limit: Int
    private var lanes: [LaneKey: Lane] = [:]
    private var last: (device: SourceDevice, id: DeviceID)?
    private var devices: [DeviceID: PersonNode.Device] = [:]
    private var bytes = 0
    private var outcome = IngestOutcome()
    private var statements: [DayStatement] = []
    /// Samples appended so far that an erase forbids to come back; they are left out at the commit.
    public private(set) var forbiddenSamples = 0
    /// Categories that may not be kept; looked up when the first sample comes.
    private var refused: Set<Category>?
    private var hasRefused = false

    private struct LaneKey: Hashable {
        var stream: CatalogStream
        var layout: [ColumnLayout]
    }

    init(vault: Vault, person: PersonID, limit: Int = IngestSession.bufferBytes) {
        self.vault = vault
        self.person = person
        self.limit = limit
    }

    /// Takes a block; commits what is buffered if the buffer passes its limit.
    ///
    /// - Throws: `limitExceeded` for a block with more than 16 columns, and what a commit throws.
    public func append(_ block: SampleBlock) throws(VaultError) {
        guard block.count > 0 else { return }
        if try isRefused(block.quantity.facts.category, count: block.count) { return }
        guard block.columns.count <= SeriesCodec.maximumColumns else {
            throw VaultError(
                .limitExceeded, "a block of \(block.columns.count) columns; 16 fit")
        }
        let stream = CatalogStream(
            device: identify(block.device), quantity: block.quantity, origin: block.origin)
        let key = LaneKey(stream: stream, layout: block.columns.map(\.layout))
        let lane: Lane
        if let known = lanes[key] {
            lane = known
        } else {
            lane = Lane(stream, key.layout)
            lanes[key] = lane
        }
        forbiddenSamples += try vault.forbiddenSamples(block, stream, of: person)
        let before = lane.bytes
        lane.append(block)
        bytes += lane.bytes - before
        if bytes >= limit { try flush([]) }
    }

    /// Whether an erase forbids a correction or tag to come back.
    public func isForbidden(_ statement: DayStatement) throws(VaultError) -> Bool {
        try vault.isErased(statement, of: person)
    }

    /// Takes something the person said; it is stored with the commit.
    ///
    /// It keeps its number where that is free. What the vault holds in the same words is not stored
    /// twice, and nothing that an erase forbids comes back.
    public func append(_ statement: DayStatement) { statements.append(statement) }

    /// Whether consent to keep a category is missing; counts what is refused.
    private func isRefused(_ category: Category, count: Int) throws(VaultError) -> Bool {
        if refused == nil { refused = try vault.withoutConsent(person, for: .keep) }
        guard refused?.contains(category) == true else { return false }
        outcome.withoutConsent[category, default: 0] += count
        hasRefused = true
        return true
    }

    /// Stores everything that is new; durable when it returns.
    ///
    /// The fingerprints are remembered with the last samples, so that a file counts as ingested
    /// only when all of it is stored.
    /// Results and the place of a live stream go into the same transaction: after a crash all of it
    /// is there or nothing.
    public func commit(
        fingerprints: [ContentFingerprint] = [], results: [StoredResult] = [],
        checkpoint: LiveCheckpoint? = nil
    ) throws(VaultError) -> IngestOutcome {
        // A file of which something was refused counts as not ingested: consent may be given later.
        var allowed: [DayStatement] = []
        for statement in statements where try !isRefused(statement.category, count: 1) {
            allowed.append(statement)
        }
        try flush(hasRefused ? [] : fingerprints, allowed, results, checkpoint)
        hasRefused = false
        refused = nil
        statements.removeAll()
        defer { outcome = IngestOutcome() }
        return outcome
    }

    /// Forgets what is not yet committed.
    public func rollback() {
        lanes.removeAll()
        bytes = 0
        statements.removeAll()
    }

    /// The vault's number for a device: its pseudonym, or a keyed hash of what the file says.
    private func identify(_ device: SourceDevice) -> DeviceID {
        if let last, last.device == device { return last.id }
        let id = device.pseudonym ?? vault.pseudonym(of: device)
        last = (device, id)
        devices[id] = PersonNode.Device(id: id, vendor: device.vendor, model: device.model)
        return id
    }

    private func flush(
        _ fingerprints: [ContentFingerprint], _ statements: [DayStatement] = [],
        _ results: [StoredResult] = [], _ checkpoint: LiveCheckpoint? = nil
    ) throws(VaultError) {
        var writer = try CellWriter(vault: vault, person: person, devices: devices)
        for (stream, series) in takeSeries() { try writer.add(series, stream) }
        try writer.seal()
        let known = try vault.fingerprints(of: person)
        let new = Set(fingerprints.map(\.bytes)).filter { !known.contains($0) }
        if !new.isEmpty {
            writer.change.fingerprints[person] = new.sorted { $0.lexicographicallyPrecedes($1) }
        }
        if !statements.isEmpty {
            try vault.restore(statements, of: person, in: &writer.change, &outcome)
        }
        if !results.isEmpty { try vault.add(results, of: person, to: &writer.change) }
        if let checkpoint {
            writer.change.live[person] = try vault.liveDocument(of: person, with: checkpoint)
        }
        if !writer.change.dirtyPeople().isEmpty { try vault.commit(writer.change) }
        outcome.added += writer.outcome.added
        outcome.duplicates += writer.outcome.duplicates
        outcome.suppressedByErasure += writer.outcome.suppressedByErasure
    }

    /// Empties the lanes; those of one stream become one series.
    private func takeSeries() -> [(CatalogStream, Series)] {
        var merged: [CatalogStream: Series] = [:]
        for lane in lanes.values {
            let series = lane.series
            if merged[lane.stream]?.append(series) == nil { merged[lane.stream] = series }
        }
        lanes.removeAll()
        bytes = 0
        return merged.sorted { $0.key.id(of: person) < $1.key.id(of: person) }
            .map { ($0.key, $0.value) }
    }
}

extension DayStatement {
    /// The category that what a person says belongs to.
    fileprivate var category: Category {
        switch self {
        case .sleep: .sleep
        case .tag, .setting: .context
        }
    }
}

extension Vault {
    /// How many samples of a block an erase forbids to come back.
    fileprivate func forbiddenSamples(
        _ block: SampleBlock, _ stream: CatalogStream, of person: PersonID
    ) throws(VaultError) -> Int {
        let tombstones = state.people[try state.index(of: person)].node.tombstones
        let ranges = forbidden(stream, of: person, by: tombstones)
        guard !ranges.isEmpty else { return 0 }
        return (0..<block.count).count { at in
            let time = block.times[at].nanoseconds
            return ranges.contains { $0.from <= time && time < $0.to }
        }
    }

    /// A keyed pseudonym of vendor, model and unit.
    func pseudonym(of device: SourceDevice) -> DeviceID {
        var writer = ByteWriter()
        writer.label("hearth/device/v1")
        writer.text(device.vendor)
        writer.text(device.model)
        writer.u64(device.unit)
        let hash = BLAKE2b.hash(writer.bytes.span, key: keys.device, length: 16)
        return DeviceID(rawValue: PackHash(hash).low)
    }
}

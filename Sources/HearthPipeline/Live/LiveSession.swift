// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthFormats
import HearthModels
import HearthVault

/// Live samples in, lines of scores and alerts out; stored as they come, and resumed where it stood.
///
/// What is promised, and what is asked of sender and reader, is in `docs/stream.md`. In short: samples,
/// alerts and the state of every operator are committed together; a line is printed after the commit
/// that holds it (or with ``LiveOptions/printsFirst`` before); its number never means another line.
public final class LiveSession {
    /// Samples further ahead of this machine's clock are not scored: one such time would make
    /// everything behind it late.
    static let aheadNanoseconds: Int64 = 300_000_000_000

    /// Streams that are scored; of further ones samples are stored only.
    static let mostSources = 1024

    public let options: LiveOptions
    public private(set) var counters = LiveCounters()
    /// What should be said to the person: where this session does not simply go on.
    public private(set) var notes: [String] = []

    private let store: LiveStore?
    private let output: LiveOutput
    private let clock: () -> Timestamp
    private var reorder: ReorderBuffer
    private var scorers: LiveScorers
    /// What ``LiveSample/lane`` numbers.
    private var sources: [LiveState.Source] = []
    /// Lines that are not printed, and alerts that are not stored.
    private var outbox: [LiveLine] = []
    private(set) var position = LivePosition()
    private var lanes: [LiveState.Source: Int] = [:]
    private var last: (source: LiveState.Source, lane: Int)?
    /// For each lane, what was erased and is therefore not scored either.
    private var erased: [Int: [Range<Timestamp>]] = [:]
    private var arrivals: [LiveSample] = []
    private var failure: VaultError?
    /// Alerts up to this number are in the vault.
    private var stored: UInt64 = 0
    /// Counted by the buffer before this run.
    private var countedBefore = (late: 0, duplicates: 0, forced: 0)
    private var uncommitted = 0
    private var isDirty = false
    private var hasNewAlert = false

    /// Goes on where the stream of this name stood, and repeats what may not have been read.
    ///
    /// - Parameters:
    ///   - store: `nil` keeps nothing: the session begins anew.
    ///   - clock: this machine's time, or for tests another.
    /// - Throws: `VaultError`; ``LiveError`` if the output file is not as it was left.
    public init(
        store: LiveStore?, output: LiveOutput, options: LiveOptions,
        clock: @escaping () -> Timestamp
    ) throws {
        self.store = store
        self.output = output
        self.options = options
        self.clock = clock
        reorder = ReorderBuffer(lateness: options.lateness)
        scorers = LiveScorers(settings: options.settings)
        if let saved = try store?.checkpoint(named: options.name) { restore(saved) }
        stored = position.sequence
        try reconcileOutput()
        try repeatLines()
    }

    /// Number of the line made last.
    public var lines: UInt64 { position.sequence }

    // MARK: Input

    /// Takes the next samples in the order in which they arrived.
    func accept(_ block: SampleBlock) {
        counters.samples += block.count
        uncommitted += block.count
        isDirty = true
        if failure == nil, let store {
            do { try store.append(block) } catch { failure = error }
        }
        guard LiveScorers.takes(block.quantity), !block.columns.isEmpty else { return }
        guard let lane = lane(of: block) else { return }
        gather(block, lane: lane)
        let samples = arrivals
        reorder.push(samples.span, emit: score)
    }

    func report(_ issue: ReadIssue) {
        counters.issues[issue.code.name, default: 0] += issue.count
    }

    /// After every piece of input: an alert is made durable and printed at once.
    ///
    /// - Parameter isDue: whether it is time to make everything durable.
    func settle(isDue: Bool) throws {
        if let failure { throw failure }
        if store == nil || options.printsFirst { try printLines() }
        guard hasNewAlert || isDue || uncommitted >= options.commitSamples else { return }
        try commit()
    }

    /// The input has ended for good: what waits is scored and every window closed.
    func finish() throws {
        reorder.finish(emit: score)
        scorers.finish(emit: add)
        isDirty = true
        try settle(isDue: true)
        try end()
    }

    /// The session ends: everything is durable and what was printed is known.
    func end() throws {
        if let failure { throw failure }
        try commit()
        // The lines that this printed.
        try commit()
    }

    /// Where the file that is followed stands.
    func note(input: LivePosition.Input) {
        if position.input != input { isDirty = true }
        position.input = input
    }

    // MARK: Scoring

    private func gather(_ block: SampleBlock, lane: Int) {
        arrivals.removeAll(keepingCapacity: true)
        let limit = clock().advanced(byNanoseconds: Self.aheadNanoseconds)
        let column = block.columns[0]
        let spans = erased[lane] ?? []
        for index in 0..<block.count {
            let time = block.times[index]
            let value = column[index]
            if time > limit {
                counters.ahead += 1
                continue
            }
            if !spans.isEmpty, spans.contains(where: { $0.contains(time) }) { continue }
            let isTrusted = block.quality(at: index) & SampleQuality.untrusted == 0
            guard isTrusted, value.isFinite else {
                counters.untrusted += 1
                continue
            }
            arrivals.append(
                LiveSample(
                    time: time, duration: block.duration(at: index), value: Double(value),
                    lane: UInt32(lane), quantity: block.quantity))
        }
    }

    private func lane(of block: SampleBlock) -> Int? {
        if let last, last.source.quantity == block.quantity, last.source.origin == block.origin,
            last.source.device == block.device
        {
            return last.lane
        }
        let source = LiveState.Source(
            device: block.device, quantity: block.quantity, origin: block.origin)
        let lane: Int
        if let known = lanes[source] {
            lane = known
        } else {
            guard sources.count < Self.mostSources else {
                counters.issues["too-many-streams", default: 0] += block.count
                return nil
            }
            lane = Int(scorers.addLane(block.quantity))
            sources.append(source)
            lanes[source] = lane
        }
        if erased[lane] == nil, failure == nil, let store {
            do { erased[lane] = try store.erasedSpans(block.device, block.quantity) } catch {
                failure = error
            }
        }
        last = (source, lane)
        return lane
    }

    private func score(_ samples: Span<LiveSample>) {
        counters.scored += samples.count
        for index in samples.indices { scorers.push(samples[index], emit: add) }
    }

    private func add(_ finding: LiveFinding, lane: UInt32) {
        position.sequence += 1
        if finding.kind == .alert {
            hasNewAlert = true
            counters.alerts += 1
        } else {
            counters.scores += 1
        }
        outbox.append(
            LiveLine(
                finding, sequence: position.sequence, stream: options.name,
                source: sources[Int(lane)].device))
    }

    // MARK: Durability

    private func commit() throws {
        hasNewAlert = false
        guard let store else { return try printLines() }
        guard isDirty else { return }
        // What the recorded length covers must be there whatever happens.
        try output.sync()
        if let path = output.path {
            position.output = LivePosition.Output(path: path, length: output.length)
        } else {
            position.output = nil
        }
        let alerts = outbox.filter { $0.isAlert && $0.sequence > stored }
        let state = LiveState(
            sources: sources, reorder: reorder, scorers: scorers, outbox: outbox)
        let checkpoint = LiveCheckpoint(
            name: options.name, position: LiveCoding.encode(position),
            state: LiveCoding.encode(state))
        let outcome = try store.commit(alerts: alerts, of: options.name, checkpoint: checkpoint)
        counters.added += outcome.added
        counters.known += outcome.duplicates
        counters.suppressed += outcome.suppressedByErasure
        counters.commits += 1
        stored = position.sequence
        uncommitted = 0
        isDirty = false
        try printLines()
    }

    private func printLines() throws {
        guard position.printed < position.sequence else { return }
        var bytes: [UInt8] = []
        for line in outbox where line.sequence > position.printed { bytes += line.bytes }
        try output.write(bytes)
        position.printed = position.sequence
        isDirty = true
        // An alert that was printed first still has to be stored.
        outbox.removeAll { store == nil || $0.sequence <= stored || !$0.isAlert }
    }

    private func restore(_ saved: LiveCheckpoint) {
        guard let found = LiveCoding.decode(LivePosition.self, saved.position) else {
            notes.append("another version saved this stream; it begins anew")
            return
        }
        position = found
        guard !saved.state.isEmpty else {
            notes.append("an erase took the state of this stream; scoring begins anew")
            position.printed = position.sequence
            return
        }
        guard let state = LiveCoding.decode(LiveState.self, saved.state) else {
            notes.append("another version saved the state of this stream; scoring begins anew")
            position.printed = position.sequence
            return
        }
        outbox = state.outbox.filter { $0.sequence > position.printed }
        guard state.fits(options) else {
            notes.append("the settings are others than before; scoring begins anew")
            return
        }
        (reorder, scorers, sources) = (state.reorder, state.scorers, state.sources)
        for (lane, source) in sources.enumerated() { lanes[source] = lane }
        countedBefore = (reorder.late, reorder.duplicates, reorder.forced)
    }

    private func reconcileOutput() throws {
        guard let path = output.path, let saved = position.output, saved.path == path else {
            // Lines that another output may not have got go to this one.
            return
        }
        let pending = outbox.filter { $0.sequence > position.printed }.flatMap(\.bytes)
        try output.reconcile(to: saved.length, pending: pending)
    }

    /// Prints what may not have arrived: what was not known to be printed, and what was asked for.
    private func repeatLines() throws {
        if let after = options.after, let store, output.path == nil {
            var bytes: [UInt8] = []
            let waiting = Set(outbox.map(\.sequence))
            for (sequence, line) in try store.alerts(of: options.name)
            where sequence > after && !waiting.contains(sequence) {
                bytes += Array(line.utf8)
            }
            try output.write(bytes)
            outbox.removeAll { $0.sequence <= after }
        }
        try printLines()
    }

    /// The counters of this run, with those of the buffer.
    public func status() -> LiveCounters {
        var now = counters
        now.late = reorder.late - countedBefore.late
        now.duplicates = reorder.duplicates - countedBefore.duplicates
        now.forced = reorder.forced - countedBefore.forced
        now.waiting = reorder.waiting
        return now
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
public import HearthBiosignals
public import HearthModels
public import HearthVault

/// Scores a person's days from the raw samples and keeps the results as a cache in the vault.
///
/// Each cached day names the model and a digest of the input it came from. A day is computed anew
/// exactly when either differs, so late, erased or re-zoned data need no bookkeeping: the result is
/// what a full rebuild gives.
public final class ScoringService {
    private let vault: Vault
    private let person: PersonID
    private let zone: ZoneTimeline
    private let streams: [StreamSummary]
    /// The person's devices, the one whose samples span most time first.
    private let deviceOrder: [DeviceID]
    /// Everything the person said about their sleep and their days.
    public let corrections: Corrections
    /// Samples the person set right, of what may be processed.
    private let amended: [AmendedSamples]

    /// There are samples, and none of them may be processed.
    private let isRefused: Bool
    /// Results of days whose window began before this stay: retention took their samples.
    private let resultsKeptBefore: Timestamp?
    /// Days of results that may have outlived their samples; `nil` where retention took none.
    private let keptDays: ClosedRange<LocalDate>?
    private let rawMotion: RawMotion
    private let waveforms: BeatWaveforms
    /// `nil` if the program's own stager is refused; nights are then sleep and wake only.
    private let stager: SleepModel?
    private var model: String { DayScorer.model(stager) }

    public init(vault: Vault, person: PersonID) throws {
        self.vault = vault
        self.person = person
        self.zone = ZoneTimeline(try ZoneSpan.all(in: vault, of: person))
        let stored = try vault.streams(of: person).filter { $0.stream.quantity != .zoneOffset }
        self.streams = try vault.streams(of: person, for: .insight).filter {
            $0.stream.quantity != .zoneOffset
        }
        self.isRefused = streams.isEmpty && !stored.isEmpty
        self.deviceOrder = Self.order(of: streams)
        self.rawMotion = RawMotion(vault: vault, person: person, streams: streams)
        self.waveforms = BeatWaveforms(vault: vault, person: person, streams: streams)
        self.stager = try? SleepModel.shipped.get()
        self.corrections = try vault.corrections(of: person, for: .insight)
        let records = try vault.records(of: person)
        self.amended = try records.amendments.map(AmendedSamples.init).filter { one in
            let category = one.quantity.facts.category
            return try vault.refusal(
                of: person, for: .insight, [category], from: one.from, to: one.to) == nil
        }
        self.resultsKeptBefore = records.resultsKeptBefore
        self.keptDays = try resultsKeptBefore == nil ? nil : Self.resultDays(vault, person)
    }

    /// Nothing may be computed of a person all of whose data are restricted or lack consent.
    public func checkAllowed() throws(VaultError) {
        guard isRefused else { return }
        let reason = try vault.refusal(
            of: person, for: .insight, Set(Category.choosable), from: .distantPast,
            to: .distantFuture)
        throw VaultError(.noConsent, reason ?? "processing is restricted")
    }

    private static func order(of streams: [StreamSummary]) -> [DeviceID] {
        var spans: [DeviceID: Int64] = [:]
        for stream in streams {
            let span = stream.last.utcDay - stream.first.utcDay
            spans[stream.device.id] = max(spans[stream.device.id] ?? 0, span)
        }
        return spans.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The person's wall clock.
    public var zoneTimeline: ZoneTimeline { zone }

    /// The local dates that have samples, first and last; `nil` if there are none.
    public var days: ClosedRange<LocalDate>? {
        guard let first = streams.map(\.first).min(), let last = streams.map(\.last).max() else {
            return nil
        }
        return zone.localDate(at: first)...zone.localDate(at: last)
    }

    /// The local dates that have samples, or results that outlived them; `nil` if nothing may be used.
    var daysWithResults: ClosedRange<LocalDate>? {
        guard !isRefused, let all = days ?? keptDays else { return nil }
        return min(
            all.lowerBound, keptDays?.lowerBound ?? all.lowerBound)...max(
                all.upperBound, keptDays?.upperBound ?? all.upperBound)
    }

    /// The last local date there is something to report of.
    public var lastDay: LocalDate? { days?.upperBound ?? keptDays?.upperBound }

    private static func resultDays(
        _ vault: Vault, _ person: PersonID
    ) throws -> ClosedRange<LocalDate>? {
        let (first, last) = (LocalDate(dayNumber: -106_751), LocalDate(dayNumber: 106_751))
        let days = try vault.results(of: person, from: first, through: last)
            .filter { $0.model.hasPrefix("day/") }.map(\.day)
        guard let first = days.min(), let last = days.max() else { return nil }
        return first...last
    }

    /// The local dates that have samples or something the person said.
    private var knownDays: ClosedRange<LocalDate>? {
        var all = corrections.tags.map { $0.day(in: zone) }
        for one in corrections.sleep {
            all += [zone.localDate(at: one.start), zone.localDate(at: one.end).advanced(by: 1)]
        }
        if let days { all += [days.lowerBound, days.upperBound] }
        if let keptDays { all += [keptDays.lowerBound, keptDays.upperBound] }
        guard let first = all.min(), let last = all.max() else { return nil }
        return first...last
    }

    /// Every sleep that ended on a day, in time order; scored anew.
    ///
    /// - Parameter corrected: false leaves the person's corrections out.
    public func sleeps(of day: LocalDate, corrected: Bool = true) throws -> [ScoredSleep] {
        var input = try input(of: day)
        if !corrected { input.corrections = [] }
        return DayScorer.sleeps(input)
    }

    /// The report of one local day, from cached and, where stale, newly computed features.
    public func summary(of day: LocalDate, label: String) throws -> DailySummary {
        let first = day.advanced(by: -Int64(SummaryComposer.historyDays))
        let scored = try features(from: first, through: day)
        return SummaryComposer.summary(
            of: day, person: label, features: scored.features, changes: scored.changes,
            settings: corrections.settings)
    }

    /// The features of every day of a range that has any input, ascending, and what changed.
    public func features(
        from first: LocalDate, through last: LocalDate
    ) throws -> (features: [DayFeatures], changes: [ResultChange]) {
        try checkAllowed()
        guard let span = knownDays, first <= span.upperBound, last >= span.lowerBound else {
            return ([], [])
        }
        let range = max(first, span.lowerBound)...min(last, span.upperBound)
        let cached = Dictionary(
            try vault.results(of: person, from: range.lowerBound, through: range.upperBound)
                // Alerts of live streams are kept there too.
                .filter { $0.model.hasPrefix("day/") }
                .map { ($0.day, $0) }, uniquingKeysWith: { _, later in later })
        var known: [LocalDate: DayFeatures] = [:]
        var stale: [StaleDay] = []
        var day = range.lowerBound
        while day <= range.upperBound {
            let digest = try inputDigest(of: day)
            let old = cached[day].flatMap { Self.decode($0.payload) }
            if try mayNotShow(day) {
                // Results themselves are restricted: neither shown nor made.
            } else if let old, isKept(day) {
                if try isFree(day) {
                    known[day] = old
                } else {
                    // It may have come from what must not be used, and cannot be made again.
                    stale.append(StaleDay(day: day, digest: digest, isStored: false))
                }
            } else if let old, cached[day]?.inputDigest == digest, cached[day]?.model == model {
                known[day] = old
            } else {
                stale.append(StaleDay(day: day, digest: digest, old: old, entry: cached[day]))
            }
            day = day.advanced(by: 1)
        }
        let (scored, changes) = try score(stale)
        known.merge(scored) { _, new in new }
        return (known.sorted { $0.key < $1.key }.map(\.value), changes)
    }

    /// A day that must be computed anew, and what is stored of it.
    private struct StaleDay {
        var day: LocalDate
        var digest: [UInt8]
        var old: DayFeatures?
        var entry: StoredResult?
        /// Whether the new result takes the place of what is stored.
        var isStored = true
    }

    /// Scores days and stores the results. Samples are read one day after the other, a few days
    /// ahead; days are then scored on all processors.
    private func score(
        _ stale: [StaleDay]
    ) throws -> (scored: [LocalDate: DayFeatures], changes: [ResultChange]) {
        var scored: [LocalDate: DayFeatures] = [:]
        var changes: [ResultChange] = []
        var fresh: [StoredResult] = []
        for start in stride(from: 0, to: stale.count, by: ParallelScoring.together) {
            let days = stale[start..<min(start + ParallelScoring.together, stale.count)]
            let inputs = try days.map { try input(of: $0.day) }
            for (one, new) in zip(days, ParallelScoring.features(of: inputs)) {
                scored[one.day] = new
                guard one.isStored else { continue }
                fresh.append(
                    StoredResult(
                        day: one.day, model: model, inputDigest: one.digest,
                        payload: Self.encode(new)))
                if let old = one.old, let entry = one.entry {
                    let reason = Self.reason(entry, old, new, one.digest)
                    changes += ResultDiff.changes(old: old, new: new, reason: reason)
                }
            }
        }
        if !fresh.isEmpty { try vault.storeResults(fresh, of: person) }
        return (scored, changes)
    }

    private func mayNotShow(_ day: LocalDate) throws -> Bool {
        let window = DayScorer.window(of: day, zone: zone)
        return try vault.refusal(
            of: person, for: .insight, [.results], from: window.from, to: window.to) != nil
    }

    /// Whether the result of a day stays as it is, because retention took samples it came from.
    private func isKept(_ day: LocalDate) -> Bool {
        guard let resultsKeptBefore else { return false }
        return DayScorer.window(of: day, zone: zone).from < resultsKeptBefore
    }

    /// Whether everything of a day may be processed; what may not be may have gone into a kept result.
    private func isFree(_ day: LocalDate) throws -> Bool {
        let window = DayScorer.window(of: day, zone: zone)
        return try vault.refusal(
            of: person, for: .insight, Set(Category.choosable), from: window.from, to: window.to)
            == nil
    }

    /// Why a day changed. The digest of the samples and that of what the person said are apart.
    private static func reason(
        _ entry: StoredResult, _ old: DayFeatures, _ new: DayFeatures, _ digest: [UInt8]
    ) -> String {
        var reasons: [String] = []
        if entry.model != new.model { reasons.append("new model") }
        if (old.corrections?.amended ?? []) != (new.corrections?.amended ?? []) {
            reasons.append("you set its samples right, or took that back")
        } else if entry.inputDigest.prefix(digestBytes) != digest.prefix(digestBytes) {
            reasons.append("its data changed")
        }
        if old.corrections?.sleep != new.corrections?.sleep {
            let before = Set((old.corrections?.sleep ?? []).map(\.correction.id))
            let now = Set((new.corrections?.sleep ?? []).map(\.correction.id))
            let isOnlyUndone = now.isStrictSubset(of: before)
            if now != before || reasons.isEmpty {
                reasons.append(
                    isOnlyUndone ? "you took a correction back" : "you corrected the night")
            }
        }
        return reasons.isEmpty ? "you changed its tags" : reasons.joined(separator: "; ")
    }

    // MARK: The input of a day

    /// Length of the digest of a day's samples; what the person said adds as many bytes behind it.
    private static let digestBytes = 16

    private func inputDigest(of day: LocalDate) throws -> [UInt8] {
        let window = DayScorer.window(of: day, zone: zone)
        var (from, to) = window
        if rawMotion.touches(from, to) { (from, to) = RawMotion.widened(from, to) }
        var bytes = try vault.inputDigest(of: person, from: from, to: to)
        let inForce = zone.span(at: window.from)
        let spans = [inForce] + zone.spans.filter { window.from < $0.start && $0.start < window.to }
        for span in spans {
            let fields = "\(span.start.nanoseconds) \(span.offsetSeconds) \(span.origin.rawValue);"
            bytes.append(contentsOf: Array(fields.utf8))
        }
        for device in deviceOrder { bytes.append(contentsOf: Array("\(device.rawValue);".utf8)) }
        let samples = BLAKE2b.hash(unkeyed: bytes.span, length: Self.digestBytes)
        let said = said(about: day)
        if said.isEmpty { return samples }
        let record = Self.encode(said)
        return samples + BLAKE2b.hash(unkeyed: record.span, length: Self.digestBytes)
    }

    /// What the person said that touches a day: corrections of its window, and its tags.
    private func said(about day: LocalDate) -> Corrections {
        let window = DayScorer.window(of: day, zone: zone)
        return Corrections(
            sleep: corrections.sleep.filter { $0.overlaps(window.from, window.to) },
            tags: corrections.tags.filter { $0.day(in: zone) == day })
    }

    private func input(of day: LocalDate) throws -> DayInput {
        let window = DayScorer.window(of: day, zone: zone)
        var series: [StreamID: InputSeries] = [:]
        let query = SampleQuery(
            person: person, quantities: DayScorer.quantities, from: window.from, to: window.to)
        var unsorted: Set<StreamID> = []
        try vault.read(query) { stream, block in
            // Amended samples take the place of those of the stream they were recorded in.
            var place = stream
            if stream.origin.derivation == .amended {
                place.origin.derivation = .measured
                if series[place] == nil {
                    place.origin.derivation = .derived
                    if series[place] == nil { place.origin.derivation = .measured }
                }
                unsorted.insert(place)
            }
            series[place, default: InputSeries(empty: place, device: block.device)].append(block)
        }
        for place in unsorted { series[place]?.sort() }
        let ordered = series.sorted { $0.key < $1.key }.map(\.value)
        let said = said(about: day)
        return DayInput(
            day: day, zone: zone, series: ordered, deviceOrder: deviceOrder,
            corrections: said.sleep, tags: said.tags,
            amended: amended.filter { $0.from < window.to && window.from < $0.to },
            motion: try rawMotion.motion(from: window.from, to: window.to),
            beats: try waveforms.beats(from: window.from, to: window.to), stager: stager)
    }

    private static func encode(_ features: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // A closed type of numbers, text and dates always has a JSON form.
        guard let data = try? encoder.encode(features) else {
            preconditionFailure("a type of numbers, text and dates has no JSON form")
        }
        return [UInt8](data)
    }

    /// `nil` if an older version wrote it in another shape; the day is then computed anew.
    private static func decode(_ payload: [UInt8]) -> DayFeatures? {
        try? JSONDecoder().decode(DayFeatures.self, from: Data(payload))
    }
}

extension AmendedSamples {
    fileprivate init(_ amendment: Amendment) {
        self.init(
            number: amendment.number, quantity: amendment.quantity, from: amendment.from,
            to: amendment.to, isRemoved: amendment.change == .remove)
    }
}

extension InputSeries {
    fileprivate init(empty stream: StreamID, device: SourceDevice) {
        self.init(
            stream: stream, deviceLabel: device.label, vendor: device.vendor, times: [],
            durations: [],
            columns: Array(repeating: [], count: stream.quantity.facts.columns.count))
    }

    /// Puts the samples into the order of their times.
    fileprivate mutating func sort() {
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        times = order.map { times[$0] }
        if !durations.isEmpty { durations = order.map { durations[$0] } }
        for column in columns.indices { columns[column] = order.map { columns[column][$0] } }
    }

    fileprivate mutating func append(_ whole: SampleBlock) {
        let block = whole.trusted
        if durations.isEmpty, !block.durations.isEmpty {
            durations = Array(repeating: 0, count: times.count)
        }
        for index in 0..<block.count { times.append(block.times[index].nanoseconds) }
        if !durations.isEmpty || !block.durations.isEmpty {
            for index in 0..<block.count { durations.append(block.duration(at: index)) }
        }
        for column in columns.indices where column < block.columns.count {
            for index in 0..<block.count { columns[column].append(block.columns[column][index]) }
        }
    }
}

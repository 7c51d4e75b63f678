// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The person's corrections that touch a day, conflicts resolved.
///
/// Of corrections of the same time the one made last counts; the others are kept and shown as
/// replaced. An edit or an added sleep takes the place of every sleep found that it overlaps. What
/// was found is taken for removed if at least half of it lies in a span the person removed: a later
/// model may draw its ends elsewhere.
struct CorrectionLayer {
    /// In the order of their start.
    let inForce: [SleepCorrection]
    /// Which later correction counts instead, by the number of the one replaced.
    let replaced: [(correction: SleepCorrection, by: CorrectionID)]

    init(_ corrections: [SleepCorrection]) {
        var kept: [SleepCorrection] = []
        var replaced: [(correction: SleepCorrection, by: CorrectionID)] = []
        for one in corrections.sorted(by: { ($0.made, $0.id) > ($1.made, $1.id) }) {
            if let later = kept.first(where: one.overlaps) {
                replaced.append((one, later.id))
            } else {
                kept.append(one)
            }
        }
        inForce = kept.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        self.replaced = replaced
    }

    /// Sleeps the person stated: edited or added.
    var stated: [SleepCorrection] { inForce.filter { $0.kind != .remove } }

    /// Whether the person said that there was no such sleep.
    func removes(_ span: TimeSpan) -> Bool {
        let away = inForce.filter { $0.kind == .remove }
            .reduce(0) { $0 + $1.span.intersection(span).minutes }
        return !span.isEmpty && away * 2 >= span.minutes
    }

    /// Whether the person stated a sleep in the place of this one.
    func replaces(_ span: TimeSpan) -> Bool {
        stated.contains { $0.overlaps(span.start, span.end) }
    }

    /// Whether a sleep found in the data still stands.
    func keeps(_ span: TimeSpan) -> Bool { !removes(span) && !replaces(span) }
}

extension SleepCorrection {
    var span: TimeSpan { TimeSpan(start: start, end: end) }
}

/// A sleep the person stated, with the stages that the data within it give.
struct StatedSleep {
    var correction: SleepCorrection
    var hypnogram: Hypnogram
    /// `nil` if no epoch is sleep.
    var statistics: SleepStatistics?
    /// A vendor's name, or `hearth`.
    var stagedBy: String
    /// What the stages rest on, for the reader.
    var basis: String
    var labels: [String]
    /// Share of the epochs with a stage.
    var coverage: Double

    var span: TimeSpan { correction.span }

    /// No vendor's record lies within it.
    var isOwn: Bool { stagedBy == "hearth" }

    /// Why there are no stages.
    var missing: String? {
        if statistics != nil { return nil }
        return coverage > 0
            ? "The data within the times you gave show no sleep."
            : "No data lie within the times you gave, so there are no stages."
    }

    /// How much sleep it counts as when the longest sleep of a day is looked for.
    var weight: Double { statistics?.totalSleepTime ?? (coverage > 0 ? 0 : span.minutes) }

    /// As a session among others; without stages it is none.
    var session: SleepSession? {
        statistics.map { SleepSession(hypnogram: hypnogram, statistics: $0, span: span) }
    }

    /// Stages the span: by the vendor's record that tells most of it, elsewhere by Hearth's own
    /// sleep and wake, and not at all where neither is.
    init(_ correction: SleepCorrection, _ context: inout DayContext, _ grid: MinuteGrid) {
        self.correction = correction
        let span = correction.span
        let vendor = Self.record(within: span, context)
        let own = Self.ownEpochs(grid, span)
        let epoch = Int64(VendorSleep.epochSeconds) * 1_000_000_000
        let count = Int((span.end.nanoseconds(since: span.start) + epoch - 1) / epoch)
        var stages: [SleepStage] = []
        stages.reserveCapacity(count)
        var (byVendor, byHearth) = (0, 0)
        for index in 0..<count {
            let middle = span.start.advanced(byNanoseconds: Int64(index) * epoch + epoch / 2)
            if let stage = vendor?.stage(at: middle) {
                stages.append(stage)
                byVendor += 1
            } else {
                let stage = own.stage(at: middle) ?? .unscored
                stages.append(stage)
                if stage != .unscored { byHearth += 1 }
            }
        }
        hypnogram = Hypnogram(
            start: span.start, epochSeconds: VendorSleep.epochSeconds, stages: stages)
        statistics = SleepStatistics(hypnogram, inBed: span)
        coverage = count > 0 ? Double(byVendor + byHearth) / Double(count) : 0
        guard let vendor, byVendor > 0 else {
            stagedBy = "hearth"
            basis = byHearth > 0 ? "Hearth's sleep and wake" : ""
            labels = context.labels(
                of: context.used.filter { $0.quantity != .sleepStage }.sorted())
            return
        }
        stagedBy = vendor.name
        basis = "stages by \(vendor.name)"
        if byHearth > 0 { basis += ", Hearth's sleep and wake where it has none" }
        labels = [vendor.label]
        context.note(used: [vendor.id])
    }

    /// What one stage stream says within a span.
    private struct VendorRecord {
        var id: StreamID
        var name: String
        var label: String
        var sessions: [SleepSession]

        /// The stage at an instant, if the record has one.
        func stage(at time: Timestamp) -> SleepStage? {
            for session in sessions {
                if let stage = session.hypnogram.stage(at: time), stage != .unscored {
                    return stage
                }
            }
            return nil
        }
    }

    /// The stage stream that covers most of the span; of equals the preferred device's.
    private static func record(within span: TimeSpan, _ context: DayContext) -> VendorRecord? {
        var found: [StreamID: [SleepSession]] = [:]
        for series in context.series where series.id.quantity == .sleepStage {
            let sessions = VendorSleep.sessions(of: series) {
                !$0.intersection(span).isEmpty
            }
            if !sessions.isEmpty { found[series.id] = sessions }
        }
        func shared(_ id: StreamID) -> Double {
            (found[id] ?? []).reduce(0) { $0 + $1.span.intersection(span).minutes }
        }
        let ranked = SourceResolution.ranked(
            context.series.filter { found[$0.id] != nil }
        ) { shared($0.id) }
        guard let best = ranked.first, let sessions = found[best.id] else { return nil }
        let vendor = best.vendor.isEmpty ? best.label : best.vendor
        return VendorRecord(
            id: best.id, name: vendor.isEmpty ? "vendor" : vendor, label: best.label,
            sessions: sessions)
    }

    /// Hearth's sleep and wake of every minute the span touches.
    private static func ownEpochs(_ grid: MinuteGrid, _ span: TimeSpan) -> Hypnogram {
        let first = grid.index(of: span.start)
        let last = grid.index(of: span.end.advanced(byNanoseconds: MinuteGrid.minute - 1))
        let start = grid.count > 0 ? grid.start(of: first) : span.start
        let stages = first < last ? OwnSleep.epochs(grid, first..<last) : []
        let known = grid.hasHeartRate || grid.hasCounts
        return Hypnogram(
            start: start, epochSeconds: OwnSleep.epochSeconds, stages: known ? stages : [])
    }
}

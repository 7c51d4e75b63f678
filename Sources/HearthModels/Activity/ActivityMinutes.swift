// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Where one level of activity ends and the next begins, as ENMO of five seconds in milli-g.
public struct ActivityCutPoints: Codable, Sendable, Hashable {
    /// Below it an epoch is sedentary (or asleep: see the card).
    public var light: Float
    /// From here on it is moderate, together with vigorous MVPA.
    public var moderate: Float
    public var vigorous: Float

    public init(light: Float, moderate: Float, vigorous: Float) {
        self.light = light
        self.moderate = moderate
        self.vigorous = vigorous
    }

    /// Adults of 21 to 61 years, ActiGraph on the non-dominant wrist.
    ///
    /// - Source: `hildebrand2014`, `hildebrand2017`.
    public static let adultWristActiGraph = Self(light: 44.8, moderate: 100.6, vigorous: 428.8)
    /// Adults of 21 to 61 years, GENEActiv on the non-dominant wrist.
    ///
    /// - Source: `hildebrand2014`, `hildebrand2017`.
    public static let adultWristGENEActiv = Self(light: 45.8, moderate: 93.2, vigorous: 418.3)
}

/// A stretch of moderate to vigorous activity with at most short breaks.
public struct ActivityBout: Codable, Sendable, Hashable {
    /// From the first epoch of such activity to the end of the last.
    public var span: TimeSpan
    /// Minutes in it at or above the cut point.
    public var activeMinutes: Double
    /// Mean ENMO of its epochs, milli-g.
    public var enmo: Double

    public init(span: TimeSpan, activeMinutes: Double, enmo: Double) {
        self.span = span
        self.activeMinutes = activeMinutes
        self.enmo = enmo
    }
}

/// Finds bouts of moderate to vigorous activity in epochs of motion.
///
/// A bout starts and ends with an epoch at or above the moderate cut point. It goes on over a break
/// (lower or missing epochs) of at most a minute, as long as at least 80 % of its time so far is at or above.
/// One shorter than a minute is none. Epochs less than half covered count as missing.
///
/// Shape: disjoint bouts in time order, each once it is over. An epoch that is not later than the
/// one before is left out.
///
/// - Source: `migueles2019`: the rule of 80 % and one minute. Departure: the share is judged as the
///   bout grows, so that the answer does not wait for the end of the recording.
public struct ActivityBouts: StreamOperator {
    public typealias Input = MotionEpoch
    public typealias Output = ActivityBout

    static let length = MotionEpoch.seconds * 1_000_000_000
    static let longestBreak: Int64 = 60_000_000_000
    static let leastShare = 0.8
    static let shortest: Int64 = 60_000_000_000
    public static let leastCoverage: Float = 0.5

    private struct Bout: Codable, Sendable, Hashable {
        var start: Int64
        var end: Int64
        var active: Int64 = 0
        var sum = 0.0
        var count = 0
        /// Of lower epochs since `end`; they join if the bout goes on.
        var breakSum = 0.0
        var breakCount = 0
    }

    private let threshold: Float
    private var last = Int64.min
    private var bout: Bout?

    public init(cutPoints: ActivityCutPoints = .adultWristActiGraph) {
        threshold = cutPoints.moderate
    }

    public mutating func push(_ input: Span<MotionEpoch>, emit: (Span<ActivityBout>) -> Void) {
        var found: [ActivityBout] = []
        for index in input.indices {
            let epoch = input[index]
            let time = epoch.time.nanoseconds
            guard time > last, time < .max - Self.length else { continue }
            last = time
            guard epoch.coverage >= Self.leastCoverage, epoch.enmo.isFinite else { continue }
            take(time, Double(epoch.enmo), isActive: epoch.enmo >= threshold, &found)
        }
        if !found.isEmpty { emit(found.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<ActivityBout>) -> Void) {
        guard let bout,
            time.nanoseconds(since: Timestamp(nanoseconds: bout.end)) > Self.longestBreak
        else { return }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<ActivityBout>) -> Void) {
        var found: [ActivityBout] = []
        close(&found)
        if !found.isEmpty { emit(found.span) }
    }

    private mutating func take(
        _ time: Int64, _ enmo: Double, isActive: Bool, _ found: inout [ActivityBout]
    ) {
        if let open = bout, time - open.end > Self.longestBreak { close(&found) }
        guard isActive else {
            bout?.breakSum += enmo
            bout?.breakCount += 1
            return
        }
        if let open = bout {
            let whole = time + Self.length - open.start
            let share = Double(open.active + Self.length) / Double(whole)
            if share < Self.leastShare { close(&found) }
        }
        var next = bout ?? Bout(start: time, end: time)
        next.end = time + Self.length
        next.active += Self.length
        next.sum += next.breakSum + enmo
        next.count += next.breakCount + 1
        next.breakSum = 0
        next.breakCount = 0
        bout = next
    }

    private mutating func close(_ found: inout [ActivityBout]) {
        defer { bout = nil }
        guard let bout, bout.end - bout.start >= Self.shortest else { return }
        found.append(
            ActivityBout(
                span: TimeSpan(
                    start: Timestamp(nanoseconds: bout.start),
                    end: Timestamp(nanoseconds: bout.end)),
                activeMinutes: Double(bout.active) / 60e9, enmo: bout.sum / Double(bout.count)))
    }
}

/// Minutes of a span at each level of activity.
public struct ActivityMinutes: Codable, Sendable, Hashable {
    public var sedentary = 0.0
    public var light = 0.0
    public var moderate = 0.0
    public var vigorous = 0.0
    /// Without epochs at least half covered, and outside what was left out.
    public var missing = 0.0
    /// Left out by the caller: sleep, non-wear.
    public var leftOut = 0.0
    /// In bouts of at least one, five and ten minutes, whole bouts.
    public var inBoutsOf1 = 0.0
    public var inBoutsOf5 = 0.0
    public var inBoutsOf10 = 0.0

    /// Moderate and vigorous.
    public var mvpa: Double { moderate + vigorous }

    /// - Parameters:
    ///   - epochs: in time order.
    ///   - span: what is asked for; an epoch belongs to it by its start.
    ///   - without: spans that count for no level, disjoint: sleep, non-wear.
    public init(
        of epochs: [MotionEpoch], in span: TimeSpan, without: [TimeSpan] = [],
        cutPoints: ActivityCutPoints = .adultWristActiGraph
    ) {
        let part = Double(MotionEpoch.seconds) / 60
        var kept: [MotionEpoch] = []
        var last = Timestamp.distantPast
        for epoch in epochs where span.contains(epoch.time) && epoch.time > last {
            last = epoch.time
            let isUsed = epoch.coverage >= ActivityBouts.leastCoverage && epoch.enmo.isFinite
            guard isUsed, !without.contains(where: { $0.contains(epoch.time) }) else { continue }
            kept.append(epoch)
            switch epoch.enmo {
            case ..<cutPoints.light: sedentary += part
            case ..<cutPoints.moderate: light += part
            case ..<cutPoints.vigorous: moderate += part
            default: vigorous += part
            }
        }
        for other in without {
            let inside = other.intersection(span)
            leftOut += max(0, inside.end.seconds(since: inside.start)) / 60
        }
        let whole = max(0, span.end.seconds(since: span.start)) / 60
        missing = max(0, whole - leftOut - sedentary - light - moderate - vigorous)
        var bouts = ActivityBouts(cutPoints: cutPoints)
        for bout in bouts.batch(kept) {
            let minutes = bout.span.end.seconds(since: bout.span.start) / 60
            inBoutsOf1 += minutes
            if minutes >= 5 { inBoutsOf5 += minutes }
            if minutes >= 10 { inBoutsOf10 += minutes }
        }
    }
}

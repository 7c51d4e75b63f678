// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A heart rate, and how much the person moved.
public struct HeartActivity: Codable, Sendable, Hashable {
    public var time: Timestamp
    /// Beats a minute.
    public var heartRate: Double
    /// At least 0, in any one unit throughout: steps a minute, counts, ENMO; `nil` if not known.
    public var activity: Double?

    public init(time: Timestamp, heartRate: Double, activity: Double? = nil) {
        self.time = time
        self.heartRate = heartRate
        self.activity = activity
    }
}

/// A heart rate beside what this person's movement lets expect.
public struct HeartRateAnomalyScore: Codable, Sendable, Hashable {
    public var time: Timestamp
    public var heartRate: Double
    /// Beats a minute, from the movement of the last minutes.
    public var expected: Double
    /// Heart rate less expectation, smoothed over about 20 s.
    public var residual: Double
    /// The residual that counts as too high; `nil` for the first 100 minutes.
    public var limit: Double?
    /// -log10 of the estimated chance of a minute as high; 0 if ordinary.
    public var surprise: Double
    /// Seconds the residual has been above its limit.
    public var secondsAbove: Double
    /// True once an episode, when it has lasted long enough.
    public var isAlarm: Bool
}

/// Heart rate higher than movement explains, sample by sample.
///
/// Shape: one score a sample in time order with a plausible heart rate (25 to 240 /min); others
/// give none. The expectation is linear in movement averaged over 30 s and over 5 min, fitted as it
/// goes, and not from an episode. The limit is where a Pareto tail through the greatest residuals
/// of past minutes is reached about `alarmsPerWeek` times a week. An episode is an alarm once it
/// has stood `seconds`. A gap of more than five minutes ends it. Memory is bounded.
/// - Source: extreme-value limits as in `siffer2017`; the rest is a choice of this project.
public struct HeartRateAnomaly: StreamOperator {
    public typealias Input = HeartActivity
    public typealias Output = HeartRateAnomalyScore

    public static let plausible = 25.0...240.0
    static let quickSeconds = 30.0
    static let slowSeconds = 300.0
    static let residualSeconds = 20.0
    static let longestGap = 300.0
    private static let minutesPerWeek = 10_080.0
    private static let piece = 256

    /// Minutes a week that may pass the limit by chance.
    public let alarmsPerWeek: Double
    /// Seconds above the limit before an alarm.
    public let seconds: Double
    private let limitSurprise: Double

    private var fit = RecursiveLeastSquares(weights: [0, 0, 0], memory: 0.9999, trust: 100)
    private var inputs = [1.0, 0, 0]
    private var activityScale = 0.0
    private var limits = TailLimits(streams: 1)
    private var last: Timestamp?
    private var residual = 0.0
    private var minute: Int64 = 0
    private var minuteGreatest = 0.0
    private var above = 0.0
    private var isSaid = false
    private var isHeld = false
    private var scores: [HeartRateAnomalyScore] = []

    /// - Parameters:
    ///   - alarmsPerWeek: more than 0; 1 by default.
    ///   - seconds: at least 0; 120 by default.
    public init(alarmsPerWeek: Double = 1, seconds: Double = 120) {
        self.alarmsPerWeek = max(alarmsPerWeek, 1e-6)
        self.seconds = max(seconds, 0)
        limitSurprise = max(log10(Self.minutesPerWeek / self.alarmsPerWeek), 0.5)
        scores.reserveCapacity(Self.piece)
    }

    public mutating func push(
        _ input: Span<HeartActivity>, emit: (Span<HeartRateAnomalyScore>) -> Void
    ) {
        for index in input.indices {
            let sample = input[index]
            guard Self.plausible.contains(sample.heartRate) else { continue }
            if let last, sample.time <= last { continue }
            scores.append(take(sample))
            if scores.count == Self.piece { flush(emit) }
        }
        flush(emit)
    }

    public mutating func skip(
        to time: Timestamp, emit: (Span<HeartRateAnomalyScore>) -> Void
    ) {}

    public mutating func finish(emit: (Span<HeartRateAnomalyScore>) -> Void) {}

    private mutating func flush(_ emit: (Span<HeartRateAnomalyScore>) -> Void) {
        guard !scores.isEmpty else { return }
        emit(scores.span)
        scores.removeAll(keepingCapacity: true)
    }

    // MARK: One sample

    private mutating func take(_ sample: HeartActivity) -> HeartRateAnomalyScore {
        let elapsed = last.map { sample.time.seconds(since: $0) } ?? .infinity
        let isFresh = elapsed > Self.longestGap
        if isFresh { endEpisode() }
        last = sample.time
        endMinute(sample.time)
        move(sample.activity, elapsed, isFresh)
        if fit.weights[0] == 0 { fit = started(at: sample.heartRate) }
        let expected = fit.estimate(inputs)
        let departure = sample.heartRate - expected
        let share = isFresh ? 1 : 1 - exp(-elapsed / Self.residualSeconds)
        residual += share * (departure - residual)
        let surprise = limits.surprise(of: residual, stream: 0)
        let isAlarm = follow(surprise, isFresh ? 0 : elapsed)
        if !isHeld {
            minuteGreatest = max(minuteGreatest, residual)
            fit.fit(inputs, error: departure)
        }
        return HeartRateAnomalyScore(
            time: sample.time, heartRate: sample.heartRate, expected: expected,
            residual: residual, limit: limits.value(atSurprise: limitSurprise, stream: 0),
            surprise: surprise, secondsAbove: above, isAlarm: isAlarm)
    }

    private func started(at heartRate: Double) -> RecursiveLeastSquares {
        RecursiveLeastSquares(weights: [heartRate, 0, 0], memory: fit.memory, trust: 100)
    }

    /// Movement in units of its own greatest, so that the fit does not depend on the unit.
    private mutating func move(_ raw: Double?, _ elapsed: Double, _ isFresh: Bool) {
        guard let raw, raw.isFinite, raw >= 0 else {
            if isFresh { (inputs[1], inputs[2]) = (0, 0) }
            return
        }
        if raw > activityScale { activityScale = raw }
        let activity = activityScale > 0 ? raw / activityScale : 0
        for (index, span) in [(1, Self.quickSeconds), (2, Self.slowSeconds)] {
            let share = isFresh ? 1 : 1 - exp(-elapsed / span)
            inputs[index] += share * (activity - inputs[index])
        }
    }

    /// Only the greatest residual of a minute joins the past: neighbours are no new evidence.
    private mutating func endMinute(_ time: Timestamp) {
        let now = Calendrical.floorDivide(time.seconds, 60)
        guard now != minute else { return }
        if minute != 0, !isHeld {
            limits.learn(minuteGreatest, stream: 0)
            limits.endMoment()
        }
        minute = now
        minuteGreatest = 0
    }

    /// True in the moment in which the episode becomes an alarm.
    private mutating func follow(_ surprise: Double, _ elapsed: Double) -> Bool {
        guard surprise >= limitSurprise else {
            endEpisode()
            return false
        }
        if isHeld { above += elapsed }
        isHeld = true
        guard above >= seconds, !isSaid else { return false }
        isSaid = true
        return true
    }

    private mutating func endEpisode() {
        above = 0
        isSaid = false
        isHeld = false
    }

    private enum CodingKeys: String, CodingKey {
        case alarmsPerWeek, seconds, limitSurprise, fit, inputs, activityScale, limits, last
        case residual, minute, minuteGreatest, above, isSaid, isHeld
    }
}

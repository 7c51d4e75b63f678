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

/// A detector of oddities in any series of numbers, value by value, without looking ahead.
///
/// Shape: one score a finite value; a value that is not a number gives none. Twelve rules each
/// expect something of the next value (``AnomalyRule``); the departures up and down are 24 streams,
/// each judged by its own past (``TailLimits``). The surprise of a value is the logarithm of the
/// mean of the inverse chances. One setting serves every series: nothing depends on unit or scale,
/// and all horizons are counts of values, except the time of day (UTC, half hours). The first 100
/// values set the scale and are not judged. State is bounded and nothing is allocated for a value.
/// Latency: none; the score is for the value just pushed.
/// - Source: peaks over threshold as in `siffer2017`, judged on `lavin2015`; rules, horizons and
///   their combination are choices of this project.
public struct AnomalyDetector: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = AnomalyScore

    /// When a score is an alarm, and how long it stands for those after it.
    public struct Settings: Codable, Sendable, Hashable {
        /// Least surprise of an alarm, -log10 of the chance; 0 or more.
        public var limit = AnomalyDetector.defaultLimit
        /// Values for which an alarm, or a weaker oddity, stands for those that follow.
        public var pause = 100
        /// By how much more surprise one within the pause is said again.
        public var step = 0.3

        public init() {}
    }

    /// Chosen on one half of the series of `lavin2015`; docs/accuracy.md has the other half.
    public static let defaultLimit = 2.75
    /// Values that set the scale.
    static let warmUp = TailLimits.warmUp
    /// Surprises above this count as this; their chances have no meaning any more.
    static let greatestSurprise = 20.0
    /// Scaled values beyond are taken as this, so that no sum overflows.
    static let greatestValue = 1e9
    private static let piece = 256
    private static let rules = AnomalyRule.allCases
    private static let ruleCount = rules.count

    public let settings: Settings
    private var scale: SeriesScale?
    private var early: [Timed<Double>] = []
    private var expectations = SeriesExpectations()
    private var limits = TailLimits(streams: 2 * AnomalyDetector.ruleCount)
    private var sinceSaid = 0
    private var lastSaid = 0.0
    private var scores: [AnomalyScore] = []

    public init(settings: Settings = Settings()) {
        self.settings = settings
        early.reserveCapacity(Self.warmUp)
        scores.reserveCapacity(Self.piece)
    }

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<AnomalyScore>) -> Void) {
        for index in input.indices {
            let sample = input[index]
            guard sample.value.isFinite else { continue }
            scores.append(score(sample))
            if scores.count == Self.piece { flush(emit) }
        }
        flush(emit)
    }

    public mutating func skip(to time: Timestamp, emit: (Span<AnomalyScore>) -> Void) {}

    public mutating func finish(emit: (Span<AnomalyScore>) -> Void) {}

    private mutating func flush(_ emit: (Span<AnomalyScore>) -> Void) {
        guard !scores.isEmpty else { return }
        emit(scores.span)
        scores.removeAll(keepingCapacity: true)
    }

    // MARK: One value

    private mutating func score(_ sample: Timed<Double>) -> AnomalyScore {
        guard let scale else {
            warmUp(sample)
            return AnomalyScore(time: sample.time, score: 0, surprise: 0, isAlarm: false)
        }
        let judged = surprise(of: sample, scale)
        let surprise = judged.surprise
        let said = say(surprise)
        let term = judged.stream.flatMap { self.term($0 / 2, judged.greatest, scale) }
        return AnomalyScore(
            time: sample.time, score: said ? 1 - pow(10, -surprise) : 0, surprise: surprise,
            isAlarm: said && surprise >= settings.limit, term: term)
    }

    /// The first values wait until the scale is known, then pass through the rules unjudged.
    private mutating func warmUp(_ sample: Timed<Double>) {
        early.append(sample)
        guard early.count == Self.warmUp else { return }
        let found = SeriesScale(early)
        scale = found
        for sample in early { _ = surprise(of: sample, found) }
        early = []
    }

    private struct Judged {
        var surprise: Double
        /// The stream that departs most, and its surprise.
        var stream: Int?
        var greatest: Double
    }

    private mutating func surprise(of sample: Timed<Double>, _ scale: SeriesScale) -> Judged {
        let scaled = (sample.value - scale.centre) / scale.unit
        expectations.take(
            min(max(scaled, -Self.greatestValue), Self.greatestValue), at: sample.time)
        var sum = 0.0
        var greatest = 0.0
        var stream: Int?
        for rule in 0..<Self.ruleCount {
            let departure = expectations.seen[rule] - expectations.expected[rule]
            for side in 0..<2 {
                let taken = limits.take(side == 0 ? departure : -departure, stream: 2 * rule + side)
                guard taken > 0 else {
                    sum += 1
                    continue
                }
                sum += pow(10, min(taken, Self.greatestSurprise))
                if taken > greatest {
                    greatest = taken
                    stream = 2 * rule + side
                }
            }
        }
        limits.endMoment()
        let surprise = log10(sum / Double(2 * Self.ruleCount))
        return Judged(surprise: surprise, stream: stream, greatest: greatest)
    }

    /// True if the value is odder than the one that still stands.
    private mutating func say(_ surprise: Double) -> Bool {
        sinceSaid = min(sinceSaid + 1, settings.pause + 1)
        let standing = sinceSaid <= settings.pause ? lastSaid + settings.step : settings.step
        guard surprise > standing else { return false }
        sinceSaid = 0
        lastSaid = surprise
        return true
    }

    /// In the unit of the series; `nil` where that is beyond all numbers.
    private func term(_ index: Int, _ surprise: Double, _ scale: SeriesScale) -> AnomalyTerm? {
        let rule = Self.rules[index]
        var value = expectations.seen[index] * scale.unit + scale.centre
        var expected = expectations.expected[index] * scale.unit + scale.centre
        if rule == .spread {
            value = exp(expectations.seen[index]) * scale.unit
            expected = exp(expectations.expected[index]) * scale.unit
        }
        guard value.isFinite, expected.isFinite else { return nil }
        return AnomalyTerm(rule: rule, value: value, expected: expected, surprise: surprise)
    }

    private enum CodingKeys: String, CodingKey {
        case settings, scale, early, expectations, limits, sinceSaid, lastSaid
    }
}

/// Centre and unit of a series, from its first values.
struct SeriesScale: Codable, Sendable, Hashable {
    var centre: Double
    var unit: Double

    init(_ early: [Timed<Double>]) {
        let values = early.map(\.value).sorted()
        let middle = values.count / 2
        centre =
            values.count.isMultiple(of: 2)
            ? values[middle - 1] / 2 + values[middle] / 2 : values[middle]
        let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(values.count) }
        let deviation = squares.squareRoot()
        if deviation > 0, deviation.isFinite {
            unit = deviation
        } else {
            unit = max(abs(centre), 1)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A signal of the night that illness is known to move, and which way.
public enum WatchedSignal: String, Codable, Sendable, Hashable, CaseIterable {
    case restingHeartRate, lowestHeartRate, hrvLogRMSSD, respiratoryRate, temperature
    case oxygenSaturation

    /// +1 where illness raises it, -1 where it lowers it.
    public var direction: Double {
        switch self {
        case .restingHeartRate, .lowestHeartRate, .respiratoryRate, .temperature: 1
        case .hrvLogRMSSD, .oxygenSaturation: -1
        }
    }

    /// Its part in the sum.
    public var weight: Double {
        switch self {
        case .restingHeartRate, .temperature, .respiratoryRate: 1
        case .lowestHeartRate, .hrvLogRMSSD, .oxygenSaturation: 0.5
        }
    }

    /// A usual night-to-night spread, towards which a person's own is drawn while days are few; in
    /// the unit of the signal (/min, /min, ln ms, /min, K, %).
    public var usualSpread: Double {
        switch self {
        case .restingHeartRate: 2.5
        case .lowestHeartRate: 3
        case .hrvLogRMSSD: 0.35
        case .respiratoryRate: 1
        case .temperature: 0.3
        case .oxygenSaturation: 1
        }
    }
}

/// The signals of one night; what was not measured is absent.
public struct NightSignals: Codable, Sendable, Hashable {
    public var day: LocalDate
    public var values: [WatchedSignal: Double]

    public init(day: LocalDate, values: [WatchedSignal: Double]) {
        self.day = day
        self.values = values
    }
}

/// What one signal adds to the distance of a night.
public struct SignalTerm: Codable, Sendable, Hashable {
    public var signal: WatchedSignal
    public var value: Double
    public var median: Double
    public var spread: Double
    /// (value - median) / spread, positive where illness would move it; from -2 to 4.
    public var z: Double
    public var weight: Double
}

/// How far a night is from the person's own nights, and whether that lasts.
public struct SignalWatchReading: Codable, Sendable, Hashable {
    public var day: LocalDate
    /// Weighted sum of the terms' z over the root of the sum of squared weights; `nil` without one.
    public var distance: Double?
    /// What has built up over the nights; never below 0.
    public var sum: Double
    public var limit: Double
    /// The first night of an episode at or above the limit.
    public var isAlarm: Bool
    /// True on every night at or above the limit.
    public var isAbove: Bool
    /// By signal; each alarm is the sum of these.
    public var terms: [SignalTerm]
}

/// Several signals of the night against the person's own band, added up over nights.
///
/// Shape: one reading a night, nights ascending. Each signal is compared with the median of its
/// values of the 60 nights that end two nights before, at least seven of them; the spread is 1.4826
/// times the median absolute deviation, drawn towards a usual one as by ten more nights. The
/// distance of a night is the weighted sum of z of what was measured. A cumulative sum of distance
/// (at most 3) less 0.75 grows while nights are odd and is never above twice its limit; more than
/// two nights without a signal empty it. An alarm is raised when it reaches the limit, and again
/// only after it has been below for seven nights.
/// - Source: cumulative sum as in `page1954`; the constant from `rousseeuw1993`; signals, weights,
///   usual spreads and limits are choices of this project.
public struct SignalWatch: StreamOperator {
    public typealias Input = NightSignals
    public typealias Output = SignalWatchReading

    public static let windowNights = 60
    public static let lagNights = 2
    public static let fewestNights = 7
    static let usualNights = 10.0
    static let zRange = -2.0...4.0
    static let greatestDistance = 3.0
    /// A distance that is no sign of anything.
    static let slack = 0.75
    static let mostMissing: Int64 = 2
    static let quietNights: Int64 = 7

    /// Limits of the cumulative sum, with the alarms a person-week each raised in docs/accuracy.md.
    public static let defaultLimit = 4.0

    /// More than 0.
    public let limit: Double
    private var held: [WatchedSignal: [DayValue]] = [:]
    private var sum = 0.0
    private var lastNight: LocalDate?
    private var lastAbove: LocalDate?

    public init(limit: Double = SignalWatch.defaultLimit) {
        self.limit = max(limit, .leastNormalMagnitude)
    }

    public mutating func push(
        _ input: Span<NightSignals>, emit: (Span<SignalWatchReading>) -> Void
    ) {
        var output: [SignalWatchReading] = []
        for index in input.indices { output.append(take(input[index])) }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<SignalWatchReading>) -> Void) {}

    public mutating func finish(emit: (Span<SignalWatchReading>) -> Void) {}

    private mutating func take(_ night: NightSignals) -> SignalWatchReading {
        let terms = WatchedSignal.allCases.compactMap { signal in
            night.values[signal].flatMap { term(signal, $0, night.day) }
        }
        for signal in WatchedSignal.allCases {
            guard let value = night.values[signal], value.isFinite else { continue }
            held[signal, default: []].append(DayValue(day: night.day, value: value))
        }
        let distance = Self.distance(terms)
        if let distance {
            if let last = lastNight, night.day.dayNumber - last.dayNumber > Self.mostMissing + 1 {
                sum = 0
            }
            lastNight = night.day
            sum += min(distance, Self.greatestDistance) - Self.slack
            sum = min(max(sum, 0), 2 * limit)
        }
        let isAbove = distance != nil && sum >= limit
        let quiet = lastAbove.map { night.day.dayNumber - $0.dayNumber > Self.quietNights } ?? true
        if isAbove { lastAbove = night.day }
        return SignalWatchReading(
            day: night.day, distance: distance, sum: sum, limit: limit,
            isAlarm: isAbove && quiet, isAbove: isAbove, terms: terms)
    }

    private static func distance(_ terms: [SignalTerm]) -> Double? {
        let squares = terms.reduce(0) { $0 + $1.weight * $1.weight }
        guard squares > 0 else { return nil }
        return terms.reduce(0) { $0 + $1.weight * $1.z } / squares.squareRoot()
    }

    private mutating func term(
        _ signal: WatchedSignal, _ value: Double, _ day: LocalDate
    ) -> SignalTerm? {
        let newest = day.advanced(by: -Int64(Self.lagNights))
        let oldest = newest.advanced(by: -Int64(Self.windowNights))
        held[signal]?.removeAll { $0.day < oldest }
        let past = (held[signal] ?? []).filter { $0.day <= newest }.compactMap(\.value)
        guard value.isFinite, past.count >= Self.fewestNights,
            let median = RobustStatistics.median(past), let own = RobustStatistics.spread(past)
        else { return nil }
        let count = Double(past.count)
        let usual = signal.usualSpread
        let spread =
            ((count * own * own + Self.usualNights * usual * usual) / (count + Self.usualNights))
            .squareRoot()
        let z = signal.direction * (value - median) / spread
        guard z.isFinite else { return nil }
        return SignalTerm(
            signal: signal, value: value, median: median, spread: spread,
            z: min(max(z, Self.zRange.lowerBound), Self.zRange.upperBound), weight: signal.weight)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// How far a number can be trusted, with the reason in words.
public struct Confidence: Sendable, Codable, Hashable {
    public enum Level: String, Sendable, Codable, Comparable {
        case low, medium, high

        public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }
        private var rank: Int { self == .low ? 0 : (self == .medium ? 1 : 2) }
    }

    public var level: Level
    public var reason: String

    public init(_ level: Level, reason: String) {
        self.level = level
        self.reason = reason
    }
}

/// A person's own usual range: the robust band of the days before.
public struct Baseline: Sendable, Codable, Hashable {
    /// Median of the days in the window.
    public var median: Double
    /// Robust standard deviation, 1.4826 times the median absolute deviation; above zero.
    public var spread: Double
    /// The band shown: median minus and plus two spreads.
    public var lower: Double
    public var upper: Double
    /// Days with a value in the window.
    public var days: Int
    /// Length of the window in days.
    public var windowDays: Int

    public init(
        median: Double, spread: Double, lower: Double, upper: Double, days: Int, windowDays: Int
    ) {
        self.median = median
        self.spread = spread
        self.lower = lower
        self.upper = upper
        self.days = days
        self.windowDays = windowDays
    }
}

/// One day of a metric's past; `value` is `nil` where there was no number.
public struct HistoryPoint: Sendable, Codable, Hashable {
    public var day: LocalDate
    public var value: Double?

    public init(day: LocalDate, value: Double?) {
        self.day = day
        self.value = value
    }
}

/// Where a number may really lie, given the measured error of the method; unit of the number.
public struct ValueRange: Sendable, Codable, Hashable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }
}

/// A number with everything a reader needs to judge it, or the reason why there is none.
public struct Metric: Sendable, Codable, Hashable {
    /// Stable key, such as `resting-heart-rate-lowest-5min`; `explain` takes it.
    public var id: String
    public var label: String
    /// `nil` if there was not enough input; then `missing` says why and what would help.
    public var value: Double?
    /// Shown instead of the bare value where the method's error is known; `nil` where it is not.
    public var range: ValueRange?
    /// Unit in UCUM notation.
    public var unit: String
    /// Digits after the point that are meaningful.
    public var digits: Int
    /// Share of the wanted input that was there, 0...1.
    public var coverage: Double?
    public var confidence: Confidence?
    /// Devices the input came from, such as `Garmin fenix 5`.
    public var sources: [String]
    /// Operator and version, such as `resting-heart-rate/1`.
    public var model: String
    public var baseline: Baseline?
    /// (value - median) / spread.
    public var zScore: Double?
    /// Oldest first, ending with this day.
    public var history: [HistoryPoint]
    public var missing: String?

    public init(
        id: String, label: String, value: Double?, unit: String, digits: Int = 0,
        coverage: Double? = nil, confidence: Confidence? = nil, sources: [String] = [],
        model: String, baseline: Baseline? = nil, zScore: Double? = nil,
        history: [HistoryPoint] = [], missing: String? = nil, range: ValueRange? = nil
    ) {
        self.id = id
        self.label = label
        self.value = value
        self.range = range
        self.unit = unit
        self.digits = digits
        self.coverage = coverage
        self.confidence = confidence
        self.sources = sources
        self.model = model
        self.baseline = baseline
        self.zScore = zScore
        self.history = history
        self.missing = missing
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What a value was compared with.
public enum AnomalyRule: String, Codable, Sendable, Hashable, CaseIterable {
    /// The value before.
    case step
    /// Means that follow within about 10, 33 and 100 values.
    case quickMean, mean, slowMean
    /// The median of the 60 values before.
    case median
    /// A quick mean against a slow one: the level has moved within about 10 and 33 values.
    case level, slowLevel
    /// The mean of 12 values against a mean of about 330.
    case plateau
    /// The usual value at this half hour of the day, for one value and for the mean of 12.
    case timeOfDay, timeOfDayMean
    /// A linear forecast from the five values before.
    case forecast
    /// The spread of 48 values against its own usual one.
    case spread
}

/// How a value compares with what one rule expected.
public struct AnomalyTerm: Codable, Sendable, Hashable {
    public var rule: AnomalyRule
    /// What the rule looked at, in the unit of the series: the value itself, a mean or a spread.
    public var value: Double
    /// What it expected, in the same unit.
    public var expected: Double
    /// -log10 of the estimated chance of a departure as great on this side; 0 if ordinary.
    public var surprise: Double
}

/// How odd one value is beside its own past.
public struct AnomalyScore: Codable, Sendable, Hashable {
    public var time: Timestamp
    /// 0 to 1: one less the estimated chance of a value as odd; 0 while an alarm just raised, or a
    /// stronger one, still stands for it.
    public var score: Double
    /// -log10 of that chance, without the pause after an alarm.
    public var surprise: Double
    /// True for an alarm at the detector's limit.
    public var isAlarm: Bool
    /// The rule that departs most; `nil` while the detector warms up or nothing departs.
    public var term: AnomalyTerm?
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// One day's value of a metric; `nil` where there was none.
public struct DayValue: Codable, Sendable, Hashable {
    public var day: LocalDate
    public var value: Double?

    public init(day: LocalDate, value: Double?) {
        self.day = day
        self.value = value
    }
}

/// A day's value beside the person's own band.
public struct BandedValue: Codable, Sendable, Hashable {
    public var day: LocalDate
    public var value: Double?
    /// `nil` with too few days.
    public var baseline: Baseline?
    /// Days with a value in the window, with or without a baseline.
    public var days: Int

    /// (value - median) / spread.
    public var zScore: Double? {
        guard let value, let baseline else { return nil }
        let z = (value - baseline.median) / baseline.spread
        return z.isFinite ? z : nil
    }

    /// +1 above the band, -1 below, 0 inside; `nil` without value or band.
    public var side: Int? {
        guard let value, let baseline else { return nil }
        return value > baseline.upper ? 1 : (value < baseline.lower ? -1 : 0)
    }
}

/// A person's own usual range: median and robust spread of a trailing window of days.
///
/// Shape: one output a day pushed, days ascending. The window is 60 days long and ends two days
/// before, so that an episode does not join its own baseline. With fewer than 14 values there is no
/// band. The spread is 1.4826 times the median absolute deviation, at least `floor`: a smaller one
/// would make noise of the device an event. The band is the median plus and minus two spreads.
///
/// - Source: robust z over a lagged window as in common open tools; the constant from
///   `rousseeuw1993`. Window, lag, minimum and floors are choices of this project.
public struct PersonalBand: StreamOperator {
    public typealias Input = DayValue
    public typealias Output = BandedValue

    public static let windowDays = 60
    public static let lagDays = 2
    public static let fewestDays = 14
    public static let spreadsShown = 2.0

    /// Least spread, in the unit of the metric; above zero.
    public let floor: Double
    /// Days that may still enter a window, oldest first; only those with a value.
    private var held: [DayValue] = []

    public init(floor: Double) { self.floor = max(floor, .leastNormalMagnitude) }

    public mutating func push(_ input: Span<DayValue>, emit: (Span<BandedValue>) -> Void) {
        var output: [BandedValue] = []
        for index in input.indices { output.append(take(input[index])) }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<BandedValue>) -> Void) {}

    public mutating func finish(emit: (Span<BandedValue>) -> Void) {}

    private mutating func take(_ today: DayValue) -> BandedValue {
        let newest = today.day.advanced(by: -Int64(Self.lagDays))
        let oldest = newest.advanced(by: -Int64(Self.windowDays - 1))
        held.removeAll { $0.day < oldest }
        let values = held.filter { $0.day <= newest }.compactMap(\.value)
        let value = today.value.flatMap { $0.isFinite ? $0 : nil }
        if value != nil { held.append(DayValue(day: today.day, value: value)) }
        return BandedValue(
            day: today.day, value: value, baseline: Self.baseline(of: values, floor: floor),
            days: values.count)
    }

    static func baseline(of values: [Double], floor: Double) -> Baseline? {
        guard values.count >= fewestDays, let median = RobustStatistics.median(values),
            let measured = RobustStatistics.spread(values)
        else { return nil }
        let spread = max(measured, floor)
        let lower = median - spreadsShown * spread
        let upper = median + spreadsShown * spread
        // Bands of absurd values would not be numbers, and numbers are what the results hold.
        guard lower.isFinite, upper.isFinite else { return nil }
        return Baseline(
            median: median, spread: spread, lower: lower, upper: upper, days: values.count,
            windowDays: windowDays)
    }
}

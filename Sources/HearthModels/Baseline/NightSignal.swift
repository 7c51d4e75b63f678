// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// NightSignal's answer for one night.
public struct NightSignalReading: Codable, Sendable, Hashable {
    public var day: LocalDate
    /// `nil` without a value or with too few nights before.
    public var state: NightSignalState?
    /// Median of the nights before; `nil` with too few.
    public var median: Double?
    /// Nights in a row at or above the yellow line, this one included.
    public var nights: Int
}

/// The NightSignal state machine on nightly mean heart rate.
///
/// Shape: one output a night pushed, nights ascending. A night 3 /min or more above the median is
/// high, 4 /min or more very high. Red: this night and the one before are both very high. Yellow:
/// both at least high. Otherwise green. A night without a value breaks the row.
///
/// - Source: `alavi2022` and its published program. Departs from it: the median is over the nights
///   before, without this one, at most 75 of them, and needs seven; nothing is rounded to whole
///   beats; a missing night is not filled in from its neighbours, one of which lies in the future.
public struct NightSignal: StreamOperator {
    public typealias Input = DayValue
    public typealias Output = NightSignalReading

    /// Beats a minute above the median.
    public static let yellowRise = 3.0
    public static let redRise = 4.0
    /// Nights before that the median needs.
    public static let fewestNights = 7
    /// Nights the median looks back over, so that a cached history gives the same answer.
    static let mostNights = 75

    private var prior: [Double] = []
    private var previousDay: LocalDate?
    private var previousNights = 0
    private var previousWasRed = false

    public init() {}

    public mutating func push(_ input: Span<DayValue>, emit: (Span<NightSignalReading>) -> Void) {
        var output: [NightSignalReading] = []
        for index in input.indices { output.append(take(input[index])) }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<NightSignalReading>) -> Void) {}

    public mutating func finish(emit: (Span<NightSignalReading>) -> Void) {}

    private mutating func take(_ night: DayValue) -> NightSignalReading {
        guard let value = night.value, value.isFinite else {
            previousDay = nil
            return NightSignalReading(day: night.day, nights: 0)
        }
        let median = prior.count >= Self.fewestNights ? RobustStatistics.median(prior) : nil
        prior.append(value)
        if prior.count > Self.mostNights { prior.removeFirst() }
        guard let median else {
            previousDay = nil
            return NightSignalReading(day: night.day, nights: 0)
        }
        let isHigh = value >= median + Self.yellowRise
        let isVeryHigh = value >= median + Self.redRise
        let follows = previousDay == night.day.advanced(by: -1)
        let nights = isHigh ? (follows ? previousNights : 0) + 1 : 0
        let isRed = isVeryHigh && follows && previousWasRed
        previousDay = night.day
        previousNights = nights
        previousWasRed = isVeryHigh
        return NightSignalReading(
            day: night.day, state: isRed ? .red : (nights >= 2 ? .yellow : .green),
            median: median, nights: nights)
    }
}

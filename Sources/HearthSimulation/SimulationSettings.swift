// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What to simulate: equal settings give equal bytes.
public struct SimulationSettings: Sendable, Hashable {
    /// The seed of all chance.
    public var seed: UInt64
    /// The day the watch is first worn, from 08:00 on; its night has no data.
    public var start: LocalDate
    /// Local days, the last one until ``endHour``.
    public var days: Int
    /// The wall-clock hour of the last day at which all recordings end.
    public var endHour = 21
    /// Days (0 is the first) on which the wearer also wore an Apple Watch.
    public var appleDays: Range<Int>
    /// Days of the smaller, earlier Apple export, kept as a zip archive.
    public var earlierAppleDays: Range<Int>
    /// Days on which the wearer also wore a Fitbit.
    public var fitbitDays: Range<Int>
    /// Nights on which the wearer also wore a chest strap.
    public var strapDays: Range<Int>

    /// A set where the last ten days come from several devices.
    ///
    /// - Parameter days: 2 or more. Travel, missing wear and illness need room: a set under 14 days
    ///   has no illness and one under 60 days no travel and no missing wear.
    public init(seed: UInt64 = 7, start: LocalDate, days: Int) {
        precondition(days >= 2, "a simulation has at least two days")
        self.seed = seed
        self.start = start
        self.days = days
        appleDays = max(0, days - 10)..<days
        earlierAppleDays = max(0, days - 10)..<max(1, days - 8)
        fitbitDays = max(0, days - 9)..<max(1, days - 2)
        strapDays = max(1, days - 3)..<days
    }

    /// A year in which every device was worn every day: for measuring speed.
    public static func year(seed: UInt64 = 7, start: LocalDate) -> SimulationSettings {
        var settings = SimulationSettings(seed: seed, start: start, days: 365)
        settings.appleDays = 0..<365
        settings.fitbitDays = 0..<365
        settings.strapDays = 1..<365
        return settings
    }

    /// The committed sample set: 75 days in which the clocks change a week before the end.
    public static let sample = SimulationSettings(
        start: LocalDate(dayNumber: 20_473), days: 75)

    /// The local date of day `index`.
    public func date(_ index: Int) -> LocalDate { start.advanced(by: Int64(index)) }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The main sleep of a date, from falling asleep to the last waking: what timing is made from.
public struct DatedSleep: Codable, Sendable, Hashable {
    /// The date it belongs to, on which it ended.
    public var date: LocalDate
    public var span: TimeSpan

    public init(date: LocalDate, span: TimeSpan) {
        self.date = date
        self.span = span
    }

    /// The instant half-way.
    public var middle: Timestamp {
        span.start.advanced(byNanoseconds: span.end.nanoseconds(since: span.start) / 2)
    }

    /// The hour of the wall clock half-way, 0 up to 24.
    public func midpoint(_ zone: ZoneTimeline) -> Double { Self.hour(middle, zone) }

    static func hour(_ time: Timestamp, _ zone: ZoneTimeline) -> Double {
        Double(zone.secondsOfDay(at: time)) / 3600
    }

    /// The sleeps that can be used: not empty, one a date (the longest, of equals the earlier), by
    /// date.
    static func usable(_ sleeps: [DatedSleep]) -> [DatedSleep] {
        var byDate: [LocalDate: DatedSleep] = [:]
        for sleep in sleeps.sorted(by: { $0.span.start < $1.span.start }) where !sleep.span.isEmpty
        {
            if let other = byDate[sleep.date], other.span.minutes >= sleep.span.minutes {
                continue
            }
            byDate[sleep.date] = sleep
        }
        return byDate.values.sorted { $0.date < $1.date }
    }
}

/// When a person sleeps: means on the clock, so that 23:30 and 0:30 have midnight as their mean.
///
/// Needs the main sleeps of at least five dates. A choice of this project.
public struct SleepTiming: Codable, Sendable, Hashable {
    public static let model = "sleep-timing/1"
    public static let fewestNights = 5

    /// Hours of the wall clock, 0 up to 24.
    public var onset: Double
    public var waking: Double
    public var midpoint: Double
    /// Standard deviation of the midpoints (n - 1), hours.
    public var midpointDeviation: Double

    public static func assess(
        _ sleeps: [DatedSleep], zone: ZoneTimeline
    ) -> Assessed<SleepTiming> {
        let nights = DatedSleep.usable(sleeps)
        guard nights.count >= fewestNights, let first = nights.first, let last = nights.last else {
            return Assessed(
                missing: "Timing needs \(fewestNights) nights; there are \(nights.count).",
                days: nights.count)
        }
        let dates = last.date.dayNumber - first.date.dayNumber + 1
        let coverage = Double(nights.count) / Double(dates)
        let middles = nights.map { $0.midpoint(zone) }
        guard let onset = ClockMath.mean(nights.map { DatedSleep.hour($0.span.start, zone) }),
            let waking = ClockMath.mean(nights.map { DatedSleep.hour($0.span.end, zone) }),
            let middle = ClockMath.mean(middles)
        else {
            return Assessed(
                missing: "The sleeps lie at all hours alike and have no mean time.",
                coverage: coverage, days: nights.count)
        }
        let squares = middles.reduce(0.0) { sum, one in
            let difference = ClockMath.difference(from: middle, to: one)
            return sum + difference * difference
        }
        return Assessed(
            SleepTiming(
                onset: onset, waking: waking, midpoint: middle,
                midpointDeviation: (squares / Double(nights.count - 1)).squareRoot()),
            coverage: coverage, days: nights.count)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What a time read off a wall clock means as an instant.
public struct WallTime: Sendable, Hashable {
    public enum Reading: Sendable, Hashable {
        /// The clock showed it once.
        case once
        /// The clock was put back and showed it again at this instant; the earlier one is taken.
        case twice(later: Timestamp)
        /// The clock was put forward past it; the instant of the change is taken.
        case skipped
    }

    public var instant: Timestamp
    public var reading: Reading

    public init(instant: Timestamp, reading: Reading) {
        self.instant = instant
        self.reading = reading
    }
}

extension ZoneTimeline {
    /// The instant at which the wall clock read `secondsOfDay` (0..<86,400) on `date`, and whether
    /// that is the only one. Daylight saving and travel are the same: the clock moved.
    public func wallTime(_ secondsOfDay: Int, on date: LocalDate) -> WallTime {
        let instant = instant(of: date, secondsOfDay: secondsOfDay)
        let wanted = date.dayNumber * 86_400 + Int64(secondsOfDay)
        guard localSeconds(at: instant) == wanted else {
            return WallTime(instant: instant, reading: .skipped)
        }
        for (index, span) in spans.enumerated() where span.start > instant {
            let again = Timestamp(seconds: wanted - Int64(span.offsetSeconds))
            let end = index + 1 < spans.count ? spans[index + 1].start : .distantFuture
            if again >= span.start, again < end, again != instant {
                return WallTime(instant: instant, reading: .twice(later: again))
            }
        }
        return WallTime(instant: instant, reading: .once)
    }
}

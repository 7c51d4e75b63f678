// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A stretch taken for one sleep: from falling asleep to the last waking, short wakes included.
public struct SleepWindow: Codable, Sendable, Hashable {
    public var span: TimeSpan
    /// Minutes of it that the method takes for sleep.
    public var asleepMinutes: Double
    /// Share of its time with input, 0...1.
    public var coverage: Double
    /// The method's own reason to doubt that this was sleep and not rest; `nil` without one.
    public var doubt: String?

    public init(
        span: TimeSpan, asleepMinutes: Double, coverage: Double, doubt: String? = nil
    ) {
        self.span = span
        self.asleepMinutes = asleepMinutes
        self.coverage = coverage
        self.doubt = doubt
    }
}

/// The windows of a recording in time order, or the reason why none can be told.
public enum SleepWindowFinding: Sendable, Hashable {
    case found([SleepWindow])
    case missing(String)

    /// Empty if none can be told.
    public var windows: [SleepWindow] {
        if case .found(let windows) = self { windows } else { [] }
    }
}

/// Which local date a sleep belongs to: the one on which it ends.
///
/// A sleep that ends in the last hour before midnight belongs to the next date, because it may go on
/// after it and the next date's scoring sees all of it; so does one that ends at midnight plus or
/// minus a clock change. Every sleep has exactly one date, in any zone, across changes of the clock.
public enum NightDate {
    /// Same as in the day's scoring.
    static let openBeforeMidnightSeconds = DayContext.openBeforeMidnightSeconds

    /// The date of a sleep that ends at `end`.
    public static func date(endingAt end: Timestamp, zone: ZoneTimeline) -> LocalDate {
        // The candidate is at most one off; the exact rule is that of the day's bounds.
        let guess = zone.localDate(at: end)
        for offset in Int64(-1)...2 where owns(guess.advanced(by: offset), end, zone) {
            return guess.advanced(by: offset)
        }
        return guess
    }

    private static func owns(_ date: LocalDate, _ end: Timestamp, _ zone: ZoneTimeline) -> Bool {
        let from = zone.instant(of: date).advanced(bySeconds: -openBeforeMidnightSeconds)
        let to = zone.instant(of: date.advanced(by: 1))
            .advanced(bySeconds: -openBeforeMidnightSeconds)
        return end > from && end <= to
    }
}

/// The sleeps of one local date: the main one, the other parts of a split night, and naps.
public struct DaySleeps: Codable, Sendable, Hashable {
    public var date: LocalDate
    /// The main sleep and what a short wake parted it from, in time order; never empty.
    ///
    /// One element is an unbroken night, two or more a split one.
    public var parts: [SleepWindow]
    /// All other sleeps of the date, in time order.
    public var naps: [SleepWindow]

    /// The part with most sleep; of equals the earlier.
    public var main: SleepWindow? {
        parts.max { a, b in
            a.asleepMinutes != b.asleepMinutes
                ? a.asleepMinutes < b.asleepMinutes : a.span.start > b.span.start
        }
    }

    /// From the start of the first part to the end of the last.
    public var night: TimeSpan? {
        guard let first = parts.first, let last = parts.last else { return nil }
        return first.span.union(last.span)
    }

    public var isSplit: Bool { parts.count > 1 }
    /// Minutes asleep in all sleeps of the date, naps included.
    public var minutesAsleep: Double { (parts + naps).reduce(0) { $0 + $1.asleepMinutes } }

    /// Two long sleeps with a wake of at least an hour (else they would be one) and less than this
    /// between them are one split night. A choice of this project.
    public static let splitBelowMinutes = 180.0
    /// A shorter sleep is a nap beside the night, not a part of it. A choice of this project.
    public static let shortestPartMinutes = 90.0

    /// Groups sleeps by date, in time order.
    ///
    /// A part of a split night belongs to the date on which the last part ends, also if it ended
    /// before midnight itself.
    public static func group(_ windows: [SleepWindow], zone: ZoneTimeline) -> [DaySleeps] {
        let sorted = windows.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
        var byDate: [LocalDate: [[SleepWindow]]] = [:]
        for cluster in clusters(of: sorted) {
            let end = cluster.map(\.span.end).max() ?? .distantPast
            byDate[NightDate.date(endingAt: end, zone: zone), default: []].append(cluster)
        }
        return byDate.keys.sorted().compactMap { date in
            day(date, byDate[date] ?? [])
        }
    }

    /// Long sleeps with less than three hours between them together, every other one alone.
    private static func clusters(of sorted: [SleepWindow]) -> [[SleepWindow]] {
        var result: [[SleepWindow]] = []
        var lastLong: Int?
        for window in sorted {
            let isLong = window.span.minutes >= shortestPartMinutes
            if isLong, let last = lastLong, let before = result[last].last,
                TimeSpan(start: before.span.end, end: window.span.start).minutes
                    < splitBelowMinutes
            {
                result[last].append(window)
                continue
            }
            result.append([window])
            if isLong { lastLong = result.count - 1 }
        }
        return result
    }

    private static func day(_ date: LocalDate, _ clusters: [[SleepWindow]]) -> DaySleeps? {
        func asleep(_ cluster: [SleepWindow]) -> Double {
            cluster.reduce(0) { $0 + $1.asleepMinutes }
        }
        guard var night = clusters.first else { return nil }
        for cluster in clusters.dropFirst() where asleep(cluster) > asleep(night) {
            night = cluster
        }
        let naps = clusters.filter { $0 != night }.flatMap { $0 }
        return DaySleeps(
            date: date, parts: night,
            naps: naps.sorted { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) })
    }
}

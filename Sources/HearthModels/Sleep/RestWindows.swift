// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// What one minute shows where movement is coarse: the input of ``RestWindows``.
public struct RestMinute: Codable, Sendable, Hashable {
    /// Start of the minute.
    public var time: Timestamp
    /// Beats a minute, smoothed over about five minutes; `nil` if none is near.
    public var heartRate: Double?
    /// Whether a step was counted or the intensity was above sedentary.
    public var moved: Bool
    /// What activity counts say; `nil` without.
    public var countsAsleep: Bool?

    public init(time: Timestamp, heartRate: Double?, moved: Bool, countsAsleep: Bool? = nil) {
        self.time = time
        self.heartRate = heartRate
        self.moved = moved
        self.countsAsleep = countsAsleep
    }
}

/// Sleep windows from heart rate where movement is known by the minute at best: nights, naps, split
/// nights and sleep by day alike.
///
/// A minute is sleep-like if the wearer does not move, the counts (if any) say sleep, and the heart
/// rate is at or below the 40th percentile of the 24 hours around it (the first or last 24 hours at
/// the ends of the recording), of which 16 must be known. Sleep-like minutes make blocks
/// (``SleepBlocks``), and every block is a window. There is no fixed night: no hour of the clock
/// enters. Give several days at once, so that a sleep over noon or midnight is whole.
///
/// A 40th percentile lies below something every day, also on one without sleep. Where three days
/// around are known, a block whose median heart rate lies above the 40th percentile of all three
/// is therefore kept with a doubt.
///
/// - Source: the percentile and the runs of `perezpozuelo2022`, the joining of `vanhees2018`. The
///   sliding day, 16 hours and the doubt are choices of this project.
public enum RestWindows {
    public static let model = "sleep-window-rest/1"
    /// A day's percentile means something only if most of the day was worn.
    static let fewestKnownMinutes = OwnSleep.fewestKnownMinutes
    static let minutesADay = 24 * 60
    static let wideMinutes = 72 * 60
    static let fewestWideMinutes = 48 * 60
    /// Longer recordings are cut here.
    static let mostMinutes = 366 * minutesADay

    /// Every window of a recording, in time order.
    ///
    /// - Parameter minutes: in time order; a minute that is missing is unknown.
    public static func windows(of minutes: [RestMinute]) -> SleepWindowFinding {
        let grid = Grid(minutes)
        let hasCounts = grid.minutes.contains { $0?.countsAsleep != nil }
        guard grid.hasHeartRate || hasCounts else {
            return .missing("Neither heart rate nor activity counts were recorded.")
        }
        let limits = grid.hourly(
            minutesADay, fewest: fewestKnownMinutes, percentile: OwnSleep.restPercentile)
        guard hasCounts || limits.contains(where: { $0 != nil }) else {
            return .missing(
                "Heart rate covers too little of the day to tell sleep from rest; wear the device"
                    + " by day as well.")
        }
        var operation = SleepBlocks()
        let flags = grid.minutes.indices.map { index in
            Timed(grid.time(of: index), grid.isSleepLike(index, limits[index / 60], hasCounts))
        }
        let blocks = operation.batch(flags)
        guard !blocks.isEmpty else {
            return .missing("No rest long enough to be a sleep was found.")
        }
        let wide = grid.hourly(
            wideMinutes, fewest: fewestWideMinutes, percentile: OwnSleep.restPercentile)
        return .found(blocks.map { grid.window($0, wide: wide) })
    }
}

/// Minutes on a grid from the first one on.
private struct Grid {
    static let minute: Int64 = 60_000_000_000

    let start: Timestamp
    var minutes: [RestMinute?]
    var hasHeartRate = false

    init(_ input: [RestMinute]) {
        start = input.first?.time ?? .distantPast
        let length = (input.last?.time ?? start).nanoseconds(since: start) / Self.minute + 1
        let count = input.isEmpty ? 0 : Int(min(max(0, length), Int64(RestWindows.mostMinutes)))
        minutes = Array(repeating: nil, count: count)
        for one in input {
            let index = one.time.nanoseconds(since: start) / Self.minute
            guard index >= 0, index < Int64(count) else { continue }
            var kept = one
            if let rate = one.heartRate, !rate.isFinite { kept.heartRate = nil }
            minutes[Int(index)] = kept
            if kept.heartRate != nil { hasHeartRate = true }
        }
    }

    func time(of index: Int) -> Timestamp {
        start.advanced(byNanoseconds: Int64(index) * Self.minute)
    }

    /// The percentile of `length` minutes around the middle of each hour; at the ends of the first
    /// or last such stretch. `nil` where fewer than `fewest` are known.
    func hourly(_ length: Int, fewest: Int, percentile: Double) -> [Double?] {
        let hours = (minutes.count + 59) / 60
        return (0..<hours).map { hour in
            let latest = max(0, minutes.count - length)
            let from = min(max(0, hour * 60 + 30 - length / 2), latest)
            let to = min(minutes.count, from + length)
            let known = minutes[from..<to].compactMap { $0?.heartRate }
            return known.count >= fewest
                ? RobustStatistics.percentile(percentile, of: known) : nil
        }
    }

    func isSleepLike(_ index: Int, _ limit: Double?, _ hasCounts: Bool) -> Bool {
        guard let minute = minutes[index], !minute.moved else { return false }
        if hasCounts {
            guard minute.countsAsleep == true else { return false }
            // A device that measures heart rate and has none is not on the wrist.
            if hasHeartRate, minute.heartRate == nil { return false }
            guard let limit else { return true }
            return minute.heartRate.map { $0 <= limit } ?? false
        }
        guard let limit else { return false }
        return minute.heartRate.map { $0 <= limit } ?? false
    }

    func window(_ block: SleepBlock, wide: [Double?]) -> SleepWindow {
        let from = Int(block.span.start.nanoseconds(since: start) / Self.minute)
        let to = min(minutes.count, Int(block.span.end.nanoseconds(since: start) / Self.minute))
        let inside = minutes[from..<max(from, to)]
        let known = inside.count { $0?.heartRate != nil || $0?.countsAsleep != nil }
        var doubt: String?
        let middle = (from + to) / 2 / 60
        if let median = RobustStatistics.median(inside.compactMap { $0?.heartRate }),
            middle < wide.count, let limit = wide[middle], median > limit
        {
            doubt = "The heart rate was not as low as at rest on the days around."
        }
        return SleepWindow(
            span: block.span, asleepMinutes: Double(block.asleepMinutes),
            coverage: Double(known) / Double(max(1, inside.count)), doubt: doubt)
    }
}

extension MinuteGrid {
    /// The grid as the input of ``RestWindows``.
    var restMinutes: [RestMinute] {
        (0..<count).map { index in
            RestMinute(
                time: start(of: index), heartRate: heartRate[index], moved: moved[index],
                countsAsleep: countsAsleep[index])
        }
    }
}

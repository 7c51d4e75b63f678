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
/// the ends of the recording), of which 16 must be known. Where three of the five minutes around
/// are sleep-like the minute is kept, kept minutes make blocks (``SleepBlocks``), and every block of
/// which at least half is kept is a window. There is no fixed night: no hour of the clock enters.
/// Give several days at once, so that a sleep over noon or midnight is whole.
///
/// A 40th percentile lies below something every day, also on one without sleep. Where most of the
/// three days around is known, a block whose median heart rate is nearer to the 70th percentile of
/// the three days (waking) than to the 10th (sleep) is therefore kept with a doubt.
///
/// - Source: the percentile, the median of five minutes and the runs of `perezpozuelo2022`, the
///   joining of `vanhees2018`. The sliding day, 16 hours, the half and the doubt are choices of this
///   project.
public enum RestWindows {
    public static let model = "sleep-window-rest/1"
    /// A day's percentile means something only if most of the day was worn.
    static let fewestKnownMinutes = OwnSleep.fewestKnownMinutes
    static let minutesADay = 24 * 60
    static let wideMinutes = 72 * 60
    static let fewestWideMinutes = 48 * 60
    /// Where sleep and waking lie among the heart rates of days with eight hours of sleep.
    static let sleepPercentile = 10.0
    static let wakePercentile = 70.0
    /// Minutes on either side of the majority.
    static let majorityReach = 2
    static let fewestAsleepShare = 0.5
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
        let limits = HalfHours(grid.minutes.map { $0?.heartRate.map { Float($0) } }, slots: 30)
            .sliding(OwnSleep.restPercentile, halfHours: 48, fewest: fewestKnownMinutes)
        guard hasCounts || limits.contains(where: { $0 != nil }) else {
            return .missing(
                "Heart rate covers too little of the day to tell sleep from rest; wear the device"
                    + " by day as well.")
        }
        let raw = grid.minutes.indices.map {
            grid.isSleepLike($0, limits[$0 / 60], hasCounts)
        }
        let flags = majority(raw).enumerated().map { Timed(grid.time(of: $0.offset), $0.element) }
        var operation = SleepBlocks()
        let blocks = operation.batch(flags).filter {
            Double($0.asleepMinutes) >= fewestAsleepShare * $0.span.minutes
        }
        guard !blocks.isEmpty else {
            return .missing("No rest long enough to be a sleep was found.")
        }
        return .found(blocks.map(grid.window))
    }

    /// True where most of the five values around are.
    private static func majority(_ raw: [Bool]) -> [Bool] {
        raw.indices.map { index in
            let around = max(0, index - majorityReach)..<min(raw.count, index + majorityReach + 1)
            return 2 * around.count { raw[$0] } > 2 * majorityReach + 1
        }
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

    func window(_ block: SleepBlock) -> SleepWindow {
        let from = Int(block.span.start.nanoseconds(since: start) / Self.minute)
        let to = min(minutes.count, Int(block.span.end.nanoseconds(since: start) / Self.minute))
        let inside = minutes[from..<max(from, to)]
        let known = inside.count { $0?.heartRate != nil || $0?.countsAsleep != nil }
        let isDoubtful = isNearerToWaking(inside.compactMap { $0?.heartRate }, (from + to) / 2)
        return SleepWindow(
            span: block.span, asleepMinutes: Double(block.asleepMinutes),
            coverage: Double(known) / Double(max(1, inside.count)),
            doubt: isDoubtful
                ? "The heart rate was not as low as in sleep on the days around." : nil)
    }

    /// Whether the median of the rates is nearer to waking than to sleep in the three days around.
    private func isNearerToWaking(_ rates: [Double], _ middle: Int) -> Bool {
        let length = RestWindows.wideMinutes
        let from = min(max(0, middle - length / 2), max(0, minutes.count - length))
        let around = minutes[from..<min(minutes.count, from + length)]
            .compactMap { $0?.heartRate }
        guard around.count >= RestWindows.fewestWideMinutes,
            let median = RobustStatistics.median(rates),
            let sleep = RobustStatistics.percentile(RestWindows.sleepPercentile, of: around),
            let wake = RobustStatistics.percentile(RestWindows.wakePercentile, of: around)
        else { return false }
        return median > (sleep + wake) / 2
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

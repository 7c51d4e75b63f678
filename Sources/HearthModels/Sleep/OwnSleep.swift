// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// Hearth's own sleep window and sleep/wake epochs from movement and heart rate: the baseline.
///
/// A minute is sleep-like when the wearer does not move (no steps, intensity sedentary, counts say
/// sleep) and the heart rate is at or below the 40th percentile of the day around it (``RestWindows``).
/// Blocks of such minutes (``SleepBlocks``) are the candidates; the one with most sleep that ends on the
/// day is the night.
/// Inside it an epoch is wake when the wearer moves, when the counts say wake, or, without counts,
/// when the heart rate is more than two robust standard deviations above the night's median.
///
/// - Source: the percentile and the runs of `perezpozuelo2022`, the joining of `vanhees2018`;
///   counts by `oakley1997`. Nothing was fitted to data here.
struct OwnSleep {
    static let model = "sleep-wake-baseline/1"
    /// Percentile of the day's heart rate below which rest may be sleep.
    static let restPercentile = 40.0
    /// The percentile means something only if most of a day was worn.
    static let fewestKnownMinutes = 16 * 60
    /// Robust standard deviations above the night's median that count as awake.
    static let wakeSpreads = 2.0
    static let epochSeconds = 30

    var session: SleepSession
    /// Share of the night's minutes with a heart rate or counts.
    var coverage: Double
    /// What it rests on, for the reader.
    var basis: String
    /// What the learned stager had; `nil` if the baseline told sleep and wake.
    var stagedFrom: SleepInputs?
    /// Why this may have been rest and not sleep; `nil` without a reason.
    var doubt: String?

    /// The rests of ``RestWindows`` that end on the wanted day, in time order, with their epochs; or the
    /// reason why none can be told. The day slides: none stands on noon.
    ///
    /// A sleep that starts before the grid is cut there; a grid from the noon before holds every
    /// sleep of a date that is shorter than twelve hours.
    static func find(_ grid: MinuteGrid, endsOnDay: (TimeSpan) -> Bool) -> Finding {
        switch RestWindows.windows(of: grid.restMinutes) {
        case .missing(let reason):
            return .missing(reason)
        case .found(let windows):
            let sleeps = windows.filter { endsOnDay($0.span) }.compactMap { window in
                score(
                    grid, SleepBlock(span: window.span, asleepMinutes: Int(window.asleepMinutes)))
            }
            return sleeps.isEmpty
                ? .missing("No rest long enough to be a sleep ended on this day.") : .found(sleeps)
        }
    }

    enum Finding {
        case found([OwnSleep])
        case missing(String)
    }

    /// A rest found by the arm's angle.
    static func score(_ grid: MinuteGrid, _ window: SleepWindow) -> OwnSleep? {
        let block = SleepBlock(span: window.span, asleepMinutes: Int(window.asleepMinutes))
        var sleep = score(grid, block)
        sleep?.doubt = window.doubt
        return sleep
    }

    static func score(_ grid: MinuteGrid, _ block: SleepBlock) -> OwnSleep? {
        let range = grid.index(of: block.span.start)..<grid.index(of: block.span.end)
        let staged = grid.staging?.stage(block.span)
        let stages = staged?.stages ?? baselineEpochs(grid, range)
        let known = range.count { grid.heartRate[$0] != nil || grid.countsAsleep[$0] != nil }
        let hypnogram = Hypnogram(
            start: block.span.start, epochSeconds: epochSeconds, stages: stages)
        guard let statistics = SleepStatistics(hypnogram, inBed: nil) else { return nil }
        let inputs = [
            grid.hasCounts ? "activity counts" : nil, grid.hasHeartRate ? "heart rate" : nil,
            grid.hasMovement ? "steps" : nil,
        ].compactMap { $0 }
        return OwnSleep(
            session: SleepSession(
                hypnogram: hypnogram, statistics: statistics, span: block.span),
            coverage: Double(known) / Double(max(1, range.count)),
            basis: "from " + (staged?.inputs.label ?? inputs.joined(separator: ", ")),
            stagedFrom: staged?.inputs)
    }

    /// The stage of each 30-s epoch of a range of minutes taken for a night.
    static func epochs(_ grid: MinuteGrid, _ range: Range<Int>) -> [SleepStage] {
        let span = TimeSpan(
            start: grid.start(of: range.lowerBound), end: grid.start(of: range.upperBound))
        return grid.staging?.stage(span)?.stages ?? baselineEpochs(grid, range)
    }

    /// Sleep or wake of each epoch by the baseline.
    private static func baselineEpochs(_ grid: MinuteGrid, _ range: Range<Int>) -> [SleepStage] {
        let limit = grid.hasCounts ? nil : wakeLimit(grid, range)
        var stages: [SleepStage] = []
        for index in range {
            let stage = stage(grid, index, limit)
            for _ in 0..<(60 / epochSeconds) { stages.append(stage) }
        }
        return stages
    }

    private static func wakeLimit(_ grid: MinuteGrid, _ range: Range<Int>) -> Double? {
        let known = grid.heartRate[range].compactMap { $0 }
        guard let median = RobustStatistics.median(known),
            let spread = RobustStatistics.spread(known)
        else { return nil }
        return median + wakeSpreads * spread
    }

    private static func stage(_ grid: MinuteGrid, _ index: Int, _ limit: Double?) -> SleepStage {
        if grid.moved[index] { return .wake }
        if grid.hasCounts {
            guard let asleep = grid.countsAsleep[index] else { return .unscored }
            return asleep ? .asleep : .wake
        }
        guard let rate = grid.heartRate[index] else { return .unscored }
        return limit.map { rate > $0 } ?? false ? .wake : .asleep
    }
}

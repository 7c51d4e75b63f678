// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A sleep of a day as it is shown: the night or a nap.
public struct ScoredSleep: Sendable, Hashable {
    public var span: TimeSpan
    /// Total sleep time in minutes; `nil` where no data lie in a sleep the person stated.
    public var sleepMinutes: Double?
    /// `hearth` or the vendor's name.
    public var stagedBy: String
    /// The correction that stated it.
    public var correction: CorrectionID?
    /// The night, not a nap.
    public var isMain: Bool
}

extension DayScorer {
    /// Every sleep that ended on a day, in time order, the person's corrections applied.
    public static func sleeps(_ input: DayInput) -> [ScoredSleep] {
        var context = DayContext(input)
        let night = NightScorer.score(&context).night
        let findings = NightScorer.Findings(&context)
        let layer = CorrectionLayer(context.corrections)
        let standing = findings.standing(after: layer)
        let found = standing.sessions.map {
            ScoredSleep(
                span: $0.span, sleepMinutes: $0.statistics.totalSleepTime,
                stagedBy: standing.staged?.vendor ?? "hearth", correction: nil,
                isMain: $0.span.start == night?.start && $0.span.end == night?.end)
        }
        let stated = NightScorer.statedSleeps(&context, layer, findings).map {
            ScoredSleep(
                span: $0.span, sleepMinutes: $0.statistics?.totalSleepTime, stagedBy: $0.stagedBy,
                correction: $0.correction.id, isMain: $0.correction.id == night?.correction?.id)
        }
        return (found + stated).sorted { $0.span.start < $1.span.start }
    }
}

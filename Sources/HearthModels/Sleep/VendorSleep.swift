// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// One sleep as a vendor staged it.
struct SleepSession {
    var hypnogram: Hypnogram
    var statistics: SleepStatistics
    /// All the time the vendor's record covers.
    var span: TimeSpan
}

/// What the `sleepStage` streams say of the sleeps that ended on a day.
///
/// One stream is used: the one with most sleep; streams are never added. Samples less than an hour
/// apart are one session. Where samples of a stream overlap, wake overrides a stage, a stage
/// overrides plain sleep, and the later one wins among equals.
enum VendorSleep {
    static let epochSeconds = 30
    static let joinedBelow: Int64 = 3600 * 1_000_000_000
    /// A stage without a duration lasts until the next one if that comes this soon; otherwise
    /// nothing tells how long it lasted, and it is left out.
    static let longestInstant: Int64 = 300 * 1_000_000_000

    struct Stage: Comparable {
        var stage: SleepStage
        var span: TimeSpan

        private var rank: Int {
            switch stage {
            case .inBed: 0
            case .unscored: 1
            case .asleep: 2
            case .light, .deep, .rem: 3
            case .wake: 4
            }
        }

        static func < (a: Stage, b: Stage) -> Bool {
            if a.rank != b.rank { return a.rank < b.rank }
            if a.span.start != b.span.start { return a.span.start < b.span.start }
            if a.span.end != b.span.end { return a.span.end < b.span.end }
            return a.stage.rawValue < b.stage.rawValue
        }
    }

    /// The stages of a stream in time order; codes that are no stage are left out.
    static func stages(of series: Series) -> [Stage] {
        var result: [Stage] = []
        for (index, sample) in series.samples.enumerated() {
            guard let code = UInt8(exactly: sample.value), let stage = SleepStage(rawValue: code)
            else { continue }
            var span = sample.span
            if span.isEmpty, index + 1 < series.samples.count {
                let next = Timestamp(nanoseconds: series.samples[index + 1].time)
                if next.nanoseconds(since: span.start) <= longestInstant {
                    span = TimeSpan(start: span.start, end: next)
                }
            }
            span = span.intersection(series.window)
            if !span.isEmpty { result.append(Stage(stage: stage, span: span)) }
        }
        return result
    }

    /// Sleeps in a stream that ended on the wanted day, in time order.
    static func sessions(of series: Series, endsOnDay: (TimeSpan) -> Bool) -> [SleepSession] {
        let staged = stages(of: series).filter { $0.stage != .inBed }
        var result: [SleepSession] = []
        for group in joined(staged) {
            guard let hypnogram = paint(group) else { continue }
            let span = TimeSpan(start: hypnogram.start, end: hypnogram.end)
            guard let statistics = SleepStatistics(hypnogram, inBed: span), endsOnDay(span) else {
                continue
            }
            result.append(SleepSession(hypnogram: hypnogram, statistics: statistics, span: span))
        }
        return result
    }

    /// Stretches in bed recorded by a stream, less than an hour apart joined.
    static func bedTimes(of series: Series) -> [TimeSpan] {
        joined(stages(of: series).filter { $0.stage == .inBed }).compactMap { group in
            group.map(\.span).reduce(nil as TimeSpan?) { $0?.union($1) ?? $1 }
        }
    }

    /// Groups of stages, in time order, with less than an hour between them.
    private static func joined(_ stages: [Stage]) -> [[Stage]] {
        var groups: [[Stage]] = []
        var newest = Timestamp.distantPast
        for stage in stages {
            let isNear = stage.span.start.nanoseconds(since: newest) < joinedBelow
            if isNear, !groups.isEmpty {
                groups[groups.count - 1].append(stage)
                newest = max(newest, stage.span.end)
            } else {
                groups.append([stage])
                newest = stage.span.end
            }
        }
        return groups
    }

    /// The group as epochs: each has the stage at its middle.
    private static func paint(_ group: [Stage]) -> Hypnogram? {
        guard let start = group.map(\.span.start).min(), let end = group.map(\.span.end).max()
        else { return nil }
        let epoch = Int64(epochSeconds) * 1_000_000_000
        // Stages are clipped to the window, so the length is that of a window at most.
        let count = Int((end.nanoseconds(since: start) + epoch - 1) / epoch)
        guard count > 0 else { return nil }
        var stages = Array(repeating: SleepStage.unscored, count: count)
        for stage in group.sorted() {
            let first = stage.span.start.nanoseconds(since: start) + epoch / 2 - 1
            let last = stage.span.end.nanoseconds(since: start) + epoch / 2 - 1
            // Epoch i is painted when its middle, i * epoch + epoch / 2, lies inside the stage.
            let from = Int(min(max(0, first / epoch), Int64(count)))
            let to = Int(min(max(0, last / epoch), Int64(count)))
            for index in from..<max(from, to) { stages[index] = stage.stage }
        }
        return Hypnogram(start: start, epochSeconds: epochSeconds, stages: stages)
    }
}

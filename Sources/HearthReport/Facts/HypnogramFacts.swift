// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A hypnogram cut into what can be drawn: runs, columns, levels and shares.
struct HypnogramFacts {
    struct Run {
        var stage: SleepStage
        /// Epochs, the end not included.
        var from: Int
        var to: Int
    }

    let hypnogram: Hypnogram

    init(_ hypnogram: Hypnogram) { self.hypnogram = hypnogram }

    /// The hypnogram on the epochs of another, so that both can be drawn over one another; what
    /// it does not cover is unscored.
    init(_ hypnogram: Hypnogram, onEpochsOf other: Hypnogram) {
        let nanoseconds = Int64(other.epochSeconds) * 1_000_000_000
        let stages = other.stages.indices.map { index in
            let middle = Int64(index) * nanoseconds + nanoseconds / 2
            return hypnogram.stage(at: other.start.advanced(byNanoseconds: middle)) ?? .unscored
        }
        self.hypnogram = Hypnogram(
            start: other.start, epochSeconds: other.epochSeconds, stages: stages)
    }

    var count: Int { hypnogram.stages.count }

    /// True if any epoch has a stage.
    var isScored: Bool { hypnogram.stages.contains { $0 != .unscored } }

    /// True if light, deep or REM sleep is told apart.
    var isStaged: Bool {
        hypnogram.stages.contains { $0 == .light || $0 == .deep || $0 == .rem }
    }

    /// Equal neighbours joined, in order.
    var runs: [Run] {
        var runs: [Run] = []
        for (index, stage) in hypnogram.stages.enumerated() {
            if let last = runs.last, last.stage == stage {
                runs[runs.count - 1].to = index + 1
            } else {
                runs.append(Run(stage: stage, from: index, to: index + 1))
            }
        }
        return runs
    }

    /// The most frequent stage in each of `columns` equal parts; of equals the lighter sleep.
    func columns(_ columns: Int) -> [SleepStage] {
        guard count > 0, columns > 0 else { return [] }
        return (0..<columns).map { column in
            let from = column * count / columns
            let to = max(from + 1, (column + 1) * count / columns)
            var seen: [SleepStage: Int] = [:]
            for stage in hypnogram.stages[from..<min(to, count)] { seen[stage, default: 0] += 1 }
            let best = Self.fromLightest.max { (seen[$0] ?? 0) < (seen[$1] ?? 0) }
            return best ?? .unscored
        }
    }

    /// Stages from the top of the figure down: those every such night has and those that occur.
    var levels: [SleepStage] {
        let present = Set(hypnogram.stages)
        var levels: [SleepStage] = [.wake]
        if isStaged {
            levels += [.rem, .light]
            if present.contains(.asleep) { levels.append(.asleep) }
            levels.append(.deep)
        } else {
            levels.append(.asleep)
        }
        if present.contains(.inBed) { levels.append(.inBed) }
        return levels
    }

    /// Share of all epochs, 0...1.
    func share(of stage: SleepStage) -> Double {
        guard count > 0 else { return 0 }
        return Double(hypnogram.stages.count { $0 == stage }) / Double(count)
    }

    /// The part of the night before `time`, 0...1.
    func fraction(at time: Timestamp) -> Double {
        let length = hypnogram.end.seconds(since: hypnogram.start)
        guard length > 0 else { return 0 }
        return min(1, max(0, time.seconds(since: hypnogram.start) / length))
    }

    private static let fromLightest: [SleepStage] = [
        // `max` keeps the first of equals.
        .wake, .rem, .asleep, .light, .deep, .inBed, .unscored,
    ]
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Minutes of one stage with the range the model's known error leaves.
public struct StageRange: Codable, Sendable, Hashable {
    public var stage: SleepStage
    /// As scored.
    public var minutes: Double
    public var low: Double
    public var high: Double

    public init(stage: SleepStage, minutes: Double, low: Double, high: Double) {
        self.stage = stage
        self.minutes = minutes
        self.low = low
        self.high = high
    }
}

/// How far a model's minutes of a stage were off over the nights of a benchmark: scored minus
/// laboratory, one number a night.
public struct StageError: Codable, Sendable, Hashable {
    /// Mean of the differences, minutes.
    public var bias: Double
    /// Standard deviation of the differences, minutes, 0 and up.
    public var standardDeviation: Double

    public init(bias: Double, standardDeviation: Double) {
        self.bias = bias
        self.standardDeviation = standardDeviation
    }
}

/// Epochs of a benchmark by what the laboratory and what the model said.
public struct StageConfusion: Codable, Sendable, Hashable {
    /// Order of the rows and columns.
    public var stages: [SleepStage]
    /// `counts[truth][scored]`, 0 and up; as many rows and columns as stages.
    public var counts: [[Double]]

    /// `nil` unless the table is square over distinct stages and every count is 0 or more.
    public init?(stages: [SleepStage], counts: [[Double]]) {
        let size = stages.count
        guard size > 0, Set(stages).count == size, counts.count == size,
            counts.allSatisfy({ $0.count == size && $0.allSatisfy { $0.isFinite && $0 >= 0 } })
        else { return nil }
        self.stages = stages
        self.counts = counts
    }

    /// Of the epochs scored as the second stage, the share that was the first: how to read a scored
    /// epoch. `nil` if the model never gave that score.
    public func share(of truth: SleepStage, amongScored scored: SleepStage) -> Double? {
        guard let row = stages.firstIndex(of: truth), let column = stages.firstIndex(of: scored)
        else { return nil }
        let total = counts.reduce(0) { $0 + $1[column] }
        return total > 0 ? counts[row][column] / total : nil
    }
}

/// Ranges of stage minutes from a model's error in a benchmark.
public enum StageRanges {
    /// Normal quantile of a range that holds 90 of 100 nights like those of the benchmark.
    public static let ninetyPercent = 1.645

    /// From the error a night: `minutes - bias - z SD` to `minutes - bias + z SD`, within 0 and the
    /// time scored, and never without the scored minutes themselves.
    ///
    /// With z = 1.96 these are the limits of agreement. The range is about nights like those of the
    /// benchmark; it knows nothing of this one.
    /// - Source: `bland1986`.
    public static func ranges(
        of hypnogram: Hypnogram, errors: [SleepStage: StageError], z: Double = ninetyPercent
    ) -> [StageRange] {
        let scored = minutes(hypnogram)
        let whole = scored.values.reduce(0, +)
        return order.compactMap { stage in
            guard let error = errors[stage], error.bias.isFinite,
                error.standardDeviation.isFinite
            else { return nil }
            let value = scored[stage] ?? 0
            let middle = value - error.bias
            let reach = abs(z) * max(0, error.standardDeviation)
            return StageRange(
                stage: stage, minutes: value, low: min(value, max(0, middle - reach)),
                high: max(value, min(whole, middle + reach)))
        }
    }

    /// From a confusion table: low is the part of the scored minutes that was right in the
    /// benchmark, `m(s) P(s|s)`; high adds to all scored minutes what was missed among the others,
    /// `m(s) + sum over t of m(t) P(s|t)`. P(a|b) is the share of a among epochs scored b.
    ///
    /// A coarser range than that of ``ranges(of:errors:z:)``: use it where only the table is known.
    /// - Source: a definition of this project.
    public static func ranges(
        of hypnogram: Hypnogram, confusion: StageConfusion
    ) -> [StageRange] {
        let scored = minutes(hypnogram)
        let whole = scored.values.reduce(0, +)
        return order.filter { confusion.stages.contains($0) }.map { stage in
            let value = scored[stage] ?? 0
            var missed = 0.0
            for other in confusion.stages where other != stage {
                let share = confusion.share(of: stage, amongScored: other) ?? 0
                missed += (scored[other] ?? 0) * share
            }
            let right = confusion.share(of: stage, amongScored: stage) ?? 0
            return StageRange(
                stage: stage, minutes: value, low: value * right,
                high: max(value, min(whole, value + missed)))
        }
    }

    private static let order: [SleepStage] = [.wake, .asleep, .light, .deep, .rem]

    private static func minutes(_ hypnogram: Hypnogram) -> [SleepStage: Double] {
        var result: [SleepStage: Double] = [:]
        let epoch = Double(hypnogram.epochSeconds) / 60
        for stage in hypnogram.stages where order.contains(stage) {
            result[stage, default: 0] += epoch
        }
        return result
    }
}

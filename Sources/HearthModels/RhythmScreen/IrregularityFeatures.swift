// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the screen sees of the beats around a block: a long window and a short one inside it.
///
/// Every interval is divided by the median of its window, so that the heart rate counts by itself
/// only. Spreads go in as logarithms.
/// - Source: histogram of differences `sarkar2008`; turning points and relative differences
///   `dash2009`; sample entropy free of the heart rate `lake2011`; the others are this project's.
public struct IrregularityFeatures: Sendable, Hashable {
    /// One a value, in the order of the coefficients.
    public static let names: [String] =
        WindowIrregularity.longNames.map { "long-" + $0 }
        + WindowIrregularity.shortNames.map { "short-" + $0 }

    public let values: [Double]
    /// Share of the long window's intervals taken for premature beats and their pauses.
    public let prematureShare: Double

    /// - Parameters: intervals in milliseconds, at least four each, all above zero.
    init(long: ArraySlice<Double>, short: ArraySlice<Double>) {
        let wide = WindowIrregularity(long, isLong: true)
        let near = WindowIrregularity(short, isLong: false)
        values = wide.long + near.short
        prematureShare = wide.removedShare
    }
}

/// Measures of one window.
struct WindowIrregularity {
    static let longNames = [
        "median", "difference", "median-difference", "deviation", "difference-entropy", "entropy",
        "quiet", "cluster-1", "cluster-2", "cluster-3", "turning", "correlation-1",
        "correlation-2", "second-difference", "compensated", "removed", "rest-difference",
        "rest-quiet", "rising", "smooth", "skew", "quartiles", "neighbour-75", "neighbour-50",
        "sample-entropy",
    ]
    static let shortNames = [
        "difference", "median-difference", "deviation", "difference-entropy", "quiet",
        "rest-difference", "rest-quiet", "neighbour-75",
    ]

    /// Widths and limits below are shares of the median interval, choices of this project.
    private static let quietStep = 0.03
    private static let clusterWidth = 0.08
    private static let binWidth = 0.04
    private static let tolerance = 0.04
    private static let earlyShare = 0.86

    private let x: [Double]
    private let sorted: [Double]
    /// Sizes of the steps from one interval to the next, at most one half.
    private let steps: [Double]
    private(set) var removedShare = 0.0
    private(set) var long: [Double] = []
    private(set) var short: [Double] = []

    init(_ window: ArraySlice<Double>, isLong: Bool) {
        let ordered = window.sorted()
        let median = Self.median(ordered)
        x = window.map { min(2.5, $0 / median) }
        sorted = ordered.map { min(2.5, $0 / median) }
        var steps: [Double] = []
        steps.reserveCapacity(x.count)
        for index in 1..<x.count { steps.append(min(0.5, abs(x[index] - x[index - 1]))) }
        self.steps = steps
        let mean = steps.reduce(0, +) / Double(steps.count)
        let difference = Self.log(mean)
        let middle = Self.log(Self.median(steps.sorted()))
        let deviation = Self.log(Self.median(x.map { abs($0 - 1) }.sorted()))
        let quiet = Self.log(Self.share(steps) { $0 < Self.quietStep }, 0.02)
        let rest = withoutPremature()
        removedShare = rest.removed
        let near = neighbours(countMatches: isLong)
        let entropy = differenceEntropy()
        guard isLong else {
            short = [
                difference, middle, deviation, entropy, quiet, rest.difference, rest.quiet,
                Self.log(near.quartile),
            ]
            return
        }
        let clusters = clusterShares()
        long = [
            Self.log(median, 1), difference, middle, deviation, entropy, intervalEntropy(), quiet,
            Self.log(clusters[0], 0.02), clusters[1], clusters[2], turningShare(),
        ]
        long += correlations()
        long += [
            secondDifference(mean), compensatedShare(), rest.removed, rest.difference, rest.quiet,
            risingShare(), smoothness(mean), skew(),
            Self.log(quantile(0.75) - quantile(0.25)), Self.log(near.quartile),
            Self.log(near.median),
            Self.log(near.entropy, 0.1),
        ]
    }

    // MARK: Tools

    private static func log(_ value: Double, _ offset: Double = 0.005) -> Double {
        naturalLogarithm(max(value, 0) + offset)
    }

    /// Of sorted values.
    private static func median(_ sorted: [Double]) -> Double {
        let half = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? 0.5 * (sorted[half - 1] + sorted[half]) : sorted[half]
    }

    private static func share(_ values: [Double], _ isIn: (Double) -> Bool) -> Double {
        Double(values.count(where: isIn)) / Double(values.count)
    }

    private func quantile(_ share: Double) -> Double {
        sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    private func entropy(_ bins: [Double], of count: Int) -> Double {
        var sum = 0.0
        for bin in bins where bin > 0 {
            let share = bin / Double(count)
            sum -= share * naturalLogarithm(share)
        }
        return sum
    }

    // MARK: Measures

    private func intervalEntropy() -> Double {
        var bins = [Double](repeating: 0, count: 64)
        for value in x { bins[min(63, Int(value / Self.binWidth))] += 1 }
        return entropy(bins, of: x.count)
    }

    private func differenceEntropy() -> Double {
        var bins = [Double](repeating: 0, count: 64)
        for index in 1..<x.count {
            let step = x[index] - x[index - 1] + 32 * Self.binWidth
            bins[min(63, max(0, Int(step / Self.binWidth)))] += 1
        }
        return entropy(bins, of: x.count - 1)
    }

    private func turningShare() -> Double {
        var turns = 0.0
        for index in 1..<(x.count - 1)
        where (x[index] - x[index - 1]) * (x[index + 1] - x[index]) < 0 { turns += 1 }
        return turns / Double(x.count - 2)
    }

    private func risingShare() -> Double {
        var rises = 0.0
        for index in 1..<x.count where x[index] > x[index - 1] { rises += 1 }
        return rises / Double(x.count - 1)
    }

    /// Serial correlation over one and two beats.
    private func correlations() -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        let centred = x.map { max(-0.6, min(0.6, $0 - mean)) }
        let power = centred.reduce(1e-6) { $0 + $1 * $1 }
        return [1, 2].map { lag in
            var sum = 0.0
            for index in lag..<centred.count { sum += centred[index] * centred[index - lag] }
            return sum / power
        }
    }

    /// Size of the change of the step from beat to beat, over the size of the step.
    private func secondDifference(_ mean: Double) -> Double {
        var sum = 0.0
        for index in 2..<x.count {
            sum += min(0.8, abs(x[index] - 2 * x[index - 1] + x[index - 2]))
        }
        return sum / Double(x.count - 2) / (mean + 0.005)
    }

    /// Short intervals followed by a pause that makes up for them.
    private func compensatedShare() -> Double {
        var count = 0.0
        for index in 1..<(x.count - 1) {
            let before = x[index - 1]
            if x[index] < 0.85 * before, abs(x[index] + x[index + 1] - 2 * before) < 0.12 {
                count += 1
            }
        }
        return count / Double(x.count)
    }

    /// Shares of the intervals in the densest stretch of one width, then of what is left, twice.
    private func clusterShares() -> [Double] {
        var left = sorted
        return (0..<3).map { _ in
            var best = 0..<0
            var high = 0
            for low in left.indices {
                while high < left.count, left[high] - left[low] <= Self.clusterWidth { high += 1 }
                if high - low > best.count { best = low..<high }
            }
            left.removeSubrange(best)
            return Double(best.count) / Double(sorted.count)
        }
    }

    private func skew() -> Double {
        let middle = quantile(0.5)
        return Self.log((quantile(0.9) - middle) / (middle - quantile(0.1) + 0.01))
    }

    /// Change between means of four beats, over that from beat to beat.
    private func smoothness(_ mean: Double) -> Double {
        var sum = 0.0
        var count = 0.0
        var before: Double?
        var first = 0
        while first + 4 <= x.count {
            let present = (x[first] + x[first + 1] + x[first + 2] + x[first + 3]) / 4
            if let before {
                sum += abs(present - before)
                count += 1
            }
            before = present
            first += 4
        }
        return sum / max(1, count) / (mean + 0.005)
    }

    /// What is left without early beats and the interval after each: steps between neighbours.
    private func withoutPremature() -> (removed: Double, difference: Double, quiet: Double) {
        var removed = 0.0
        var pairs = 0.0
        var sum = 0.0
        var still = 0.0
        var last: Double?
        var index = 0
        while index < x.count {
            let around = x[max(0, index - 4)...min(x.count - 1, index + 4)].sorted()
            let local = Self.median(around)
            if x[index] < Self.earlyShare * local, index + 1 < x.count,
                x[index + 1] > 0.95 * local
            {
                removed += 2
                index += 2
                last = nil
                continue
            }
            if let last {
                let step = abs(x[index] - last)
                pairs += 1
                sum += min(0.5, step)
                if step < Self.quietStep { still += 1 }
            }
            last = x[index]
            index += 1
        }
        // With too few pairs left: as in neither rhythm.
        let isKnown = pairs > 3
        return (
            removed / Double(x.count), Self.log(isKnown ? sum / pairs : 0.15),
            Self.log(isKnown ? still / pairs : 0.3, 0.02)
        )
    }

    /// Distance of each pair of neighbours to the pair most like it, and the negative logarithm of
    /// the share of like intervals that are followed by like ones.
    private func neighbours(
        countMatches: Bool
    ) -> (quartile: Double, median: Double, entropy: Double) {
        let count = x.count - 1
        var nearest = [Double](repeating: 0.3, count: count)
        var single = 0.0
        var double = 0.0
        for lag in 1..<count {
            var first = abs(x[0] - x[lag])
            for index in 0..<(count - lag) {
                let second = abs(x[index + 1] - x[index + lag + 1])
                if first <= Self.tolerance {
                    single += 1
                    if second <= Self.tolerance { double += 1 }
                }
                if lag > 1 {
                    let distance = max(first, second)
                    if distance < nearest[index] { nearest[index] = distance }
                    if distance < nearest[index + lag] { nearest[index + lag] = distance }
                }
                first = second
            }
        }
        nearest.sort()
        return (
            nearest[min(count - 1, Int(0.75 * Double(count)))],
            nearest[min(count - 1, Int(0.5 * Double(count)))],
            countMatches ? -naturalLogarithm((double + 0.5) / (single + 1)) : 0
        )
    }
}

/// Inside a type with a method `log` the system's function has to be named from outside.
private func naturalLogarithm(_ value: Double) -> Double { log(value) }

// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measures of one window of intervals.
///
/// Every interval is divided by the median of the window, and none counts for more than 2.5 of it. What
/// can be told from the sorted intervals is, so that a window costs little more than its length.
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
    static let quietStep = 0.03
    private static let clusterWidth = 0.08
    private static let binWidth = 0.04
    static let tolerance = 0.04
    static let earlyShare = 0.86

    private let x: [Double]
    private let sorted: [Double]
    private(set) var removedShare = 0.0
    private(set) var long: [Double] = []
    private(set) var short: [Double] = []

    /// - Parameters:
    ///   - window: at least four intervals in milliseconds, all above zero.
    ///   - order: their places in it, by ascending value.
    init(_ window: ArraySlice<Double>, order: [Int], isLong: Bool) {
        let half = order.count / 2
        let upper = window[window.startIndex + order[half]]
        let median =
            order.count.isMultiple(of: 2)
            ? 0.5 * (window[window.startIndex + order[half - 1]] + upper) : upper
        let x = window.map { min(2.5, $0 / median) }
        self.x = x
        sorted = order.map { x[$0] }
        var steps = [Double](repeating: 0, count: x.count - 1)
        for index in steps.indices { steps[index] = min(0.5, abs(x[index + 1] - x[index])) }
        let mean = steps.reduce(0, +) / Double(steps.count)
        let difference = Self.log(mean)
        let quiet = Self.log(
            Double(steps.count { $0 < Self.quietStep }) / Double(steps.count), 0.02)
        let middle = Self.log(Selection.median(&steps))
        let deviation = Self.log(medianDeviation())
        let rest = withoutPremature()
        removedShare = rest.removed
        var nearest = NearestPairs.distances(x, order)
        let near75 = Selection.smallest(Int(0.75 * Double(nearest.count)), of: &nearest)
        let entropy = differenceEntropy()
        guard isLong else {
            short = [
                difference, middle, deviation, entropy, quiet, rest.difference, rest.quiet,
                Self.log(near75),
            ]
            return
        }
        let near50 = Selection.smallest(Int(0.5 * Double(nearest.count)), of: &nearest)
        let clusters = clusterShares()
        let serial = correlations()
        long = [
            Self.log(median, 1), difference, middle, deviation, entropy, intervalEntropy(), quiet,
            Self.log(clusters.0, 0.02), clusters.1, clusters.2, turningShare(), serial.0, serial.1,
            secondDifference(mean), compensatedShare(), rest.removed, rest.difference, rest.quiet,
            risingShare(), smoothness(mean), skew(),
            Self.log(quantile(0.75) - quantile(0.25)), Self.log(near75), Self.log(near50),
            Self.log(NearestPairs.sampleEntropy(x, order), 0.1),
        ]
    }

    // MARK: Tools

    static func log(_ value: Double, _ offset: Double = 0.005) -> Double {
        naturalLogarithm(max(value, 0) + offset)
    }

    private func quantile(_ share: Double) -> Double {
        sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    // MARK: Measures

    /// The median distance to one: from the middle outwards the distances on either side are sorted.
    private func medianDeviation() -> Double {
        var above = sorted.firstIndex { $0 >= 1 } ?? sorted.count
        var below = above - 1
        let half = sorted.count / 2
        var before = 0.0
        var last = 0.0
        for _ in 0...half {
            before = last
            let up = above < sorted.count ? sorted[above] - 1 : .infinity
            let down = below >= 0 ? 1 - sorted[below] : .infinity
            if up <= down {
                last = up
                above += 1
            } else {
                last = down
                below -= 1
            }
        }
        return sorted.count.isMultiple(of: 2) ? 0.5 * (before + last) : last
    }

    private func intervalEntropy() -> Double {
        var bins = EntropyBins()
        for value in sorted { bins.add(min(63, Int(value / Self.binWidth))) }
        return bins.entropy(of: x.count)
    }

    private func differenceEntropy() -> Double {
        var bins = EntropyBins()
        for index in 1..<x.count {
            let step = x[index] - x[index - 1] + 32 * Self.binWidth
            bins.add(min(63, max(0, Int(step / Self.binWidth))))
        }
        return bins.entropy(of: x.count - 1)
    }

    private func turningShare() -> Double {
        var turns = 0
        for index in 1..<(x.count - 1)
        where (x[index] - x[index - 1]) * (x[index + 1] - x[index]) < 0 { turns += 1 }
        return Double(turns) / Double(x.count - 2)
    }

    private func risingShare() -> Double {
        var rises = 0
        for index in 1..<x.count where x[index] > x[index - 1] { rises += 1 }
        return Double(rises) / Double(x.count - 1)
    }

    /// Serial correlation over one and two beats.
    private func correlations() -> (Double, Double) {
        let mean = x.reduce(0, +) / Double(x.count)
        var power = 1e-6
        var (one, two) = (0.0, 0.0)
        var (last, before) = (0.0, 0.0)
        for index in x.indices {
            let centred = max(-0.6, min(0.6, x[index] - mean))
            power += centred * centred
            if index > 0 { one += centred * last }
            if index > 1 { two += centred * before }
            before = last
            last = centred
        }
        return (one / power, two / power)
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
        var count = 0
        for index in 1..<(x.count - 1) {
            let before = x[index - 1]
            if x[index] < 0.85 * before, abs(x[index] + x[index + 1] - 2 * before) < 0.12 {
                count += 1
            }
        }
        return Double(count) / Double(x.count)
    }

    /// Shares of the intervals in the densest stretch of one width, then of what is left, twice.
    private func clusterShares() -> (Double, Double, Double) {
        var left = sorted
        func take() -> Double {
            var best = 0..<0
            var high = 0
            for low in left.indices {
                while high < left.count, left[high] - left[low] <= Self.clusterWidth { high += 1 }
                if high - low > best.count { best = low..<high }
            }
            left.removeSubrange(best)
            return Double(best.count) / Double(sorted.count)
        }
        return (take(), take(), take())
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
        var around = NearMedian(x)
        var removed = 0.0
        var pairs = 0.0
        var sum = 0.0
        var still = 0.0
        var last: Double?
        var index = 0
        while index < x.count {
            let local = around.median(at: index)
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
}

/// Inside a type with a method `log` the system's function has to be named from outside.
func naturalLogarithm(_ value: Double) -> Double { log(value) }

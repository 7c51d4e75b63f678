// SPDX-License-Identifier: Apache-2.0
import HearthDSP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Definitions of other programs where they differ from Hearth's, to show that a difference between
/// two numbers comes from the definition and from nothing else.
public enum HRVReferenceRules {
    // MARK: pyHRV

    /// pyHRV's SDSD: standard deviation of the differences without their sign.
    public static func deviationOfMagnitudes(_ intervals: [Double]) -> Double? {
        var moments = RunningMoments()
        for (a, b) in zip(intervals, intervals.dropFirst()) { moments.add(abs(b - a)) }
        return moments.standardDeviation
    }

    /// pyHRV's SD1 and SD2: standard deviations, n in the denominator, of the differences and of the
    /// sums of neighbours over the root of two.
    public static func poincare(_ intervals: [Double]) -> (sd1: Double, sd2: Double)? {
        var (steps, sums) = (RunningMoments(), RunningMoments())
        for (a, b) in zip(intervals, intervals.dropFirst()) {
            steps.add((b - a) / 2.0.squareRoot())
            sums.add((b + a) / 2.0.squareRoot())
        }
        guard let sd1 = steps.standardDeviation, let sd2 = sums.standardDeviation else {
            return nil
        }
        let toN = (Double(steps.count - 1) / Double(steps.count)).squareRoot()
        return (sd1 * toN, sd2 * toN)
    }

    /// pyHRV's DFA: the mean over boxes of their root mean square, not the root of the mean.
    public static func meanFluctuationExponent(
        _ intervals: [Double], boxes: ClosedRange<Int>
    ) -> Double? {
        guard intervals.count >= boxes.upperBound, boxes.lowerBound >= 3, boxes.count >= 2 else {
            return nil
        }
        let mean = intervals.reduce(0, +) / Double(intervals.count)
        var sum = 0.0
        let walk = intervals.map { value in
            sum += value - mean
            return sum
        }
        var points: [(x: Double, y: Double)] = []
        for length in boxes {
            let count = walk.count / length
            let roots = (0..<count).map { box in
                aboutLine(Array(walk[box * length..<(box + 1) * length]))
            }
            points.append(
                (log(Double(length)), log(roots.reduce(0, +) / Double(count))))
        }
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        return points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
            / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    }

    /// Root mean square of values about the line through them.
    private static func aboutLine(_ values: [Double]) -> Double {
        let count = Double(values.count)
        let middle = (count - 1) / 2
        let mean = values.reduce(0, +) / count
        let spread = count * (count * count - 1) / 12
        var slope = 0.0
        for (index, value) in values.enumerated() {
            slope += (Double(index) - middle) * (value - mean) / spread
        }
        var squares = 0.0
        for (index, value) in values.enumerated() {
            let rest = value - mean - slope * (Double(index) - middle)
            squares += rest * rest
        }
        return (squares / count).squareRoot()
    }

    // MARK: PhysioNet Cardiovascular Signal Toolbox

    /// The intervals its demonstration keeps, and the seconds at which they end.
    ///
    /// Those of 2 s and more go first; then those 20 % or more off the median of the five before them,
    /// the series looked at from either end and an interval given up only if both find it (the first
    /// five of either way are kept); then those below 0.375 s or above 2 s.
    public static func toolboxSelection(
        seconds: [Double], times: [Double]
    ) -> (seconds: [Double], times: [Double]) {
        var kept: [Int] = seconds.indices.filter { seconds[$0] < 2 }
        let forward = spikes(kept.map { seconds[$0] })
        let backward = Array(spikes(kept.reversed().map { seconds[$0] }).reversed())
        kept = kept.indices.filter { !(forward[$0] && backward[$0]) }.map { kept[$0] }
        kept = kept.filter { seconds[$0] >= 0.375 && seconds[$0] <= 2 }
        return (kept.map { seconds[$0] }, kept.map { times[$0] })
    }

    private static func spikes(_ values: [Double]) -> [Bool] {
        values.indices.map { index in
            guard index >= 5 else { return false }
            let reference = values[index - 5..<index].sorted()[2]
            return abs(values[index] - reference) / reference >= 0.2
        }
    }
}

extension HRVReferenceRules {
    /// The toolbox's sample entropy: of standardized intervals, alike if less than 0.15 apart, the
    /// pairs of stretches of two and of three each as a share of all such pairs.
    public static func toolboxEntropy(_ intervals: [Double]) -> Double? {
        var moments = RunningMoments()
        for value in intervals { moments.add(value) }
        guard let deviation = moments.standardDeviation, deviation > 0 else { return nil }
        let limit = 0.15 * deviation
        func share(_ length: Int) -> Double {
            let count = intervals.count - length + 1
            var alike = 0
            for i in 0..<max(0, count) {
                for j in (i + 1)..<max(count, i + 1) {
                    var k = 0
                    while k < length, abs(intervals[i + k] - intervals[j + k]) < limit { k += 1 }
                    if k == length { alike += 1 }
                }
            }
            return Double(alike) / (Double(count) * Double(count - 1) / 2)
        }
        let (two, three) = (share(2), share(3))
        return two > 0 && three > 0 ? -log(three / two) : nil
    }

    /// One window of the toolbox's table, from the intervals that end in it, by Hearth's definitions
    /// and, where they differ, by the toolbox's.
    ///
    /// - Parameters:
    ///   - seconds: the kept intervals; `times` when they end.
    ///   - published: the columns of the table, by name, each with half of its last digit.
    public static func toolboxWindow(
        seconds: [Double], times: [Double],
        published: [String: (value: Double, rounding: Double)]
    ) -> [HRVComparison] {
        let intervals = seconds.map { $0 * 1000 }
        let tachogram = Tachogram(times: times, intervals: intervals)
        let measures = HRVMeasures(normal: intervals)
        var result: [HRVComparison] = []
        func add(_ column: String, _ way: HRVComparison.Way, _ ours: Double?) {
            guard let one = published[column] else { return }
            result.append(
                HRVComparison(
                    column, way: way, ours: ours, published: one.value, rounding: one.rounding))
        }
        add("NNmean", .own, measures.values[.meanNN])
        add("SDNN", .own, measures.values[.sdnn])
        add("RMSSD", .own, measures.values[.rmssd])
        add("pnn50", .own, measures.values[.pnn50].map { $0 / 100 })
        add("SD1", .own, measures.values[.sd1])
        add("SD2", .own, measures.values[.sd2])
        let spectrum = HRVMeasures.lombSpectrum(tachogram)
        let powers = [
            ("vlf", HRVMeasures.veryLow), ("lf", HRVMeasures.low), ("hf", HRVMeasures.high),
        ]
        let spacing = tachogram.span / Double(max(1, times.count - 1))
        for (column, band) in powers {
            let power = spectrum?.power(in: band)
            add(column, .own, power)
            add(column, .theirs, power.map { $0 / spacing })
        }
        if let low = spectrum?.power(in: HRVMeasures.low),
            let high = spectrum?.power(in: HRVMeasures.high), high > 0
        {
            add("lfhf", .own, low / high)
        }
        add("SampEn", .own, measures.values[.sampleEntropy])
        add("SampEn", .theirs, toolboxEntropy(intervals))
        return result
    }

    /// The same window from intervals that Hearth cleaned.
    public static func cleanedWindow(
        _ beats: [CheckedBeat], published: [String: (value: Double, rounding: Double)]
    ) -> [HRVComparison] {
        let measures = HRVMeasures(Tachogram(beats))
        let columns: [(String, HRVMeasure, Double)] = [
            ("NNmean", .meanNN, 1), ("SDNN", .sdnn, 1), ("RMSSD", .rmssd, 1),
            ("pnn50", .pnn50, 0.01), ("SD1", .sd1, 1), ("SD2", .sd2, 1),
        ]
        return columns.compactMap { column, measure, scale in
            published[column].map { one in
                HRVComparison(
                    column, way: .cleaned, ours: measures.values[measure].map { $0 * scale },
                    published: one.value, rounding: one.rounding)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Beat intervals of a short window at rest.
enum BeatModel {
    /// Intervals in whole milliseconds that fill `seconds`, with exactly the wanted RMSSD but for
    /// the rounding.
    ///
    /// Breathing, a slower wave of about 0.1 Hz and chance make the pattern; it is then scaled,
    /// since RMSSD scales with the deviations from the mean.
    static func intervals(
        seconds: Int, meanHeartRate: Double, rmssd: Double, respiratoryRate: Double,
        _ random: inout SimulationRandom
    ) -> [Int] {
        let mean = 60_000 / meanHeartRate
        let count = Int(Double(seconds) * 1000 / mean)
        let breath = respiratoryRate / 60 * mean / 1000
        let slow = random.uniform(0.09...0.11) * mean / 1000
        let phase = random.uniform()
        let pattern = (0..<count).map { beat in
            sine(turns: breath * Double(beat) + phase) + 0.7 * sine(turns: slow * Double(beat))
                + random.normal(0.35)
        }
        let centre = pattern.reduce(0, +) / Double(max(1, count))
        let scale = rmssd / max(0.001, rootMeanSquareOfDifferences(pattern))
        return pattern.map { Int((mean + ($0 - centre) * scale).rounded()) }
    }

    /// RMSSD of intervals, in their unit.
    static func rootMeanSquareOfDifferences(_ intervals: [Double]) -> Double {
        guard intervals.count > 1 else { return 0 }
        var sum = 0.0
        for (a, b) in zip(intervals, intervals.dropFirst()) { sum += (b - a) * (b - a) }
        return (sum / Double(intervals.count - 1)).squareRoot()
    }
}

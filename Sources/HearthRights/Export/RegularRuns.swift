// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Stretches of samples that lie on a grid of time, found in the times themselves.
///
/// A run grows as long as one period explains every time of it to within the tolerance.
struct RegularRun: Equatable {
    var range: Range<Int>
    /// Nanoseconds; any value within explains every time of the run.
    var low: Double
    var high: Double

    /// A rate of whole or tenths of hertz if one fits, else the middle in whole nanoseconds.
    var period: Period {
        for tenths: Int64 in [10, 1] {
            let rate = 1e9 * Double(tenths == 10 ? 1 : 10) / ((low + high) / 2)
            let near = Int64(rate.rounded())
            guard near > 0 else { continue }
            let per: Int64 = tenths == 10 ? 1 : 10
            let candidate = Period(hertz: near, per: per)
            let length = Double(candidate.numerator) / Double(candidate.denominator)
            if (low...high).contains(length) { return candidate }
        }
        return Period(numerator: max(1, Int64(((low + high) / 2).rounded())), denominator: 1)
    }

    /// The runs of a block, in order; together they hold every sample once.
    ///
    /// - Parameters:
    ///   - tolerance: how far a time may lie off the grid, as a share of the first step.
    ///   - most: the longest tolerance in nanoseconds.
    static func all(
        _ times: TimeAxis, tolerance: Double, most: Double = 1_000_000, longest: Int = .max
    ) -> [RegularRun] {
        var runs: [RegularRun] = []
        var start = 0
        while start < times.count {
            var run = RegularRun(range: start..<start + 1, low: 0, high: 0)
            let first = times[start]
            if start + 1 < times.count {
                let step = Double(times[start + 1].nanoseconds(since: first))
                if step > 0 {
                    let slack = max(1, min(most, step * tolerance))
                    run.low = max(step - slack, step / 2)
                    run.high = step + slack
                    grow(&run, times, first, slack, longest)
                }
            }
            runs.append(run)
            start = run.range.upperBound
        }
        return runs
    }

    private static func grow(
        _ run: inout RegularRun, _ times: TimeAxis, _ first: Timestamp, _ slack: Double,
        _ longest: Int
    ) {
        var index = run.range.lowerBound + 1
        while index < times.count, index - run.range.lowerBound < longest {
            let steps = Double(index - run.range.lowerBound)
            let passed = Double(times[index].nanoseconds(since: first))
            let low = max(run.low, (passed - slack) / steps)
            let high = min(run.high, (passed + slack) / steps)
            guard low <= high else { break }
            run.low = low
            run.high = high
            index += 1
        }
        run.range = run.range.lowerBound..<index
    }
}

extension SampleBlock {
    /// The samples of a range, with the columns as they are stored and with these times.
    func slice(_ range: Range<Int>, times: TimeAxis) -> SampleBlock {
        SampleBlock(
            device: device, quantity: quantity, origin: origin, times: times,
            durations: durations.isEmpty ? [] : Array(durations[range]),
            columns: columns.map { column in
                switch column {
                case .float32(let values): .float32(Array(values[range]))
                case .int16(let values, let scale): .int16(Array(values[range]), scale)
                case .int32(let values, let scale): .int32(Array(values[range]), scale)
                }
            }, quality: quality.isEmpty ? [] : Array(quality[range]))
    }
}

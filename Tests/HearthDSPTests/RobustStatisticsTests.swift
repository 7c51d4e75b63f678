// SPDX-License-Identifier: Apache-2.0
import HearthDSP
import HearthTestSupport
import Testing

@Suite struct RobustStatisticsTests {
    @Test func `the median of an even count is the mean of the middle two`() {
        #expect(RobustStatistics.median([4, 1, 3, 2]) == 2.5)
        #expect(RobustStatistics.median([7]) == 7)
        #expect(RobustStatistics.median([]) == nil)
    }

    @Test func `values that are no numbers are left out`() {
        #expect(RobustStatistics.median([.nan, 1, .infinity, 3, -.infinity]) == 2)
        #expect(RobustStatistics.percentile(.nan, of: [1]) == nil)
    }

    @Test func `one wild value does not move the spread`() {
        let calm: [Double] = [1, 2, 3, 4, 5]
        #expect(RobustStatistics.medianAbsoluteDeviation(calm) == 1)
        #expect(RobustStatistics.medianAbsoluteDeviation([1, 2, 3, 4, 1e300]) == 1)
        #expect(RobustStatistics.spread(calm) == 1.4826)
    }

    @Test func `percentiles agree with counting, for 200 random samples`() {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed)
            let count = Int.random(in: 1...40, using: &random)
            let values = (0..<count).map { _ in Double(Int.random(in: -9...9, using: &random)) }
            let percent = Double.random(in: -10...110, using: &random)
            let answer = RobustStatistics.percentile(percent, of: values)
            let share = min(max(percent, 0), 100) / 100 * Double(count - 1)
            let sorted = values.sorted()
            let low = sorted[Int(share.rounded(.down))]
            let high = sorted[Int(share.rounded(.up))]
            let expected = low + (high - low) * (share - share.rounded(.down))
            #expect(abs((answer ?? .nan) - expected) < 1e-9, "seed \(seed)")
        }
    }
}

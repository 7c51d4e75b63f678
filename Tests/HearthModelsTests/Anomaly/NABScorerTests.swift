// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct NABScorerTests {
    static let standard = NABProfile.published[0]
    /// 100 rows, so that 15 are given to learning, and one window of 20.
    static let labels = NABLabels(rows: 100, windows: [40...59])

    static func score(_ alarms: [Int], profile: NABProfile = standard) -> Double {
        var scores = Array(repeating: 0.0, count: 100)
        for row in alarms { scores[row] = 1 }
        return NABScorer.outcome(labels, scores: scores, threshold: 0.5, profile: profile).score
    }

    @Test func `worked by hand`() {
        #expect(Self.score([]) == -1)
        #expect(abs(Self.score([40]) - 1) < 1e-12, "the start of a window is worth 1")
        // Half-way: 2 / (1 + e^-2.5) - 1 = 0.848283…, over 0.986614… at the start.
        #expect(abs(Self.score([50]) - 0.848_283_639_957 / 0.986_614_298_151) < 1e-9)
        #expect(abs(Self.score([40, 41, 58]) - 1) < 1e-12, "only the best of a window counts")
        #expect(abs(Self.score([20]) - -1.11) < 1e-12, "far from a window an alarm costs 0.11")
        #expect(Self.score([14]) == -1, "the rows given to learning do not count")
        // One row after a window of 20: 2 / (1 + e^(5/19)) - 1 = -0.130821…
        #expect(abs(Self.score([60]) - (-1 - 0.11 * 0.130_824)) < 1e-5)
        #expect(abs(Self.score([20], profile: NABProfile.published[1]) - -1.22) < 1e-12)
        #expect(abs(Self.score([20], profile: NABProfile.published[2]) - -2.11) < 1e-12)
    }

    @Test func `null is 0 and perfect is 100`() {
        let labels = [Self.labels, NABLabels(rows: 50, windows: [])]
        for profile in NABProfile.published {
            #expect(NABScorer.normalised(-profile.missed, labels, profile: profile) == 0)
            #expect(NABScorer.normalised(1, labels, profile: profile) == 100)
        }
        let nothing = [NABLabels(rows: 9, windows: [])]
        #expect(NABScorer.normalised(0, nothing, profile: Self.standard) == nil)
    }

    /// Every threshold tried one by one.
    @Test func `the best threshold agrees with trying them all`() throws {
        for seed in UInt64(1)...10 {
            var random = SeededRandom(seed: seed)
            let labels = [Self.labels, NABLabels(rows: 200, windows: [50...59, 120...159])]
            let scores = labels.map { one in
                (0..<one.rows).map { row in
                    let isIn = one.windows.contains { $0.contains(row) }
                    return Double(Int.random(in: 0...(isIn ? 24 : 20), using: &random))
                }
            }
            func total(_ threshold: Double) -> Double {
                zip(labels, scores).reduce(0) {
                    $0
                        + NABScorer.outcome(
                            $1.0, scores: $1.1, threshold: threshold, profile: Self.standard
                        ).score
                }
            }
            let best = try #require((1...25).map { total(Double($0)) }.max())
            let found = NABScorer.bestThreshold(labels, scores: scores, profile: Self.standard)
            #expect(abs(total(found ?? 99) - best) < 1e-9, "seed \(seed)")
        }
    }

    @Test func `empty and odd labels`() {
        let empty = NABLabels(rows: 0, windows: [])
        let outcome = NABScorer.outcome(
            empty, scores: [], threshold: 0, profile: Self.standard)
        #expect(outcome.score == 0 && outcome.found == 0)
        let single = NABLabels(rows: 30, windows: [20...20])
        var scores = Array(repeating: 0.0, count: 30)
        scores[25] = 1
        let after = NABScorer.outcome(
            single, scores: scores, threshold: 1, profile: Self.standard)
        #expect(after.score == -1.11)
    }

    @Test func `the windowed Gaussian is the tail of a normal distribution`() {
        // Mean 0 and deviation 1 of the first two; then z = 1.96 has 0.025 above it.
        let scores = AnomalyBaseline.windowedGaussian.scores(
            [-1, 1, 1.959_963_985].enumerated().map {
                Timed(Timestamp(seconds: Int64($0)), $1)
            })
        #expect(scores[0] == 0 && abs(scores[2] - 0.975) < 1e-9)
    }
}

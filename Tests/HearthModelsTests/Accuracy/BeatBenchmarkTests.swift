// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct BeatBenchmarkTests {
    /// The largest number of pairs within the window, each beat in one pair at most, by trying all.
    private static func mostPairs(_ truth: ArraySlice<Double>, _ detected: ArraySlice<Double>)
        -> Int
    {
        guard let first = truth.first else { return 0 }
        var most = mostPairs(truth.dropFirst(), detected)
        for (index, beat) in zip(detected.indices, detected)
        where abs(beat - first) <= BeatScore.window {
            most = max(most, 1 + mostPairs(truth.dropFirst(), detected[(index + 1)...]))
        }
        return most
    }

    @Test func `as many beats are found as there are pairs`() {
        var random = SeededRandom(seed: 21)
        for _ in 0..<400 {
            func series(_ count: Int) -> [Double] {
                (0..<count).map { _ in Double.random(in: 0...2.5, using: &random) }.sorted()
            }
            // Beats of a heart are a refractory time apart; those of a bad detector need not be.
            let truth = series(5).reduce(into: [Double]()) {
                if $1 - ($0.last ?? -1) > 0.2 { $0.append($1) }
            }
            let detected = series(Int.random(in: 0...6, using: &random))
            let score = BeatScore(truth: truth, detected: detected)
            let most = Self.mostPairs(truth[...], detected[...])
            #expect(score.found <= most && score.found >= most - 1)
            #expect(score.found + score.missed == truth.count)
            #expect(score.found + score.extra == detected.count)
        }
    }

    @Test func `a beat is found within 150 ms and by one of the detector's only`() {
        let score = BeatScore(truth: [1, 2, 3, 4], detected: [1.149, 2.151, 2.9, 3.01, 5])
        #expect(score.found == 2 && score.missed == 2 && score.extra == 3)
        // The nearer of two: 3.01, not 2.9.
        #expect(abs((score.timingError ?? 0) - (149 + 10) / 2) < 1e-6)
        #expect(score.sensitivity == 0.5 && score.precision == 0.4 && score.errorRate == 1.25)
        let nothing = BeatScore(truth: [], detected: [])
        #expect(
            nothing.sensitivity == nil && nothing.precision == nil && nothing.timingError == nil)
    }

    @Test func `flutter is left out, the first minutes apart, paced records in no total`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 400, seed: 22)
        func recording(_ id: String, paced: Int, excluded: [ClosedRange<Double>]) -> BeatRecording {
            BeatRecording(
                id: id, period: signal.period, leads: [signal.values],
                truth: signal.beats + [400.9], excluded: excluded, pacedBeats: paced)
        }
        let benchmark = BeatBenchmark([
            recording("a", paced: 0, excluded: []),
            recording("b", paced: 0, excluded: [100.0...200.0]),
            recording("c", paced: 300, excluded: []),
        ])
        #expect(benchmark.rows.map(\.isPaced) == [false, false, true])
        #expect(benchmark.counted(.twoLeads).isEmpty)
        let whole = benchmark.rows[0].scores[.firstLead]
        #expect(whole?.annotated == signal.beats.count + 1 && whole?.missed == 1)
        let later = benchmark.rows[0].scoresAfterLearning[.firstLead]
        #expect(later?.annotated == signal.beats.count { $0 >= 300 } + 1)
        let part = benchmark.rows[1].scores[.firstLead]
        #expect(part?.annotated == signal.beats.count { !(100.0...200.0).contains($0) } + 1)
        #expect(part?.extra == 0 && part?.missed == 1)
        #expect(
            benchmark.gross(.firstLead).annotated
                == (whole?.annotated ?? 0) + (part?.annotated ?? 0))
    }
}

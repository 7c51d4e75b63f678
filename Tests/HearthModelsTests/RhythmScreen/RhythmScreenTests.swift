// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct RhythmScreenTests {
    static func states(_ intervals: [Double]) -> [RhythmBeat] {
        var screen = RhythmScreen()
        return screen.batch(SimulatedRhythm.beats(intervals))
    }

    /// Share of the beats called irregular.
    static func irregular(_ intervals: [Double]) -> Double {
        let states = states(intervals)
        return Double(states.count { $0.state == .irregular }) / Double(max(1, states.count))
    }

    // MARK: What must not be called

    enum Other: String, CaseIterable {
        case sinus, breathing, rare, frequent, bigeminy, trigeminy, quadrigeminy, wenckebach,
            flutter, block, misdetected
    }

    static func series(_ kind: Other, seed: UInt64) -> [Double] {
        var one = SimulatedRhythm(seed: seed)
        switch kind {
        case .sinus: return one.sinus(600)
        case .breathing: return one.sinus(600, base: 1000, breathing: 0.1)
        case .rare: return one.ventricular(one.sinus(700), share: 0.05)
        case .frequent: return one.ventricular(one.sinus(800), share: 0.25)
        case .bigeminy: return one.ventricular(one.sinus(700), every: 2)
        case .trigeminy: return one.ventricular(one.sinus(700), every: 3)
        case .quadrigeminy: return one.ventricular(one.sinus(700), every: 4)
        case .wenckebach: return one.wenckebach(600)
        case .flutter: return one.flutter(600)
        case .block: return one.dropped(one.sinus(700), share: 0.12)
        case .misdetected: return one.misdetected(one.sinus(700), share: 0.02)
        }
    }

    @Test(arguments: Other.allCases)
    func `another rhythm is not called irregular`(kind: Other) {
        for seed in UInt64(1)...8 {
            let share = Self.irregular(Self.series(kind, seed: seed))
            #expect(share < 0.02, "\(kind.rawValue), seed \(seed): \(share)")
        }
    }

    // MARK: What must be

    @Test func `fibrillation is called, with early beats and bad detections too`() {
        for seed in UInt64(1)...8 {
            var one = SimulatedRhythm(seed: seed)
            let plain = one.fibrillation(600)
            let slow = one.fibrillation(600, mean: 950)
            let fast = one.fibrillation(600, mean: 520)
            #expect(Self.irregular(plain) > 0.98, "seed \(seed)")
            #expect(Self.irregular(slow) > 0.98, "slow, seed \(seed)")
            #expect(Self.irregular(fast) > 0.98, "fast, seed \(seed)")
            let early = one.ventricular(plain, share: 0.1)
            #expect(Self.irregular(early) > 0.98, "early beats, seed \(seed)")
            let bad = one.misdetected(plain, share: 0.02)
            #expect(Self.irregular(bad) > 0.98, "bad detections, seed \(seed)")
        }
    }

    @Test func `an episode begins where its first beats lie`() throws {
        for seed in UInt64(1)...6 {
            var one = SimulatedRhythm(seed: seed)
            let before = one.sinus(500)
            let within = one.fibrillation(400)
            let beats = SimulatedRhythm.beats(before + within + one.sinus(500))
            var screen = RhythmScreen()
            let burden = RhythmBurden(screen.batch(beats))
            try #require(burden.episodes.count == 1, "seed \(seed)")
            let episode = burden.episodes[0]
            // Within 25 beats, of the 104 that the answer comes later.
            #expect(abs(episode.start.seconds(since: beats[500].time)) < 25, "seed \(seed)")
            #expect(abs(episode.end.seconds(since: beats[899].time)) < 25, "seed \(seed)")
            let rate = 60_000 * 400 / within.reduce(0, +)
            #expect(abs(episode.rate - rate) < 6, "seed \(seed)")
        }
    }

    // MARK: Inconclusive

    @Test func `few beats, artefacts and gaps are inconclusive with the reason`() {
        var one = SimulatedRhythm(seed: 4)
        let short = Self.states(Array(one.sinus(RhythmScreen.fewestBeats - 1)))
        #expect(short.allSatisfy { $0.state == .inconclusive && $0.reason == .tooFewBeats })
        var noisy = one.sinus(600)
        for index in stride(from: 0, to: noisy.count, by: 3) { noisy[index] = 90 }
        let states = Self.states(noisy)
        #expect(states.count == 600)
        #expect(states.allSatisfy { $0.state == .inconclusive && $0.reason == .artefacts })
        // Stretches of 40 beats with a minute between.
        var beats: [Timed<Double>] = []
        for part in 0..<6 {
            beats += SimulatedRhythm.beats(one.sinus(40), start: Int64(part) * 100)
        }
        var screen = RhythmScreen()
        let parted = screen.batch(beats)
        #expect(parted.count == 240 && parted.allSatisfy { $0.reason == .tooFewBeats })
    }

    @Test func `a constant series is not irregular`() {
        let states = Self.states(Array(repeating: 800, count: 300))
        #expect(states.count == 300 && states.allSatisfy { $0.state == .notIrregular })
    }

    @Test func `odd input is survived and answered beat for beat`() {
        var one = SimulatedRhythm(seed: 9)
        var odd = one.sinus(400)
        for index in stride(from: 5, to: 400, by: 17) {
            odd[index] = [.nan, -800, 0, .infinity, 1e12, 1e-9, 3e5][index / 17 % 7]
        }
        let start = Timestamp(seconds: 1000)
        let shuffles: [(Int) -> Int64] = [
            { Int64($0) * 800 }, { _ in 0 }, { 400_000 - Int64($0) * 800 },
            { Int64($0 % 7) * 500 }, { Int64($0) }, { Int64($0) * 1_000_000 },
        ]
        for time in shuffles {
            let beats = odd.enumerated().map {
                Timed(start.advanced(byNanoseconds: time($0.offset) * 1_000_000), $0.element)
            }
            var screen = RhythmScreen()
            var finder = PrematureBeats()
            let finite = odd.count(where: \.isFinite)
            let states = screen.batch(beats)
            #expect(states.count == finite)
            #expect(states.map(\.time) == beats.filter(\.value.isFinite).map(\.time))
            let burden = RhythmBurden(states)
            #expect(burden.analysedSeconds >= 0 && burden.irregularSeconds == 0)
            #expect(finder.batch(beats).count == finite)
            var rates = RateEpisodes()
            let rest = beats.map { Timed($0.time, RateAtRest(rate: $0.value, isAtRest: true)) }
            #expect(rates.batch(rest).allSatisfy { $0.end >= $0.start })
        }
        var screen = RhythmScreen()
        #expect(screen.batch([]).isEmpty)
        #expect(RhythmBurden([]).burden == nil && RhythmBurden([]).inconclusiveShare == nil)
    }

    // MARK: Contract

    @Test func `every operator is the same online and at once`() {
        var one = SimulatedRhythm(seed: 12)
        var series = one.sinus(300) + one.fibrillation(300)
        series += one.ventricular(one.sinus(300), share: 0.2)
        series[50] = .nan
        series[120] = 40
        for index in 600..<640 { series[index] = 100 }
        var beats = SimulatedRhythm.beats(series)
        beats += SimulatedRhythm.beats(one.sinus(60), start: 1_600_009_000)
        checkOperator({ RhythmScreen() }, input: beats, seeds: 1..<6)
        checkOperator({ PrematureBeats() }, input: beats, seeds: 1..<6)
        checkOperator({ HeartRateStateEntropy() }, input: beats, seeds: 1..<6)
        checkOperator({ CoefficientOfSampleEntropy() }, input: beats, seeds: 1..<6)
        checkOperator({ RelativeRMSSD() }, input: beats, seeds: 1..<6)
        let rates = beats.enumerated().map {
            Timed(
                $0.element.time, RateAtRest(rate: $0.offset % 300 < 200 ? 130 : 70, isAtRest: true))
        }
        checkOperator(
            { RateEpisodes(limits: RateLimits(seconds: 60)) }, input: rates, seeds: 1..<6)
    }

    @Test func `a live stream waits no longer than it says`() {
        var one = SimulatedRhythm(seed: 3)
        let beats = SimulatedRhythm.beats(one.sinus(400))
        var screen = RhythmScreen()
        var answered = 0
        for (index, beat) in beats.enumerated() {
            screen.push([beat].span) { answered += $0.count }
            guard index >= RhythmScreen.longWindow + 40 else { continue }
            #expect(index + 1 - answered <= RhythmScreen.latencyBeats)
        }
        screen.skip(to: beats[399].time.advanced(bySeconds: 60)) { answered += $0.count }
        #expect(answered == 400)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthModels
import HearthTestSupport
import Testing

/// Every operator of the models keeps the contract: the cut does not matter, a saved state resumes.
@Suite struct OperatorTests {
    static func beats(seed: UInt64, count: Int) -> [Timed<Double>] {
        var random = SeededRandom(seed: seed)
        var time: Int64 = 1_700_000_000_000_000_000
        return (0..<count).map { _ in
            let kind = Int.random(in: 0..<40, using: &random)
            var interval = 900 + Double.random(in: -60...60, using: &random)
            if kind == 0 { interval = 450 }
            if kind == 1 { interval = 2500 }
            if kind == 2 { interval = .nan }
            time += Int64((interval.isNaN ? 800 : interval) * 1e6)
            if kind == 3 { time += 20_000_000_000 }
            return Timed(Timestamp(nanoseconds: time), interval)
        }
    }

    static func days(seed: UInt64, count: Int64) -> [DayValue] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { day in
            let isMissing = Int.random(in: 0..<9, using: &random) == 0
            let value = Double.random(in: 50...62, using: &random)
            return DayValue(day: LocalDate(dayNumber: 19_000 + day), value: isMissing ? nil : value)
        }
    }

    static func minutes(seed: UInt64, count: Int64) -> [Timed<Double>] {
        var random = SeededRandom(seed: seed)
        var index: Int64 = 0
        return (0..<count).map { _ in
            index += Int.random(in: 0..<30, using: &random) == 0 ? 3 : 1
            let value = Int.random(in: 0..<4, using: &random) == 0 ? 60.0 : 0
            return Timed(Timestamp(seconds: 1_700_000_040 + index * 60), value)
        }
    }

    @Test func `beat cleaning and its windows`() {
        let input = Self.beats(seed: 1, count: 3000)
        checkOperator({ BeatCleaner() }, input: input)
        let origin = Timestamp(seconds: 1_700_000_000)
        checkOperator({ Chain(BeatCleaner(), HRVWindows(origin: origin)) }, input: input)
        let everything = { Chain(BeatCleaner(), HRVWindows(origin: origin, detail: .all)) }
        checkOperator(everything, input: input, seeds: 1..<3)
        var cleaner = BeatCleaner()
        checkOperator({ HRVWindows(origin: origin) }, input: cleaner.batch(input))
    }

    @Test func `the lowest mean`() {
        let input = Self.beats(seed: 2, count: 500)
        checkOperator(
            {
                Chain(
                    RollingMean(windowSeconds: 300),
                    LowestMean(fewestSamples: 3, shortestSeconds: 180))
            }, input: input)
        var mean = RollingMean(windowSeconds: 300)
        checkOperator(
            { LowestMean(fewestSamples: 3, shortestSeconds: 180) }, input: mean.batch(input))
    }

    @Test func `count scoring and sleep blocks`() {
        let input = Self.minutes(seed: 3, count: 2000)
        for rule in [CountRule.coleKripke, .oakleyMedium] {
            checkOperator({ ActivityCountScorer(rule: rule) }, input: input)
            checkOperator({ Chain(ActivityCountScorer(rule: rule), SleepBlocks()) }, input: input)
        }
        let flags = input.map { Timed($0.time, $0.value == 0) }
        checkOperator({ SleepBlocks() }, input: flags)
    }

    @Test func `bands and NightSignal`() {
        let input = Self.days(seed: 4, count: 200)
        checkOperator({ PersonalBand(floor: 1) }, input: input)
        checkOperator({ NightSignal() }, input: input)
    }

    @Test func `a watermark does not change what a cleaned beat or a count is`() {
        let beats = Self.beats(seed: 5, count: 400)
        #expect(Self.watermarked(BeatCleaner(), beats, \.time) == batch(BeatCleaner(), beats))
        let counts = Self.minutes(seed: 6, count: 400)
        let scorer = ActivityCountScorer(rule: .oakleyMedium)
        #expect(Self.watermarked(scorer, counts, \.time) == batch(scorer, counts))
        let flags = counts.map { Timed($0.time, $0.value == 0) }
        #expect(Self.watermarked(SleepBlocks(), flags, \.time) == batch(SleepBlocks(), flags))
    }

    private func batch<O: StreamOperator>(_ start: O, _ input: [O.Input]) -> [O.Output] {
        var state = start
        return state.batch(input)
    }

    private static func watermarked<O: StreamOperator>(
        _ start: O, _ input: [O.Input], _ time: (O.Input) -> Timestamp
    ) -> [O.Output] {
        var state = start
        var output: [O.Output] = []
        let collect: (Span<O.Output>) -> Void = { for i in $0.indices { output.append($0[i]) } }
        for element in input {
            state.skip(to: time(element), emit: collect)
            state.push([element].span, emit: collect)
        }
        state.finish(emit: collect)
        return output
    }
}

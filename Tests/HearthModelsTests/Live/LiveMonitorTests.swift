// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthModels
import HearthTestSupport
import Testing

/// Samples of one stream at a steady rate.
private func steady(
    _ quantity: Quantity, from second: Double = 0, every seconds: Double, _ values: [Double],
    lane: UInt32 = 0
) -> [LiveSample] {
    values.enumerated().map { index, value in
        LiveSample(
            time: Timestamp(nanoseconds: Int64((second + Double(index) * seconds) * 1e9)),
            value: value, lane: lane, quantity: quantity)
    }
}

private func alerts(_ findings: [LiveFinding]) -> [LiveFinding] {
    findings.filter { $0.kind == .alert }
}

private func settings(for seconds: Int64) -> LiveSettings {
    var settings = LiveSettings()
    settings.persistence = seconds * 1_000_000_000
    return settings
}

@Suite struct HeartRateWatchTests {
    @Test func `online equals batch`() {
        var random = SeededRandom(seed: 3)
        var input: [LiveSample] = []
        for second in 0..<4000 {
            let base = (second / 500) % 2 == 0 ? 70.0 : 140.0
            input += steady(
                .heartRate, from: Double(second), every: 1,
                [base + Double.random(in: -15..<15, using: &random)])
            if second % 911 == 0 { input += steady(.steps, from: Double(second), every: 1, [5]) }
        }
        checkOperator({ HeartRateWatch(settings(for: 60)) }, input: input)
    }

    @Test func `windows hold mean, least and greatest`() {
        let values = (0..<700).map { 60 + Double($0 % 50) }
        var watch = HeartRateWatch(LiveSettings())
        let scores = watch.batch(steady(.heartRate, every: 1, values))
        #expect(scores.count == 3)
        for (place, score) in scores.enumerated() {
            let part = values[(place * 300)..<min(700, place * 300 + 300)]
            #expect(abs((score.value ?? 0) - part.reduce(0, +) / Double(part.count)) < 1e-9)
            #expect(score.terms[0].value == part.min() && score.terms[1].value == part.max())
            #expect(score.terms[2].value == Double(part.count))
            #expect(score.from == Timestamp(seconds: Int64(place) * 300))
        }
    }

    @Test func `a rate that stays above is one alert, when it has lasted long enough`() {
        let values = [Double](repeating: 70, count: 100) + [Double](repeating: 130, count: 900)
        var watch = HeartRateWatch(settings(for: 600))
        let found = alerts(watch.batch(steady(.heartRate, every: 1, values)))
        #expect(found.map(\.rule) == ["heart-rate-high"])
        #expect(found.first?.from == Timestamp(seconds: 100))
        #expect(found.first?.to == Timestamp(seconds: 700))
        #expect(found.first?.value == 130)
    }

    @Test func `short odd values neither begin nor end an episode, longer ones do`() {
        func count(_ pause: Int) -> Int {
            let values =
                [Double](repeating: 30, count: 50) + [Double](repeating: 60, count: pause)
                + [Double](repeating: 30, count: 50)
            var watch = HeartRateWatch(settings(for: 80))
            return alerts(watch.batch(steady(.heartRate, every: 1, values))).count
        }
        #expect(count(10) == 1)
        #expect(count(40) == 0)
    }

    @Test func `a silence ends an episode`() {
        var watch = HeartRateWatch(settings(for: 300))
        let input =
            steady(.heartRate, every: 1, [Double](repeating: 130, count: 200))
            + steady(.heartRate, from: 400, every: 1, [Double](repeating: 130, count: 200))
        #expect(alerts(watch.batch(input)).isEmpty)
    }

    @Test func `movement is no rest`() {
        func found(_ steps: Double, at second: Double) -> [LiveFinding] {
            let rates = steady(.heartRate, every: 1, [Double](repeating: 130, count: 800))
            let moved = steady(.steps, from: second, every: 1, [steps], lane: 1)
            var watch = HeartRateWatch(settings(for: 600))
            let input = (rates + moved).sorted { $0.time < $1.time }
            return alerts(watch.batch(input))
        }
        #expect(found(30, at: 200).isEmpty)
        #expect(found(0, at: 200).count == 1)
        #expect(found(0, at: 200).first?.terms.last?.value == 1, "rest is known")
        var alone = HeartRateWatch(settings(for: 60))
        let unknown = alone.batch(
            steady(.heartRate, every: 1, [Double](repeating: 130, count: 100)))
        #expect(alerts(unknown).first?.terms.last?.value == 0, "activity is unknown")
    }
}

@Suite struct BeatWatchTests {
    @Test func `online equals batch`() {
        var random = SeededRandom(seed: 5)
        var time = 0.0
        let input = (0..<3000).map { index -> LiveSample in
            let interval = index % 200 == 0 ? 400 : Double.random(in: 780..<860, using: &random)
            time += (index % 700 == 699 ? 60 : 0) + interval / 1000
            return LiveSample(
                time: Timestamp(nanoseconds: Int64(time * 1e9)), value: interval,
                quantity: .rrInterval)
        }
        checkOperator({ BeatWatch() }, input: input)
    }

    @Test func `windows are those of the night's operators, ticks or none`() {
        var random = SeededRandom(seed: 6)
        var time = 0.0
        var beats: [Timed<Double>] = []
        for index in 0..<2500 {
            let interval = Double.random(in: 700..<900, using: &random)
            time += interval / 1000 + (index == 1000 ? 400 : 0)
            beats.append(Timed(Timestamp(nanoseconds: Int64(time * 1e9)), interval))
        }
        var chain = Chain(BeatCleaner(), HRVWindows(origin: Timestamp(nanoseconds: 0)))
        let expected = chain.batch(beats)
        var scorers = LiveScorers()
        let lane = scorers.addLane(.rrInterval)
        var found: [LiveFinding] = []
        for beat in beats {
            let sample = LiveSample(
                time: beat.time, value: beat.value, lane: lane, quantity: .rrInterval)
            scorers.push(sample) { finding, _ in found.append(finding) }
        }
        scorers.finish { finding, _ in found.append(finding) }
        found.removeAll { $0.rule != "hrv-rmssd" }
        #expect(found.count == expected.count && found.count >= 7)
        for (finding, window) in zip(found, expected) {
            #expect(finding.from == Timestamp(seconds: window.index * 300))
            #expect(finding.value == (window.isClean ? window.rmssd : nil))
            #expect((finding.reason == nil) == window.isClean)
            #expect(finding.terms[0].value == Double(window.beats))
        }
    }
}

@Suite struct ChangeWatchTests {
    private static let warmUp = (0..<3600).map { 95 + Double($0 % 7) * 0.3 }

    @Test func `online equals batch`() {
        let values = Self.warmUp + [Double](repeating: 88, count: 400) + Self.warmUp
        checkOperator(
            { ChangeWatch(settings(for: 60), quantity: .oxygenSaturation) },
            input: steady(.oxygenSaturation, every: 1, values))
    }

    @Test func `a lasting change is one alert with its terms`() {
        let values = Self.warmUp + [Double](repeating: 88, count: 700)
        var watch = ChangeWatch(settings(for: 60), quantity: .oxygenSaturation)
        let found = alerts(watch.batch(steady(.oxygenSaturation, every: 1, values)))
        #expect(found.map(\.rule) == ["oxygen-saturation-change"])
        #expect(found.first?.from == Timestamp(seconds: 3600))
        #expect(found.first?.to == Timestamp(seconds: 3660))
        let terms = Dictionary(
            uniqueKeysWithValues: (found.first?.terms ?? []).map { ($0.name, $0.value) })
        // The mean of 0 … 6 times 0.3 above 95 is 95.9; the level may have begun to follow.
        #expect(abs((terms["baseline"] ?? 0) - 95.9) < 0.4)
        #expect((terms["distance"] ?? 0) < -8)
    }

    @Test func `what is usual is no alert, at any rate of sampling`() {
        var random = SeededRandom(seed: 11)
        for every in [0.001, 1, 60.0] {
            var values: [Double] = []
            for _ in 0..<20_000 {
                let sum = (0..<6).reduce(0.0) { part, _ in
                    part + Double.random(in: -1..<1, using: &random)
                }
                values.append(60 + 3 * sum)
            }
            var watch = ChangeWatch(settings(for: 10), quantity: .heartRate)
            #expect(alerts(watch.batch(steady(.heartRate, every: every, values))).isEmpty)
        }
    }

    @Test func `nothing is judged before enough was seen`() {
        let values = [Double](repeating: 60, count: 1000) + [Double](repeating: 150, count: 500)
        var watch = ChangeWatch(settings(for: 10), quantity: .heartRate)
        #expect(alerts(watch.batch(steady(.heartRate, every: 1, values))).isEmpty)
    }
}

@Suite struct RhythmWatchTests {
    /// Beats of a steady rhythm, and from `begin` until `end` with intervals drawn anew for each.
    private static func beats(_ count: Int, irregular: Range<Int>, seed: UInt64) -> [LiveSample] {
        var random = SeededRandom(seed: seed)
        var time = 0.0
        return (0..<count).map { index in
            let interval =
                irregular.contains(index)
                ? Double.random(in: 420..<1100, using: &random)
                : 800 + Double.random(in: -15..<15, using: &random)
            time += interval / 1000
            return LiveSample(
                time: Timestamp(nanoseconds: Int64(time * 1e9)), value: interval,
                quantity: .rrInterval)
        }
    }

    @Test func `online equals batch`() {
        let input = Self.beats(2500, irregular: 800..<1900, seed: 1)
        checkOperator({ RhythmWatch(settings(for: 120)) }, input: input, seeds: 1..<6)
    }

    @Test func `irregularity that lasts is one alert, a steady rhythm none`() {
        var watch = RhythmWatch(settings(for: 300))
        let found = watch.batch(Self.beats(3000, irregular: 1000..<2200, seed: 2))
        #expect(alerts(found).map(\.rule) == ["irregular-rhythm"])
        let shares = found.filter { $0.kind == .score }.compactMap(\.value)
        #expect((shares.min() ?? 1) < 0.1 && (shares.max() ?? 0) > 0.9)
        var steady = RhythmWatch(settings(for: 300))
        let calm = steady.batch(Self.beats(3000, irregular: 0..<0, seed: 3))
        #expect(alerts(calm).isEmpty)
        #expect(calm.compactMap(\.value).allSatisfy { $0 < 0.1 } && !calm.isEmpty)
    }

    @Test func `too few beats have no number and a reason`() {
        var watch = RhythmWatch()
        let found = watch.batch(Self.beats(20, irregular: 0..<0, seed: 4))
        #expect(found.count == 1 && found[0].value == nil && found[0].reason != nil)
    }
}

@Suite struct EffortWatchTests {
    /// Four hours of a rate that follows steps, and at the end is high without them.
    private static func day(high: Bool) -> [LiveSample] {
        var random = SeededRandom(seed: 8)
        var all: [LiveSample] = []
        for second in 0..<15_000 {
            let isWalking = (second / 600) % 4 == 1
            if second % 60 == 0 {
                all += [
                    LiveSample(
                        time: Timestamp(seconds: Int64(second)), duration: 60_000_000_000,
                        value: isWalking ? 100 : 0, lane: 1, quantity: .steps)
                ]
            }
            let rest = isWalking ? 100.0 : 65
            let rate = high && second > 14_400 ? 150 : rest
            all += steady(
                .heartRate, from: Double(second), every: 1,
                [rate + Double.random(in: -3..<3, using: &random)])
        }
        return all
    }

    @Test func `online equals batch`() {
        checkOperator({ EffortWatch() }, input: Self.day(high: true), seeds: 1..<4)
    }

    @Test func `a rate that movement does not explain is an alert with its terms`() {
        var watch = EffortWatch()
        let found = watch.batch(Self.day(high: true))
        let late = found.filter { $0.to > Timestamp(seconds: 14_400) }
        #expect(late.map(\.rule) == ["heart-rate-above-effort"])
        #expect((late.first?.value ?? 0) > 140)
        var calm = EffortWatch()
        #expect(calm.batch(Self.day(high: false)).count { $0.to > Timestamp(seconds: 14_400) } == 0)
    }
}

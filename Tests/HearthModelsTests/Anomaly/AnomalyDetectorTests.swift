// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct AnomalyDetectorTests {
    /// A day's swing, noise, and every `seconds` a value.
    static func series(
        seed: UInt64, count: Int, seconds: Double = 300
    ) -> [Timed<Double>] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let time = Double(index) * seconds
            let phase = (time / 86_400).truncatingRemainder(dividingBy: 1)
            let swing = 10 * (phase < 0.5 ? phase : 1 - phase)
            let noise = Double.random(in: -1...1, using: &random)
            return Timed(Timestamp(nanoseconds: Int64(time * 1e9)), 50 + swing + noise)
        }
    }

    static func scores(
        _ input: [Timed<Double>], settings: AnomalyDetector.Settings = .init()
    ) -> [AnomalyScore] {
        var detector = AnomalyDetector(settings: settings)
        return detector.batch(input)
    }

    @Test func `however it is cut`() {
        var input = Self.series(seed: 1, count: 1_200)
        input[40].value = .nan
        input[700].value = 200
        input[900].value = -.infinity
        checkOperator({ AnomalyDetector() }, input: input)
    }

    @Test func `a jump is an alarm at once, and seldom again`() throws {
        var input = Self.series(seed: 2, count: 1_000)
        for index in 800..<1_000 { input[index].value += 40 }
        let scores = Self.scores(input)
        #expect(scores.count == 1_000)
        let alarms = scores.indices.filter { scores[$0].isAlarm }
        #expect(alarms.contains(800))
        #expect(alarms.count { (800..<900).contains($0) } <= 2)
        let alarm = scores[800]
        #expect(alarm.score > 0.998 && alarm.score <= 1)
        let term = try #require(alarm.term)
        #expect(term.value - term.expected > 20)
        #expect(scores[801].surprise > 0 && scores[801].score == 0, "the pause holds")
    }

    @Test func `a fall in spread names the spread`() {
        var input = Self.series(seed: 3, count: 2_000, seconds: 86_400)
        for index in 1_500..<1_600 { input[index].value = 50.01 }
        let scores = Self.scores(input)
        #expect(scores[1_500..<1_600].contains { $0.term?.rule == .spread && $0.surprise > 1.5 })
    }

    @Test func `noise alone raises few alarms`() {
        let alarms = (UInt64(1)...5).reduce(0) { total, seed in
            total + Self.scores(Self.series(seed: 100 + seed, count: 4_000)).count(where: \.isAlarm)
        }
        #expect(alarms <= 30, "\(alarms) in 20,000 values")
    }

    @Test func `the unit does not matter`() {
        var input = Self.series(seed: 4, count: 1_000)
        input[600].value += 30
        let other = input.map { Timed($0.time, $0.value * 1_024) }
        for (a, b) in zip(Self.scores(input), Self.scores(other)) {
            #expect(abs(a.surprise - b.surprise) < 1e-3)
        }
    }

    @Test func `odd input neither traps nor scores`() {
        #expect(Self.scores([]).isEmpty)
        let times = (0..<400).map { Timestamp(seconds: $0) }
        #expect(Self.scores(times.map { Timed($0, .nan) }).isEmpty)
        let constant = Self.scores(times.map { Timed($0, 7) })
        #expect(constant.count == 400 && constant.allSatisfy { $0.surprise == 0 && !$0.isAlarm })
        let huge = times.enumerated().map {
            Timed($1, $0.isMultiple(of: 2) ? Double.greatestFiniteMagnitude : -1e308)
        }
        #expect(Self.scores(huge).allSatisfy { $0.surprise.isFinite && (0...1).contains($0.score) })
        let reversed = Array(Self.series(seed: 5, count: 400).reversed())
        #expect(Self.scores(reversed).count == 400)
        let extremes = [Timestamp.distantPast, .distantFuture].map { Timed($0, 1.0) }
        #expect(Self.scores(extremes).count == 2)
        #expect(Self.scores(Self.series(seed: 6, count: 3_000, seconds: 0.001)).count == 3_000)
        #expect(Self.scores(Self.series(seed: 7, count: 3_000, seconds: 1)).count == 3_000)
    }

    @Test func `what is held does not grow`() throws {
        var detector = AnomalyDetector()
        _ = detector.batch(Self.series(seed: 8, count: 2_000))
        let early = StoredSize.of(detector)
        _ = detector.batch(Self.series(seed: 9, count: 6_000))
        #expect(Double(StoredSize.of(detector)) < Double(early) * 1.2)
    }

    // MARK: Parts against obvious versions

    @Test func `tails agree with sorting the whole past`() {
        var random = SeededRandom(seed: 10)
        var limits = TailLimits(streams: 2)
        var past: [Double] = []
        for _ in 0..<600 {
            let value = -2 * Double.random(in: -1...0.4, using: &random)
            let expected = SlowTail.surprise(value, past: past)
            let got = limits.take(value, stream: 1)
            _ = limits.take(0, stream: 0)
            limits.endMoment()
            past.append(max(value, 0))
            #expect(abs(got - expected) < 1e-9)
        }
    }

    @Test func `the value at a surprise has that surprise`() throws {
        var random = SeededRandom(seed: 11)
        var limits = TailLimits(streams: 1)
        #expect(limits.value(atSurprise: 3, stream: 0) == nil)
        for _ in 0..<500 {
            limits.learn(Double.random(in: 0...5, using: &random), stream: 0)
            limits.endMoment()
        }
        let value = try #require(limits.value(atSurprise: 3, stream: 0))
        #expect(abs(limits.surprise(of: value, stream: 0) - 3) < 1e-9)
    }

    @Test func `the tail forgets`() {
        var limits = TailLimits(streams: 1)
        for index in 0..<70_000 {
            limits.learn(index < 100 ? 1_000 : 1, stream: 0)
            limits.endMoment()
        }
        #expect(limits.count < 65_536)
    }

    @Test func `running median and spread agree with the window written out`() {
        var random = SeededRandom(seed: 12)
        var median = RunningMedian(60)
        var window = RunningWindow(48)
        var past: [Double] = []
        for _ in 0..<400 {
            let value = Double(Int.random(in: 0...30, using: &random)) / 4
            if !past.isEmpty {
                let sorted = past.suffix(60).sorted()
                #expect(median.median == sorted[sorted.count / 2])
            }
            median.take(value)
            window.take(value)
            past.append(value)
            guard past.count >= 48 else { continue }
            let last = past.suffix(48)
            let mean = last.reduce(0, +) / 48
            let squares = last.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 48
            #expect(abs(window.deviation - squares.squareRoot()) < 1e-9)
        }
    }

    @Test func `the forecast learns a linear recurrence`() {
        var model = AutoregressiveModel()
        var (a, b) = (1.0, 0.5)
        var last = 1.0
        for _ in 0..<400 {
            let next = 1.6 * a - 0.9 * b + 0.3
            last = model.residual(next)
            (a, b) = (next, a)
        }
        #expect(abs(last) < 1e-3)
    }
}

/// The tail rule of the card, with the whole past kept and sorted.
private enum SlowTail {
    static func surprise(_ value: Double, past: [Double]) -> Double {
        guard past.count >= 100 else { return 0 }
        let top = past.sorted(by: >).prefix(10)
        let start = top[9]
        guard value > start else { return 0 }
        let excess = top.reduce(0) { $0 + ($1 - start) } / 10
        let scale = max(excess, 0.05 * start)
        let beyond = 1 + 0.1 * (value - start) / scale
        return Logarithm.ten(Double(past.count + 1) / 11) + Logarithm.ten(beyond) / 0.1
    }
}

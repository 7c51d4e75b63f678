// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct HeartRateAnomalyTests {
    /// Every 5 s; walks of five minutes, the heart following movement with noise.
    static func samples(seed: UInt64, minutes: Int) -> [HeartActivity] {
        var random = SeededRandom(seed: seed)
        var moved = 0.0
        return (0..<minutes * 12).map { index in
            let isWalking = (index / 60) % 6 == 3
            let steps = isWalking ? Double.random(in: 90...110, using: &random) : 0
            moved += (steps - moved) / 8
            let heartRate = 60 + 0.4 * moved + Double.random(in: -3...3, using: &random)
            return HeartActivity(
                time: Timestamp(seconds: 1_700_000_000 + Int64(index) * 5), heartRate: heartRate,
                activity: steps)
        }
    }

    static func scores(_ input: [HeartActivity]) -> [HeartRateAnomalyScore] {
        var detector = HeartRateAnomaly()
        return detector.batch(input)
    }

    @Test func `however it is cut`() {
        var input = Self.samples(seed: 1, minutes: 150)
        input[300].heartRate = .nan
        input[400].activity = nil
        for index in 1_500..<1_560 { input[index].heartRate += 50 }
        checkOperator({ HeartRateAnomaly() }, input: input)
    }

    @Test func `a fast heart at rest is one alarm after two minutes`() throws {
        var input = Self.samples(seed: 2, minutes: 420)
        // Minute 400 is in rest; the walks are at 15 to 20 of each half hour.
        let start = 392 * 12
        for index in start..<start + 72 { input[index].heartRate += 45 }
        let scores = Self.scores(input)
        let alarms = scores.indices.filter { scores[$0].isAlarm }
        #expect(alarms.count == 1)
        let alarm = try #require(alarms.first)
        #expect((start + 24..<start + 48).contains(alarm))
        #expect(scores[alarm].secondsAbove >= 120)
        let limit = try #require(scores[alarm].limit)
        #expect(scores[alarm].residual > limit)
        #expect(abs(scores[alarm].expected - 60) < 10)
    }

    @Test func `walking explains a fast heart`() {
        let scores = Self.scores(Self.samples(seed: 3, minutes: 600))
        #expect(scores.count(where: \.isAlarm) == 0)
        let walking = scores.filter { $0.heartRate > 90 }.suffix(50)
        #expect((walking.map(\.expected).min() ?? 0) > 75)
    }

    @Test func `the limit is not known for a hundred minutes`() {
        let scores = Self.scores(Self.samples(seed: 4, minutes: 120))
        #expect(scores[1_100].limit == nil && scores[1_300].limit != nil)
    }

    @Test func `odd input gives no score`() {
        #expect(Self.scores([]).isEmpty)
        let time = Timestamp(seconds: 1_700_000_000)
        let values = [Double.nan, .infinity, -5, 0, 1e308]
        #expect(Self.scores(values.map { HeartActivity(time: time, heartRate: $0) }).isEmpty)
        let same = (0..<9).map { _ in HeartActivity(time: time, heartRate: 70, activity: .nan) }
        #expect(Self.scores(same).count == 1)
        let reversed = Array(Self.samples(seed: 5, minutes: 3).reversed())
        #expect(Self.scores(reversed).count == 1)
        let wide = [Timestamp.distantPast, .distantFuture].map {
            HeartActivity(time: $0, heartRate: 70, activity: 1e308)
        }
        #expect(Self.scores(wide).count == 2)
        let fast = (0..<5_000).map {
            HeartActivity(
                time: Timestamp(milliseconds: 1_700_000_000_000 + Int64($0)), heartRate: 70,
                activity: 1)
        }
        #expect(Self.scores(fast).allSatisfy { $0.residual.isFinite && !$0.isAlarm })
    }
}

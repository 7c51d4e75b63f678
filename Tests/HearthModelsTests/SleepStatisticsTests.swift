// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// Counted by hand, or against a slow count.
@Suite struct SleepStatisticsTests {
    @Test func `awakenings, REM latency and fragmentation count by hand`() throws {
        // Minutes. Asleep from 2 on; awakenings: WW, W?B, WWWWW; the wake at the end is none.
        let drawn = SleepTests.hypnogram("WWLLWWDDRRW?BLL?LWWWWWRW?")
        let s = try #require(SleepStatistics(drawn, inBed: nil))
        #expect(s.sleepPeriodTime == 21)
        #expect(s.totalSleepTime == 10)
        #expect(s.remLatency == 6)
        #expect(s.awakenings == 3)
        #expect(s.longAwakenings == 1)
        #expect(abs(s.fragmentationIndex - 18) < 1e-9)
        #expect(abs(s.scoredShare - 19.0 / 21) < 1e-9)
        #expect(s.wakeAfterOnset == 9)
    }

    @Test func `without REM or wake there is none`() throws {
        let plain = try #require(SleepStatistics(SleepTests.hypnogram("SSSS"), inBed: nil))
        #expect(plain.remLatency == nil && plain.awakenings == 0)
        #expect(plain.fragmentationIndex == 0 && plain.scoredShare == 1)
        let one = try #require(SleepStatistics(SleepTests.hypnogram("R"), inBed: nil))
        #expect(one.remLatency == 0 && one.sleepPeriodTime == 1)
        let gap = try #require(SleepStatistics(SleepTests.hypnogram("S??S"), inBed: nil))
        #expect(gap.awakenings == 0, "what was not scored is no waking")
    }

    @Test func `awakenings are those of a slow count, for 300 random nights`() throws {
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed)
            let letters = (0..<Int.random(in: 1...120, using: &random)).map { _ in
                "WWSLDR?B".randomElement(using: &random) ?? "W"
            }
            let drawn = SleepTests.hypnogram(String(letters), epochSeconds: 30)
            guard let s = SleepStatistics(drawn, inBed: nil) else { continue }
            // Without the unscored, each "wake then sleep" after the first sleep ends an awakening.
            let text = String(letters.filter { $0 != "?" }.map { "WB".contains($0) ? "w" : "s" })
            let inside = text.drop { $0 == "w" }
            let expected = zip(inside, inside.dropFirst()).count { $0.0 == "w" && $0.1 == "s" }
            #expect(s.awakenings == expected, "seed \(seed)")
            #expect(s.longAwakenings <= s.awakenings)
        }
    }

    @Test func `a range is the minutes less bias, two ways about`() {
        // 60 min light, 30 deep, 20 REM, 10 wake.
        let text = [("L", 60), ("D", 30), ("R", 20), ("W", 10)]
            .map { String(repeating: $0.0, count: $0.1) }.joined()
        let drawn = SleepTests.hypnogram(text)
        let errors: [SleepStage: StageError] = [
            .deep: StageError(bias: -10, standardDeviation: 20),
            .rem: StageError(bias: 5, standardDeviation: 30),
            .light: StageError(bias: .nan, standardDeviation: 1),
        ]
        let ranges = StageRanges.ranges(of: drawn, errors: errors, z: 1)
        #expect(ranges.map(\.stage) == [.deep, .rem])
        #expect(ranges[0] == StageRange(stage: .deep, minutes: 30, low: 20, high: 60))
        #expect(ranges[1] == StageRange(stage: .rem, minutes: 20, low: 0, high: 45))
        let wide = StageRanges.ranges(of: drawn, errors: errors, z: 1.96)
        #expect(wide[0].low == 40 - 39.2 && abs(wide[0].high - 79.2) < 1e-9)
        #expect(wide[1].high == 15 + 58.8)
        let biased = StageRanges.ranges(
            of: drawn, errors: [.wake: StageError(bias: 40, standardDeviation: 0)])
        #expect(biased == [StageRange(stage: .wake, minutes: 10, low: 0, high: 10)])
        let empty = StageRanges.ranges(of: SleepTests.hypnogram(""), errors: errors)
        #expect(empty.allSatisfy { $0.low == 0 && $0.high == 0 })
    }

    @Test func `a confusion table gives what was right and what was missed`() throws {
        let table = try #require(
            StageConfusion(
                stages: [.wake, .light, .deep], counts: [[6, 4, 0], [3, 60, 10], [1, 16, 30]]))
        // Of 80 epochs scored light 60 were; of 10 scored wake 3 were light; of 40 scored deep 10.
        #expect(table.share(of: .light, amongScored: .light) == 0.75)
        let text =
            String(repeating: "L", count: 100) + String(repeating: "D", count: 40) + "WWWWWWWWWW"
        let ranges = StageRanges.ranges(of: SleepTests.hypnogram(text), confusion: table)
        #expect(ranges.map(\.stage) == [.wake, .light, .deep])
        #expect(ranges[1].low == 75 && abs(ranges[1].high - (100 + 3 + 10)) < 1e-9)
        #expect(ranges[2].low == 30 && abs(ranges[2].high - (40 + 1 + 20)) < 1e-9)
        #expect(table.share(of: .rem, amongScored: .light) == nil)
        #expect(StageConfusion(stages: [.wake], counts: [[1, 2]]) == nil)
        #expect(StageConfusion(stages: [.wake], counts: [[-1]]) == nil)
        #expect(StageConfusion(stages: [.wake, .wake], counts: [[1, 1], [1, 1]]) == nil)
        let never = try #require(
            StageConfusion(stages: [.wake, .deep], counts: [[5, 0], [5, 0]]))
        #expect(never.share(of: .deep, amongScored: .deep) == nil)
        let none = StageRanges.ranges(of: SleepTests.hypnogram(text), confusion: never)
        #expect(none[1].low == 0 && none[1].high == 45)
    }

    @Test func `metrics of rhythm say why they are missing and are all explained`() {
        #expect(Set(RhythmMetric.allCases.map(\.rawValue)).count == RhythmMetric.allCases.count)
        for metric in RhythmMetric.allCases {
            let explanation = metric.explanation
            #expect(!explanation.formula.isEmpty && !explanation.source.isEmpty)
            #expect(MetricID(rawValue: metric.rawValue) == nil, "\(metric.rawValue) is taken")
            let none = metric.metric(Assessed(missing: "Too few days.", coverage: 0.5, days: 2))
            #expect(none.value == nil && none.missing == "Too few days." && none.coverage == nil)
            let some = metric.metric(Assessed(1.5, coverage: 0.9, days: 8), unit: "mg")
            #expect(some.value == 1.5 && some.unit == "mg" && some.coverage == 0.9)
            #expect(metric.metric(Assessed(.nan, coverage: 1, days: 8)).value == nil)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

/// Training impulse, acute and chronic load, monotony.
@Suite struct TrainingLoadTests {
    static let day = LocalDate(dayNumber: 19_800)

    private func minutes(_ rates: [(Int, Double)]) -> HeartRateMinutes? {
        let start = Timestamp(seconds: 1_700_000_000)
        let span = TimeSpan(start: start, end: start.advanced(bySeconds: 86_400))
        return HeartRateMinutes(
            rates.map { Timed(start.advanced(bySeconds: Int64($0.0) * 60), $0.1) }, in: span)
    }

    @Test func `the impulse is Banister's sum over minutes of exercise`() throws {
        // Thirty minutes at 120, then rest at 60: resting 50, maximal 190, so r is 0.5.
        let kept = try #require(minutes((0..<90).map { ($0, $0 < 30 ? 120 : 60) }))
        // The last minute is carried five minutes, as all before a gap.
        #expect(kept.minutes.reduce(0, +) == 94)
        let men = try #require(kept.trainingImpulse(rest: 50, maximum: 190, weighting: .men))
        #expect(abs(men - 30 * 0.5 * 0.64 * exp(1.92 * 0.5)) < 1e-9)
        let women = try #require(kept.trainingImpulse(rest: 50, maximum: 190, weighting: .women))
        #expect(abs(women - 30 * 0.5 * 0.86 * exp(1.67 * 0.5)) < 1e-9)
        #expect(kept.trainingImpulse(rest: 50, maximum: 60, weighting: .men) == nil)
        // Above the stated maximum counts as the maximum.
        let low = try #require(kept.trainingImpulse(rest: 50, maximum: 100, weighting: .men))
        #expect(abs(low - 30 * 0.64 * exp(1.92)) < 1e-9)
    }

    @Test func `gaps, slips and odd values`() throws {
        let sparse = try #require(minutes([(0, 100), (60, 100), (61, .nan), (62, 0), (63, -5)]))
        #expect(sparse.minutes == [10] && sparse.first == 100)
        #expect(minutes([]) == nil && minutes([(0, 400)]) == nil)
        // One minute at 200 is a slip; two are not.
        let one = try #require(minutes((0..<60).map { ($0, $0 == 10 ? 200 : 80) }))
        #expect(one.highest == 80)
        let two = try #require(minutes((0..<60).map { ($0, $0 == 10 || $0 == 11 ? 200 : 80) }))
        #expect(two.highest == 200)
    }

    @Test func `means, monotony and how many days they need`() throws {
        func readings(_ loads: [Double?]) -> [LoadReading] {
            var load = TrainingLoad()
            return load.batch(
                loads.enumerated().map {
                    DayValue(day: Self.day.advanced(by: Int64($0.offset)), value: $0.element)
                })
        }
        let loads = (0..<30).map { Double(50 + 10 * ($0 % 3)) }
        let all = readings(loads)
        // A slow obvious version of the same means.
        var (acute, chronic) = (loads[0], loads[0])
        for (index, load) in loads.enumerated() {
            if index > 0 {
                acute = acute + (load - acute) * 0.25
                chronic = chronic + (load - chronic) * 2 / 29
            }
            let got = all[index]
            #expect(got.acute.map { abs($0 - acute) < 1e-9 } ?? (index < 4))
            #expect(got.chronic.map { abs($0 - chronic) < 1e-9 } ?? (index < 20))
            #expect((got.monotony == nil) == (index < 6))
        }
        let week = Array(loads[23..<30])
        let mean = week.reduce(0, +) / 7
        let deviation = (week.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 6).squareRoot()
        #expect(abs(try #require(all[29].monotony) - mean / deviation) < 1e-9)
        #expect(readings(Array(repeating: 40, count: 10))[9].monotony == nil)
        // An unknown day moves nothing and is missed by the count.
        let gap = readings([40, 40, 40, nil, 40, 40, .nan, -3])
        #expect(gap[5].acute == 40 && gap[5].knownOf7 == 5)
        #expect(gap[7].knownOf7 == 4 && gap[7].acute == nil)
        let input = OperatorTests.days(seed: 12, count: 90)
        checkOperator({ TrainingLoad() }, input: input)
    }

    /// Each day: awake at 70, half an hour at 120, asleep at 55.
    private static func features(_ count: Int) -> [DayFeatures] {
        (0..<count).map { offset in
            var builder = DayBuilder()
            let date = day.advanced(by: Int64(offset))
            builder.add(.sleepStage, date, [(-60, 480, 2)])
            builder.add(
                .heartRate, date,
                (-720..<1440).map { minute in
                    let isAsleep = (-60..<420).contains(minute)
                    let isTraining = (600..<630).contains(minute)
                    return (minute, 0, isAsleep ? 55 : (isTraining ? 120 : 70))
                })
            return builder.features(date)
        }
    }

    private func load(_ features: [DayFeatures], _ settings: PersonSettings) -> [Metric] {
        SummaryComposer.summary(
            of: features.last?.day ?? Self.day, person: "a", features: features,
            settings: settings
        ).load
    }

    @Test func `a stated maximal heart rate comes first, else the highest minute stands for it`()
        throws
    {
        let features = Self.features(14)
        var settings = PersonSettings()
        let isSet = settings.set(.maximumHeartRate, to: 185)
        #expect(isSet)
        let stated = load(features, settings)
        let impulse = try #require(stated.first { $0.id == "trimp" })
        let reserve = (120.0 - 55) / (185 - 55)
        let expected = 30 * reserve * 0.64 * exp(1.92 * reserve)
        #expect(abs(try #require(impulse.value) - expected) < 1e-9)
        #expect(impulse.coverage == 1 && impulse.sources == ["Test watch"])
        #expect(
            abs(try #require(stated.first { $0.id == "training-load-acute" }?.value) - expected)
                < 1e-9)
        #expect(
            stated.first { $0.id == "training-load-chronic" }?.missing?.contains("21 of 28") == true
        )
        let own = load(features, PersonSettings())
        #expect(own.first?.confidence?.level == .low)
        #expect(abs(try #require(own.first?.value) - 30 * 0.64 * exp(1.92)) < 1e-9)
        let few = load(Array(features[..<5]), PersonSettings())
        #expect(few.allSatisfy { $0.value == nil })
        #expect(few.first?.missing?.contains("maximum-heart-rate") == true)
    }
}

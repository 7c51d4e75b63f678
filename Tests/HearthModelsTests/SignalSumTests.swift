// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

/// The experimental line that a setting switches on.
@Suite struct SignalSumTests {
    private static let first = LocalDate(dayNumber: 20_000)

    /// Quiet nights, and the last of them with a higher heart rate and faster breath.
    private static func features(nights: Int, odd: Int) -> [DayFeatures] {
        (0..<nights).map { night in
            let day = first.advanced(by: Int64(night))
            var builder = DayBuilder()
            let isOdd = night >= nights - odd
            builder.addPlainDay(
                day, nightRate: isOdd ? 66 : 55, seed: UInt64(night + 1),
                respiration: isOdd ? 19 : 15)
            return builder.features(day)
        }
    }

    private static func settings(_ place: Int?) throws -> PersonSettings {
        var settings = PersonSettings()
        let isSet = settings.set(.alarmsPerWeek, to: place)
        try #require(isSet)
        return settings
    }

    private static func line(
        _ features: [DayFeatures], _ place: Int?
    ) throws -> (metric: Metric?, summary: DailySummary) {
        let day = try #require(features.last?.day)
        let summary = SummaryComposer.summary(
            of: day, person: "me", features: features, settings: try settings(place))
        return (summary.metrics.first { $0.id == "several-signals-sum" }, summary)
    }

    @Test func `it is off by default and never changes the verdict`() throws {
        let features = Self.features(nights: 20, odd: 3)
        let off = try Self.line(features, nil)
        #expect(off.metric == nil)
        #expect(try Self.line(features, 0).metric == nil)
        let on = try Self.line(features, 3)
        #expect(on.metric != nil)
        #expect(on.summary.verdict == off.summary.verdict)
        #expect(on.summary.readiness == off.summary.readiness)
    }

    @Test func `an alarm states its limit, its measured rate and its terms`() throws {
        let metric = try #require(try Self.line(Self.features(nights: 20, odd: 3), 3).metric)
        let reason = try #require(metric.confidence?.reason)
        #expect((metric.value ?? 0) >= 4)
        #expect(metric.confidence?.level == .low)
        #expect(reason.contains("experimental, not part of the verdict"))
        #expect(reason.contains("limit 4.0, about 0.15 alarms a person-week"), "\(reason)")
        #expect(reason.contains("resting heart rate +4.0 x 1.0"), "\(reason)")
        #expect(reason.contains("respiration +") && reason.contains("temperature "))
        let quiet = try #require(try Self.line(Self.features(nights: 20, odd: 0), 3).metric)
        #expect((quiet.value ?? 9) < 4)
        #expect(quiet.confidence?.reason.contains(": below (limit") == true)
        let young = try #require(try Self.line(Self.features(nights: 6, odd: 0), 3).metric)
        #expect(young.value == nil && young.missing?.contains("7 nights") == true)
    }

    @Test func `the sum is that of the watch on the same nights`() throws {
        let features = Self.features(nights: 30, odd: 2)
        for place in 1...5 {
            let metric = try #require(try Self.line(features, place).metric)
            var watch = SignalWatch(limit: Double(place + 1))
            let nights = features.map { one in
                var values: [WatchedSignal: Double] = [:]
                values[.restingHeartRate] = one.value(of: "resting-heart-rate-night-mean")
                values[.lowestHeartRate] = one.value(of: "resting-heart-rate-lowest-5min")
                values[.respiratoryRate] = one.value(of: "respiratory-rate")
                values[.temperature] = one.value(of: "skin-temperature")
                return NightSignals(day: one.day, values: values)
            }
            #expect(metric.value == watch.batch(nights).last?.sum)
        }
    }

    @Test func `the setting takes the measured rates and off, and nothing else`() throws {
        let key = PersonSettings.Key.alarmsPerWeek
        #expect(key.facts.words == ["off", "0.28", "0.18", "0.15", "0.10", "0.04"])
        var settings = PersonSettings()
        #expect(settings.signalSumLimit == nil)
        let limits = (1...5).map { place -> Double? in
            _ = settings.set(key, to: place)
            return settings.signalSumLimit
        }
        #expect(limits == [2, 3, 4, 5, 6])
        let isSet = settings.set(key, to: 6)
        #expect(!isSet)
        #expect(SignalWatch.defaultLimit == SignalSumRate.limit4.limit)
    }
}

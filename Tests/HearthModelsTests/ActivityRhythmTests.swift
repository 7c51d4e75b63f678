// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// The rhythm of activity in the summary, from the hours that the days kept. The expected numbers are
/// those of numpy for the same hours, see ``CircadianTests``.
@Suite struct ActivityRhythmTests {
    /// The tenth day of ``CircadianTests/hourly(_:)``.
    static let day = LocalDate(dayNumber: CircadianTests.start.utcDay + 9)

    static func hours(
        _ day: LocalDate, _ measure: ActivityMeasure = .enmo, device: Int = 1,
        zone: ZoneTimeline = CircadianTests.utc, known: UInt8 = 60, _ value: (Int) -> Double
    ) -> DayHours {
        let start = zone.instant(of: day)
        let whole = TimeSpan(start: start, end: zone.instant(of: day.advanced(by: 1)))
        var first = zone.span(at: start)
        first.start = start
        let clock = ZoneTimeline(
            [first] + zone.spans.filter { whole.start < $0.start && whole.contains($0.start) })
        let cells = DayHours.spans(of: whole, clock: clock)
        return DayHours(
            clock: clock,
            activity: [
                HourlyActivity(
                    measure: measure, device: device,
                    deviceLabel: "device \(device)",
                    values: cells.map { value(zone.secondsOfDay(at: $0.start) / 3600) },
                    knownMinutes: cells.map { _ in known })
            ])
    }

    /// Ten days whose hours are those of ``CircadianTests/hourly(_:)``.
    static func simulated(_ measure: ActivityMeasure = .enmo) -> [DayFeatures] {
        let all = CircadianTests.hourly().values
        return (0..<10).map { index in
            let date = day.advanced(by: Int64(index - 9))
            var features = RhythmComposerTests.features(date, (-1, 7))
            features.hours = hours(date, measure) { all[index * 24 + $0] ?? 0 }
            return features
        }
    }

    static func metric(_ features: [DayFeatures], _ id: RhythmMetric) throws -> Metric {
        let rhythm = SummaryComposer.summary(of: day, person: "a", features: features).rhythm
        return try #require(rhythm?.metrics.first { $0.id == id.rawValue })
    }

    @Test func `the hours of ten days give numpy's numbers`() throws {
        let features = Self.simulated()
        let expected: [(RhythmMetric, Double)] = [
            (.interdailyStability, 0.983280290598744),
            (.intradailyVariability, 0.14913800801931057),
            (.relativeAmplitude, 0.7766510458639047), (.leastActive, 6.7776102948226065),
            (.leastActiveOnset, 0), (.mostActive, 53.91316232184916), (.mostActiveOnset, 9),
            (.mesor, 3.192860151382855), (.amplitude, 1.1647119400422046),
            (.acrophase, 14.190646576377103), (.determination, 84.00752091118149),
        ]
        for (id, value) in expected {
            let metric = try Self.metric(features, id)
            #expect(abs(try #require(metric.value) - value) < 1e-8, "\(id)")
            #expect(metric.sources == ["device 1"])
            // Ten of fourteen days.
            #expect(abs(try #require(metric.coverage) - 10.0 / 14) < 1e-9)
            #expect(metric.confidence?.level == .medium)
            #expect(metric.confidence?.reason.contains("(ENMO)") == true)
        }
        #expect(try Self.metric(features, .leastActive).unit == "m[g]")
        #expect(try Self.metric(Self.simulated(.steps), .mostActive).unit == "{steps}/h")
        #expect(try Self.metric(Self.simulated(.counts), .mostActive).unit == "{counts}/min")
        // An explanation for each, under the same name.
        for (id, _) in expected {
            let metric = try Self.metric(features, id)
            let words = try #require(MetricCatalog.explanation(of: metric.id))
            #expect(words.label == metric.label && words.model == metric.model)
            #expect(words.formula.contains("one measure of one device"))
        }
    }

    @Test func `six days give the reason and no number`() throws {
        let few = Array(Self.simulated().suffix(6))
        for id in [RhythmMetric.interdailyStability, .leastActiveOnset, .acrophase] {
            let metric = try Self.metric(few, id)
            #expect(metric.value == nil && metric.coverage == nil)
            #expect(metric.missing?.contains("needs 7 days") == true)
            #expect(metric.missing?.contains("there are 6") == true)
        }
        // Days before the last fourteen do not count.
        var old = Self.simulated()
        for index in old.indices {
            old[index].day = old[index].day.advanced(by: -14)
            old[index].hours = nil
        }
        #expect(try Self.metric(old + few, .relativeAmplitude).value == nil)
        #expect(try Self.metric(Array(Self.simulated().suffix(7)), .relativeAmplitude).value != nil)
    }

    @Test func `an hour of which less than two thirds are known is none`() throws {
        for (known, isThere) in [(UInt8(39), false), (40, true)] {
            var features = Self.simulated()
            for index in features.indices {
                let count = features[index].hours?.activity[0].knownMinutes.count ?? 0
                features[index].hours?.activity[0].knownMinutes = Array(
                    repeating: known, count: count)
            }
            #expect((try Self.metric(features, .relativeAmplitude).value != nil) == isThere)
        }
    }

    @Test func `measures and devices are never mixed and raw acceleration comes first`() throws {
        let steps = { (day: LocalDate, device: Int) in
            Self.hours(day, .steps, device: device) { Double($0 * 10) }
        }
        var features = Self.simulated()
        for index in features.indices {
            let walked = steps(features[index].day, 2).activity
            features[index].hours?.activity += walked
        }
        #expect(try Self.metric(features, .mostActive).unit == "m[g]")
        // Six days of acceleration are too few, ten of steps are not.
        for index in 0..<4 { features[index].hours?.activity.removeFirst() }
        let walked = try Self.metric(features, .mostActive)
        #expect(walked.unit == "{steps}/h" && walked.sources == ["device 2"])
        // The most active ten hours are 14 to 24 o'clock, the least active 0 to 5.
        #expect(walked.value == 185)
        #expect(try Self.metric(features, .leastActive).value == 20)
        #expect(walked.confidence?.reason.contains("no other movement") == true)
        // Five days of each of two watches are no ten days of one.
        for index in features.indices {
            let hours = steps(features[index].day, index < 5 ? 2 : 3)
            features[index].hours = hours
        }
        #expect(try Self.metric(features, .mostActive).missing?.contains("there are 5") == true)
    }

    @Test func `a changed clock moves the hours with the wall`() throws {
        let zones = [
            SleepDateTests.europe,
            ZoneTimeline([
                ZoneSpan(start: .distantPast, offsetSeconds: 37_800, origin: .user),
                // Half an hour forward.
                ZoneSpan(
                    start: Timestamp(seconds: 1_711_810_800), offsetSeconds: 39_600, origin: .user),
            ]),
        ]
        for zone in zones {
            let last = try #require(LocalDate("2024-04-04"))
            let features = (0..<14).map { index in
                let date = last.advanced(by: Int64(index - 13))
                var one = RhythmComposerTests.features(date, (-1, 7), zone: zone)
                one.hours = Self.hours(date, zone: zone) { CircadianTests.base[$0] }
                return one
            }
            let rhythm = SummaryComposer.summary(of: last, person: "a", features: features).rhythm
            func value(_ id: RhythmMetric) throws -> Double {
                try #require(rhythm?.metrics.first { $0.id == id.rawValue }?.value, "\(id)")
            }
            // Each hour of the clock is the same every day, so the mean day explains everything.
            #expect(abs(try value(.interdailyStability) - 1) < 0.01)
            #expect(try value(.leastActiveOnset) == 0 && value(.mostActiveOnset) == 9)
            #expect(abs(try value(.leastActive) - 7.0 / 5) < 1e-9)
        }
    }

    @Test func `activity without any night has a rhythm too`() throws {
        let features = Self.simulated().map { one in
            var bare = one
            bare.night = nil
            return bare
        }
        #expect(try Self.metric(features, .relativeAmplitude).value != nil)
        #expect(try Self.metric(features, .regularity).value == nil)
    }

    @Test func `plain days through the whole scoring have a rhythm of steps`() throws {
        let rhythm = SummaryComposerTests.summary(69).rhythm
        func value(_ id: RhythmMetric) throws -> Double {
            try #require(rhythm?.metrics.first { $0.id == id.rawValue }?.value, "\(id)")
        }
        // 110 steps each seven minutes from 7:00 to 23:00, none at night.
        #expect(try value(.leastActive) == 0 && value(.relativeAmplitude) == 1)
        #expect(abs(try value(.mostActive) - 110 * 60 / 7) < 20)
        #expect(try value(.interdailyStability) > 0.99)
        #expect(try value(.leastActiveOnset) == 0)
    }
}

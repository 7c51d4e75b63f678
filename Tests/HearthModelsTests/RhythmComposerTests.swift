// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// Expected values are worked out by hand from the definitions.
@Suite struct RhythmComposerTests {
    /// Thursday 2024-04-04: the clock of `SleepDateTests.europe` changed on Sunday 2024-03-31.
    static let day = LocalDate(dayNumber: 19_817)

    /// A day whose night is asleep between two hours of the wall clock counted from its midnight.
    static func features(
        _ day: LocalDate, _ sleep: (from: Double, to: Double)?,
        zone: ZoneTimeline = CircadianTests.utc, wear: Double? = 1, tag: String? = nil,
        record: DayRecord? = nil, napMinutes: Double? = nil
    ) -> DayFeatures {
        var night: NightSummary?
        if let sleep {
            let start = instant(day, sleep.from, zone)
            let end = instant(day, sleep.to, zone)
            let count = Int(end.nanoseconds(since: start) / 30_000_000_000)
            let change = zone.spans.filter { start < $0.start && $0.start < end }
            var metrics = [
                Metric(
                    id: "total-sleep-time", label: "total sleep time", value: 1, unit: "min",
                    sources: ["watch"], model: "sleep-statistics/1")
            ]
            if let napMinutes {
                metrics.append(
                    Metric(
                        id: "nap-time", label: "naps", value: napMinutes, unit: "min",
                        model: "sleep-statistics/1"))
            }
            night = NightSummary(
                start: start, end: end, offsetSeconds: zone.span(at: end).offsetSeconds,
                offsetOrigin: .user, stagedBy: "hearth",
                hypnogram: Hypnogram(
                    start: start, stages: Array(repeating: .asleep, count: count)),
                metrics: metrics, clock: change.isEmpty ? nil : zone)
        }
        let corrections = tag.map { label in
            DayCorrections(tags: [
                DayTag(
                    id: CorrectionID(rawValue: 1), label: label, day: day,
                    time: instant(day, 12, zone), isWholeDay: true, made: instant(day, 13, zone))
            ])
        }
        return DayFeatures(
            day: day, model: "day/2", night: night, nightMissing: night == nil ? "none" : nil,
            ownWindow: nil, vitals: [], activity: [],
            dataQuality: DataQuality(
                wearCoverage: wear, sources: [], hints: [], zoneOrigin: .user),
            corrections: corrections, record: record)
    }

    static func instant(_ day: LocalDate, _ hour: Double, _ zone: ZoneTimeline) -> Timestamp {
        let days = Int64((hour / 24).rounded(.down))
        let seconds = Int(((hour - Double(days) * 24) * 3600).rounded())
        return zone.instant(of: day.advanced(by: days), secondsOfDay: seconds)
    }

    /// The last `count` days, the oldest first.
    static func days(_ count: Int, _ make: (LocalDate) -> DayFeatures) -> [DayFeatures] {
        (0..<count).map { make(day.advanced(by: Int64($0 - count + 1))) }
    }

    static func rhythm(_ features: [DayFeatures]) -> RhythmSummary? {
        SummaryComposer.summary(of: day, person: "a", features: features).rhythm
    }

    static func metric(_ rhythm: RhythmSummary?, _ id: RhythmMetric) throws -> Metric {
        try #require(rhythm?.metrics.first { $0.id == id.rawValue })
    }

    static func value(_ rhythm: RhythmSummary?, _ id: RhythmMetric) throws -> Double {
        try #require(try metric(rhythm, id).value, "\(id)")
    }

    @Test func `who sleeps from 23 to 7 every day has an index of 100 and no spread`() throws {
        let rhythm = Self.rhythm(Self.days(30) { Self.features($0, (-1, 7)) })
        #expect(try Self.value(rhythm, .regularity) == 100)
        #expect(abs(try Self.value(rhythm, .midpoint) - 3) < 1e-9)
        #expect(try Self.value(rhythm, .midpointDeviation) < 1e-6)
        let index = try Self.metric(rhythm, .regularity)
        #expect(index.coverage == 1 && index.sources == ["watch"])
        // The stretches of wear were not kept, which the reason says.
        #expect(index.confidence?.level == .medium)
        #expect(index.confidence?.reason.contains("at least 80 %") == true)
        let rows = try #require(rhythm?.raster.rows)
        #expect(rows.map(\.day) == (1...14).map { Self.day.advanced(by: Int64($0 - 15)) })
        for row in rows {
            #expect(row.cells[0..<42].allSatisfy { $0 == .asleep })
            #expect(row.cells[42..<138].allSatisfy { $0 == .awake })
            #expect(row.cells[138..<186].allSatisfy { $0 == .asleep })
        }
        // The evening of the day itself belongs to a night that is not known yet.
        #expect(rows.last?.cells[216...].allSatisfy { $0 == .unknown } == true)
    }

    @Test func `who turns the clock every second day is half way to chance`() throws {
        let features = Self.days(30) { day in
            Self.features(day, day.dayNumber % 2 == Self.day.dayNumber % 2 ? (-1, 7) : (3, 11))
        }
        let rhythm = Self.rhythm(features)
        // Of 24 hours 23 to 3 and 7 to 11 differ from the day before.
        #expect(abs(try Self.value(rhythm, .regularity) - (-100 + 200 * 16.0 / 24)) < 1e-9)
        // Eight nights with a midpoint at 3, seven at 7.
        #expect(abs(try Self.value(rhythm, .midpoint) - 73.0 / 15) < 1e-9)
        let spread = 60 * (16.0 * 8 * 7 / 15 / 14).squareRoot()
        #expect(abs(try Self.value(rhythm, .midpointDeviation) - spread) < 1e-6)
    }

    @Test func `too few days give reasons, and no night at all gives no rhythm`() throws {
        let few = Self.rhythm(Self.days(4) { Self.features($0, (-1, 7)) })
        let index = try Self.metric(few, .regularity)
        #expect(index.value == nil && index.missing?.contains("needs 5 days") == true)
        #expect(index.confidence == nil && index.coverage == nil)
        #expect(try Self.metric(few, .midpoint).missing?.contains("there are 4") == true)
        #expect(few?.raster.rows.count == 14)
        #expect(Self.rhythm(Self.days(30) { Self.features($0, nil) }) == nil)
        #expect(Self.rhythm([]) == nil)
        let old = Self.days(40) { Self.features($0, (-1, 7)) }.prefix(20)
        #expect(Self.rhythm(Array(old)) == nil)
        // A day without input still has the rhythm of the days before it.
        #expect(Self.rhythm(Self.days(30) { Self.features($0, (-1, 7)) }.dropLast()) != nil)
    }

    @Test func `a changed clock shows in the index as in the body and not on the wall`() throws {
        let europe = SleepDateTests.europe
        let rhythm = Self.rhythm(Self.days(30) { Self.features($0, (-1, 7), zone: europe) })
        // 15 noons apart less an hour, less 24 h for the pairs; an hour differs on two pairs.
        let pairs = Double((15 * 24 - 1 - 24) * 120)
        let expected = -100 + 200 * (1 - 240 / pairs)
        #expect(abs(try Self.value(rhythm, .regularity) - expected) < 1e-9)
        // The night of the change has its midpoint at 3:30, see `SleepDateTests`.
        #expect(abs(try Self.value(rhythm, .midpoint) - (3 + 0.5 / 15)) < 1e-9)
        let changed = try #require(LocalDate("2024-03-31"))
        for row in try #require(rhythm?.raster.rows) {
            let asleep = row.cells[0..<42].filter { $0 == .asleep }.count
            #expect(asleep == (row.day == changed ? 36 : 42), "\(row.day)")
            #expect(row.cells[138..<144].allSatisfy { $0 == .asleep })
        }
    }

    @Test func `work and free days that the person tagged give chronotype and jetlag`() throws {
        func week(_ tagged: Bool, _ day: LocalDate) -> DayFeatures {
            let isFree = day.weekday >= 5
            let tag = isFree ? DayTag.freeDay : DayTag.workDay
            return Self.features(day, isFree ? (0.5, 9.5) : (-1, 6), tag: tagged ? tag : "coffee")
        }
        let rhythm = Self.rhythm(Self.days(40) { week(true, $0) })
        #expect(abs(try Self.value(rhythm, .socialJetlag) - 2.5) < 1e-9)
        // As in `SleepTimingTests`: SDweek = (5 x 7 + 2 x 9) / 7.
        let corrected = 5 - 0.5 * (9 - 53.0 / 7)
        #expect(abs(try Self.value(rhythm, .midSleepCorrected) - corrected) < 1e-9)
        let untagged = Self.rhythm(Self.days(40) { week(false, $0) })
        let missing = try Self.metric(untagged, .socialJetlag).missing
        #expect(missing == RhythmComposer.untagged)
        // Tags of more than four weeks ago do not count.
        let old = Self.days(40) { week($0 <= Self.day.advanced(by: -28), $0) }
        #expect(try Self.metric(Self.rhythm(old), .socialJetlag).missing == missing)
        let month = Self.days(40) { week($0 > Self.day.advanced(by: -28), $0) }
        #expect(abs(try Self.value(Self.rhythm(month), .socialJetlag) - 2.5) < 1e-9)
    }

    @Test func `of two words for one date the later counts`() throws {
        var features = Self.days(28) { day in
            Self.features(
                day, day.weekday >= 5 ? (0.5, 9.5) : (-1, 6), tag: DayTag.workDay)
        }
        #expect(try Self.metric(Self.rhythm(features), .socialJetlag).value == nil)
        for index in features.indices where features[index].day.weekday >= 5 {
            var tag = try #require(features[index].corrections?.tags.first)
            tag.label = DayTag.freeDay
            tag.made = tag.made.advanced(bySeconds: 60)
            features[index].corrections?.tags.insert(tag, at: 0)
        }
        #expect(abs(try Self.value(Self.rhythm(features), .socialJetlag) - 2.5) < 1e-9)
    }

    @Test func `the rhythm of activity says what it lacks`() throws {
        let rhythm = Self.rhythm(Self.days(30) { Self.features($0, (-1, 7)) })
        for id in [RhythmMetric.interdailyStability, .intradailyVariability, .leastActive] {
            #expect(try Self.metric(rhythm, id).missing == RhythmComposer.noActivity)
        }
    }

    @Test func `a night that is not known makes its noon to noon unknown`() throws {
        let gap = Self.day.advanced(by: -5)
        let rhythm = Self.rhythm(Self.days(30) { Self.features($0, $0 == gap ? nil : (-1, 7)) })
        let rows = try #require(rhythm?.raster.rows)
        let before = try #require(rows.first { $0.day == gap.advanced(by: -1) })
        #expect(before.cells[42..<72].allSatisfy { $0 == .awake })
        #expect(before.cells[72..<216].allSatisfy { $0 == .unknown })
        #expect(before.cells[216..<282].allSatisfy { $0 == .awake })
        let index = try Self.metric(rhythm, .regularity)
        #expect(index.value == 100)
        #expect(abs(try #require(index.coverage) - 12.0 / 14) < 1e-9)
    }

    @Test func `wear of less than four fifths or a nap at an unknown time is not awake`() throws {
        func noons(_ features: DayFeatures) -> RasterPlot.Cell? {
            let all = Self.days(30) { $0 == features.day ? features : Self.features($0, (-1, 7)) }
            // 15:00 of the day.
            return Self.rhythm(all)?.raster.rows.first { $0.day == features.day }?.cells[90]
        }
        let date = Self.day.advanced(by: -3)
        #expect(noons(Self.features(date, (-1, 7), wear: 0.8)) == .awake)
        #expect(noons(Self.features(date, (-1, 7), wear: 0.79)) == .unknown)
        #expect(noons(Self.features(date, (-1, 7), wear: nil)) == .unknown)
        #expect(noons(Self.features(date, (-1, 7), napMinutes: 0)) == .awake)
        #expect(noons(Self.features(date, (-1, 7), napMinutes: 40)) == .unknown)
    }

    @Test func `where wear and naps were kept they count as they were`() throws {
        func recorded(_ day: LocalDate) -> DayFeatures {
            func time(_ hour: Double) -> Timestamp { Self.instant(day, hour, CircadianTests.utc) }
            let nap = Hypnogram(start: time(14), stages: Array(repeating: .asleep, count: 120))
            let worn = [
                TimeSpan(start: time(0), end: time(18)), TimeSpan(start: time(20), end: time(24)),
            ]
            return Self.features(
                day, (-1, 7), wear: 0.5, record: DayRecord(worn: worn, naps: [nap]),
                napMinutes: 60)
        }
        let rhythm = Self.rhythm(Self.days(30, recorded))
        let row = try #require(rhythm?.raster.rows.first)
        #expect(row.cells[84..<90].allSatisfy { $0 == .asleep })
        #expect(row.cells[90..<108].allSatisfy { $0 == .awake })
        #expect(row.cells[108..<120].allSatisfy { $0 == .unknown })
        let index = try Self.metric(rhythm, .regularity)
        #expect(index.value == 100 && index.confidence?.level == .high)
        // Fourteen pairs less two hours of each.
        #expect(abs(try #require(index.coverage) - 22.0 / 24) < 1e-9)
    }

    @Test func `every number of the rhythm is explained in its own words`() throws {
        let rhythm = try #require(Self.rhythm(Self.days(30) { Self.features($0, (-1, 7)) }))
        for metric in rhythm.metrics {
            let explanation = try #require(MetricCatalog.explanation(of: metric.id))
            #expect(explanation.label == metric.label && explanation.unit == metric.unit)
            #expect(explanation.model == metric.model)
        }
        #expect(MetricCatalog.all.contains { $0.id == "sleep-regularity-index" })
    }

    @Test func `features stored before are read, and without a record nothing is added`() throws {
        let features = Self.features(Self.day, (-1, 7))
        let text = String(decoding: try JSONEncoder().encode(features), as: UTF8.self)
        #expect(!text.contains("\"record\"") && !text.contains("\"range\""))
        #expect(try JSONDecoder().decode(DayFeatures.self, from: Data(text.utf8)) == features)
    }

    @Test func `plain days through the whole scoring are regular`() throws {
        let rhythm = SummaryComposerTests.summary(69).rhythm
        #expect(try Self.value(rhythm, .regularity) > 95)
        let midpoint = try Self.value(rhythm, .midpoint)
        #expect(abs(midpoint - 3) < 0.25)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthModels
import HearthPipeline
import HearthTestSupport
import HearthVault
import Testing

/// Corrections through ingest, scoring, a new model and an erase.
@Suite struct CorrectionServiceTests {
    private static let everything = (LocalDate(dayNumber: 0), LocalDate(dayNumber: 40_000))

    private func home(days: Int = 6) throws -> TemporaryVault {
        let home = try TemporaryVault()
        let files = try ScoringServiceTests.fitDays().prefix(days).flatMap(\.self)
        let report = try Ingestor(vault: home.vault, person: home.person.id).ingest(files)
        #expect(report.verdicts.filter(\.isProblem).isEmpty)
        return home
    }

    private func scoring(_ home: TemporaryVault) throws -> ScoringService {
        try ScoringService(vault: home.vault, person: home.person.id)
    }

    private func service(_ home: TemporaryVault) -> CorrectionService {
        CorrectionService(vault: home.vault, person: home.person.id, now: .distantFuture)
    }

    private func scored(
        _ home: TemporaryVault
    ) throws -> (features: [LocalDate: DayFeatures], changes: [ResultChange]) {
        let scoring = try scoring(home)
        let days = try #require(scoring.days)
        let all = try scoring.features(from: days.lowerBound, through: days.upperBound)
        return (Dictionary(uniqueKeysWithValues: all.features.map { ($0.day, $0) }), all.changes)
    }

    private func digests(_ home: TemporaryVault) throws -> [LocalDate: [UInt8]] {
        let stored = try home.vault.results(
            of: home.person.id, from: Self.everything.0, through: Self.everything.1)
        return Dictionary(uniqueKeysWithValues: stored.map { ($0.day, $0.inputDigest) })
    }

    private func span(
        _ from: String, _ to: String, _ day: LocalDate?, _ zone: ZoneTimeline
    ) throws -> StatedSpan {
        try StatedSpan(
            from: try #require(StatedTime(from)), to: try #require(StatedTime(to)), day: day,
            zone: zone)
    }

    @Test func `a correction opens the days it touches, and no other`() throws {
        let home = try home()
        let before = try scored(home).features
        let old = try digests(home)
        let zone = try scoring(home).zoneTimeline
        let day = try #require(before.keys.sorted().dropFirst(2).first)
        let night = try #require(before[day]?.night)
        _ = try service(home).edit(
            StatedSpan(start: night.start.advanced(bySeconds: -1800), end: night.end), note: nil)
        let (after, changes) = try scored(home)
        let new = try digests(home)
        // The night began before midnight: it lies in the window of the evening before, too.
        #expect(Set(new.keys.filter { new[$0] != old[$0] }) == [day.advanced(by: -1), day])
        #expect(Set(after.keys.filter { after[$0] != before[$0] }) == [day])
        #expect(after[day]?.night?.correction?.found?.start == night.start)
        #expect(!changes.isEmpty && changes.allSatisfy { $0.day == day })
        #expect(Set(changes.map(\.reason)) == ["you corrected the night"])
        let bed = try #require(changes.first { $0.metric == "time-in-bed" })
        #expect(abs((bed.new ?? 0) - (bed.old ?? 0) - 30) < 0.6)

        // A nap in the afternoon lies in the windows of two days, and is of one.
        let nap = try span("14:00", "15:00", day, zone)
        _ = try service(home).add(nap, note: nil)
        _ = try scored(home)
        let third = try digests(home)
        #expect(
            Set(third.keys.filter { third[$0] != new[$0] }) == [day, day.advanced(by: 1)])
    }

    @Test func `taking it back gives the bytes there were before`() throws {
        let home = try home()
        let (before, old) = (try scored(home).features, try digests(home))
        let day = try #require(before.keys.sorted().dropFirst(2).first)
        let made = try service(home).remove(day: day, at: nil, note: "was reading")
        #expect(try scored(home).features[day]?.night == nil)
        #expect(try service(home).undo(made.id) == made)
        let (after, changes) = try scored(home)
        #expect(after == before)
        #expect(try digests(home) == old)
        #expect(Set(changes.map(\.reason)) == ["you took a correction back"])
        #expect(throws: CorrectionError.self) { try service(home).undo(made.id) }
    }

    @Test func `late data and a new model leave the correction in force`() throws {
        let home = try home(days: 5)
        let day = try #require(try scored(home).features.keys.sorted().dropFirst(2).first)
        let zone = try scoring(home).zoneTimeline
        _ = try service(home).edit(try span("22:10", "06:40", day, zone), note: nil)
        _ = try service(home).tag("Ill", day: day, at: nil)
        let corrected = try scored(home).features
        let late = try ScoringServiceTests.fitDays()[5]
        _ = try Ingestor(vault: home.vault, person: home.person.id).ingest(late)
        #expect(try scored(home).features[day] == corrected[day])
        // As an older model left them.
        let stored = try home.vault.results(
            of: home.person.id, from: Self.everything.0, through: Self.everything.1)
        try home.vault.storeResults(
            stored.map { StoredResult(day: $0.day, model: "day/0", inputDigest: [0], payload: []) },
            of: home.person.id)
        let again = try scored(home).features[day]
        #expect(again == corrected[day])
        #expect(again?.night?.correction != nil)
        #expect(again?.corrections?.tags.map(\.label) == ["Ill"])
        let summary = try scoring(home).summary(of: day, label: "me")
        #expect(summary.corrections.sleep.count == 1 && summary.corrections.tags.count == 1)
    }

    @Test func `an erase of the day takes the correction out of results and report`() throws {
        let home = try home()
        let day = try #require(try scored(home).features.keys.sorted().dropFirst(2).first)
        let zone = try scoring(home).zoneTimeline
        _ = try service(home).edit(try span("22:10", "06:40", day, zone), note: nil)
        _ = try service(home).tag("ill", day: day, at: nil)
        _ = try scored(home)
        _ = try home.vault.erase(
            ErasureScope(
                person: home.person.id, quantities: [.sleepStage, .event],
                from: zone.instant(of: day), to: zone.instant(of: day.advanced(by: 1))))
        #expect(try home.vault.corrections(of: home.person.id).isEmpty)
        #expect(try scored(home).features[day]?.corrections == nil)
    }

    @Test func `an added sleep on a day without data is shown without stages`() throws {
        let home = try home(days: 2)
        let scoring = try scoring(home)
        let day = try #require(scoring.days).upperBound.advanced(by: 3)
        _ = try service(home).add(try span("23:00", "07:00", day, scoring.zoneTimeline), note: nil)
        let summary = try self.scoring(home).summary(of: day, label: "me")
        #expect(summary.night?.correction?.missing != nil)
        #expect(summary.night?.metrics.first { $0.id == "time-in-bed" }?.value == 480)
        #expect(try self.scoring(home).days == scoring.days)
    }

    @Test func `what does not fit what is known is refused with a way on`() throws {
        let home = try home(days: 3)
        let day = try #require(try scored(home).features.keys.sorted().dropFirst(1).first)
        let zone = try scoring(home).zoneTimeline
        func code(_ body: () throws -> Void) -> CorrectionError.Code? {
            do { try body() } catch { return (error as? CorrectionError)?.code }
            return nil
        }
        let service = service(home)
        let afternoon = try span("15:00", "16:00", day, zone)
        #expect(code { _ = try service.edit(afternoon, note: nil) } == .noSleep)
        #expect(
            code { _ = try service.add(span("03:00", "04:00", day, zone), note: nil) }
                == .alreadyThere)
        #expect(code { _ = try service.add(afternoon, note: "a\nb") } == .badText)
        let early = CorrectionService(
            vault: home.vault, person: home.person.id, now: afternoon.start)
        #expect(code { _ = try early.add(afternoon, note: nil) } == .badTimes)
        _ = try service.add(afternoon, note: nil)
        #expect(code { _ = try service.remove(day: day, at: nil, note: nil) } == .notOne)
        #expect(
            code { _ = try service.remove(day: day, at: StatedTime("12:00"), note: nil) }
                == .noSleep)
        let removed = try service.remove(day: day, at: StatedTime("15:30"), note: nil)
        #expect((removed.start, removed.end) == (afternoon.start, afternoon.end))
        _ = try service.remove(day: day, at: nil, note: nil)
        #expect(try scoring(home).sleeps(of: day).isEmpty)
        #expect(code { _ = try service.remove(day: day, at: nil, note: nil) } == .noSleep)
        #expect(code { _ = try service.removeTag("ill", day: day) } == .unknown)
        #expect(code { _ = try service.tag(" ", day: day, at: nil) } == .badText)
    }

    @Test func `removing an edited night removes what was found under it`() throws {
        let home = try home(days: 3)
        let day = try #require(try scored(home).features.keys.sorted().dropFirst(1).first)
        let zone = try scoring(home).zoneTimeline
        _ = try service(home).edit(try span("02:00", "03:00", day, zone), note: nil)
        #expect(try scoring(home).sleeps(of: day).count == 1)
        _ = try service(home).remove(day: day, at: nil, note: nil)
        #expect(try scoring(home).sleeps(of: day).isEmpty)
    }
}

/// Times off the wall clock.
@Suite struct StatedTimeTests {
    /// Central Europe in 2025: forward on 30 March at 01:00 UTC, back on 26 October at 01:00 UTC.
    static let berlin = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
        ZoneSpan(start: Timestamp("2025-03-30T01:00:00Z"), offsetSeconds: 7200, origin: .user),
        ZoneSpan(start: Timestamp("2025-10-26T01:00:00Z"), offsetSeconds: 3600, origin: .user),
    ])

    private func span(_ from: String, _ to: String, _ day: String? = nil) throws -> StatedSpan {
        try StatedSpan(
            from: try #require(StatedTime(from)), to: try #require(StatedTime(to)),
            day: day.flatMap { LocalDate($0) }, zone: Self.berlin)
    }

    @Test func `a night starts the evening before, a nap on the day`() throws {
        let night = try span("22:30", "06:45", "2025-01-10")
        #expect(night.start == Timestamp("2025-01-09T21:30:00Z"))
        #expect(night.end == Timestamp("2025-01-10T05:45:00Z"))
        let nap = try span("14:00", "15:30", "2025-01-10")
        #expect(nap.start == Timestamp("2025-01-10T13:00:00Z"))
        #expect(nap.end == Timestamp("2025-01-10T14:30:00Z"))
        #expect(night.notes.isEmpty && nap.notes.isEmpty)
    }

    @Test func `the nights of the change are seven and nine hours long`() throws {
        let spring = try span("23:00", "07:00", "2025-03-30")
        #expect(spring.end.seconds(since: spring.start) == 7 * 3600)
        let autumn = try span("23:00", "07:00", "2025-10-26")
        #expect(autumn.end.seconds(since: autumn.start) == 9 * 3600)
    }

    @Test func `a time shown twice is the earlier one, a skipped one the change, both are said`()
        throws
    {
        let twice = try span("23:00", "02:30", "2025-10-26")
        #expect(twice.end == Timestamp("2025-10-26T00:30:00Z"))
        #expect(twice.notes.count == 1)
        #expect(twice.notes.first?.contains("2025-10-26T02:30+01:00") == true)
        let later = try span("2025-10-25 23:00", "2025-10-26T02:30+01:00")
        #expect(later.end == Timestamp("2025-10-26T01:30:00Z"))
        #expect(later.start == Timestamp("2025-10-25T21:00:00Z"))
        #expect(later.notes.isEmpty)
        let skipped = try span("23:00", "02:30", "2025-03-30")
        #expect(skipped.end == Timestamp("2025-03-30T01:00:00Z"))
        #expect(skipped.notes.count == 1)
    }

    @Test func `dates may be written, and are needed somewhere`() throws {
        let both = try span("2025-01-09T22:30", "2025-01-10T06:45")
        #expect(try span("22:30", "06:45", "2025-01-10") == both)
        #expect(try span("2025-01-09T22:30", "06:45") == both)
        #expect(try span("22:30", "2025-01-10T06:45") == both)
        #expect(try span("2025-01-09T21:30Z", "2025-01-10T05:45Z") == both)
        #expect(throws: CorrectionError.self) { try span("22:30", "06:45") }
        #expect(throws: CorrectionError.self) { try span("2025-01-10T22:30", "2025-01-10T06:45") }
        #expect(throws: CorrectionError.self) { try span("2025-01-08T22:30", "2025-01-10T06:45") }
        #expect(try span("06:45", "06:45", "2025-01-10").start == Timestamp("2025-01-09T05:45:00Z"))
    }

    @Test(arguments: [
        "", "24:00", "12:60", "1200", "noon", "12:0", "2025-02-30T10:00", "10:00Z", "10:00+01:00",
        "2025-01-01T10:00+19:00", "-1:30", "٠١:٠٠",
    ])
    func `anything else is no time`(text: String) {
        #expect(StatedTime(text) == nil)
    }
}

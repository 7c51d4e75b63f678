// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// Which local date a sleep belongs to, through changes of the clock and journeys.
@Suite struct SleepDateTests {
    /// 2024-03-31T01:00Z: in central Europe 02:00 becomes 03:00.
    static let spring = Timestamp(seconds: 1_711_846_800)
    /// 2024-10-27T01:00Z: 03:00 becomes 02:00.
    static let autumn = Timestamp(seconds: 1_729_990_800)
    static let europe = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
        ZoneSpan(start: spring, offsetSeconds: 7200, origin: .user),
        ZoneSpan(start: autumn, offsetSeconds: 3600, origin: .user),
    ])

    static func window(_ zone: ZoneTimeline, _ date: LocalDate, from: Int, to: Int) -> SleepWindow {
        func instant(_ minute: Int) -> Timestamp {
            let days = Calendrical.floorDivide(Int64(minute), 1440)
            return zone.instant(
                of: date.advanced(by: days),
                secondsOfDay: Int(Calendrical.floorModulo(Int64(minute), 1440)) * 60)
        }
        let span = TimeSpan(start: instant(from), end: instant(to))
        return SleepWindow(span: span, asleepMinutes: span.minutes, coverage: 1)
    }

    @Test func `a night in spring from 23 to 7 has seven hours and one date`() throws {
        let date = try #require(LocalDate("2024-03-31"))
        let night = Self.window(Self.europe, date, from: -60, to: 420)
        #expect(night.span.minutes == 420)
        #expect(NightDate.date(endingAt: night.span.end, zone: Self.europe) == date)
        let sleep = DatedSleep(date: date, span: night.span)
        // Half-way through seven hours from 23:00 is 2:30, which reads 3:30.
        #expect(sleep.midpoint(Self.europe) == 3.5)
        let fall = try #require(LocalDate("2024-10-27"))
        let long = Self.window(Self.europe, fall, from: -60, to: 420)
        #expect(long.span.minutes == 540)
        #expect(DatedSleep(date: fall, span: long.span).midpoint(Self.europe) == 2.5)
    }

    @Test func `the regularity index counts elapsed hours over a change of the clock`() throws {
        // Asleep 23 to 7 by the wall clock on every day around the change: on the change's pair an
        // hour at each end differs, on all others nothing.
        let begin = Self.europe.instant(
            of: try #require(LocalDate("2024-03-27")), secondsOfDay: 43_200)
        let epochs = (0..<8 * 2880).map { index -> SleepWake in
            let hour =
                Self.europe.secondsOfDay(
                    at: begin.advanced(bySeconds: Int64(index) * 30)) / 3600
            return hour >= 23 || hour < 7 ? .asleep : .wake
        }
        let found = SleepRegularity.index(SleepWakeSeries(start: begin, epochs: epochs))
        // 7 x 2880 pairs: before the change onset at 23 standard time, after it an hour earlier.
        let differing = 120.0 * 2
        let expected = -100 + 200 * (1 - differing / (7 * 2880))
        #expect(abs(try #require(found.value) - expected) < 1e-9)
    }

    @Test func `every sleep has the date that the day's scoring gives it`() {
        for (seed, zone) in [(1, Self.europe), (2, CircadianTests.zone(5)), (3, Self.journey)] {
            var random = SeededRandom(seed: UInt64(seed))
            for _ in 0..<400 {
                let anchor = [Self.spring, Self.autumn].randomElement(using: &random)
                let end = (anchor ?? Self.spring).advanced(
                    bySeconds: Int64.random(in: -200_000...200_000, using: &random))
                let span = TimeSpan(start: end.advanced(bySeconds: -3600), end: end)
                let date = NightDate.date(endingAt: end, zone: zone)
                let owners = (-3...3).map { date.advanced(by: $0) }.filter { day in
                    let context = DayContext(DayInput(day: day, zone: zone, series: []))
                    return context.endsOnDay(span)
                }
                #expect(owners == [date], "seed \(seed)")
            }
        }
    }

    /// Eleven hours west on the day of the change in spring.
    static let journey = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
        ZoneSpan(start: spring.advanced(bySeconds: 30_000), offsetSeconds: -36_000, origin: .user),
        ZoneSpan(start: autumn, offsetSeconds: 32_400, origin: .user),
    ])

    @Test func `a sleep in the last hour of a day belongs to the next`() throws {
        let date = try #require(LocalDate("2024-06-10"))
        func owner(_ to: Int) -> LocalDate {
            let end = Self.window(Self.europe, date, from: to - 60, to: to).span.end
            return NightDate.date(endingAt: end, zone: Self.europe)
        }
        #expect(owner(1380) == date)
        #expect(owner(1381) == date.advanced(by: 1))
        #expect(owner(0) == date && owner(1440) == date.advanced(by: 1))
    }

    @Test func `a split night is one night and a nap is none of it`() throws {
        let date = try #require(LocalDate("2024-06-10"))
        func window(_ from: Int, _ to: Int) -> SleepWindow {
            Self.window(Self.europe, date, from: from, to: to)
        }
        // 20:30 to 22:45 the evening before, 0:30 to 6:30, and 14:00 to 15:00.
        let sleeps = [window(840, 900), window(30, 390), window(-210, -75)]
        let days = DaySleeps.group(sleeps, zone: Self.europe)
        #expect(days.map(\.date) == [date])
        let day = try #require(days.first)
        #expect(day.isSplit && day.parts == [window(-210, -75), window(30, 390)])
        #expect(day.naps == [window(840, 900)])
        #expect(day.main == window(30, 390))
        #expect(day.night?.minutes == 600 && day.minutesAsleep == 555)
        // Three hours awake and more part two sleeps, and so does a short one.
        let apart = DaySleeps.group([window(-210, -75), window(105, 390)], zone: Self.europe)
        #expect(apart.map(\.date) == [date.advanced(by: -1), date])
        let short = DaySleeps.group([window(-60, 240), window(310, 390)], zone: Self.europe)
        #expect(short.count == 1 && short[0].parts.count == 1 && short[0].naps.count == 1)
        #expect(DaySleeps.group([], zone: Self.europe).isEmpty)
    }

    @Test func `a night over a flight belongs to the date where it ends`() {
        // Asleep for six hours in the air, landing eleven hours west: the date there is the same.
        let end = Self.spring.advanced(bySeconds: 36_000)
        let date = NightDate.date(endingAt: end, zone: Self.journey)
        #expect(date == LocalDate("2024-03-31"))
        #expect(Self.journey.secondsOfDay(at: end) == 3600)
    }

    @Test func `sleep and wear are painted by the middle of an epoch`() {
        let start = CircadianTests.start
        func span(_ from: Int64, _ to: Int64) -> TimeSpan {
            TimeSpan(start: start.advanced(bySeconds: from), end: start.advanced(bySeconds: to))
        }
        let night = Hypnogram(
            start: start.advanced(bySeconds: 60), stages: [.light, .unscored, .wake, .rem, .inBed])
        let series = SleepWakeSeries(
            span: span(0, 300), hypnograms: [night], worn: [span(-100, 45), span(200, 1000)])
        #expect(SleepWake.text(of: series.epochs) == "0212010000")
        let shifted = SleepWakeSeries(
            span: span(0, 120), hypnograms: [], worn: [span(15, 46), span(75, 75)])
        #expect(SleepWake.text(of: shifted.epochs) == "0022")
        #expect(SleepWakeSeries(span: span(0, -5), hypnograms: [night], worn: []).epochs.isEmpty)
        let all = TimeSpan(start: .distantPast, end: .distantFuture)
        let wide = SleepWakeSeries(
            span: all, hypnograms: [night], worn: [all], epochSeconds: 3600)
        #expect(wide.epochs.count == 366 * 24 && wide.knownShare == 1)
    }
}

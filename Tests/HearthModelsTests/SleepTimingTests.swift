// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// Expected values are worked out by hand from the definitions.
@Suite struct SleepTimingTests {
    /// Monday 2024-01-01.
    static let monday = LocalDate(dayNumber: 19_723)
    static let utc = CircadianTests.utc

    /// A sleep that ends on a date, given as hours of the wall clock from its midnight.
    static func sleep(
        _ day: Int64, _ from: Double, _ to: Double, _ zone: ZoneTimeline = utc
    ) -> DatedSleep {
        func instant(_ hour: Double) -> Timestamp {
            let days = Int64((hour / 24).rounded(.down))
            let rest = Int((hour - Double(days) * 24) * 3600)
            return zone.instant(of: monday.advanced(by: day + days), secondsOfDay: rest)
        }
        return DatedSleep(
            date: monday.advanced(by: day), span: TimeSpan(start: instant(from), end: instant(to)))
    }

    /// Work days 23:00 to 6:00 (mid-sleep 2.5), Saturday and Sunday 0:30 to 9:30 (5.0).
    static let week =
        (0..<5).map { sleep($0, -1, 6) } + [sleep(5, 0.5, 9.5), sleep(6, 0.5, 9.5)]

    @Test func `mid-sleep is corrected for sleep made up for`() throws {
        let found = Chronotype.assess(Self.week, zone: Self.utc, days: .mondayToFriday)
        let type = try #require(found.value)
        #expect(abs(type.midSleepWork - 2.5) < 1e-9)
        #expect(abs(type.midSleepFree - 5) < 1e-9)
        #expect(abs(type.socialJetlag - 2.5) < 1e-9)
        // SDweek = (5 x 7 + 2 x 9) / 7 = 7.571; MSFsc = 5 - 0.5 (9 - 7.571).
        #expect(abs(type.midSleepCorrected - (5 - 0.5 * (9 - 53.0 / 7))) < 1e-9)
        #expect(found.coverage == 1 && found.days == 7)
        // Those who sleep less on free days are not corrected.
        let short =
            (0..<5).map { Self.sleep($0, -2, 7) } + [Self.sleep(5, 3, 9), Self.sleep(6, 3, 9)]
        let plain = try #require(
            Chronotype.assess(short, zone: Self.utc, days: .mondayToFriday).value)
        #expect(plain.midSleepCorrected == plain.midSleepFree)
    }

    @Test func `without days the person set there is no number`() {
        let none = Chronotype.assess(Self.week, zone: Self.utc, days: WorkDays())
        #expect(none.value == nil && none.missing?.contains("Nothing says which days") == true)
        let always = Chronotype.assess(
            Self.week, zone: Self.utc, days: WorkDays(weekdays: [0, 1, 2, 3, 4, 5, 6]))
        #expect(always.value == nil && always.missing?.contains("there are 7 and 0") == true)
        #expect(
            Chronotype.assess([], zone: Self.utc, days: .mondayToFriday).missing != nil)
        #expect(WorkDays(weekdays: [9, -1, 3]).weekdays == [3])
    }

    @Test func `tags win over the week and stand alone`() throws {
        let tags = Dictionary(
            uniqueKeysWithValues: (Int64(0)..<7).map {
                (Self.monday.advanced(by: $0), $0 < 5 ? DayKind.work : .free)
            })
        let tagged = Chronotype.assess(Self.week, zone: Self.utc, days: WorkDays(tags: tags))
        let set = Chronotype.assess(Self.week, zone: Self.utc, days: .mondayToFriday)
        #expect(tagged.value == set.value)
        var days = WorkDays.mondayToFriday
        days.tags[Self.monday] = .free
        let changed = try #require(Chronotype.assess(Self.week, zone: Self.utc, days: days).value)
        #expect(abs(changed.midSleepFree - (2.5 + 5 + 5) / 3) < 1e-9)
    }

    @Test func `times around midnight and by day are averaged on the clock`() throws {
        let around = [23.0, 23.5, 0, 0.5, 1].map { $0 }
        #expect(abs(try #require(ClockMath.mean(around)) - 0) < 1e-9)
        #expect(ClockMath.mean([0, 6, 12, 18]) == nil)
        #expect(ClockMath.difference(from: 23, to: 1) == 2)
        #expect(ClockMath.difference(from: 1, to: 23) == -2)
        #expect(ClockMath.difference(from: 0, to: 12) == -12)
        #expect(ClockMath.wrapped(-1e-18) == 0)
        // Night work: asleep 8:00 to 15:00 on work days, 0:00 to 8:00 on free ones.
        let shifts =
            (0..<5).map { Self.sleep($0, 8, 15) } + [Self.sleep(5, 0, 8), Self.sleep(6, 0, 8)]
        let type = try #require(
            Chronotype.assess(shifts, zone: Self.utc, days: .mondayToFriday).value)
        #expect(abs(type.midSleepWork - 11.5) < 1e-9)
        #expect(abs(type.socialJetlag - 7.5) < 1e-9)
    }

    @Test func `timing gives the mean clock and its spread`() throws {
        let nights = (0..<6).map { Self.sleep($0, $0 % 2 == 0 ? -1 : 1, $0 % 2 == 0 ? 7 : 9) }
        let found = SleepTiming.assess(nights, zone: Self.utc)
        let timing = try #require(found.value)
        #expect(abs(timing.onset - 0) < 1e-9 || abs(timing.onset - 24) < 1e-9)
        #expect(abs(timing.waking - 8) < 1e-9 && abs(timing.midpoint - 4) < 1e-9)
        // Three at -1 and three at +1 about the mean.
        #expect(abs(timing.midpointDeviation - (6.0 / 5).squareRoot()) < 1e-9)
        let few = SleepTiming.assess(Array(nights.prefix(4)), zone: Self.utc)
        #expect(few.value == nil && few.missing?.contains("there are 4") == true)
        let spread = [nights[0], nights[1], nights[2], nights[3]] + [Self.sleep(9, -1, 7)]
        #expect(SleepTiming.assess(spread, zone: Self.utc).coverage == 0.5)
    }

    @Test func `of two sleeps of a date the longer counts and empty ones do not`() throws {
        var nights = Self.week
        nights.append(Self.sleep(2, 14, 15))
        nights.append(Self.sleep(3, 5, 5))
        #expect(
            Chronotype.assess(nights, zone: Self.utc, days: .mondayToFriday).value
                == Chronotype.assess(Self.week, zone: Self.utc, days: .mondayToFriday).value)
    }

    @Test func `after a journey the clock of the place counts`() throws {
        // Six hours east after the third night, lived 23:00 to 7:00 by the wall clock throughout.
        let landing = CircadianTests.start.advanced(bySeconds: 3 * 86_400)
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 0, origin: .user),
            ZoneSpan(start: landing, offsetSeconds: 6 * 3600, origin: .user),
        ])
        // On Wednesday to Thursday it was bright for six hours less.
        let nights = [0, 1, 2, 4, 5].map { Self.sleep($0, -1, 7, zone) }
        let timing = try #require(SleepTiming.assess(nights, zone: zone).value)
        #expect(abs(timing.midpoint - 3) < 1e-9 && timing.midpointDeviation < 1e-9)
    }
}

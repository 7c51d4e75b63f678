// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@Suite struct WallTimeTests {
    /// Central Europe in 2025: forward on 30 March at 01:00 UTC, back on 26 October at 01:00 UTC.
    static let berlin = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
        ZoneSpan(start: Timestamp(seconds: 1_743_296_400), offsetSeconds: 7200, origin: .user),
        ZoneSpan(start: Timestamp(seconds: 1_761_440_400), offsetSeconds: 3600, origin: .user),
    ])

    private func wall(_ day: String, _ hour: Int, _ minute: Int) throws -> WallTime {
        let date = try #require(LocalDate(day))
        return Self.berlin.wallTime(hour * 3600 + minute * 60, on: date)
    }

    @Test func `an ordinary time is one instant`() throws {
        let time = try wall("2025-03-30", 6, 45)
        #expect(time == WallTime(instant: Timestamp(seconds: 1_743_309_900), reading: .once))
    }

    @Test func `a time the clock went past is the instant of the change`() throws {
        let time = try wall("2025-03-30", 2, 30)
        #expect(time == WallTime(instant: Timestamp(seconds: 1_743_296_400), reading: .skipped))
    }

    @Test func `of a time shown twice the earlier one is taken`() throws {
        // 02:30 summer time is 00:30 UTC, 02:30 winter time 01:30 UTC.
        let time = try wall("2025-10-26", 2, 30)
        #expect(time.instant == Timestamp(seconds: 1_761_438_600))
        #expect(time.reading == .twice(later: Timestamp(seconds: 1_761_442_200)))
        #expect(try wall("2025-10-26", 3, 0).reading == .once)
        #expect(try wall("2025-10-26", 1, 59).reading == .once)
    }

    @Test func `every minute of the year reads back as itself`() {
        let first = LocalDate(year: 2025, month: 1, day: 1)?.dayNumber ?? 0
        var (twice, skipped) = (0, 0)
        for day in 0..<365 {
            let date = LocalDate(dayNumber: first + Int64(day))
            for minute in stride(from: 0, to: 1440, by: 15) {
                let time = Self.berlin.wallTime(minute * 60, on: date)
                switch time.reading {
                case .skipped: skipped += 1
                case .twice(let later):
                    twice += 1
                    #expect(later > time.instant)
                    #expect(Self.berlin.secondsOfDay(at: later) == minute * 60)
                    fallthrough
                case .once:
                    #expect(Self.berlin.secondsOfDay(at: time.instant) == minute * 60)
                    #expect(Self.berlin.localDate(at: time.instant) == date)
                }
            }
        }
        #expect(twice == 4 && skipped == 4)
    }
}

@Suite struct OwnTextTests {
    @Test func `a line is trimmed, bounded and holds no control characters`() {
        #expect(OwnText.line("  ill \t", limit: 10) == "ill")
        #expect(OwnText.line("two words", limit: 9) == "two words")
        #expect(OwnText.line("two words", limit: 8) == nil)
        #expect(OwnText.line("  ", limit: 8) == nil)
        #expect(OwnText.line("a\nb", limit: 8) == nil)
        #expect(OwnText.line("a\u{1B}[31m", limit: 20) == nil)
        #expect(OwnText.line("a\u{2028}b", limit: 20) == nil)
        #expect(OwnText.line("crème brûlée", limit: 20) == "crème brûlée")
    }
}

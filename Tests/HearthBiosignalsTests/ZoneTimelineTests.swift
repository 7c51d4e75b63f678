// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@Suite struct ZoneTimelineTests {
    static let hour: Int32 = 3600

    static func instant(_ text: String, _ secondsOfDay: Int64 = 0) -> Timestamp {
        Timestamp(seconds: (LocalDate(text)?.dayNumber ?? 0) * 86_400 + secondsOfDay)
    }

    /// Berlin in 2024: forward on 31 March at 01:00 UTC, back on 27 October at 01:00 UTC.
    static let berlin = ZoneTimeline([
        ZoneSpan(start: .distantPast, offsetSeconds: hour, origin: .file),
        ZoneSpan(start: instant("2024-03-31", 3600), offsetSeconds: 2 * hour, origin: .file),
        ZoneSpan(start: instant("2024-10-27", 3600), offsetSeconds: hour, origin: .file),
    ])

    @Test func `without spans the clock is UTC and says it does not know`() throws {
        let zone = ZoneTimeline()
        let day = try #require(LocalDate("2024-05-05"))
        #expect(zone.instant(of: day) == Self.instant("2024-05-05"))
        #expect(zone.span(at: Timestamp(seconds: 0)).origin == .unknown)
    }

    @Test func `the spring day has 23 hours and the autumn day 25`() throws {
        for (text, hours) in [("2024-03-31", 23.0), ("2024-10-27", 25), ("2024-06-01", 24)] {
            let day = try #require(LocalDate(text))
            let length = Self.berlin.instant(of: day.advanced(by: 1))
                .seconds(since: Self.berlin.instant(of: day))
            #expect(length == hours * 3600, "\(text)")
        }
    }

    @Test func `a skipped time maps to the change and a doubled one to its first showing`() throws {
        let spring = try #require(LocalDate("2024-03-31"))
        #expect(
            Self.berlin.instant(of: spring, secondsOfDay: 9000) == Self.instant("2024-03-31", 3600))
        let autumn = try #require(LocalDate("2024-10-27"))
        #expect(
            Self.berlin.instant(of: autumn, secondsOfDay: 9000) == Self.instant("2024-10-27", 1800))
    }

    @Test func `midnight itself may be skipped`() throws {
        // Beirut style: at local midnight the clock goes to 01:00.
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 7200, origin: .user),
            ZoneSpan(
                start: Self.instant("2024-03-30", 22 * 3600), offsetSeconds: 10_800, origin: .user),
        ])
        let day = try #require(LocalDate("2024-03-31"))
        #expect(zone.instant(of: day) == Self.instant("2024-03-30", 22 * 3600))
        #expect(zone.localDate(at: zone.instant(of: day)) == day)
        #expect(zone.secondsOfDay(at: zone.instant(of: day)) == 3600)
    }

    @Test func `flying west lengthens the day and flying east shortens it`() throws {
        let flight = Self.instant("2024-05-10", 12 * 3600)
        let day = try #require(LocalDate("2024-05-10"))
        for (offset, hours) in [(-8 * Self.hour, 32.0), (9 * Self.hour, 15)] {
            let zone = ZoneTimeline([
                ZoneSpan(start: .distantPast, offsetSeconds: 0, origin: .file),
                ZoneSpan(start: flight, offsetSeconds: offset, origin: .file),
            ])
            let length = zone.instant(of: day.advanced(by: 1)).seconds(since: zone.instant(of: day))
            #expect(length == hours * 3600)
        }
    }

    /// The definition taken literally: step by step until the wall clock shows it.
    @Test func `an instant is the first that shows the time, for 60 random timelines`() throws {
        let first = try #require(LocalDate("2024-05-01"))
        for seed in UInt64(1)...60 {
            var random = SeededRandom(seed: seed)
            let step: Int64 = 900
            var start = Self.instant("2024-04-28")
            var spans: [ZoneSpan] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let offset = Int32.random(in: -48...56, using: &random) * Int32(step)
                spans.append(ZoneSpan(start: start, offsetSeconds: offset, origin: .file))
                start = start.advanced(
                    bySeconds: Int64.random(in: 1...200, using: &random) * step)
            }
            let zone = ZoneTimeline(spans.shuffled(using: &random))
            for day in Int64(0)..<6 {
                let date = first.advanced(by: day)
                let wanted = Int(Int64.random(in: 0..<96, using: &random) * step)
                let target = date.dayNumber * 86_400 + Int64(wanted)
                var slow = Self.instant("2024-04-20")
                while zone.localSeconds(at: slow) < target { slow = slow.advanced(bySeconds: step) }
                #expect(
                    zone.instant(of: date, secondsOfDay: wanted) == slow,
                    "seed \(seed), \(date), \(wanted) s")
            }
        }
    }

    @Test func `days follow one another without gap or overlap, whatever the clock does`() throws {
        let first = try #require(LocalDate("2024-03-25"))
        for offset in 0..<300 {
            let day = first.advanced(by: Int64(offset))
            let start = Self.berlin.instant(of: day)
            #expect(Self.berlin.localDate(at: start) == day)
            #expect(
                Self.berlin.localDate(at: start.advanced(byNanoseconds: -1)) == day.advanced(by: -1)
            )
        }
    }

    @Test func `order and repetition of spans do not matter and the better origin wins`() {
        let a = ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 3600, origin: .inferred)
        let b = ZoneSpan(start: Timestamp(seconds: 0), offsetSeconds: 7200, origin: .user)
        let c = ZoneSpan(start: Timestamp(seconds: 9), offsetSeconds: 7200, origin: .user)
        #expect(ZoneTimeline([a, b, c]) == ZoneTimeline([c, b, a, b]))
        #expect(ZoneTimeline([a, b, c]).spans == [b])
    }

    @Test func `a stored timeline in the wrong order is put right`() throws {
        let data = Data(
            """
            {"spans":[{"start":{"nanoseconds":9},"offsetSeconds":60,"origin":1},
            {"start":{"nanoseconds":1},"offsetSeconds":0,"origin":1}]}
            """.utf8)
        let zone = try JSONDecoder().decode(ZoneTimeline.self, from: data)
        #expect(zone.spans.map(\.start.nanoseconds) == [1, 9])
        let again = try JSONDecoder().decode(ZoneTimeline.self, from: JSONEncoder().encode(zone))
        #expect(again == zone)
    }
}

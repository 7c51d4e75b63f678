// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// Activity by the hour and wear as a day's features keep them.
@Suite struct HourlyActivityTests {
    static let day = LocalDate(dayNumber: 19_800)

    static func activity(
        _ features: DayFeatures, _ measure: ActivityMeasure
    ) throws -> HourlyActivity {
        try #require(features.hours?.activity.first { $0.measure == measure })
    }

    /// Five-second epochs from midnight UTC on with chance ENMO, a tenth of them half empty.
    static func epochs(seed: UInt64) -> [MotionEpoch] {
        var random = SeededRandom(seed: seed)
        let start = ZoneTimeline().instant(of: day)
        return (0..<17_280).map { index in
            MotionEpoch(
                time: start.advanced(bySeconds: Int64(index) * 5),
                enmo: Float(100 * CircadianTests.unit(&random)), mad: 0, angle: 0,
                coverage: CircadianTests.unit(&random) < 0.1 ? 0.4 : 1)
        }
    }

    static func motion(_ epochs: [MotionEpoch], notWorn: [TimeSpan] = []) -> DayMotion {
        DayMotion(
            stream: DayBuilder.stream(.acceleration, device: 7), deviceLabel: "Axivity AX3",
            samples: epochs.count * 500, epochs: epochs, counts: [], steps: [], notWorn: notWorn,
            uncalibrated: nil)
    }

    static func features(_ motion: DayMotion) -> DayFeatures {
        DayScorer.features(
            DayInput(day: day, zone: ZoneTimeline(), series: [], motion: [motion]))
    }

    @Test func `acceleration by the hour is the plain mean of the worn epochs`() throws {
        let epochs = Self.epochs(seed: 1)
        let midnight = ZoneTimeline().instant(of: Self.day)
        // From 3:30 to 6:00 it was not worn.
        let off = TimeSpan(
            start: midnight.advanced(bySeconds: 12_600), end: midnight.advanced(bySeconds: 21_600))
        let found = try Self.activity(Self.features(Self.motion(epochs, notWorn: [off])), .enmo)
        #expect(found.deviceLabel == "Axivity AX3" && found.device == 0)
        for hour in 0..<24 {
            let own = epochs.filter {
                ($0.time.seconds - midnight.seconds) / 3600 == Int64(hour) && $0.coverage > 0.5
                    && !($0.time >= off.start && $0.time < off.end)
            }
            #expect(Int(found.knownMinutes[hour]) == own.count * 5 / 60, "\(hour)")
            let mean = own.reduce(0.0) { $0 + Double($1.enmo) } / Double(max(1, own.count))
            let value = found.values[hour]
            if hour == 4 || hour == 5 {
                #expect(value == nil)
            } else {
                #expect(abs(try #require(value) - mean) <= 0.005 + 1e-9, "\(hour)")
            }
        }
        #expect(found.knownMinutes[3] > 20 && found.knownMinutes[3] <= 30)
    }

    @Test func `steps are known where their device had a heart rate`() throws {
        var builder = DayBuilder()
        builder.addPlainDay(Self.day, seed: 1)
        let found = try Self.activity(builder.features(Self.day), .steps)
        // 110 steps in each minute that is a multiple of seven, from 7:00 to 23:00; one heart rate
        // a minute all day.
        for hour in 0..<24 {
            let minutes = (hour * 60..<hour * 60 + 60).count { $0 % 7 == 0 }
            let expected = (7..<23).contains(hour) ? Double(110 * minutes) : 0
            #expect(found.values[hour] == expected, "\(hour)")
            #expect(found.knownMinutes[hour] == 60)
        }
        // Off the wrist from 2:00 to 5:00: five minutes on either side of a heart rate are known.
        for index in builder.series.indices
        where builder.series[index].stream.quantity == .heartRate {
            let gap =
                builder.instant(Self.day, minute: 120)..<builder.instant(Self.day, minute: 300)
            let kept = builder.series[index].times.indices.filter {
                !gap.contains(builder.series[index].times[$0])
            }
            builder.series[index].columns[0] = kept.map { builder.series[index].columns[0][$0] }
            builder.series[index].times = kept.map { builder.series[index].times[$0] }
        }
        let gappy = builder.features(Self.day)
        let holed = try Self.activity(gappy, .steps)
        #expect(holed.knownMinutes[1] == 60 && holed.knownMinutes[2] == 4)
        #expect(holed.knownMinutes[3] == 0 && holed.values[3] == nil)
        #expect(holed.knownMinutes[4] == 5 && holed.values[4] == 0)
        // The stretches of wear say the same.
        func time(_ minute: Int) -> Timestamp {
            Timestamp(nanoseconds: builder.instant(Self.day, minute: minute))
        }
        #expect(
            gappy.record?.worn == [
                TimeSpan(start: time(0), end: time(124)),
                TimeSpan(start: time(295), end: time(1440)),
            ])
        let share = try #require(gappy.dataQuality.wearCoverage)
        #expect(abs(share - (124.0 + 1145) / 1440) < 1e-9)
    }

    @Test func `without a heart rate of the same device only records are known`() throws {
        var builder = DayBuilder()
        let walk = (600..<645).map { (minute: $0, length: 1, value: Float(80)) }
        builder.add(.steps, Self.day, device: 1, walk + [(720, 60, 600), (780, 180, 900)])
        let found = try Self.activity(builder.features(Self.day), .steps)
        #expect(found.values[10] == 4800 && found.knownMinutes[10] == 45)
        #expect(found.values[12] == 600 && found.knownMinutes[12] == 60)
        // Three hours in one number tell no hour.
        #expect(found.knownMinutes[13] == 0 && found.knownMinutes[0] == 0)
        // The heart rate of another device says nothing of this one.
        builder.add(.heartRate, Self.day, device: 2, (0..<1440).map { ($0, 0, 60) })
        #expect(try Self.activity(builder.features(Self.day), .steps) == found)
        // A workout's heart rate is no witness of wear.
        builder.add(.heartRate, Self.day, device: 1, (600..<660).map { ($0, 0, 130) })
        #expect(try Self.activity(builder.features(Self.day), .steps) == found)
    }

    @Test func `counts of zero for three hours are a device on the table`() throws {
        var builder = DayBuilder()
        let counts = (0..<1440).map { minute -> (minute: Int, length: Int, value: Float) in
            (minute, 1, (300..<480).contains(minute) || (600..<779).contains(minute) ? 0 : 30)
        }
        builder.add(.activityCount, Self.day, counts)
        let features = builder.features(Self.day)
        let found = try Self.activity(features, .counts)
        #expect(found.values[4] == 30 && found.values[5] == nil && found.values[7] == nil)
        #expect(found.values[10] == 0 && found.knownMinutes[10] == 60)
        #expect(features.record?.worn.count == 2)
        #expect(features.record?.worn.first?.minutes == 300)
    }

    @Test func `hours are those of the wall clock on every day of a changed clock`() throws {
        func hours(_ date: String, _ zone: ZoneTimeline) throws -> [TimeSpan] {
            let day = try #require(LocalDate(date))
            return DayHours.spans(
                of: TimeSpan(
                    start: zone.instant(of: day), end: zone.instant(of: day.advanced(by: 1))),
                clock: zone)
        }
        let spring = try hours("2024-03-31", SleepDateTests.europe)
        #expect(spring.count == 23 && spring.allSatisfy { $0.minutes == 60 })
        // Half an hour forward at 2:00, as on Lord Howe Island.
        let day = try #require(LocalDate("2024-03-31"))
        let half = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 37_800, origin: .user),
            ZoneSpan(
                start: ZoneTimeline([
                    ZoneSpan(start: .distantPast, offsetSeconds: 37_800, origin: .user)
                ]).instant(of: day, secondsOfDay: 7200), offsetSeconds: 39_600, origin: .user),
        ])
        let shifted = try hours("2024-03-31", half)
        #expect(shifted.map(\.minutes) == [60, 60, 30] + Array(repeating: 60, count: 21))
        #expect(
            shifted.allSatisfy { half.localSeconds(at: $0.end) % 3600 == 0 || $0.minutes == 60 })
        for zone in [SleepDateTests.europe, half, CircadianTests.zone(5)] {
            let all = try hours("2024-03-30", zone) + hours("2024-03-31", zone)
            for (a, b) in zip(all, all.dropFirst()) { #expect(a.end == b.start) }
        }
    }

    @Test func `the cached day stays small and comes back as it was`() throws {
        var builder = DayBuilder()
        builder.addPlainDay(Self.day, seed: 3)
        var features = builder.features(Self.day)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        #expect(try encoder.encode(features.hours).count < 500)
        #expect(try encoder.encode(features.record).count < 100)
        features.record = DayRecord(
            worn: (0..<20).map { index in
                let start = Timestamp(nanoseconds: 1_700_000_000_500_000_000)
                    .advanced(bySeconds: Int64(index) * 3600)
                return TimeSpan(start: start, end: start.advanced(bySeconds: Int64(1800 + index)))
            }, naps: [])
        #expect(features.record?.worn.first?.start.nanoseconds == 1_700_000_001_000_000_000)
        let bytes = try encoder.encode(features)
        let again = try JSONDecoder().decode(DayFeatures.self, from: bytes)
        #expect(again == features)
        #expect(try encoder.encode(again) == bytes)
        for bad in ["[0]", "[-5]", "[9223372036854775807]", "[60,0,60]"] {
            let text = "{\"naps\":[],\"start\":1700000000,\"worn\":\(bad)}"
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(DayRecord.self, from: Data(text.utf8))
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

/// Numbers here come from other programs on the same seeded input: numpy for IS, IV, L5, M10 and the
/// cosinor (`numpy.linalg.lstsq`), pyActigraphy for IS and IV (whose variances divide by n - 1, which
/// was converted) and for the regularity index.
@Suite struct CircadianTests {
    static let start = Timestamp(seconds: 1_704_067_200)  // 2024-01-01T00:00Z
    static let utc = Self.zone(0)
    static let base: [Double] = [
        2, 1, 1, 1, 2, 4, 10, 25, 40, 45, 50, 48, 52, 47, 44, 46, 49, 55, 51, 38, 24, 12, 6, 3,
    ]

    static func zone(_ hours: Int) -> ZoneTimeline {
        ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: Int32(hours * 3600), origin: .user)
        ])
    }

    /// 0 up to 1 with 53 bits, made the same way in the other programs.
    static func unit(_ random: inout SeededRandom) -> Double {
        Double(random.next() >> 11) * 0x1p-53
    }

    /// Ten days by the hour, nothing missing.
    static func hourly(_ zone: ZoneTimeline = utc) -> ActivitySeries {
        var random = SeededRandom(seed: 7)
        return ActivitySeries(
            start: start, values: (0..<240).map { base[$0 % 24] + 10 * unit(&random) }, zone: zone)
    }

    /// Nine days by ten minutes, an eighth missing.
    static func gappy() -> ActivitySeries {
        var random = SeededRandom(seed: 11)
        let values = (0..<9 * 144).map { index -> Double? in
            let value = base[(index / 6) % 24] * (0.5 + unit(&random))
            return unit(&random) < 0.12 ? nil : value
        }
        return ActivitySeries(start: start, epochSeconds: 600, values: values, zone: utc)
    }

    static func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

    @Test func `IS, IV, L5 and M10 are those of numpy and pyActigraphy`() throws {
        let found = RestActivityRhythm.assess(Self.hourly())
        let rhythm = try #require(found.value)
        #expect(found.days == 10 && found.coverage == 1)
        #expect(Self.close(rhythm.interdailyStability, 0.983280290598744))
        #expect(Self.close(rhythm.intradailyVariability, 0.14913800801931057))
        #expect(Self.close(rhythm.leastActive, 6.7776102948226065))
        #expect(Self.close(rhythm.mostActive, 53.91316232184916))
        #expect(Self.close(rhythm.relativeAmplitude, 0.7766510458639047))
        #expect(rhythm.leastActiveOnset == 0 && rhythm.mostActiveOnset == 9)
    }

    @Test func `with hours missing the known ones and pairs count`() throws {
        let found = RestActivityRhythm.assess(Self.gappy())
        let rhythm = try #require(found.value)
        #expect(Self.close(found.coverage, 210.0 / 216))
        #expect(Self.close(rhythm.interdailyStability, 0.9726898886397828))
        #expect(Self.close(rhythm.intradailyVariability, 0.175812193677468))
        #expect(Self.close(rhythm.leastActive, 1.4208763565808573))
        #expect(Self.close(rhythm.mostActive, 49.837879135073564))
        #expect(rhythm.leastActiveOnset == 0 && rhythm.mostActiveOnset == 9)
    }

    @Test func `hours are those of the wall clock and L5 goes over midnight`() throws {
        let utc = try #require(RestActivityRhythm.assess(Self.hourly()).value)
        let west = try #require(RestActivityRhythm.assess(Self.hourly(Self.zone(-3))).value)
        #expect(west.leastActiveOnset == 21 && west.mostActiveOnset == 6)
        #expect(Self.close(west.interdailyStability, utc.interdailyStability))
        let cosine = try #require(Cosinor.assess(Self.hourly(Self.zone(-3))).value)
        #expect(Self.close(cosine.acrophase, 11.131988466149227))
    }

    @Test func `the cosinor is numpy's least squares`() throws {
        let plain = try #require(Cosinor.assess(Self.hourly()).value)
        #expect(Self.close(plain.mesor, 32.432334939928495))
        #expect(Self.close(plain.amplitude, 28.335899276705295))
        #expect(Self.close(plain.acrophase, 14.131988466149227))
        #expect(Self.close(plain.determination, 0.896931160688413))
        let log = try #require(Cosinor.assess(Self.hourly(), transform: .logarithm).value)
        #expect(Self.close(log.mesor, 3.192860151382855))
        #expect(Self.close(log.amplitude, 1.1647119400422046))
        #expect(Self.close(log.acrophase, 14.190646576377103))
        #expect(Self.close(log.determination, 0.8400752091118149))
        let gappy = try #require(Cosinor.assess(Self.gappy()).value)
        #expect(Self.close(gappy.mesor, 27.554692371691235))
        #expect(Self.close(gappy.amplitude, 28.838595955958347))
        #expect(Self.close(gappy.acrophase, 14.146677638566905))
        #expect(Self.close(gappy.determination, 0.7531641803249449))
    }

    @Test func `a rhythm needs seven days and every hour of the day`() {
        var short = Self.hourly()
        short.values = Array(short.values.prefix(7 * 24 - 9))
        let few = RestActivityRhythm.assess(short)
        #expect(few.value == nil && few.days == 6)
        #expect(few.missing?.contains("there are 6") == true)
        short.values = Array(Self.hourly().values.prefix(7 * 24))
        #expect(RestActivityRhythm.assess(short).value != nil)
        var noNights = Self.hourly()
        for index in noNights.values.indices where index % 24 == 3 { noNights.values[index] = nil }
        let blind = Cosinor.assess(noNights)
        #expect(blind.value == nil && blind.missing?.contains("hour of the day") == true)
        var flat = Self.hourly()
        flat.values = flat.values.map { _ in 4 }
        #expect(RestActivityRhythm.assess(flat).missing == "The activity does not vary.")
        #expect(Cosinor.assess(flat).missing == "The activity does not vary.")
    }

    // MARK: Regularity

    /// Eight days from noon: a night and perhaps a nap each, by 30 s.
    static func states() -> SleepWakeSeries {
        var random = SeededRandom(seed: 3)
        var epochs = Array(repeating: SleepWake.wake, count: 8 * 2880)
        for day in 0..<8 {
            let on = Int(Double(day * 2880 + 1200) + unit(&random) * 240)
            let off = Int(Double(day * 2880 + 2160) + unit(&random) * 300)
            for index in on..<off { epochs[index] = .asleep }
            if unit(&random) < 0.5 {
                let nap = Int(Double(day * 2880 + 300) + unit(&random) * 100)
                for index in nap..<nap + 60 { epochs[index] = .asleep }
            }
        }
        return SleepWakeSeries(start: start.advanced(bySeconds: 43_200), epochs: epochs)
    }

    /// The formula as written, in a double loop over days and epochs of the day.
    static func slowRegularity(_ series: SleepWakeSeries, minimum: Double) -> Double {
        let day = 2880
        var (pairs, same) = (0, 0)
        for one in 0..<(series.epochs.count / day - 1) {
            var (known, equal) = (0, 0)
            for epoch in 0..<day {
                let a = series.epochs[one * day + epoch]
                let b = series.epochs[(one + 1) * day + epoch]
                if a == .unknown || b == .unknown { continue }
                known += 1
                equal += a == b ? 1 : 0
            }
            if Double(known) / Double(day) >= minimum {
                pairs += known
                same += equal
            }
        }
        return -100 + 200 / Double(pairs) * Double(same)
    }

    @Test func `the regularity index is pyActigraphy's and the double loop's`() throws {
        let series = Self.states()
        let found = SleepRegularity.index(series)
        #expect(Self.close(try #require(found.value), 85.31746031746033))
        #expect(found.days == 7 && found.coverage == 1)
        var gappy = series
        for index in 2880..<4600 { gappy.epochs[index] = .unknown }
        for index in 20_000..<20_500 { gappy.epochs[index] = .unknown }
        let partly = SleepRegularity.index(gappy)
        // The day of the gap and the day before are known to less than 66 %.
        #expect(partly.days == 5)
        #expect(Self.close(try #require(partly.value), Self.slowRegularity(gappy, minimum: 0.66)))
        #expect(
            abs(Self.slowRegularity(gappy, minimum: 0.66) - Self.slowRegularity(gappy, minimum: 0))
                > 0.1, "the rule must matter here")
    }

    @Test func `like days give 100 and opposed days minus 100`() {
        var series = Self.states()
        series.epochs = series.epochs.indices.map { $0 % 2880 < 960 ? .asleep : .wake }
        #expect(SleepRegularity.index(series).value == 100)
        series.epochs = series.epochs.indices.map { ($0 / 2880) % 2 == 0 ? .asleep : .wake }
        #expect(SleepRegularity.index(series).value == -100)
        series.epochs = Array(series.epochs.prefix(5 * 2880))
        let short = SleepRegularity.index(series)
        #expect(short.value == nil && short.missing?.contains("there are 4") == true)
    }

    @Test func `nothing known gives reasons and never a trap`() {
        for count in [0, 1, 2, 2879, 2880, 2881, 20_000] {
            let unknown = SleepWakeSeries(
                start: Self.start, epochs: Array(repeating: .unknown, count: count))
            let found = SleepRegularity.index(unknown)
            #expect(found.value == nil && found.missing != nil && found.coverage == 0)
            let raster = SleepRaster(
                unknown, zone: Self.utc, through: Self.utc.localDate(at: Self.start))
            #expect(raster.rows.allSatisfy { $0.day.allSatisfy { $0 == .unknown } })
        }
        for values in [[], [nil], [1], Array(repeating: Double?.none, count: 500), [.nan]] {
            for seconds in [1, 30, 60, 600, 3600, 7, 7200] {
                let series = ActivitySeries(
                    start: Self.start, epochSeconds: seconds, values: values, zone: Self.utc)
                #expect(RestActivityRhythm.assess(series).missing != nil)
                #expect(Cosinor.assess(series).missing != nil)
            }
        }
        let odd = SleepWakeSeries(start: Self.start, epochSeconds: 7, epochs: [.asleep])
        #expect(SleepRegularity.index(odd).missing?.contains("whole part") == true)
        let extreme = ActivitySeries(
            start: .distantFuture, values: Array(repeating: 1, count: 400), zone: Self.utc)
        #expect(RestActivityRhythm.assess(extreme).value == nil)
    }

    @Test func `a gap of days leaves the rest as it was`() throws {
        var series = Self.hourly()
        series.values += Array(repeating: nil, count: 5 * 24) + series.values
        let found = RestActivityRhythm.assess(series)
        #expect(found.days == 20)
        #expect(Self.close(found.coverage, 480.0 / 600))
        let rhythm = try #require(found.value)
        #expect(rhythm.leastActiveOnset == 0 && rhythm.interdailyStability > 0.95)
        let plain = try #require(RestActivityRhythm.assess(Self.hourly()).value)
        #expect(Self.close(rhythm.relativeAmplitude, plain.relativeAmplitude))
    }

    @Test func `a changed clock costs an hour and shifts nothing`() throws {
        // 2024-03-31 in central Europe: 02:00 becomes 03:00.
        let begin = Timestamp(seconds: 1_711_407_600)  // 2024-03-26T00:00 local (UTC+1)
        let change = Timestamp(seconds: 1_711_846_800)
        let zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .user),
            ZoneSpan(start: change, offsetSeconds: 7200, origin: .user),
        ])
        // Ten days lived by the wall clock: 239 hours.
        let values = (0..<239).map { index -> Double? in
            let time = begin.advanced(bySeconds: Int64(index) * 3600)
            return Self.base[zone.secondsOfDay(at: time) / 3600]
        }
        let series = ActivitySeries(start: begin, values: values, zone: zone)
        #expect(series.hours.count == 239)
        #expect(series.hours.count { $0.hourOfDay == 2 } == 9)
        let rhythm = try #require(RestActivityRhythm.assess(series).value)
        // Not 1 to the last digit, since one hour of the day has a day less.
        #expect(abs(rhythm.interdailyStability - 1) < 0.005, "each day is like the next")
        #expect(rhythm.mostActiveOnset == 9)
        // Put back in autumn an hour comes twice, as two hours.
        let autumn = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: 7200, origin: .user),
            ZoneSpan(start: change, offsetSeconds: 3600, origin: .user),
        ])
        let back = ActivitySeries(start: begin, values: values, zone: autumn)
        #expect(back.hours.count == 239)
        #expect(back.hours.count { $0.hourOfDay == 2 } == 11)
    }

    // MARK: Raster

    @Test func `the raster shows each night whole in one row`() throws {
        let first = LocalDate(dayNumber: Self.start.utcDay)
        let raster = SleepRaster(Self.states(), zone: Self.utc, through: first.advanced(by: 7))
        #expect(raster.rows.count == 14 && raster.cellMinutes == 10)
        #expect(raster.rows.map(\.date).first == first.advanced(by: -6))
        let row = try #require(raster.rows.first { $0.date == first })
        #expect(row.day.count == 144 && row.next.count == 144)
        // Nothing is known before the first noon; the night runs over midnight into the second half.
        #expect(row.day.prefix(72).allSatisfy { $0 == .unknown })
        let both = row.day + row.next
        let asleep = both.indices.filter { both[$0] == .asleep && $0 >= 132 && $0 < 200 }
        #expect(asleep.count >= 45 && asleep.contains(144) && asleep.contains(143))
        for (one, after) in zip(raster.rows, raster.rows.dropFirst()) {
            #expect(one.next == after.day)
        }
        let half = SleepWakeSeries(
            start: Self.start, epochs: Array(repeating: .asleep, count: 9))
        let thin = SleepRaster(half, zone: Self.utc, through: first)
        #expect(thin.rows.last?.day.first == .unknown, "4.5 of 10 minutes are too few")
    }

    @Test func `raster and series survive storage`() throws {
        let first = LocalDate(dayNumber: Self.start.utcDay)
        let raster = SleepRaster(Self.states(), zone: Self.utc, through: first.advanced(by: 7))
        #expect(try Self.stored(raster) == raster)
        #expect(try Self.stored(SleepRaster(rows: [])) == SleepRaster(rows: []))
        #expect(try Self.stored(Self.states()) == Self.states())
    }
}

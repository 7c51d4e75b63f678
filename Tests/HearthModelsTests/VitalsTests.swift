// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct VitalsTests {
    static let day = LocalDate(dayNumber: 19_800)

    static func night(_ rate: (Int) -> Float) -> DayBuilder {
        var builder = DayBuilder()
        builder.add(.sleepStage, day, [(-60, 480, 2)])
        builder.add(.heartRate, day, (-120..<480).map { ($0, 0, rate($0)) })
        return builder
    }

    @Test func `the lowest five minutes are in sleep, and the mean is of still minutes`() throws {
        // Lower still at 07:30, but awake then.
        var builder = Self.night { minute in
            (100..<105).contains(minute) ? 48 : (minute >= 440 ? 40 : 56)
        }
        builder.add(.steps, Self.day, (300..<360).map { ($0, 1, 50) })
        builder.add(.steps, Self.day, [(-400, 1, 9)])
        let features = builder.features(Self.day)
        #expect(features.value(of: "resting-heart-rate-lowest-5min") == 48)
        let mean = (5 * 48.0 + 355 * 56) / 360
        let got = try #require(features.value(of: "resting-heart-rate-night-mean"))
        #expect(abs(got - mean) < 1e-9)
    }

    @Test func `samples every five minutes give a night mean but no five-minute mean`() {
        var builder = DayBuilder()
        builder.add(.sleepStage, Self.day, [(-60, 480, 2)])
        builder.add(
            .heartRate, Self.day, stride(from: -60, to: 420, by: 5).map { ($0, 0, 56) })
        let features = builder.features(Self.day)
        #expect(features.value(of: "resting-heart-rate-night-mean") == 56)
        let lowest = features.metric("resting-heart-rate-lowest-5min")
        #expect(lowest?.value == nil)
        #expect(lowest?.missing?.contains("too seldom") == true)
        #expect(features.metric("resting-heart-rate-night-mean")?.confidence?.level == .low)
    }

    @Test func `dense sampling does not outweigh sparse minutes`() {
        var builder = DayBuilder()
        builder.add(.heartRate, Self.day, (0..<40).map { ($0, 0, 60) })
        builder.series[0].times += (0..<60).map {
            builder.instant(Self.day, minute: 100) + Int64($0) * 1_000_000_000
        }
        builder.series[0].columns[0] += Array(repeating: 101, count: 60)
        let got = builder.features(Self.day).value(of: "resting-heart-rate-night-mean")
        #expect(abs((got ?? 0) - 61) < 1e-9)
    }

    @Test func `the vendor's RMSSD is the vendor's and SDNN never becomes RMSSD`() {
        var builder = Self.night { _ in 55 }
        builder.add(.hrvSDNN, Self.day, [(60, 0, 40), (120, 0, 50), (180, 0, 90)])
        var features = builder.features(Self.day)
        #expect(features.metric("rmssd")?.value == nil)
        #expect(features.metric("rmssd")?.missing?.contains("beat-to-beat") == true)
        #expect(features.value(of: "vendor-sdnn") == 50)
        #expect(features.metric("vendor-rmssd") == nil)
        builder.add(.hrvRMSSD, Self.day, [(60, 0, 33)])
        features = builder.features(Self.day)
        #expect(features.value(of: "vendor-rmssd") == 33)
        #expect(features.value(of: "vendor-sdnn") == 50)
    }

    @Test func `beats in sleep give RMSSD, its logarithm and SDNN apart`() throws {
        var builder = Self.night { _ in 60 }
        var random = SeededRandom(seed: 3)
        var time = builder.instant(Self.day, minute: -60)
        var times: [Int64] = []
        var values: [Float] = []
        for _ in 0..<28_000 {
            let interval = Float.random(in: 970...1030, using: &random)
            time += Int64(Double(interval) * 1e6)
            times.append(time)
            values.append(interval)
        }
        builder.series.append(
            InputSeries(
                stream: DayBuilder.stream(.rrInterval), deviceLabel: "strap", vendor: "v",
                times: times, columns: [values]))
        let features = builder.features(Self.day)
        let rmssd = try #require(features.value(of: "rmssd"))
        let sdnn = try #require(features.value(of: "sdnn"))
        // Independent uniform intervals: SDNN is 60 / sqrt(12), RMSSD sqrt(2) times that.
        #expect(abs(sdnn - 17.32) < 0.5)
        #expect(abs(rmssd - 24.49) < 0.7)
        // Now and then chance makes the pattern of an early beat.
        #expect((features.value(of: "beats-removed") ?? 100) < 2)
        #expect(features.metric("respiratory-rate-from-rr")?.value == nil)
        #expect(features.metric("respiratory-rate-from-rr")?.missing?.contains("breath") == true)
        #expect((features.metric("rmssd")?.coverage ?? 0) > 0.9)
        #expect(features.metric("rmssd")?.sources == ["strap"])
    }

    @Test func `oxygen gives mean and minimum, and a daytime reading is no night`() {
        var builder = Self.night { _ in 55 }
        builder.add(.oxygenSaturation, Self.day, [(700, 0, 99)])
        #expect(builder.features(Self.day).value(of: "spo2-mean") == nil)
        builder.add(.oxygenSaturation, Self.day, [(60, 0, 96), (120, 0, 92), (180, 0, 97)])
        let features = builder.features(Self.day)
        #expect(features.value(of: "spo2-mean") == 95)
        #expect(features.value(of: "spo2-minimum") == 92)
    }

    @Test func `a value stamped with the whole day stands for the night`() {
        var builder = DayBuilder()
        builder.add(.skinTemperatureDeviation, Self.day, [(0, 0, 0.4)])
        builder.add(.respiratoryRate, Self.day, [(-60, 480, 14.5)])
        let features = builder.features(Self.day)
        #expect(features.value(of: "respiratory-rate") == 14.5)
        #expect(abs((features.value(of: "skin-temperature-deviation") ?? 0) - 0.4) < 1e-6)
        #expect(builder.features(Self.day.advanced(by: 1)).value(of: "respiratory-rate") == nil)
    }

    @Test func `a temperature stamped just after waking is the night's, an oxygen reading is not`()
    {
        var builder = Self.night { _ in 55 }
        builder.add(.skinTemperature, Self.day, [(425, 0, 34.5)])
        builder.add(.oxygenSaturation, Self.day, [(425, 0, 91)])
        let features = builder.features(Self.day)
        #expect(features.value(of: "skin-temperature") == 34.5)
        #expect(features.value(of: "spo2-mean") == nil)
    }
}

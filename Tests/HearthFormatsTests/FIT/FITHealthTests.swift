// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Single measurements, workouts, nights and devices.
@Suite struct FITHealthTests {
    @Test func `records carry respiration and core temperature`() {
        var builder = FITBuilder()
        builder.define(
            0, 20,
            [
                FITBuilder.timestamp, .init(99, 1, FITBuilder.u8), .init(108, 2, FITBuilder.u16),
                .init(139, 2, FITBuilder.u16),
            ])
        builder.message(0, .numbers([FITBuilder.noon]), 14, 1425, 3712)
        builder.message(0, .numbers([FITBuilder.noon + 1]), 15, 0xFFFF, 0xFFFF)
        let sink = readFIT(builder)
        #expect(sink.values(.respiratoryRate) == [14.25, 15])
        #expect(sink.values(.bodyTemperature) == [37.12])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
    }

    private static let session: [FITBuilder.Field] = [
        FITBuilder.timestamp, .init(2, 4, FITBuilder.u32), .init(7, 4, FITBuilder.u32),
        .init(5, 1, FITBuilder.enumeration), .init(11, 2, FITBuilder.u16),
        .init(9, 4, FITBuilder.u32),
    ]

    @Test func `a session is a workout`() {
        var builder = FITBuilder()
        builder.define(0, 18, Self.session)
        builder.message(
            0, .numbers([FITBuilder.noon + 1800]), .numbers([FITBuilder.noon]), 1_800_500, 1, 321,
            512_345)
        let workout = readFIT(builder).samples(of: .workout)
        #expect(workout.map(\.values) == [[1, 321, 5123.45]])
        #expect(workout.map(\.time) == [FITBuilder.noonUnix * 1_000_000_000])
        #expect(workout.map(\.duration) == [1_800_500_000_000])
    }

    @Test func `a session without energy and distance has zeros there`() {
        var builder = FITBuilder()
        builder.define(0, 18, Self.session)
        builder.message(
            0, .numbers([FITBuilder.noon + 60]), 0xFFFF_FFFF, 60_000, 255, 0xFFFF, 0xFFFF_FFFF)
        let workout = readFIT(builder).samples(of: .workout)
        #expect(workout.map(\.values) == [[0, 0, 0]])
        #expect(workout.map(\.time) == [FITBuilder.noonUnix * 1_000_000_000])
    }

    @Test func `resting heart rate, saturation and respiration are read`() {
        var builder = FITBuilder()
        builder.define(
            0, 211, [FITBuilder.timestamp, .init(0, 1, FITBuilder.u8), .init(1, 1, FITBuilder.u8)])
        builder.message(0, .numbers([FITBuilder.noon]), 50, 53)
        builder.define(1, 269, [FITBuilder.timestamp, .init(0, 1, FITBuilder.u8)])
        for percent in [97, 255, 12] as [Int64] {
            builder.message(1, .numbers([FITBuilder.noon]), .numbers([percent]))
        }
        builder.define(2, 297, [FITBuilder.timestamp, .init(0, 2, FITBuilder.s16)])
        for rate in [1533, -100, -200, -300] as [Int64] {
            builder.message(2, .numbers([FITBuilder.noon]), .numbers([rate]))
        }
        let sink = readFIT(builder)
        #expect(sink.values(.restingHeartRate) == [53])
        #expect(sink.stream(.restingHeartRate, .derived).count == 1)
        #expect(sink.values(.oxygenSaturation) == [97])
        #expect(sink.values(.respiratoryRate) == [15.33])
        #expect(sink.issue(.sentinelValue, "respiratory")?.samplesLost == 3)
        #expect(sink.issue(.implausibleValue, "oxygen")?.samplesLost == 1)
        checkReader(builder.part(), samples: 8) { FITReader() }
    }

    @Test func `overnight HRV and skin temperature are derived values`() {
        var builder = FITBuilder()
        builder.define(0, 371, [FITBuilder.timestamp, .init(0, 2, FITBuilder.u16)])
        builder.message(0, .numbers([FITBuilder.noon]), 5632)
        builder.define(1, 370, [FITBuilder.timestamp, .init(1, 2, FITBuilder.u16)])
        builder.message(1, .numbers([FITBuilder.noon + 60]), 6144)
        builder.define(
            2, 398,
            [FITBuilder.timestamp, .init(1, 4, FITBuilder.f32), .init(4, 4, FITBuilder.f32)])
        builder.message(2, .numbers([FITBuilder.noon]), .real(-0.25), .real(33.5))
        builder.message(
            2, .numbers([FITBuilder.noon + 1]), .real(.nan), .raw([255, 255, 255, 255]))
        let sink = readFIT(builder)
        #expect(sink.stream(.hrvRMSSD, .derived).map(\.values) == [[44], [48]])
        #expect(sink.stream(.skinTemperatureDeviation, .derived).map(\.values) == [[-0.25]])
        #expect(sink.stream(.skinTemperature, .derived).map(\.values) == [[33.5]])
        #expect(sink.issue(.implausibleValue)?.samplesLost == 1)
        #expect(sink.issue(.sentinelValue)?.samplesLost == 1)
    }

    @Test func `a sleep level begins where the one ahead ended`() {
        var builder = FITBuilder()
        builder.define(0, 275, [FITBuilder.timestamp, .init(0, 1, FITBuilder.enumeration)])
        for (minute, level) in [(0, 1), (10, 2), (30, 3), (50, 4), (51, 0), (52, 9), (60, 1)]
            as [(Int64, Int64)]
        {
            builder.message(0, .numbers([FITBuilder.noon + minute * 60]), .numbers([level]))
        }
        let sink = readFIT(builder)
        let stages = sink.samples(of: .sleepStage)
        #expect(
            stages.map(\.values)
                == [.wake, .light, .deep, .rem, .unscored, .wake].map {
                    (stage: SleepStage) in [Float(stage.rawValue)]
                })
        #expect(stages.map { $0.duration / 60_000_000_000 } == [1, 10, 20, 20, 1, 9])
        #expect(sink.seconds(.sleepStage).map { $0 / 60 } == [-1, 0, 10, 30, 50, 51])
        #expect(sink.issue(.invalidValue, "code")?.samplesLost == 1)
        checkReader(builder.part(), samples: 7) { FITReader() }
    }

    @Test func `a level does not reach back through the day`() {
        var builder = FITBuilder()
        builder.define(0, 275, [FITBuilder.timestamp, .init(0, 1, FITBuilder.enumeration)])
        builder.message(0, .numbers([FITBuilder.noon]), 2)
        builder.message(0, .numbers([FITBuilder.noon + 8 * 3600]), 1)
        let sink = readFIT(builder)
        #expect(
            sink.samples(of: .sleepStage).map(\.duration) == [60_000_000_000, 60_000_000_000])
        #expect(sink.issue(.invalidValue)?.samplesLost == 0)
    }

    @Test func `the first level begins where the file begins, none reaches over raw samples`() {
        var builder = FITBuilder()
        builder.define(1, 273, [FITBuilder.timestamp, .init(1, 2, FITBuilder.u16)])
        builder.define(2, 274, [.init(0, 20, FITBuilder.byte)])
        builder.define(0, 275, [FITBuilder.timestamp, .init(0, 1, FITBuilder.enumeration)])
        builder.message(1, .numbers([FITBuilder.noon]), 30)
        builder.message(0, .numbers([FITBuilder.noon + 300]), 1)
        builder.message(2, .raw([]))
        builder.message(0, .numbers([FITBuilder.noon + 600]), 2)
        let sink = readFIT(builder)
        #expect(sink.seconds(.sleepStage) == [0, 570])
        #expect(
            sink.samples(of: .sleepStage).map { $0.duration / 1_000_000_000 } == [300, 30])
        #expect(sink.issue(.unknownElement, "message 274")?.count == 1)
    }

    @Test func `naps are stretches asleep, deleted ones are left out`() {
        var builder = FITBuilder()
        builder.define(
            0, 412,
            [
                FITBuilder.timestamp, .init(0, 4, FITBuilder.u32), .init(1, 2, FITBuilder.s16),
                .init(2, 4, FITBuilder.u32), .init(5, 1, FITBuilder.enumeration),
            ])
        for (second, deleted) in [(0, 0), (7200, 1)] as [(Int64, Int64)] {
            builder.message(
                0, .numbers([FITBuilder.noon + 9000]), .numbers([FITBuilder.noon + second]), 120,
                .numbers([FITBuilder.noon + second + 1800]), .numbers([deleted]))
        }
        let sink = readFIT(builder)
        let naps = sink.samples(of: .sleepStage)
        #expect(naps.map(\.values) == [[Float(SleepStage.asleep.rawValue)]])
        #expect(naps.map(\.duration) == [1_800_000_000_000])
        #expect(sink.values(.zoneOffset) == [7200, 7200])
        #expect(sink.issue(.ignored, "deleted")?.count == 1)
    }

    @Test func `the device is named and its serial number hashed`() {
        let device = readFIT(.ride()).streams.keys.first?.device
        #expect(device?.vendor == "Garmin")
        #expect(device?.model == "fenix 5 Plus")
        // FNV-1a, 64 bits, of 2A 00 00 00.
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in [42, 0, 0, 0] as [UInt64] { hash = (hash ^ byte) &* 1_099_511_628_211 }
        #expect(device?.unit == hash)
    }

    @Test func `the product name is used where the file tells it`() {
        var builder = FITBuilder()
        builder.define(
            0, 0, [.init(1, 2, FITBuilder.u16), .init(8, 20, FITBuilder.text)])
        builder.message(0, 294, .text("COROS PACE 2\u{1}\0junk"))
        builder.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        let device = readFIT(builder).streams.keys.first?.device
        #expect(device == SourceDevice(vendor: "COROS", model: "PACE 2"))
    }

    @Test(arguments: ["Anna's Watch", "Anna\u{2019}s Watch", "Watch von Anna", "Watch de Anna"])
    func `the owner's name in a product name is dropped`(name: String) {
        var builder = FITBuilder()
        builder.define(0, 0, [.init(8, 24, FITBuilder.text)])
        builder.message(0, .text(name))
        builder.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        #expect(readFIT(builder).streams.keys.first?.device.model == "Watch")
    }

    @Test func `another file_id changes the device from there on`() {
        var builder = FITBuilder.ride()
        builder.addFileID(serial: 43)
        builder.message(1, .numbers([FITBuilder.noon + 10]), 70)
        let sink = readFIT(builder)
        #expect(Set(sink.streams.keys.map(\.device.unit)).count == 2)
        #expect(sink.values(.heartRate) == [60, 61, 62, 70])
    }

    @Test func `the creator stands in where no file_id was met`() {
        var builder = FITBuilder()
        builder.define(
            0, 23,
            [
                FITBuilder.timestamp, .init(0, 1, FITBuilder.u8), .init(2, 2, FITBuilder.u16),
                .init(4, 2, FITBuilder.u16),
            ])
        builder.message(0, .numbers([FITBuilder.noon]), 1, 32, 9)
        builder.message(0, .numbers([FITBuilder.noon]), 0, 23, 62)
        builder.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        #expect(
            readFIT(builder).streams.keys.first?.device
                == SourceDevice(vendor: "Suunto", model: "product 62"))
    }
}

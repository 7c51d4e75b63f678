// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// The time rules: full, compressed, shortened, local, and since power-up.
@Suite struct FITTimeTests {
    @Test func `compressed timestamps run on over their wrap`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.define(1, 20, [FITBuilder.heartRate])
        let base = FITBuilder.noon / 32 * 32
        builder.message(0, .numbers([base + 30]), 60)
        for offset in [31, 1, 1, 0] as [UInt8] { builder.message(1, 61, timeOffset: offset) }
        let start = Double(base - FITBuilder.noon)
        #expect(readFIT(builder).seconds(.heartRate).map { $0 - start } == [30, 31, 33, 33, 64])
        checkReader(builder.part(), samples: 5) { FITReader() }
    }

    @Test func `a compressed timestamp with nothing to run on from has no time`() {
        var builder = FITBuilder()
        builder.define(1, 20, [FITBuilder.heartRate])
        builder.message(1, 61, timeOffset: 4)
        let sink = readFIT(builder)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 1)
    }

    @Test func `timestamp_16 runs on over its wrap`() {
        var builder = FITBuilder()
        builder.define(0, 55, [FITBuilder.timestamp])
        builder.define(1, 55, [.init(26, 2, FITBuilder.u16), .init(27, 1, FITBuilder.u8)])
        let base = FITBuilder.noon / 65_536 * 65_536 + 65_000
        builder.message(0, .numbers([base]))
        for low in [65_100, 65_500, 100, 30_000, 60_000, 10] as [Int64] {
            builder.message(1, .numbers([low]), 60)
        }
        let start = Double(base - FITBuilder.noon)
        #expect(
            readFIT(builder).seconds(.heartRate).map { $0 - start }
                == [100, 500, 636, 30_536, 60_536, 66_082])
    }

    @Test func `timestamp_16 may step back behind an event written ahead`() {
        var builder = FITBuilder()
        builder.define(0, 21, [FITBuilder.timestamp])
        builder.define(1, 55, [.init(26, 2, FITBuilder.u16), .init(27, 1, FITBuilder.u8)])
        builder.message(0, .numbers([FITBuilder.noon + 60]))
        builder.message(1, .numbers([FITBuilder.noon & 0xFFFF]), 60)
        #expect(readFIT(builder).seconds(.heartRate) == [0])
    }

    @Test func `timestamp_min_8 counts minutes over its wrap`() {
        var builder = FITBuilder()
        builder.define(0, 55, [FITBuilder.timestamp])
        builder.define(1, 55, [.init(25, 1, FITBuilder.u8), .init(27, 1, FITBuilder.u8)])
        let minute = FITBuilder.noon / 60
        let base = (minute / 256 * 256 + 250) * 60
        builder.message(0, .numbers([base]))
        for low in [252, 3, 100] as [Int64] { builder.message(1, .numbers([low]), 60) }
        let start = Double(base - FITBuilder.noon)
        #expect(
            readFIT(builder).seconds(.heartRate).map { ($0 - start) / 60 } == [2, 9, 106])
    }

    @Test func `times since power-up are tied by a later correlation message`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(0, 1000, 60)
        builder.define(1, 162, [FITBuilder.timestamp, .init(1, 4, FITBuilder.u32)])
        builder.message(1, .numbers([FITBuilder.noon]), 990)
        builder.message(0, 1001, 61)
        let sink = readFIT(builder)
        #expect(sink.seconds(.heartRate) == [10, 11])
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.issues.isEmpty)
        checkReader(builder.part(), samples: 2) { FITReader() }
    }

    @Test func `times since power-up are tied by the activity's local clock, and that is said`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(0, 1000, 60)
        builder.define(1, 34, [FITBuilder.timestamp, .init(5, 4, FITBuilder.u32)])
        builder.message(1, 1005, .numbers([FITBuilder.noon]))
        let sink = readFIT(builder)
        #expect(sink.seconds(.heartRate) == [-5])
        #expect(sink.samples(of: .zoneOffset).isEmpty)
        #expect(sink.issue(.unanchoredTime, "local clock")?.samplesLost == 0)
    }

    @Test func `times since power-up without a tie are lost and counted`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        for second in 0..<3 as Range<Int64> { builder.message(0, .numbers([1000 + second]), 60) }
        let sink = readFIT(builder)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.unanchoredTime, "power-up")?.samplesLost == 3)
        checkReader(builder.part(), samples: 3) { FITReader() }
    }

    @Test func `values held back for a tie are bounded`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        for second in 0..<40 as Range<Int64> { builder.message(0, .numbers([1000 + second]), 60) }
        var limits = ReadLimits()
        limits.blockSamples = 2
        let sink = readFIT(builder.part(), limits: limits)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 32)
        #expect(sink.issue(.limitExceeded)?.samplesLost == 8)
    }

    @Test func `a clock set back starts a new block and loses nothing`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        for (second, rate) in [(0, 60), (5, 61), (2, 62), (3, 63)] as [(Int64, Int64)] {
            builder.message(0, .numbers([FITBuilder.noon + second]), .numbers([rate]))
        }
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [60, 62, 63, 61])
        #expect(sink.issue(.timeBackwards)?.count == 1)
        #expect(sink.samplesLost == 0)
    }

    @Test func `a time after 2057 is damage`() {
        var builder = FITBuilder()
        builder.define(0, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(0, 0x9000_0000, 60)
        builder.message(0, 0xFFFF_FFFF, 60)
        let sink = readFIT(builder)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.implausibleValue, "2057")?.samplesLost == 1)
        #expect(sink.issue(.unanchoredTime, "without a time")?.samplesLost == 1)
    }

    @Test func `the activity's local clock gives the zone since the part began`() {
        var builder = FITBuilder.ride()
        builder.define(1, 34, [FITBuilder.timestamp, .init(5, 4, FITBuilder.u32)])
        builder.message(
            1, .numbers([FITBuilder.noon + 3600]), .numbers([FITBuilder.noon + 3600 + 20_703]))
        let zone = readFIT(builder).samples(of: .zoneOffset)
        #expect(zone.map(\.values) == [[20_700, Float(ZoneOrigin.file.rawValue)]])
        #expect(zone.map(\.time) == [FITBuilder.noonUnix * 1_000_000_000])
    }

    @Test(arguments: [(-18_000, -18_000), (34_200, 34_200), (45_895, 45_900), (-449, 0)])
    func `zone offsets are quarters of an hour`(told: Int64, kept: Int64) {
        var builder = FITBuilder()
        builder.define(1, 103, [FITBuilder.timestamp, .init(0, 4, FITBuilder.u32)])
        builder.message(1, .numbers([FITBuilder.noon]), .numbers([FITBuilder.noon + told]))
        #expect(readFIT(builder).values(.zoneOffset) == [Float(kept)])
    }

    @Test func `an offset beyond 18 hours is not a zone`() {
        var builder = FITBuilder()
        builder.define(1, 103, [FITBuilder.timestamp, .init(0, 4, FITBuilder.u32)])
        builder.message(1, .numbers([FITBuilder.noon]), .numbers([FITBuilder.noon + 90_000]))
        #expect(readFIT(builder).issue(.implausibleValue)?.samplesLost == 1)
    }
}

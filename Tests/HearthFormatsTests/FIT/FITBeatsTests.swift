// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Beat intervals from watches, straps and research modes.
@Suite struct FITBeatsTests {
    private static func hrv() -> FITBuilder {
        var builder = FITBuilder()
        builder.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.define(2, 78, [.init(0, 10, FITBuilder.u16)])
        return builder
    }

    @Test func `intervals are laid end to end from the record ahead`() {
        var builder = Self.hrv()
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        builder.message(2, [1000, 900, 0xFFFF, 0xFFFF, 0xFFFF])
        builder.message(1, .numbers([FITBuilder.noon + 1]), 60)
        builder.message(2, [800, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF])
        let sink = readFIT(builder)
        #expect(sink.values(.rrInterval) == [1000, 900, 800])
        #expect(sink.seconds(.rrInterval) == [1, 1.9, 2.7])
        #expect(sink.samplesLost == 0)
        checkReader(builder.part(), samples: 5) { FITReader() }
    }

    @Test func `a missing stretch begins a new chain at the record ahead`() {
        var builder = Self.hrv()
        for second in [0, 60] as [Int64] {
            builder.message(1, .numbers([FITBuilder.noon + second]), 60)
            builder.message(2, [1000, 1000, 0xFFFF, 0xFFFF, 0xFFFF])
        }
        #expect(readFIT(builder).seconds(.rrInterval) == [1, 2, 61, 62])
    }

    @Test func `a long interval inside the chain keeps it unbroken`() {
        var builder = Self.hrv()
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        builder.message(2, [1000, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF])
        builder.message(1, .numbers([FITBuilder.noon + 13]), 60)
        builder.message(2, [12_800, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF])
        #expect(readFIT(builder).seconds(.rrInterval) == [1, 13.8])
    }

    @Test func `records rarer than beats keep the chain unbroken`() {
        var builder = Self.hrv()
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        for _ in 0..<12 { builder.message(2, [1000, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF]) }
        builder.message(1, .numbers([FITBuilder.noon + 10]), 60)
        builder.message(2, [1000, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF])
        #expect(readFIT(builder).seconds(.rrInterval) == (1...13).map { Double($0) })
    }

    @Test func `intervals with no time at all are lost and counted`() {
        var builder = FITBuilder()
        builder.define(2, 78, [.init(0, 10, FITBuilder.u16)])
        builder.message(2, [1000, 900, 0xFFFF, 0xFFFF, 0xFFFF])
        let sink = readFIT(builder)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 2)
    }

    /// Twelve bits each, two in three bytes.
    private static func pack(_ ticks: [Int64]) -> FITBuilder.Value {
        var bytes: [UInt8] = []
        for pair in stride(from: 0, to: ticks.count, by: 2) {
            let (a, b) = (ticks[pair] & 0xFFF, ticks[pair + 1] & 0xFFF)
            bytes += [UInt8(a & 0xFF), UInt8(a >> 8 | (b & 15) << 4), UInt8(b >> 4)]
        }
        return .raw(bytes)
    }

    private static func strap(first: Int64) -> FITBuilder {
        var builder = FITBuilder()
        builder.define(
            0, 132,
            [
                FITBuilder.timestamp, .init(0, 2, FITBuilder.u16), .init(6, 1, FITBuilder.u8),
                .init(9, 4, FITBuilder.u32),
            ])
        builder.define(1, 132, [.init(6, 4, FITBuilder.u8), .init(10, 6, FITBuilder.byte)])
        builder.message(0, .numbers([FITBuilder.noon]), 16_384, 61, .numbers([first]))
        return builder
    }

    @Test func `strap events run on in 12 bits of 1/1024 s`() {
        let first: Int64 = 0xFFFF_FE00
        var builder = Self.strap(first: first)
        builder.message(
            1, [62, 63, 64, 65],
            Self.pack([first + 1024, first + 2048, first + 3072, first + 4096]))
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [61, 62, 63, 64, 65])
        #expect(sink.seconds(.heartRate) == [0.5, 1.5, 2.5, 3.5, 4.5])
        #expect(sink.values(.rrInterval) == [1000, 1000, 1000, 1000])
        #expect(sink.seconds(.rrInterval) == [1.5, 2.5, 3.5, 4.5])
        checkReader(builder.part(), samples: 9) { FITReader() }
    }

    @Test func `a repeated strap event is padding, not a beat`() {
        var builder = Self.strap(first: 1000)
        builder.message(1, [62, 63, 63, 63], Self.pack([2024, 3048, 3048, 3048]))
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [61, 62, 63])
        #expect(sink.values(.rrInterval) == [1000, 1000])
        #expect(sink.issue(.duplicate)?.samplesLost == 2)
    }

    @Test func `no interval spans a new tie of the strap's clock`() {
        var builder = Self.strap(first: 1000)
        builder.message(0, .numbers([FITBuilder.noon + 900]), 0, 70, 900_000)
        let sink = readFIT(builder)
        #expect(sink.seconds(.heartRate) == [0.5, 900])
        #expect(sink.values(.rrInterval).isEmpty)
    }

    @Test func `strap events without a tie are lost and counted`() {
        var builder = FITBuilder()
        builder.define(1, 132, [.init(6, 2, FITBuilder.u8), .init(10, 3, FITBuilder.byte)])
        builder.message(1, [62, 63], Self.pack([1000, 2000]))
        let sink = readFIT(builder)
        #expect(sink.sampleCount == 0)
        #expect(sink.issue(.unanchoredTime)?.samplesLost == 2)
    }

    @Test func `raw beats carry quality, and a gap only moves on`() {
        var builder = FITBuilder()
        builder.define(
            0, 372,
            [FITBuilder.timestamp, .init(0, 2, FITBuilder.u16), .init(1, 8, FITBuilder.u16)])
        builder.message(
            0, .numbers([FITBuilder.noon]), 250, [0x4000 | 800, 0x8000 | 5000, 0x4000 | 750, 700])
        let sink = readFIT(builder)
        #expect(sink.values(.rrInterval) == [800, 750, 700])
        #expect(sink.seconds(.rrInterval) == [1.05, 6.8, 7.5])
        #expect(sink.samples(of: .rrInterval).map(\.quality) == [0, 0, 1])
        #expect(sink.issue(.ignored, "gap")?.count == 1)
        checkReader(builder.part(), samples: 3) { FITReader() }
    }

    @Test func `beat intervals follow their message's time`() {
        var builder = FITBuilder()
        builder.define(
            0, 290,
            [FITBuilder.timestamp, .init(0, 2, FITBuilder.u16), .init(1, 6, FITBuilder.u16)])
        builder.message(0, .numbers([FITBuilder.noon]), 500, [1000, 900, 0xFFFF])
        #expect(readFIT(builder).seconds(.rrInterval) == [1.5, 2.4])
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// All-day monitoring: counters, stress, intensity.
@Suite struct FITMonitoringTests {
    private static let cycles: [FITBuilder.Field] = [
        FITBuilder.timestamp, .init(3, 4, FITBuilder.u32), .init(5, 1, FITBuilder.enumeration),
    ]
    /// A file that begins at noon of a wall clock two hours ahead of UTC, unless said otherwise.
    private static func builder(offset: Int64? = 7200) -> FITBuilder {
        var builder = FITBuilder()
        if let offset {
            builder.define(0, 103, [FITBuilder.timestamp, .init(0, 4, FITBuilder.u32)])
            builder.message(0, .numbers([FITBuilder.noon]), .numbers([FITBuilder.noon + offset]))
        }
        builder.define(1, 55, cycles)
        return builder
    }

    private func intervals(_ samples: [FlatSample]) -> [[Double]] {
        samples.map {
            [
                Double($0.time) / 1e9 - Double(FITBuilder.noonUnix), Double($0.duration) / 1e9,
                Double($0.values[0]),
            ]
        }
    }

    @Test func `cycles become the steps of each stretch`() {
        var builder = Self.builder()
        for (second, total) in [(0, 100), (60, 150), (120, 150), (180, 180)] as [(Int64, Int64)] {
            builder.message(1, .numbers([FITBuilder.noon + second]), .numbers([total]), 6)
        }
        let sink = readFIT(builder)
        #expect(
            intervals(sink.stream(.steps, .measured)) == [[0, 60, 50], [120, 60, 30]])
        #expect(intervals(sink.stream(.steps, .derived)) == [[-43_200, 43_200, 100]])
        checkReader(builder.part(), samples: 4) { FITReader() }
    }

    @Test func `a first total later than the file's start counts from local midnight`() {
        var builder = Self.builder()
        builder.message(1, .numbers([FITBuilder.noon + 600]), 70, 1)
        let sink = readFIT(builder)
        #expect(intervals(sink.stream(.steps, .measured)) == [[-43_200, 43_800, 70]])
        #expect(sink.stream(.steps, .derived).isEmpty)
    }

    @Test func `without a zone only differences count`() {
        var builder = Self.builder(offset: nil)
        builder.message(1, .numbers([FITBuilder.noon]), 5000, 6)
        builder.message(1, .numbers([FITBuilder.noon + 60]), 5040, 6)
        #expect(intervals(readFIT(builder).samples(of: .steps)) == [[0, 60, 40]])
    }

    @Test func `walking and running are counted apart`() {
        var builder = Self.builder()
        for (second, total, type) in [(0, 100, 6), (0, 10, 1), (60, 120, 6), (60, 40, 1)]
            as [(Int64, Int64, Int64)]
        {
            builder.message(
                1, .numbers([FITBuilder.noon + second]), .numbers([total]), .numbers([type]))
        }
        #expect(
            intervals(readFIT(builder).stream(.steps, .measured)) == [[0, 60, 20], [0, 60, 30]])
    }

    @Test func `a counter that fell began again at local midnight`() {
        var builder = Self.builder()
        let midnight: Int64 = 12 * 3600
        builder.message(1, .numbers([FITBuilder.noon + midnight - 600]), 9000, 6)
        builder.message(1, .numbers([FITBuilder.noon + midnight]), 9030, 6)
        builder.message(1, .numbers([FITBuilder.noon + midnight + 300]), 25, 6)
        let found = intervals(readFIT(builder).stream(.steps, .measured))
        #expect(found.dropFirst().map { $0[2] } == [30, 25])
        #expect(found.last == [Double(midnight), 300, 25])
    }

    @Test func `a counter that outgrew yesterday's on a new day counts from midnight`() {
        var builder = Self.builder()
        let midnight: Int64 = 12 * 3600
        builder.message(1, .numbers([FITBuilder.noon + midnight - 60]), 10, 6)
        builder.message(1, .numbers([FITBuilder.noon + midnight + 600]), 50, 6)
        let found = intervals(readFIT(builder).stream(.steps, .measured))
        #expect(found.last == [Double(midnight), 600, 50])
    }

    @Test func `cycles of a ride are not steps`() {
        var builder = Self.builder()
        builder.message(1, .numbers([FITBuilder.noon + 60]), 500, 2)
        let sink = readFIT(builder)
        #expect(sink.samples(of: .steps).isEmpty)
        #expect(sink.issue(.ignored, "without steps")?.count == 1)
    }

    @Test func `short counters and the packed activity type are read`() {
        var builder = Self.builder(offset: nil)
        builder.define(
            2, 55,
            [
                FITBuilder.timestamp, .init(9, 2, FITBuilder.u16), .init(24, 1, FITBuilder.byte),
                .init(19, 2, FITBuilder.u16),
            ])
        builder.message(2, .numbers([FITBuilder.noon]), 100, .raw([3 << 5 | 6]), 10)
        builder.message(2, .numbers([FITBuilder.noon + 60]), 130, .raw([7 << 5 | 6]), 12)
        let sink = readFIT(builder)
        #expect(sink.values(.steps) == [30])
        #expect(sink.values(.intensity) == [3, 7])
        #expect(sink.values(.activeEnergy) == [2])
    }

    @Test func `heart rates 0 and 255 are marks for none`() {
        var builder = Self.builder()
        builder.define(2, 55, [FITBuilder.timestamp, .init(27, 1, FITBuilder.u8)])
        for rate in [0, 58, 255] as [Int64] {
            builder.message(2, .numbers([FITBuilder.noon]), .numbers([rate]))
        }
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [58])
        #expect(sink.issue(.sentinelValue)?.samplesLost == 2)
    }

    @Test func `stress has its own time, and negative means none`() {
        var builder = FITBuilder()
        builder.define(
            0, 227,
            [.init(0, 2, FITBuilder.s16), .init(1, 4, FITBuilder.u32), .init(3, 1, 0x01)])
        for (second, stress, battery) in [(0, 25, 80), (60, -1, 79), (120, -2, 127)]
            as [(Int64, Int64, Int64)]
        {
            builder.message(
                0, .numbers([stress]), .numbers([FITBuilder.noon + second]), .numbers([battery]))
        }
        let sink = readFIT(builder)
        #expect(sink.values(.stress) == [25])
        #expect(sink.values(.bodyBattery) == [80, 79])
        #expect(sink.issue(.sentinelValue, "stress")?.samplesLost == 2)
        #expect(sink.issue(.sentinelValue, "body-battery")?.samplesLost == 1)
        checkReader(builder.part(), samples: 6) { FITReader() }
    }
}

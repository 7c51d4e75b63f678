// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthVault

@Suite struct SeriesCodecTests {
    /// A random series of the kinds that occur, and of kinds that hardly do.
    static func randomSeries(_ random: inout SeededRandom, count: Int) -> Series {
        var series = Series(columns: [])
        var time = Int64.random(in: -1_000_000_000_000...1_800_000_000_000_000_000, using: &random)
        let style = Int.random(in: 0..<4, using: &random)
        for _ in 0..<count {
            series.times.append(time)
            switch style {
            case 0: time &+= 1_000_000_000
            case 1: time &+= Int64.random(in: 0...600, using: &random) &* 1_000_000_000
            case 2: time &+= Int64.random(in: 0...9_999_999_999, using: &random)
            default: time = Int64.random(in: .min ... .max, using: &random)
            }
        }
        if Bool.random(using: &random) {
            series.durations = (0..<count).map { _ in
                Int64.random(in: 0...3600, using: &random) &* 1_000_000_000
            }
        }
        if Bool.random(using: &random) {
            series.quality = (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) }
        }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            series.columns.append(randomColumn(&random, count))
        }
        return series
    }

    static func randomColumn(_ random: inout SeededRandom, _ count: Int) -> SampleColumn {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .float32((0..<count).map { _ in Float(Int.random(in: 40...180, using: &random)) })
        case 1:
            .float32(
                (0..<count).map { _ in Float(Double(Int.random(in: 0...9999, using: &random)) / 100)
                })
        case 2:
            .float32(
                (0..<count).map { _ in
                    Float(bitPattern: UInt32.random(in: .min ... .max, using: &random))
                })
        case 3:
            .float32(
                (0..<count).map { _ in [0, -0.0, 1.5, .infinity].randomElement(using: &random)! })
        case 4:
            .int16(
                (0..<count).map { _ in Int16.random(in: .min ... .max, using: &random) },
                Scale(factor: 1 / 256, offset: 0.5))
        default:
            .int32(
                (0..<count).map { _ in Int32.random(in: .min ... .max, using: &random) }, Scale())
        }
    }

    static func bits(_ series: Series) -> [[UInt32]] {
        series.columns.map { $0.floats.map(\.bitPattern) }
    }

    @Test func `random series come back bit for bit`() throws {
        let codec = try SeriesCodec()
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed)
            let count = Int.random(in: 1...(seed % 10 == 0 ? 5000 : 60), using: &random)
            let series = Self.randomSeries(&random, count: count)
            let body = try codec.encode(series, 0..<count, stream: 7)
            let (stream, back) = try codec.decode(body, in: 0..<body.count)
            #expect(stream == 7, "seed \(seed)")
            #expect(back.times == series.times, "seed \(seed)")
            for index in 0..<count {
                #expect(back.duration(at: index) == series.duration(at: index), "seed \(seed)")
                #expect(back.quality(at: index) == series.quality(at: index), "seed \(seed)")
            }
            #expect(Self.bits(back) == Self.bits(series), "seed \(seed)")
            #expect(back.columns.map(\.layout) == series.columns.map(\.layout), "seed \(seed)")
        }
    }

    @Test func `a block's extent is that of its samples, and is had of whole blocks alone`() throws
    {
        let codec = try SeriesCodec()
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed)
            let count = Int.random(in: 1...(seed % 10 == 0 ? 5000 : 60), using: &random)
            let series = Self.randomSeries(&random, count: count)
            let body = try codec.encode(series, 0..<count, stream: 7)
            let extent = try codec.extent(body, in: 0..<body.count)
            let entry = MonthIndex.Entry(
                stream: 7, first: series.times[0], last: series.times[count - 1],
                count: UInt32(count))
            #expect(extent == entry, "seed \(seed)")
            for short in [1, 2, body.count / 2] where short < body.count {
                #expect(throws: VaultError.self, "seed \(seed)") {
                    try codec.extent(body, in: 0..<(body.count - short))
                }
            }
        }
    }

    @Test func `a sum of sums is that of the values added one by one`() throws {
        for (bits, count) in [0, 7, 8, 15, 16, 31, 32, 63, 64].flatMap({ bits in
            [0, 1, 255, 256, 257, 3000, 65_536].map { (bits, $0) }
        }) {
            // At random, and all as large as can be.
            var random = SeededRandom(seed: UInt64(bits * 100_000 + count))
            let largest: UInt64 = bits == 0 ? 0 : .max >> UInt64(64 - bits)
            for isLargest in [false, true] {
                let values = (0..<count).map { _ in
                    isLargest ? largest : .random(in: 0...largest, using: &random)
                }
                var (sum, sums): (Int64, Int64) = (0, 0)
                for value in values {
                    sum &+= IntegerColumn.unzigzag(value)
                    sums &+= sum
                }
                var bytes: [UInt8] = [9]
                IntegerColumn.append(values, to: &bytes)
                var reader = ByteReader(bytes, in: 1..<bytes.count)
                let found = try IntegerColumn.sumOfSums(count, from: &reader)
                #expect(found == sums, "\(count) values of \(bits) bits, largest \(isLargest)")
                try reader.finish()
            }
        }
    }

    @Test func `columns of zeros take no bytes and come back`() throws {
        let codec = try SeriesCodec()
        for count in [1, 2, 500] {
            let series = Series(
                times: (0..<Int64(count)).map { $0 * $0 }, durations: [],
                columns: [.float32(Array(repeating: 0, count: count))], quality: [])
            let body = try codec.encode(series, 0..<count, stream: 0)
            #expect(try codec.decode(body, in: 0..<body.count).series == series)
        }
    }

    @Test func `a part of a series is encoded as if it stood alone`() throws {
        let codec = try SeriesCodec()
        var random = SeededRandom(seed: 5)
        let series = Self.randomSeries(&random, count: 100)
        let part = try codec.encode(series, 20..<50, stream: 1)
        let alone = try codec.encode(series.slice(20..<50), 0..<30, stream: 1)
        #expect(part == alone)
    }

    @Test func `hostile bytes are refused or decoded, never trapped on`() throws {
        let codec = try SeriesCodec()
        for seed in UInt64(1)...2000 {
            var random = SeededRandom(seed: seed)
            let series = Self.randomSeries(&random, count: Int.random(in: 1...40, using: &random))
            var body = try codec.encode(series, 0..<series.count, stream: 0)
            switch seed % 3 {
            case 0: body = Array(body.prefix(Int.random(in: 0..<body.count, using: &random)))
            case 1:
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let at = Int.random(in: 0..<body.count, using: &random)
                    body[at] = UInt8.random(in: .min ... .max, using: &random)
                }
            default:
                // Stored without compression, so that the mutation reaches the columns.
                body[11] = 0
                for at in 12..<body.count where Bool.random(using: &random) {
                    body[at] = UInt8.random(in: .min ... .max, using: &random)
                }
                let length = UInt32(body.count - SeriesCodec.headerBytes)
                for byte in 0..<4 {
                    body[12 + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte))
                }
            }
            let isDecoded = (try? codec.decode(body, in: 0..<body.count)) != nil
            let isMeasured = (try? codec.extent(body, in: 0..<body.count)) != nil
            // Values that are too wide for their column are found by decoding alone.
            #expect(isMeasured || !isDecoded, "seed \(seed)")
        }
        #expect(throws: VaultError.self) { try codec.decode([], in: 0..<0) }
    }

    @Test func `a day of heart rate takes under three bytes a sample`() throws {
        let codec = try SeriesCodec()
        var random = SeededRandom(seed: 9)
        var series = Series(columns: [.float32([])])
        var values: [Float] = []
        var time: Int64 = 1_700_000_000_000_000_000
        for _ in 0..<2000 {
            series.times.append(time)
            time += Int64.random(in: 1...12, using: &random) * 1_000_000_000
            values.append(Float(Int.random(in: 58...75, using: &random)))
        }
        series.columns = [.float32(values)]
        let body = try codec.encode(series, 0..<2000, stream: 0)
        #expect(body.count < 6000)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Damage costs only itself, and is named with its place.
@Suite struct FITDamageTests {
    static let ride = FITBuilder.ride(heartRates: Array(60..<80))

    @Test func `a wrong checksum is reported and the samples kept`() {
        let bytes = Self.ride.part(checksum: 0x1234)
        let sink = readFIT(bytes)
        #expect(sink.values(.heartRate).count == 20)
        #expect(sink.issue(.checksumMismatch)?.position.byte == Int64(bytes.count - 2))
    }

    @Test func `a missing checksum is reported and the samples kept`() {
        let bytes = Array(Self.ride.part().dropLast(2))
        let sink = readFIT(bytes)
        #expect(sink.values(.heartRate).count == 20)
        #expect(sink.issue(.truncated, "checksum")?.position.byte == Int64(bytes.count))
    }

    @Test func `a truncated recording gives what it holds`() {
        let whole = Self.ride.part()
        let bytes = Array(whole.prefix(whole.count - 2 - 6 * 5 - 3))
        let sink = readFIT(bytes)
        #expect(sink.values(.heartRate) == (60..<74).map { Float($0) })
        #expect(sink.issue(.truncated)?.position.byte == Int64(bytes.count))
    }

    @Test func `garbage behind the last part is reported once`() {
        let bytes = Self.ride.part()
        let sink = readFIT(bytes + Array(repeating: 0xAB, count: 99))
        #expect(sink.values(.heartRate).count == 20)
        let issue = sink.issue(.damaged, "header")
        #expect(issue?.position.byte == Int64(bytes.count))
        #expect(issue?.count == 1)
    }

    @Test func `a part behind garbage is read`() {
        let bytes = Self.ride.part()
        let sink = readFIT([1, 2, 3] + bytes + [14, 0, 0] + bytes)
        #expect(sink.values(.heartRate).count == 40)
        #expect(sink.issue(.damaged)?.count == 2)
        checkReader([1, 2, 3] + bytes + [14, 0, 0] + bytes, samples: 40) { FITReader() }
    }

    @Test func `an undefined local type costs its own bytes`() {
        var builder = Self.ride
        let place = Int64(14 + builder.data.count)
        builder.data += [0x0E, 1, 2, 3, 0x00]
        for index in 20..<40 as Range<Int64> {
            builder.message(1, .numbers([FITBuilder.noon + index]), .numbers([60 + index]))
        }
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == (60..<100).map { Float($0) })
        #expect(sink.issue(.damaged)?.position.byte == place)
        #expect(sink.issue(.checksumMismatch) == nil)
        checkReader(builder.part(), samples: 40) { FITReader() }
    }

    @Test func `an undefined local type without a sound record behind it ends the part`() {
        var builder = Self.ride
        builder.data += [0x0E] + Array(repeating: 0xEE, count: 40)
        let next = FITBuilder.ride(heartRates: [90])
        let sink = readFIT(builder.part() + next.part())
        #expect(sink.values(.heartRate).count == 21)
        #expect(sink.issue(.damaged) != nil)
    }

    @Test func `missing bytes in the middle cost the records around the hole`() {
        var bytes = Self.ride.part()
        bytes.removeSubrange(bytes.count - 50..<bytes.count - 45)
        let sink = readFIT(bytes)
        #expect(sink.values(.heartRate).count >= 18)
        #expect(sink.issue(.truncated) != nil)
    }

    @Test func `a header without a data size is read to the end`() {
        let sink = readFIT(Array(Self.ride.part(dataSize: 0).dropLast(2)))
        #expect(sink.values(.heartRate).count == 20)
        #expect(sink.issue(.truncated, "data size of 0") != nil)
        checkReader(Self.ride.part(dataSize: 0), samples: 20) { FITReader() }
    }

    @Test func `an empty part is an empty part`() {
        let sink = readFIT(FITBuilder().part() + Self.ride.part())
        #expect(sink.values(.heartRate).count == 20)
        #expect(sink.issues.isEmpty)
        checkReader(FITBuilder().part() + Self.ride.part(), samples: 20) { FITReader() }
    }

    @Test func `a part that is too short for its last record is reported`() {
        let bytes = Self.ride.part(dataSize: UInt32(Self.ride.data.count - 2))
        let sink = readFIT(bytes)
        #expect(sink.values(.heartRate).count == 19)
        #expect(sink.issue(.damaged, "beyond")?.position.byte == Int64(bytes.count - 8))
    }

    @Test func `bytes without a header are refused`() {
        #expect(readFIT([]).error?.code == .truncated)
        #expect(readFIT(Array(repeating: 0, count: 1000)).error?.code == .damaged)
        #expect(readFIT([14, 16, 0, 0, 1]).error?.code == .damaged)
    }

    @Test func `passing a limit is an error that names it`() {
        var limits = ReadLimits()
        limits.recordingBytes = 50
        #expect(
            readFIT(Self.ride.part(), limits: limits).error?.expected.contains("recordingBytes")
                == true)
        limits = ReadLimits()
        limits.samples = 5
        #expect(
            readFIT(Self.ride.part(), limits: limits).error?.expected.contains("samples") == true)
    }

    @Test func `the longest record of the format fits the carry buffer`() {
        var builder = FITBuilder()
        let fields = (0..<255).map { FITBuilder.Field(UInt8($0), 255, FITBuilder.byte) }
        builder.define(
            0, 600, fields, developer: (0..<255).map { (UInt8($0), 255, 0) })
        builder.data.append(0)
        builder.data += Array(repeating: 7, count: 2 * 255 * 255)
        builder.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(1, .numbers([FITBuilder.noon]), 60)
        let bytes = builder.part()
        let cuts = Array(stride(from: 1, to: bytes.count, by: 4099))
        #expect(readFIT(bytes, cuts: cuts).values(.heartRate) == [60])
    }

    @Test func `extreme numbers in every field of every message are survived`() {
        let globals: [UInt16] = [
            0, 18, 20, 23, 34, 55, 78, 103, 132, 162, 206, 211, 227, 269, 275, 290, 297, 370, 371,
            372, 398, 412,
        ]
        let extremes: [FITBuilder.Value] = [
            .numbers([.max]), .numbers([.min]), .numbers([.max - 1]), .numbers([-1]),
            .numbers([0xFFFF_FFFE]), .numbers([Int64(bitPattern: (1e300).bitPattern)]),
            .numbers([Int64(bitPattern: Double.nan.bitPattern)]),
        ]
        let numbers: [UInt8] = [
            253, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 19, 24, 25, 26, 27, 99, 108, 139,
        ]
        for type in [0x8E, 0x8F, 0x89] as [UInt8] {
            for global in globals {
                var builder = FITBuilder.ride()
                builder.define(2, global, numbers.map { .init($0, 8, type) })
                for value in extremes + extremes.reversed() {
                    builder.data.append(2)
                    for _ in numbers {
                        builder.data += FITBuilder.encode(value, .init(0, 8, type), false)
                    }
                }
                for (second, value) in extremes.enumerated() {
                    builder.data.append(2)
                    for number in numbers {
                        let time = FITBuilder.Value.numbers([FITBuilder.noon + Int64(second)])
                        builder.data += FITBuilder.encode(
                            number == 253 ? time : value, .init(0, 8, type), false)
                    }
                }
                let sink = readFIT(builder)
                #expect(sink.values(.heartRate).count >= 3)
                #expect(sink.issue(.damaged) == nil)
            }
        }
    }

    @Test func `no issue tells a value or a name`() {
        var builder = Self.ride
        builder.define(2, 0, [.init(8, 12, FITBuilder.text)])
        builder.message(2, .text("Anna's watch"))
        builder.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(1, .numbers([FITBuilder.noon]), 251)
        for issue in readFIT(builder).issues {
            #expect(!"\(issue)".contains("Anna"))
            #expect(!"\(issue)".contains("251"))
        }
    }
}

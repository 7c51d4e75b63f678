// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// The wire protocol: headers, parts, definitions, fields.
@Suite struct FITProtocolTests {
    @Test func `a ride gives its heart rates`() {
        let sink = readFIT(.ride())
        #expect(sink.values(.heartRate) == [60, 61, 62])
        #expect(sink.seconds(.heartRate) == [0, 1, 2])
        #expect(sink.issues.isEmpty)
    }

    @Test func `a ride passes the reader contract`() {
        checkReader(FITBuilder.ride(heartRates: [60, 0, 255, 300 & 0xFF, 62]).part(), samples: 5) {
            FITReader()
        }
    }

    @Test func `big-endian definitions give the same samples`() {
        let big = readFIT(.ride(bigEndian: true))
        #expect(big.streams == readFIT(.ride()).streams)
        checkReader(FITBuilder.ride(bigEndian: true).part(), samples: 3) { FITReader() }
    }

    @Test func `only bit 0 of the architecture byte counts`() {
        var builder = FITBuilder()
        builder.define(
            0, 20, [FITBuilder.timestamp, FITBuilder.heartRate], bigEndian: false,
            architecture: 128)
        builder.message(0, .numbers([FITBuilder.noon]), 70)
        #expect(readFIT(builder).values(.heartRate) == [70])
    }

    @Test(arguments: [12, 14, 20] as [UInt8])
    func `the header has the size it says`(size: UInt8) {
        let sink = readFIT(FITBuilder.ride().part(headerSize: size))
        #expect(sink.values(.heartRate) == [60, 61, 62])
        #expect(sink.issues.isEmpty)
    }

    @Test func `a header checksum of zero means none`() {
        #expect(readFIT(FITBuilder.ride().part(headerChecksum: 0)).issues.isEmpty)
    }

    @Test func `a wrong header checksum is reported and the header used`() {
        let sink = readFIT(FITBuilder.ride().part(headerChecksum: 1))
        #expect(sink.values(.heartRate).count == 3)
        #expect(sink.issue(.checksumMismatch, "header")?.position.byte == 12)
    }

    @Test func `chained parts are all read and inherit the device`() {
        var later = FITBuilder()
        later.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        later.message(1, .numbers([FITBuilder.noon + 100]), 99)
        let sink = readFIT(FITBuilder.ride().part() + later.part())
        #expect(sink.values(.heartRate) == [60, 61, 62, 99])
        #expect(Set(sink.streams.keys.map(\.device)).count == 1)
        #expect(sink.streams.keys.first?.device.model == "fenix 5 Plus")
        checkReader(FITBuilder.ride().part() + later.part(), samples: 4) { FITReader() }
    }

    @Test func `definitions do not outlive their part`() {
        var orphan = FITBuilder()
        orphan.define(1, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        orphan.data = []
        orphan.message(1, .numbers([FITBuilder.noon]), 99)
        let sink = readFIT(FITBuilder.ride().part() + orphan.part())
        #expect(sink.values(.heartRate) == [60, 61, 62])
        #expect(sink.issue(.damaged, "no definition") != nil)
    }

    @Test func `a local type can be defined anew`() {
        var builder = FITBuilder.ride()
        builder.define(1, 20, [FITBuilder.heartRate, FITBuilder.timestamp], bigEndian: true)
        builder.message(1, 80, .numbers([FITBuilder.noon + 9]))
        #expect(readFIT(builder).values(.heartRate) == [60, 61, 62, 80])
    }

    @Test func `all sixteen local types can be in use`() {
        var builder = FITBuilder()
        for local in UInt8(0)..<16 {
            builder.define(local, 20, [FITBuilder.timestamp, FITBuilder.heartRate])
        }
        for local in UInt8(0)..<16 {
            builder.message(
                local, .numbers([FITBuilder.noon + Int64(local)]), .numbers([60 + Int64(local)]))
        }
        #expect(readFIT(builder).values(.heartRate) == (60..<76).map { Float($0) })
    }

    @Test func `developer fields are skipped, described or not`() {
        var builder = FITBuilder()
        builder.define(
            2, 206,
            [
                .init(0, 1, FITBuilder.u8), .init(1, 1, FITBuilder.u8), .init(2, 1, FITBuilder.u8),
            ])
        builder.message(2, 0, 7, 0x88)
        let fields = [FITBuilder.timestamp, FITBuilder.heartRate]
        builder.define(1, 20, fields, developer: [(7, 4, 0)])
        builder.message(1, .numbers([FITBuilder.noon]), 60, .raw([0, 0, 0x80, 0x3F]))
        #expect(readFIT(builder).issues.isEmpty)
        builder.define(1, 20, fields, developer: [(7, 4, 0), (9, 3, 5)])
        builder.message(
            1, .numbers([FITBuilder.noon + 1]), 61, .raw([0, 0, 0, 0]), .raw([1, 2, 3]))
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [60, 61])
        #expect(sink.issue(.unknownField, "developer")?.count == 1)
        let decoded = messages(of: builder.part()).messages
        #expect(
            decoded[1].fields[2]
                == FITDecodedField(
                    number: 7, developer: 0, value: .reals([Double(1).bitPattern])))
        #expect(decoded[2].fields[3].value == .bytes([1, 2, 3]))
        checkReader(builder.part(), samples: 2) { FITReader() }
    }

    @Test func `a size that does not fit its type skips that field alone`() {
        var builder = FITBuilder()
        builder.define(
            0, 20, [.init(6, 3, FITBuilder.u16), FITBuilder.timestamp, FITBuilder.heartRate])
        builder.message(0, .raw([1, 2, 3]), .numbers([FITBuilder.noon]), 64)
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [64])
        #expect(sink.issue(.invalidValue, "size")?.count == 1)
    }

    @Test func `unknown base types and fields of size 0 are skipped`() {
        var builder = FITBuilder()
        builder.define(
            0, 20,
            [
                .init(9, 5, 0x1F), .init(10, 0, FITBuilder.u16), FITBuilder.timestamp,
                FITBuilder.heartRate, .init(11, 2, 0x64),
            ])
        builder.message(
            0, .raw([1, 2, 3, 4, 5]), .raw([]), .numbers([FITBuilder.noon]), 64, .raw([1, 2]))
        let sink = readFIT(builder)
        #expect(sink.values(.heartRate) == [64])
        #expect(sink.issue(.unknownField, "base type")?.count == 2)
    }

    @Test func `unknown messages are counted by number`() {
        var builder = FITBuilder.ride()
        builder.define(3, 233, [.init(2, 4, FITBuilder.byte)])
        builder.define(4, 65_280, [.init(0, 1, FITBuilder.u8)])
        for _ in 0..<5 { builder.message(3, .raw([1, 2, 3, 4])) }
        builder.message(4, 1)
        let sink = readFIT(builder)
        #expect(sink.issue(.unknownElement, "message 233")?.count == 5)
        #expect(sink.issue(.unknownElement, "message 65280")?.count == 1)
        #expect(sink.samplesLost == 0)
    }

    @Test func `the user profile is dropped and counted`() {
        var builder = FITBuilder.ride()
        builder.define(3, 3, [.init(0, 8, FITBuilder.text), .init(4, 2, FITBuilder.u16)])
        builder.message(3, .text("Somebody"), 700)
        let sink = readFIT(builder)
        #expect(sink.issue(.ignored, "user profile")?.count == 1)
        #expect(!sink.issues.contains { "\($0)".contains("Somebody") })
        #expect(Set(sink.streams.keys.map(\.quantity)) == [.heartRate])
    }

    @Test func `every base type decodes to its number`() {
        var builder = FITBuilder()
        let types: [(UInt8, UInt8)] = [
            (0x00, 1), (0x01, 1), (0x02, 1), (0x83, 2), (0x84, 2), (0x85, 4), (0x86, 4), (0x0A, 1),
            (0x8B, 2), (0x8C, 4), (0x8E, 8), (0x8F, 8), (0x90, 8),
        ]
        for bigEndian in [false, true] {
            builder.define(
                0, 400, types.enumerated().map { .init(UInt8($0), $1.1, $1.0) },
                bigEndian: bigEndian)
            builder.message(0, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2)
        }
        let expected: [Int64] = [
            254, -2, 254, -2, 65_534, -2, 4_294_967_294, 254, 65_534, 4_294_967_294, -2, -2, -2,
        ]
        let decoded = messages(of: builder.part()).messages
        #expect(decoded.count == 2)
        for message in decoded {
            #expect(message.fields.map(\.value) == expected.map { .integers([$0]) })
        }
    }

    @Test func `arrays and text decode whole`() {
        var builder = FITBuilder()
        builder.define(
            0, 400,
            [
                .init(0, 6, FITBuilder.u16), .init(1, 5, FITBuilder.text),
                .init(2, 4, FITBuilder.f32),
            ])
        builder.message(0, [1, 2, 0xFFFF], .text("ab\0cd"), .real(1.5))
        #expect(
            messages(of: builder.part()).messages[0].fields.map(\.value) == [
                .integers([1, 2, 0xFFFF]), .text("ab"), .reals([Double(1.5).bitPattern]),
            ])
    }

    @Test func `the fast checksum equals the bit by bit one`() {
        var random = SeededRandom(seed: 3)
        for length in 0..<64 {
            var builder = FITBuilder.ride()
            builder.define(5, 500, [.init(0, 255, FITBuilder.byte)])
            for _ in 0..<length {
                let bytes = (0..<255).map { _ in UInt8.random(in: 0...255, using: &random) }
                builder.message(5, .raw(bytes))
            }
            #expect(readFIT(builder).issue(.checksumMismatch) == nil, "\(length) messages")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

@Suite struct EmbracePlusDamageTests {
    static let eda: EmbracePlusBuilder = {
        var builder = EmbracePlusBuilder()
        builder.addValues("eda", rate: 4, [1, 2, 3, 4])
        return builder
    }()

    /// The header, and blocks of the given bytes.
    private func container(_ blocks: [[UInt8]], codec: String? = nil) -> [UInt8] {
        AvroBuilder.header(schema: Self.eda.schema, codec: codec) + blocks.flatMap { $0 }
    }

    @Test func `a damaged block costs itself`() {
        let good = AvroBuilder.block(Self.eda.data)
        var bad = good
        bad[2] = 0xFF
        let sink = readEmbracePlus(container([good, bad, good]))
        #expect(sink.samples(of: .eda).count >= 8)
        var missing = good
        missing[missing.count - 1] ^= 1
        let other = readEmbracePlus(container([missing, good, good]))
        // The first block is whole; the second goes with the mark that is looked for.
        #expect(other.samples(of: .eda).count == 8)
        #expect(other.issue(.checksumMismatch) != nil)
    }

    @Test func `a size that is too large ends at the mark`() {
        let good = AvroBuilder.block(Self.eda.data)
        let long =
            AvroBuilder.number(1) + AvroBuilder.number(1 << 32) + Self.eda.data + AvroBuilder.mark
        let sink = readEmbracePlus(container([long, good]))
        #expect(sink.samples(of: .eda).count == 8)
        #expect(sink.issue(.damaged, "shorter") != nil)
    }

    @Test func `an impossible count or size is passed over`() {
        let good = AvroBuilder.block(Self.eda.data)
        for head in [
            AvroBuilder.number(-1), AvroBuilder.number(1) + AvroBuilder.number(-5),
            Array(repeating: 0xFF, count: 11),
        ] {
            let sink = readEmbracePlus(container([head + AvroBuilder.mark, good]))
            #expect(sink.samples(of: .eda).count == 4)
            #expect(sink.issue(.damaged, "impossible") != nil)
        }
    }

    @Test func `a cut session gives what came before the cut`() {
        let bytes = container([AvroBuilder.block(Self.eda.data)])
        let sink = readEmbracePlus(Array(bytes.dropLast(16 + 1 + 4)))
        #expect(sink.values(.eda) == [1, 2, 3])
        #expect(sink.issue(.truncated) != nil)
    }

    @Test func `deflated data that cannot be is reported`() {
        let bad = AvroBuilder.block([0x07, 1, 2, 3])
        let good = AvroBuilder.block(AvroBuilder.stored(Self.eda.data))
        let sink = readEmbracePlus(container([bad, good], codec: "deflate"))
        #expect(sink.samples(of: .eda).count == 4)
        #expect(sink.issue(.damaged, "deflated") != nil)
    }

    @Test func `counts beyond the bytes are refused at once`() {
        let front = AvroBuilder.number(1) + AvroBuilder.single(4)
        for items in [
            AvroBuilder.number(1 << 60), AvroBuilder.number(-(1 << 60)), AvroBuilder.number(.min),
            Array(repeating: 0x80, count: 12),
        ] {
            let sink = readEmbracePlus(container([AvroBuilder.block(front + items)]))
            #expect(sink.sampleCount == 0)
            #expect(sink.issue(.damaged) != nil)
        }
    }

    @Test func `nesting is held by the limit`() {
        let schema = AvroBuilder.record(
            "empatica.format.avro.Session", [("rawData", "\"Session\"")])
        let bytes = AvroBuilder.header(schema: schema) + AvroBuilder.block([1, 2, 3])
        let sink = readEmbracePlus(bytes)
        #expect(sink.issue(.limitExceeded, "limit depth") != nil)
    }

    @Test func `records without bytes are not counted to the end`() {
        // Twelve levels of twelve records each: 12 to the power of 12 values in no byte at all.
        var type = "\"null\""
        for level in 0..<12 {
            let inner = level == 0 ? type : "\"Level\(level - 1)\""
            let fields = (0..<12).map { ("f\($0)", $0 == 0 ? type : inner) }
            type = AvroBuilder.record("Level\(level)", fields)
        }
        let schema = AvroBuilder.record("empatica.format.avro.Session", [("rawData", type)])
        for objects in [1, 1 << 60] as [Int64] {
            let bytes =
                AvroBuilder.header(schema: schema) + AvroBuilder.block([0], objects: objects)
            let sink = readEmbracePlus(bytes)
            #expect(sink.issue(.limitExceeded, "freeSteps") != nil)
        }
    }

    @Test func `arrays beyond the limit are counted, not kept`() {
        // Zeros by the million in a few bytes: a literal, then copies of 258 at distance 1.
        var bits = DeflateBits()
        let front =
            AvroBuilder.number(EmbracePlusBuilder.start) + AvroBuilder.single(64)
            + EmbracePlusBuilder.parameters.flatMap { AvroBuilder.number($0.1) }
            + AvroBuilder.number(5_000_000)
        bits.begin()
        for byte in front { bits.literal(byte) }
        bits.literal(0)
        for _ in 0..<19_400 { bits.copy258() }
        var builder = EmbracePlusBuilder()
        builder.addInertial("accelerometer", x: [], y: [], z: [])
        let bytes =
            AvroBuilder.header(schema: builder.schema, codec: "deflate")
            + AvroBuilder.block(bits.finished())
        let sink = readEmbracePlus(bytes)
        #expect(
            sink.issue(.limitExceeded, "longer array")?.expected.contains("arraySamples") == true)
        #expect(sink.sampleCount + sink.samplesLost >= 5_000_000)
    }

    @Test func `millions of beats without time are told of at once`() {
        var bits = DeflateBits()
        bits.begin()
        for byte in AvroBuilder.number(2_000_000) { bits.literal(byte) }
        bits.literal(0)
        for _ in 0..<7750 { bits.copy258() }
        var builder = EmbracePlusBuilder()
        builder.addTimes("systolicPeaks", "peaksTimeNanos", [])
        let bytes =
            AvroBuilder.header(schema: builder.schema, codec: "deflate")
            + AvroBuilder.block(bits.finished())
        let sink = readEmbracePlus(bytes)
        #expect(sink.issue(.timeBackwards)?.samplesLost ?? 0 > 1_990_000)
    }

    @Test func `values outside arrays of numbers must be paid for by bytes of the file`() {
        var bits = DeflateBits()
        bits.begin()
        for byte in AvroBuilder.number(1_000_000) { bits.literal(byte) }
        bits.literal(0)
        for _ in 0..<4000 { bits.copy258() }
        let flags = AvroBuilder.record("Flags", [("flags", AvroBuilder.arrayType("\"boolean\""))])
        let schema = AvroBuilder.record("empatica.format.avro.Session", [("rawData", flags)])
        let bytes =
            AvroBuilder.header(schema: schema, codec: "deflate")
            + AvroBuilder.block(bits.finished())
        #expect(readEmbracePlus(bytes).issue(.limitExceeded, "freeSteps") != nil)
    }

    @Test(arguments: [
        (
            "{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"a\",\"type\":\"Missing\"}]}",
            "damaged"
        ),
        ("{\"type\":\"array\"}", "damaged"), ("{\"name\":1}", "damaged"),
        ("\"int\"", "unsupported"),
        ("{", "truncated"), ("[1]", "damaged"),
        (String(repeating: "[", count: 200), "limit-exceeded"),
        ("{\"type\":\"fixed\",\"name\":\"a\"}", "damaged"),
    ])
    func `a schema that cannot be is refused`(schema: String, code: String) {
        let sink = readEmbracePlus(AvroBuilder.header(schema: schema))
        #expect(sink.error?.code.name == code)
    }

    @Test func `headers that cannot be are refused`() {
        #expect(readEmbracePlus([]).error?.code == .truncated)
        #expect(readEmbracePlus(Array("Obj2".utf8)).error?.code == .misplaced)
        let huge =
            [0x4F, 0x62, 0x6A, 1] + AvroBuilder.number(1) + AvroBuilder.text("avro.schema")
            + AvroBuilder.number(1 << 33)
        #expect(readEmbracePlus(huge).error?.code == .limitExceeded)
        let snappy = AvroBuilder.header(schema: Self.eda.schema, codec: "snappy")
        #expect(readEmbracePlus(snappy).error?.code == .unsupported)
        let long = AvroBuilder.record(String(repeating: "n", count: 2000), [])
        #expect(readEmbracePlus(AvroBuilder.header(schema: long)).error?.code == .limitExceeded)
    }

    @Test func `only Empatica's containers are taken`() {
        let own = EmbracePlusBuilder.all().container()
        #expect(FormatDetector.detect(Array(own.prefix(4096)).span) == .recording(.embracePlus))
        let other = AvroBuilder.header(schema: AvroBuilder.record("User", [("name", "\"string\"")]))
        #expect(FormatDetector.detect(other.span) == nil)
    }

    @Test func `the samples of a recording are limited`() {
        var limits = ReadLimits.standard
        limits.samples = 3
        let sink = readEmbracePlus(Self.eda.container(), limits: limits)
        #expect(sink.error?.code == .limitExceeded)
    }
}

/// Writes one block of deflate with fixed codes.
private struct DeflateBits {
    private var bytes: [UInt8] = []
    private var filled = 8

    mutating func begin() {
        low(1, 1)
        low(1, 2)
    }

    mutating func literal(_ byte: UInt8) {
        if byte < 144 { high(0x30 + Int(byte), 8) } else { high(0x190 + Int(byte) - 144, 9) }
    }

    mutating func copy258() {
        high(0xC5, 8)
        high(0, 5)
    }

    mutating func finished() -> [UInt8] {
        high(0, 7)
        return bytes
    }

    /// Numbers go low bit first, codes high bit first.
    private mutating func low(_ value: Int, _ count: Int) {
        for bit in 0..<count { put(value >> bit & 1) }
    }

    private mutating func high(_ value: Int, _ count: Int) {
        for bit in (0..<count).reversed() { put(value >> bit & 1) }
    }

    private mutating func put(_ bit: Int) {
        if filled == 8 {
            bytes.append(0)
            filled = 0
        }
        bytes[bytes.count - 1] |= UInt8(bit) << UInt8(filled)
        filled += 1
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The first 1,024 bytes of a recording. The annotation in it may name a person and is not read.
struct AxivityHeader {
    static let bytes = 1024

    let isAX6: Bool
    let unit: UInt64

    /// `nil` if the bytes are not that header.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= Self.bytes, bytes[0] == UInt8(ascii: "M"),
            bytes[1] == UInt8(ascii: "D")
        else { return nil }
        isAX6 = bytes[4] == 0x64
        // The upper half was not written by early firmware.
        let upper = bytes[11] == 0xFF && bytes[12] == 0xFF ? [0, 0] : [bytes[11], bytes[12]]
        unit = NameHash.of([bytes[5], bytes[6]] + upper)
    }
}

/// What the head of a block of 512 bytes says.
struct AxivityBlock {
    static let bytes = 512
    static let dataStart = 30
    static let dataBytes = 480

    let session: UInt32
    let sequence: UInt32
    let light: Int
    let temperature: Int
    let isResumed: Bool
    let count: Int
    private let fraction: UInt16
    private let time: UInt32
    private let lightScale: UInt16
    private let rateCode: UInt8
    private let format: UInt8
    private let timestampOffset: Int16

    init(_ bytes: Span<UInt8>) {
        func word(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }
        func double(_ at: Int) -> UInt32 { UInt32(word(at)) | UInt32(word(at + 2)) << 16 }
        fraction = word(4)
        session = double(6)
        sequence = double(10)
        time = double(14)
        lightScale = word(18)
        light = Int(lightScale & 0x3FF)
        temperature = Int(word(20) & 0x3FF)
        isResumed = bytes[22] & 1 != 0
        rateCode = bytes[24]
        format = bytes[25]
        timestampOffset = Int16(bitPattern: word(26))
        count = Int(word(28))
    }

    static func isBlock(_ bytes: Span<UInt8>) -> Bool {
        bytes[0] == UInt8(ascii: "A") && bytes[1] == UInt8(ascii: "X")
    }

    static func isLengthKnown(_ bytes: Span<UInt8>) -> Bool { bytes[2] == 0xFC && bytes[3] == 1 }

    static func isSound(_ bytes: Span<UInt8>) -> Bool {
        MotionUnpack.sum16(bytes, words: Self.bytes / 2) == 0
    }

    /// The sampling period; `nil` for codes that no recorder writes.
    var period: Period? {
        let code = Int64(rateCode & 0xF)
        return code < 6 ? nil : Period(hertz: 3200, per: 1 << (15 - code))
    }

    /// How the samples lie in the data; `nil` if that is not known.
    var layout: AxivityLayout? {
        switch format {
        case 0x30: AxivityLayout(words: nil, scale: 1 / 256, gyroScale: 0)
        case 0x32: AxivityLayout(words: 3, scale: accelerationScale, gyroScale: 0)
        case 0x62: AxivityLayout(words: 6, scale: accelerationScale, gyroScale: gyroScale)
        case 0x92: AxivityLayout(words: 9, scale: accelerationScale, gyroScale: gyroScale)
        default: nil
        }
    }

    private var accelerationScale: Float { 1 / Float(256 << Int(lightScale >> 13)) }

    private var gyroScale: Float { 8000 / Float(1 << Int(lightScale >> 10 & 7)) / 32_768 }

    /// Samples in the first `bytes` of the data, as far as the head can be believed.
    func samples(in bytes: Int) -> Int {
        guard let layout, count <= layout.capacity else { return 0 }
        return min(count, max(0, bytes) / layout.sampleBytes)
    }

    /// What the recorder's clock showed, in nanoseconds since 1970 on it, and at which sample.
    ///
    /// The time in the head belongs to the sample `timestampOffset`. Where the head has a fraction of
    /// a second, that offset was moved for readers that do not know it, and is moved back here.
    func anchor(_ period: Period) -> MotionTimeline.Anchor? {
        let year = Int(time >> 26) + 2000
        guard time != 0,
            let date = LocalDate(
                year: year, month: Int(time >> 22 & 15), day: Int(time >> 17 & 31))
        else { return nil }
        let (hour, minute, second) = (time >> 12 & 31, time >> 6 & 63, time & 63)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        var wall = date.dayNumber * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        wall *= 1_000_000_000
        var index = Int64(timestampOffset)
        if fraction & 0x8000 != 0 {
            let part = Int64(fraction & 0x7FFF) * 1_000_000_000 / 32_768
            wall += part
            index += part * period.denominator / period.numerator
        }
        return MotionTimeline.Anchor(index: index, time: wall)
    }
}

/// How samples lie in a block.
struct AxivityLayout: Equatable {
    /// Words of 16 bits a sample: 3 is acceleration, 6 has the gyroscope before it, 9 a
    /// magnetometer behind; `nil` for three axes packed in 32 bits.
    let words: Int?
    /// g a unit.
    let scale: Float
    /// Degrees a second a unit.
    let gyroScale: Float

    var sampleBytes: Int { words.map { $0 * 2 } ?? 4 }
    var capacity: Int { AxivityBlock.dataBytes / sampleBytes }
    var hasGyroscope: Bool { (words ?? 3) >= 6 }
    /// Only here can an integer be more than the recorder measures.
    var mayOverflow: Bool { words != nil && scale * 32_768 > 64 }
}

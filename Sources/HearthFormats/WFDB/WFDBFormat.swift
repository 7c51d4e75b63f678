// SPDX-License-Identifier: Apache-2.0

/// How a signal file stores its samples, by the number the header gives it.
enum WFDBFormat: Int, Sendable {
    case differences8 = 8
    case int16 = 16
    case int24 = 24
    case int32 = 32
    case bigEndian16 = 61
    case offset8 = 80
    case offset16 = 160
    /// Two samples of 12 bits in three bytes.
    case packed12 = 212
    /// Three samples of 10 bits in two words of 16 bits.
    case packed10 = 310
    /// Three samples of 10 bits in the low bits of one word of 32 bits.
    case packed10Low = 311

    /// Formats that are FLAC streams.
    static let compressed: Set<Int> = [508, 516, 524]

    /// Bytes that belong together.
    var unitBytes: Int {
        switch self {
        case .differences8, .offset8: 1
        case .int16, .bigEndian16, .offset16: 2
        case .int24, .packed12: 3
        case .int32, .packed10, .packed10Low: 4
        }
    }

    /// Samples of a unit.
    var unitSamples: Int {
        switch self {
        case .packed12: 2
        case .packed10, .packed10Low: 3
        default: 1
        }
    }

    /// The least value of the format, which stands for "no value"; differences have none.
    var sentinel: Int32? {
        switch self {
        case .differences8: nil
        case .int16, .bigEndian16, .offset16: -32_768
        case .int24: -8_388_608
        case .int32: Int32.min
        case .offset8: -128
        case .packed12: -2048
        case .packed10, .packed10Low: -512
        }
    }

    /// The greatest value a sample can have.
    var maximum: Int32 {
        sentinel.map { $0 == Int32.min ? Int32.max : -$0 - 1 } ?? Int32.max
    }

    /// True if 16 bits do not hold every value.
    var isWide: Bool {
        switch self {
        case .differences8, .int24, .int32: true
        default: false
        }
    }

    /// Whole samples in the first `count` bytes of a unit that was cut off.
    func samples(inCutUnit count: Int) -> Int {
        switch self {
        case .packed12: count == 2 ? 1 : 0
        case .packed10: count >= 2 ? 1 : 0
        case .packed10Low: max(0, count - 1)
        default: 0
        }
    }

    /// Decodes `units` units of `bytes` from `start` on to `output` from `place` on.
    func decode(
        _ bytes: Span<UInt8>, from start: Int, units: Int, into output: inout [Int32],
        at place: Int
    ) {
        let piece = bytes.extracting(start..<start + units * unitBytes)
        var target = output.mutableSpan
        switch self {
        case .differences8: Self.bytes(piece, units, &target, place) { Int32(Int8(bitPattern: $0)) }
        case .offset8: Self.bytes(piece, units, &target, place) { Int32($0) &- 128 }
        case .int16:
            Self.words(piece, units, &target, place) { Int32(Int16(bitPattern: $0)) }
        case .bigEndian16:
            Self.words(piece, units, &target, place) { Int32(Int16(bitPattern: $0.byteSwapped)) }
        case .offset16: Self.words(piece, units, &target, place) { Int32($0) &- 32_768 }
        case .int24: Self.int24(piece, units, &target, place)
        case .int32:
            Self.longs(piece, units) { unit, long in
                target[place &+ unit] = Int32(bitPattern: long)
            }
        case .packed12: Self.packed12(piece, units, &target, place)
        case .packed10: Self.packed10(piece, units, &target, place)
        case .packed10Low: Self.packed10Low(piece, units, &target, place)
        }
    }

    @inline(__always)
    private static func bytes(
        _ bytes: Span<UInt8>, _ units: Int, _ target: inout MutableSpan<Int32>, _ place: Int,
        _ value: (UInt8) -> Int32
    ) {
        for unit in 0..<units { target[place &+ unit] = value(bytes[unit]) }
    }

    @inline(__always)
    private static func words(
        _ bytes: Span<UInt8>, _ units: Int, _ target: inout MutableSpan<Int32>, _ place: Int,
        _ value: (UInt16) -> Int32
    ) {
        let raw = unsafe bytes.bytes
        precondition(raw.byteCount >= 2 * units)
        for unit in 0..<units {
            // Inside: the bytes were counted above. Any bits are a number.
            let word = unsafe raw.unsafeLoadUnaligned(
                fromUncheckedByteOffset: unit &* 2, as: UInt16.self)
            target[place &+ unit] = value(UInt16(littleEndian: word))
        }
    }

    private static func int24(
        _ bytes: Span<UInt8>, _ units: Int, _ target: inout MutableSpan<Int32>, _ place: Int
    ) {
        for unit in 0..<units {
            let from = unit &* 3
            let value =
                UInt32(bytes[from]) << 8 | UInt32(bytes[from &+ 1]) << 16
                | UInt32(bytes[from &+ 2]) << 24
            target[place &+ unit] = Int32(bitPattern: value) >> 8
        }
    }

    @inline(__always)
    private static func longs(
        _ bytes: Span<UInt8>, _ units: Int, _ take: (_ unit: Int, _ long: UInt32) -> Void
    ) {
        for unit in 0..<units {
            let from = unit &* 4
            take(
                unit,
                UInt32(bytes[from]) | UInt32(bytes[from &+ 1]) << 8
                    | UInt32(bytes[from &+ 2]) << 16 | UInt32(bytes[from &+ 3]) << 24)
        }
    }

    private static func packed12(
        _ bytes: Span<UInt8>, _ units: Int, _ target: inout MutableSpan<Int32>, _ place: Int
    ) {
        for unit in 0..<units {
            let from = unit &* 3
            let to = place &+ unit &* 2
            let middle = UInt32(bytes[from &+ 1])
            let first = UInt32(bytes[from]) | (middle & 0x0F) << 8
            let second = UInt32(bytes[from &+ 2]) | (middle >> 4) << 8
            target[to] = Int32(bitPattern: first << 20) >> 20
            target[to &+ 1] = Int32(bitPattern: second << 20) >> 20
        }
    }

    private static func packed10(
        _ bytes: Span<UInt8>, _ units: Int, _ target: inout MutableSpan<Int32>, _ place: Int
    ) {
        longs(bytes, units) { unit, long in
            let to = place &+ unit &* 3
            target[to] = signed10(long >> 1)
            target[to &+ 1] = signed10(long >> 17)
            target[to &+ 2] = signed10((long >> 11) & 0x1F | (long >> 27) << 5)
        }
    }

    private static func packed10Low(
        _ bytes: Span<UInt8>, _ units: Int, _ target: inout MutableSpan<Int32>, _ place: Int
    ) {
        longs(bytes, units) { unit, long in
            let to = place &+ unit &* 3
            target[to] = signed10(long)
            target[to &+ 1] = signed10(long >> 10)
            target[to &+ 2] = signed10(long >> 20)
        }
    }

    @inline(__always)
    private static func signed10(_ bits: UInt32) -> Int32 { Int32(bitPattern: bits << 22) >> 22 }
}

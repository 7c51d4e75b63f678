// SPDX-License-Identifier: Apache-2.0

/// What a page of hexadecimal digits holds besides acceleration.
struct MotionHexPage {
    /// The readings of light, each through the table, added up.
    var light: UInt64 = 0
    var isButtonPressed = false
}

extension MotionUnpack {
    /// Whether every byte of the range is a hexadecimal digit.
    static func isHex(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard fits(bytes, range.lowerBound, range.count) else { return false }
        let count = range.count
        guard count >= 8 else {
            return range.allSatisfy { hexMarks(UInt64(bytes[$0])) & 0x80 != 0 }
        }
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            let first = unsafe base + range.lowerBound
            // The last eight bytes may overlap those before.
            var marks = unsafe hexMarks(
                first.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
            for index in 0..<count / 8 {
                unsafe marks &= hexMarks(
                    first.loadUnaligned(fromByteOffset: 8 &* index, as: UInt64.self))
            }
            let every = eachByte &* 0x80
            return marks & every == every
        }
    }

    private static var eachByte: UInt64 { 0x0101_0101_0101_0101 }

    /// The highest bit of each of eight bytes says whether the byte is a hexadecimal digit.
    ///
    /// Sums of bytes under 128 do not carry over: the highest bit tells whether a byte reached a bound.
    @inline(__always)
    private static func hexMarks(_ word: UInt64) -> UInt64 {
        let plain = word & (eachByte &* 0x7F)
        let lower = plain | eachByte &* 0x20
        let decimal = (plain &+ eachByte &* 0x50) & ~(plain &+ eachByte &* 0x46)
        let letter = (lower &+ eachByte &* 0x1F) & ~(lower &+ eachByte &* 0x19)
        return (decimal | letter) & ~word
    }

    /// Samples of 12 hexadecimal digits: x, y, z of 12 bits, light of 10 bits, button, unused.
    ///
    /// - Parameters:
    ///   - packed: room for 6 bytes a sample and 8 more; afterwards it holds the samples' bytes.
    ///   - table: what each of the 1,024 readings of light stands for.
    static func hex48(
        _ bytes: Span<UInt8>, from start: Int, count: Int, packed: inout [UInt8],
        table: [UInt32], to columns: inout MotionColumns, at place: Int
    ) -> MotionHexPage {
        guard fits(bytes, start, count * 12), fits(columns, place, count),
            packed.count >= count * 6 + 8, table.count == 1024
        else { return MotionHexPage() }
        pack(bytes, from: start, count: count * 6, to: &packed)
        return unpack48(packed, count: count, table: table, to: &columns, at: place)
    }

    /// Two digits to a byte; the caller has checked the lengths.
    private static func pack(
        _ bytes: Span<UInt8>, from start: Int, count: Int, to packed: inout [UInt8]
    ) {
        unsafe packed.withUnsafeMutableBufferPointer { packed in
            unsafe bytes.withUnsafeBytes { buffer in
                guard let base = buffer.baseAddress, let target = packed.baseAddress else { return }
                let first = unsafe base + start
                for index in 0..<count {
                    let pair = UInt16(
                        littleEndian: unsafe first.loadUnaligned(
                            fromByteOffset: 2 &* index, as: UInt16.self))
                    // Letters have bit 6 set, and their low bits count from 1.
                    let letter = pair >> 6 & 0x0101
                    let digits = (pair & 0x0F0F) &+ letter &+ letter << 3
                    unsafe target[index] = UInt8(truncatingIfNeeded: digits << 4 | digits >> 8)
                }
            }
        }
    }

    /// Samples of 6 bytes; the caller has checked the lengths.
    private static func unpack48(
        _ packed: [UInt8], count: Int, table: [UInt32], to columns: inout MotionColumns,
        at place: Int
    ) -> MotionHexPage {
        var light: UInt64 = 0
        var button: UInt64 = 0
        unsafe packed.withUnsafeBytes { packed in
            unsafe table.withUnsafeBufferPointer { table in
                unsafe columns.withPointers { x, y, z in
                    guard let words = packed.baseAddress, let table = table.baseAddress else {
                        return
                    }
                    var sum: UInt64 = 0
                    var any: UInt64 = 0
                    for index in 0..<count {
                        let word = UInt64(
                            bigEndian: unsafe words.loadUnaligned(
                                fromByteOffset: 6 &* index, as: UInt64.self))
                        unsafe x[place &+ index] = top12(word >> 48)
                        unsafe y[place &+ index] = top12(word >> 36)
                        unsafe z[place &+ index] = top12(word >> 24)
                        let reading = Int(truncatingIfNeeded: word >> 18 & 0x3FF)
                        unsafe sum &+= UInt64(table[reading])
                        any |= word
                    }
                    light = sum
                    button = any
                }
            }
        }
        return MotionHexPage(light: light, isButtonPressed: button >> 17 & 1 == 1)
    }

    /// Bits 4 to 15, with their sign.
    @inline(__always)
    private static func top12(_ word: UInt64) -> Int16 { Int16(truncatingIfNeeded: word) >> 4 }

    /// Values of 12 bits, y before x before z, the highest bits first; two samples in 9 bytes.
    static func packed12(
        _ bytes: Span<UInt8>, from start: Int, count: Int, to columns: inout MotionColumns,
        at place: Int
    ) {
        guard count > 0, fits(bytes, start, (count * 9 + 1) / 2), fits(columns, place, count)
        else { return }
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe columns.withPointers { x, y, z in
                for pair in 0..<count / 2 {
                    let offset = start &+ 9 &* pair
                    let word = UInt64(
                        bigEndian: unsafe buffer.loadUnaligned(
                            fromByteOffset: offset, as: UInt64.self))
                    let last = unsafe UInt64(buffer[offset &+ 8])
                    let index = place &+ 2 &* pair
                    unsafe y[index] = top12(word >> 48)
                    unsafe x[index] = top12(word >> 36)
                    unsafe z[index] = top12(word >> 24)
                    unsafe y[index &+ 1] = top12(word >> 12)
                    unsafe x[index &+ 1] = top12(word)
                    unsafe z[index &+ 1] = top12(word << 12 | last << 4)
                }
                guard count % 2 == 1 else { return }
                let offset = start &+ 9 &* (count / 2)
                let word = (0..<5).reduce(0 as UInt64) { word, index in
                    unsafe word << 8 | UInt64(buffer[offset &+ index])
                }
                unsafe y[place &+ count &- 1] = top12(word >> 24)
                unsafe x[place &+ count &- 1] = top12(word >> 12)
                unsafe z[place &+ count &- 1] = top12(word)
            }
        }
    }

    /// The least and the greatest of little-endian words of 16 bits.
    static func range16(_ bytes: Span<UInt8>, from start: Int, words: Int) -> ClosedRange<Int16> {
        guard words > 0, fits(bytes, start, words * 2) else { return 0...0 }
        return unsafe bytes.withUnsafeBytes { buffer in
            var least = Int16.max
            var most = Int16.min
            for index in 0..<words {
                let value = unsafe Int16(
                    littleEndian: buffer.loadUnaligned(
                        fromByteOffset: start &+ 2 &* index, as: Int16.self))
                least = min(least, value)
                most = max(most, value)
            }
            return least...most
        }
    }
}

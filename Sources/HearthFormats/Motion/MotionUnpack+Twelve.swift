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
        return unsafe bytes.withUnsafeBytes { buffer in
            var sound: UInt8 = 1
            for index in range {
                let byte = unsafe buffer[index]
                let isDecimal: UInt8 = byte &- 0x30 < 10 ? 1 : 0
                let isLetter: UInt8 = (byte | 0x20) &- 0x61 < 6 ? 1 : 0
                sound &= isDecimal | isLetter
            }
            return sound == 1
        }
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
        var page = MotionHexPage()
        guard fits(bytes, start, count * 12), fits(columns, place, count),
            packed.count >= count * 6 + 8, table.count == 1024
        else { return page }
        unsafe packed.withUnsafeMutableBytes { packed in
            unsafe bytes.withUnsafeBytes { buffer in
                for index in 0..<count &* 6 {
                    let pair = UInt16(
                        littleEndian: unsafe buffer.loadUnaligned(
                            fromByteOffset: start &+ 2 &* index, as: UInt16.self))
                    // Letters have bit 6 set, and their low bits count from 1.
                    let letter = pair >> 6 & 0x0101
                    let digits = (pair & 0x0F0F) &+ letter &+ letter << 3
                    unsafe packed[index] = UInt8(truncatingIfNeeded: digits << 4 | digits >> 8)
                }
            }
            unsafe table.withUnsafeBufferPointer { table in
                unsafe columns.withPointers { x, y, z in
                    var button: UInt64 = 0
                    for index in 0..<count {
                        let word = UInt64(
                            bigEndian: unsafe packed.loadUnaligned(
                                fromByteOffset: 6 &* index, as: UInt64.self))
                        unsafe x[place &+ index] = top12(word >> 48)
                        unsafe y[place &+ index] = top12(word >> 36)
                        unsafe z[place &+ index] = top12(word >> 24)
                        unsafe page.light &+= UInt64(table[Int(word >> 18 & 0x3FF)])
                        button |= word
                    }
                    page.isButtonPressed = button >> 17 & 1 == 1
                }
            }
        }
        return page
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

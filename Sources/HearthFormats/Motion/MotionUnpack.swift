// SPDX-License-Identifier: Apache-2.0

/// Takes the packed values of recorders apart.
///
/// The one place of the readers of recorders that uses pointers: a week at 100 Hz has 181 million values, and
/// checked access to each costs as much as the work. Every function first checks the whole stretch
/// against the span and the columns; it does nothing if they are too short.
enum MotionUnpack {
    /// The sum of the first `count` little-endian words of 16 bits, modulo 65,536.
    static func sum16(_ bytes: Span<UInt8>, words count: Int) -> UInt16 {
        guard count >= 0, count <= bytes.count / 2 else { return 1 }
        return unsafe bytes.withUnsafeBytes { buffer in
            var sum: UInt16 = 0
            for index in 0..<count {
                unsafe sum &+= UInt16(
                    littleEndian: buffer.loadUnaligned(fromByteOffset: 2 &* index, as: UInt16.self))
            }
            return sum
        }
    }

    /// The exclusive or of bytes.
    static func xor8(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt8 {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return 0 }
        return unsafe bytes.withUnsafeBytes { buffer in
            var wide: UInt64 = 0
            var index = range.lowerBound
            while index &+ 8 <= range.upperBound {
                unsafe wide ^= buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                index &+= 8
            }
            wide ^= wide >> 32
            wide ^= wide >> 16
            var sum = UInt8(truncatingIfNeeded: wide ^ wide >> 8)
            while index < range.upperBound {
                unsafe sum ^= buffer[index]
                index &+= 1
            }
            return sum
        }
    }

    /// Words of 32 bits that hold three values of 10 bits, x lowest, and how far to shift them left.
    static func packed10(
        _ bytes: Span<UInt8>, from start: Int, count: Int, to columns: inout MotionColumns,
        at place: Int
    ) {
        guard fits(bytes, start, count * 4), fits(columns, place, count) else { return }
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe columns.withPointers { x, y, z in
                for index in 0..<count {
                    let word = UInt32(
                        littleEndian: unsafe buffer.loadUnaligned(
                            fromByteOffset: start &+ 4 &* index, as: UInt32.self))
                    // 1, 2, 4 or 8: a product is quicker for several values at once than a shift.
                    let factor =
                        Int16(truncatingIfNeeded: (word >> 30 & 1) &+ 1)
                        &* Int16(truncatingIfNeeded: (word >> 31) &* 3 &+ 1)
                    unsafe x[place &+ index] = top10(word << 6) &* factor
                    unsafe y[place &+ index] = top10(word >> 4) &* factor
                    unsafe z[place &+ index] = top10(word >> 14) &* factor
                }
            }
        }
    }

    /// Bits 6 to 15, with their sign.
    @inline(__always)
    private static func top10(_ word: UInt32) -> Int16 { Int16(truncatingIfNeeded: word) >> 6 }

    /// Little-endian words of 16 bits, `stride` words a sample, x first.
    static func words16(
        _ bytes: Span<UInt8>, from start: Int, stride: Int, count: Int,
        to columns: inout MotionColumns, at place: Int
    ) {
        guard stride >= 3, fits(bytes, start, (count - 1) * stride * 2 + 6),
            fits(columns, place, count)
        else { return }
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe columns.withPointers { x, y, z in
                var offset = start
                for index in place..<place &+ count {
                    unsafe x[index] = word16(buffer, offset)
                    unsafe y[index] = word16(buffer, offset &+ 2)
                    unsafe z[index] = word16(buffer, offset &+ 4)
                    offset &+= 2 &* stride
                }
            }
        }
    }

    @inline(__always)
    private static func word16(_ buffer: UnsafeRawBufferPointer, _ offset: Int) -> Int16 {
        unsafe Int16(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Int16.self))
    }

    static func fits(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
        start >= 0 && length >= 0 && length <= bytes.count - start
    }

    static func fits(_ columns: MotionColumns, _ place: Int, _ count: Int) -> Bool {
        place >= 0 && count >= 0 && count <= columns.x.count - place
            && columns.y.count == columns.x.count && columns.z.count == columns.x.count
    }
}

extension MotionColumns {
    /// The axes as pointers, for a stretch that was checked before.
    @inline(__always)
    mutating func withPointers(
        _ body: (
            _ x: UnsafeMutablePointer<Int16>, _ y: UnsafeMutablePointer<Int16>,
            _ z: UnsafeMutablePointer<Int16>
        ) -> Void
    ) {
        unsafe x.withUnsafeMutableBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                unsafe z.withUnsafeMutableBufferPointer { z in
                    guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress else {
                        return
                    }
                    unsafe body(x, y, z)
                }
            }
        }
    }
}

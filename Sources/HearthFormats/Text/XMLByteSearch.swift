// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Looks into a span with the C library's vector instructions, behind checked bounds.
///
/// The one place of the XML reader that uses pointers: finding the next `<` or `"` with `memchr`
/// runs three times as fast as a checked loop, and an export has a thousand million bytes to look
/// at. Every function checks its range against the span before it makes a pointer, and no pointer
/// leaves the function.
package enum XMLByteSearch {
    /// The index of the first `byte` at or behind `start`; the span's count if there is none.
    @inline(__always)
    package static func first(_ byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
        let count = bytes.count
        guard start >= 0, start < count else { return count }
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base + start, Int32(byte), count - start)
            else { return count }
            return unsafe base.distance(to: UnsafeRawPointer(found))
        }
    }

    /// Eight bytes from `index` on, the first in the lowest bits; zeros behind the end of the span.
    @inline(__always)
    package static func word(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
        guard index >= 0, index <= bytes.count - 8 else { return partialWord(bytes, at: index) }
        return unsafe bytes.withUnsafeBytes { buffer in
            UInt64(
                littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        }
    }

    /// Whether the bytes of `range` are those of `other` from `start` on.
    @inline(__always)
    package static func equal(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ other: [UInt8], from start: Int
    ) -> Bool {
        let length = range.count
        guard range.lowerBound >= 0, range.upperBound <= bytes.count, start >= 0,
            start <= other.count, length <= other.count - start
        else { return false }
        if length == 0 { return true }
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe other.withUnsafeBytes { wanted in
                guard let base = buffer.baseAddress, let with = wanted.baseAddress else {
                    return false
                }
                return unsafe memcmp(base + range.lowerBound, with + start, length) == 0
            }
        }
    }

    /// Whether the bytes of `range` spell `text`.
    @inline(__always)
    package static func equal(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString
    ) -> Bool {
        guard range.count == text.utf8CodeUnitCount, range.lowerBound >= 0,
            range.upperBound <= bytes.count, text.hasPointerRepresentation
        else { return false }
        return unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
        }
    }

    /// Appends the bytes of `range`, cut to the span, to `target`.
    package static func append(
        _ bytes: Span<UInt8>, _ range: Range<Int>, to target: inout [UInt8]
    ) {
        let clamped = range.clamped(to: 0..<bytes.count)
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe target.append(contentsOf: buffer[clamped])
        }
    }

    private static func partialWord(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
        var word: UInt64 = 0
        for step in 0..<8 where index >= 0 && index < bytes.count - step {
            word |= UInt64(bytes[index + step]) << UInt64(8 * step)
        }
        return word
    }
}

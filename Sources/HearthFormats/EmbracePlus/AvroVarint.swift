// SPDX-License-Identifier: Apache-2.0

/// A zig-zag number of up to 64 bits, gathered byte by byte: seven bits a byte, low ones first.
struct AvroVarint: Sendable {
    enum Step: Sendable, Equatable { case more, value(Int64), tooLong }

    private var bits: UInt64 = 0
    private var shift: UInt64 = 0

    /// True between the first and the last byte of a number.
    var isBegun: Bool { shift > 0 }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Step {
        // The tenth byte holds the one bit that is left.
        if shift == 63, byte > 1 { return .tooLong }
        bits |= UInt64(byte & 0x7F) << shift
        if byte & 0x80 != 0 {
            shift += 7
            return .more
        }
        let value = Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
        bits = 0
        shift = 0
        return .value(value)
    }
}

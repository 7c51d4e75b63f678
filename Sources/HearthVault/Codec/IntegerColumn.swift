// SPDX-License-Identifier: Apache-2.0

/// Signed integers as zigzag values in the narrowest of 0, 1, 2, 4, 8 bytes, byte planes apart.
///
/// Bytes: width (1), then plane 0 (the lowest byte of every value), plane 1, and so on. Width 0
/// says all values are zero. Small values leave the upper planes empty, which zstd packs to nothing.
enum IntegerColumn {
    static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value << 1) ^ (value >> 63))
    }

    static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Appends the zigzag values.
    static func append(_ values: [UInt64], to out: inout [UInt8]) {
        var all: UInt64 = 0
        for value in values { all |= value }
        let width =
            all == 0 ? 0 : all <= 0xFF ? 1 : all <= 0xFFFF ? 2 : all <= 0xFFFF_FFFF ? 4 : 8
        out.append(UInt8(width))
        for plane in 0..<width {
            let shift = UInt64(8 * plane)
            out.append(contentsOf: values.lazy.map { UInt8(truncatingIfNeeded: $0 >> shift) })
        }
    }

    /// Reads `count` values.
    static func read(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> [Int64] {
        let (width, planes) = try pass(count, in: &reader)
        // Of most columns there is one plane, or two.
        if width == 1 { return reader.bytes(in: planes).map { unzigzag(UInt64($0)) } }
        if width == 2 {
            let low = reader.bytes(in: planes.prefix(count))
            let high = reader.bytes(in: planes.suffix(count))
            return zip(low, high).map { unzigzag(UInt64($0) | UInt64($1) << 8) }
        }
        var values = [UInt64](repeating: 0, count: count)
        for plane in 0..<width {
            let start = planes.lowerBound + plane * count
            let shift = UInt64(8 * plane)
            for index in 0..<count {
                values[index] |= UInt64(reader.byte(at: start + index)) << shift
            }
        }
        return values.map(unzigzag)
    }

    /// Passes over `count` values: how wide they are, and where their planes lie.
    static func pass(
        _ count: Int, in reader: inout ByteReader
    ) throws(VaultError) -> (width: Int, planes: Range<Int>) {
        let width = Int(try reader.u8())
        guard [0, 1, 2, 4, 8].contains(width), count >= 0 else {
            throw .damaged("a column of \(width)-byte integers")
        }
        guard width == 0 || count <= reader.remaining / width else {
            throw .damaged("a column is cut short")
        }
        return (width, try reader.take(width * count))
    }

    /// The sum of all running sums of `count` values, modulo 2^64.
    ///
    /// Each width but the rare eight has a loop of its own; the times of raw recorders are four wide.
    static func sumOfSums(
        _ count: Int, from reader: inout ByteReader
    ) throws(VaultError) -> Int64 {
        let (width, planes) = try pass(count, in: &reader)
        let slice = reader.bytes(in: planes)
        let bytes = slice.span
        switch width {
        case 0: return 0
        case 1: return sumOfSums(count) { UInt64(bytes[$0]) }
        case 2:
            let (low, high) = (bytes.extracting(first: count), bytes.extracting(last: count))
            return sumOfSums(count) { UInt64(low[$0]) | UInt64(high[$0]) << 8 }
        case 4:
            let (low, high) = (
                bytes.extracting(first: 2 * count), bytes.extracting(last: 2 * count)
            )
            let (a, b) = (low.extracting(first: count), low.extracting(last: count))
            let (c, d) = (high.extracting(first: count), high.extracting(last: count))
            return sumOfSums(count) {
                UInt64(a[$0]) | UInt64(b[$0]) << 8 | UInt64(c[$0]) << 16 | UInt64(d[$0]) << 24
            }
        default:
            return sumOfSums(count) { index in
                var value: UInt64 = 0
                for plane in 0..<width {
                    value |= UInt64(bytes[plane * count + index]) << UInt64(8 * plane)
                }
                return value
            }
        }
    }

    @inline(__always)
    private static func sumOfSums(_ count: Int, of zigzag: (Int) -> UInt64) -> Int64 {
        var (sum, sums): (Int64, Int64) = (0, 0)
        for index in 0..<count {
            sum &+= unzigzag(zigzag(index))
            sums &+= sum
        }
        return sums
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The CRC-16 of FIT: reflected polynomial 0xA001, initial value 0, no final change.
///
/// Eight tables let eight bytes be folded at once ("slicing by eight", `kounavis2005`); one table
/// alone would be the slowest part of the reader.
struct FITChecksum: Sendable {
    /// Zero after the two stored checksum bytes were added to a sound stretch.
    private(set) var value: UInt16 = 0

    /// Table `k` at `256 k ..< 256 (k + 1)`: a byte followed by `k` zero bytes.
    private static let tables: [UInt16] = {
        var tables = [UInt16](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt16(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let shorter = tables[index - 256]
            tables[index] = (shorter >> 8) ^ tables[Int(shorter & 0xFF)]
        }
        return tables
    }()

    /// Adds the bytes of `range`, which must lie inside `bytes`.
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let tables = Self.tables
        let table = tables.span
        let stretch = bytes.extracting(range)
        var crc = value
        var next = 0
        while next + 8 <= stretch.count {
            let low = Int(crc ^ (UInt16(stretch[next]) | UInt16(stretch[next + 1]) << 8))
            let head = table[1792 + (low & 0xFF)] ^ table[1536 + (low >> 8)]
            let middle =
                table[1280 + Int(stretch[next + 2])] ^ table[1024 + Int(stretch[next + 3])]
                ^ table[768 + Int(stretch[next + 4])]
            let tail =
                table[512 + Int(stretch[next + 5])] ^ table[256 + Int(stretch[next + 6])]
                ^ table[Int(stretch[next + 7])]
            crc = head ^ middle ^ tail
            next += 8
        }
        while next < stretch.count {
            crc = (crc >> 8) ^ table[Int((crc ^ UInt16(stretch[next])) & 0xFF)]
            next += 1
        }
        value = crc
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Reads little-endian integers from bytes; every read is checked against what is left.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var offset: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.offset = 0
        self.end = bytes.count
    }

    /// Reads only `range`, cut to what is there.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        self.offset = min(max(0, range.lowerBound), bytes.count)
        self.end = min(max(self.offset, range.upperBound), bytes.count)
    }

    var remaining: Int { end - offset }

    mutating func u8() throws(VaultError) -> UInt8 { UInt8(truncatingIfNeeded: try little(1)) }
    mutating func u16() throws(VaultError) -> UInt16 { UInt16(truncatingIfNeeded: try little(2)) }
    mutating func u32() throws(VaultError) -> UInt32 { UInt32(truncatingIfNeeded: try little(4)) }
    mutating func u64() throws(VaultError) -> UInt64 { try little(8) }
    mutating func i32() throws(VaultError) -> Int32 { Int32(bitPattern: try u32()) }
    mutating func i64() throws(VaultError) -> Int64 { Int64(bitPattern: try little(8)) }
    mutating func f32() throws(VaultError) -> Float { Float(bitPattern: try u32()) }

    mutating func raw(_ count: Int) throws(VaultError) -> [UInt8] {
        let range = try take(count)
        return Array(bytes[range])
    }

    mutating func text() throws(VaultError) -> String {
        let range = try take(Int(try u16()))
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .damaged("a text in the index is not UTF-8")
        }
        return text
    }

    /// A count of elements of at least `width` bytes each; refused if they cannot all be there.
    mutating func count32(of width: Int) throws(VaultError) -> Int {
        let count = Int(try u32())
        guard count <= remaining / max(1, width) else { throw .damaged("a list is cut short") }
        return count
    }

    mutating func count16(of width: Int) throws(VaultError) -> Int {
        let count = Int(try u16())
        guard count <= remaining / max(1, width) else { throw .damaged("a list is cut short") }
        return count
    }

    func finish() throws(VaultError) {
        guard remaining == 0 else { throw .damaged("\(remaining) bytes follow the last field") }
    }

    /// The byte at `index` of the underlying array, which the caller has taken before.
    func byte(at index: Int) -> UInt8 { bytes[index] }

    /// The bytes at `range` of the underlying array, which the caller has taken before.
    func bytes(in range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

    /// Passes over `count` bytes and tells where they are.
    mutating func take(_ count: Int) throws(VaultError) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw .damaged("a field of \(count) bytes where \(remaining) are left")
        }
        defer { offset += count }
        return offset..<(offset + count)
    }

    private mutating func little(_ width: Int) throws(VaultError) -> UInt64 {
        let range = try take(width)
        var value: UInt64 = 0
        for index in range.reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}

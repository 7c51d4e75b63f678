// SPDX-License-Identifier: Apache-2.0

/// Appends little-endian integers and byte strings.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    var count: Int { bytes.count }

    mutating func u8(_ value: UInt8) { bytes.append(value) }
    mutating func u16(_ value: UInt16) { little(UInt64(value), 2) }
    mutating func u32(_ value: UInt32) { little(UInt64(value), 4) }
    mutating func u64(_ value: UInt64) { little(value, 8) }
    mutating func i32(_ value: Int32) { little(UInt64(UInt32(bitPattern: value)), 4) }
    mutating func i64(_ value: Int64) { little(UInt64(bitPattern: value), 8) }
    mutating func f32(_ value: Float) { u32(value.bitPattern) }
    mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }
    mutating func raw(_ value: ArraySlice<UInt8>) { bytes.append(contentsOf: value) }
    mutating func zeros(_ count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: max(0, count)))
    }

    /// A text of at most 65,535 bytes, its length first; longer text is cut at a character.
    mutating func text(_ value: String) {
        var cut = Substring(value)
        while cut.utf8.count > 0xFFFF { cut = cut.dropLast(cut.count / 8 + 1) }
        u16(UInt16(cut.utf8.count))
        bytes.append(contentsOf: cut.utf8)
    }

    /// The ASCII bytes of a fixed label, without a length.
    mutating func label(_ value: StaticString) { bytes.append(contentsOf: "\(value)".utf8) }

    private mutating func little(_ value: UInt64, _ width: Int) {
        for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }
}

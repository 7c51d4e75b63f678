// SPDX-License-Identifier: Apache-2.0

/// A zip archive whose entries are stored as they are (method 0); all times are the format's
/// first, so that the same entries always give the same bytes.
struct StoredZip {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var entries: UInt16 = 0
    /// 1980-01-01, the first day the format can name.
    private let date: UInt16 = 0x0021

    /// Adds one file; `path` is ASCII and at most 65,535 bytes, `content` under 4 GiB.
    mutating func add(_ path: String, _ content: [UInt8]) {
        let name = Array(path.utf8)
        let start = UInt32(bytes.count)
        let common = commonFields(name, content)
        bytes.append(littleEndian: 0x0403_4B50 as UInt32)
        bytes += common
        bytes += name
        bytes += content
        directory.append(littleEndian: 0x0201_4B50 as UInt32)
        directory.append(littleEndian: 20 as UInt16)
        directory += common
        // Comment length, disk number, internal attributes, external attributes.
        directory += [UInt8](repeating: 0, count: 10)
        directory.append(littleEndian: start)
        directory += name
        entries += 1
    }

    /// The archive with its directory.
    func finished() -> [UInt8] {
        var all = bytes + directory
        all.append(littleEndian: 0x0605_4B50 as UInt32)
        all.append(littleEndian: 0 as UInt32)
        all.append(littleEndian: entries)
        all.append(littleEndian: entries)
        all.append(littleEndian: UInt32(directory.count))
        all.append(littleEndian: UInt32(bytes.count))
        all.append(littleEndian: 0 as UInt16)
        return all
    }

    /// Version needed to extra length: the 26 bytes that both headers of an entry share.
    private func commonFields(_ name: [UInt8], _ content: [UInt8]) -> [UInt8] {
        var fields: [UInt8] = []
        for value in [20, 0, 0, 0, date] as [UInt16] { fields.append(littleEndian: value) }
        fields.append(littleEndian: crc32(content))
        fields.append(littleEndian: UInt32(content.count))
        fields.append(littleEndian: UInt32(content.count))
        fields.append(littleEndian: UInt16(name.count))
        fields.append(littleEndian: 0 as UInt16)
        return fields
    }
}

/// The CRC-32 of zip archives (polynomial 0xEDB88320).
func crc32(_ bytes: [UInt8]) -> UInt32 {
    var table: [UInt32] = []
    for index in 0..<256 as Range<UInt32> {
        var value = index
        for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
        table.append(value)
    }
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes { crc = (crc >> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xFF)] }
    return ~crc
}

extension [UInt8] {
    /// Appends an integer, lowest byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}

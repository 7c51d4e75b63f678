// SPDX-License-Identifier: Apache-2.0

/// Writes zips by hand, stored, with every field open to a lie.
struct ZipWriter {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var flags: UInt16 = 0x0800
        /// What the directory says, where it is not the truth.
        var packed: UInt32?
        var full: UInt32?
        var offset: UInt32?

        init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    static func zip(_ entries: [Entry]) -> [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = UInt32(file.count)
            let name = Array(entry.name.utf8)
            let sum = crc(entry.bytes)
            let size = UInt32(entry.bytes.count)
            put(&file, 0x0403_4B50, 4)
            for value in [20, UInt32(entry.flags), 0, 0, 0x21] { put(&file, value, 2) }
            for value in [sum, size, size] { put(&file, value, 4) }
            for value in [UInt32(name.count), 0] { put(&file, value, 2) }
            file += name + entry.bytes
            put(&directory, 0x0201_4B50, 4)
            for value in [20, 20, UInt32(entry.flags), 0, 0, 0x21] { put(&directory, value, 2) }
            for value in [sum, entry.packed ?? size, entry.full ?? size] {
                put(&directory, value, 4)
            }
            for value in [UInt32(name.count), 0, 0, 0, 0] { put(&directory, value, 2) }
            put(&directory, 0x81A4_0000, 4)
            put(&directory, entry.offset ?? offset, 4)
            directory += name
        }
        let start = UInt32(file.count)
        file += directory
        put(&file, 0x0605_4B50, 4)
        let count = UInt32(entries.count)
        for value in [0, 0, count, count] { put(&file, value, 2) }
        for value in [UInt32(directory.count), start] { put(&file, value, 4) }
        put(&file, 0, 2)
        return file
    }

    private static func put(_ bytes: inout [UInt8], _ value: UInt32, _ count: Int) {
        for shift in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt32(shift))))
        }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

/// Line breaks compressed as far as the fixed codes of deflate allow, written bit by bit.
enum GzipBomb {
    /// - Parameter behind: bytes that are no part of the compressed data.
    static func of(_ text: [UInt8], lineBreaks: Int, behind: Int) -> [UInt8] {
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var bits: UInt64 = 0
        var count: UInt64 = 0
        func put(_ value: UInt64, _ width: UInt64) {
            bits |= value << count
            count += width
            while count >= 8 {
                file.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
                count -= 8
            }
        }
        /// Codes stand with their first bit first.
        func code(_ value: UInt64, _ width: UInt64) {
            for bit in (0..<width).reversed() { put(value >> bit & 1, 1) }
        }
        // The last block, of fixed codes.
        put(1, 1)
        put(1, 2)
        for byte in text + [10] { code(0x30 + UInt64(byte), 8) }
        // 258 bytes each, from one byte back.
        for _ in 0..<lineBreaks / 258 {
            code(0xC5, 8)
            code(0, 5)
        }
        code(0, 7)
        put(0, 7)
        return file + [UInt8](repeating: 0, count: 8 + behind)
    }
}

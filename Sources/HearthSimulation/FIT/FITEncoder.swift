// SPDX-License-Identifier: Apache-2.0

/// A field of a FIT message definition.
struct FITField {
    let number: UInt8
    let size: UInt8
    let baseType: UInt8

    static func enumeration(_ number: UInt8) -> FITField {
        .init(number: number, size: 1, baseType: 0x00)
    }
    static func byte(_ number: UInt8) -> FITField { .init(number: number, size: 1, baseType: 0x0D) }
    static func uint8(_ number: UInt8) -> FITField {
        .init(number: number, size: 1, baseType: 0x02)
    }
    static func sint16(_ number: UInt8) -> FITField {
        .init(number: number, size: 2, baseType: 0x83)
    }
    static func uint16(_ number: UInt8) -> FITField {
        .init(number: number, size: 2, baseType: 0x84)
    }
    static func uint32(_ number: UInt8) -> FITField {
        .init(number: number, size: 4, baseType: 0x86)
    }
    static func uint32z(_ number: UInt8) -> FITField {
        .init(number: number, size: 4, baseType: 0x8C)
    }
    static func float32(_ number: UInt8) -> FITField {
        .init(number: number, size: 4, baseType: 0x88)
    }
    static func text(_ number: UInt8, _ size: UInt8) -> FITField {
        .init(number: number, size: size, baseType: 0x07)
    }
    static func uint16s(_ number: UInt8, _ count: UInt8) -> FITField {
        .init(number: number, size: 2 * count, baseType: 0x84)
    }
    /// Field 253 of every message that has a time.
    static let timestamp = FITField.uint32(253)
}

/// A value of a data message, at the width of its field.
enum FITValue {
    case byte(UInt8)
    case short(UInt16)
    case long(UInt32)
    case float(Float)
    case text(String, Int)
    case shorts([UInt16])

    /// A time in the format's seconds since 1989-12-31.
    static func time(_ unixSecond: Int64) -> FITValue { .long(fitSeconds(unixSecond)) }
}

/// Seconds since 1989-12-31T00:00:00Z.
func fitSeconds(_ unixSecond: Int64) -> UInt32 { UInt32(unixSecond - 631_065_600) }

/// Writes one FIT file: protocol 2.0, little-endian, 14-byte header, both checksums.
struct FITEncoder {
    private var records: [UInt8] = []
    private var sizes: [Int: Int] = [:]

    /// Defines local message `local` (0...15) as global message `global`.
    mutating func define(_ local: Int, _ global: UInt16, _ fields: [FITField]) {
        records.append(0x40 | UInt8(local))
        records += [0, 0]
        records.append(littleEndian: global)
        records.append(UInt8(fields.count))
        for field in fields { records += [field.number, field.size, field.baseType] }
        sizes[local] = fields.reduce(0) { $0 + Int($1.size) }
    }

    /// Writes a data message; the values must fill the definition exactly.
    mutating func write(_ local: Int, _ values: [FITValue]) {
        records.append(UInt8(local))
        let start = records.count
        for value in values {
            switch value {
            case .byte(let byte): records.append(byte)
            case .short(let short): records.append(littleEndian: short)
            case .long(let long): records.append(littleEndian: long)
            case .float(let float): records.append(littleEndian: float.bitPattern)
            case .text(let text, let size):
                let bytes = Array(text.utf8.prefix(size - 1))
                records += bytes + [UInt8](repeating: 0, count: size - bytes.count)
            case .shorts(let shorts): for short in shorts { records.append(littleEndian: short) }
            }
        }
        precondition(records.count - start == sizes[local], "a message differs from its definition")
    }

    /// The whole file.
    func finished() -> [UInt8] {
        var file: [UInt8] = [14, 0x20]
        file.append(littleEndian: 2132 as UInt16)
        file.append(littleEndian: UInt32(records.count))
        file += Array(".FIT".utf8)
        file.append(littleEndian: Self.checksum(file))
        file += records
        file.append(littleEndian: Self.checksum(file))
        return file
    }

    /// The format's CRC-16 (reflected polynomial 0xA001).
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc = (crc >> 4) ^ nibbles[Int((crc ^ UInt16(byte)) & 15)]
            crc = (crc >> 4) ^ nibbles[Int((crc ^ UInt16(byte >> 4)) & 15)]
        }
        return crc
    }

    private static let nibbles: [UInt16] = [
        0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
        0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
    ]
}

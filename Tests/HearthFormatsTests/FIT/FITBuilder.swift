// SPDX-License-Identifier: Apache-2.0

/// Writes FIT recordings byte by byte for tests, sound ones and such as no device would write.
struct FITBuilder {
    enum Value: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
        case numbers([Int64])
        case raw([UInt8])
        case real(Float)
        case text(String)

        init(integerLiteral value: Int64) { self = .numbers([value]) }
        init(arrayLiteral elements: Int64...) { self = .numbers(elements) }
    }

    struct Field {
        var number: UInt8
        var size: UInt8
        var type: UInt8

        init(_ number: UInt8, _ size: UInt8, _ type: UInt8) {
            self.number = number
            self.size = size
            self.type = type
        }
    }

    static let u8: UInt8 = 0x02
    static let u16: UInt8 = 0x84
    static let s16: UInt8 = 0x83
    static let u32: UInt8 = 0x86
    static let u32z: UInt8 = 0x8C
    static let byte: UInt8 = 0x0D
    static let text: UInt8 = 0x07
    static let f32: UInt8 = 0x88
    static let enumeration: UInt8 = 0x00

    static let timestamp = Field(253, 4, u32)
    static let heartRate = Field(3, 1, u8)

    /// 2024-05-06T10:00:00Z, noon two hours east, in FIT's seconds and in Unix seconds.
    static let noon: Int64 = 1_083_924_000
    static let noonUnix: Int64 = 1_714_989_600

    var data: [UInt8] = []
    private var layouts: [UInt8: (bigEndian: Bool, fields: [Field])] = [:]

    mutating func define(
        _ local: UInt8, _ global: UInt16, _ fields: [Field], bigEndian: Bool = false,
        architecture: UInt8? = nil, reserved: UInt8 = 0,
        developer: [(number: UInt8, size: UInt8, index: UInt8)] = []
    ) {
        layouts[local] = (
            bigEndian, fields + developer.map { Field($0.number, $0.size, Self.byte) }
        )
        data.append(0x40 | (developer.isEmpty ? 0 : 0x20) | local)
        data += [reserved, architecture ?? (bigEndian ? 1 : 0)]
        data += Self.bytes(Int64(global), 2, bigEndian)
        data.append(UInt8(fields.count))
        for field in fields { data += [field.number, field.size, field.type] }
        guard !developer.isEmpty else { return }
        data.append(UInt8(developer.count))
        for field in developer { data += [field.number, field.size, field.index] }
    }

    mutating func message(_ local: UInt8, _ values: Value..., timeOffset: UInt8? = nil) {
        guard let layout = layouts[local] else { return }
        data.append(timeOffset.map { 0x80 | local << 5 | $0 } ?? local)
        for (field, value) in zip(layout.fields, values) {
            data += Self.encode(value, field, layout.bigEndian)
        }
    }

    /// The recording so far as one part: header, data, checksum.
    func part(
        headerSize: UInt8 = 14, dataSize: UInt32? = nil, headerChecksum: UInt16? = nil,
        checksum: UInt16? = nil
    ) -> [UInt8] {
        var header: [UInt8] = [headerSize, 0x20, 0x54, 0x08]
        header += Self.bytes(Int64(dataSize ?? UInt32(data.count)), 4, false)
        header += [0x2E, 0x46, 0x49, 0x54]
        if headerSize >= 14 {
            header += Self.bytes(Int64(headerChecksum ?? Self.crc(header)), 2, false)
        }
        while header.count < Int(headerSize) { header.append(0) }
        let all = header + data
        return all + Self.bytes(Int64(checksum ?? Self.crc(all)), 2, false)
    }

    /// The checksum bit by bit.
    static func crc(_ bytes: [UInt8]) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1 }
        }
        return crc
    }

    static func bytes(_ value: Int64, _ size: Int, _ bigEndian: Bool) -> [UInt8] {
        let little = (0..<size).map {
            UInt8(truncatingIfNeeded: $0 < 8 ? value >> Int64(8 * $0) : 0)
        }
        return bigEndian ? little.reversed() : little
    }

    static func encode(_ value: Value, _ field: Field, _ bigEndian: Bool) -> [UInt8] {
        var encoded: [UInt8]
        switch value {
        case .numbers(let numbers):
            let width = max(1, Int(field.size) / max(1, numbers.count))
            encoded = numbers.flatMap { bytes($0, width, bigEndian) }
        case .raw(let raw): encoded = raw
        case .real(let real): encoded = bytes(Int64(real.bitPattern), 4, bigEndian)
        case .text(let text): encoded = Array(text.utf8)
        }
        while encoded.count < Int(field.size) { encoded.append(0) }
        return Array(encoded.prefix(Int(field.size)))
    }
}

extension FITBuilder {
    /// A file_id of a Garmin fenix 5 Plus with serial number 42, then heart rates one a second.
    static func ride(heartRates: [Int64] = [60, 61, 62], bigEndian: Bool = false) -> FITBuilder {
        var builder = FITBuilder()
        builder.addFileID(bigEndian: bigEndian)
        builder.define(1, 20, [timestamp, heartRate], bigEndian: bigEndian)
        for (index, rate) in heartRates.enumerated() {
            builder.message(1, .numbers([noon + Int64(index)]), .numbers([rate]))
        }
        return builder
    }

    mutating func addFileID(
        _ local: UInt8 = 0, serial: Int64 = 42, product: Int64 = 3110, bigEndian: Bool = false
    ) {
        define(
            local, 0,
            [
                Field(0, 1, Self.enumeration), Field(1, 2, Self.u16), Field(2, 2, Self.u16),
                Field(3, 4, Self.u32z), Field(4, 4, Self.u32),
            ], bigEndian: bigEndian)
        message(local, 4, 1, .numbers([product]), .numbers([serial]), .numbers([Self.noon]))
    }
}

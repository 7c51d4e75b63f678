// SPDX-License-Identifier: Apache-2.0

/// How the bytes of a field are to be read: the low five bits of the base type byte.
package struct FITBaseType: Sendable, Hashable {
    /// The byte as the definition gives it.
    package var code: UInt8

    package init(code: UInt8) { self.code = code }

    static let text = FITBaseType(code: 0x07)
    static let byte = FITBaseType(code: 0x0D)

    /// 0...16, or a number this version of the format does not have.
    var number: UInt8 { code & 0x1F }

    /// Bytes of one element; 0 for a type that is not known.
    package var width: Int {
        guard code & 0x60 == 0 else { return 0 }
        return switch number {
        case 0, 1, 2, 7, 10, 13: 1
        case 3, 4, 11: 2
        case 5, 6, 8, 12: 4
        case 9, 14, 15, 16: 8
        default: 0
        }
    }

    package var isText: Bool { number == 7 }
    package var isByte: Bool { number == 13 }
    package var isReal: Bool { number == 8 || number == 9 }
    var isSigned: Bool { number == 1 || number == 3 || number == 5 || number == 14 }

    /// The bit pattern that means "no value".
    var invalid: UInt64 {
        switch number {
        case 7, 10, 11, 12, 16: 0
        case 1: 0x7F
        case 3: 0x7FFF
        case 5: 0x7FFF_FFFF
        case 14: 0x7FFF_FFFF_FFFF_FFFF
        default: width == 8 ? .max : (1 << UInt64(width * 8)) - 1
        }
    }

    /// The bit pattern as a number; real types give their pattern unchanged.
    @inline(__always)
    func integer(_ bits: UInt64) -> Int64 {
        guard isSigned else { return Int64(bitPattern: bits) }
        let unused = UInt64(64 - width * 8)
        return Int64(bitPattern: bits << unused) >> Int64(unused)
    }

    /// A real type's bit pattern as a number.
    func real(_ bits: UInt64) -> Double {
        number == 9
            ? Double(bitPattern: bits)
            : Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    }

    /// The `width` bytes at `start` as a bit pattern.
    @inline(__always)
    static func bits(
        _ bytes: Span<UInt8>, at start: Int, width: Int, bigEndian: Bool
    ) -> UInt64 {
        // The widths that matter, spelled out.
        switch (width, bigEndian) {
        case (1, _): return UInt64(bytes[start])
        case (2, false): return UInt64(bytes[start]) | UInt64(bytes[start + 1]) << 8
        case (4, false):
            return UInt64(bytes[start]) | UInt64(bytes[start + 1]) << 8
                | UInt64(bytes[start + 2]) << 16 | UInt64(bytes[start + 3]) << 24
        default: break
        }
        var bits: UInt64 = 0
        if bigEndian {
            for index in 0..<width { bits = bits << 8 | UInt64(bytes[start + index]) }
        } else {
            for index in 0..<width {
                bits |= UInt64(bytes[start + index]) << UInt64(8 * index)
            }
        }
        return bits
    }
}

/// One field of a definition message.
package struct FITField: Sendable, Hashable {
    package var number: UInt8
    /// Bytes; more than one element of the type makes an array.
    package var size: Int
    package var type: FITBaseType
    /// Bytes from the first field of the message.
    package var offset: Int

    /// Elements, or 0 if the size does not fit the type or the type is not known.
    package var count: Int {
        let width = type.width
        return width > 0 && size % width == 0 ? size / width : 0
    }
}

/// One field that an application on the device added; its meaning is told by a field description.
package struct FITDeveloperField: Sendable, Hashable {
    package var number: UInt8
    package var size: Int
    /// Which application: the developer data index.
    package var developer: UInt8
    package var offset: Int
}

/// A definition message: the layout of the data messages of one local type.
package struct FITDefinition: Sendable, Hashable {
    package var localType: UInt8
    package var globalNumber: UInt16
    package var bigEndian: Bool
    package var fields: [FITField]
    package var developerFields: [FITDeveloperField]
    /// Bytes of a data message behind its header byte.
    package var size: Int
    /// True if the bytes look like something else: the reserved byte is set and a type is unknown.
    var isSuspect: Bool

    /// The most bytes a data message can have: 255 fields and 255 developer fields of 255 bytes.
    static let longestMessage = 1 + 2 * 255 * 255

    /// Bytes of the definition record at `start` as far as the `available` bytes tell; more than
    /// `available` if it is not yet whole.
    static func length(_ bytes: Span<UInt8>, at start: Int, available: Int) -> Int {
        guard available >= 6 else { return 6 }
        let fieldsEnd = 6 + 3 * Int(bytes[start + 5])
        guard bytes[start] & 0x20 != 0 else { return fieldsEnd }
        guard available > fieldsEnd else { return fieldsEnd + 1 }
        return fieldsEnd + 1 + 3 * Int(bytes[start + fieldsEnd])
    }

    /// Reads the definition record that lies whole at `start`.
    init(_ bytes: Span<UInt8>, at start: Int) {
        localType = bytes[start] & 0x0F
        bigEndian = bytes[start + 2] & 1 == 1
        globalNumber = UInt16(
            truncatingIfNeeded: FITBaseType.bits(
                bytes, at: start + 3, width: 2, bigEndian: bigEndian))
        fields = []
        developerFields = []
        size = 0
        let count = Int(bytes[start + 5])
        fields.reserveCapacity(count)
        var hasUnknownType = false
        for index in 0..<count {
            let at = start + 6 + 3 * index
            let field = FITField(
                number: bytes[at], size: Int(bytes[at + 1]),
                type: FITBaseType(code: bytes[at + 2]), offset: size)
            hasUnknownType = hasUnknownType || field.type.width == 0
            fields.append(field)
            size += field.size
        }
        isSuspect = bytes[start + 1] != 0 && hasUnknownType
        guard bytes[start] & 0x20 != 0 else { return }
        let developerStart = start + 6 + 3 * count
        for index in 0..<Int(bytes[developerStart]) {
            let at = developerStart + 1 + 3 * index
            developerFields.append(
                FITDeveloperField(
                    number: bytes[at], size: Int(bytes[at + 1]), developer: bytes[at + 2],
                    offset: size))
            size += developerFields[index].size
        }
    }

    /// Where the message's own time lies, if it has one of four bytes.
    var timestampOffset: Int? {
        fields.last { $0.number == 253 && $0.size == 4 && $0.type.width == 4 }?.offset
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Where one wanted field of a message lies, with all that decoding it asks for worked out.
struct FITSlot: Sendable {
    /// Bytes from the first field of the message.
    private(set) var offset: Int32 = 0
    /// Elements; 0 if the message lacks the field or its bytes cannot be read as its type.
    private(set) var count: UInt16 = 0
    private(set) var width: UInt8 = 0
    /// Bits to shift a signed number left and right again; 64 for an unsigned one.
    private(set) var signShift: UInt8 = 64
    private(set) var isReal = false
    private(set) var isText = false
    private(set) var type = FITBaseType(code: 0)
    /// The bit pattern that means "no value".
    private(set) var invalid: UInt64 = 0

    init() {}

    init(_ field: FITField) {
        offset = Int32(field.offset)
        count = UInt16(field.count)
        type = field.type
        width = UInt8(type.width)
        signShift = type.isSigned ? 64 - width * 8 : 64
        isReal = type.isReal
        isText = type.isText
        invalid = type.invalid
    }
}

/// What a data message is to be decoded into, worked out once when its definition is read.
///
/// A plan holds no reference, so that decoding a message neither allocates nor counts references.
struct FITPlan: Sendable {
    /// The most fields any message of interest has.
    static let capacity = 10

    var kind = FITKind.unknown
    var bigEndian = false
    /// Number of slots in use; slot `i` is the `i`-th field of ``FITKind/fields``.
    var slotCount = 0
    var slots = InlineArray<10, FITSlot>(repeating: FITSlot())
    /// Where messages of this global number are counted.
    var tally = 0

    init() {}

    init(_ definition: FITDefinition) {
        kind = FITKind(globalNumber: definition.globalNumber)
        bigEndian = definition.bigEndian
        let wanted = kind.fields
        slotCount = min(wanted.count, Self.capacity)
        for field in definition.fields where field.count > 0 {
            guard let index = wanted.firstIndex(of: field.number), index < slotCount else {
                continue
            }
            slots[index] = FITSlot(field)
        }
    }

    /// The first element of every wanted field of the message whose fields start at `start`.
    @inline(__always)
    func values(_ bytes: Span<UInt8>, at start: Int) -> FITValues {
        var values = FITValues()
        for index in 0..<slotCount {
            let slot = slots[index]
            guard slot.count > 0 else { continue }
            let bits = FITBaseType.bits(
                bytes, at: start + Int(slot.offset), width: Int(slot.width), bigEndian: bigEndian)
            values.set(index, bits: bits, slot)
        }
        return values
    }

    /// The array in a slot of the message whose fields start at `start`.
    @inline(__always)
    func array(_ slot: Int, at start: Int) -> FITArray {
        FITArray(slot: slots[slot], bigEndian: bigEndian, start: start)
    }
}

/// The elements of one field of one message; holds no bytes.
struct FITArray {
    fileprivate var slot: FITSlot
    fileprivate var bigEndian: Bool
    fileprivate var start: Int

    var isText: Bool { slot.isText }

    /// Elements, 0 if the field is absent or holds real numbers.
    @inline(__always)
    var count: Int { slot.isReal ? 0 : Int(slot.count) }

    /// Element `index` as a bit pattern; `nil` if it is marked as "no value".
    @inline(__always)
    func value(_ bytes: Span<UInt8>, _ index: Int) -> UInt64? {
        guard index < Int(slot.count) else { return nil }
        let width = Int(slot.width)
        let bits = FITBaseType.bits(
            bytes, at: start + Int(slot.offset) + index * width, width: width,
            bigEndian: bigEndian)
        return bits == slot.invalid ? nil : bits
    }

    /// Byte `index` of a field of bytes, whatever it means; 0 beyond the end.
    func byte(_ bytes: Span<UInt8>, _ index: Int) -> UInt8 {
        guard slot.width == 1, index < Int(slot.count) else { return 0 }
        return bytes[start + Int(slot.offset) + index]
    }

    /// True if every element is marked as "no value", or there is none.
    func isAbsent(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<count where value(bytes, index) != nil { return false }
        return true
    }
}

/// The scalar fields of one data message, by slot.
struct FITValues {
    private var raw = InlineArray<10, Int64>(repeating: 0)
    private var present: UInt16 = 0
    private var valid: UInt16 = 0
    private var real: UInt16 = 0

    @inline(__always)
    mutating func set(_ index: Int, bits: UInt64, _ slot: FITSlot) {
        let mask = UInt16(1) << UInt16(index)
        present |= mask
        if bits != slot.invalid { valid |= mask }
        if slot.isReal {
            real |= mask
            raw[index] = Int64(bitPattern: slot.type.real(bits).bitPattern)
        } else if slot.signShift < 64 {
            let shift = Int64(slot.signShift)
            raw[index] = (Int64(bitPattern: bits) << shift) >> shift
        } else {
            raw[index] = Int64(bitPattern: bits)
        }
    }

    /// True if the message has the field, with or without a value.
    @inline(__always)
    func has(_ slot: Int) -> Bool { present & (1 << UInt16(slot)) != 0 }

    /// Beyond, an integer is damage: the widest fields that are read have 32 bits. Sums and small
    /// multiples of such numbers stay far from overflow.
    private static let largest: Int64 = 1 << 40

    /// The value as stored; `nil` if absent, marked as "no value" or too large to be true. Real
    /// numbers are rounded.
    @inline(__always)
    subscript(_ slot: Int) -> Int64? {
        let mask = UInt16(1) << UInt16(slot)
        guard valid & mask != 0 else { return nil }
        let bits = raw[slot]
        guard real & mask != 0 else { return bits.magnitude < Self.largest ? bits : nil }
        let number = Double(bitPattern: UInt64(bitPattern: bits))
        guard number.magnitude < Double(Self.largest) else { return nil }
        return Int64(number.rounded())
    }

    /// The physical value of a field stored as a number times `scale`; a real number is taken as it
    /// is. May be not finite.
    func physical(_ slot: Int, scale: Float = 1) -> Float? {
        let mask = UInt16(1) << UInt16(slot)
        guard valid & mask != 0 else { return nil }
        guard real & mask != 0 else { return Float(raw[slot]) / scale }
        return Float(Double(bitPattern: UInt64(bitPattern: raw[slot])))
    }
}

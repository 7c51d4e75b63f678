// SPDX-License-Identifier: Apache-2.0

/// The attributes of a record that are used, as ranges of its segment; empty if absent.
struct AppleHealthFields {
    var type = 0..<0
    var unit = 0..<0
    var value = 0..<0
    var sourceName = 0..<0
    var device = 0..<0
    var start = 0..<0
    var end = 0..<0

    init() {}

    @inline(__always)
    init(_ attributes: borrowing XMLAttributes, in segment: Span<UInt8>) {
        for index in attributes.indices {
            let attribute = attributes[index]
            let name = attribute.name
            let value = attribute.value
            switch name.count {
            case 4:
                if XMLByteSearch.equal(segment, name, "type") {
                    type = value
                } else if XMLByteSearch.equal(segment, name, "unit") {
                    unit = value
                }
            case 5: if XMLByteSearch.equal(segment, name, "value") { self.value = value }
            case 6: if XMLByteSearch.equal(segment, name, "device") { device = value }
            case 7: if XMLByteSearch.equal(segment, name, "endDate") { end = value }
            case 9: if XMLByteSearch.equal(segment, name, "startDate") { start = value }
            case 10: if XMLByteSearch.equal(segment, name, "sourceName") { sourceName = value }
            default: continue
            }
        }
    }
}

/// What the records of one type, unit, source and device mean.
enum AppleHealthMeaning {
    case number(stream: Int, AppleHealthUnit)
    case sleep(stream: Int)
    case badUnit
    case noType
    /// Not modelled; counted in ``AppleHealthNotes``.
    case unknown(type: Int)
}

/// A small cache of what records mean: exports are grouped by type, so nearly every record finds the
/// attributes of one before it and nothing has to be looked up by text.
struct AppleHealthLanes {
    /// The attributes' bytes, one behind the other.
    private struct Key {
        var bytes: [UInt8] = []
        var typeEnd = 0
        var unitEnd = 0
        var nameEnd = -1
    }

    private static let bits: UInt64 = 6
    private var keys = [Key](repeating: Key(), count: 1 << Int(bits))
    private var meanings = [AppleHealthMeaning](repeating: .noType, count: 1 << Int(bits))

    /// Where the meaning of a record is kept. `fields.device` is the device's stable part.
    @inline(__always)
    func slot(_ fields: AppleHealthFields, _ segment: Span<UInt8>) -> Int {
        // Any mixing will do: the bytes are compared before the meaning is used.
        var hash = XMLByteSearch.word(segment, at: fields.type.upperBound - 8)
        hash = (hash ^ XMLByteSearch.word(segment, at: fields.sourceName.lowerBound)) &* Self.mixer
        hash ^= UInt64(truncatingIfNeeded: fields.device.count) << 32
        hash ^= UInt64(truncatingIfNeeded: fields.sourceName.count) << 16
        hash ^= UInt64(truncatingIfNeeded: fields.unit.count)
        return Int(truncatingIfNeeded: (hash &* Self.mixer) >> (64 - Self.bits))
    }

    /// The golden ratio's odd 64-bit multiplier.
    private static var mixer: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// Whether the slot holds the meaning of this very record.
    @inline(__always)
    func holds(_ slot: Int, _ fields: AppleHealthFields, _ segment: Span<UInt8>) -> Bool {
        let key = keys[slot]
        return key.typeEnd == fields.type.count
            && key.unitEnd - key.typeEnd == fields.unit.count
            && key.nameEnd - key.unitEnd == fields.sourceName.count
            && key.bytes.count - key.nameEnd == fields.device.count
            && XMLByteSearch.equal(segment, fields.type, key.bytes, from: 0)
            && XMLByteSearch.equal(segment, fields.unit, key.bytes, from: key.typeEnd)
            && XMLByteSearch.equal(segment, fields.sourceName, key.bytes, from: key.unitEnd)
            && XMLByteSearch.equal(segment, fields.device, key.bytes, from: key.nameEnd)
    }

    @inline(__always)
    func meaning(_ slot: Int) -> AppleHealthMeaning { meanings[slot] }

    /// Puts a new meaning into its slot in place of another.
    mutating func put(
        _ meaning: AppleHealthMeaning, in slot: Int,
        _ fields: AppleHealthFields, _ segment: Span<UInt8>
    ) {
        var key = Key()
        XMLByteSearch.append(segment, fields.type, to: &key.bytes)
        key.typeEnd = key.bytes.count
        XMLByteSearch.append(segment, fields.unit, to: &key.bytes)
        key.unitEnd = key.bytes.count
        XMLByteSearch.append(segment, fields.sourceName, to: &key.bytes)
        key.nameEnd = key.bytes.count
        XMLByteSearch.append(segment, fields.device, to: &key.bytes)
        keys[slot] = key
        meanings[slot] = meaning
    }
}

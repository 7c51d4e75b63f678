// SPDX-License-Identifier: Apache-2.0

extension XMLScanner {
    /// Takes a segment apart into name and attributes, which are left in `attributes`.
    ///
    /// Lenient: a name without a value, a stray quote or slash and any control character are
    /// stepped over, since third-party metadata has produced all of them.
    mutating func parseTag(_ segment: Span<UInt8>, at offset: Int64) -> XMLTag {
        attributes.count = 0
        let count = segment.count
        let isClose = count > 1 && segment[1] == UInt8(ascii: "/")
        let nameStart = isClose ? 2 : 1
        var index = Self.nameEnd(segment, from: nameStart)
        var tag = XMLTag(
            form: isClose ? .close : .open, fault: .none,
            name: min(nameStart, index)..<index, textStart: count, offset: offset)
        while index < count {
            let byte = segment[index]
            if byte <= 0x20 {
                index += 1
            } else if byte == UInt8(ascii: ">") {
                tag.textStart = index + 1
                return tag
            } else if byte == UInt8(ascii: "/") {
                index += 1
                if index < count, segment[index] == UInt8(ascii: ">") {
                    if !isClose { tag.form = .empty }
                    tag.textStart = index + 1
                    return tag
                }
            } else {
                index = takeAttribute(segment, from: index, &tag)
            }
        }
        return Self.unterminated(tag, segment)
    }

    /// Takes the attribute at `start`; answers the index behind it, the end if it is cut.
    @inline(__always)
    private mutating func takeAttribute(
        _ segment: Span<UInt8>, from start: Int, _ tag: inout XMLTag
    ) -> Int {
        let count = segment.count
        let nameEnd = Self.nameEnd(segment, from: start)
        var index = nameEnd
        while index < count, segment[index] <= 0x20 { index += 1 }
        guard index < count, segment[index] == UInt8(ascii: "=") else {
            // A name without a value, or a stray quote, which is stepped over.
            return nameEnd == start ? index + 1 : index
        }
        index += 1
        while index < count, segment[index] <= 0x20 { index += 1 }
        guard index < count else { return count }
        let quote = segment[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return index  // An unquoted value is taken for a name and ignored.
        }
        let close = XMLByteSearch.first(quote, in: segment, from: index + 1)
        guard close < count else { return count }
        add(XMLAttribute(name: start..<nameEnd, value: index + 1..<close), &tag)
        return close + 1
    }

    @inline(__always)
    private mutating func add(_ attribute: XMLAttribute, _ tag: inout XMLTag) {
        if attribute.value.count > limits.fieldBytes || attribute.name.count > limits.fieldBytes {
            tag.fault = .fieldTooLong
        } else if attributes.count >= limits.attributes {
            tag.fault = .tooManyAttributes
        } else {
            attributes.slots[attributes.count] = attribute
            attributes.count += 1
        }
    }

    /// The tag has no end: whether its element has content is told by how the segment ends.
    private static func unterminated(_ tag: XMLTag, _ segment: Span<UInt8>) -> XMLTag {
        var tag = tag
        tag.fault = .unterminated
        var last = segment.count - 1
        while last > 0, segment[last] <= 0x20 { last -= 1 }
        if last > 0, segment[last] == UInt8(ascii: ">"), segment[last - 1] == UInt8(ascii: "/"),
            tag.form == .open
        {
            tag.form = .empty
        }
        return tag
    }

    /// Where the name at `start` ends: at white space, a control character or one of `" ' / = >`.
    @inline(__always)
    private static func nameEnd(_ segment: Span<UInt8>, from start: Int) -> Int {
        var index = start
        // Eight bytes at once: a byte below 0x30 or in 0x3C...0x3F may end the name.
        while index + 8 <= segment.count {
            let word = XMLByteSearch.word(segment, at: index)
            let low = (word &- 0x3030_3030_3030_3030) & ~word
            let mark = (word & 0xFCFC_FCFC_FCFC_FCFC) ^ 0x3C3C_3C3C_3C3C_3C3C
            let stops = (low | ((mark &- 0x0101_0101_0101_0101) & ~mark)) & 0x8080_8080_8080_8080
            guard stops != 0 else {
                index += 8
                continue
            }
            index += stops.trailingZeroBitCount >> 3
            if isSpecial(segment[index]) { return index }
            index += 1
        }
        while index < segment.count, !isSpecial(segment[index]) { index += 1 }
        return index
    }

    @inline(__always)
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: ">"):
            true
        default: false
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// How the tag of a record is written: its bytes but for the address, the dates and the value.
///
/// Neighbouring records differ in nothing else, so comparing the rest with a record already taken
/// apart replaces taking it apart again: twice as fast. The attributes of a tag that matches are
/// exactly those the scanner would find, since the fixed bytes hold the same quotes and the
/// variable ones hold none.
struct AppleHealthShape {
    /// What the variable parts of a tag were.
    struct Match {
        var fields = AppleHealthFields()
        var form = XMLTag.Form.open
        var textStart = 0
    }

    private enum Part {
        /// A range of `bytes`.
        case fixed(Range<Int>)
        /// Up to so many hexadecimal digits.
        case address(limit: Int)
        case start, end, creation, value
    }

    private static let quote = UInt8(ascii: "\"")

    let meaning: AppleHealthMeaning
    private var bytes: [UInt8] = []
    private var parts: [Part] = []

    /// Learns the shape of a sound tag; `nil` if it is written with other quotes.
    init?(
        _ attributes: borrowing XMLAttributes, _ fields: AppleHealthFields,
        _ segment: Span<UInt8>, _ meaning: AppleHealthMeaning
    ) {
        self.meaning = meaning
        var done = 0
        for index in attributes.indices {
            let attribute = attributes[index]
            let value = attribute.value
            guard segment[value.upperBound] == Self.quote else { return nil }
            if value == fields.value {
                fix(done..<value.lowerBound, segment, .value)
                done = value.upperBound
            } else if value.count == AppleHealthClock.length {
                guard let part = date(attribute, fields, segment) else { continue }
                fix(done..<value.lowerBound, segment, part)
                done = value.upperBound
            } else {
                let stable = AppleHealthDevice.stablePart(of: value, in: segment)
                guard let digits = AppleHealthDevice.address(of: value, stable: stable) else {
                    continue
                }
                fix(done..<digits.lowerBound, segment, .address(limit: digits.count))
                done = digits.upperBound
            }
        }
        guard let last = attributes.indices.last else { return nil }
        fix(done..<attributes[last].value.upperBound + 1, segment, nil)
    }

    private func date(
        _ attribute: XMLAttribute, _ fields: AppleHealthFields, _ segment: Span<UInt8>
    ) -> Part? {
        if attribute.value == fields.start { return .start }
        if attribute.value == fields.end { return .end }
        return XMLByteSearch.equal(segment, attribute.name, "creationDate") ? .creation : nil
    }

    private mutating func fix(_ range: Range<Int>, _ segment: Span<UInt8>, _ part: Part?) {
        let start = bytes.count
        XMLByteSearch.append(segment, range, to: &bytes)
        parts.append(.fixed(start..<bytes.count))
        if let part { parts.append(part) }
    }

    /// The variable parts of a tag of this shape; `nil` if it has another.
    @inline(__always)
    func match(_ segment: Span<UInt8>, limits: ReadLimits) -> Match? {
        var match = Match()
        var index = 0
        for part in parts {
            if case .fixed(let range) = part {
                let next = index + range.count
                guard
                    XMLByteSearch.equal(segment, index..<next, bytes, from: range.lowerBound)
                else { return nil }
                index = next
                continue
            }
            if case .address(let limit) = part {
                let start = index
                while index < segment.count, AppleHealthDevice.isHexDigit(segment[index]) {
                    index += 1
                }
                guard index - start <= limit else { return nil }
                continue
            }
            let start = index
            index = XMLByteSearch.first(Self.quote, in: segment, from: start)
            let range = start..<index
            if case .value = part {
                guard range.count <= limits.fieldBytes else { return nil }
                match.fields.value = range
                continue
            }
            guard range.count == AppleHealthClock.length else { return nil }
            if case .start = part { match.fields.start = range }
            if case .end = part { match.fields.end = range }
        }
        return finish(match, segment, index)
    }

    /// Behind the last attribute there must be nothing but the tag's end.
    @inline(__always)
    private func finish(_ match: Match, _ segment: Span<UInt8>, _ start: Int) -> Match? {
        var match = match
        var index = start
        while index < segment.count, segment[index] <= 0x20 { index += 1 }
        if index < segment.count, segment[index] == UInt8(ascii: "/") {
            match.form = .empty
            index += 1
        }
        guard index < segment.count, segment[index] == UInt8(ascii: ">") else { return nil }
        match.textStart = index + 1
        return match
    }
}

/// The shapes met last.
struct AppleHealthShapes {
    /// Sources of one type that may alternate without being learned anew.
    private static let count = 4
    private var shapes: [AppleHealthShape] = []
    private var next = 0
    /// The shape that matched last.
    private var current = 0

    /// The variable parts of a record's tag and its meaning, if its shape is known.
    @inline(__always)
    mutating func match(
        _ segment: Span<UInt8>, limits: ReadLimits
    ) -> (AppleHealthShape.Match, AppleHealthMeaning)? {
        if current < shapes.count, let match = shapes[current].match(segment, limits: limits) {
            return (match, shapes[current].meaning)
        }
        for index in shapes.indices where index != current {
            if let match = shapes[index].match(segment, limits: limits) {
                current = index
                return (match, shapes[index].meaning)
            }
        }
        return nil
    }

    mutating func learn(_ shape: AppleHealthShape?) {
        guard let shape else { return }
        if shapes.count < Self.count {
            shapes.append(shape)
            current = shapes.count - 1
        } else {
            next = (next + 1) % Self.count
            shapes[next] = shape
            current = next
        }
    }
}

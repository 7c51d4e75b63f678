// SPDX-License-Identifier: Apache-2.0

/// A tag as ``XMLScanner`` hands it on.
///
/// All indices count from the `<` of the tag's segment: the bytes from one `<` to before the next.
package struct XMLTag {
    package enum Form: UInt8 {
        /// `<a …>`
        case open
        /// `<a …/>`
        case empty
        /// `</a>`
        case close
    }

    /// What is wrong with a tag. Its attributes must then not be used; its form is a guess.
    package enum Fault: UInt8 {
        case none
        /// No `>`, or no closing quote, before the next `<`.
        case unterminated
        /// The recording ends inside the tag.
        case truncated
        /// More than ``ReadLimits/attributes``.
        case tooManyAttributes
        /// A value longer than ``ReadLimits/fieldBytes``.
        case fieldTooLong
        /// A tag longer than ``ReadLimits/recordBytes``; only its beginning is there.
        case recordTooLong
    }

    package var form: Form
    package var fault: Fault
    /// The element's name.
    package var name: Range<Int>
    /// The first byte behind the tag; from here to the end of the segment there is text.
    package var textStart: Int
    /// Bytes from the start of the recording to the `<`.
    package var offset: Int64
}

/// Name and value of an attribute as ranges of the tag's segment; entities are not expanded.
package struct XMLAttribute {
    package var name: Range<Int>
    package var value: Range<Int>
}

/// The attributes of a tag, in the order of the document.
package struct XMLAttributes {
    /// Allocated once, because a document has tens of millions of them.
    var slots: [XMLAttribute]
    package internal(set) var count = 0

    init(limit: Int) {
        slots = Array(repeating: XMLAttribute(name: 0..<0, value: 0..<0), count: max(1, limit))
    }

    package var indices: Range<Int> { 0..<count }

    package subscript(index: Int) -> XMLAttribute { slots[index] }
}

/// Receives the tags of a document in order.
package protocol XMLTagHandler: ~Copyable {
    /// Takes a tag and the text behind it.
    mutating func take(
        _ tag: XMLTag, _ attributes: borrowing XMLAttributes, in segment: Span<UInt8>
    ) throws(ReadError)

    /// Takes a segment whose tag the handler knows by its bytes alone; false if it does not.
    mutating func takeKnown(_ segment: Span<UInt8>, at offset: Int64) throws(ReadError) -> Bool

    /// The root's tag is damaged or missing, but an element that stands only inside it was found.
    mutating func openMissingRoot(at offset: Int64)

    /// Something that is no tag stands among the elements, or a limit cut it off.
    mutating func takeStray(_ what: XMLStray, at offset: Int64) throws(ReadError)
}

extension XMLTagHandler where Self: ~Copyable {
    package mutating func takeKnown(
        _ segment: Span<UInt8>, at offset: Int64
    ) throws(ReadError) -> Bool { false }
}

/// What ``XMLScanner`` met among the elements and skipped.
package enum XMLStray: UInt8 {
    /// `<!…>` or `<?…>`; also a tag whose second byte was damaged.
    case declaration
    /// A comment or text with more than ``ReadLimits/recordBytes`` up to the next `<`.
    case overlongText
}

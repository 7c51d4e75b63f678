// SPDX-License-Identifier: Apache-2.0

/// Finds the tags of an XML document that comes in pieces, without a tree and in constant memory.
///
/// The document is cut into segments, each from one `<` to before the next. In sound XML a `<` stands
/// only at the start of a tag (or inside a comment), so a segment is one tag and the text behind
/// it, damage never reaches beyond the next `<`, and what is found does not depend on how the input
/// was cut. The document type is skipped without being understood: Apple has written damaged ones.
/// Declared entities are refused, none are expanded here.
package struct XMLScanner: ~Copyable {
    private enum Mode {
        /// Before the root, outside and inside the document type.
        case prolog, documentType
        case body
        /// Inside a comment or character data that held a `<`.
        case comment, characterData
    }

    private let root: StaticString
    private let rootChildren: [StaticString]
    let limits: ReadLimits
    private var mode = Mode.prolog
    /// The mode to go back to behind a comment.
    private var outer = Mode.prolog
    /// Bytes of the recording before the piece in hand.
    package private(set) var offset: Int64 = 0
    /// A segment whose end has not come yet.
    private var held: [UInt8] = []
    private var heldOffset: Int64 = 0
    private var isHeldTooLong = false
    /// The attributes of the tag in hand.
    var attributes: XMLAttributes

    private var hasRoot = false
    /// The recording's first byte, kept because the second may come with the next piece.
    private var firstByte: UInt8 = 0

    /// Bytes kept of a segment that is too long: enough for any tag an app has been seen to write.
    private static let keptOfOverlong = 4096

    /// A scanner for documents whose root element is `root`.
    ///
    /// If one of `rootChildren`, which stand only inside the root, comes first, then the root's own
    /// tag was damaged and the document is read all the same.
    package init(root: StaticString, rootChildren: [StaticString] = [], limits: ReadLimits) {
        self.root = root
        self.rootChildren = rootChildren
        self.limits = limits
        self.attributes = XMLAttributes(limit: limits.attributes)
    }

    /// Hands on the tags that are complete with these bytes.
    ///
    /// - Throws: if the document declares entities or has no such root in its first
    ///   ``ReadLimits/recordBytes``, and whatever the handler throws.
    package mutating func read(
        _ bytes: Span<UInt8>, to handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        var start = try completeHeld(with: bytes, &handler)
        while start < bytes.count {
            let next = XMLByteSearch.first(UInt8(ascii: "<"), in: bytes, from: start + 1)
            guard next < bytes.count else {
                hold(bytes, from: start)
                break
            }
            try takeSegment(bytes.extracting(start..<next), at: offset + Int64(start), to: &handler)
            start = next
        }
        offset += Int64(bytes.count)
        try checkPrologLength(at: held.isEmpty ? offset : heldOffset)
    }

    /// Hands on the last tag; a cut one has the fault ``XMLTag/Fault/truncated``.
    ///
    /// - Throws: if there was no root, and whatever the handler throws.
    package mutating func finish(
        to handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        if !held.isEmpty { try takeHeld(isLast: true, to: &handler) }
        guard hasRoot else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: offset), found: "the end of the recording",
                expected: "the element \(root)")
        }
    }

    // MARK: Segments across pieces

    /// Adds the start of `bytes` to the held segment; answers where the next segment starts.
    private mutating func completeHeld(
        with bytes: Span<UInt8>, _ handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) -> Int {
        let next = XMLByteSearch.first(UInt8(ascii: "<"), in: bytes, from: 0)
        if held.isEmpty {
            try checkEncoding(bytes)
            return next
        }
        addToHeld(bytes, 0..<next)
        if next < bytes.count { try takeHeld(isLast: false, to: &handler) }
        return next
    }

    private mutating func hold(_ bytes: Span<UInt8>, from start: Int) {
        heldOffset = offset + Int64(start)
        isHeldTooLong = false
        addToHeld(bytes, start..<bytes.count)
    }

    private mutating func addToHeld(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        if isHeldTooLong { return }
        if held.count + range.count > limits.recordBytes {
            isHeldTooLong = true
            let room = max(0, Self.keptOfOverlong - held.count)
            XMLByteSearch.append(bytes, range.prefix(room), to: &held)
        } else {
            XMLByteSearch.append(bytes, range, to: &held)
        }
    }

    private mutating func takeHeld(
        isLast: Bool, to handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        // Moved out, because the segment is lent while the scanner changes.
        var segment: [UInt8] = []
        swap(&segment, &held)
        if isHeldTooLong {
            try takeOverlong(segment.span.extracting(first: Self.keptOfOverlong), to: &handler)
        } else {
            try takeSegment(segment.span, at: heldOffset, isLast: isLast, to: &handler)
        }
        segment.removeAll(keepingCapacity: segment.capacity < 1 << 16)
        swap(&segment, &held)
    }

    // MARK: One segment

    private mutating func takeSegment(
        _ segment: Span<UInt8>, at start: Int64, isLast: Bool = false,
        to handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        try checkPrologLength(at: start)
        if segment.count > limits.recordBytes {
            heldOffset = start
            return try takeOverlong(
                segment.extracting(first: Self.keptOfOverlong), to: &handler)
        }
        switch mode {
        case .body:
            if try handler.takeKnown(segment, at: start) { return }
            try takeBody(segment, at: start, isLast, &handler)
        case .prolog, .documentType: try takeProlog(segment, at: start, isLast, &handler)
        case .comment, .characterData: endComment(segment, from: 0)
        }
    }

    /// A segment beyond the limit, of which only the beginning is left; it starts at `heldOffset`.
    private mutating func takeOverlong(
        _ kept: Span<UInt8>, to handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        try checkPrologLength(at: .max)
        guard mode == .body else {
            try handler.takeStray(.overlongText, at: heldOffset)
            mode = outer
            return
        }
        var tag = parseTag(kept, at: heldOffset)
        guard !tag.name.isEmpty else { return try handler.takeStray(.declaration, at: heldOffset) }
        if tag.fault == .unterminated {
            tag.fault = .recordTooLong
        } else {
            try handler.takeStray(.overlongText, at: heldOffset)
        }
        try handler.take(tag, attributes, in: kept)
    }

    private mutating func takeBody(
        _ segment: Span<UInt8>, at start: Int64, _ isLast: Bool,
        _ handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        let second = segment.count > 1 ? segment[1] : 0
        if second == UInt8(ascii: "!") || second == UInt8(ascii: "?") {
            return try takeDeclaration(segment, at: start, &handler)
        }
        var tag = parseTag(segment, at: start)
        if isLast, tag.fault == .unterminated { tag.fault = .truncated }
        if tag.name.isEmpty {
            try handler.takeStray(.declaration, at: start)
        } else {
            try handler.take(tag, attributes, in: segment)
        }
    }

    private mutating func takeDeclaration(
        _ segment: Span<UInt8>, at start: Int64,
        _ handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        if beginComment(segment) { return }
        try refuseEntity(segment, at: start)
        try handler.takeStray(.declaration, at: start)
    }

    /// Whether the segment starts a comment or character data; then its end is looked for.
    private mutating func beginComment(_ segment: Span<UInt8>) -> Bool {
        if segment.starts(with: "<!--") {
            outer = mode
            mode = .comment
            endComment(segment, from: 4)
            return true
        }
        if segment.starts(with: "<![CDATA[") {
            outer = mode
            mode = .characterData
            endComment(segment, from: 9)
            return true
        }
        return false
    }

    private mutating func endComment(_ segment: Span<UInt8>, from start: Int) {
        let mark = mode == .comment ? UInt8(ascii: "-") : UInt8(ascii: "]")
        var close = XMLByteSearch.first(UInt8(ascii: ">"), in: segment, from: start)
        while close < segment.count {
            if close >= start + 2, segment[close - 1] == mark, segment[close - 2] == mark {
                mode = outer
                return
            }
            close = XMLByteSearch.first(UInt8(ascii: ">"), in: segment, from: close + 1)
        }
    }

    // MARK: Before the root

    private mutating func takeProlog(
        _ segment: Span<UInt8>, at start: Int64, _ isLast: Bool,
        _ handler: inout some XMLTagHandler & ~Copyable
    ) throws(ReadError) {
        // Inside a damaged document type a comment may lack its end, so there none is honoured.
        if mode == .prolog, beginComment(segment) { return }
        try refuseEntity(segment, at: start)
        if segment.starts(with: "<!DOCTYPE") {
            mode = .documentType
            return
        }
        let tag = parseTag(segment, at: start)
        guard tag.form != .close, !tag.name.isEmpty else { return }
        if XMLByteSearch.equal(segment, tag.name, root) {
            hasRoot = true
        } else if rootChildren.contains(where: { XMLByteSearch.equal(segment, tag.name, $0) }) {
            hasRoot = true
            handler.openMissingRoot(at: start)
        } else {
            return
        }
        mode = .body
        try takeBody(segment, at: start, isLast, &handler)
    }

    private func refuseEntity(_ segment: Span<UInt8>, at start: Int64) throws(ReadError) {
        guard segment.starts(with: "<!ENTITY") else { return }
        throw ReadError(
            .limitExceeded, at: ReadPosition(byte: start), found: "a declaration of an entity",
            expected: "none: the limit of declared entities is 0")
    }

    /// Foreign documents are given up early.
    @inline(__always)
    private func checkPrologLength(at position: Int64) throws(ReadError) {
        if hasRoot || position <= Int64(limits.recordBytes) { return }
        throw ReadError(
            .limitExceeded, at: ReadPosition(byte: Int64(limits.recordBytes)),
            found: "no element \(root) up to here", expected: "it within the limit recordBytes")
    }

    /// Two bytes tell a file in UTF-16, which Apple does not write.
    private mutating func checkEncoding(_ bytes: Span<UInt8>) throws(ReadError) {
        guard offset <= 1, bytes.count > 0 else { return }
        if offset == 0 { firstByte = bytes[0] }
        let second = 1 - Int(offset)
        guard second < bytes.count else { return }
        let mark = UInt16(firstByte) << 8 | UInt16(bytes[second])
        guard mark == 0xFEFF || mark == 0xFFFE else { return }
        throw ReadError(
            .encoding, at: ReadPosition(byte: 0), found: "a byte order mark of UTF-16",
            expected: "UTF-8")
    }
}

extension Span where Element == UInt8 {
    /// Whether the bytes begin with those of `text`.
    func starts(with text: StaticString) -> Bool {
        count >= text.utf8CodeUnitCount
            && XMLByteSearch.equal(self, 0..<text.utf8CodeUnitCount, text)
    }
}

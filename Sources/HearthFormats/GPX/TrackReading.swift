// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What knows the elements of a track document.
protocol TrackBody: XMLTagHandler, Sendable {
    var output: GatheredOutput { get set }
    /// The document ended here, at its end or before it.
    mutating func endDocument(at offset: Int64) throws(ReadError)
}

/// Reads a track document in any cut.
struct TrackReading<Body: TrackBody>: ~Copyable {
    private var scanner: XMLScanner
    private var body: Body
    private let limits: ReadLimits
    private var hasEnded = false

    private static var sliceBytes: Int { 1 << 20 }

    init(root: StaticString, rootChildren: [StaticString], _ body: Body, limits: ReadLimits) {
        scanner = XMLScanner(root: root, rootChildren: rootChildren, limits: limits)
        self.body = body
        self.limits = limits
    }

    mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !hasEnded else { return }
        var start = 0
        do throws(ReadError) {
            while start < bytes.count {
                let room = limits.recordingBytes - scanner.offset
                guard room > 0 else {
                    throw ReadError(
                        .limitExceeded, at: ReadPosition(byte: limits.recordingBytes),
                        found: "a longer recording", expected: "at most the limit recordingBytes")
                }
                let length = min(bytes.count - start, Self.sliceBytes, Int(clamping: room))
                try scanner.read(bytes.extracting(start..<start + length), to: &body)
                body.output.drain(into: &sink)
                start += length
            }
        } catch {
            conclude(into: &sink)
            throw error
        }
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard !hasEnded else { return }
        do throws(ReadError) {
            try scanner.finish(to: &body)
            try body.endDocument(at: scanner.offset)
        } catch {
            conclude(into: &sink)
            throw error
        }
        conclude(into: &sink)
    }

    private mutating func conclude(into sink: inout some SampleSink & ~Copyable) {
        hasEnded = true
        body.output.finish(into: &sink)
    }
}

/// Text of elements whose namespace prefix may be any.
enum TrackText {
    /// The name of an element without its prefix.
    static func localName(_ segment: Span<UInt8>, _ name: Range<Int>) -> Range<Int> {
        var start = name.upperBound
        while start > name.lowerBound, segment[start - 1] != UInt8(ascii: ":") { start -= 1 }
        return start..<name.upperBound
    }

    /// The text behind a tag, without the white space around it.
    static func trimmed(_ segment: Span<UInt8>, from start: Int) -> Range<Int> {
        var first = min(start, segment.count)
        var last = segment.count
        while first < last, segment[first] <= 0x20 { first += 1 }
        while last > first, segment[last - 1] <= 0x20 { last -= 1 }
        return first..<last
    }

    /// The value of an attribute; empty if it is not there.
    static func attribute(
        _ wanted: StaticString, _ attributes: borrowing XMLAttributes, _ segment: Span<UInt8>
    ) -> Range<Int> {
        for index in attributes.indices {
            let name = localName(segment, attributes[index].name)
            if XMLByteSearch.equal(segment, name, wanted) { return attributes[index].value }
        }
        return 0..<0
    }

    static func string(_ segment: Span<UInt8>, _ range: Range<Int>) -> String {
        String(
            decoding: XMLEntities.expand(segment, range.prefix(64)), as: UTF8.self)
    }

    /// Whether the root element, in the first bytes of a document, is `root`, whatever its prefix.
    static func isRoot(_ root: StaticString, _ prefix: Span<UInt8>) -> Bool {
        var index = 0
        while index < prefix.count, FitbitReader.isBeforeText(prefix[index]) { index += 1 }
        guard index < prefix.count, prefix[index] == UInt8(ascii: "<") else { return false }
        while index < prefix.count {
            guard prefix[index] == UInt8(ascii: "<"), index + 1 < prefix.count else {
                index += 1
                continue
            }
            let next = prefix[index + 1]
            if next != UInt8(ascii: "?"), next != UInt8(ascii: "!") {
                return isElement(root, prefix, at: index + 1)
            }
            index += 1
        }
        return false
    }

    private static func isElement(
        _ wanted: StaticString, _ prefix: Span<UInt8>, at start: Int
    ) -> Bool {
        var end = start
        while end < prefix.count, prefix[end] > 0x20, prefix[end] != UInt8(ascii: ">"),
            prefix[end] != UInt8(ascii: "/")
        {
            end += 1
        }
        guard end < prefix.count else { return false }
        return XMLByteSearch.equal(prefix, localName(prefix, start..<end), wanted)
    }
}

/// What readers of track documents count alike.
extension TrackBody {
    mutating func countFault(_ tag: XMLTag, samplesLost: Int = 0) {
        let position = ReadPosition(byte: tag.offset)
        switch tag.fault {
        case .none: break
        case .truncated:
            output.count(
                .truncated, at: position, found: "the end of the recording inside a tag",
                expected: "the rest of the document", samplesLost: samplesLost)
        case .unterminated:
            output.count(
                .damaged, at: position, found: "a tag without its end", expected: "a whole tag",
                samplesLost: samplesLost)
        case .tooManyAttributes, .fieldTooLong, .recordTooLong:
            output.count(
                .limitExceeded, at: position, found: "a tag beyond a limit",
                expected: "a tag within the limits attributes, fieldBytes and recordBytes",
                samplesLost: samplesLost)
        }
    }

    mutating func countStray(_ what: XMLStray, at offset: Int64) {
        let isLong = what == .overlongText
        output.count(
            isLong ? .limitExceeded : .damaged, at: ReadPosition(byte: offset),
            found: isLong ? "text beyond the limit recordBytes" : "something that is no element",
            expected: "elements", samplesLost: 0)
    }

    /// The number in the text of an element; `nil` if there is none, or if it was counted.
    mutating func number(_ segment: Span<UInt8>, _ tag: XMLTag) -> Float? {
        let text = TrackText.trimmed(segment, from: tag.textStart)
        if text.isEmpty { return nil }
        guard let value = TextNumber.float(segment.extracting(text)) else {
            output.countInvalidValue(ReadPosition(byte: tag.offset))
            return nil
        }
        return value
    }

    mutating func time(_ segment: Span<UInt8>, _ tag: XMLTag) -> TextTime? {
        let text = TrackText.trimmed(segment, from: tag.textStart)
        guard let time = TextTime(segment.extracting(text)) else {
            output.countInvalidTime(ReadPosition(byte: tag.offset))
            return nil
        }
        return time
    }

    /// The instant of a time, and the wall clock if the time tells a place's offset.
    ///
    /// `Z` does not, nor an offset of zero, which many programs write for UTC.
    mutating func instant(_ time: TextTime, at position: ReadPosition) throws(ReadError)
        -> Timestamp?
    {
        guard let instant = output.instant(time, position: position) else { return nil }
        if let offset = time.offsetSeconds, !time.isZulu, offset != 0 {
            try output.addOffset(offset, at: instant, position: position)
        }
        return instant
    }

    func tooDeep(at offset: Int64, _ depth: Int) -> ReadError {
        ReadError(
            .limitExceeded, at: ReadPosition(byte: offset), found: "deeper nesting",
            expected: "at most \(depth) levels, the limit depth")
    }
}

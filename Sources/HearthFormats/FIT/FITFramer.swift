// SPDX-License-Identifier: Apache-2.0

/// What the framer met next.
enum FITEvent {
    /// The bytes handed in are used up.
    case more
    case partBegan(FITHeader)
    case partEnded
    /// A definition was read; it is in ``FITFramer/definitions`` under its local type.
    case defined(FITDefinition, ReadPosition)
    case message(FITFrame)
    case issue(FITFramingIssue)
}

/// A data message that lies whole in memory.
struct FITFrame {
    var localType: Int
    /// Index of the first field's first byte, in the bytes handed in or in the carry buffer.
    var start: Int
    var isCarried: Bool
    /// Five-bit time offset of a compressed header; negative for a normal header.
    var timeOffset: Int
    var position: ReadPosition
}

/// Damage to the frame of a recording.
struct FITFramingIssue {
    var code: ReadIssueCode
    var position: ReadPosition
    var found: String
    var expected: String
}

/// Cuts a FIT recording into parts, definitions and data messages; knows no message by meaning.
///
/// A state machine: bytes in, events out, no waiting inside. A record that is cut by the end of the
/// input waits in the carry buffer, which never holds more than the longest record (130,051 bytes).
/// Local definitions and the checksum belong to one part and are reset by each header.
struct FITFramer: ~Copyable {
    enum State {
        /// At a header, or in bytes that begin none.
        case header
        /// Behind a header that gives no data size.
        case unsized
        case records
        /// Behind damage, looking for the next sound record.
        case lost
        case checksum
    }

    /// Bytes looked ahead to judge whether a stretch behind damage is sound.
    static let lookahead = 2048

    private(set) var definitions: [FITDefinition?] = Array(repeating: nil, count: 16)
    private(set) var carry: [UInt8] = []
    /// Bytes of the recording that were made into events or dropped.
    private(set) var consumed: Int64 = 0
    /// Headers met so far.
    private(set) var parts = 0
    private var carryStart = 0
    private(set) var state = State.header
    private var endsPart = false
    /// Data bytes of the part not yet consumed; far too many in a part without a data size.
    private(set) var remaining: Int64 = 0
    private var isUnsized = false
    private var records: Int64 = 0
    private var checksum = FITChecksum()
    /// Index in the bytes handed in up to which the checksum was taken.
    private var summed = 0
    private var garbageStart: Int64?
    /// Bytes of a data message of each local type, without its header; negative if not defined.
    private(set) var sizes = [Int](repeating: -1, count: 16)
    private(set) var gauge = FITSoundness()

    init() {}

    /// Takes bytes from `position` on until something is met.
    ///
    /// The caller asks again with the same bytes until ``FITEvent/more``. With `isLast` and no bytes
    /// the recording has ended: what is cut off is reported.
    mutating func next(
        _ bytes: Span<UInt8>, _ position: inout Int, isLast: Bool = false
    ) -> FITEvent {
        if endsPart {
            endsPart = false
            return .partEnded
        }
        while true {
            if carryStart == carry.count {
                if carryStart > 0 { dropCarry() }
                if state == .records, let frame = nextFrame(bytes, &position) {
                    return .message(frame)
                }
                let seen = look(bytes, at: position, isLast: isLast)
                if case .needs = seen {
                    return isLast ? closing() : stash(bytes, &position)
                }
                if let event = apply(seen, bytes, &position, isCarried: false) { return event }
            } else {
                let seen = look(carry.span, at: carryStart, isLast: isLast)
                if case .needs(let count) = seen {
                    if isLast { return closing() }
                    let missing = count - (carry.count - carryStart)
                    if !extendCarry(by: missing, bytes, &position) {
                        return stash(bytes, &position)
                    }
                } else if let event = apply(seen, bytes, &position, isCarried: true) {
                    return event
                }
            }
        }
    }

    /// The common case in a few steps: a data message with a normal header, whole in `bytes`.
    @inline(__always)
    private mutating func nextFrame(_ bytes: Span<UInt8>, _ position: inout Int) -> FITFrame? {
        let start = position
        guard start < bytes.count, bytes[start] < 0x40 else { return nil }
        let local = Int(bytes[start] & 0x0F)
        let size = sizes[local]
        guard size >= 0, size < bytes.count - start, Int64(size) + 1 < remaining else { return nil }
        records += 1
        let frame = FITFrame(
            localType: local, start: start + 1, isCarried: false, timeOffset: -1,
            position: ReadPosition(byte: consumed, record: records))
        position = start + size + 1
        consumed += Int64(size) + 1
        remaining -= Int64(size) + 1
        gauge.note(bytes, at: start, localType: local)
        return frame
    }

    // MARK: Taking

    private mutating func apply(
        _ seen: Sight, _ bytes: Span<UInt8>, _ position: inout Int, isCarried: Bool
    ) -> FITEvent? {
        let start = isCarried ? carryStart : position
        let here = ReadPosition(byte: consumed, record: records + 1)
        switch seen {
        case .needs:
            return nil
        case .drop:
            return drop(bytes, &position, isCarried)
        case .header(let header):
            if let issue = endGarbage() { return issue }
            advance(header.size, &position, isCarried)
            return begin(header, bytes, start, position, isCarried)
        case .recordsFollow(let follow):
            return enterUnsized(follow)
        case .definition(let definition, let length):
            advanceData(length, bytes, &position, isCarried)
            definitions[Int(definition.localType)] = definition
            sizes[Int(definition.localType)] = definition.size
            gauge.define(definition)
            return .defined(definition, here)
        case .message(let local, let timeOffset, let length):
            var noted = gauge
            if isCarried {
                noted.note(carry.span, at: start, localType: local)
            } else {
                noted.note(bytes, at: start, localType: local)
            }
            gauge = noted
            advanceData(length, bytes, &position, isCarried)
            return .message(
                FITFrame(
                    localType: local, start: start + 1, isCarried: isCarried,
                    timeOffset: timeOffset, position: here))
        case .undefinedType, .suspectDefinition, .beyondEnd:
            state = .lost
            let issue = Self.issue(of: seen, at: here)
            advanceData(1, bytes, &position, isCarried, isRecord: false)
            return .issue(issue)
        case .sound:
            state = .records
            return nil
        case .checksum(let stored):
            advance(2, &position, isCarried)
            return endPart(
                matches: isUnsized || stored == checksum.value, at: here)
        }
    }

    private mutating func drop(
        _ bytes: Span<UInt8>, _ position: inout Int, _ isCarried: Bool
    ) -> FITEvent? {
        if state == .lost {
            advanceData(1, bytes, &position, isCarried, isRecord: false)
        } else {
            if garbageStart == nil { garbageStart = consumed }
            advance(1, &position, isCarried)
        }
        return nil
    }

    private mutating func begin(
        _ header: FITHeader, _ bytes: Span<UInt8>, _ start: Int, _ position: Int, _ isCarried: Bool
    ) -> FITEvent {
        var sum = FITChecksum()
        let range = start..<start + header.size
        if isCarried { sum.add(carry.span, range) } else { sum.add(bytes, range) }
        checksum = sum
        summed = position
        definitions = Array(repeating: nil, count: 16)
        sizes = Array(repeating: -1, count: 16)
        gauge = FITSoundness()
        remaining = Int64(header.dataSize)
        isUnsized = false
        state = remaining == 0 ? .unsized : .records
        parts += 1
        return .partBegan(header)
    }

    private mutating func enterUnsized(_ recordsFollow: Bool) -> FITEvent? {
        guard recordsFollow else {
            state = .checksum
            return nil
        }
        state = .records
        isUnsized = true
        remaining = .max
        return .issue(
            FITFramingIssue(
                code: .truncated, position: ReadPosition(byte: consumed),
                found: "records behind a header that gives a data size of 0",
                expected: "the size of the data; the records are read to the end"))
    }

    @inline(__always)
    private mutating func advance(_ count: Int, _ position: inout Int, _ isCarried: Bool) {
        consumed += Int64(count)
        if isCarried { carryStart += count } else { position += count }
    }

    private mutating func advanceData(
        _ count: Int, _ bytes: Span<UInt8>, _ position: inout Int, _ isCarried: Bool,
        isRecord: Bool = true
    ) {
        advance(count, &position, isCarried)
        remaining -= Int64(count)
        if isRecord { records += 1 }
        guard remaining == 0 else { return }
        sum(bytes, to: position)
        state = .checksum
    }

    private mutating func endPart(matches: Bool, at position: ReadPosition) -> FITEvent {
        state = .header
        guard !matches else { return .partEnded }
        endsPart = true
        return .issue(
            FITFramingIssue(
                code: .checksumMismatch, position: ReadPosition(byte: position.byte),
                found: "a checksum that does not fit the part",
                expected: "the CRC-16 of header and data; the samples are kept"))
    }

    private mutating func endGarbage() -> FITEvent? {
        guard let start = garbageStart else { return nil }
        garbageStart = nil
        return .issue(
            FITFramingIssue(
                code: .damaged, position: ReadPosition(byte: start),
                found: "bytes that begin no FIT header", expected: "a header, or the end"))
    }

    // MARK: Input

    private mutating func sum(_ bytes: Span<UInt8>, to end: Int) {
        guard !isUnsized, summed < end else { return }
        checksum.add(bytes, summed..<end)
        summed = end
    }

    private mutating func dropCarry() {
        carry.removeAll(keepingCapacity: true)
        carryStart = 0
    }

    /// Keeps what is left of the input; the next bytes come with a later call.
    private mutating func stash(_ bytes: Span<UInt8>, _ position: inout Int) -> FITEvent {
        _ = extendCarry(by: bytes.count - position, bytes, &position)
        if state == .records || state == .lost { sum(bytes, to: position) }
        summed = 0
        return .more
    }

    /// Takes `count` bytes into the carry buffer, or as many as there are and returns false.
    private mutating func extendCarry(
        by count: Int, _ bytes: Span<UInt8>, _ position: inout Int
    ) -> Bool {
        if carryStart >= 4096 || carryStart == carry.count {
            carry.removeFirst(carryStart)
            carryStart = 0
        }
        let taken = min(count, bytes.count - position)
        for index in position..<position + taken { carry.append(bytes[index]) }
        position += taken
        return taken == count
    }

    /// The recording has ended where more was due.
    private mutating func closing() -> FITEvent {
        let left = carry.count - carryStart
        consumed += Int64(left)
        dropCarry()
        let ended = state
        state = .header
        if ended == .header { return endGarbage() ?? .more }
        endsPart = true
        if isUnsized, left == 0 {
            endsPart = false
            return .partEnded
        }
        return .issue(
            FITFramingIssue(
                code: .truncated, position: ReadPosition(byte: consumed),
                found: ended == .checksum
                    ? "the end of the recording instead of a checksum"
                    : "the end of the recording inside the data of a part",
                expected: "as many bytes as the header says, and a checksum"))
    }
}

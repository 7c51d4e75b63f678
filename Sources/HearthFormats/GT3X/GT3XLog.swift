// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Cuts `log.bin` into its records: a mark, type, time, size, payload and checksum.
struct GT3XLog: Sendable {
    private static let mark: UInt8 = 0x1E
    private static let headBytes = 8
    /// Bytes of a record beside its payload.
    private static let frameBytes = 9
    /// A record behind which no other begins is believed up to this size, if its checksum holds.
    /// An activity record of the fastest recorders has 1,536 bytes.
    private static let lonelyBytes = 2048

    /// The largest payload that is believed. Descriptions of the subject have some hundred bytes.
    private static let largestBytes = 8192

    private enum Look {
        /// More bytes are needed, so many from the record's start on.
        case needs(Int)
        /// A record of so many bytes.
        case record(Int)
        /// A record of so many bytes whose checksum does not hold.
        case damaged(Int)
        /// So many bytes that belong to no record.
        case skip(Int, isPadding: Bool)
    }

    private var carried: [UInt8] = []
    /// Where in the part the carried bytes, or the next ones, begin.
    private var offset: Int64 = 0
    private var records: Int64 = 0
    private var isInDamage = false

    /// - Parameter isLast: nothing follows in this part.
    mutating func read(
        _ bytes: Span<UInt8>, isLast: Bool, _ body: inout GT3XBody,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while !carried.isEmpty {
            let needed = try takeCarried(isLast: isLast, &body, into: &sink)
            if carried.isEmpty || index == bytes.count { break }
            // More than is needed at once: what was taken need then be moved out less often.
            let wanted = max(Self.largestBytes, needed - carried.count)
            let end = min(bytes.count, index + wanted)
            XMLByteSearch.append(bytes, index..<end, to: &carried)
            index = end
        }
        guard carried.isEmpty, index < bytes.count else { return }
        let rest = bytes.extracting(index..<bytes.count)
        let (taken, _) = try take(rest, isLast: isLast, &body, into: &sink)
        XMLByteSearch.append(rest, taken..<rest.count, to: &carried)
        offset += Int64(taken)
    }

    private mutating func takeCarried(
        isLast: Bool, _ body: inout GT3XBody, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Int {
        var pending: [UInt8] = []
        swap(&pending, &carried)
        let (taken, needed) = try take(pending.span, isLast: isLast, &body, into: &sink)
        if taken > 0 { pending.removeFirst(taken) }
        swap(&pending, &carried)
        offset += Int64(taken)
        return needed
    }

    /// Takes what is whole; returns how many bytes that was, and how many the rest must become.
    private mutating func take(
        _ bytes: Span<UInt8>, isLast: Bool, _ body: inout GT3XBody,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> (taken: Int, needed: Int) {
        var index = 0
        while index < bytes.count {
            let position = ReadPosition(byte: offset + Int64(index), record: records + 1)
            switch look(bytes, index, isLast: isLast) {
            case .needs(let count):
                guard isLast else { return (index, count) }
                body.cutOff(bytes.extracting(index..<bytes.count), position)
                return (bytes.count, 0)
            case .record(let count):
                records += 1
                isInDamage = false
                try body.take(bytes.extracting(index..<index + count), position, into: &sink)
                index += count
            case .damaged(let count):
                records += 1
                isInDamage = false
                body.countDamaged(bytes.extracting(index..<index + count), position)
                index += count
            case .skip(let count, let isPadding):
                if !isPadding, !isInDamage {
                    body.count(.damaged, position, "bytes that belong to no record")
                    isInDamage = true
                }
                index += count
            }
        }
        return (index, 0)
    }

    private func look(_ bytes: Span<UInt8>, _ start: Int, isLast: Bool) -> Look {
        let first = bytes[start]
        guard first == Self.mark else {
            // A few zeros between records are usual.
            var end = start + 1
            if first == 0 {
                while end < bytes.count, bytes[end] == 0 { end += 1 }
                return .skip(end - start, isPadding: true)
            }
            while end < bytes.count, bytes[end] != Self.mark, bytes[end] != 0 { end += 1 }
            return .skip(end - start, isPadding: false)
        }
        let left = bytes.count - start
        guard left >= Self.headBytes else { return .needs(Self.headBytes) }
        let size = Int(bytes[start + 6]) | Int(bytes[start + 7]) << 8
        guard size <= Self.largestBytes else { return .skip(1, isPadding: false) }
        let whole = size + Self.frameBytes
        // The byte behind tells whether the size can be believed.
        if left <= whole {
            guard isLast else { return .needs(whole + 1) }
            guard left == whole else {
                return hasMark(bytes, start + 1..<bytes.count)
                    ? .skip(1, isPadding: false) : .needs(whole)
            }
        }
        let behind = left == whole ? Self.mark : bytes[start + whole]
        let isFollowed = behind == Self.mark || behind == 0
        guard isFollowed || size <= Self.lonelyBytes else { return .skip(1, isPadding: false) }
        let isSound = MotionUnpack.xor8(bytes, start..<start + whole) == 0xFF
        if isSound { return .record(whole) }
        return isFollowed ? .damaged(whole) : .skip(1, isPadding: false)
    }

    private func hasMark(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let rest = bytes.extracting(range)
        return XMLByteSearch.first(Self.mark, in: rest, from: 0) < rest.count
    }
}

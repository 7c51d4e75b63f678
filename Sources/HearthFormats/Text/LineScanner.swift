// SPDX-License-Identifier: Apache-2.0

/// Cuts bytes that arrive in any pieces into lines, each ended by a line feed.
struct LineScanner: Sendable {
    /// Where a line is.
    enum Line: Sendable {
        /// In the piece at hand.
        case input(Range<Int>)
        /// In a buffer that ``swapHeld(with:)`` gives away.
        case held
        /// Dropped: longer than the limit.
        case tooLong
    }

    /// First byte and number (from 1) of the line handed out last.
    private(set) var position = ReadPosition(byte: 0, record: 0)

    private let limit: Int
    private var carry: [UInt8] = []
    private var held: [UInt8] = []
    private var isSkipping = false
    /// Start and number of the line being gathered, and how many of its bytes were seen.
    private var start: Int64 = 0
    private var number: Int64 = 1
    private var seen: Int64 = 0
    /// Lines to be handed out a second time.
    private var again: [UInt8] = []
    private var againIndex = 0
    private var againPosition = ReadPosition(byte: 0)
    private var deferred: ReadPosition?

    init(limit: Int) { self.limit = limit }

    /// The next line that ends in `bytes`, from `index` on, or with `isLast` what is left.
    mutating func next(_ bytes: Span<UInt8>, _ index: inout Int, isLast: Bool) -> Line? {
        if againIndex < again.count { return nextAgain() }
        if let deferred {
            position = deferred
            self.deferred = nil
            return .tooLong
        }
        let from = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
        if index < bytes.count {
            let line = end(bytes, from..<index, lineBreak: 1)
            index += 1
            return line
        }
        hold(bytes, from..<index)
        guard isLast, seen > 0 else { return nil }
        return end(bytes, index..<index, lineBreak: 0)
    }

    /// Gives the bytes of a held line away in exchange for a buffer to reuse.
    mutating func swapHeld(with buffer: inout [UInt8]) { swap(&held, &buffer) }

    /// Hands out `lines` from `offset` on again, before anything new.
    ///
    /// - Parameter first: the place of the start of `lines`, which are whole lines.
    mutating func readAgain(_ lines: [UInt8], from offset: Int, at first: ReadPosition) {
        let unread = again[againIndex...]
        again = Array(lines[offset...]) + unread
        againIndex = 0
        againPosition = ReadPosition(byte: first.byte + Int64(offset), record: first.record + 1)
    }

    /// Hands out the line just dropped once more, after those to be read again.
    mutating func deferTooLong() { deferred = position }

    private mutating func nextAgain() -> Line {
        var end = againIndex
        while end < again.count, again[end] != UInt8(ascii: "\n") { end += 1 }
        held.removeAll(keepingCapacity: true)
        held.append(contentsOf: again[againIndex..<end])
        position = againPosition
        againPosition.byte += Int64(end + 1 - againIndex)
        againPosition.record += 1
        againIndex = end + 1
        if againIndex >= again.count {
            again.removeAll(keepingCapacity: true)
            againIndex = 0
        }
        return .held
    }

    /// Ends the line being gathered with the bytes of `range`.
    private mutating func end(
        _ bytes: Span<UInt8>, _ range: Range<Int>, lineBreak: Int64
    ) -> Line {
        position = ReadPosition(byte: start, record: number)
        start += seen + Int64(range.count) + lineBreak
        number += 1
        seen = 0
        let isTooLong = isSkipping || carry.count + range.count > limit
        defer {
            isSkipping = false
            carry.removeAll(keepingCapacity: true)
        }
        if isTooLong { return .tooLong }
        if carry.isEmpty && lineBreak == 1 { return .input(range) }
        for index in range { carry.append(bytes[index]) }
        swap(&carry, &held)
        return .held
    }

    /// Keeps the start of a line whose end has not arrived.
    private mutating func hold(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        seen += Int64(range.count)
        if isSkipping { return }
        if carry.count + range.count > limit {
            isSkipping = true
            carry.removeAll(keepingCapacity: true)
        } else {
            for index in range { carry.append(bytes[index]) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Judges whether bytes behind damage are a run of sound records, so that reading can go on there.
///
/// Evidence is a definition whose every field has a known type and a fitting size, or two data
/// messages in a row whose own times lie near the first time of the part.
struct FITSoundness: Sendable {
    /// A definition with one field.
    static let shortestDefinition = 9
    /// Records looked at from one place on.
    private static let run = 6
    /// A part seldom spans more than a month; clocks may be set back a day.
    private static let before: Int64 = 86_400
    private static let after: Int64 = 40 * 86_400

    private var timeOffsets = [Int](repeating: -1, count: 16)
    private var bigEndian: UInt16 = 0
    /// The part's first time in seconds, absolute or since power-up.
    private var reference: Int64?

    mutating func define(_ definition: FITDefinition) {
        let local = Int(definition.localType)
        timeOffsets[local] = definition.timestampOffset ?? -1
        let bit = UInt16(1) << UInt16(local)
        bigEndian = definition.bigEndian ? bigEndian | bit : bigEndian & ~bit
    }

    /// Remembers the time of the part's first message that has one; the header byte is at `start`.
    @inline(__always)
    mutating func note(_ bytes: Span<UInt8>, at start: Int, localType: Int) {
        if reference == nil { noteFirst(bytes, at: start, localType: localType) }
    }

    private mutating func noteFirst(_ bytes: Span<UInt8>, at start: Int, localType: Int) {
        guard let time = time(bytes, at: start, localType: localType),
            time != 0, time < FITClock.latest
        else { return }
        reference = time
    }

    private func time(_ bytes: Span<UInt8>, at start: Int, localType: Int) -> Int64? {
        let offset = timeOffsets[localType]
        guard offset >= 0 else { return nil }
        return Int64(
            FITBaseType.bits(
                bytes, at: start + 1 + offset, width: 4,
                bigEndian: bigEndian & (1 << UInt16(localType)) != 0))
    }

    /// True if records that can be believed begin at `start`.
    ///
    /// - Parameters:
    ///   - limit: bytes from `start` on that may be looked at.
    ///   - sizes: bytes of a data message of each local type, negative if not defined.
    ///   - endsPart: the data of the part end with the limit.
    func isSound(
        _ bytes: Span<UInt8>, at start: Int, limit: Int, sizes: [Int], endsPart: Bool
    ) -> Bool {
        var next = start
        var timed = 0
        let end = start + limit
        for _ in 0..<Self.run {
            if next == end { return endsPart && timed > 0 }
            let header = bytes[next]
            if header & 0xC0 == 0x40 {
                return Self.definitionLength(bytes, at: next, limit: end - next) != nil
            }
            // Reserved bits of a sound data message are clear; a compressed header is no evidence.
            guard header & 0xF0 == 0 else { return false }
            let local = Int(header & 0x0F)
            let length = sizes[local] + 1
            guard length > 0, length <= end - next else { return false }
            if let time = time(bytes, at: next, localType: local) {
                guard isNear(time) else { return false }
                timed += 1
                if timed == 2 { return true }
            }
            next += length
        }
        return false
    }

    private func isNear(_ time: Int64) -> Bool {
        guard let reference else { return false }
        return time >= reference - Self.before && time <= reference + Self.after
    }

    /// True if the nine bytes at `start` are a definition up to its first field.
    static func beginsDefinition(_ bytes: Span<UInt8>, at start: Int, limit: Int) -> Bool {
        limit >= shortestDefinition && bytes[start] & 0xD0 == 0x40 && bytes[start + 1] == 0
            && bytes[start + 2] <= 1 && bytes[start + 5] > 0 && isField(bytes, at: start + 6)
    }

    private static func isField(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        let width = FITBaseType(code: bytes[start + 2]).width
        let size = Int(bytes[start + 1])
        return width > 0 && size > 0 && size % width == 0
    }

    /// Bytes of the definition at `start` if every part of it is as the format asks.
    static func definitionLength(_ bytes: Span<UInt8>, at start: Int, limit: Int) -> Int? {
        guard beginsDefinition(bytes, at: start, limit: limit) else { return nil }
        let length = FITDefinition.length(bytes, at: start, available: limit)
        guard length <= limit else { return nil }
        for index in 1..<max(1, Int(bytes[start + 5]))
        where !isField(bytes, at: start + 6 + 3 * index) {
            return nil
        }
        return length
    }
}

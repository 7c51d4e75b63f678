// SPDX-License-Identifier: Apache-2.0

/// A look at a zip's central directory before it is read, for what libarchive does not refuse:
/// entries that share bytes, and sizes that only a bomb has.
///
/// A zip without a directory that can be found is left to libarchive, which then reads its entries in
/// their order, so that none can overlap.
struct ZipDirectory {
    /// Names are kept of archives this small: recordings of several files have a handful.
    static let namesKept = 64

    private(set) var names: [String] = []
    private(set) var entries = 0
    private var ranges: [(start: UInt64, end: UInt64)] = []
    private var unpacked: UInt64 = 0

    /// - Returns: `nil` if no directory is found.
    /// - Throws: ``IntakeErrorCode/archiveLimit`` if entries overlap or unpack to too much.
    init?(_ source: any ByteSource, limits: ArchiveLimits) throws(IntakeError) {
        guard let length = source.length, let end = try Self.end(of: source, length) else {
            return nil
        }
        guard end.offset <= UInt64(length), end.size <= UInt64(length) - end.offset else {
            return nil
        }
        guard end.entries <= UInt64(limits.entries) else {
            throw IntakeError(.archiveLimit, "more than \(limits.entries) entries (limit: entries)")
        }
        source.seek(to: Int64(end.offset))
        guard try scan(source, end, limits) else { return nil }
        try check(limits, length)
    }

    private struct End {
        var entries: UInt64
        var size: UInt64
        var offset: UInt64
    }

    /// The end record, and the one for large archives where it points to one.
    private static func end(of source: any ByteSource, _ length: Int64) throws(IntakeError) -> End?
    {
        let tailBytes = min(length, 65_557)
        source.seek(to: length - tailBytes)
        let tail = try source.take(Int(tailBytes))
        guard tail.count >= 22 else { return nil }
        var at = tail.count - 22
        while at >= 0, tail.little(4, at) != 0x0605_4B50 { at -= 1 }
        guard at >= 0 else { return nil }
        var end = End(
            entries: tail.little(2, at + 10), size: tail.little(4, at + 12),
            offset: tail.little(4, at + 16))
        let isLarge = end.entries == 0xFFFF || end.size == 0xFFFF_FFFF || end.offset == 0xFFFF_FFFF
        guard isLarge, at >= 20, tail.little(4, at - 20) == 0x0706_4B50 else { return end }
        let place = tail.little(8, at - 12)
        guard place < UInt64(length) else { return nil }
        source.seek(to: Int64(place))
        let large = try source.take(56)
        guard large.count == 56, large.little(4, 0) == 0x0606_4B50 else { return nil }
        end = End(
            entries: large.little(8, 32), size: large.little(8, 40), offset: large.little(8, 48))
        return end
    }

    /// Reads the records; false if they are none.
    private mutating func scan(
        _ source: any ByteSource, _ end: End, _ limits: ArchiveLimits
    ) throws(IntakeError) -> Bool {
        var buffer: [UInt8] = []
        var index = 0
        var left = end.size
        ranges.reserveCapacity(Int(end.entries))
        while UInt64(entries) < end.entries {
            // A record is at most 46 bytes and three texts of 65,535.
            if buffer.count - index < 200_000, left > 0 {
                buffer.removeSubrange(..<index)
                index = 0
                let more = try source.take(Int(min(left, 1 << 20)))
                guard !more.isEmpty else { return false }
                left -= UInt64(more.count)
                buffer += more
            }
            guard buffer.count - index >= 46, buffer.little(4, index) == 0x0201_4B50 else {
                return false
            }
            let nameBytes = Int(buffer.little(2, index + 28))
            let extraBytes = Int(buffer.little(2, index + 30))
            let size = 46 + nameBytes + extraBytes + Int(buffer.little(2, index + 32))
            guard buffer.count - index >= size else { return false }
            take(buffer, index, nameBytes, extraBytes)
            entries += 1
            index += size
            if unpacked > UInt64(Int64.max) { throw ArchiveBudget.tooDense(limits) }
        }
        return true
    }

    private mutating func take(
        _ buffer: [UInt8], _ index: Int, _ nameBytes: Int, _ extraBytes: Int
    ) {
        var packed = buffer.little(4, index + 20)
        var full = buffer.little(4, index + 24)
        var start = buffer.little(4, index + 42)
        // The values that do not fit 32 bits stand, in this order, in the field with id 1.
        var at = index + 46 + nameBytes
        let end = at + extraBytes
        while at + 4 <= end {
            let size = Int(buffer.little(2, at + 2))
            guard at + 4 + size <= end else { break }
            if buffer.little(2, at) == 1 {
                var value = at + 4
                for target in [\Wide.full, \Wide.packed, \Wide.start] {
                    var wide = Wide(full: full, packed: packed, start: start)
                    guard wide[keyPath: target] == 0xFFFF_FFFF, value + 8 <= at + 4 + size else {
                        continue
                    }
                    wide[keyPath: target] = buffer.little(8, value)
                    value += 8
                    (full, packed, start) = (wide.full, wide.packed, wide.start)
                }
            }
            at += 4 + size
        }
        let header = UInt64(30 + nameBytes)
        let (body, overflow) = packed.addingReportingOverflow(header)
        let (last, beyond) = start.addingReportingOverflow(body)
        ranges.append((start, overflow || beyond ? .max : last))
        unpacked = unpacked.addingReportingOverflow(full).overflow ? .max : unpacked + full
        if entries < Self.namesKept {
            names.append(
                String(decoding: buffer[(index + 46)..<(index + 46 + nameBytes)], as: UTF8.self))
        }
    }

    private struct Wide {
        var full: UInt64
        var packed: UInt64
        var start: UInt64
    }

    private mutating func check(_ limits: ArchiveLimits, _ length: Int64) throws(IntakeError) {
        if entries > Self.namesKept { names = [] }
        if unpacked > UInt64(limits.ratioGrace),
            unpacked / UInt64(max(1, length)) >= UInt64(limits.ratio)
        {
            throw ArchiveBudget.tooDense(limits)
        }
        ranges.sort { $0.start < $1.start }
        var reached: UInt64 = 0
        for range in ranges {
            guard range.start >= reached else {
                throw IntakeError(
                    .archiveLimit, "entries of the archive share bytes (limit: overlap)")
            }
            reached = range.end
        }
        ranges = []
    }
}

extension [UInt8] {
    /// `count` bytes from `index` on as a number, the low byte first; 0 where there are no bytes.
    func little(_ count: Int, _ index: Int) -> UInt64 {
        guard index >= 0, index + count <= self.count else { return 0 }
        return (0..<count).reduce(0) { $0 | UInt64(self[index + $1]) << UInt64(8 * $1) }
    }
}

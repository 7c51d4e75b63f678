// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// When a line of a log says it was received.
enum HeartRateTime: Equatable {
    case instant(Timestamp)
    /// A date and time, possibly without a zone.
    case written(TextTime)
    /// A time of day without a date, in nanoseconds.
    case timeOfDay(Int64)
}

/// Takes the parts of one line of a log apart: times, and bytes in hexadecimal.
enum HeartRateLine {
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; seconds
    /// may have a fraction. Or a date and time.
    static func time(_ field: Span<UInt8>) -> HeartRateTime? {
        if let time = TextTime(field) { return time.hasTimeOfDay ? .written(time) : nil }
        if let whole = TextNumber.integer(field) {
            switch whole {
            case 100_000_000..<100_000_000_000: return .instant(Timestamp(seconds: whole))
            case 100_000_000_000..<100_000_000_000_000:
                return .instant(Timestamp(milliseconds: whole))
            case 100_000_000_000_000..<9_000_000_000_000_000:
                return .instant(Timestamp(nanoseconds: whole * 1000))
            case 100_000_000_000_000_000...: return .instant(Timestamp(nanoseconds: whole))
            default: return nil
            }
        }
        guard let fraction = TextNumber.nanoseconds(field), fraction >= 100_000_000_000_000_000
        else { return nil }
        return .instant(Timestamp(nanoseconds: fraction))
    }

    /// `HH:MM:SS.fff`
    static func timeOfDay(_ field: Span<UInt8>) -> HeartRateTime? {
        guard field.count >= 8, field.count <= 18, field[2] == UInt8(ascii: ":") else {
            return nil
        }
        var written = Array("1970-01-01T".utf8)
        for index in field.indices { written.append(field[index]) }
        guard let time = TextTime(written.span), time.offsetSeconds == nil else { return nil }
        return .timeOfDay(Int64(time.secondsOfDay) * 1_000_000_000 + time.nanosecond)
    }

    /// Pairs of digits; `0x`, blanks, colons and hyphens between pairs are passed over. Appends to
    /// `output`; false if anything else is met.
    static func hexadecimal(_ field: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        output.removeAll(keepingCapacity: true)
        var index = 0
        while index < field.count {
            let byte = field[index]
            if [0x20, UInt8(ascii: ":"), UInt8(ascii: "-"), 0x09].contains(byte) {
                index += 1
                continue
            }
            if byte == UInt8(ascii: "0"), index + 1 < field.count,
                field[index + 1] | 0x20 == UInt8(ascii: "x")
            {
                index += 2
                continue
            }
            guard index + 1 < field.count, let high = digit(byte),
                let low = digit(field[index + 1]), output.count < HeartRatePacket.maximumBytes
            else { return false }
            output.append(high << 4 | low)
            index += 2
        }
        return !output.isEmpty
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) &- 0x57
        default: nil
        }
    }

    /// The range of a field without blanks, tabs, carriage returns and quotes around it.
    static func trimmed(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        func isEdge(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x22
        }
        while start < end, isEdge(line[start]) { start += 1 }
        while start < end, isEdge(line[end - 1]) { end -= 1 }
        return start..<end
    }

    /// The fields of a line at `separator`; blanks count as one separator.
    static func fields(_ line: Span<UInt8>, separator: UInt8, limit: Int) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for index in 0...line.count
        where index == line.count || line[index] == separator {
            let isBlankRun = separator == 0x20 && start == index
            if !isBlankRun { found.append(trimmed(line, start..<index)) }
            start = index + 1
            if found.count > limit { return found }
        }
        return found
    }

    /// Where `word` (lower case) begins, in any case.
    static func find(_ word: StaticString, in line: Span<UInt8>, from: Int = 0) -> Int? {
        let bytes = Array("\(word)".utf8)
        guard line.count - from >= bytes.count, !bytes.isEmpty else { return nil }
        return (from...line.count - bytes.count).first { start in
            bytes.indices.allSatisfy { step in
                let byte = line[start + step]
                let isUpper = byte >= 0x41 && byte <= 0x5A
                return (isUpper ? byte | 0x20 : byte) == bytes[step]
            }
        }
    }
}

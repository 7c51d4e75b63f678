// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The first two lines of an E4 file, which say when it starts and how fast it goes.
enum EmpaticaE4Lines {
    /// Nanoseconds of a Unix time of the years 2001 to 2096.
    static func time(_ field: Span<UInt8>) -> Int64? {
        guard let time = TextNumber.nanoseconds(field),
            (1_000_000_000_000_000_000...4_000_000_000_000_000_000).contains(time)
        else { return nil }
        return time
    }

    /// A rate above 0 and up to 1,000 Hz, in thousand-millionths of a hertz.
    static func nanohertz(_ field: Span<UInt8>) -> Int64? {
        guard let rate = TextNumber.nanoseconds(field), rate > 0, rate <= 1_000_000_000_000 else {
            return nil
        }
        return rate
    }

    static func period(nanohertz: Int64) -> Period {
        var (a, b) = (1_000_000_000_000_000_000 as Int64, nanohertz)
        while b != 0 { (a, b) = (b, a % b) }
        return Period(numerator: 1_000_000_000_000_000_000 / a, denominator: nanohertz / a)
    }

    /// Whether a field is the word that heads the column of intervals.
    static func isIntervalWord(_ field: Span<UInt8>) -> Bool {
        field.count == 3 && field[0] | 0x20 == UInt8(ascii: "i")
            && field[1] | 0x20 == UInt8(ascii: "b") && field[2] | 0x20 == UInt8(ascii: "i")
    }

    /// Whether a field has a fraction of exactly two digits, as the vendor writes times of tags.
    static func hasTwoDecimals(_ field: Span<UInt8>) -> Bool {
        field.count > 3 && field[field.count - 3] == UInt8(ascii: ".")
    }

    /// Whether the bytes begin an E4 file; strict, because other tables begin with numbers too.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        var splitter = CSVFieldSplitter(delimiter: UInt8(ascii: ","), limit: 8)
        guard let first = line(prefix, from: 0) else { return false }
        let head = prefix.extracting(first)
        guard splitter.split(head, from: 0) == .complete, !splitter.isOverfull else { return false }
        let columns = splitter.fields
        let times = columns.filter { time(head.extracting($0.start..<$0.end)) != nil }.count
        guard times > 0, let start = columns.first else { return false }
        if columns.count == 2, times == 1 {
            return isIntervalWord(head.extracting(columns[1].start..<columns[1].end))
        }
        let startField = head.extracting(start.start..<start.end)
        guard columns.count == times, times == 1 || times == 3 else { return false }
        guard let second = line(prefix, from: first.upperBound + 1) else {
            return times == 1 && hasTwoDecimals(startField)
        }
        let next = prefix.extracting(second)
        guard splitter.split(next, from: 0) == .complete, splitter.fields.count == times else {
            return false
        }
        let hasFraction = startField.indices.contains { startField[$0] == UInt8(ascii: ".") }
        return splitter.fields.allSatisfy { field in
            let word = next.extracting(field.start..<field.end)
            if times == 1, time(word) != nil {
                return hasTwoDecimals(startField) && hasTwoDecimals(word)
            }
            guard let rate = nanohertz(word) else { return false }
            let usual: [Int64] = [1, 4, 32, 64]
            return hasFraction || usual.contains { $0 * 1_000_000_000 == rate }
        }
    }

    /// The line that starts at `start`, without its end; `nil` if there is none.
    private static func line(_ bytes: Span<UInt8>, from start: Int) -> Range<Int>? {
        guard start < bytes.count else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        return start..<end
    }
}

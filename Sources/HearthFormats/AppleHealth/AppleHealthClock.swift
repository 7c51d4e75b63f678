// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads `yyyy-MM-dd HH:mm:ss ±HHMM`, remembering the last date and the last offset.
///
/// The instant is right, but the offset is that of the phone when it exported, for every row of
/// every year: it says nothing about the wall clock of the row.
struct AppleHealthClock {
    /// Length of the text; any other length is no time.
    static let length = 25

    private var dateHead: UInt64 = 0
    /// Two bytes, so that `max` is equal to none: nothing is remembered.
    private var dateTail: UInt64 = .max
    private var daySeconds: Int64 = 0
    /// Five bytes, likewise.
    private var zone: UInt64 = .max
    /// The offset of the time read last.
    private(set) var offsetSeconds: Int64 = 0

    /// Seconds since the Unix epoch; `nil` if the bytes are no time between 1900 and 2199.
    @inline(__always)
    mutating func seconds(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        guard range.count == Self.length else { return nil }
        let head = XMLByteSearch.word(bytes, at: range.lowerBound)
        let middle = XMLByteSearch.word(bytes, at: range.lowerBound + 8)
        let tail = XMLByteSearch.word(bytes, at: range.lowerBound + 16)
        if head != dateHead || middle & 0xFFFF != dateTail {
            guard setDate(head, middle & 0xFFFF) else { return nil }
        }
        let zoneText = tail >> 32 | UInt64(bytes[range.upperBound - 1]) << 32
        if zoneText != zone {
            guard setZone(zoneText) else { return nil }
        }
        let marks = middle & 0x0000_FF00_00FF_0000 == 0x0000_3A00_0020_0000
        guard marks, tail & 0xFF00_00FF == 0x2000_003A else { return nil }
        guard let hour = Self.twoDigits(middle >> 24), let minute = Self.twoDigits(middle >> 48),
            let second = Self.twoDigits(tail >> 8), hour < 24, minute < 60, second < 60
        else { return nil }
        return daySeconds &+ hour &* 3600 &+ minute &* 60 &+ second &- offsetSeconds
    }

    private mutating func setDate(_ head: UInt64, _ tail: UInt64) -> Bool {
        dateTail = .max
        guard head >> 32 & 0xFF == 0x2D, head >> 56 == 0x2D,
            let century = Self.twoDigits(head), let years = Self.twoDigits(head >> 16),
            let month = Self.twoDigits(head >> 40), let day = Self.twoDigits(tail),
            (19...21).contains(century),
            let date = LocalDate(
                year: Int(century * 100 + years), month: Int(month), day: Int(day))
        else { return false }
        dateHead = head
        dateTail = tail
        daySeconds = date.dayNumber * 86_400
        return true
    }

    /// `±HHMM` in the low five bytes; no zone on Earth is beyond 14 hours, 18 are let through.
    private mutating func setZone(_ text: UInt64) -> Bool {
        zone = .max
        let sign = text & 0xFF
        guard sign == 0x2B || sign == 0x2D, let hours = Self.twoDigits(text >> 8),
            let minutes = Self.twoDigits(text >> 24), hours <= 18, minutes < 60
        else { return false }
        zone = text
        let seconds = hours * 3600 + minutes * 60
        offsetSeconds = sign == 0x2D ? -seconds : seconds
        return true
    }

    /// The number of two digits in the low bytes of a word, tens first.
    @inline(__always)
    private static func twoDigits(_ word: UInt64) -> Int64? {
        let tens = (word & 0xFF) &- 0x30
        let ones = (word >> 8 & 0xFF) &- 0x30
        guard tens <= 9, ones <= 9 else { return nil }
        return Int64(tens &* 10 &+ ones)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A date and time as a text file writes it, with or without a zone.
///
/// Accepted: `2026-01-02T03:04:05.123456789Z` and its shorter forms (no seconds, a blank for `T`,
/// offset `+02:00`, `+0200` or none, the date alone) and `01/02/26 03:04:05` (month first).
struct TextTime: Equatable {
    /// What the wall clock showed, as seconds since 1970-01-01T00:00 on that wall.
    var wallSeconds: Int64
    var nanosecond: Int64 = 0
    /// Seconds east of UTC; `nil` if the text names no zone.
    var offsetSeconds: Int32?
    /// False if the text is a date alone.
    var hasTimeOfDay = true
    /// True for `Z`, which names an instant but not a place.
    var isZulu = false

    /// The instant, taking the wall clock for UTC plus `offset`; `nil` outside 1678 to 2261.
    func instant(offset: Int32) -> Timestamp? {
        let seconds = wallSeconds - Int64(offset)
        // Splitting towards zero keeps the first and last second of the range from overflowing.
        let borrowed: Int64 = seconds < 0 && nanosecond > 0 ? 1 : 0
        let (whole, tooFar) = (seconds + borrowed).multipliedReportingOverflow(by: 1_000_000_000)
        let part = nanosecond - borrowed * 1_000_000_000
        let (sum, tooMuch) = whole.addingReportingOverflow(part)
        return tooFar || tooMuch ? nil : Timestamp(nanoseconds: sum)
    }

    /// The date the wall clock showed.
    var date: LocalDate {
        LocalDate(dayNumber: Calendrical.floorDivide(wallSeconds, 86_400))
    }

    var secondsOfDay: Int { Int(Calendrical.floorModulo(wallSeconds, 86_400)) }

    /// Reads a whole field; `nil` if it is in none of the accepted forms.
    init?(_ bytes: Span<UInt8>) {
        var cursor = TextCursor(bytes.count)
        let isMonthFirst = bytes.count > 2 && bytes[2] == UInt8(ascii: "/")
        guard let date = isMonthFirst ? cursor.monthFirstDate(bytes) : cursor.isoDate(bytes)
        else { return nil }
        self.wallSeconds = date.dayNumber * 86_400
        guard !cursor.isAtEnd else {
            self.hasTimeOfDay = false
            return
        }
        guard cursor.skip(bytes, UInt8(ascii: "T")) || cursor.skip(bytes, UInt8(ascii: " ")),
            let time = cursor.timeOfDay(bytes)
        else { return nil }
        self.wallSeconds += time.seconds
        self.nanosecond = time.nanosecond
        if cursor.isAtEnd { return }
        if cursor.skip(bytes, UInt8(ascii: "Z")) || cursor.skip(bytes, UInt8(ascii: "z")) {
            self.offsetSeconds = 0
            self.isZulu = true
        } else {
            guard let offset = cursor.offset(bytes) else { return nil }
            self.offsetSeconds = offset
        }
        guard cursor.isAtEnd else { return nil }
    }

    /// Reads an offset alone: `+05:30`, `-0700`, `+01`, `-25200s` or `Z`.
    static func offset(_ bytes: Span<UInt8>) -> Int32? {
        if bytes.count == 1, bytes[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        if let last = bytes.indices.last, bytes[last] == UInt8(ascii: "s") {
            let from = bytes[0] == UInt8(ascii: "+") ? 1 : 0
            guard last > from, let seconds = TextNumber.integer(bytes.extracting(from..<last)),
                (-64_800...64_800).contains(seconds)
            else { return nil }
            return Int32(seconds)
        }
        var cursor = TextCursor(bytes.count)
        guard let offset = cursor.offset(bytes), cursor.isAtEnd else { return nil }
        return offset
    }

    /// Appends `2026-01-02T03:04:05.123456789Z`, with as many fraction digits as are needed.
    static func append(_ time: Timestamp, to output: inout [UInt8]) {
        let seconds = time.seconds
        let day = Calendrical.floorDivide(seconds, 86_400)
        let ofDay = Int(seconds - day * 86_400)
        let (year, month, dayOfMonth) = LocalDate(dayNumber: day).components
        TextNumber.appendPadded(year, width: 4, to: &output)
        output.append(UInt8(ascii: "-"))
        TextNumber.appendPadded(month, width: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        TextNumber.appendPadded(dayOfMonth, width: 2, to: &output)
        output.append(UInt8(ascii: "T"))
        TextNumber.appendPadded(ofDay / 3600, width: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        TextNumber.appendPadded(ofDay / 60 % 60, width: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        TextNumber.appendPadded(ofDay % 60, width: 2, to: &output)
        let part = Calendrical.floorModulo(time.nanoseconds, 1_000_000_000)
        TextNumber.appendFraction(UInt32(part), to: &output)
        output.append(UInt8(ascii: "Z"))
    }
}

/// Walks over the parts of a date; each step moves on only past what it took.
private struct TextCursor {
    private var index = 0
    private let end: Int

    init(_ count: Int) { self.end = count }

    var isAtEnd: Bool { index == end }

    @inline(__always)
    mutating func skip(_ bytes: Span<UInt8>, _ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// Exactly `count` digits.
    @inline(__always)
    mutating func digits(_ bytes: Span<UInt8>, _ count: Int) -> Int? {
        guard end - index >= count else { return nil }
        var value = 0
        for _ in 0..<count {
            guard TextNumber.isDigit(bytes[index]) else { return nil }
            value = value * 10 + Int(bytes[index] &- UInt8(ascii: "0"))
            index += 1
        }
        return value
    }

    mutating func isoDate(_ bytes: Span<UInt8>) -> LocalDate? {
        guard let year = digits(bytes, 4), skip(bytes, UInt8(ascii: "-")),
            let month = digits(bytes, 2), skip(bytes, UInt8(ascii: "-")),
            let day = digits(bytes, 2)
        else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    mutating func monthFirstDate(_ bytes: Span<UInt8>) -> LocalDate? {
        guard let month = digits(bytes, 2), skip(bytes, UInt8(ascii: "/")),
            let day = digits(bytes, 2), skip(bytes, UInt8(ascii: "/"))
        else { return nil }
        let isFull = end - index >= 4 && TextNumber.isDigit(bytes[index + 2])
        guard let written = digits(bytes, isFull ? 4 : 2) else { return nil }
        // Two digits: no wearable recorded before 1970.
        let year = isFull ? written : (written < 70 ? 2000 + written : 1900 + written)
        return LocalDate(year: year, month: month, day: day)
    }

    /// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.fffffffff` with one to nine fraction digits.
    mutating func timeOfDay(_ bytes: Span<UInt8>) -> (seconds: Int64, nanosecond: Int64)? {
        guard let hour = digits(bytes, 2), hour < 24, skip(bytes, UInt8(ascii: ":")),
            let minute = digits(bytes, 2), minute < 60
        else { return nil }
        var second = 0
        var nanosecond: Int64 = 0
        if skip(bytes, UInt8(ascii: ":")) {
            guard let written = digits(bytes, 2), written < 60 else { return nil }
            second = written
            if skip(bytes, UInt8(ascii: ".")) {
                guard let part = fraction(bytes) else { return nil }
                nanosecond = part
            }
        }
        return (Int64(hour * 3600 + minute * 60 + second), nanosecond)
    }

    private mutating func fraction(_ bytes: Span<UInt8>) -> Int64? {
        var value: Int64 = 0
        var place: Int64 = 1_000_000_000
        while index < end, TextNumber.isDigit(bytes[index]) {
            guard place > 1 else { return nil }
            value = value * 10 + Int64(bytes[index] &- UInt8(ascii: "0"))
            place /= 10
            index += 1
        }
        return place < 1_000_000_000 ? value * place : nil
    }

    /// `+02:00`, `+0200` or `+02`, up to 18 hours either way.
    mutating func offset(_ bytes: Span<UInt8>) -> Int32? {
        let isEast = skip(bytes, UInt8(ascii: "+"))
        guard isEast || skip(bytes, UInt8(ascii: "-")), let hour = digits(bytes, 2) else {
            return nil
        }
        var minute = 0
        if !isAtEnd {
            _ = skip(bytes, UInt8(ascii: ":"))
            guard let written = digits(bytes, 2), written < 60 else { return nil }
            minute = written
        }
        let seconds = hour * 3600 + minute * 60
        guard seconds <= 64_800 else { return nil }
        return Int32(isEast ? seconds : -seconds)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A date as these exports write it; the order of day and month may be open.
enum ActivityDate: Sendable, Equatable {
    case exact(LocalDate)
    /// Two numbers of which one is the day and one the month.
    case open(first: Int, second: Int, year: Int)

    enum Order: Sendable, Equatable { case dayFirst, monthFirst }

    init?(_ bytes: Span<UInt8>) {
        var cursor = ActivityCursor(bytes.count)
        guard let first = cursor.number(bytes, 1...4) else { return nil }
        let firstDigits = cursor.index
        guard let separator = cursor.separator(bytes) else { return nil }
        if separator == UInt8(ascii: "-"), let month = cursor.monthName(bytes) {
            guard cursor.skip(bytes, separator), let year = cursor.year(bytes), cursor.isAtEnd,
                let date = LocalDate(year: year, month: month, day: first)
            else { return nil }
            self = .exact(date)
            return
        }
        guard let second = cursor.number(bytes, 1...2), cursor.skip(bytes, separator) else {
            return nil
        }
        if firstDigits == 4 {
            guard let day = cursor.number(bytes, 1...2), cursor.isAtEnd,
                let date = LocalDate(year: first, month: second, day: day)
            else { return nil }
            self = .exact(date)
            return
        }
        guard firstDigits <= 2, let year = cursor.year(bytes), cursor.isAtEnd else { return nil }
        if separator == UInt8(ascii: ".") {
            guard let date = LocalDate(year: year, month: second, day: first) else { return nil }
            self = .exact(date)
        } else {
            guard (1...31).contains(first), (1...31).contains(second) else { return nil }
            self = .open(first: first, second: second, year: year)
        }
    }

    func date(_ order: Order) -> LocalDate? {
        switch self {
        case .exact(let date): date
        case .open(let first, let second, let year):
            order == .dayFirst
                ? LocalDate(year: year, month: second, day: first)
                : LocalDate(year: year, month: first, day: second)
        }
    }

    /// Seconds since midnight of `9:05`, `09:05:30` or `9:05:30 PM`.
    static func secondsOfDay(_ bytes: Span<UInt8>) -> Int64? {
        var cursor = ActivityCursor(bytes.count)
        guard var hour = cursor.number(bytes, 1...2), cursor.skip(bytes, UInt8(ascii: ":")),
            let minute = cursor.number(bytes, 2...2), minute < 60
        else { return nil }
        var second = 0
        if cursor.skip(bytes, UInt8(ascii: ":")) {
            guard let written = cursor.number(bytes, 2...2), written < 60 else { return nil }
            second = written
        }
        if cursor.skip(bytes, 0x20) {
            guard let isAfternoon = cursor.halfOfDay(bytes), (1...12).contains(hour) else {
                return nil
            }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        guard cursor.isAtEnd, hour < 24 else { return nil }
        return Int64(hour * 3600 + minute * 60 + second)
    }
}

/// Gathers what the dates of a file tell about the order of day and month.
struct ActivityDateOrder: Sendable {
    private var dayFirst = 0
    private var monthFirst = 0
    /// Votes of neighbouring dates that are near each other in one order only.
    private var nearDayFirst = 0
    private var nearMonthFirst = 0
    private var last: ActivityDate?
    var stated: ActivityDate.Order?

    /// Recordings and the time to their download are rarely longer.
    private static let nearDays: Int64 = 62

    mutating func see(_ date: ActivityDate) {
        defer { last = date }
        guard case .open(let first, let second, _) = date else { return }
        if first > 12 { dayFirst += 1 }
        if second > 12 { monthFirst += 1 }
        guard let last, last != date else { return }
        let isNear = [ActivityDate.Order.dayFirst, .monthFirst].map { order -> Bool in
            guard let one = last.date(order), let other = date.date(order) else { return false }
            return abs(other.dayNumber - one.dayNumber) <= Self.nearDays
        }
        if isNear == [true, false] { nearDayFirst += 1 }
        if isNear == [false, true] { nearMonthFirst += 1 }
    }

    /// The order, if the dates or the file's own word tell it.
    var told: ActivityDate.Order? {
        if dayFirst != monthFirst { return dayFirst > monthFirst ? .dayFirst : .monthFirst }
        if let stated { return stated }
        if nearDayFirst != nearMonthFirst {
            return nearDayFirst > nearMonthFirst ? .dayFirst : .monthFirst
        }
        return nil
    }
}

extension TextTime {
    /// A wall clock's reading without a zone.
    init(wallClockSeconds: Int64) { self.wallSeconds = wallClockSeconds }
}

/// Walks over the parts of a date or time.
private struct ActivityCursor {
    private(set) var index = 0
    private let end: Int

    init(_ count: Int) { end = count }

    var isAtEnd: Bool { index == end }

    mutating func skip(_ bytes: Span<UInt8>, _ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// As many digits as there are, if that is one of `counts`.
    mutating func number(_ bytes: Span<UInt8>, _ counts: ClosedRange<Int>) -> Int? {
        let start = index
        var value = 0
        while index < end, index - start < counts.upperBound, TextNumber.isDigit(bytes[index]) {
            value = value * 10 + Int(bytes[index] &- UInt8(ascii: "0"))
            index += 1
        }
        return counts.contains(index - start) ? value : nil
    }

    mutating func separator(_ bytes: Span<UInt8>) -> UInt8? {
        for byte in [UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: ".")]
        where skip(bytes, byte) {
            return byte
        }
        return nil
    }

    /// Two digits: no wearable recorded before 1970.
    mutating func year(_ bytes: Span<UInt8>) -> Int? {
        let start = index
        guard let year = number(bytes, 2...4), index - start != 3 else { return nil }
        return index - start == 4 ? year : (year < 70 ? 2000 + year : 1900 + year)
    }

    mutating func monthName(_ bytes: Span<UInt8>) -> Int? {
        guard end - index >= 3 else { return nil }
        let names: [StaticString] = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ]
        let letters = (0..<3).map { bytes[index + $0] | 0x20 }
        guard
            let found = names.firstIndex(where: {
                XMLByteSearch.equal(letters.span, 0..<3, $0)
            })
        else { return nil }
        index += 3
        return found + 1
    }

    /// True for PM; `nil` if it is neither.
    mutating func halfOfDay(_ bytes: Span<UInt8>) -> Bool? {
        guard end - index == 2, bytes[index + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
        let letter = bytes[index] | 0x20
        guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return nil }
        index += 2
        return letter == UInt8(ascii: "p")
    }
}

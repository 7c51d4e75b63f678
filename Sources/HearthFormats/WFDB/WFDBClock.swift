// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// When a record begins, and how far apart its frames are.
enum WFDBClock {
    /// Where sample 0 lies.
    struct Start: Sendable {
        var time: Timestamp
        /// What must be reported of it, if anything.
        var problem: WFDBHeader.Problem?
    }

    /// A record without a date is placed on 1970-01-01, at its time of day if it has one.
    ///
    /// Dates are local and without a zone. Dates a clock of nanoseconds cannot hold (archives move
    /// the dates of patients by centuries) count as none.
    static func start(of header: WFDBHeader, clock: inout LocalClock) -> Start {
        let ofDay = timeOfDay(Substring(header.time)) ?? 0
        let date = header.date.isEmpty ? nil : date(Substring(header.date))
        guard let date, let instant = instant(date, ofDay, &clock) else {
            let found =
                date == nil ? "a record without a date" : "a record with a date out of range"
            return Start(
                time: Timestamp(nanoseconds: ofDay),
                problem: WFDBHeader.Problem(
                    code: .unanchoredTime, offset: 0, found: found,
                    expected: "a date; the record is placed on 1970-01-01"))
        }
        guard clock.isUnanchored else { return Start(time: instant) }
        return Start(
            time: instant,
            problem: WFDBHeader.Problem(
                code: .unanchoredTime, offset: 0,
                found: "local time without a zone; read as UTC",
                expected: "--zone, or a file that tells the offset"))
    }

    private static func instant(
        _ date: LocalDate, _ ofDay: Int64, _ clock: inout LocalClock
    ) -> Timestamp? {
        let midnight = Array("\(date)".utf8)
        guard var time = TextTime(midnight.span) else { return nil }
        time.wallSeconds += ofDay / 1_000_000_000
        time.nanosecond = ofDay % 1_000_000_000
        time.hasTimeOfDay = true
        return clock.instant(time)
    }

    /// Nanoseconds of `HH:MM:SS.fff`, `MM:SS.fff` or `SS.fff`; a single `H:MM` such as `0:00` is read
    /// as minutes and seconds, as the library does.
    static func timeOfDay(_ text: Substring) -> Int64? {
        if text.isEmpty { return 0 }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 3, let last = parts.last else { return nil }
        let digits = Array(last.utf8)
        guard digits.count <= 16, var sum = TextNumber.nanoseconds(digits.span) else { return nil }
        var unit: Int64 = 60_000_000_000
        guard sum < 100 * unit else { return nil }
        for part in parts.dropLast().reversed() {
            guard part.utf8.count <= 2, let value = Int64(part), value >= 0 else { return nil }
            sum += value * unit
            unit *= 60
        }
        return sum
    }

    /// `DD/MM/YYYY`
    static func date(_ text: Substring) -> LocalDate? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ (1...4).contains($0.utf8.count) }),
            let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2])
        else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    /// The distance of two frames: exact where 64 bits hold the fraction.
    ///
    /// - Parameters:
    ///   - text: the rate as written.
    ///   - hertz: the same rate, above 1e-6.
    static func period(hertz text: String, _ hertz: Double) -> Period {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        if parts.count <= 2, fraction.utf8.count <= 9, let digits = Int64(parts[0] + fraction),
            digits > 0
        {
            var scale: Int64 = 1_000_000_000
            var overflow = false
            for _ in 0..<fraction.utf8.count where !overflow {
                (scale, overflow) = scale.multipliedReportingOverflow(by: 10)
            }
            if !overflow { return reduced(scale, digits) }
        }
        // Rates such as 0.0166666666667 stand for one a minute: whole nanoseconds hold that.
        let nanoseconds = 1e9 / hertz
        let parts1024: Int64 = nanoseconds < 1e12 && nanoseconds > 0 ? 1024 : 1
        let numerator = (nanoseconds * Double(parts1024)).rounded()
        return reduced(Int64(exactly: max(1, min(numerator, 1e18))) ?? 1, parts1024)
    }

    /// `period` divided by a number of samples a frame.
    static func period(_ period: Period, dividedBy count: Int) -> Period {
        let (denominator, overflow) = period.denominator.multipliedReportingOverflow(
            by: Int64(count))
        guard overflow else { return reduced(period.numerator, denominator) }
        return Period(
            numerator: max(1, period.numerator / Int64(count)), denominator: period.denominator)
    }

    private static func reduced(_ numerator: Int64, _ denominator: Int64) -> Period {
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        return Period(numerator: numerator / a, denominator: denominator / a)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Instants as the person's clock on the wall showed them, and as ISO 8601 in UTC.
struct WallClock {
    private let timeline: ZoneTimeline

    init(_ timeline: ZoneTimeline) { self.timeline = timeline }

    init(_ night: NightSummary) {
        let constant = ZoneSpan(
            start: .distantPast, offsetSeconds: night.offsetSeconds, origin: night.offsetOrigin)
        let spans = night.clock?.spans ?? []
        timeline = ZoneTimeline(spans.isEmpty ? [constant] : spans)
    }

    /// `23:04`, rounded down to the minute.
    func text(_ time: Timestamp) -> String { Self.clock(timeline.secondsOfDay(at: time)) }

    /// A stretch of time whose day is known from elsewhere if it is shorter than a day, such as
    /// `from 07:31 to 07:32` or `on all of 2026-01-05`; its end is not part of it.
    func stretch(_ start: Timestamp, _ end: Timestamp) -> String {
        let first = timeline.localDate(at: start)
        let last = timeline.localDate(at: end.advanced(byNanoseconds: -1))
        if timeline.secondsOfDay(at: start) == 0, timeline.secondsOfDay(at: end) == 0, start < end {
            return first == last ? "on all of \(first)" : "on all days from \(first) to \(last)"
        }
        guard end.seconds - start.seconds >= 86_400 else {
            return "from \(text(start)) to \(text(end))"
        }
        return "from \(first) \(text(start)) to \(timeline.localDate(at: end)) \(text(end))"
    }

    /// Instants of whole hours on the wall from `start` to `end`, looked for minute by minute so
    /// that changes of any size are met; at most 48 hours.
    func hours(from start: Timestamp, to end: Timestamp) -> [Timestamp] {
        var hours: [Timestamp] = []
        let firstMinute = Calendrical.floorDivide(start.seconds + 59, 60)
        for minute in firstMinute..<max(firstMinute, firstMinute + 48 * 60) {
            let time = Timestamp(seconds: minute * 60)
            if time > end { break }
            if time >= start, timeline.secondsOfDay(at: time) % 3600 == 0 { hours.append(time) }
        }
        return hours
    }

    /// Changes of the clock after `start` and up to `end`: when, and by how many seconds.
    func changes(from start: Timestamp, to end: Timestamp) -> [(time: Timestamp, by: Int)] {
        var changes: [(time: Timestamp, by: Int)] = []
        for span in timeline.spans where span.start > start && span.start <= end {
            let before = timeline.span(at: span.start.advanced(byNanoseconds: -1)).offsetSeconds
            if before != span.offsetSeconds {
                changes.append((span.start, Int(span.offsetSeconds) - Int(before)))
            }
        }
        return changes
    }

    /// `+1 h`, `−30 min`, `+5 h 30 min`.
    static func shift(_ seconds: Int) -> String {
        let minutes = Int(seconds.magnitude) / 60
        var parts: [String] = []
        if minutes >= 60 { parts.append("\(minutes / 60) h") }
        if minutes % 60 > 0 || parts.isEmpty { parts.append("\(minutes % 60) min") }
        return (seconds < 0 ? "−" : "+") + parts.joined(separator: " ")
    }

    /// Seconds of the day as `hh:mm`.
    static func clock(_ seconds: Int) -> String {
        "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2))"
    }

    /// ISO 8601 in UTC with 0, 3, 6 or 9 digits of a second: as many as the instant needs.
    static func iso(_ time: Timestamp) -> String {
        let day = LocalDate(dayNumber: time.utcDay)
        let second = Int(Calendrical.floorModulo(time.seconds, 86_400))
        let nano = Int(Calendrical.floorModulo(time.nanoseconds, 1_000_000_000))
        var fraction = ""
        if nano % 1_000_000 == 0 {
            if nano > 0 { fraction = "." + pad(nano / 1_000_000, 3) }
        } else if nano % 1000 == 0 {
            fraction = "." + pad(nano / 1000, 6)
        } else {
            fraction = "." + pad(nano, 9)
        }
        return "\(day)T\(clock(second)):\(pad(second % 60, 2))\(fraction)Z"
    }

    /// `Thursday 20 November 2025`.
    static func longDate(_ date: LocalDate) -> String {
        let (year, month, day) = date.components
        let weekdays = [
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
        ]
        return "\(weekdays[date.weekday]) \(day) \(monthNames[month - 1]) \(year)"
    }

    /// `20 Nov`.
    static func shortDate(_ date: LocalDate) -> String {
        let (_, month, day) = date.components
        return "\(day) \(monthNames[month - 1].prefix(3))"
    }

    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

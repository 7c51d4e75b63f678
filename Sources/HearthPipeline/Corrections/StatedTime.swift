// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A time as a person writes it: `HH:MM`, or `yyyy-MM-ddTHH:MM`, then also with `Z` or an offset
/// such as `+02:00`. The date and the time may be parted by a blank.
public struct StatedTime: Sendable, Hashable, LosslessStringConvertible {
    /// `nil`: of the day that is meant.
    public var date: LocalDate?
    /// 0..<86,400, whole minutes.
    public var secondsOfDay: Int
    /// Seconds east of UTC; `nil`: by the person's wall clock.
    public var offsetSeconds: Int?
    public let description: String

    public init?(_ description: String) {
        self.description = description
        let parts = description.split(
            maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { "T ".contains($0) })
        guard let last = parts.last else { return nil }
        var clock = last
        if parts.count == 2 {
            guard let date = LocalDate(String(parts[0])) else { return nil }
            self.date = date
            if clock.hasSuffix("Z") {
                offsetSeconds = 0
                clock = clock.dropLast()
            } else if let sign = clock.firstIndex(where: { "+-".contains($0) }) {
                guard let offset = Self.seconds(clock[sign...].dropFirst()), offset <= 64_800
                else { return nil }
                offsetSeconds = clock[sign] == "-" ? -offset : offset
                clock = clock[..<sign]
            }
        }
        guard let seconds = Self.seconds(clock) else { return nil }
        secondsOfDay = seconds
    }

    /// The instant on a wall clock; `nil` if no day is written.
    public func instant(in zone: ZoneTimeline) -> Timestamp? {
        date.map { wallTime(on: $0, in: zone).instant }
    }

    /// Noon by the wall clock.
    static let noon = StatedTime(secondsOfDay: 12 * 3600)

    private init(secondsOfDay: Int) {
        self.secondsOfDay = secondsOfDay
        description = "12:00"
    }

    /// `HH:MM` in seconds.
    private static func seconds(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 3600 + minute * 60
    }

    /// The instant on a wall clock, on `date` unless one is written.
    func wallTime(on date: LocalDate, in zone: ZoneTimeline) -> WallTime {
        let date = self.date ?? date
        guard let offsetSeconds else { return zone.wallTime(secondsOfDay, on: date) }
        let seconds = date.dayNumber * 86_400 + Int64(secondsOfDay - offsetSeconds)
        return WallTime(instant: Timestamp(seconds: seconds), reading: .once)
    }
}

/// From when to when somebody says they slept, as instants.
public struct StatedSpan: Sendable, Hashable {
    public var start: Timestamp
    /// Exclusive.
    public var end: Timestamp
    /// What the reader should know of how the times were taken, a sentence each.
    public var notes: [String] = []

    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// Takes two times off the wall clock. Without dates the sleep ends on `day`, and starts on the
    /// evening before where it would not come before its end otherwise.
    ///
    /// - Throws: ``CorrectionError/Code/badTimes`` without any day, for an end that is not after the
    ///   start, and for more than 24 hours.
    public init(
        from: StatedTime, to: StatedTime, day: LocalDate?, zone: ZoneTimeline
    ) throws(CorrectionError) {
        guard let lastDay = to.date ?? day ?? from.date else {
            throw CorrectionError(
                .badTimes, "which day is meant is not said",
                hint: "give --day, the day on which the sleep ended, or write yyyy-MM-ddTHH:MM")
        }
        var toDay = lastDay
        // A start with a date and an end without: the end is what comes next.
        if to.date == nil, day == nil, to.secondsOfDay <= from.secondsOfDay {
            toDay = lastDay.advanced(by: 1)
        }
        let before = from.secondsOfDay < to.secondsOfDay ? toDay : toDay.advanced(by: -1)
        let first = from.wallTime(on: before, in: zone)
        let last = to.wallTime(on: toDay, in: zone)
        (start, end) = (first.instant, last.instant)
        note(first, from, from.date ?? before)
        note(last, to, to.date ?? toDay)
        guard SleepCorrection.isSound(from: start, to: end) else {
            throw CorrectionError(
                .badTimes, "a sleep ends after it starts, 24 hours later at most")
        }
    }

    private mutating func note(_ wall: WallTime, _ time: StatedTime, _ date: LocalDate) {
        switch wall.reading {
        case .once: return
        case .twice(let later):
            let local = date.dayNumber * 86_400 + Int64(time.secondsOfDay)
            let clock = Self.clock(time.secondsOfDay)
            let offset = Self.offset(Int(local - later.seconds))
            notes.append(
                "the clock showed \(clock) twice on \(date); the earlier time is taken, the other is "
                    + "\(date)T\(clock)\(offset)")
        case .skipped:
            notes.append(
                "the clock went past \(Self.clock(time.secondsOfDay)) on \(date); the time of its change is taken"
            )
        }
    }

    private static func clock(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60))"
    }

    /// `+02:00`
    private static func offset(_ seconds: Int) -> String {
        (seconds < 0 ? "-" : "+") + clock(Int(seconds.magnitude))
    }
}

/// Why something the person said could not be taken.
public struct CorrectionError: Error, Sendable, Hashable {
    public struct Code: Sendable, Hashable {
        enum Value: String, Sendable {
            case badTimes, badText, noSleep, notOne, alreadyThere, unknown
        }
        let value: Value
        /// The times make no span, or lie in the future.
        public static let badTimes = Self(value: .badTimes)
        /// A label or note is no line of bounded length.
        public static let badText = Self(value: .badText)
        /// There is no sleep that the correction could be of.
        public static let noSleep = Self(value: .noSleep)
        /// There are several sleeps it could be of.
        public static let notOne = Self(value: .notOne)
        /// A sleep is in the place already.
        public static let alreadyThere = Self(value: .alreadyThere)
        /// There is no such correction or tag.
        public static let unknown = Self(value: .unknown)
    }

    public var code: Code
    public var message: String
    public var hint: String?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// The days of one person, and the day on which symptoms began.
public struct IllnessRecord: Sendable, Hashable {
    public var id: String
    public var onset: LocalDate
    /// Ascending, at most one a day.
    public var nights: [NightSignals]

    public init(id: String, onset: LocalDate, nights: [NightSignals]) {
        self.id = id
        self.onset = onset
        self.nights = nights
    }

    /// Resting heart rate, or where fewer than 14 days have it the lowest heart rate of the day.
    public var heartRates: [DayValue] {
        let resting = values(.restingHeartRate)
        return resting.count >= 14 ? resting : values(.lowestHeartRate)
    }

    private func values(_ signal: WatchedSignal) -> [DayValue] {
        nights.compactMap { night in
            night.values[signal].map { DayValue(day: night.day, value: $0) }
        }
    }
}

/// A rule that raises alarms from days of values.
public enum IllnessRule: Sendable, Hashable {
    /// NightSignal red, as this program computes it.
    case nightSignal
    /// NightSignal red by the rules of the published program, which looks a night ahead.
    case nightSignalPublished
    /// NightSignal yellow or red.
    case nightSignalYellow
    case signalWatch(limit: Double)

    public var name: String {
        switch self {
        case .nightSignal: "NightSignal, red"
        case .nightSignalPublished: "NightSignal as published, red"
        case .nightSignalYellow: "NightSignal, yellow or red"
        case .signalWatch(let limit): "several signals, limit \(limit)"
        }
    }

    /// The days on which the rule stands.
    public func days(_ record: IllnessRecord) -> [LocalDate] {
        switch self {
        case .nightSignal: Self.states(record).filter { $0.state == .red }.map(\.day)
        case .nightSignalYellow:
            Self.states(record).filter { $0.state == .red || $0.state == .yellow }.map(\.day)
        case .nightSignalPublished:
            NightSignal.published(record.heartRates).filter { $0.state == .red }.map(\.day)
        case .signalWatch(let limit):
            Self.watched(record, limit)
        }
    }

    private static func states(_ record: IllnessRecord) -> [NightSignalReading] {
        var machine = NightSignal()
        return machine.batch(record.heartRates)
    }

    private static func watched(_ record: IllnessRecord, _ limit: Double) -> [LocalDate] {
        var watch = SignalWatch(limit: limit)
        return watch.batch(record.nights).filter(\.isAbove).map(\.day)
    }
}

/// Alarms around the first day of an illness, and on days far from it.
///
/// An illness is found if the rule stands on a day from seven before to seven after the onset.
/// False alarms are episodes that begin before that or more than 28 days after the onset; days in
/// between are recovery and count for nothing. Days of one episode lie at most seven apart. Weeks
/// are days with a heart rate outside, after the first seven such days. A person counts with seven
/// days of heart rate before the window and three in it.
public struct IllnessBenchmark: Sendable {
    public struct Person: Sendable, Hashable {
        public var id: String
        public var isFound: Bool
        /// Days before the onset of the first day of alarm in the window; negative after it.
        public var daysEarly: Int64?
        public var falseAlarms: Int
        public var weeks: Double
    }

    public struct Outcome: Sendable {
        public var rule: IllnessRule
        public var people: [Person]

        public var found: Int { people.count(where: \.isFound) }
        public var falseAlarms: Int { people.reduce(0) { $0 + $1.falseAlarms } }
        public var weeks: Double { people.reduce(0) { $0 + $1.weeks } }
        public var alarmsPerWeek: Double? { weeks > 0 ? Double(falseAlarms) / weeks : nil }
        public var medianDaysEarly: Double? {
            Spread(people.compactMap(\.daysEarly).map(Double.init))?.median
        }
        /// The share that alarms at random times at this rate would find in a window of 15 days.
        public var foundByChance: Double? {
            alarmsPerWeek.map { 1 - Self.power($0 * 15 / 7) }
        }

        /// e to the power of less `value`, by halves, so that no mathematics library is needed.
        private static func power(_ value: Double) -> Double {
            var result = 1 - value / 1_048_576
            for _ in 0..<20 { result *= result }
            return result
        }

        /// 95 % intervals of the share found and of false alarms a week, from 2,000 draws of people.
        public var intervals: (found: ClosedRange<Double>, alarms: ClosedRange<Double>)? {
            guard !people.isEmpty, weeks > 0 else { return nil }
            var state: UInt64 = 20_260_101
            var (shares, rates): ([Double], [Double]) = ([], [])
            for _ in 0..<2_000 {
                var (found, alarms, weeks) = (0, 0, 0.0)
                for _ in people {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    let one = people[Int((state >> 33) % UInt64(people.count))]
                    found += one.isFound ? 1 : 0
                    alarms += one.falseAlarms
                    weeks += one.weeks
                }
                shares.append(Double(found) / Double(people.count))
                if weeks > 0 { rates.append(Double(alarms) / weeks) }
            }
            guard let share = Self.middle(shares), let rate = Self.middle(rates) else { return nil }
            return (share, rate)
        }

        private static func middle(_ values: [Double]) -> ClosedRange<Double>? {
            let sorted = values.sorted()
            guard !sorted.isEmpty else { return nil }
            return sorted[sorted.count / 40]...sorted[sorted.count - 1 - sorted.count / 40]
        }
    }

    static let window: ClosedRange<Int64> = -7...7
    static let recovery: Int64 = 28
    static let episodeGap: Int64 = 7
    static let fewestBefore = 7
    static let fewestWithin = 3

    public let records: [IllnessRecord]
    public let outcomes: [Outcome]
    /// People with an onset who have too few days.
    public let tooFew: Int

    public init(_ records: [IllnessRecord], rules: [IllnessRule] = IllnessBenchmark.rules) {
        let usable = records.filter(Self.isUsable)
        self.records = usable
        tooFew = records.count - usable.count
        outcomes = rules.map { rule in
            Outcome(rule: rule, people: usable.map { Self.judge($0, rule) })
        }
    }

    /// NightSignal, and several signals at limits from many alarms to few.
    public static let rules: [IllnessRule] =
        [.nightSignal, .nightSignalPublished, .nightSignalYellow]
        + [2, 3, SignalWatch.defaultLimit, 5, 6].map { .signalWatch(limit: $0) }

    private static func isUsable(_ record: IllnessRecord) -> Bool {
        let days = record.heartRates.map { $0.day.dayNumber - record.onset.dayNumber }
        return days.count { $0 < window.lowerBound } >= fewestBefore
            && days.count { window.contains($0) } >= fewestWithin
    }

    private static func judge(_ record: IllnessRecord, _ rule: IllnessRule) -> Person {
        func relative(_ day: LocalDate) -> Int64 { day.dayNumber - record.onset.dayNumber }
        func isOutside(_ day: Int64) -> Bool { day < window.lowerBound || day > recovery }
        let days = rule.days(record).map(relative)
        let first = days.first { window.contains($0) }
        var falseAlarms = 0
        var last: Int64?
        for day in days {
            if last.map({ day - $0 > episodeGap }) ?? true, isOutside(day) { falseAlarms += 1 }
            last = day
        }
        let judged = record.heartRates.dropFirst(fewestBefore).map { relative($0.day) }
        return Person(
            id: record.id, isFound: first != nil, daysEarly: first.map { -$0 },
            falseAlarms: falseAlarms, weeks: Double(judged.count(where: isOutside)) / 7)
    }
}

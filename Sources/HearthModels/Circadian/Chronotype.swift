// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Whether a person has to get up for work on a date.
public enum DayKind: String, Codable, Sendable {
    case work, free
}

/// Which dates are work and which are free, as the person said: tags of single dates, and the
/// weekdays of an ordinary week. Nothing is assumed: without either, no date has a kind.
public struct WorkDays: Codable, Sendable, Hashable {
    /// 0 is Monday, 6 is Sunday; `nil` if the person set no week. Other numbers are ignored.
    public var weekdays: Set<Int>?
    /// Single dates; they win over the week.
    public var tags: [LocalDate: DayKind]

    public init(weekdays: Set<Int>? = nil, tags: [LocalDate: DayKind] = [:]) {
        self.weekdays = weekdays.map { $0.intersection(0...6) }
        self.tags = tags
    }

    /// Work from Monday to Friday: for a person who said so, never as a guess.
    public static let mondayToFriday = WorkDays(weekdays: [0, 1, 2, 3, 4])

    /// `nil` if the person did not say.
    public func kind(of date: LocalDate) -> DayKind? {
        tags[date] ?? weekdays.map { $0.contains(date.weekday) ? .work : .free }
    }
}

/// Mid-sleep on work days and on free days, corrected for sleep made up for, and their difference.
///
/// A sleep counts for the date on which it ends. MSW and MSF: mean mid-sleep of work and of free
/// days. SDw, SDf: mean duration from falling asleep to waking. SDweek: mean of both weighted by the
/// work days of the person's week (or, with tags alone, by the share of tagged dates).
/// - `MSFsc = MSF - 0.5 (SDf - SDweek)` if SDf > SDweek, else MSF: the chronotype.
/// - `social jetlag = |MSF - MSW|`.
///
/// Mid-sleep on free days shows a person's own time only if nothing wakes them. Needs three sleeps
/// before work and two before free days: a choice of this project. One kind of shift only: early,
/// late and night shifts in turn each have a mid-sleep of their own, which this mixes.
/// - Source: `roenneberg2004` for MSFsc, `wittmann2006` for social jetlag.
public struct Chronotype: Codable, Sendable, Hashable {
    public static let model = "chronotype/1"
    public static let fewestWork = 3
    public static let fewestFree = 2

    /// MSW, hours of the wall clock, 0 up to 24.
    public var midSleepWork: Double
    /// MSF, hours of the wall clock, 0 up to 24.
    public var midSleepFree: Double
    /// MSFsc, hours of the wall clock, 0 up to 24.
    public var midSleepCorrected: Double
    /// Hours, 0 to 12.
    public var socialJetlag: Double
    /// SDw and SDf, hours.
    public var durationWork: Double
    public var durationFree: Double

    public static func assess(
        _ sleeps: [DatedSleep], zone: ZoneTimeline, days: WorkDays
    ) -> Assessed<Chronotype> {
        let nights = DatedSleep.usable(sleeps)
        guard days.weekdays != nil || !days.tags.isEmpty else {
            return Assessed(
                missing: "Nothing says which days are free. Set the days you work, or tag days as"
                    + " work or free.")
        }
        let work = nights.filter { days.kind(of: $0.date) == .work }
        let free = nights.filter { days.kind(of: $0.date) == .free }
        let count = work.count + free.count
        let coverage = nights.isEmpty ? 0 : Double(count) / Double(nights.count)
        guard work.count >= fewestWork, free.count >= fewestFree else {
            return Assessed(
                missing: "This needs \(fewestWork) sleeps before work and \(fewestFree) before free"
                    + " days; there are \(work.count) and \(free.count).",
                coverage: coverage, days: count)
        }
        guard let before = ClockMath.mean(work.map { $0.midpoint(zone) }),
            let off = ClockMath.mean(free.map { $0.midpoint(zone) })
        else {
            return Assessed(
                missing: "The sleeps lie at all hours alike and have no mean time.",
                coverage: coverage, days: count)
        }
        let (short, long) = (meanHours(work), meanHours(free))
        let share = workShare(days, work: work.count, free: free.count)
        let week = share * short + (1 - share) * long
        let corrected = long > week ? ClockMath.wrapped(off - 0.5 * (long - week)) : off
        return Assessed(
            Chronotype(
                midSleepWork: before, midSleepFree: off, midSleepCorrected: corrected,
                socialJetlag: abs(ClockMath.difference(from: before, to: off)),
                durationWork: short, durationFree: long),
            coverage: coverage, days: count)
    }

    private static func meanHours(_ sleeps: [DatedSleep]) -> Double {
        sleeps.reduce(0) { $0 + $1.span.minutes / 60 } / Double(max(1, sleeps.count))
    }

    private static func workShare(_ days: WorkDays, work: Int, free: Int) -> Double {
        if let week = days.weekdays { return Double(week.count) / 7 }
        return Double(work) / Double(work + free)
    }
}

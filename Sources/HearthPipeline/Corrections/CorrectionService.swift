// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthModels
public import HearthVault

/// Takes what a person says about their sleep and their days, and checks it against what is shown.
public struct CorrectionService {
    private let vault: Vault
    private let person: PersonID
    private let now: Timestamp

    /// - Parameter now: nothing that is said may lie after it, apart from tags.
    public init(vault: Vault, person: PersonID, now: Timestamp) {
        self.vault = vault
        self.person = person
        self.now = now
    }

    /// Gives the sleeps that overlap the span new ends.
    ///
    /// - Throws: ``CorrectionError``: `badTimes` in the future, `noSleep` if nothing overlaps,
    ///   `badText`; what the vault throws.
    public func edit(_ span: StatedSpan, note: String?) throws -> SleepCorrection {
        try checkPast(span.end)
        let text = try line(note)
        guard try !sleeps(overlapping: span.start, span.end).isEmpty else {
            throw CorrectionError(
                .noSleep, "no sleep that is known overlaps these times",
                hint: "`hearth sleep add` states one; `hearth sleep list --day DAY` shows them")
        }
        return try vault.addSleepCorrection(
            .edit, from: span.start, to: span.end, note: text, of: person)
    }

    /// States a sleep that was not found.
    ///
    /// - Throws: ``CorrectionError``: `badTimes` in the future, `alreadyThere` if a sleep overlaps,
    ///   `badText`; what the vault throws.
    public func add(_ span: StatedSpan, note: String?) throws -> SleepCorrection {
        try checkPast(span.end)
        let text = try line(note)
        guard try sleeps(overlapping: span.start, span.end).isEmpty else {
            throw CorrectionError(
                .alreadyThere, "a sleep that is known overlaps these times",
                hint: "`hearth sleep edit` changes it; `hearth sleep list --day DAY` shows it")
        }
        return try vault.addSleepCorrection(
            .add, from: span.start, to: span.end, note: text, of: person)
    }

    /// Says that a sleep of a day was none: the one that holds `time`, or the only one.
    ///
    /// - Throws: ``CorrectionError``: `noSleep`, `notOne` without a time on a day of several,
    ///   `badText`; what the vault throws.
    public func remove(
        day: LocalDate, at time: StatedTime?, note: String?
    ) throws -> SleepCorrection {
        let text = try line(note)
        let scoring = try ScoringService(vault: vault, person: person)
        let sleeps = try scoring.sleeps(of: day)
        let zone = scoring.zoneTimeline
        var wanted = sleeps
        if let time {
            let instants = [day, day.advanced(by: -1)].map {
                time.wallTime(on: $0, in: zone).instant
            }
            wanted = sleeps.filter { sleep in instants.contains { sleep.span.contains($0) } }
        }
        guard let sleep = wanted.first else {
            throw CorrectionError(
                .noSleep, "no sleep of \(day) is known\(time == nil ? "" : " at this time")",
                hint: "`hearth sleep list --day \(day)` shows what is")
        }
        guard wanted.count == 1 else {
            throw CorrectionError(
                .notOne, "\(wanted.count) sleeps of \(day) are known",
                hint: "name a time inside the one that was none: --at HH:MM")
        }
        // What was found under an edited sleep goes too, however far it reaches.
        let found = try scoring.sleeps(of: day, corrected: false)
            .filter { !$0.span.intersection(sleep.span).isEmpty }
        let span = found.reduce(sleep.span) { $0.union($1.span) }
        return try vault.addSleepCorrection(
            .remove, from: span.start, to: span.end, note: text, of: person)
    }

    /// Takes a correction of sleep back.
    ///
    /// - Throws: ``CorrectionError/Code/unknown``; what the vault throws.
    public func undo(_ id: CorrectionID) throws -> SleepCorrection {
        let known = try vault.corrections(of: person).sleep.first { $0.id == id }
        guard let known, try vault.removeCorrections([id], of: person) == 1 else {
            throw CorrectionError(
                .unknown, "there is no correction \(id)", hint: "`hearth sleep list` shows all")
        }
        return known
    }

    /// Puts a label to a local day, or to an instant of it.
    ///
    /// `work`, `workday` and the like are ``DayTag/workDay``, `free` and the like
    /// ``DayTag/freeDay``.
    /// - Throws: ``CorrectionError/Code/badText``; what the vault throws.
    public func tag(_ label: String, day: LocalDate?, at time: StatedTime?) throws -> DayTag {
        guard let line = OwnText.line(label, limit: OwnText.longestLabel) else {
            throw CorrectionError(
                .badText, "a label is one line of at most \(OwnText.longestLabel) bytes")
        }
        let zone = try ScoringService(vault: vault, person: person).zoneTimeline
        let today = day ?? time?.date ?? zone.localDate(at: now)
        let noon = StatedTime.noon
        let instant = (time ?? noon).wallTime(on: today, in: zone).instant
        let date = time == nil ? today : zone.localDate(at: instant)
        return try vault.addTag(
            Self.known(line), day: date, time: instant, isWholeDay: time == nil, of: person)
    }

    /// Takes tags back: the one with this number, or those with this label on a day.
    ///
    /// - Throws: ``CorrectionError/Code/unknown``; what the vault throws.
    public func removeTag(_ labelOrID: String, day: LocalDate?) throws -> [DayTag] {
        let tags = try vault.corrections(of: person).tags
        var found: [DayTag] = []
        if let day {
            let label = Self.known(labelOrID)
            found = tags.filter { $0.says(label, of: day) }
        } else if let id = CorrectionID(labelOrID) {
            found = tags.filter { $0.id == id }
        }
        guard !found.isEmpty else {
            throw CorrectionError(
                .unknown, "there is no such tag",
                hint: "`hearth tag list` shows all; name one by its number, or by label and --day")
        }
        _ = try vault.removeCorrections(Set(found.map(\.id)), of: person)
        return found
    }

    // MARK: Checks

    private func sleeps(
        overlapping start: Timestamp, _ end: Timestamp
    ) throws -> [ScoredSleep] {
        let scoring = try ScoringService(vault: vault, person: person)
        let zone = scoring.zoneTimeline
        // A sleep belongs to the day on which it ends, or, late in the evening, to the next.
        let first = zone.localDate(at: start)
        let last = zone.localDate(at: end).advanced(by: 2)
        var found: [ScoredSleep] = []
        var day = first
        while day <= last {
            found += try scoring.sleeps(of: day).filter {
                $0.span.start < end && start < $0.span.end
            }
            day = day.advanced(by: 1)
        }
        return found
    }

    private func checkPast(_ end: Timestamp) throws(CorrectionError) {
        guard end <= now else { throw CorrectionError(.badTimes, "this sleep ends in the future") }
    }

    private func line(_ note: String?) throws(CorrectionError) -> String? {
        guard let note else { return nil }
        guard let line = OwnText.line(note, limit: OwnText.longestNote) else {
            throw CorrectionError(
                .badText, "a note is one line of at most \(OwnText.longestNote) bytes")
        }
        return line
    }

    /// The two labels Hearth knows, in whatever way they are written.
    private static func known(_ label: String) -> String {
        switch label.lowercased().filter({ $0.isLetter }) {
        case "work", "workday", "workingday": DayTag.workDay
        case "free", "freeday", "dayoff": DayTag.freeDay
        default: label
        }
    }
}

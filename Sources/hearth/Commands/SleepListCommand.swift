// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthModels
import HearthPipeline
import HearthReport

extension SleepCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The sleeps as they are shown, and your corrections.",
            discussion: """
                With --day the sleeps of that day and the corrections of its time; without, the last \
                seven days that have data and all corrections.
                """)

        @Option(help: "Only this local day, as yyyy-MM-dd.") var day: LocalDate?
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { _, scoring in
                let scoring = try scoring()
                let zone = scoring.zoneTimeline
                var sleeps: [(day: LocalDate, sleep: ScoredSleep)] = []
                for one in days(scoring) {
                    sleeps += try scoring.sleeps(of: one).map { (one, $0) }
                }
                let corrections = scoring.corrections.sleep.filter { touches($0, zone) }
                if options.json {
                    return try CorrectionsJSON(
                        sleeps: sleeps.map { .init($0.day, $0.sleep, zone) },
                        corrections: corrections.map { .init($0, zone) }
                    ).print()
                }
                show(sleeps, zone)
                show(corrections, zone)
            }
        }

        private func days(_ scoring: ScoringService) -> [LocalDate] {
            if let day { return [day] }
            guard let known = scoring.days else { return [] }
            return (-6...0).map { known.upperBound.advanced(by: $0) }
                .filter { $0 >= known.lowerBound }
        }

        private func touches(_ correction: SleepCorrection, _ zone: ZoneTimeline) -> Bool {
            guard let day else { return true }
            let window = DayScorer.window(of: day, zone: zone)
            return correction.overlaps(window.from, window.to)
        }

        private func show(_ sleeps: [(day: LocalDate, sleep: ScoredSleep)], _ zone: ZoneTimeline) {
            guard !sleeps.isEmpty else { return print("no sleep is known") }
            var table = TextTable(["day", "from", "to", "asleep", "", "by"], rightAligned: [3])
            for (day, sleep) in sleeps {
                let asleep = sleep.sleepMinutes.map { SleepWords.minutes($0) } ?? "no stages"
                let who = sleep.correction.map { "you (correction \($0)), " } ?? ""
                table.add([
                    "\(day)", SleepWords.clock(sleep.span.start, zone),
                    SleepWords.clock(sleep.span.end, zone), asleep, sleep.isMain ? "night" : "nap",
                    who + SafeText.clean(sleep.stagedBy),
                ])
            }
            print(table.text)
        }

        private func show(_ corrections: [SleepCorrection], _ zone: ZoneTimeline) {
            guard !corrections.isEmpty else { return }
            print("")
            var table = TextTable(
                ["no.", "correction", "times", "made", "note"], rightAligned: [0])
            for one in corrections {
                table.add([
                    "\(one.id)", SleepWords.kind(one.kind), SleepWords.span(one, zone),
                    zone.localDate(at: one.made).description, SafeText.clean(one.note ?? ""),
                ])
            }
            print(table.text)
        }
    }
}

/// Sleeps and corrections in words.
enum SleepWords {
    static func kind(_ kind: SleepCorrection.Kind) -> String {
        switch kind {
        case .add: "slept"
        case .edit: "slept instead"
        case .remove: "no sleep"
        }
    }

    /// `2026-01-05 22:30 to 2026-01-06 06:45`, the second date only if it differs.
    static func span(_ correction: SleepCorrection, _ zone: ZoneTimeline) -> String {
        let (first, last) = (
            zone.localDate(at: correction.start), zone.localDate(at: correction.end)
        )
        let end = first == last ? "" : "\(last) "
        return "\(first) \(clock(correction.start, zone)) to \(end)\(clock(correction.end, zone))"
    }

    /// `hh:mm`
    static func clock(_ time: Timestamp, _ zone: ZoneTimeline) -> String {
        String(WallClock.text(time, in: zone).suffix(8).prefix(5))
    }

    /// `6 h 53 min`
    static func minutes(_ minutes: Double) -> String {
        let whole = Int(minutes.rounded())
        return "\(whole / 60) h \(whole % 60 < 10 ? "0" : "")\(whole % 60) min"
    }
}

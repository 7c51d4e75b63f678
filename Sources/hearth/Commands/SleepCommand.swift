// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthVault

struct SleepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sleep", abstract: "Set right what was found of your sleep.",
        discussion: """
            Corrections are kept beside the data, win over every model and every vendor, and stay \
            when a day is scored again. Whatever depends on them is computed anew. A night belongs \
            to the day on which it ends.
            """,
        subcommands: [List.self, Edit.self, Add.self, Remove.self, Undo.self])
}

/// Whose sleep, which vault, and how the answer is written.
struct CorrectionOptions: ParsableArguments {
    @Flag(help: "Print as JSON.") var json = false
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    /// Opens the vault and runs what works on it.
    func run(
        _ body: (CorrectionService, () throws -> ScoringService) throws -> Void
    ) throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let service = CorrectionService(vault: opened, person: who.id, now: .now)
            try body(service) { try ScoringService(vault: opened, person: who.id) }
        }
    }

    /// Says what was stored, and how to take it back.
    func tell(_ correction: SleepCorrection, _ zone: ZoneTimeline, took: String) throws {
        if json {
            return try CorrectionsJSON(corrections: [.init(correction, zone)]).print()
        }
        print(
            "\(took) \(correction.id): \(SleepWords.kind(correction.kind)), \(SleepWords.span(correction, zone))"
        )
    }
}

/// From when to when, on the wall clock.
struct SpanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The day on which the sleep ended, as yyyy-MM-dd.", valueName: "day"))
    var day: LocalDate?
    @Option(
        help: ArgumentHelp(
            "Start on your wall clock: HH:MM, or yyyy-MM-ddTHH:MM.", valueName: "time"))
    var from: StatedTime
    @Option(
        help: ArgumentHelp(
            "End on your wall clock: HH:MM, or yyyy-MM-ddTHH:MM.", valueName: "time"))
    var to: StatedTime
    @Option(help: "A line of your own to keep with it.") var note: String?

    func span(in zone: ZoneTimeline) throws -> StatedSpan {
        let span = try StatedSpan(from: from, to: to, day: day, zone: zone)
        for note in span.notes { Messages.note(note) }
        return span
    }
}

extension SleepCommand {
    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit", abstract: "Give a sleep that was found its right times.",
            discussion: """
                The sleeps that overlap the times become one, from --from to --to. Times are those of \
                your wall clock; with --day the sleep ends on that day and may start the evening \
                before.
                """)

        @OptionGroup var times: SpanOptions
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { service, scoring in
                let zone = try scoring().zoneTimeline
                let made = try service.edit(try times.span(in: zone), note: times.note)
                try options.tell(made, zone, took: "correction")
                Messages.hint("`hearth sleep undo \(made.id)` takes it back")
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "State a sleep that was not found.",
            discussion: """
                It gets its stages from the data within it; where there are none it is shown without. \
                Times are as in `hearth sleep edit`.
                """)

        @OptionGroup var times: SpanOptions
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { service, scoring in
                let zone = try scoring().zoneTimeline
                let made = try service.add(try times.span(in: zone), note: times.note)
                try options.tell(made, zone, took: "correction")
                Messages.hint("`hearth sleep undo \(made.id)` takes it back")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Say that a sleep that was found was none.",
            discussion: "The data stay; they are only not taken for sleep.")

        @Option(help: "The day on which the sleep ended, as yyyy-MM-dd.") var day: LocalDate
        @Option(
            help: ArgumentHelp("A time inside it, where the day has several.", valueName: "time"))
        var at: StatedTime?
        @Option(help: "A line of your own to keep with it.") var note: String?
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { service, scoring in
                let made = try service.remove(day: day, at: at, note: note)
                try options.tell(made, try scoring().zoneTimeline, took: "correction")
                Messages.hint("`hearth sleep undo \(made.id)` takes it back")
            }
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Take a correction back.",
            discussion: "`hearth sleep list` shows the numbers.")

        @Argument(help: "The correction's number.") var number: CorrectionID
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { service, scoring in
                let gone = try service.undo(number)
                try options.tell(gone, try scoring().zoneTimeline, took: "took back")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthReport

struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Put a word to a day: alcohol, ill, travel, work-day.",
        discussion: """
            Any short text is a label. work-day and free-day are known to Hearth: social jetlag is \
            the difference between the two. Tags are shown with the day; they explain nothing.
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Put a label to a day, or to an instant of it.")

        @Argument(help: "The label: one line of at most 60 bytes.") var label: String
        @Option(help: "The local day, as yyyy-MM-dd (default: today).") var day: LocalDate?
        @Option(help: ArgumentHelp("An instant of the day, as HH:MM.", valueName: "time"))
        var at: StatedTime?
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { service, scoring in
                let tag = try service.tag(label, day: day, at: at)
                let zone = try scoring().zoneTimeline
                if options.json { return try CorrectionsJSON(tags: [.init(tag, zone)]).print() }
                print("tag \(tag.id): \(TagWords.text(tag, zone))")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "All tags, or those of a day.")

        @Option(help: "Only this local day, as yyyy-MM-dd.") var day: LocalDate?
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { _, scoring in
                let scoring = try scoring()
                let zone = scoring.zoneTimeline
                let tags = scoring.corrections.tags
                    .filter { tag in day.map { tag.day(in: zone) == $0 } ?? true }
                    .sorted { ($0.time, $0.id) < ($1.time, $1.id) }
                if options.json {
                    return try CorrectionsJSON(tags: tags.map { .init($0, zone) }).print()
                }
                guard !tags.isEmpty else { return print("there are no tags") }
                var table = TextTable(["no.", "day", "time", "label"], rightAligned: [0])
                for tag in tags {
                    table.add([
                        "\(tag.id)", "\(tag.day(in: zone))",
                        tag.isWholeDay ? "" : SleepWords.clock(tag.time, zone),
                        SafeText.clean(tag.label),
                    ])
                }
                print(table.text)
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Take a tag back.",
            discussion: "By its number, or by its label and --day.")

        @Argument(help: "The tag's number, or its label together with --day.") var tag: String
        @Option(help: "The local day, as yyyy-MM-dd.") var day: LocalDate?
        @OptionGroup var options: CorrectionOptions

        func run() throws {
            try options.run { service, scoring in
                let gone = try service.removeTag(tag, day: day)
                let zone = try scoring().zoneTimeline
                if options.json {
                    return try CorrectionsJSON(tags: gone.map { .init($0, zone) }).print()
                }
                for tag in gone { print("took back \(tag.id): \(TagWords.text(tag, zone))") }
            }
        }
    }
}

/// A tag in words.
enum TagWords {
    static func text(_ tag: DayTag, _ zone: ZoneTimeline) -> String {
        let time = tag.isWholeDay ? "" : " \(SleepWords.clock(tag.time, zone))"
        return "\(SafeText.clean(tag.label)), \(tag.day(in: zone))\(time)"
    }
}

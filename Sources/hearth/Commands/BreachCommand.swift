// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault

struct BreachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breach",
        abstract: "Record a breach, see what was in reach, draft the letters.",
        discussion: """
            Within 72 hours of becoming aware the supervisory authority has to be told, unless a risk to \
            people is unlikely (GDPR Article 33); where the risk is high, the people too (Article 34). \
            Whether it is, people decide; the drafts leave brackets where only they know.
            """,
        subcommands: [Add.self, Show.self, Told.self], defaultSubcommand: Show.self)

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Record a breach: the clock of 72 hours starts.",
            discussion: """
                  hearth breach add --what "laptop lost on a train" --aware 2026-11-21T08:30

                Say what happened without naming anybody.
                """)

        @Option(help: "What happened, in a line.") var what: String
        @Option(
            help: ArgumentHelp(
                "When you became aware, as yyyy-MM-ddTHH:MM, by UTC unless an offset is written "
                    + "(default: now).", valueName: "time"))
        var aware: StatedTime?
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                var time = Timestamp.now
                if let aware {
                    guard let stated = aware.instant(in: ZoneTimeline()) else {
                        Messages.error("--aware needs a day: yyyy-MM-ddTHH:MM")
                        throw ExitStatus.usage
                    }
                    guard stated <= time else {
                        Messages.error("--aware lies ahead: nobody is aware of a breach to come")
                        throw ExitStatus.usage
                    }
                    time = stated
                }
                let opened = try vault.open()
                var records = try opened.records()
                let made = records.add(
                    BreachRecord(
                        aware: time, recorded: .now, what: what,
                        people: UInt32(clamping: opened.people.count)))
                try opened.store(records, command: "breach add")
                let since = time.advanced(bySeconds: -30 * 86_400)
                let report = try BreachReport(made, of: opened, since: since)
                print(report.facts(at: .now), terminator: "")
            }
        }
    }

    enum Draft: String, ExpressibleByArgument, CaseIterable { case authority, people }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What was in reach, the hours left, the drafts.",
            discussion: "Without a number: the breach recorded last.")

        @Argument(help: "The breach's number.") var number: UInt32?
        @Option(help: "Print the draft of a letter to: authority or people.") var draft: Draft?
        @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
        var output: String?
        @OptionGroup var vault: VaultOptions

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                let all = try opened.records().breaches
                guard !all.isEmpty else {
                    print("no breach is recorded")
                    Messages.hint("hearth breach add --what \"what happened\"")
                    return
                }
                guard
                    let one = number.map({ wanted in all.first { $0.number == wanted } })
                        ?? all.last
                else { throw BreachCommand.unknown() }
                let since = one.aware.advanced(bySeconds: -30 * 86_400)
                let report = try BreachReport(one, of: opened, since: since)
                let text =
                    switch draft {
                    case .authority: report.authorityDraft
                    case .people: report.peopleDraft
                    case nil: report.facts(at: .now)
                    }
                try RightsText.write(text, to: output)
            }
        }
    }

    struct Told: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "told", abstract: "Record that the authority or the people were told.")

        @Argument(help: "The breach's number.") var number: UInt32
        @Flag(help: "The authority was told.") var authority = false
        @Flag(help: "The people were told.") var people = false
        @OptionGroup var vault: VaultOptions

        func validate() throws {
            if !authority, !people { throw ValidationError("give --authority, --people or both") }
        }

        func run() throws {
            try Failure.handled {
                let opened = try vault.open()
                var records = try opened.records()
                guard var one = records.breaches.first(where: { $0.number == number }) else {
                    throw BreachCommand.unknown()
                }
                if authority { one.authorityTold = .now }
                if people { one.peopleTold = .now }
                _ = records.update(one)
                try opened.store(records, command: "breach told")
                Messages.note("recorded")
            }
        }
    }

    static func unknown() -> ExitCode {
        Messages.error("there is no breach of this number")
        return ExitStatus.failed
    }
}

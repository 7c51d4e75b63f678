// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthIntake
import HearthPipeline
import HearthVault

struct InboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbox",
        abstract: "Hand files to the vault while it is closed.",
        discussion: """
            `inbox add` needs no passphrase: it seals files so that only the opened vault can read \
            them. `ingest`, or `inbox merge`, takes them in. So a program that collects files needs \
            no secret.
            """,
        subcommands: [Add.self, Merge.self, List.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Seal files for the vault; asks for no secret.",
            discussion: """
                The files stay where they are. Files that belong together, such as a header and its \
                signals, go in as one archive. Exit code 3: some could not be read; 65: none could.
                """)

        @Argument(help: "Files or folders of files.")
        var paths: [String]

        @Option(
            help: ArgumentHelp(
                "Whose data, by label (default: that of the command that merges).",
                valueName: "label"))
        var person = ""

        @OptionGroup var place: VaultPlace

        func run() throws {
            try Failure.handled {
                let sender = try InboxSender(at: place.location)
                var (added, failed) = (0, 0)
                for input in InputListing.files(below: paths) {
                    do {
                        try InboxFiling.add(input.path, person: person, to: sender)
                        added += 1
                    } catch let error as IntakeError {
                        Messages.error("\(input.path): \(error.message)")
                        failed += 1
                    }
                }
                print("\(added) files sealed into the inbox")
                if failed > 0 {
                    throw added > 0 ? ExitStatus.someSkipped : ExitStatus.unreadableInput
                }
            }
        }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge", abstract: "Take what waits in the inbox into the vault.",
            discussion: "`ingest` does this first of all; exit codes as there.")

        @Flag(help: "Also try those again that were left aside.")
        var again = false

        @OptionGroup var reading: ReadingOptions
        @OptionGroup var vault: VaultOptions
        @OptionGroup var person: PersonOption

        func run() throws {
            try Failure.handled {
                let options = try reading.ingestOptions()
                if let warning = options.isolation.warning { Messages.note(warning) }
                let opened = try vault.open()
                if again { try opened.retryArrivals() }
                let report = try InboxText.merge(
                    into: opened, person: person.person, options, json: false)
                VerdictText.show(report.ingested)
                if !report.isEmpty {
                    try opened.appendAudit(
                        command: "inbox merge",
                        outcome: "\(report.ingested.added) samples added")
                }
                if let code = ExitStatus.of(report) { throw code }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "How many files wait; asks for no secret.")

        @OptionGroup var place: VaultPlace

        func run() throws {
            try Failure.handled {
                guard Vault.exists(at: place.location) else {
                    throw VaultError(.noVault, "there is no vault in \(place.location.store)")
                }
                let count = Vault.inboxCount(at: place.location)
                print("\(count.waiting) files wait, \(count.aside) were left aside")
            }
        }
    }
}

/// The inbox's part of an ingest in words.
enum InboxText {
    /// Merges what waits and says what became of each.
    static func merge(
        into vault: Vault, person: String, _ options: IngestOptions, json: Bool
    ) throws -> InboxReport {
        let merger = InboxMerger(vault: vault, person: person, options: options) { verdict in
            if !json { VerdictText.show(verdict, verbose: false) }
            fflush(nil)
        }
        let report = try merger.merge()
        for (name, reason) in report.aside {
            Messages.error("inbox/\(name): left aside: \(reason)")
        }
        return report
    }
}

extension ExitStatus {
    /// How a merging ended: `nil` if all of it could be used.
    static func of(_ report: InboxReport) -> ExitCode? {
        if report.aside.isEmpty { return of(report.ingested.verdicts) }
        let used = report.ingested.verdicts.contains { $0.status != .rejected }
        return used ? someSkipped : unreadableInput
    }
}

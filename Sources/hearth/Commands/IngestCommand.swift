// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthVault

struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest", abstract: "Read files, folders and archives into the vault.",
        discussion: """
            Formats are recognised by content: FIT, Apple Health export (zip or XML), Fitbit or \
            Google Takeout (folder, zip or tgz), Hearth CSV and NDJSON. Doing it twice changes \
            nothing. A broken file costs only itself. Exit code 3: some input could not be used \
            in full; 65: none could.
            """)

    @Argument(help: "Files, folders or archives; - is standard input.")
    var paths: [String]

    @Option(
        help: ArgumentHelp(
            "Clock offset for files with local times only, such as +02:00.", valueName: "offset"))
    var zone: String?

    @Option(
        help: ArgumentHelp(
            "Where files are parsed: required (in a sandbox or not at all), best-effort, off "
                + "(default: best-effort).", valueName: "level"),
        transform: IngestCommand.isolation)
    var isolation = Isolation.bestEffort

    @Flag(help: "Print the verdicts as JSON.")
    var json = false

    @Flag(help: "Also list what was passed over and every issue.")
    var verbose = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let options = try ingestOptions()
            if let warning = isolation.warning { Messages.note(warning) }
            let opened = try vault.open()
            let who =
                try opened.person(labelled: person.person)
                ?? opened.addPerson(label: person.person)
            let line = ProgressLine()
            let ingestor = try Ingestor(
                vault: opened, person: who.id, options: options, onProgress: line.update
            ) { verdict in
                line.clear()
                if !json { VerdictText.show(verdict, verbose: verbose) }
                // A pipe holds output back; whoever reads it shall see what is durable now.
                fflush(nil)
            }
            let report = try ingestor.ingest(paths)
            line.clear()
            if json { print(try IngestJSON(report).text) } else { VerdictText.show(report) }
            try opened.appendAudit(command: "ingest", outcome: "\(report.added) samples added")
            if let code = exitCode(report) { throw code }
        }
    }

    private func exitCode(_ report: IngestReport) -> ExitCode? {
        guard report.verdicts.contains(where: \.isProblem) else { return nil }
        let used = report.verdicts.contains { $0.status != .rejected && $0.status != .ignored }
        return used ? ExitStatus.someSkipped : ExitStatus.unreadableInput
    }

    private func ingestOptions() throws -> IngestOptions {
        var options = IngestOptions()
        options.isolation = isolation
        guard let zone else { return options }
        guard let seconds = Self.offset(zone) else {
            throw ValidationError("--zone takes an offset such as +02:00 or -0530")
        }
        options.zone = ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: seconds, origin: .user)
        ])
        return options
    }

    private static func isolation(_ text: String) throws -> Isolation {
        guard let level = Isolation(rawValue: text) else {
            throw ValidationError("--isolation takes required, best-effort or off")
        }
        return level
    }

    /// `+02:00`, `+0200` or `Z` in seconds.
    private static func offset(_ text: String) -> Int32? {
        if text == "Z" { return 0 }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard let sign = text.first, sign == "+" || sign == "-", digits.count == 4,
            let hours = Int32(digits.prefix(2)), let minutes = Int32(digits.suffix(2)),
            hours <= 18, minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

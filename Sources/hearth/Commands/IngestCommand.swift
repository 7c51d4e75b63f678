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
            Formats are recognised by content: watches and rings (FIT, and the exports of Apple \
            Health, Fitbit, Garmin, Oura, WHOOP, Withings, Polar, Samsung, Xiaomi), research \
            accelerometers (CWA, GENEActiv, GT3X), Empatica, EDF, WFDB, GPX and TCX, the databases of \
            Gadgetbridge and Health Connect, and more; docs/formats lists all. Doing it twice \
            changes nothing. What waits in the inbox is taken in first. A broken file costs only itself. Exit code 3: some input could not be used \
            in full; 65: none could.
            """)

    @Argument(help: "Files, folders or archives; - is standard input.")
    var paths: [String]

    @Flag(help: "Print the verdicts as JSON.")
    var json = false

    @Flag(help: "Also list what was passed over and every issue.")
    var verbose = false

    @Option(
        help: ArgumentHelp(
            """
            Let what this receipt erased come back from the files; asks for the passphrase again. May \
            be repeated.
            """, valueName: "receipt id"))
    var resurrect: [String] = []

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let options = try reading.ingestOptions()
            if let warning = options.isolation.warning { Messages.note(warning) }
            let opened = try vault.open()
            let who = try owner(in: opened)
            try letReturn(of: who, in: opened)
            let merged = try InboxText.merge(
                into: opened, person: person.person, options, json: json)
            let line = ProgressLine()
            let ingestor = try Ingestor(
                vault: opened, person: who.id, options: options, onProgress: line.update
            ) { verdict in
                line.clear()
                if !json { VerdictText.show(verdict, verbose: verbose) }
                // A pipe holds output back; whoever reads it shall see what is durable now.
                fflush(nil)
            }
            var report = merged.ingested
            report.add(try ingestor.ingest(paths))
            line.clear()
            if json { print(try IngestJSON(report).text) } else { VerdictText.show(report) }
            try opened.appendAudit(
                command: "ingest", outcome: Self.outcome(report), about: who.id)
            if report.suppressedByErasure > 0, !json {
                Messages.hint(
                    "what you erased stays away; to have it back: --resurrect RECEIPT-ID, "
                        + "`hearth receipt list` shows them")
            }
            try refuse(report, of: who)
            if let code = ExitStatus.of(report.verdicts) { throw code }
            if !merged.aside.isEmpty { throw ExitStatus.someSkipped }
        }
    }

    /// What the audit log keeps.
    private static func outcome(_ report: IngestReport) -> String {
        let suppressed = report.suppressedByErasure
        return "\(report.added) samples added"
            + (suppressed > 0 ? ", \(suppressed) suppressed by erasure" : "")
    }

    /// Takes back the tombstones of the receipts, after the passphrase was given once more: who
    /// finds a vault open must not be able to bring erased data back.
    private func letReturn(of who: Person, in opened: Vault) throws {
        guard !resurrect.isEmpty else { return }
        try opened.confirm(
            vault.credential(prompt: "Passphrase, once more, to let erased data come back: "))
        for receipt in resurrect {
            guard try opened.resurrect(receipt: receipt, of: who.id) > 0 else {
                Messages.error("no erase of \(who.label) with the receipt \(receipt) is in force")
                Messages.hint("`hearth receipt list` shows the receipts; the id has 32 digits")
                throw ExitStatus.failed
            }
            Messages.note("the data of receipt \(receipt) may come back; the audit log says so")
        }
    }

    /// The person; in controller mode only somebody who consented to anything is made or filled.
    private func owner(in vault: Vault) throws -> Person {
        if let known = vault.person(labelled: person.person) { return known }
        guard try vault.records().mode == .personal else {
            Messages.error("this vault is in controller mode and has no consent of this person")
            Messages.hint("hearth consent give --person LABEL --category NAME --notice FILE")
            throw ExitStatus.noConsent
        }
        return try vault.addPerson(label: person.person)
    }

    /// Says what was refused for want of consent.
    private func refuse(_ report: IngestReport, of who: Person) throws {
        guard !report.withoutConsent.isEmpty else { return }
        let names = report.withoutConsent.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.key.name) (\($0.value))"
        }
        Messages.error(
            "not stored, because there is no valid consent to keep it: "
                + names.joined(separator: ", "))
        Messages.hint("`hearth consent give` records it; then ingest the same files again")
        throw ExitStatus.noConsent
    }
}

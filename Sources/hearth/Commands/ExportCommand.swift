// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write your data to a folder that any tool can read.",
        discussion: """
            csv and ndjson hold everything and can be ingested again: an empty vault gives back \
            exactly the same. sqlite holds everything for queries. fhir (HL7 FHIR R4), omh (Open \
            mHealth and IEEE 1752.1) and edf (signals) hold what these standards have words for; \
            manifest.json says what was left out and why.

            What was taken in is in observed/, what Hearth made of it in derived/. SHA256SUMS \
            checks the files. The folder is not encrypted.
            """)

    @Argument(help: "A new or empty folder.") var folder: String

    @Option(
        help: ArgumentHelp(
            "csv, ndjson, fhir, omh, edf or sqlite; may be repeated (default: csv and ndjson).",
            valueName: "format"))
    var format: [ExportFormat] = []

    @Flag(help: "Leave out derived/: scores, nights and other results.")
    var observedOnly = false

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let zone = try ScoringService(vault: opened, person: who.id).zoneTimeline
            let query = SampleQuery(
                person: who.id, quantities: selection.quantitySet, devices: selection.deviceSet,
                from: selection.start(in: zone) ?? .distantPast,
                to: selection.end(in: zone) ?? .distantFuture)
            let summary = try write(query, opened)
            try opened.appendAudit(
                command: "export", outcome: "\(summary.samples) samples to a folder")
            tell(summary)
        }
    }

    /// Results are of all quantities and devices together: a selection of some leaves them out.
    private var wantsDerived: Bool {
        !observedOnly && selection.quantities.isEmpty && selection.devices.isEmpty
    }

    private func write(_ query: SampleQuery, _ opened: Vault) throws -> ExportSummary {
        let formats = format.isEmpty ? ExportFormat.standard : format
        let days =
            wantsDerived
            ? try DerivedDays(
                vault: opened, person: query.person, from: selection.from, to: selection.to) : nil
        let sink = try FolderSink(path: folder)
        var others: [ExportedFile] = []
        if formats.contains(.sqlite) {
            let path = try sink.reserve("hearth.sqlite")
            let rows = try ExportDatabase(vault: opened, query: query).write(
                to: path, derived: days)
            others.append(try sink.described("hearth.sqlite", .sqlite, rows: rows))
        }
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let exporter = Exporter(
            vault: opened, formats: formats, derived: days?.results, made: now)
        return try exporter.export(query, to: sink, beside: others)
    }

    private func tell(_ summary: ExportSummary) {
        let own =
            summary.corrections > 0
            ? " and \(summary.corrections) corrections, tags or settings" : ""
        let days = summary.days > 0 ? ", results of \(summary.days) days" : ""
        print("\(summary.samples) samples\(own)\(days) in \(summary.files) files: \(folder)")
        if summary.leftOut > 0 {
            Messages.note(
                "\(summary.leftOut) samples have no place in one of the formats; leftOut in"
                    + " manifest.json says which and why")
        }
        Messages.note("the folder is not encrypted; keep it as you would keep a diary")
    }
}

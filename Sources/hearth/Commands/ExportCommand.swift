// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthRights
import HearthVault

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write your samples to a folder that any tool can read.",
        discussion: """
            CSV and NDJSON, one file a quantity, with a data dictionary and checksums. Ingested \
            into an empty vault it gives back exactly the same samples. What you said about your \
            sleep and your days is in sleep-corrections and tags. The folder is not encrypted. That a \
            copy was made, and who got it, is recorded; `hearth recipients` lists it.
            """)

    @Argument(help: "A new or empty folder.") var folder: String
    @Option(help: "csv or ndjson; both if not given.") var format: Format?

    @Option(
        help: ArgumentHelp("Who gets the copy (default: the person).", valueName: "name"))
    var recipient = "the person"

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, ndjson }

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
            let formats = format.map { [$0 == .csv ? ExportFormat.csv : .ndjson] }
            let exporter = Exporter(vault: opened, formats: formats ?? ExportFormat.allCases)
            let summary = try exporter.export(query, to: FolderSink(path: folder))
            try record(summary, query, who, opened)
            let own =
                summary.corrections > 0 ? " and \(summary.corrections) corrections or tags" : ""
            print("\(summary.samples) samples\(own) in \(summary.files) files: \(folder)")
            Messages.note("the folder is not encrypted; keep it as you would keep a diary")
        }
    }

    /// Keeps who got what (`hearth recipients`); the audit log says that it was.
    private func record(
        _ summary: ExportSummary, _ query: SampleQuery, _ who: Person, _ vault: Vault
    ) throws {
        let categories = Set((query.quantities ?? Set(Quantity.allCases)).map(\.facts.category))
        _ = try vault.addDisclosure(
            Disclosure(
                time: .now, recipient: recipient, format: format?.rawValue ?? "csv, ndjson",
                categories: categories.subtracting([.clock]), from: query.from, to: query.to,
                digest: summary.digest), of: who.id,
            outcome: "\(summary.samples) samples to a folder")
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthReport
import HearthRights
import HearthVault

struct AccessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Everything the vault holds about a person, to read and to keep.",
        discussion: """
            Writes access.html (what is stored, from where, since when, why, for how long, who \
            else, how every score comes about, what was done with the data), the whole copy in the \
            folder data, and audit-head.json. For the right of access (GDPR Art. 15) and the right \
            to know (CCPA 1798.110). The folder is not encrypted.
            """)

    @Option(help: ArgumentHelp("A new or empty folder.", valueName: "folder")) var out: String
    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let sink = try FolderSink(path: "\(out)/data", parent: out)
            let days = try DerivedDays(vault: opened, person: who.id, from: nil, to: nil)
            let summary = try Exporter(
                vault: opened, formats: ExportFormat.standard, derived: days.results, made: .now
            ).export(SampleQuery(person: who.id, purpose: nil), to: sink)
            try record(summary, of: who.id, in: opened)
            let lines = try AuditView(opened).lines().filter { $0.person == who.label }
            let report = try AccessService(vault: opened, person: who).report(
                made: WallTime.now.formatted(.iso8601),
                auditLines: lines.map { [$0.time, $0.command, $0.outcome] },
                copiedDays: summary.days)
            try OutputFile.write(
                Data(HTMLAccessReport.render(report).utf8), to: "\(out)/access.html")
            let head = SignedAuditHead(of: opened, at: WallTime.now)
            try OutputFile.write(head.data, to: "\(out)/audit-head.json")
            print("\(summary.samples) samples of \(who.label): \(out)/access.html and \(out)/data")
            Messages.note("the folder is not encrypted; keep it as you would keep a diary")
        }
    }

    /// The copy is one that left the vault, like an export.
    private func record(
        _ summary: ExportSummary, of person: PersonID, in vault: Vault
    ) throws {
        _ = try vault.addDisclosure(
            Disclosure(
                time: .now, recipient: Sharing.person,
                format: ExportFormat.standard.map(\.rawValue).joined(separator: ", "),
                categories: summary.categories, from: .distantPast, to: .distantFuture,
                digest: summary.digest), of: person, command: "access",
            outcome: "\(summary.samples) samples to a folder")
    }
}

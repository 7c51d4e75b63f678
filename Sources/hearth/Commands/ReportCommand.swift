// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthPipeline
import HearthReport
import HearthRights
import HearthVault

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "What your data say about a day, against your own past.",
        discussion: """
            Without --day it is the last day that has data. The terminal form is at most 50 lines; \
            html is one self-contained file; json follows Schemas/daily-summary.schema.json. The eight \
            words at the foot tell how far the audit log had come: a report on paper shows later, with \
            `hearth audit verify --words`, whether it was put back.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case terminal, html, json }

    @Option(help: "The local day, as yyyy-MM-dd.") var day: LocalDate?
    @Option(help: "terminal, html or json.") var format = Format.terminal
    @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
    var output: String?
    @Flag(help: "Exit with 1 if signals have been off long enough to look at.") var alert = false
    @Flag(help: "Use only ASCII characters.") var ascii = false

    @OptionGroup var vault: VaultOptions
    @OptionGroup var person: PersonOption

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let who = try person.find(in: opened)
            let scoring = try ScoringService(vault: opened, person: who.id)
            try scoring.checkAllowed()
            guard let last = scoring.lastDay else {
                Messages.error("there are no samples yet")
                Messages.hint("hearth ingest PATH")
                throw ExitStatus.failed
            }
            let day = day ?? last
            let summary = try scoring.summary(of: day, label: who.label)
            try write(rendered(summary, footer: footer(opened)))
            if alert, summary.verdict.isAlert { throw ExitStatus.failed }
        }
    }

    /// What makes a report on paper show later that the audit log was not put back.
    private func footer(_ vault: Vault) -> [String] {
        AuditWords(of: vault).map { ["Audit log at entry \(vault.auditCount): \($0)"] } ?? []
    }

    private func rendered(_ summary: DailySummary, footer: [String]) -> String {
        switch format {
        case .html: return HTMLReport.render(summary, footer: footer)
        case .json: return JSONReport.render(summary)
        case .terminal:
            let style = TerminalStyle(
                colour: Screen.wantsColour && output == nil,
                unicode: Screen.speaksUnicode && !ascii, width: Screen.width, footer: footer)
            return TerminalReport.render(summary, style: style)
        }
    }

    private func write(_ text: String) throws {
        guard let output else {
            print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
            return
        }
        try OutputFile.write(Data(text.utf8), to: output)
        Messages.note("wrote \(output)")
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthRights
import HearthVault

struct RopaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ropa", abstract: "The record of processing activities.",
        discussion: """
            As GDPR Article 30 asks: one activity a category, made of the policy that is in force. csv \
            opens in a spreadsheet; json is JSON-LD in terms of the Data Privacy Vocabulary 2.3. --dpia \
            prints the frame of a data protection impact assessment (Article 35) instead, filled from \
            the policy, as Markdown.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

    @Option(help: "csv or json.") var format = Format.csv
    @Flag(help: "The frame of an impact assessment instead.") var dpia = false
    @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
    var output: String?
    @OptionGroup var vault: VaultOptions

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            if dpia {
                let assessment = ImpactAssessment(
                    try opened.records(), gotCopies: try Sharing.recipients(in: opened))
                return try RightsText.write(assessment.markdown, to: output)
            }
            let record = try ProcessingRecord(of: opened)
            try RightsText.write(
                format == .csv ? record.csv : record.linkedData.json, to: output)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthModels
import HearthRights
import HearthVault

struct NoticeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice", abstract: "The privacy notice, made of the policy that is in force.",
        discussion: """
            What is kept, why, where, how long, who gets it and which rights people have (GDPR Article \
            13). Equal policies and recipients give equal bytes; the SHA-256 printed on standard error is the version \
            that `hearth consent give --notice FILE` records. It is a draft, not legal advice.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, html }

    @Option(help: "text (Markdown) or html.") var format = Format.text
    @Option(help: "In the words of this law: gdpr or ccpa.") var law = Law.gdpr
    @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
    var output: String?
    @OptionGroup var vault: VaultOptions

    func run() throws {
        try Failure.handled {
            let opened = try vault.open()
            let notice = Notice(
                try opened.records(), law: law, version: HearthCommand.version,
                models: MetricCatalog.all.map { "\($0.id): \($0.label)" },
                gotCopies: try Sharing.recipients(in: opened))
            let text = format == .html ? notice.html : notice.markdown
            try RightsText.write(text, to: output)
            Messages.note(
                "version of this notice: sha256:\(Notice.digest(of: Array(text.utf8)))")
        }
    }
}

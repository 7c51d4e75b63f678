// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline
import HearthRights

struct RequestLetterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request-letter", abstract: "A letter that asks a vendor for your data.",
        discussion: """
            Under the EU Data Act, Article 4, the maker of a connected product owes its user the data it \
            made, with what is needed to read them. Needs no vault. What comes back: hearth ingest PATH. \
            It is a draft, not legal advice.
            """)

    @Argument(help: "Who holds the data, such as the maker of your watch.") var vendor: String
    @Option(name: .shortAndLong, help: "Write to this file instead of standard output.")
    var output: String?

    func run() throws {
        try Failure.handled {
            let today = LocalDate(dayNumber: Timestamp.now.utcDay)
            try RightsText.write(
                RequestLetter.text(to: vendor, date: today.description), to: output)
        }
    }
}

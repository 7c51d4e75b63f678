// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthBiosignals
import HearthPipeline

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "What a file is and holds: device, streams, rates, spans, gaps, issues.",
        discussion: """
            Needs no vault and stores nothing. Raw accelerometers are also judged by the moments in \
            which they lay still: how far from 1 g they are, and what calibration would leave. Exit \
            codes as for ingest.
            """)

    @Argument(help: "Files or archives.") var files: [String]
    @Flag(help: "Print as JSON.") var json = false
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        try Failure.handled {
            let options = try reading.ingestOptions()
            let paths = InputListing.files(below: files)
            let overviews = paths.flatMap { path in
                RecordingOverview.overviews(of: path.path, options: options)
                    .filter { path.isNamed || !$0.verdict.isPassedOverInFolders }
            }
            if overviews.isEmpty {
                Messages.note("found no recording in \(files.joined(separator: ", "))")
            }
            if json {
                print(try InspectJSON(overviews).text)
            } else if !overviews.isEmpty {
                print(overviews.map { InspectText($0).text }.joined(separator: "\n\n"))
            }
            if let code = ExitStatus.of(overviews.map(\.verdict)) { throw code }
        }
    }
}

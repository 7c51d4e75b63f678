// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthRights

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Turn a recording into CSV or NDJSON.",
        discussion: """
            Needs no vault and stores nothing. CSV and NDJSON hold every sample with its unit and \
            source and can be ingested again. Names and serial numbers are left out.
            """)

    enum Target: String, ExpressibleByArgument, CaseIterable { case csv, ndjson }

    @Argument(help: "A file or archive.") var file: String
    @Option(help: "csv or ndjson.") var to: Target
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to this file, not to standard output.", valueName: "file"))
    var output: String?
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        try Failure.handled {
            let options = try reading.ingestOptions()
            let sink = try StreamedOutput(path: output)
            let verdicts =
                switch to {
                case .csv: try text(options, into: sink, CSVText())
                case .ndjson: try text(options, into: sink, NDJSONText())
                }
            try sink.finish(keep: verdicts.contains { $0.samples > 0 })
            for verdict in verdicts where verdict.isProblem {
                Messages.error("\(verdict.name): \(verdict.reason ?? "read in part")")
            }
            if let code = ExitStatus.of(verdicts) { throw code }
        }
    }

    private func text(
        _ options: IngestOptions, into sink: StreamedOutput, _ writer: some SampleText
    ) throws -> [FileVerdict] {
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        sink.write(bytes)
        let verdicts = Inspector(options: options).inspect(file) { _, block in
            bytes.removeAll(keepingCapacity: true)
            writer.append(block, to: &bytes)
            sink.write(bytes)
        }
        if let failure = sink.failure { throw failure }
        return verdicts
    }
}

/// A way to write samples as text.
private protocol SampleText {
    func appendHeader(to output: inout [UInt8])
    func append(_ block: SampleBlock, to output: inout [UInt8])
}

private struct CSVText: SampleText {
    func appendHeader(to output: inout [UInt8]) { HearthCSVWriter().appendHeader(to: &output) }
    func append(_ block: SampleBlock, to output: inout [UInt8]) {
        HearthCSVWriter().append(block, to: &output)
    }
}

private struct NDJSONText: SampleText {
    func appendHeader(to output: inout [UInt8]) {}
    func append(_ block: SampleBlock, to output: inout [UInt8]) {
        HearthNDJSONWriter().append(block, to: &output)
    }
}

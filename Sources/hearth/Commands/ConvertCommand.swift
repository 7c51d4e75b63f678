// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthFormats
import HearthPipeline
import HearthRights

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Turn a recording into CSV, NDJSON or EDF.",
        discussion: """
            Needs no vault and stores nothing. CSV and NDJSON hold every sample with its unit and \
            source and can be ingested again. EDF holds signals of a steady rate, sleep stages and \
            events; what it cannot hold is named, and streams that cover different stretches of time \
            get a file each. Names and serial numbers are left out.
            """)

    enum Target: String, ExpressibleByArgument, CaseIterable { case csv, ndjson, edf }

    @Argument(help: "A file or archive.") var file: String
    @Option(help: "csv, ndjson or edf.") var to: Target
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write to this file, not to standard output.", valueName: "file"))
    var output: String?
    @OptionGroup var reading: ReadingOptions

    func run() throws {
        try Failure.handled {
            let options = try reading.ingestOptions()
            if let warning = options.isolation.warning { Messages.note(warning) }
            let verdicts =
                switch to {
                case .csv: try text(options, CSVText())
                case .ndjson: try text(options, NDJSONText())
                case .edf: try EDFConversion(file: file, output: output, options).run()
                }
            for verdict in verdicts where verdict.isProblem {
                let damage = verdict.issues.first(where: \.isDamage)?.description
                let part = "read in part" + (damage.map { "; \($0)" } ?? "")
                Messages.error("\(verdict.name): \(verdict.reason ?? part)")
            }
            if let code = ExitStatus.of(verdicts) { throw code }
            guard verdicts.contains(where: { $0.samples > 0 }) else {
                Messages.error("\(file) holds no samples: there is nothing to convert")
                throw ExitStatus.unreadableInput
            }
        }
    }

    private func text(
        _ options: IngestOptions, _ writer: some SampleText
    ) throws -> [FileVerdict] {
        let sink = try StreamedOutput(path: output)
        var bytes: [UInt8] = []
        var isBegun = false
        let verdicts = Inspector(options: options).inspect(file) { _, block in
            bytes.removeAll(keepingCapacity: true)
            if !isBegun { writer.appendHeader(to: &bytes) }
            isBegun = true
            writer.append(block, to: &bytes)
            sink.write(bytes)
        }
        try sink.finish(keep: verdicts.contains { $0.samples > 0 })
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

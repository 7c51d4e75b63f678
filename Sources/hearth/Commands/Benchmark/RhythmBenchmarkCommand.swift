// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

extension BenchmarkCommand {
    struct Rhythm: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rhythm",
            abstract: "The rhythm screen and published indices against annotated rhythms.",
            discussion: """
                Reads a folder that holds any of afdb-rr, rr-24h/normal, rr-24h/healthy_ms and mitdb, \
                or one of them: qrsID.txt with atrID.txt, intervals one a line, or ID.atr. Figures are \
                by beat and by time, for each record and each set. Records the model was made with are \
                marked; --folds measures with models made without each record. Exit code 3: records \
                could not be read.
                """)

        @Argument(
            help: "A folder of labelled intervals (default: $HEARTH_DATA, or ../shared/data).")
        var folder: String?
        @Option(
            help: ArgumentHelp(
                "A file with, for each record, the model made without it.", valueName: "file"))
        var folds: String?
        @Flag(help: "Print what the model sees of each stretch of beats, for training.")
        var features = false
        @OptionGroup var output: FormatOption

        func run() throws {
            try Failure.handled {
                let path = try BenchmarkCommand.folder(
                    folder, set: "", kind: "a folder of labelled intervals")
                if features {
                    print(try RhythmBenchmarkReport.features(folder: path))
                    return
                }
                let report = try RhythmBenchmarkReport(folder: path, folds: folds)
                try output.show(
                    text: report.text, markdown: report.markdown, json: try report.json(),
                    leftOut: report.skipped.map { "\($0.id): \($0.reason)" })
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

extension BenchmarkCommand {
    struct Beats: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "beats",
            abstract: "The heartbeat detectors against annotated ECG.",
            discussion: """
                Reads a folder of WFDB records with beat annotations, NAME.hea with NAME.atr, such as \
                the MIT-BIH Arrhythmia Database, or of pairs NAME.csv (a value a line) and \
                NAME_ann.csv (the number of a sample a line). A beat is found within 150 ms of its \
                annotation; paced records are shown but count in no total. Exit code 3: records were \
                left out.
                """)

        @Argument(
            help: "A folder of records (default: mitdb in $HEARTH_DATA, or in ../shared/data).")
        var folder: String?
        @Option(help: ArgumentHelp("Samples a second of CSV files.", valueName: "hertz"))
        var rate: Int64 = 360
        @OptionGroup var output: FormatOption

        func validate() throws {
            guard (1...100_000).contains(rate) else {
                throw ValidationError("--rate is 1 to 100000 hertz")
            }
        }

        func run() throws {
            try Failure.handled {
                let path = try BenchmarkCommand.folder(
                    folder, set: "mitdb", kind: "a folder of annotated ECG records")
                let report = try BeatBenchmarkReport(folder: path, csvRate: rate)
                try output.show(
                    text: report.text, markdown: report.markdown, json: try report.json(),
                    leftOut: report.skipped.map { "\($0.id): \($0.reason)" })
            }
        }
    }
}

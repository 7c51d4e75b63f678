// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

extension BenchmarkCommand {
    struct Anomaly: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "anomaly",
            abstract: "The streaming anomaly detector on labelled series.",
            discussion: """
                Reads a folder in the layout of the Numenta Anomaly Benchmark: \
                data/CATEGORY/FILE.csv and labels/combined_windows.json. Scores by its rules, with \
                the null, random and windowed Gaussian detectors beside. Exit code 3: series were \
                left out.
                """)

        @Argument(
            help: "A folder of series (default: nab in $HEARTH_DATA, or in ../shared/data).")
        var folder: String?
        @OptionGroup var output: FormatOption

        func run() throws {
            try Failure.handled {
                let path = try BenchmarkCommand.folder(
                    folder, set: "nab", kind: "a folder of labelled series")
                let report = try AnomalyBenchmarkReport(folder: path)
                try output.show(
                    text: report.text, markdown: report.markdown, json: try report.json(),
                    leftOut: report.skipped.map { "\($0.id): \($0.reason)" })
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

extension BenchmarkCommand {
    struct Sleep: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sleep",
            abstract: "The sleep stager and the baselines against polysomnography.",
            discussion: """
                Reads a folder in the layout of sleep-accel: for each person ID_cleaned_hr.out, \
                ID_cleaned_counts.out and ID_cleaned_psg.out. Without --folds the stager of this \
                program is measured, and people it was trained on are marked: figures on them are \
                no measure of accuracy. With --folds each person is scored by models made without \
                that person. Exit code 1: no stager could be measured; 3: people were left out.
                """)

        @Argument(
            help: """
                A folder of nights (default: sleep-accel/cropped in $HEARTH_DATA, or in \
                ../shared/data).
                """)
        var folder: String?
        @Option(
            help: ArgumentHelp(
                "For each person a folder of that name with parameters.json and model files.",
                valueName: "folder"))
        var folds: String?
        @OptionGroup var output: FormatOption

        func run() throws {
            try Failure.handled {
                let path = try BenchmarkCommand.folder(
                    folder, set: "sleep-accel/cropped",
                    kind: "a folder of nights with polysomnography")
                let report = try SleepBenchmarkReport(folder: path, folds: folds)
                switch output.format {
                case .text: print(report.text)
                case .markdown: print(report.markdown)
                case .json: print(try report.json())
                }
                for one in report.skipped { Messages.note("left out: \(one.id): \(one.reason)") }
                if let refusal = report.refusal {
                    Messages.error("no stager was measured, only the baselines: \(refusal)")
                    throw ExitStatus.failed
                }
                if !report.skipped.isEmpty { throw ExitStatus.someSkipped }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthIntake
import HearthPipeline

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Measure the learned models on labelled data.",
        subcommands: [Sleep.self])

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

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
        @Option(help: "text, markdown or json.") var format = Format.text

        func run() throws {
            try Failure.handled {
                let report = try SleepBenchmarkReport(folder: try found(), folds: folds)
                switch format {
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

        private func found() throws(IntakeError) -> String {
            if let folder { return folder }
            let named = ProcessInfo.processInfo.environment["HEARTH_DATA"] ?? ""
            let data = named.isEmpty ? "../shared/data" : named
            let path = URL(filePath: data).appending(path: "sleep-accel/cropped").path
            guard FileManager.default.fileExists(atPath: path) else {
                throw IntakeError(
                    .notFound,
                    "there is no \(path); name a folder of nights with polysomnography, or set HEARTH_DATA"
                )
            }
            return path
        }
    }
}

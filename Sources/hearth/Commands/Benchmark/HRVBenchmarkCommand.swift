// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

extension BenchmarkCommand {
    struct HRV: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hrv",
            abstract: "Heart-rate variability beside what other programs published.",
            discussion: """
                Looks in a folder and three levels below it for pyHRV's sample series with their \
                report and export, for tables NAME_HRV_allwindows_allpatients.csv of the PhysioNet \
                Cardiovascular Signal Toolbox with the annotations ID.ecg beside them, and for \
                hrv_measurements.csv in the layout of Welltory's set. Exit code 3: a file was left \
                out.
                """)

        @Argument(help: "A folder with references (default: $HEARTH_DATA, or ../shared/data).")
        var folder: String?
        @OptionGroup var output: FormatOption

        func run() throws {
            try Failure.handled {
                let path = try BenchmarkCommand.folder(
                    folder, set: "", kind: "a folder with published heart-rate variability")
                let report = try HRVBenchmarkReport(folder: path)
                try output.show(
                    text: report.text, markdown: report.markdown, json: try report.json(),
                    leftOut: report.skipped.map { "\($0.id): \($0.reason)" })
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HearthPipeline

extension BenchmarkCommand {
    struct Illness: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "illness",
            abstract: "Alarms of the night signals around the first day of an illness.",
            discussion: """
                Reads a folder in the layout of Welltory's COVID-19 set: participants.csv with the \
                day of onset and wearables.csv with values by day, in it or in its folder data. \
                NightSignal's rule on the same days is shown beside. Exit code 3: rows could not be \
                read and were left out.
                """)

        @Argument(
            help:
                "A folder of days (default: welltory-hrv-covid19 in $HEARTH_DATA or in ../shared/data)."
        )
        var folder: String?
        @OptionGroup var output: FormatOption

        func run() throws {
            try Failure.handled {
                let path = try BenchmarkCommand.folder(
                    folder, set: "welltory-hrv-covid19",
                    kind: "a folder of days with dates of onset")
                let report = try IllnessBenchmarkReport(folder: path)
                let rows = report.unreadableRows
                try output.show(
                    text: report.text, markdown: report.markdown, json: try report.json(),
                    leftOut: rows > 0 ? ["\(rows) rows that cannot be read"] : [])
            }
        }
    }
}

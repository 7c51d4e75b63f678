// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthIntake

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark", abstract: "Measure detectors and models on labelled data.",
        subcommands: [
            Sleep.self, Beats.self, HRV.self, Rhythm.self, Anomaly.self, Illness.self,
        ])

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

    struct FormatOption: ParsableArguments {
        @Option(help: "text, markdown or json.") var format = Format.text
    }

    /// The folder that was named, or one of the labelled sets in `HEARTH_DATA`.
    ///
    /// - Parameters:
    ///   - set: path of the set inside `HEARTH_DATA`; empty for the whole.
    ///   - kind: what to name instead, as "a folder of …".
    static func folder(_ named: String?, set: String, kind: String) throws(IntakeError) -> String {
        if let named { return named }
        let variable = ProcessInfo.processInfo.environment["HEARTH_DATA"] ?? ""
        let data = URL(filePath: variable.isEmpty ? "../shared/data" : variable)
        let path = set.isEmpty ? data.path : data.appending(path: set).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw IntakeError(.notFound, "there is no \(path); name \(kind), or set HEARTH_DATA")
        }
        return path
    }
}

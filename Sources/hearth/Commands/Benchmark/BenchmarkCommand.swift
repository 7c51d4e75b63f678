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

        /// Prints the report in the wanted form and says what was left out of it.
        ///
        /// - Throws: exit status 3 if anything was; what making the JSON throws.
        func show(
            text: @autoclosure () -> String, markdown: @autoclosure () -> String,
            json: @autoclosure () throws -> String, leftOut: [String]
        ) throws {
            switch format {
            case .text: print(text())
            case .markdown: print(markdown())
            case .json: print(try json())
            }
            for one in leftOut { Messages.note("left out: \(one)") }
            if !leftOut.isEmpty { throw ExitStatus.someSkipped }
        }
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

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthFaults

/// `hearth-faults run|page`: tries to break what the vault promises, and tells what came of it.
@main
struct HearthFaultsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-faults",
        abstract: "Try to break what the vault promises.",
        subcommands: [Run.self, Page.self, Act.self, Hold.self])

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run experiments.")
        @Argument(help: "Numbers such as R2; none means all.") var numbers: [String] = []
        @Flag(help: "The short form that runs with every change.") var short = false
        @Option(help: "All random choices follow from it.") var seed: UInt64 = 1
        @Option(help: "Of the experiments that try everything, only a part, such as 1/8.")
        var share = "1/1"
        @Option(help: "Folder for the records, one JSON file an experiment.") var out = "out/faults"
        @Option(help: "The hearth binary.") var program: String?

        func run() throws {
            try FileManager.default.createDirectory(
                atPath: out, withIntermediateDirectories: true)
            let own = URL(fileURLWithPath: CommandLine.arguments[0])
            let beside = own.deletingLastPathComponent().appending(path: "hearth").path
            let data = ProcessInfo.processInfo.environment["HEARTH_DATA"] ?? "../shared/data"
            guard let share = Share(share) else {
                throw ValidationError("--share takes a number and a count, such as 1/8")
            }
            var broken = 0
            for experiment in Laboratory.experiments
            where numbers.isEmpty || numbers.contains(experiment.number) {
                let part = experiment.isExhaustive ? share : Share()
                let record = try Laboratory.run(
                    experiment, scale: short ? .short : .full, share: part, seed: seed,
                    recordings: FileManager.default.fileExists(atPath: data) ? data : nil,
                    program: program ?? beside)
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
                try encoder.encode(record).write(
                    to: URL(fileURLWithPath: "\(out)/\(record.number)\(name(part)).json"))
                print(ReliabilityPage(records: [record]).markdown)
                if !record.outcome.isKept { broken += 1 }
            }
            if broken > 0 { throw ExitCode(1) }
        }

        private func name(_ share: Share) -> String {
            share.isWhole ? "" : "-\(share.number)-of-\(share.count)"
        }
    }

    /// A part of an experiment in a process of its own.
    struct Act: ParsableCommand {
        static let configuration = CommandConfiguration(shouldDisplay: false)
        @Argument(parsing: .allUnrecognized) var arguments: [String] = []

        func run() throws { try SystemActs.run(arguments) }
    }

    struct Page: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the kept records as Markdown.")
        @Argument(help: "Folder with the records.") var folder = "out/faults"

        func run() throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".json") }
            let records = try names.map { name in
                try JSONDecoder().decode(
                    Laboratory.Record.self,
                    from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            }
            print(ReliabilityPage(records: records).markdown, terminator: "")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import Foundation
import HearthBiosignals
public import HearthSimulation

extension SimulatedFormat: ExpressibleByArgument {}

/// `hearth-simulate`: files of a wearer who never lived, and the truth behind them.
@main
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hearth-simulate",
        abstract: "Write files of a simulated wearer, and the truth behind them.",
        discussion: """
            The same options always give the same bytes. The first day has no night; the last \
            ends at 21:00, on the second day of an illness.
            """)

    @Option(help: "The seed of all chance.")
    var seed: UInt64 = 7

    @Option(help: "How many local days (2 to 3660).")
    var days = 75

    @Option(help: "The first day, as yyyy-MM-dd.")
    var start = "2026-01-20"

    @Option(name: .shortAndLong, help: "The folder to write into; made if it is not there.")
    var out: String

    @Option(help: "Write only this format: fit, apple, fitbit or csv. May be repeated.")
    var only: [SimulatedFormat] = []

    @Flag(help: "A year in which every device was worn every day, for measuring speed.")
    var year = false

    @Option(help: "Where to write the truth; OUT/truth.json if not given.")
    var truth: String?

    func validate() throws {
        guard (2...3660).contains(days) else {
            throw ValidationError("--days is from 2 to 3660")
        }
        guard let first = LocalDate(start), (1990...2090).contains(first.components.year) else {
            throw ValidationError("--start is a date from 1990 to 2090, written yyyy-MM-dd")
        }
    }

    func run() throws {
        guard let first = LocalDate(start) else { throw ExitCode.validationFailure }
        let settings =
            year
            ? SimulationSettings.year(seed: seed, start: first)
            : SimulationSettings(seed: seed, start: first, days: days)
        let wearer = SimulatedWearer(settings)
        let folder = URL(filePath: out, directoryHint: .isDirectory)
        for format in SimulatedFormat.allCases where only.isEmpty || only.contains(format) {
            var files = 0
            var bytes = 0
            try wearer.write(format) { (file: SimulatedFile) throws in
                try Self.save(file.bytes, to: folder.appending(path: file.path))
                files += 1
                bytes += file.bytes.count
            }
            Self.tell("\(format.rawValue): \(files) files, \(bytes) bytes")
        }
        let place = truth.map { URL(filePath: $0) } ?? folder.appending(path: "truth.json")
        try Self.save(SimulationTruth(wearer).json(), to: place)
    }

    private static func save(_ bytes: [UInt8], to place: URL) throws {
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
    }

    private static func tell(_ line: String) {
        FileHandle.standardError.write(Data("hearth-simulate: \(line)\n".utf8))
    }
}

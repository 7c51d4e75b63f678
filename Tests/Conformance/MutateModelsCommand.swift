// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthInference
import HearthTestSupport

/// Seeded mutants of the small models: refused or run within limits, no trap, no hang, no growth.
///
/// A trap or a hang ends the process with a signal; `--each` then names the mutant.
struct MutateModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutate-models", abstract: "Throws seeded mutants of models at the executor.")

    @Option(help: "Seed; the same seed makes the same mutants.") var seed: UInt64 = 1
    @Option(help: "Number of mutants.") var count = 1_000_000
    @Option(help: "Number of the first mutant.") var first = 0
    @Flag(help: "Write the number of each mutant to stderr ahead of reading it.") var each = false
    @Option(help: "Write the first mutant to this file and stop.") var dump: String?

    /// A mutant that takes longer is a hang.
    static let allowed = Duration.seconds(2)
    /// A hang that never ends is ended by the alarm clock.
    static let alarmSeconds: UInt32 = 20
    /// The process may not grow beyond this.
    static let bytesAllowed = 256 << 20

    func run() throws {
        let seeds = ModelMutator.fixtures()
        guard !seeds.isEmpty else { throw ValidationError("no model to start from") }
        let mutator = ModelMutator(seed: seed, seeds: seeds)
        if let dump {
            try Data(mutator.mutant(first)).write(to: URL(filePath: dump))
            return
        }
        var result = ModelMutantRun()
        for number in first..<first + count {
            if each { note("mutant \(number)") }
            alarm(Self.alarmSeconds)
            if let fault = result.take(mutator.mutant(number)) {
                throw ValidationError("mutant \(number): \(fault)")
            }
            if result.slowest > Self.allowed {
                throw ValidationError("mutant \(number) took \(result.slowest)")
            }
            if number.isMultiple(of: 10_000), Self.peakBytes() > Self.bytesAllowed {
                throw ValidationError("memory grew by mutant \(number)")
            }
            if number.isMultiple(of: 100_000) { note("\(number)") }
        }
        report(result, of: seeds.count)
    }

    private func report(_ result: ModelMutantRun, of models: Int) {
        let reasons = result.reasons.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
        let milliseconds = result.slowest.components.attoseconds / 1_000_000_000_000_000
        print("| mutants | of models | ran | refused | slowest | peak memory |")
        print("| --- | --- | --- | --- | --- | --- |")
        print(
            "| \(result.count) | \(models) | \(result.ran) | \(result.refused) | \(milliseconds) ms "
                + "| \(Self.peakBytes() >> 20) MiB |")
        print("refused for: \(reasons)")
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Peak resident bytes of this process.
    private static func peakBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #if os(Linux)
            return usage.ru_maxrss << 10
        #else
            return usage.ru_maxrss
        #endif
    }
}

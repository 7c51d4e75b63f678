// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// Seeded mutants for each reader: no trap, no hang, no growth.
///
/// A trap or a hang ends the process with a signal; `--each` then names the mutant.
struct MutateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutate", abstract: "Throws seeded mutants of real recordings at each reader.")

    @Option(help: "Seed; the same seed makes the same mutants.") var seed: UInt64 = 1
    @Option(help: "Mutants a reader.") var count = 1_000_000
    @Option(help: "Only this reader, such as fit.") var only: String?
    @Option(help: "Number of the first mutant.") var first = 0
    @Flag(help: "Write the number of each mutant to stderr ahead of reading it.") var each = false
    @Option(help: "Write the first mutant to this file and stop.") var dump: String?

    /// An input that takes longer is a hang.
    static let allowed = Duration.seconds(2)
    /// A hang that never ends is ended by the alarm clock.
    static let alarmSeconds: UInt32 = 20
    /// The process may not grow beyond this.
    static let bytesAllowed = 256 << 20

    func run() throws {
        if dump == nil { show(Self.head) }
        for kind in ReaderCatalog.kinds where only == nil || only == kind.name {
            let seeds = SeedFiles.bytes(of: kind)
            guard !seeds.isEmpty else { throw ValidationError("no seed file for \(kind.name)") }
            let mutator = Mutator(seed: seed, kind: kind, seeds: seeds)
            if let dump {
                try Data(mutator.mutant(first)).write(to: URL(filePath: dump))
                return
            }
            let run = try hammer(mutator, kind)
            show(
                line(
                    kind, run.count, files: seeds.count, run.withSamples, run.withIssues,
                    run.refused, run.codes.count, run.slowest))
        }
        for kind in DatabaseCatalog.kinds where only == nil || only == kind.name {
            guard dump == nil, let run = DatabaseMutantRun(kind) else { continue }
            try hammer(run)
        }
    }

    /// Rows of a database instead of bytes.
    private func hammer(_ start: DatabaseMutantRun) throws {
        var run = start
        for number in first..<first + count {
            alarm(Self.alarmSeconds)
            if let fault = run.take(number: number) {
                throw ValidationError("\(run.kind.name): mutant \(number): \(fault)")
            }
            try checkMemory(run.kind, number)
        }
        if run.slowest > Self.allowed {
            throw ValidationError("\(run.kind.name): a mutant took \(run.slowest)")
        }
        show(
            line(
                run.kind, run.count, files: 1, run.withSamples, run.withIssues, run.refused,
                run.codes.count, run.slowest))
    }

    private func checkMemory(_ kind: FileKind, _ number: Int) throws {
        guard number.isMultiple(of: 10_000) else { return }
        if Self.peakBytes() > Self.bytesAllowed {
            throw ValidationError("\(kind.name): memory grew by mutant \(number)")
        }
        if number.isMultiple(of: 100_000) { note("\(kind.name): \(number)") }
    }

    private func hammer(_ mutator: Mutator, _ kind: FileKind) throws -> MutantRun {
        var result = MutantRun(kind)
        for number in first..<first + count {
            if each { note("\(kind.name): mutant \(number)") }
            alarm(Self.alarmSeconds)
            if let fault = result.take(mutator.mutant(number), number: number) {
                throw ValidationError("\(kind.name): mutant \(number): \(fault)")
            }
            if result.slowest > Self.allowed {
                throw ValidationError("\(kind.name): mutant \(number) took \(result.slowest)")
            }
            try checkMemory(kind, number)
        }
        return result
    }

    private static let head = """
        | reader | mutants | of files | gave samples | had issues | refused | kinds of issue met \
        | slowest | peak memory |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """

    /// At once, so that a trap later does not take the lines with it.
    private func show(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    private func line(
        _ kind: FileKind, _ count: Int, files: Int, _ withSamples: Int, _ withIssues: Int,
        _ refused: Int, _ codes: Int, _ slowest: Duration
    ) -> String {
        func share(_ part: Int) -> String { "\((part * 1000 / max(1, count) + 5) / 10) %" }
        let milliseconds = slowest.components.attoseconds / 1_000_000_000_000_000
        return "| \(kind.name) | \(ReferenceMatch.grouped(count)) | \(files) "
            + "| \(share(withSamples)) | \(share(withIssues)) | \(share(refused)) "
            + "| \(codes) | \(milliseconds) ms | \(Self.peakBytes() >> 20) MiB |"
    }

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

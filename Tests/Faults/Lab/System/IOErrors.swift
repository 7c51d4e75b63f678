// SPDX-License-Identifier: Apache-2.0
import Foundation

/// R4: every single call to the system fails once, in every way it can.
public enum IOErrors: Experiment {
    public static let number = "R4"
    public static let title = "failing calls"
    public static let promise =
        "a call that fails ends in success or a clear error, and nothing acknowledged is lost"

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        let quick = try QuickFolder(bench)
        guard let children = try ChildProcesses(bench, in: quick.path) else {
            outcome.leftOut = FaultShim.missing
            return outcome
        }
        let wanted = bench.scale == .full ? 20_000 : 2000
        let start = ContinuousClock.now
        var total = ChildReport()
        var seed = bench.seed
        var stories = 0
        while total.attempts < wanted, total.failed < 20 {
            let cases = bench.scale == .full ? 1_000_000 : 700
            total.add(
                try children.share(
                    "inject",
                    ["seed": "\(seed)", "root": "\(quick.path)/case", "cases": "\(cases)"]))
            seed += 1
            stories += 1
        }
        outcome.take(total)
        outcome.show("stories", stories)
        for (name, count) in total.counts.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("told as") && !name.contains("|") { outcome.show(name, count) }
        outcome.show("the failing call was not reached", total.counts["not reached"] ?? 0)
        outcome.show(rate: "cases within one process", total.attempts, in: .now - start)
        let program = try ProgramErrors(
            shim: children.shim, program: bench.program, folder: quick.path + "/program"
        ).run(cases: bench.scale == .full ? 400 : 8, seed: bench.seed)
        outcome.take(program)
        for (name, count) in program.counts.sorted(by: { $0.key < $1.key }) {
            outcome.show(name, count)
        }
        let control = try children.share(
            "inject",
            [
                "seed": "\(bench.seed / 3 * 3)", "root": "\(quick.path)/case", "cases": "200",
                "control": "silent",
            ])
        outcome.control(
            "syncs that lose the data and say nothing", isCaught: control.failed > 0,
            "\(control.failed) of \(control.attempts) cases")
        return outcome
    }
}

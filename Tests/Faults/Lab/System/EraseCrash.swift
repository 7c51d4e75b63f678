// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// R14: an erase that is cut short at any step, and an old copy of the packs beside the new keys.
public enum EraseCrash: Experiment {
    public static let number = "R14"
    public static let title = "interrupted erase, old copies"
    public static let promise =
        "an erase that was cut short is finished at the next opening, and an old copy of the packs"
        + " does not bring back what was erased"

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        let quick = try QuickFolder(bench)
        guard let children = try ChildProcesses(bench, in: quick.path) else {
            outcome.leftOut = FaultShim.missing
            return outcome
        }
        let stories = bench.scale == .full ? 10 : 2
        let start = ContinuousClock.now
        var random = SeededRandom(seed: bench.seed)
        var total = ChildReport()
        // A story may end its erases before a moment that suits the controls: then one more is told.
        var number = 0
        while number < stories || (number < 8 * stories && total.counts["controls"] == nil) {
            let story = PowerLoss.Story(seed: random.next() >> 33, in: quick.path, number)
            total.add(
                try story.judged(
                    by: children, target: bench.scale == .full ? 2000 : 300, ["only": "erase"],
                    variants: 60))
            number += 1
        }
        outcome.take(total)
        outcome.show("crashed before the erase was stored", total.counts["begun anew"] ?? 0)
        outcome.show("finished at the next opening", total.counts["finished"] ?? 0)
        let controls = total.counts["controls"] ?? 0
        for (name, key) in [
            ("a key file that was not overwritten", "left key file noticed"),
            ("an old copy of packs and keys together", "old store noticed"),
        ] {
            let noticed = total.counts[key] ?? 0
            outcome.control(
                name, isCaught: controls > 0 && noticed == controls,
                "\(noticed) of \(controls)")
        }
        outcome.show(rate: "images judged", total.attempts, in: .now - start)
        return outcome
    }
}

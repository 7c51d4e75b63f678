// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// R2: the power goes at any operation, and the disk keeps what it likes of what was not synced.
public enum PowerLoss: Experiment {
    public static let number = "R2"
    public static let title = "power loss"
    public static let promise =
        "what was acknowledged is complete after a power loss, and no half change is there"

    static let imagesAStory = 10_000
    static let storyLength = 12

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        let quick = try QuickFolder(bench)
        guard let children = try ChildProcesses(bench, in: quick.path) else {
            outcome.leftOut = FaultShim.missing
            return outcome
        }
        let wanted = bench.scale == .full ? 500_000 : 10_000
        let start = ContinuousClock.now
        var random = SeededRandom(seed: bench.seed)
        var total = ChildReport()
        var stories = 0
        while total.attempts < wanted, total.failed < 20, stories < wanted / 1000 {
            let story = Story(seed: random.next() >> 33, in: quick.path, stories)
            total.add(
                try story.judged(
                    by: children, target: min(imagesAStory, wanted - total.attempts)))
            stories += 1
        }
        outcome.take(total)
        outcome.show("stories", stories)
        outcome.show("operations at which the power went", total.counts["cuts"] ?? 0)
        outcome.show("different images", total.attempts)
        outcome.show(rate: "images judged", total.attempts, in: .now - start)
        try controls(bench, quick.path, children, &outcome)
        return outcome
    }

    /// R3: three ways to do it wrong, each of which has to lose something.
    private static func controls(
        _ bench: Bench, _ folder: String, _ children: ChildProcesses, _ outcome: inout Outcome
    ) throws {
        let target = bench.scale == .full ? 4000 : 400
        let ways: [(String, [String: String], [String: String])] = [
            ("synchronous=NORMAL", ["HEARTH_SHIM_SYNCHRONOUS": "NORMAL"], [:]),
            ("synchronous=OFF", ["HEARTH_SHIM_SYNCHRONOUS": "OFF"], [:]),
            ("the anchor before the transaction", [:], ["order": "anchors-first"]),
        ]
        for (place, way) in ways.enumerated() {
            let story = Story(
                seed: bench.seed, in: folder, 1_000_000 + place, environment: way.1)
            let report = try story.judged(by: children, target: target, way.2)
            let share = 100 * report.failed / max(1, report.attempts)
            outcome.control(
                way.0, isCaught: report.failed > 0,
                "\(report.failed) of \(report.attempts) images, \(share) %")
        }
    }

    /// A record of acts, and the judging of its images.
    struct Story {
        let seed: UInt64
        let root: String
        var environment: [String: String] = [:]

        init(
            seed: UInt64, in folder: String, _ number: Int, environment: [String: String] = [:]
        ) {
            self.seed = seed
            self.environment = environment
            root = "\(folder)/story-\(number)"
        }

        func judged(
            by children: ChildProcesses, target: Int, _ more: [String: String] = [:],
            variants: Int = 400
        ) throws -> ChildReport {
            defer {
                for end in ["", ".log"] { try? FileManager.default.removeItem(atPath: root + end) }
                let folder = URL(fileURLWithPath: root).deletingLastPathComponent().path
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                for name in names where name.hasPrefix("image") {
                    try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
                }
            }
            let base = ["seed": "\(seed)", "root": root, "log": root + ".log"]
            var report = try children.run(
                "record", base.merging(["length": "\(storyLength)"]) { $1 },
                environment: environment)
            guard report.failed == 0 else { return report }
            let image = URL(fileURLWithPath: root).deletingLastPathComponent()
                .appending(path: "image").path
            var options = base.merging(more) { $1 }
            options["image"] = image
            options["target"] = "\(target)"
            options["variants"] = "\(variants)"
            report.add(try children.share("judge", options))
            return report
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import HearthVault

/// Makes images of a power loss from a record, and has each judged.
struct JudgeAct {
    private let options: SystemActs.Options
    private let calls: ShimCalls
    private let log: CrashLog
    private let place: PlaceFile
    private let root: String
    private let seed: UInt64
    private let worker: Int
    private let workers: Int
    private let target: Int
    private let variants: Int
    private let erases: EraseCheck?
    private var report = ChildReport()
    private var seen: Set<UInt64> = []

    init(_ options: SystemActs.Options) throws {
        self.options = options
        calls = try ShimCalls()
        place = try PlaceFile(options)
        worker = try options.number("worker")
        workers = try options.number("workers")
        target = try options.number("target") / workers
        variants = try options.number("variants")
        seed = try options.seed()
        root = try options.text("image") + "-\(worker)"
        let whole = try CrashLog(try options.text("log"), root: try options.text("root"))
        log = options.values["order"] == "anchors-first" ? whole.withAnchorsFirst : whole
        erases = options.values["only"] == "erase" ? EraseCheck(log, calls) : nil
    }

    mutating func run() throws -> ChildReport {
        var disk = CrashDisk(log)
        var instant = Instant()
        var cut = 0
        let cuts = log.steps.count { if case .change = $0 { true } else { false } }
        for step in log.steps {
            switch step {
            case .mark(let mark):
                if mark.isDone {
                    (instant.done, instant.begun) = (mark, nil)
                } else {
                    instant.begun = mark
                }
            case .change(let entry):
                disk.play(entry)
                cut += 1
                erases?.follow(disk, instant)
                guard cut % workers == worker, isWanted(instant) else { continue }
                // What an instant had too few different images for is made up at the next.
                let share = target * cut / max(1, cuts) + 1 - report.attempts
                if share <= 0 { continue }
                try judge(disk, instant, cut: cut, share: share)
            }
        }
        report.count("cuts", cuts / workers)
        return report
    }

    private func isWanted(_ instant: Instant) -> Bool {
        guard erases != nil else { return true }
        return instant.begun?.name.hasPrefix("erase") == true
    }

    /// Judges up to `share` different images of one instant.
    private mutating func judge(
        _ disk: CrashDisk, _ instant: Instant, cut: Int, share: Int
    ) throws {
        var judged = 0
        var repeats = 0
        var variant = 0
        let most = disk.pending == 0 ? 1 : variants
        while variant < most, judged < share, repeats < 8 {
            var random = SeededRandom(
                seed: seed &* 0x9E37_79B9 &+ UInt64(cut) << 16 &+ UInt64(variant))
            let image = disk.image(variant, &random)
            let state = instant.begun.map { UInt64($0.index) << 1 | 1 } ?? 0
            let hash = ContentSum.mix(image.hash(calls), state)
            if seen.insert(hash).inserted {
                repeats = 0
                judged += 1
                let name =
                    "seed \(seed), cut \(cut), variant \(variant), \(instant.name)"
                place.note(name)
                try judge(image, instant, name, &random)
            } else {
                repeats += 1
            }
            variant += 1
        }
    }

    private mutating func judge(
        _ image: CrashDisk.Image, _ instant: Instant, _ name: String, _ random: inout SeededRandom
    ) throws {
        calls.remove(root)
        mkdir(root, 0o700)
        try image.write(to: root)
        let location = VaultLocation(store: root + "/store", state: root + "/state")
        let judge = ImageJudge(
            verifies: Int.random(in: 0..<4, using: &random) == 0,
            triesOldPassphrase: Int.random(in: 0..<8, using: &random) == 0)
        let finding = judge.judge(location, at: instant)
        report.attempts += 1
        if let problem = finding.problem {
            if let kept = options.values["keep"], report.failed == 0 {
                try? FileManager.default.removeItem(atPath: kept)
                try FileManager.default.createDirectory(
                    atPath: kept, withIntermediateDirectories: true)
                try image.write(to: kept)
            }
            report.count(problem)
            report.fail("\(name): \(problem)")
            return
        }
        if let erases, instant.done != nil {
            if report.counts["controls"] == nil, finding.digest == instant.begun?.digest,
                finding.digest != instant.done?.digest
            {
                try erases.controls(location, instant, &report)
                return
            }
            if let problem = try erases.check(location, finding, instant) {
                report.fail("\(name): \(problem)")
            }
            report.count(finding.digest == instant.begun?.digest ? "finished" : "begun anew")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import HearthVault

/// R10: one process that takes in raw days for as long as one likes.
public enum Soak: Experiment {
    public static let number = "R10"
    public static let title = "soak"
    public static let promise =
        "a process that takes in, reads and erases day after day needs no more memory in the end"

    public static func run(on bench: Bench) throws -> Outcome {
        var outcome = Outcome()
        guard SoakAct.residentBytes() != nil else {
            outcome.leftOut = "this system does not tell how much memory a process has"
            return outcome
        }
        guard let children = try ChildProcesses(bench, in: bench.folder) else {
            outcome.leftOut = FaultShim.missing
            return outcome
        }
        let folder = try QuickFolder(bench)
        let (days, minutes) = bench.scale == .full ? (400, 1440) : (12, 10)
        let start = ContinuousClock.now
        func soak(_ days: Int, _ minutes: Int, _ more: [String: String] = [:]) throws -> ChildReport
        {
            try children.run(
                "soak",
                [
                    "root": "\(folder.path)/\(more.count)", "seed": "\(bench.seed)",
                    "days": "\(days)", "minutes": "\(minutes)",
                ].merging(more) { $1 })
        }
        let report = try soak(days, minutes)
        outcome.take(report)
        let (early, late) = (report.counts["early"] ?? 0, report.counts["late"] ?? 0)
        outcome.show("samples of three axes at 50 Hz", report.counts["samples"] ?? 0)
        outcome.show("most memory after a fifth of the days, MB", early >> 20)
        outcome.show("most memory in the last third, MB", late >> 20)
        outcome.show(rate: "days", report.attempts, in: .now - start)
        if isMore(late, than: early) { outcome.fail("memory grew from \(early) to \(late) bytes") }
        let control = try soak(12, 10, ["leak": "1"])
        let (before, after) = (control.counts["early"] ?? 0, control.counts["late"] ?? 0)
        outcome.control(
            "a process that keeps what it read, eight times", isCaught: isMore(after, than: before),
            "from \(before >> 20) to \(after >> 20) MB")
        return outcome
    }

    /// More than by a twentieth and two megabytes.
    private static func isMore(_ late: Int, than early: Int) -> Bool {
        late > early + early / 20 + 2 << 20
    }
}

/// Takes in a recorded day, reads it, erases one of some days ago, and looks at its own memory.
enum SoakAct {
    private static let kept: Int64 = 4

    static func run(_ options: SystemActs.Options) throws -> ChildReport {
        var report = ChildReport()
        let (days, parts) = (try options.number("days"), try options.number("minutes") / 10)
        var random = SeededRandom(seed: try options.seed())
        let vault = try LabVault.create(in: try options.text("root"))
        let person = try vault.addPerson(label: "Marker Ada").id
        let part = LabVault.acceleration(day: 0, seconds: 600, &random)
        var leak: [[Float]] = []
        for day in 0..<Int64(days) {
            let session = try vault.beginIngest(for: person)
            for number in 0..<Int64(parts) { try session.append(moved(part, day, number)) }
            report.count("samples", try session.commit().added)
            var seen = 0
            try vault.read(query(person, day)) { _, block in
                seen += block.count
                if options.values["leak"] != nil {
                    for column in block.columns {
                        leak.append((0..<(8 * column.count)).map { column[$0 % column.count] })
                    }
                }
            }
            if seen != parts * part.count { report.fail("day \(day): \(seen) samples are read") }
            if day >= kept {
                let old = query(person, day - kept)
                _ = try vault.erase(ErasureScope(person: person, from: old.from, to: old.to))
            }
            report.attempts += 1
            note(residentBytes() ?? 0, day: Int(day), of: days, &report)
        }
        vault.close()
        return withExtendedLifetime(leak) { report }
    }

    /// The most of the days from the fifth part to the half, and of the last third.
    private static func note(_ bytes: Int, day: Int, of days: Int, _ report: inout ChildReport) {
        for (name, span) in [("early", (days / 5)..<(days / 2)), ("late", (days * 2 / 3)..<days)]
        where span.contains(day) {
            report.counts[name] = max(report.counts[name] ?? 0, bytes)
        }
    }

    private static func query(_ person: PersonID, _ day: Int64) -> SampleQuery {
        SampleQuery(
            person: person, from: Timestamp(nanoseconds: LabVault.time(day: day, second: 0)),
            to: Timestamp(nanoseconds: LabVault.time(day: day + 1, second: 0)))
    }

    private static func moved(_ block: SampleBlock, _ day: Int64, _ part: Int64) -> SampleBlock {
        var block = block
        block.times = .regular(
            start: Timestamp(nanoseconds: LabVault.time(day: day, second: part * 600)),
            period: Period(hertz: 50), count: block.count)
        return block
    }

    /// The memory of this process that is in use; nil where the system does not say.
    static func residentBytes() -> Int? {
        guard let file = FileHandle(forReadingAtPath: "/proc/self/statm"),
            let text = try? file.read(upToCount: 200)
        else { return nil }
        let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
    }
}

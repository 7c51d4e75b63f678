// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

/// The sleep/wake baseline against polysomnography (sleep-accel, `walch2019`): prints the table of
/// `docs/models/sleep-wake-baseline.md` and holds it loosely.
@Suite(.enabled(if: SharedData.isPresent, "needs the sleep-accel recordings of HEARTH_DATA"))
struct SleepAccelTests {
    struct Subject {
        var id: String
        /// Seconds since the start and the value.
        var rate: [(Double, Double)]
        var counts: [(Double, Double)]
        /// One an epoch of 30 s; `nil` where unscored.
        var asleep: [Bool?]
    }

    struct Confusion {
        var sleepRight = 0.0
        var sleepWrong = 0.0
        var wakeRight = 0.0
        var wakeWrong = 0.0

        var all: Double { sleepRight + sleepWrong + wakeRight + wakeWrong }
        var accuracy: Double { (sleepRight + wakeRight) / all }
        var sensitivity: Double { sleepRight / (sleepRight + sleepWrong) }
        var specificity: Double { wakeRight / (wakeRight + wakeWrong) }
        var balanced: Double { (sensitivity + specificity) / 2 }
        var kappa: Double {
            let sleep = (sleepRight + sleepWrong) * (sleepRight + wakeWrong)
            let wake = (wakeRight + wakeWrong) * (wakeRight + sleepWrong)
            let chance = (sleep + wake) / (all * all)
            return chance < 1 ? (accuracy - chance) / (1 - chance) : 0
        }
        /// Minutes of sleep scored minus minutes of sleep.
        var sleepTimeError: Double { (wakeWrong - sleepWrong) / 2 }

        mutating func add(truth: Bool, guess: Bool) {
            switch (truth, guess) {
            case (true, true): sleepRight += 1
            case (true, false): sleepWrong += 1
            case (false, false): wakeRight += 1
            case (false, true): wakeWrong += 1
            }
        }
    }

    enum Method: String, CaseIterable {
        case majority = "all sleep (majority)"
        case coleKripke = "Cole-Kripke 1992"
        case oakley = "Oakley 1997, medium (used)"
        case heartRate = "heart rate alone (used without counts)"
    }

    static func subjects() throws -> [Subject] {
        let folder = "sleep-accel/cropped"
        let root = try #require(SharedData.folder).appending(path: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        let ids = Set(names.compactMap { $0.split(separator: "_").first.map(String.init) })
        return try ids.sorted().map { id in
            func rows(_ kind: String) throws -> [(Double, Double)] {
                let bytes = try SharedData.bytes("\(folder)/\(id)_cleaned_\(kind).out")
                return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
                    let parts = $0.split { $0 == " " || $0 == "," }.compactMap { Double($0) }
                    return parts.count == 2 ? (parts[0], parts[1]) : nil
                }
            }
            let stages: [Bool?] = try rows("psg").map { row in
                if row.1 < 0 { return nil }
                return row.1 > 0
            }
            return Subject(id: id, rate: try rows("hr"), counts: try rows("counts"), asleep: stages)
        }
    }

    /// Sleep or wake of each 30-s epoch by a method, through the grid that the day scorer uses.
    static func epochs(_ subject: Subject, _ method: Method) -> [Bool] {
        guard method != .majority else { return subject.asleep.map { _ in true } }
        let start = Timestamp(seconds: 1_600_000_020)
        let minutes = (subject.asleep.count + 1) / 2
        let span = TimeSpan(start: start, end: start.advanced(bySeconds: Int64(minutes) * 60))
        func series(_ quantity: Quantity, _ rows: [(Double, Double)]) -> Series? {
            let piece = InputSeries(
                stream: DayBuilder.stream(quantity), deviceLabel: "watch", vendor: "watch",
                times: rows.map { start.nanoseconds + Int64($0.0 * 1e9) },
                columns: [rows.map { Float($0.1) }])
            return Series.normalized([piece], in: span).first
        }
        var grid = MinuteGrid(span: span)
        if method == .heartRate {
            if let rate = series(.heartRate, subject.rate) { grid.setHeartRate(rate) }
        } else if let counts = series(.activityCount, subject.counts) {
            // The night is known here, so the table test is not: the recording is a night in bed.
            grid.hasHeartRate = true
            grid.setCounts(counts, rule: method == .oakley ? .oakleyMedium : .coleKripke)
        }
        let stages = OwnSleep.epochs(grid, 0..<grid.count)
        return subject.asleep.indices.map { stages[$0] != .wake }
    }

    static func confusion(_ subject: Subject, _ method: Method) -> Confusion {
        var result = Confusion()
        for (truth, guess) in zip(subject.asleep, epochs(subject, method)) {
            if let truth { result.add(truth: truth, guess: guess) }
        }
        return result
    }

    static func percent(_ value: Double) -> String {
        String(format: "%.1f", value * 100)
    }

    @Test func `the baselines beat the majority in balanced accuracy`() throws {
        let subjects = try Self.subjects()
        #expect(subjects.count >= 20)
        var means: [Method: [Double]] = [:]
        for method in Method.allCases {
            print(
                "\n| \(method.rawValue) | accuracy | sensitivity | specificity | kappa | TST error, min |"
            )
            print("|---|---|---|---|---|---|")
            let all = subjects.map { Self.confusion($0, method) }
            for (subject, c) in zip(subjects, all) {
                print(
                    "| \(subject.id) | \(Self.percent(c.accuracy)) | \(Self.percent(c.sensitivity))"
                        + " | \(Self.percent(c.specificity)) | \(String(format: "%.2f", c.kappa))"
                        + " | \(String(format: "%+.0f", c.sleepTimeError)) |")
            }
            func summary(_ of: (Confusion) -> Double) -> (Double, Double) {
                var moments = RunningMoments()
                for c in all where of(c).isFinite { moments.add(of(c)) }
                return (moments.mean, moments.standardDeviation ?? 0)
            }
            let rows = [
                summary(\.accuracy), summary(\.sensitivity), summary(\.specificity),
                summary(\.kappa), summary(\.sleepTimeError), summary(\.balanced),
            ]
            means[method] = rows.map(\.0)
            print(
                "| mean (SD) | "
                    + rows.map { String(format: "%.3f (%.3f)", $0.0, $0.1) }
                    .joined(separator: " | ") + " balanced |")
        }
        let majority = try #require(means[.majority])
        for method in Method.allCases where method != .majority {
            let mean = try #require(means[method])
            #expect(mean[5] > majority[5] + 0.03, "\(method.rawValue)")
            #expect(mean[3] > 0.1, "\(method.rawValue)")
        }
        #expect((means[.oakley]?[0] ?? 0) > 0.88)
        #expect((means[.oakley]?[1] ?? 0) > 0.93)
    }
}

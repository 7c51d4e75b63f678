// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthIntake
public import HearthModels

/// The streaming detector on labelled series, ready to be printed.
public struct AnomalyBenchmarkReport: Sendable {
    /// A series that is not measured.
    public struct Skipped: Sendable, Hashable {
        public var id: String
        public var reason: String
    }

    public let benchmark: AnomalyBenchmark
    public let skipped: [Skipped]

    /// Reads the folder, scores every series with every detector.
    ///
    /// - Parameter folder: in the layout of the Numenta Anomaly Benchmark.
    /// - Throws: if the folder cannot be read.
    public init(folder: String) throws(IntakeError) {
        let read = try AnomalySeriesFolder(folder)
        benchmark = AnomalyBenchmark(read.series, profiles: read.profiles)
        skipped = read.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
    }

    /// For a terminal.
    public var text: String { document.text }
    public var markdown: String { document.markdown }

    var standard: AnomalyBenchmark.Measured? {
        benchmark.measured.first {
            $0.detector == AnomalyBenchmark.detectorName
                && $0.profile.name == benchmark.profiles.first?.name
        }
    }

    // MARK: Tables

    private var document: BenchmarkDocument {
        var document = BenchmarkDocument()
        document.heading("Anomalies in labelled series", level: 1)
        let windows = benchmark.series.reduce(0) { $0 + $1.labels.windows.count }
        let values = benchmark.series.reduce(0) { $0 + $1.values.count }
        document.paragraph(
            "\(benchmark.series.count) series, \(values) values, \(windows) labelled windows. "
                + "Scores by the rules of the Numenta Anomaly Benchmark: 0 is never an alarm, 100 "
                + "an alarm at the start of every window and nowhere else; one threshold for all "
                + "series, the best one for each detector and profile.")
        addScores(to: &document)
        addHalves(to: &document)
        guard let standard else { return document }
        let outcomes = benchmark.outcomes(
            threshold: standard.threshold ?? .infinity, profile: standard.profile)
        addCategories(outcomes, standard.profile, to: &document)
        addFiles(outcomes, to: &document)
        return document
    }

    private func addScores(to document: inout BenchmarkDocument) {
        var table = BenchmarkDocument.Table(
            ["detector", "profile", "score", "threshold", "found", "missed", "false alarms"])
        let windows = benchmark.series.reduce(0) { $0 + $1.labels.windows.count }
        for one in benchmark.measured {
            table.add([
                one.detector, one.profile.name, Self.number(one.score),
                one.threshold.map { BenchmarkText.fixed($0, 4) } ?? "-", "\(one.found)",
                "\(windows - one.found)", "\(one.falseAlarms)",
            ])
        }
        document.heading("Scores")
        document.table(table)
        document.paragraph(
            "False alarms are rows outside every window. The threshold of this program is a "
                + "surprise, -log10 of a chance.")
    }

    private func addHalves(to document: inout BenchmarkDocument) {
        guard let profile = benchmark.profiles.first else { return }
        var table = BenchmarkDocument.Table(["threshold from", "threshold", "there", "other half"])
        let (first, second) = (benchmark.firstHalf, benchmark.secondHalf)
        for (name, there, here) in [("first half", first, second), ("second half", second, first)] {
            let held = benchmark.held(there, here, profile: profile)
            table.add([
                name, held.threshold.map { BenchmarkText.fixed($0, 4) } ?? "-",
                Self.number(held.scoreThere), Self.number(held.scoreHere),
            ])
        }
        let all = Array(benchmark.series.indices)
        let limit = AnomalyDetector.defaultLimit
        table.add([
            "the program's own", BenchmarkText.fixed(limit, 4),
            Self.number(benchmark.score(first, threshold: limit, profile: profile)),
            Self.number(benchmark.score(second, threshold: limit, profile: profile)),
        ])
        table.add([
            "the program's own, all series", BenchmarkText.fixed(limit, 4),
            Self.number(benchmark.score(all, threshold: limit, profile: profile)), "",
        ])
        document.heading("One half's threshold on the other half, \(profile.name) profile")
        document.table(table)
        document.paragraph(
            "The halves are every other series of each category, by name. The program's own limit "
                + "is from the first half; its rules were chosen on that half too, with the other "
                + "half's score in view.")
    }

    private func addCategories(
        _ outcomes: [NABOutcome], _ profile: NABProfile, to document: inout BenchmarkDocument
    ) {
        var table = BenchmarkDocument.Table(
            ["category", "series", "windows", "found", "false alarms", "score"])
        let places = Dictionary(grouping: benchmark.series.indices) {
            benchmark.series[$0].category
        }
        for (category, indices) in places.sorted(by: { $0.key < $1.key }) {
            let total = indices.reduce(0) { $0 + outcomes[$1].score }
            let score = NABScorer.normalised(
                total, indices.map { benchmark.series[$0].labels }, profile: profile)
            table.add([
                category, "\(indices.count)",
                "\(indices.reduce(0) { $0 + outcomes[$1].windows })",
                "\(indices.reduce(0) { $0 + outcomes[$1].found })",
                "\(indices.reduce(0) { $0 + outcomes[$1].falseAlarms })", Self.number(score),
            ])
        }
        document.heading("By category, \(profile.name) profile")
        document.table(table)
    }

    private func addFiles(_ outcomes: [NABOutcome], to document: inout BenchmarkDocument) {
        var table = BenchmarkDocument.Table(
            ["series", "values", "windows", "found", "false alarms", "points"])
        for (one, outcome) in zip(benchmark.series, outcomes) {
            table.add([
                one.name, "\(one.values.count)", "\(outcome.windows)", "\(outcome.found)",
                "\(outcome.falseAlarms)", BenchmarkText.fixed(outcome.score, 2),
            ])
        }
        document.heading("By series")
        document.table(table)
        document.paragraph("Points: 1 for a window found at its start, -1 for one missed.")
    }

    private static func number(_ value: Double?) -> String {
        value.map { BenchmarkText.fixed($0, 1) } ?? "-"
    }

    // MARK: JSON

    private struct JSON: Encodable {
        struct Score: Encodable {
            var detector, profile: String
            var threshold, score: Double?
            var found, falseAlarms: Int
        }
        struct Series: Encodable {
            var name: String
            var values, windows, found, falseAlarms: Int
            var points: Double
            var firstHalf: Bool
        }
        struct Half: Encodable {
            var threshold, there, otherHalf: Double?
        }
        struct LeftOut: Encodable {
            var id, reason: String
        }
        var schema = "hearth.benchmark.anomaly/1"
        var scores: [Score]
        var halves: [Half]
        var series: [Series]
        var leftOut: [LeftOut]
    }

    /// As JSON with sorted members.
    public func json() throws -> String {
        let scores = benchmark.measured.map {
            JSON.Score(
                detector: $0.detector, profile: $0.profile.name, threshold: $0.threshold,
                score: $0.score, found: $0.found, falseAlarms: $0.falseAlarms)
        }
        var halves: [JSON.Half] = []
        var series: [JSON.Series] = []
        if let standard {
            let (first, second) = (benchmark.firstHalf, benchmark.secondHalf)
            for (there, here) in [(first, second), (second, first)] {
                let held = benchmark.held(there, here, profile: standard.profile)
                halves.append(
                    JSON.Half(
                        threshold: held.threshold, there: held.scoreThere,
                        otherHalf: held.scoreHere))
            }
            let outcomes = benchmark.outcomes(
                threshold: standard.threshold ?? .infinity, profile: standard.profile)
            let tuned = Set(first)
            series = benchmark.series.indices.map { index in
                let (one, outcome) = (benchmark.series[index], outcomes[index])
                return JSON.Series(
                    name: one.name, values: one.values.count, windows: outcome.windows,
                    found: outcome.found, falseAlarms: outcome.falseAlarms, points: outcome.score,
                    firstHalf: tuned.contains(index))
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(
            JSON(
                scores: scores, halves: halves, series: series,
                leftOut: skipped.map { JSON.LeftOut(id: $0.id, reason: $0.reason) }))
        return String(decoding: data, as: UTF8.self)
    }
}

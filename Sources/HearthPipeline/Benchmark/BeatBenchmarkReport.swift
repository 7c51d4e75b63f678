// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthIntake
public import HearthModels

/// Beat detectors against annotated records, ready to be printed.
public struct BeatBenchmarkReport: Sendable {
    /// A record that is not measured.
    public struct Skipped: Sendable, Hashable {
        public var id: String
        public var reason: String
    }

    public let benchmark: BeatBenchmark
    public let skipped: [Skipped]

    /// Reads the folder, runs every detector on every record, and scores it.
    ///
    /// - Parameter csvRate: samples a second of CSV files.
    /// - Throws: if the folder cannot be read or no record in it can be measured.
    public init(folder: String, csvRate: Int64 = 360) throws(IntakeError) {
        let study = try BeatStudyFolder(folder, csvRate: csvRate)
        guard !study.recordings.isEmpty else {
            let first = study.skipped.first.map { ": \($0.id): \($0.reason)" } ?? ""
            throw IntakeError(
                .holdsNoRecording, "\(folder) holds no record that can be measured\(first)")
        }
        benchmark = BeatBenchmark(study.recordings)
        skipped = study.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
    }

    /// For a terminal.
    public var text: String { document.text }
    public var markdown: String { document.markdown }

    private var document: BenchmarkDocument {
        var document = BenchmarkDocument()
        document.heading("Beats against annotations", level: 1)
        document.paragraph(
            "A beat is found if the detector has one within 150 ms of the annotation (EC57). Se: share of "
                + "annotated beats found. PPV: share of the detector's beats that are annotated. DER: missed and "
                + "extra beats over annotated ones. Off: mean distance of found beats in ms. Totals are over "
                + "whole records; paced records (p) count in none, and ventricular flutter is left out."
        )
        document.table(totals)
        for method in BeatMethod.allCases {
            let table = table(of: method)
            if table.rows.isEmpty { continue }
            document.heading(method.label)
            document.table(table)
        }
        return document
    }

    private var methods: [BeatMethod] {
        BeatMethod.allCases.filter { !benchmark.counted($0).isEmpty }
    }

    private var totals: BenchmarkDocument.Table {
        var table = BenchmarkDocument.Table([
            "method", "records", "beats", "missed", "extra", "Se %", "PPV %", "DER %", "off ms",
            "mean Se %", "mean PPV %", "least Se %", "least PPV %", "Se % after 5 min",
            "PPV % after 5 min",
        ])
        for method in methods {
            let gross = benchmark.gross(method)
            let later = benchmark.gross(method, afterLearning: true)
            let sensitivity = benchmark.spread(method, of: \.sensitivity)
            let precision = benchmark.spread(method, of: \.precision)
            table.add(
                [method.label, "\(benchmark.counted(method).count)"] + Self.counts(gross)
                    + Self.figures(gross)
                    + [
                        Self.percent(sensitivity?.mean), Self.percent(precision?.mean),
                        Self.percent(sensitivity?.least), Self.percent(precision?.least),
                        Self.percent(later.sensitivity), Self.percent(later.precision),
                    ])
        }
        return table
    }

    private func table(of method: BeatMethod) -> BenchmarkDocument.Table {
        var table = BenchmarkDocument.Table([
            "record", "beats", "missed", "extra", "Se %", "PPV %", "DER %", "off ms", "left out s",
        ])
        for row in benchmark.rows {
            guard let score = row.scores[method] else { continue }
            table.add(
                [row.id + (row.isPaced ? " p" : "")] + Self.counts(score) + Self.figures(score)
                    + [row.excluded > 0 ? BenchmarkText.fixed(row.excluded, 0) : "-"])
        }
        return table
    }

    private static func counts(_ score: BeatScore) -> [String] {
        ["\(score.annotated)", "\(score.missed)", "\(score.extra)"]
    }

    private static func figures(_ score: BeatScore) -> [String] {
        [
            percent(score.sensitivity), percent(score.precision), percent(score.errorRate),
            score.timingError.map { BenchmarkText.fixed($0, 1) } ?? "-",
        ]
    }

    private static func percent(_ share: Double?) -> String {
        share.map { BenchmarkText.fixed(100 * $0, 3) } ?? "-"
    }
}

/// `hearth benchmark beats --format json`; a figure that is undefined is left out.
private struct BeatBenchmarkJSON: Encodable {
    struct Score: Encodable {
        var beats, found, missed, extra: Int
        var sensitivity, precision, errorRate, timingErrorMilliseconds: Double?

        init(_ score: BeatScore) {
            beats = score.annotated
            found = score.found
            missed = score.missed
            extra = score.extra
            sensitivity = score.sensitivity
            precision = score.precision
            errorRate = score.errorRate
            timingErrorMilliseconds = score.timingError
        }
    }

    struct Record: Encodable {
        var id: String
        var paced: Bool
        var excludedSeconds: Double
        var scores, scoresAfterLearning: [String: Score]
    }

    struct Total: Encodable {
        var records: Int
        var gross, grossAfterLearning: Score
        var meanSensitivity, meanPrecision: Double?
    }

    struct Skipped: Encodable {
        var id, reason: String
    }

    var schema = "hearth.benchmark.beats/1"
    var windowSeconds = BeatScore.window
    var learningSeconds = BeatBenchmark.learning
    var totals: [String: Total] = [:]
    var records: [Record]
    var leftOut: [Skipped]

    init(_ report: BeatBenchmarkReport) {
        let benchmark = report.benchmark
        records = benchmark.rows.map { row in
            Record(
                id: row.id, paced: row.isPaced, excludedSeconds: row.excluded,
                scores: Self.byName(row.scores),
                scoresAfterLearning: Self.byName(row.scoresAfterLearning))
        }
        leftOut = report.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
        for method in BeatMethod.allCases where !benchmark.counted(method).isEmpty {
            totals[method.rawValue] = Total(
                records: benchmark.counted(method).count,
                gross: Score(benchmark.gross(method)),
                grossAfterLearning: Score(benchmark.gross(method, afterLearning: true)),
                meanSensitivity: benchmark.spread(method, of: \.sensitivity)?.mean,
                meanPrecision: benchmark.spread(method, of: \.precision)?.mean)
        }
    }

    private static func byName(_ scores: [BeatMethod: BeatScore]) -> [String: Score] {
        Dictionary(uniqueKeysWithValues: scores.map { ($0.key.rawValue, Score($0.value)) })
    }
}

extension BeatBenchmarkReport {
    /// As JSON with sorted members.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(BeatBenchmarkJSON(self))
        return String(decoding: data, as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthIntake
public import HearthModels

/// The rhythm screen and published indices against annotated rhythms, ready to be printed.
public struct RhythmBenchmarkReport: Sendable {
    /// A record that could not be read.
    public struct Skipped: Sendable, Hashable {
        public var id: String
        public var reason: String
    }

    public let benchmark: RhythmBenchmark
    public let skipped: [Skipped]
    /// False if no models of each record's own were handed in.
    public let leavesOneOut: Bool

    /// Reads the folder and calls every beat by every method.
    ///
    /// - Parameters:
    ///   - folder: see ``RhythmStudyFolder``.
    ///   - folds: a file with the models made without each record, as the training writes it.
    /// - Throws: if the folder holds no record, or the folds cannot be read.
    public init(folder: String, folds: String?) throws(IntakeError) {
        let study = try RhythmStudyFolder(folder)
        guard !study.recordings.isEmpty else {
            let first = study.skipped.first.map { ": \($0.id): \($0.reason)" } ?? ""
            throw IntakeError(
                .holdsNoRecording, "\(folder) holds no record that can be read\(first)")
        }
        let models = try folds.map(Self.models) ?? [:]
        benchmark = RhythmBenchmark(study.recordings, leftOut: models)
        leavesOneOut = !models.isEmpty
        skipped = study.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
    }

    /// For a terminal.
    public var text: String { document.text }
    public var markdown: String { document.markdown }

    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(RhythmBenchmarkJSON(self)), as: UTF8.self)
    }

    private static func models(
        _ path: String
    ) throws(IntakeError) -> [String: IrregularityModel] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IntakeError(.notReadable, "\(path) cannot be read")
        }
        do {
            return try JSONDecoder().decode([String: IrregularityModel].self, from: data)
        } catch {
            throw IntakeError(
                .notReadable, "\(path) is no file of models by record, as Training writes it")
        }
    }

    /// The features the model sees, a line a block of beats, for training: set, record, label, then
    /// the features; columns parted by commas.
    ///
    /// - Throws: as ``init(folder:folds:)``.
    public static func features(folder: String) throws(IntakeError) -> String {
        let study = try RhythmStudyFolder(folder)
        var lines = ["set,record,label,beats," + IrregularityFeatures.names.joined(separator: ",")]
        for recording in study.recordings {
            for row in RhythmTraining.rows(recording) {
                let values = row.features.map { BenchmarkText.fixed($0, 6) }
                lines.append(
                    "\(recording.set.rawValue),\(recording.id),\(row.label.rawValue),\(row.beats),"
                        + values.joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n")
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthIntake
public import HearthModels

/// The stager and the baselines against polysomnography, ready to be printed.
public struct SleepBenchmarkReport: Sendable {
    /// A person who is not measured, or not staged.
    public struct Skipped: Sendable, Hashable {
        public var id: String
        public var reason: String
    }

    public let benchmark: SleepBenchmark
    public let skipped: [Skipped]
    /// Why no stager was measured; `nil` if one was.
    public let refusal: String?
    /// True if each person is scored by models made without that person.
    public let leavesOneOut: Bool
    public let modelVersion: String?

    /// Reads the folder, stages every night in every way, and scores it.
    ///
    /// - Parameters:
    ///   - folder: in the layout of sleep-accel.
    ///   - folds: a folder with the models of each person, made without that person; without it the
    ///     stager of this program is measured.
    /// - Throws: if the folder or the folds cannot be read.
    public init(folder: String, folds: String?) throws(IntakeError) {
        let study = try SleepStudyFolder(folder)
        let people = study.recordings.map(\.id)
        guard !people.isEmpty else {
            let first = study.skipped.first.map { ": \($0.id): \($0.reason)" } ?? ""
            throw IntakeError(
                .holdsNoRecording, "\(folder) holds no night that can be scored\(first)")
        }
        let stager =
            if let folds {
                try BenchmarkedStager.folds(folds, for: people)
            } else {
                BenchmarkedStager.shipped(for: people)
            }
        benchmark = SleepBenchmark(
            study.recordings, models: stager.models, trainedOn: stager.trainedOn)
        refusal = stager.refusal
        leavesOneOut = stager.origin == .folds
        modelVersion = stager.version
        skipped =
            study.skipped.map { Skipped(id: $0.id, reason: $0.reason) }
            + stager.missing.map {
                Skipped(id: $0, reason: "no models of this person's own; baselines only")
            }
    }

    /// For a terminal.
    public var text: String { document.text }
    public var markdown: String { document.markdown }

    // MARK: What the figures are worth

    var isInSample: Bool { benchmark.people.contains { $0.wasTrainedOn && $0.isStaged } }

    /// How the figures came about, and whether they say anything about new people.
    var standing: String {
        let staged = benchmark.people.filter(\.isStaged)
        let seen = staged.count { $0.wasTrainedOn }
        if let refusal {
            return "No stager was measured, only the baselines: \(refusal)."
        }
        if leavesOneOut {
            return
                "Leave one subject out: each person is scored by the models in the folder of that person's "
                + "name, which the training made without that person. This program cannot check that."
        }
        if seen == 0 {
            return "The stager of this program was trained on none of these people."
        }
        return
            "IN-SAMPLE: the stager of this program was trained on \(seen) of these \(staged.count) people "
            + "(marked *). The figures of the stager are not a measure of accuracy: on people it has not seen it "
            + "does worse. Measure with --folds."
    }
}

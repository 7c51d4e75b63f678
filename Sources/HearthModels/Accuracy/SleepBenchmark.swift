// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A night with its truth.
public struct BenchmarkRecording: Sendable {
    /// The person's name in the data set.
    public var id: String
    /// Start of the first epoch.
    public var start: Timestamp
    /// Beats a minute at instants.
    public var heartRate: [Timed<Double>]
    /// Activity counts of 15 s at their start.
    public var counts: [Timed<Double>]
    /// One an epoch of 30 s; `unscored` where polysomnography has none.
    public var truth: [SleepStage]

    public init(
        id: String, start: Timestamp, heartRate: [Timed<Double>], counts: [Timed<Double>],
        truth: [SleepStage]
    ) {
        self.id = id
        self.start = start
        self.heartRate = heartRate
        self.counts = counts
        self.truth = truth
    }

    static let countSeconds = 15
    /// Mean count of a minute from which on steps are assumed.
    static let walkingCount = 60.0

    /// What the stager sees of the night with only these inputs. Steps by the minute, which no such
    /// recording has, are made up of the counts; a sparse heart rate is the first of each minute.
    public func epochs(for inputs: SleepInputs) -> [SleepEpoch] {
        let end = start.advanced(bySeconds: Int64(truth.count) * SleepEpoch.seconds)
        let rates: [Timed<Double>] =
            switch inputs {
            case .motion: []
            case .sparse: firstOfMinutes
            case .both, .coarse, .heart: heartRate
            }
        var epochs = SleepEpochs.make(
            from: start, to: end, heartRate: rates, counts: inputs == .heart ? [] : counts)
        guard inputs == .coarse || inputs == .sparse else { return epochs }
        for first in stride(from: 0, to: epochs.count, by: 2) {
            let minute = first..<min(first + 2, epochs.count)
            let levels = minute.compactMap { epochs[$0].motion }
            let level = levels.reduce(0, +) / Double(max(1, levels.count))
            for index in minute {
                epochs[index].motion = nil
                epochs[index].coarse =
                    levels.isEmpty ? nil : level >= Self.walkingCount ? 1 : 0
            }
        }
        return epochs
    }

    private var firstOfMinutes: [Timed<Double>] {
        var last: Int64?
        return heartRate.sorted { $0.time < $1.time }.filter { sample in
            guard SleepEpoch.plausibleHeartRate.contains(sample.value) else { return false }
            let minute = Calendrical.floorDivide(
                sample.time.nanoseconds(since: start), 60_000_000_000)
            defer { last = minute }
            return minute != last
        }
    }

    var baseline: BaselineRecording {
        BaselineRecording(
            start: start, epochs: truth.count, counts: counts, countSeconds: Self.countSeconds,
            heartRate: heartRate)
    }
}

/// When a stager speaks.
public enum StagingUse: String, Sendable, CaseIterable {
    /// Each epoch at its end.
    case online
    /// Once the night is over.
    case atNightEnd

    public var label: String {
        switch self {
        case .online: "online"
        case .atNightEnd: "night end"
        }
    }
}

/// What every method reaches on a set of nights.
public struct SleepBenchmark: Sendable {
    public struct Person: Sendable {
        public var id: String
        /// All epochs of the night.
        public var epochs: Int
        /// Scored epochs of wake, light, deep and REM.
        public var stages: [Int]
        public var scored: Int { stages.reduce(0, +) }
        /// Whether the stager that is measured was trained on this person.
        public var wasTrainedOn: Bool
        /// Whether there is a stager to measure for this person.
        public var isStaged: Bool
    }

    /// One way of staging, on every person.
    public struct Staging: Sendable {
        public struct Night: Sendable {
            public var id: String
            public var figures: StagingFigures
            /// What the night was staged from where that is less than what was asked for; `nil` if it
            /// is the same, or online, where each epoch is taken as it is.
            public var stagedFrom: SleepInputs?
        }

        public var use: StagingUse
        public var inputs: SleepInputs
        public var pooled: StagingFigures
        public var nights: [Night]

        public func spread(of measure: StagingMeasure) -> Spread? {
            Spread(nights.compactMap { measure.value(of: $0.figures) })
        }

        public var sleepTime: SleepTimeAgreement? {
            SleepTimeAgreement(errors: nights.map(\.figures.two.sleepTimeError))
        }
    }

    /// A published rule on every person; sleep and wake only.
    public struct Baseline: Sendable {
        public struct Night: Sendable {
            public var id: String
            public var score: SleepWakeScore
        }

        public var rule: SleepWakeBaseline
        public var pooled: SleepWakeScore
        /// Nights that have what the rule needs.
        public var nights: [Night]

        public func spread(of measure: (SleepWakeScore) -> Double?) -> Spread? {
            Spread(nights.compactMap { measure($0.score) })
        }

        public var sleepTime: SleepTimeAgreement? {
            SleepTimeAgreement(errors: nights.map(\.score.sleepTimeError))
        }
    }

    public var people: [Person]
    /// Every use with every kind of input; empty without a stager.
    public var stagings: [Staging]
    public var baselines: [Baseline]

    /// The truth of all people against itself: for shares of classes and the majority class.
    public var truth: StageScore {
        var counts = StageScore(classes: 4).counts
        for person in people {
            for stage in person.stages.indices { counts[stage][stage] += person.stages[stage] }
        }
        return StageScore(counts: counts)
    }

    /// - Parameters:
    ///   - recordings: nights with truth.
    ///   - models: the stager for each person by ``BenchmarkRecording/id``; who has none is measured
    ///     with the baselines only.
    ///   - trainedOn: people whom their stager has seen in training.
    public init(
        _ recordings: [BenchmarkRecording], models: [String: SleepModel], trainedOn: Set<String>
    ) {
        self.init(recordings, trainedOn: trainedOn, isStaged: { models[$0] != nil }) {
            recording, inputs, use in
            guard let model = models[recording.id] else { return [] }
            let epochs = recording.epochs(for: inputs)
            switch use {
            case .online:
                var stager = OnlineSleepStager(model)
                return stager.batch(epochs)
            case .atNightEnd: return NightSleepStager(model).stage(epochs)
            }
        }
    }

    /// With any stager.
    init(
        _ recordings: [BenchmarkRecording], trainedOn: Set<String>, isStaged: (String) -> Bool,
        stage: (BenchmarkRecording, SleepInputs, StagingUse) -> [StagedEpoch]
    ) {
        people = recordings.map { recording in
            Person(
                id: recording.id, epochs: recording.truth.count,
                stages: StageClasses.four.map { stage in
                    recording.truth.count { $0 == stage }
                }, wasTrainedOn: trainedOn.contains(recording.id),
                isStaged: isStaged(recording.id))
        }
        baselines = SleepWakeBaseline.allCases.map { Self.measure($0, recordings) }
        let staged = recordings.filter { isStaged($0.id) }
        stagings = []
        guard !staged.isEmpty else { return }
        for use in StagingUse.allCases {
            for inputs in SleepInputs.allCases {
                stagings.append(Self.measure(use, inputs, staged, stage))
            }
        }
    }

    private static func measure(
        _ use: StagingUse, _ inputs: SleepInputs, _ recordings: [BenchmarkRecording],
        _ stage: (BenchmarkRecording, SleepInputs, StagingUse) -> [StagedEpoch]
    ) -> Staging {
        var all = StagedNight()
        var nights: [Staging.Night] = []
        for recording in recordings {
            let night = StagedNight(
                truth: recording.truth, staged: stage(recording, inputs, use))
            all.append(night)
            var found: SleepInputs?
            if use == .atNightEnd {
                found = NightSleepStager.inputs(of: recording.epochs(for: inputs))
            }
            nights.append(
                Staging.Night(
                    id: recording.id, figures: StagingFigures(night),
                    stagedFrom: found == inputs ? nil : found))
        }
        return Staging(use: use, inputs: inputs, pooled: StagingFigures(all), nights: nights)
    }

    private static func measure(
        _ rule: SleepWakeBaseline, _ recordings: [BenchmarkRecording]
    ) -> Baseline {
        var pooled = SleepWakeScore()
        var nights: [Baseline.Night] = []
        for recording in recordings {
            guard let series = rule.score(recording.baseline) else { continue }
            var score = SleepWakeScore()
            for (stage, state) in zip(recording.truth, series.epochs) {
                guard let four = StageClasses.index(of: stage) else { continue }
                let truth = StageClasses.two[four]
                let said = state == .wake ? 0 : 1
                let open = state == .unknown ? 1 : 0
                score.score.add(truth: truth, said: said)
                pooled.score.add(truth: truth, said: said)
                score.open += open
                pooled.open += open
            }
            nights.append(Baseline.Night(id: recording.id, score: score))
        }
        return Baseline(rule: rule, pooled: pooled, nights: nights)
    }
}

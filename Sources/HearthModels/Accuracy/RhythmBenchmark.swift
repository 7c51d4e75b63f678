// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The rhythm screen and published indices against annotated rhythms.
public struct RhythmBenchmark: Sendable {
    /// A way to call a beat.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// ``RhythmScreen`` as it ships.
        case screen
        /// ``RhythmScreen`` with a model made without the record.
        case leftOut = "screen-left-out"
        /// ``HeartRateStateEntropy``.
        case heartRateStates = "heart-rate-states"
        /// ``CoefficientOfSampleEntropy``.
        case sampleEntropy = "sample-entropy"
        /// ``RelativeRMSSD``.
        case relativeRMSSD = "relative-rmssd"
    }

    /// One record by every method.
    public struct Record: Sendable {
        public var id: String
        public var set: RhythmSet
        /// Hours of the plausible intervals.
        public var hours: Double
        public var beats: Int
        /// True if the shipped model was made with this record.
        public var wasTrainedOn: Bool
        public var tallies: [Method: RhythmTally]
        /// Stretches of at least ``episodeSeconds`` that are called, by method.
        public var episodes: [Method: Int]
        /// Of those, the ones with no fibrillation in them.
        public var falseEpisodes: [Method: Int]
        public var ectopy: EctopyScore?
    }

    /// An episode shorter than this is not counted, as by convention.
    public static let episodeSeconds = 30.0

    public let records: [Record]
    public let methods: [Method]

    /// - Parameter leftOut: for a record's name the model made without it; empty leaves that method
    ///   out, and a record without one is then unanswered by it.
    public init(
        _ recordings: [RhythmRecording], leftOut: [String: IrregularityModel] = [:]
    ) {
        let methods = Method.allCases.filter { $0 != .leftOut || !leftOut.isEmpty }
        self.methods = methods
        records = recordings.map { Self.record($0, methods, leftOut[$0.id]) }
    }

    /// All records of a set by one method.
    public func total(_ set: RhythmSet, _ method: Method) -> RhythmTally {
        records.filter { $0.set == set }
            .reduce(RhythmTally()) { $0 + ($1.tallies[method] ?? RhythmTally()) }
    }

    private static func record(
        _ recording: RhythmRecording, _ methods: [Method], _ leftOut: IrregularityModel?
    ) -> Record {
        let plausible = recording.beats.filter {
            PrematureBeats.plausibleMilliseconds.contains($0.value)
        }
        var record = Record(
            id: recording.id, set: recording.set,
            hours: plausible.reduce(0) { $0 + $1.value } / 3_600_000,
            beats: recording.beats.count,
            wasTrainedOn: IrregularityModel.trainedOn.contains(recording.id), tallies: [:],
            episodes: [:], falseEpisodes: [:], ectopy: nil)
        for method in methods {
            let calls = calls(method, recording, leftOut)
            var tally = RhythmTally()
            for (index, call) in calls.enumerated() {
                tally.add(
                    recording.labels[index], call, milliseconds: recording.beats[index].value)
            }
            record.tallies[method] = tally
            let found = episodes(calls, recording)
            record.episodes[method] = found.count
            record.falseEpisodes[method] = found.count { !$0.isRight }
        }
        if recording.premature != nil { record.ectopy = EctopyScore(recording) }
        return record
    }

    // MARK: Calls

    private static func calls(
        _ method: Method, _ recording: RhythmRecording, _ leftOut: IrregularityModel?
    ) -> [RhythmCall] {
        let beats = recording.beats
        switch method {
        case .screen: return screen(.shipped, beats)
        case .leftOut:
            return leftOut.map { screen($0, beats) }
                ?? Array(repeating: .unknown, count: beats.count)
        case .heartRateStates:
            return index(HeartRateStateEntropy(), beats, above: HeartRateStateEntropy.threshold)
        case .sampleEntropy:
            return index(
                CoefficientOfSampleEntropy(), beats, above: CoefficientOfSampleEntropy.threshold)
        case .relativeRMSSD:
            return index(RelativeRMSSD(), beats, above: RelativeRMSSD.threshold)
        }
    }

    private static func screen(
        _ model: IrregularityModel, _ beats: [Timed<Double>]
    ) -> [RhythmCall] {
        var screen = RhythmScreen(model: model)
        return screen.batch(beats).map { beat in
            switch beat.state {
            case .irregular: .irregular
            case .notIrregular: .notIrregular
            case .inconclusive: .unknown
            }
        }
    }

    /// The call of a window stands for the beat in its middle; at the ends, and at implausible
    /// intervals, that of the nearest window before, or the first.
    private static func index<Operator: StreamOperator<Timed<Double>, Timed<Double>>>(
        _ start: Operator, _ beats: [Timed<Double>], above threshold: Double
    ) -> [RhythmCall] {
        let valid = beats.indices.filter {
            PrematureBeats.plausibleMilliseconds.contains(beats[$0].value)
        }
        var scorer = start
        let scores = scorer.batch(valid.map { beats[$0] })
        var calls = Array(repeating: RhythmCall.unknown, count: beats.count)
        guard let first = scores.first else { return calls }
        let window = valid.count - scores.count + 1
        var present: RhythmCall = first.value > threshold ? .irregular : .notIrregular
        var filled = 0
        for (index, score) in scores.enumerated() {
            present = score.value > threshold ? .irregular : .notIrregular
            let middle = valid[index + window / 2]
            while filled <= middle {
                calls[filled] = present
                filled += 1
            }
        }
        while filled < calls.count {
            calls[filled] = present
            filled += 1
        }
        return calls
    }

    // MARK: Episodes

    /// Runs of called beats of at least ``episodeSeconds``, and whether fibrillation is in each.
    private static func episodes(
        _ calls: [RhythmCall], _ recording: RhythmRecording
    ) -> [(seconds: Double, isRight: Bool)] {
        var found: [(seconds: Double, isRight: Bool)] = []
        var seconds = 0.0
        var isRight = false
        func close() {
            if seconds >= episodeSeconds { found.append((seconds, isRight)) }
            seconds = 0
            isRight = false
        }
        for (index, call) in calls.enumerated() {
            guard call == .irregular else {
                close()
                continue
            }
            let interval = recording.beats[index].value
            seconds += PrematureBeats.plausibleMilliseconds.contains(interval) ? interval / 1000 : 0
            if recording.labels[index] == .fibrillation { isRight = true }
        }
        close()
        return found
    }
}

/// Premature beats found from intervals against an annotator's, who saw the electrocardiogram.
public struct EctopyScore: Sendable, Hashable {
    public var hits = 0
    public var missed = 0
    public var extra = 0

    public var sensitivity: Double? {
        hits + missed > 0 ? Double(hits) / Double(hits + missed) : nil
    }
    public var positivePredictiveValue: Double? {
        hits + extra > 0 ? Double(hits) / Double(hits + extra) : nil
    }

    public init() {}

    /// Beats labelled fibrillation or flutter are left out: nothing is premature there.
    public init(_ recording: RhythmRecording) {
        guard let truth = recording.premature else { return }
        var finder = PrematureBeats()
        let found = finder.batch(recording.beats)
        var next = 0
        for (index, beat) in recording.beats.enumerated() {
            // Values that are no number are not answered.
            guard next < found.count, found[next].time == beat.time, beat.value.isFinite else {
                continue
            }
            let isFound = found[next].kind == .premature
            next += 1
            guard recording.labels[index] == .other else { continue }
            if truth[index] { isFound ? (hits += 1) : (missed += 1) }
            if isFound && !truth[index] { extra += 1 }
        }
    }

    public static func + (a: EctopyScore, b: EctopyScore) -> EctopyScore {
        var sum = a
        sum.hits += b.hits
        sum.missed += b.missed
        sum.extra += b.extra
        return sum
    }
}

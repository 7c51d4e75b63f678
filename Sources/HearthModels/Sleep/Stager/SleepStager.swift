// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP
import HearthInference

/// What the stager says of an epoch.
public struct StagedEpoch: Codable, Sendable, Hashable {
    public var stage: SleepStage
    /// Of wake, light, deep and REM, 0 to 1, together 1; zeros where the epoch is unscored.
    public var probabilities: SIMD4<Float>

    static let unscored = StagedEpoch(stage: .unscored, probabilities: .zero)

    public init(stage: SleepStage, probabilities: SIMD4<Float>) {
        self.stage = stage
        self.probabilities = probabilities
    }

    /// The probability of the stage.
    public var confidence: Float { probabilities.max() }
}

/// Stages sleep as it comes: each epoch of 30 s from what is known at its end.
///
/// Shape: one output an epoch. Allocates nothing an epoch once it runs. The state holds no weights: it
/// is restored with the program's own stager, and refused if it was of another version.
public struct OnlineSleepStager: StreamOperator {
    public typealias Input = SleepEpoch
    public typealias Output = StagedEpoch

    private let model: SleepModel
    private var features = SleepFeatures()
    private var sessions: [ModelSession]

    public init(_ model: SleepModel) {
        self.model = model
        sessions = model.online.map { ModelSession($0.plan) }
    }

    public mutating func push(_ epochs: Span<SleepEpoch>, emit: (Span<StagedEpoch>) -> Void) {
        for index in epochs.indices {
            let staged: [1 of StagedEpoch] = [step(epochs[index])]
            emit(staged.span)
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<StagedEpoch>) -> Void) {}
    public mutating func finish(emit: (Span<StagedEpoch>) -> Void) {}

    private mutating func step(_ epoch: SleepEpoch) -> StagedEpoch {
        var row = [49 of Float](repeating: .nan)
        var features = row.mutableSpan
        self.features.step(epoch, into: &features)
        var input = [49 of Float](repeating: 0)
        var logits = [4 of Float](repeating: 0)
        let present = self.features.present
        let inputs = SleepInputs(
            heart: present.heartRate, motion: present.motion, coarse: present.coarse,
            density: present.density)
        let decoding = inputs.flatMap { model.decodings[$0]?.online }
        var mixed = MixedScores()
        // Every model takes every epoch, or its state would not be that of the night.
        for (index, member) in model.online.enumerated() {
            for place in member.columns.indices {
                let column = member.columns[place]
                input[place] = model.normalized(row[column], column)
            }
            var output = logits.mutableSpan
            sessions[index].step(input.span.extracting(..<member.columns.count), into: &output)
            if let weights = decoding?.weights[member.name] {
                mixed.add(StageVector(logits), weights)
            }
        }
        guard let decoding else { return .unscored }
        let probabilities = decoding.probabilities(mixed, median: decoding.centre)
        return StagedEpoch(
            stage: decoding.stage(probabilities), probabilities: SIMD4<Float>(probabilities))
    }

    // MARK: Saving

    private enum Key: CodingKey { case version, features, states }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(model.version, forKey: .version)
        try container.encode(features, forKey: .features)
        try container.encode(sessions.map(\.state), forKey: .states)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(try SleepModel.shipped.get())
        let version = try container.decode(String.self, forKey: .version)
        let states = try container.decode([ModelState].self, forKey: .states)
        guard version == model.version, states.count == sessions.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: container,
                debugDescription: "the state is of another version of the stager")
        }
        features = try container.decode(SleepFeatures.self, forKey: .features)
        for index in sessions.indices { try sessions[index].restore(states[index]) }
    }
}

/// Stages a night once it is over, with what came later in view.
public struct NightSleepStager: Sendable {
    /// Less of the night with an input, carried values included, than this, and it is staged without.
    static let leastShare = 0.5

    private let model: SleepModel

    public init(_ model: SleepModel) { self.model = model }

    /// What a night is staged from; `nil` if there is too little of everything.
    public static func inputs(of epochs: [SleepEpoch]) -> SleepInputs? {
        guard !epochs.isEmpty else { return nil }
        var heartRate = CarriedValue(limit: SleepFeatures.carriedHeartRate)
        var motion = CarriedValue(limit: SleepFeatures.carriedMotion)
        var coarse = CarriedValue(limit: SleepFeatures.carriedMotion)
        var (hearts, motions, steps, samples) = (0, 0, 0, 0)
        for epoch in epochs {
            if heartRate.step(epoch.heartRate) != nil { hearts += 1 }
            if motion.step(epoch.motion) != nil { motions += 1 }
            if coarse.step(epoch.coarse) != nil { steps += 1 }
            samples += Int(epoch.heartRates)
        }
        let least = leastShare * Double(epochs.count)
        return SleepInputs(
            heart: Double(hearts) >= least, motion: Double(motions) >= least,
            coarse: Double(steps) >= least, density: Double(samples) / Double(epochs.count))
    }

    /// One output an epoch; all unscored if the night has too little of every input.
    public func stage(_ epochs: [SleepEpoch]) -> [StagedEpoch] {
        guard let inputs = Self.inputs(of: epochs),
            let decoding = model.decodings[inputs]?.atNightEnd
        else { return epochs.map { _ in .unscored } }
        let wanted = epochs.map { $0.kept(for: inputs) }
        let rows = NightFeatures.rows(wanted)
        let mixed = mixed(rows, wanted.count, decoding)
        let present = NightFeatures.present(rows)
        let median = RobustStatistics.median(mixed.map(\.wakeScore)) ?? decoding.centre
        return zip(mixed, present).map { mixed, isPresent in
            guard isPresent else { return .unscored }
            let probabilities = decoding.probabilities(mixed, median: median)
            return StagedEpoch(
                stage: decoding.stage(probabilities), probabilities: SIMD4<Float>(probabilities))
        }
    }

    private func mixed(
        _ rows: [Float], _ count: Int, _ decoding: SleepDecoding
    ) -> [MixedScores] {
        let width = NightFeatures.names.count
        let normal = normalized(rows, width)
        var mixed = Array(repeating: MixedScores(), count: count)
        var logits = [4 of Float](repeating: 0)
        for member in model.atNightEnd {
            guard let weights = decoding.weights[member.name] else { continue }
            var session = ModelSession(member.plan)
            var input = [Float](repeating: 0, count: member.columns.count)
            for step in 0..<count {
                let epoch = member.readsBackward ? count - 1 - step : step
                for place in member.columns.indices {
                    input[place] = normal[epoch * width + member.columns[place]]
                }
                var output = logits.mutableSpan
                session.step(input.span, into: &output)
                mixed[epoch].add(StageVector(logits), weights)
            }
        }
        return mixed
    }

    /// The rows as the models take them, once for all models.
    private func normalized(_ rows: [Float], _ width: Int) -> [Float] {
        var normal = rows
        for first in stride(from: 0, to: rows.count, by: width) {
            for column in 0..<width {
                normal[first + column] = model.normalized(rows[first + column], column)
            }
        }
        return normal
    }
}

extension SleepEpoch {
    /// Without the inputs that the night is not staged from.
    func kept(for inputs: SleepInputs) -> SleepEpoch {
        var epoch = self
        if inputs == .motion {
            epoch.heartRates = 0
            epoch.heartRate = nil
            epoch.variance = nil
        }
        if inputs != .both, inputs != .motion { epoch.motion = nil }
        if inputs != .coarse, inputs != .sparse { epoch.coarse = nil }
        return epoch
    }
}

extension StageVector {
    fileprivate init(_ logits: [4 of Float]) {
        self.init(Double(logits[0]), Double(logits[1]), Double(logits[2]), Double(logits[3]))
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthInference

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Four numbers, one a stage: wake, light, deep, REM.
typealias StageVector = SIMD4<Double>

extension StageVector {
    static let stages: [SleepStage] = [.wake, .light, .deep, .rem]

    /// The logarithm of the softmax.
    var logSoftmax: StageVector {
        let shifted = self - max()
        var sum = 0.0
        for index in 0..<4 { sum += exp(shifted[index]) }
        return shifted - log(sum)
    }

    /// Place of the largest, the first of equals.
    var argmax: Int {
        var best = 0
        for index in 1..<4 where self[index] > self[best] { best = index }
        return best
    }
}

/// The weighted sums of the models' log-probabilities in an epoch: one for wake, one for the stages.
struct MixedScores: Sendable {
    var wake = StageVector.zero
    var stages = StageVector.zero

    mutating func add(_ logits: StageVector, _ weights: SleepDecoding.Weights) {
        let logs = logits.logSoftmax
        wake += weights.wake * logs
        stages += weights.stages * logs
    }

    /// Log-odds of wake.
    var wakeScore: Double {
        let largest = max(wake[1], wake[2], wake[3])
        var sum = 0.0
        for index in 1..<4 { sum += exp(wake[index] - largest) }
        return wake[0] - (largest + log(sum))
    }
}

/// From the scores of the models to calibrated probabilities and stages; all numbers were fitted on
/// nights that the models had not seen.
struct SleepDecoding: Sendable {
    /// Of one model in the two mixes.
    struct Weights: Sendable {
        var wake: Double
        var stages: Double
    }

    /// Probabilities stay away from 0 and 1 by this.
    static let floor = 1e-6

    /// By the model's name.
    let weights: [String: Weights]
    /// How far the night's own median of the wake score is taken out, 0 to 1.
    let shift: Double
    /// The median that remains.
    let centre: Double
    let slope: Double
    let intercept: Double
    /// Divides the scores of light, deep and REM.
    let temperature: Double
    /// Added to the logarithms of the probabilities before the stage is chosen.
    let bias: StageVector

    init(_ json: CanonicalJSON) throws(InferenceError) {
        func number(_ name: String) throws(InferenceError) -> Double {
            guard let value = json[name]?.double, value.isFinite else {
                throw Self.fault("no number called \(name)")
            }
            return value
        }
        shift = try number("shift")
        centre = try number("centre")
        slope = try number("slope")
        intercept = try number("intercept")
        temperature = try number("temperature")
        guard temperature > 0 else { throw Self.fault("a temperature of 0") }
        guard let bias = json["bias"]?.doubles, bias.count == 4, bias.allSatisfy(\.isFinite) else {
            throw Self.fault("a bias that has not four numbers")
        }
        self.bias = StageVector(bias[0], bias[1], bias[2], bias[3])
        var weights: [String: Weights] = [:]
        for name in SleepModel.memberNames {
            let wake = json["wakeMix"]?[name]?.double ?? 0
            let stages = json["stageMix"]?[name]?.double ?? 0
            guard wake >= 0, stages >= 0, wake + stages <= 2 else {
                throw Self.fault("a weight out of range")
            }
            if wake + stages > 0 { weights[name] = Weights(wake: wake, stages: stages) }
        }
        guard !weights.isEmpty else { throw Self.fault("a mix of nothing") }
        self.weights = weights
    }

    private static func fault(_ found: String) -> InferenceError {
        InferenceError(.damaged, found: found, expected: "the stager's decoding")
    }

    /// - Parameter median: of the night's wake scores; the centre where it is not known.
    func probabilities(_ mixed: MixedScores, median: Double) -> StageVector {
        let score = mixed.wakeScore - shift * (median - centre)
        let raw = 1 / (1 + exp(-(slope * score + intercept)))
        let wake = min(max(raw, Self.floor), 1 - Self.floor)
        var asleep = mixed.stages / temperature
        // Wake's share is settled: the others share the rest among themselves.
        asleep[0] = -.infinity
        let rest = asleep.logSoftmax
        var result = StageVector(wake, 0, 0, 0)
        for index in 1..<4 { result[index] = (1 - wake) * exp(rest[index]) }
        return result
    }

    func stage(_ probability: StageVector) -> SleepStage {
        var score = bias
        for index in 0..<4 { score[index] += log(max(probability[index], Self.floor)) }
        return StageVector.stages[score.argmax]
    }
}

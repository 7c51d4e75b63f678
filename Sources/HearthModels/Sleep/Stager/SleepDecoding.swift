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

/// From the mixed scores of the nets to calibrated probabilities and a hypnogram; all numbers were
/// fitted on nights that the nets had not seen.
struct SleepDecoding: Sendable {
    /// Probabilities stay away from 0 and 1 by this.
    static let floor = 1e-6

    /// How far the night's own median of the wake score is taken out, 0 to 1.
    var shift: Double
    /// The median that remains.
    var centre: Double
    var slope: Double
    var intercept: Double
    /// Divides the scores of light, deep and REM.
    var temperature: Double
    /// Added to the logarithms of the probabilities before the hypnogram is drawn.
    var bias: StageVector
    /// Weight of each epoch beside the transitions.
    var power: Double
    /// Logarithms of the shares in which a stage follows another, row by row; empty if each epoch is
    /// decided alone.
    var transitions: [StageVector]

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
        bias = try Self.four(json["bias"])
        power = json["power"]?.double ?? 1
        transitions = []
        guard let rows = json["transitions"]?.list else { return }
        guard rows.count == 4 else { throw Self.fault("\(rows.count) rows of transitions") }
        for row in rows {
            var logs = try Self.four(row)
            for index in 0..<4 {
                guard logs[index] > 0 else { throw Self.fault("a transition of share 0") }
                logs[index] = log(logs[index])
            }
            transitions.append(logs)
        }
    }

    private static func four(_ json: CanonicalJSON?) throws(InferenceError) -> StageVector {
        guard let values = json?.doubles, values.count == 4, values.allSatisfy(\.isFinite) else {
            throw fault("a vector that has not four numbers")
        }
        return StageVector(values[0], values[1], values[2], values[3])
    }

    private static func fault(_ found: String) -> InferenceError {
        InferenceError(.damaged, found: found, expected: "the stager's decoding")
    }

    // MARK: Probabilities

    /// Log-odds of wake.
    static func wakeScore(_ mixed: StageVector) -> Double {
        let logs = mixed.logSoftmax
        let largest = max(logs[1], logs[2], logs[3])
        var sum = 0.0
        for index in 1..<4 { sum += exp(logs[index] - largest) }
        return logs[0] - (largest + log(sum))
    }

    /// - Parameter median: of the night's wake scores; the centre where it is not known.
    func probabilities(_ mixed: StageVector, median: Double) -> StageVector {
        let score = Self.wakeScore(mixed) - shift * (median - centre)
        let raw = 1 / (1 + exp(-(slope * score + intercept)))
        let wake = min(max(raw, Self.floor), 1 - Self.floor)
        var asleep = mixed / temperature
        // Wake's share is settled: the others share the rest among themselves.
        asleep[0] = -.infinity
        let rest = asleep.logSoftmax
        var result = StageVector(wake, 0, 0, 0)
        for index in 1..<4 { result[index] = (1 - wake) * exp(rest[index]) }
        return result
    }

    private func score(_ probability: StageVector) -> StageVector {
        var score = bias
        for index in 0..<4 { score[index] += log(max(probability[index], Self.floor)) }
        return score
    }

    /// The stage of one epoch on its own.
    func stage(_ probability: StageVector) -> SleepStage {
        StageVector.stages[score(probability).argmax]
    }

    /// The best path through the night (Viterbi), or each epoch's own stage without transitions.
    func path(_ probabilities: [StageVector]) -> [SleepStage] {
        guard !transitions.isEmpty, let first = probabilities.first else {
            return probabilities.map(stage)
        }
        var best = power * score(first)
        var back: [SIMD4<UInt8>] = [SIMD4(0, 1, 2, 3)]
        back.reserveCapacity(probabilities.count)
        for probability in probabilities.dropFirst() {
            var came = SIMD4<UInt8>()
            var next = StageVector()
            for to in 0..<4 {
                var from = 0
                for other in 1..<4
                where best[other] + transitions[other][to] > best[from] + transitions[from][to] {
                    from = other
                }
                came[to] = UInt8(from)
                next[to] = best[from] + transitions[from][to]
            }
            best = next + power * score(probability)
            back.append(came)
        }
        var stages = Array(repeating: SleepStage.wake, count: probabilities.count)
        var place = best.argmax
        for index in probabilities.indices.reversed() {
            stages[index] = StageVector.stages[place]
            place = Int(back[index][place])
        }
        return stages
    }
}

// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What probabilities of stages are worth, beyond the stage they name. Stages: 0 wake, 1 light, 2 deep,
/// 3 REM.
public enum StageProbabilities {
    /// Share of sleep that is kept when the threshold for wake is set.
    public static let keptSleep = 0.93

    /// Share of wake found with the threshold on the wake score set so that at least `kept` of sleep
    /// stays sleep: wake is above the threshold, and the threshold is a score of sleep.
    ///
    /// - Returns: 0 to 1; `nil` without wake or without sleep.
    public static func wakeSpecificity(
        truth: [Int], wake: [Double], keeping kept: Double = keptSleep
    ) -> Double? {
        let asleep = zip(truth, wake).compactMap { $0 > 0 ? $1 : nil }.sorted()
        let awake = zip(truth, wake).compactMap { $0 == 0 ? $1 : nil }
        guard !asleep.isEmpty, !awake.isEmpty else { return nil }
        let place = Int((kept * Double(asleep.count)).rounded(.up)) - 1
        let limit = asleep[min(max(place, 0), asleep.count - 1)]
        return Double(awake.count { $0 > limit }) / Double(awake.count)
    }

    /// Place of the largest, the first of equals.
    static func top(_ probabilities: SIMD4<Double>) -> Int { probabilities.argmax }

    /// Accuracy of wake, NREM and REM when the largest of the three probabilities decides.
    public static func threeClassAccuracy(truth: [Int], _ all: [SIMD4<Double>]) -> Double? {
        guard !truth.isEmpty else { return nil }
        var right = 0
        for (truth, p) in zip(truth, all) {
            let nrem = p[1] + p[2]
            let said = p[0] >= nrem && p[0] >= p[3] ? 0 : nrem >= p[3] ? 1 : 2
            if said == StageClasses.three[truth] { right += 1 }
        }
        return Double(right) / Double(truth.count)
    }

    /// Mean over epochs of the summed squared error of the four probabilities, 0 to 2.
    ///
    /// - Source: `brier1950`
    public static func brier(truth: [Int], _ all: [SIMD4<Double>]) -> Double? {
        guard !truth.isEmpty else { return nil }
        var sum = 0.0
        for (truth, p) in zip(truth, all) {
            var error = p
            error[truth] -= 1
            sum += (error * error).sum()
        }
        return sum / Double(truth.count)
    }

    /// Mean squared error of the probability of wake, 0 to 1.
    public static func wakeBrier(truth: [Int], _ all: [SIMD4<Double>]) -> Double? {
        guard !truth.isEmpty else { return nil }
        var sum = 0.0
        for (truth, p) in zip(truth, all) {
            let error = p[0] - (truth == 0 ? 1 : 0)
            sum += error * error
        }
        return sum / Double(truth.count)
    }

    /// Mean negative logarithm of the true stage's probability, which is taken as 1e-9 at least.
    public static func logLoss(truth: [Int], _ all: [SIMD4<Double>]) -> Double? {
        guard !truth.isEmpty else { return nil }
        var sum = 0.0
        for (truth, p) in zip(truth, all) { sum -= log(max(p[truth], 1e-9)) }
        return sum / Double(truth.count)
    }
}

/// Whether the most probable stage is right as often as its probability says.
///
/// - Source: `naeini2015`
public struct StageCalibration: Sendable, Hashable {
    /// Epochs whose largest probability lies in a tenth of 0 to 1.
    public struct Bin: Sendable, Hashable {
        public var epochs: Int
        /// Mean of the largest probabilities; 0 without epochs.
        public var probability: Double
        /// Share of epochs whose most probable stage is the true one; 0 without epochs.
        public var right: Double
    }

    /// Ten of equal width, from 0 on.
    public var bins: [Bin]

    public init(truth: [Int], _ all: [SIMD4<Double>]) {
        bins = Array(repeating: Bin(epochs: 0, probability: 0, right: 0), count: 10)
        for (truth, p) in zip(truth, all) {
            let top = StageProbabilities.top(p)
            let bin = min(max(Int(p[top] * 10), 0), 9)
            bins[bin].epochs += 1
            bins[bin].probability += p[top]
            if top == truth { bins[bin].right += 1 }
        }
        for bin in bins.indices where bins[bin].epochs > 0 {
            bins[bin].probability /= Double(bins[bin].epochs)
            bins[bin].right /= Double(bins[bin].epochs)
        }
    }

    /// Expected calibration error: mean difference of both shares, weighted by epochs, 0 to 1; `nil`
    /// without epochs.
    public var error: Double? {
        let all = bins.reduce(0) { $0 + $1.epochs }
        guard all > 0 else { return nil }
        return bins.reduce(0) {
            $0 + abs($1.right - $1.probability) * Double($1.epochs) / Double(all)
        }
    }
}

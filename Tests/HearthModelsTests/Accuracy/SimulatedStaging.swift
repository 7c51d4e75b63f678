// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport

@testable import HearthModels

/// A night of made-up truth and stager that `Training/hearth_sleep/metrics.py` scored as well, from the same
/// random numbers.
struct SimulatedStaging {
    var truth: [SleepStage] = []
    var staged: [StagedEpoch] = []

    init(seed: UInt64, epochs: Int) {
        var random = SeededRandom(seed: seed)
        func unit() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }
        for _ in 0..<epochs {
            let u = unit()
            let stage = u < 0.12 ? 0 : u < 0.62 ? 1 : u < 0.78 ? 2 : 3
            truth.append(unit() < 0.05 ? .unscored : StageClasses.four[stage])
            var weights = SIMD4<Double>()
            for index in 0..<4 { weights[index] = unit() }
            weights[stage] += 0.3
            let sum = weights[0] + weights[1] + weights[2] + weights[3]
            let probabilities = SIMD4<Float>(weights / sum)
            var said = SIMD4<Double>(probabilities).argmax
            if unit() < 0.1 { said = Int(random.next() % 4) }
            staged.append(
                StagedEpoch(stage: StageClasses.four[said], probabilities: probabilities))
        }
    }

    var night: StagedNight { StagedNight(truth: truth, staged: staged) }

    static let all = [
        SimulatedStaging(seed: 1, epochs: 240), SimulatedStaging(seed: 2, epochs: 301),
        SimulatedStaging(seed: 3, epochs: 77),
    ]
}

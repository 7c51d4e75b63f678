// SPDX-License-Identifier: Apache-2.0
public import HearthDSP

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a detector of anomalies must beat: simple scores of a series, one a value.
public enum AnomalyBaseline: Sendable, Hashable {
    /// Never an alarm.
    case never
    /// Chance, with a seed.
    case random(seed: UInt64)
    /// How far in the tails of a normal distribution of up to 6,400 values before; moved on by 100
    /// values at a time once it is full.
    /// - Source: the rules of the detector of that name in `lavin2015`.
    case windowedGaussian

    /// From 0 to 1, one a value.
    public func scores(_ series: [Timed<Double>]) -> [Double] {
        switch self {
        case .never: return Array(repeating: 0, count: series.count)
        case .random(let seed):
            var state = seed
            return series.map { _ in Self.uniform(&state) }
        case .windowedGaussian: return Self.gaussian(series.map(\.value))
        }
    }

    /// SplitMix64, in 0..<1.
    private static func uniform(_ state: inout UInt64) -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((bits ^ (bits >> 31)) >> 11) / 9_007_199_254_740_992
    }

    private static func gaussian(_ values: [Double]) -> [Double] {
        let length = 6_400
        let step = 100
        var scores: [Double] = []
        scores.reserveCapacity(values.count)
        var (mean, squares) = (0.0, 0.0)
        var deviation = 1.0
        for (index, value) in values.enumerated() {
            let distance = abs(value - mean) / deviation
            scores.append(index == 0 ? 0 : 1 - 0.5 * erfc(distance / 2.0.squareRoot()))
            if index < length {
                let before = mean
                mean += (value - mean) / Double(index + 1)
                squares += (value - before) * (value - mean)
                deviation = (squares / Double(index + 1)).squareRoot()
            } else if (index + 1 - length) % step == 0 {
                let window = values[(index + 1 - length)...index]
                mean = window.reduce(0, +) / Double(length)
                let sum = window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                deviation = (sum / Double(length)).squareRoot()
            }
            if !(deviation > 0) { deviation = 0.000_001 }
        }
        return scores
    }
}

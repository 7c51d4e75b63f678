// SPDX-License-Identifier: Apache-2.0

/// The simulation's chance: SplitMix64 (`steele2014`), the same on every machine for the same seed.
///
/// Only exactly rounded operations are used, so that no mathematics library can change a byte.
struct SimulationRandom {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    /// An independent sequence for one purpose and one day, so that changing how much chance one
    /// part of the model uses leaves every other part as it was.
    init(seed: UInt64, for purpose: String, day: Int = 0) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var mixer = SimulationRandom(seed: seed ^ hash)
        self.state = mixer.next() &+ UInt64(bitPattern: Int64(day)) &* 0xD134_2543_DE82_EF95
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// In 0..<1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
    }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(uniform() * Double(range.count))
    }

    mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// Bell-shaped around zero with the given standard deviation, never beyond 3.5 of them: the
    /// sum of four uniform numbers, which needs no logarithm.
    mutating func normal(_ deviation: Double = 1) -> Double {
        let bits = next()
        var sum = 0.0
        for shift in [0, 16, 32, 48] as [UInt64] {
            sum += Double((bits >> shift) & 0xFFFF) / 65_536
        }
        // Four uniform numbers have variance 4/12, so the sum is scaled by the root of 3.
        return (sum - 2) * 1.732_050_807_568_877_2 * deviation
    }
}

/// A slowly wandering value: each step keeps `memory` of the last and adds new chance.
struct Wander {
    private(set) var value = 0.0
    private let memory: Double
    private let innovation: Double

    /// - Parameter deviation: the standard deviation over a long time.
    init(memory: Double, deviation: Double) {
        self.memory = memory
        self.innovation = deviation * (1 - memory * memory).squareRoot()
    }

    mutating func step(_ random: inout SimulationRandom) -> Double {
        value = value * memory + random.normal(innovation)
        return value
    }
}

/// The sine of `turns` full circles, to three digits, from products and sums only.
func sine(turns: Double) -> Double {
    let x = 2 * (turns - turns.rounded())
    let parabola = 4 * x * (1 - x.magnitude)
    return 0.225 * (parabola * parabola.magnitude - parabola) + parabola
}

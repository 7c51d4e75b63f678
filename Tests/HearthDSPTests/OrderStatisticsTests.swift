// SPDX-License-Identifier: Apache-2.0
import HearthDSP
import HearthTestSupport
import Testing

@Suite struct OrderStatisticsTests {
    /// Values on a grid, so that some differences equal the tolerance.
    static func rhythm(_ count: Int, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        var level = 0.0
        return (0..<count).map { _ in
            level = 0.9 * level + Double.random(in: -40...40, using: &random)
            return (800 + level).rounded()
        }
    }

    @Test func `sample entropy equals the comparison of all with all`() throws {
        for seed in UInt64(1)...20 {
            let values = Self.rhythm(60 + Int(seed) * 7, seed: seed)
            for tolerance in [5.0, 15, 40] {
                let slow = ReferenceVariability.sampleEntropy(values, tolerance: tolerance)
                let fast = SampleEntropy.ofTwo(values, tolerance: tolerance)
                #expect((fast == nil) == (slow == nil), "seed \(seed)")
                if let fast, let slow { #expect(abs(fast - slow) < 1e-12, "seed \(seed)") }
            }
        }
    }

    @Test func `what has no sample entropy is refused`() {
        #expect(SampleEntropy.ofTwo([1, 2, 3], tolerance: 1) == nil)
        #expect(SampleEntropy.ofTwo([1, 2, 3, 4], tolerance: 0) == nil)
        #expect(SampleEntropy.ofTwo([1, 9, 20, 40, 80], tolerance: 1) == nil)
        #expect(SampleEntropy.ofTwo([1, .nan, 1, 1, 1], tolerance: 1) == nil)
        #expect(SampleEntropy.ofTwo([1, 1, 1, 1, 1], tolerance: 1) == 0)
    }

    @Test func `fluctuation equals the paper's formula written out`() throws {
        for seed in UInt64(1)...10 {
            let values = Self.rhythm(80 + Int(seed) * 13, seed: seed)
            let slow = ReferenceVariability.fluctuationExponent(values, 4...16)
            let fast = try #require(DetrendedFluctuation.exponent(values, boxes: 4...16))
            #expect(abs(fast - slow) < 1e-9, "seed \(seed)")
        }
    }

    @Test func `noise has an exponent of a half, its sum one more`() throws {
        let noise = SpectrumTests.noise(20_000, seed: 4)
        var sum = 0.0
        let walk = noise.map { value in
            sum += value
            return sum
        }
        // Over 16 to 64 values; over fewer the exponent of noise is known to come out higher.
        let flat = try #require(DetrendedFluctuation.exponent(noise, boxes: 16...64))
        let steep = try #require(DetrendedFluctuation.exponent(walk, boxes: 16...64))
        #expect(abs(flat - 0.5) < 0.06)
        #expect(abs(steep - 1.5) < 0.06)
    }

    @Test func `what has no exponent is refused`() {
        #expect(
            DetrendedFluctuation.exponent(Array(repeating: 1, count: 100), boxes: 4...16) == nil)
        #expect(DetrendedFluctuation.exponent([1, 2, 3], boxes: 4...16) == nil)
        #expect(DetrendedFluctuation.exponent([], boxes: 4...16) == nil)
        #expect(
            DetrendedFluctuation.exponent(Array(repeating: .nan, count: 50), boxes: 4...16) == nil)
        #expect(DetrendedFluctuation.exponent(Self.rhythm(50, seed: 1), boxes: 2...16) == nil)
    }

    @Test func `a sorted window has the quantiles of what it holds`() {
        var random = SeededRandom(seed: 5)
        var window = SortedWindow()
        var held: [Double] = []
        for _ in 0..<400 {
            let value = Double.random(in: 0...20, using: &random).rounded()
            window.insert(value)
            held.append(value)
            if held.count > 30 { window.remove(held.removeFirst()) }
            #expect(window.values == held.sorted())
            #expect(window.quantile(0.25) == RobustStatistics.percentile(25, of: held))
            let quartiles =
                (RobustStatistics.percentile(75, of: held) ?? 0)
                - (RobustStatistics.percentile(25, of: held) ?? 0)
            #expect(abs((window.quartileDeviation ?? -1) - quartiles / 2) < 1e-12)
        }
        window.insert(.nan)
        window.remove(1000)
        #expect(window.values == held.sorted())
        #expect(SortedWindow().quartileDeviation == nil)
    }
}

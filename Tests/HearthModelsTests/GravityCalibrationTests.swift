// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct GravityCalibrationTests {
    static let offset = [0.031, -0.024, 0.017]
    static let scale = [1.02, 0.985, 1.01]
    static let slope = [0.0011, -0.0008, 0.0006]

    /// Still windows of a recorder whose true vectors have length 1 and whose axes are off as above.
    private static func windows(
        _ count: Int, noise: Double = 0.001, temperatures: [Double] = [], seed: UInt64 = 7,
        upperHalf: Bool = false
    ) -> [StillWindow] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let z = Double.random(in: (upperHalf ? 0.35 : -1)...1, using: &random)
            let angle = Double.random(in: 0..<(2 * .pi), using: &random)
            let radius = (1 - z * z).squareRoot()
            let warmth = temperatures.isEmpty ? 0 : temperatures[index] - 30
            let raw = [radius * cosine(angle), radius * cosine(angle - .pi / 2), z].enumerated()
                .map { axis, value in
                    // The inverse of the calibration.
                    (value - slope[axis] * warmth) / scale[axis] - offset[axis]
                        + Double.random(in: -noise...noise, using: &random)
                }
            return StillWindow(index: Int64(index), x: raw[0], y: raw[1], z: raw[2])
        }
    }

    /// Without Foundation: a Taylor series is good enough on one turn.
    private static func cosine(_ angle: Double) -> Double {
        var reduced = angle.truncatingRemainder(dividingBy: 2 * .pi)
        if reduced > .pi { reduced -= 2 * .pi }
        if reduced < -.pi { reduced += 2 * .pi }
        var term = 1.0
        var sum = 1.0
        for k in 1..<20 {
            term *= -reduced * reduced / Double((2 * k - 1) * 2 * k)
            sum += term
        }
        return sum
    }

    @Test func `offsets and scales that were put in come out`() throws {
        let fit = try GravityCalibrator.fit(Self.windows(2000))
        #expect(fit.errorBefore > 0.02)
        #expect(fit.errorAfter < 0.001)
        for axis in 0..<3 {
            #expect(abs(fit.offset[axis] - Self.offset[axis]) < 0.0005, "axis \(axis)")
            #expect(abs(fit.scale[axis] - Self.scale[axis]) < 0.0005, "axis \(axis)")
        }
        #expect(fit.temperatureSlope == [0, 0, 0] && fit.referenceTemperature == nil)
        let still = Self.windows(50, noise: 0, seed: 8)
        for window in still {
            let vector = fit.apply([window.x, window.y, window.z])
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(norm - 1) < 0.001)
        }
    }

    @Test func `a drift with temperature is found where temperature is given`() throws {
        var random = SeededRandom(seed: 3)
        let temperatures = (0..<3000).map { _ in Double.random(in: 18...36, using: &random) }
        let windows = Self.windows(3000, temperatures: temperatures)
        let fit = try GravityCalibrator.fit(windows, temperatures: temperatures)
        for axis in 0..<3 {
            #expect(abs(fit.temperatureSlope[axis] - Self.slope[axis]) < 0.0001, "axis \(axis)")
        }
        #expect(fit.errorAfter < 0.001)
        // Without it the same recording keeps a larger error.
        let blind = try GravityCalibrator.fit(windows)
        #expect(blind.errorAfter > 3 * fit.errorAfter)
    }

    @Test func `too little to go by is refused, not guessed`() {
        #expect(throws: GravityCalibration.Refusal.tooFewStillWindows(found: 5)) {
            try GravityCalibrator.fit(Self.windows(5))
        }
        #expect(throws: GravityCalibration.Refusal.sphereNotCovered) {
            try GravityCalibrator.fit(Self.windows(500, upperHalf: true))
        }
        // A quarter of the windows lie on a sphere of another size: no axis factors mend that.
        let mixed =
            Self.windows(900)
            + Self.windows(300, seed: 9).map {
                StillWindow(index: $0.index, x: $0.x * 1.3, y: $0.y * 1.3, z: $0.z * 1.3)
            }
        #expect(throws: GravityCalibration.Refusal.self) { try GravityCalibrator.fit(mixed) }
    }

    // MARK: Still windows

    /// A minute of rest, a minute of motion, a gap, a minute of rest; 20 Hz.
    private static func recording() -> [AccelerationSample] {
        var random = SeededRandom(seed: 11)
        return (0..<3600).compactMap { index -> AccelerationSample? in
            let isMoving = (1200..<2400).contains(index)
            let noise: Float = isMoving ? 0.2 : 0.004
            let gap: Int64 = index >= 2400 ? 3_605_000_000_000 : 0
            return AccelerationSample(
                time: Timestamp(nanoseconds: 1_000_000_000_000 + Int64(index) * 50_000_000 + gap),
                x: 0.1 + Float.random(in: -noise...noise, using: &random),
                y: -0.2 + Float.random(in: -noise...noise, using: &random),
                z: 0.95 + Float.random(in: -noise...noise, using: &random))
        }
    }

    @Test func `windows at rest are found and moving or half ones are not`() {
        var still = StillWindows()
        let found = still.batch(Self.recording())
        // Six, and after the gap, which ends in the middle of a window, five whole ones.
        #expect(found.count == 11)
        for window in found {
            #expect(abs(window.x - 0.1) < 0.002 && abs(window.y + 0.2) < 0.002)
            #expect(abs(window.z - 0.95) < 0.002)
        }
    }

    @Test func `still windows keep the contract of operators`() {
        checkOperator({ StillWindows() }, input: Self.recording())
    }
}

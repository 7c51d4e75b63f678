// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The power spectrum of values at uneven times, without resampling: at each frequency the part of
/// the sum of squares that a sine of that frequency takes away.
///
/// - Source: `lomb1976`, `scargle1982`; here scaled to a density by the mean time between values.
public enum LombScargle {
    /// Most frequencies of a spectrum.
    public static let mostFrequencies = 1 << 16

    /// The density at `step`, 2 `step`... up to `highest` Hz, of the values without their mean.
    ///
    /// Cost grows with values times frequencies.
    /// - Parameters:
    ///   - times: seconds, ascending.
    ///   - values: as many.
    /// - Returns: `nil` with fewer than four values, times that do not ascend, numbers that are not
    ///   finite, or more than ``mostFrequencies``.
    public static func spectrum(
        times: [Double], values: [Double], step: Double, highest: Double
    ) -> PowerSpectrum? {
        let count = values.count
        guard count >= 4, times.count == count, step > 0, highest >= step,
            highest / step <= Double(mostFrequencies),
            times.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite)
        else { return nil }
        for index in 1..<count where times[index] <= times[index - 1] { return nil }
        let mean = values.reduce(0, +) / Double(count)
        let spacing = (times[count - 1] - times[0]) / Double(count - 1)
        var phasors = Phasors(times: times, values: values.map { $0 - mean }, step: step)
        // The grid's last frequency may lie on `highest` itself.
        let frequencies = Int((highest / step * (1 + 1e-12)).rounded(.down))
        let density = (0..<frequencies).map { _ in phasors.next() * spacing }
        return PowerSpectrum(step: step, first: 1, density: density)
    }

    /// Cosines and sines at every time, turned on from one frequency to the next.
    private struct Phasors {
        private typealias Lanes = SIMD8<Double>

        private var cosines: [Lanes]
        private var sines: [Lanes]
        private let turnCosines: [Lanes]
        private let turnSines: [Lanes]
        private let values: [Lanes]

        init(times: [Double], values: [Double], step: Double) {
            let origin = times[0]
            let angles = times.map { 2 * Double.pi * step * ($0 - origin) }
            // Lanes beyond the last value hold zeros and add nothing.
            cosines = Self.packed(angles.map { cos($0) })
            sines = Self.packed(angles.map { sin($0) })
            turnCosines = cosines
            turnSines = sines
            self.values = Self.packed(values)
        }

        private static func packed(_ values: [Double]) -> [Lanes] {
            stride(from: 0, to: values.count, by: 8).map { start in
                var lanes = Lanes.zero
                for lane in 0..<min(8, values.count - start) { lanes[lane] = values[start + lane] }
                return lanes
            }
        }

        /// What the sine of the present frequency takes away; then goes on to the next.
        mutating func next() -> Double {
            var (xc, xs) = (Lanes.zero, Lanes.zero)
            var (cc, ss, cs) = (Lanes.zero, Lanes.zero, Lanes.zero)
            for index in values.indices {
                let (c, s, x) = (cosines[index], sines[index], values[index])
                xc += x * c
                xs += x * s
                cc += c * c
                ss += s * s
                cs += c * s
                let (tc, ts) = (turnCosines[index], turnSines[index])
                cosines[index] = c * tc - s * ts
                sines[index] = s * tc + c * ts
            }
            let (XC, XS) = (xc.sum(), xs.sum())
            let (CC, SS, CS) = (cc.sum(), ss.sum(), cs.sum())
            let determinant = CC * SS - CS * CS
            guard determinant > 1e-12 * CC * SS else { return 0 }
            return (XC * XC * SS + XS * XS * CC - 2 * XC * XS * CS) / determinant
        }
    }
}

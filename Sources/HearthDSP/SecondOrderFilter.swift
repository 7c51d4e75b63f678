// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A Butterworth low-pass or high-pass of order 2, one value at a time.
///
/// The analog prototype by the bilinear transform with its edge pre-warped, transposed direct form II.
/// Causal: it delays, and nothing that comes later changes an output.
///
/// - Source: `oppenheim2010`.
public struct SecondOrderFilter: Codable, Sendable, Hashable {
    private let b0: Double
    private let b1: Double
    private let b2: Double
    private let a1: Double
    private let a2: Double
    private var s1 = 0.0
    private var s2 = 0.0

    private init(b0: Double, b1: Double, b2: Double, a1: Double, a2: Double) {
        self.b0 = b0
        self.b1 = b1
        self.b2 = b2
        self.a1 = a1
        self.a2 = a2
    }

    /// Passes what is slower than `edge` hertz, where power falls to half.
    public static func lowPass(_ edge: Double, rate: Double) -> SecondOrderFilter {
        let (cosine, alpha) = prototype(edge, rate)
        let scale = 1 / (1 + alpha)
        return SecondOrderFilter(
            b0: (1 - cosine) / 2 * scale, b1: (1 - cosine) * scale, b2: (1 - cosine) / 2 * scale,
            a1: -2 * cosine * scale, a2: (1 - alpha) * scale)
    }

    /// Passes what is faster than `edge` hertz, where power falls to half.
    public static func highPass(_ edge: Double, rate: Double) -> SecondOrderFilter {
        let (cosine, alpha) = prototype(edge, rate)
        let scale = 1 / (1 + alpha)
        return SecondOrderFilter(
            b0: (1 + cosine) / 2 * scale, b1: -(1 + cosine) * scale, b2: (1 + cosine) / 2 * scale,
            a1: -2 * cosine * scale, a2: (1 - alpha) * scale)
    }

    private static func prototype(_ edge: Double, _ rate: Double) -> (Double, Double) {
        precondition(0 < edge && edge < rate / 2, "an edge lies below half the rate")
        let angle = 2 * Double.pi * edge / rate
        // Q of 1 / √2: no ripple.
        return (cos(angle), sin(angle) * 0.5.squareRoot())
    }

    @inline(__always)
    public mutating func next(_ x: Double) -> Double {
        let y = b0 * x + s1
        s1 = b1 * x - a1 * y + s2
        s2 = b2 * x - a2 * y
        return y
    }

    /// Phase of the response at `frequency` hertz, in radians.
    private func phase(at frequency: Double, rate: Double) -> Double {
        let angle = 2 * Double.pi * frequency / rate
        let zeros = Complex(
            b0 + b1 * cos(angle) + b2 * cos(2 * angle), -(b1 * sin(angle) + b2 * sin(2 * angle)))
        let poles = Complex(
            1 + a1 * cos(angle) + a2 * cos(2 * angle), -(a1 * sin(angle) + a2 * sin(2 * angle)))
        let response = zeros / poles
        return atan2(response.imaginary, response.real)
    }

    /// Samples by which a burst at `frequency` hertz comes out late.
    public func delay(at frequency: Double, rate: Double) -> Double {
        let step = frequency / 100
        var turn =
            phase(at: frequency - step, rate: rate) - phase(at: frequency + step, rate: rate)
        if turn < -Double.pi { turn += 2 * Double.pi }
        if turn > Double.pi { turn -= 2 * Double.pi }
        return turn / (2 * Double.pi * 2 * step) * rate
    }
}

// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One section of second order: two poles, zeros at direct current and at half the sampling rate.
///
/// y = x − x₂ − a₁ y₁ − a₂ y₂, transposed direct form II.
public struct BandPassSection: Codable, Sendable, Hashable {
    public let a1: Double
    public let a2: Double
    @usableFromInline var s1 = 0.0
    @usableFromInline var s2 = 0.0

    init(a1: Double, a2: Double) {
        self.a1 = a1
        self.a2 = a2
    }

    @inlinable @inline(__always)
    public mutating func next(_ x: Double) -> Double {
        let y = x + s1
        s1 = s2 - a1 * y
        s2 = -x - a2 * y
        return y
    }

    /// The state in which it is after an endless input of `x`: its output is then 0.
    mutating func settle(at x: Double) {
        s1 = -x
        s2 = -x
    }
}

/// A Butterworth band-pass of order 5, one value at a time: five sections in a row.
///
/// Made from the analog prototype by the band-pass transform and the bilinear one, with both edges
/// pre-warped. Causal: it delays, and nothing that comes later changes an output.
///
/// - Source: `oppenheim2010`.
public struct BandPass5: Codable, Sendable, Hashable {
    /// Of all sections together; applied first.
    public let gain: Double
    @usableFromInline var first: BandPassSection
    @usableFromInline var second: BandPassSection
    @usableFromInline var third: BandPassSection
    @usableFromInline var fourth: BandPassSection
    @usableFromInline var fifth: BandPassSection

    /// All sections in order.
    public var sections: [BandPassSection] { [first, second, third, fourth, fifth] }

    /// - Parameters:
    ///   - low: lower edge in hertz, where power falls to half; above 0.
    ///   - high: upper edge, above `low` and below half the rate.
    ///   - rate: samples a second.
    public init(low: Double, high: Double, rate: Double) {
        precondition(0 < low && low < high && high < rate / 2, "a band lies below half the rate")
        let (made, gain) = Self.design(low: low, high: high, rate: rate)
        self.gain = gain
        first = made[0]
        second = made[1]
        third = made[2]
        fourth = made[3]
        fifth = made[4]
    }

    @inlinable @inline(__always)
    public mutating func next(_ x: Double) -> Double {
        fifth.next(fourth.next(third.next(second.next(first.next(gain * x)))))
    }

    /// Starts as if `x` had come for ever, so that gravity gives no transient.
    public mutating func settle(at x: Double) {
        first.settle(at: gain * x)
        second.settle(at: 0)
        third.settle(at: 0)
        fourth.settle(at: 0)
        fifth.settle(at: 0)
    }

    private static func design(
        low: Double, high: Double, rate: Double
    ) -> (sections: [BandPassSection], gain: Double) {
        let order = 5
        let warpedLow = 2 * rate * tan(.pi * low / rate)
        let warpedHigh = 2 * rate * tan(.pi * high / rate)
        let width = warpedHigh - warpedLow
        let square = warpedLow * warpedHigh
        // Where the gain is 1.
        let centre = 2 * atan(square.squareRoot() / (2 * rate))
        var sections: [BandPassSection] = []
        var gain = 1.0
        // Poles in the upper half plane; their conjugates make the other half.
        for k in 0...(order / 2) {
            let angle = Double.pi * Double(2 * k + order + 1) / Double(2 * order)
            let pole = Complex(cos(angle), -sin(angle)) * (width / 2)
            let root = (pole * pole - Complex(square, 0)).squareRoot()
            // The middle pole is real and gives one pair; each other gives two.
            let isReal = 2 * k + 1 == order
            for s in isReal ? [pole + root] : [pole + root, pole - root] {
                let made = section(s, rate: rate, centre: centre)
                sections.append(made.section)
                gain /= made.response
            }
        }
        return (sections, gain)
    }

    /// The section of an analog pole and its conjugate, and its gain at `centre` (radians).
    private static func section(
        _ s: Complex, rate: Double, centre: Double
    ) -> (section: BandPassSection, response: Double) {
        let z = (Complex(2 * rate, 0) + s) / (Complex(2 * rate, 0) - s)
        let a1 = -2 * z.real
        let a2 = z.squaredLength
        let one = Complex(cos(centre), -sin(centre))
        let two = Complex(cos(2 * centre), -sin(2 * centre))
        let numerator = Complex(1, 0) - two
        let denominator = Complex(1, 0) + one * a1 + two * a2
        let response = (numerator.squaredLength / denominator.squaredLength).squareRoot()
        return (BandPassSection(a1: a1, a2: a2), response)
    }
}

/// As much of complex numbers as a filter's design needs.
struct Complex {
    var real: Double
    var imaginary: Double

    init(_ real: Double, _ imaginary: Double) {
        self.real = real
        self.imaginary = imaginary
    }

    var squaredLength: Double { real * real + imaginary * imaginary }

    static func + (a: Complex, b: Complex) -> Complex {
        Complex(a.real + b.real, a.imaginary + b.imaginary)
    }

    static func - (a: Complex, b: Complex) -> Complex {
        Complex(a.real - b.real, a.imaginary - b.imaginary)
    }

    static func * (a: Complex, b: Complex) -> Complex {
        Complex(
            a.real * b.real - a.imaginary * b.imaginary,
            a.real * b.imaginary + a.imaginary * b.real)
    }

    static func * (a: Complex, b: Double) -> Complex { Complex(a.real * b, a.imaginary * b) }

    static func / (a: Complex, b: Complex) -> Complex {
        a * Complex(b.real, -b.imaginary) * (1 / b.squaredLength)
    }

    /// The root in the right half plane.
    func squareRoot() -> Complex {
        let length = squaredLength.squareRoot()
        let half = ((length + abs(real)) / 2).squareRoot()
        guard half > 0 else { return Complex(0, 0) }
        let other = imaginary / (2 * half)
        if real >= 0 { return Complex(half, other) }
        return imaginary < 0 ? Complex(-other, -half) : Complex(other, half)
    }
}

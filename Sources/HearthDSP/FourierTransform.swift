// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The discrete Fourier transform of a length that is a power of two.
///
/// Holds its tables: one value serves any number of transforms of its length.
/// - Source: `cooley1965`.
public struct FourierTransform: Sendable {
    /// Longest transform: four million values.
    public static let longest = 1 << 22

    public let length: Int
    private let cosines: [Double]
    private let sines: [Double]
    private let reversed: [Int]

    /// - Precondition: `length` is a power of two, at least 2 and at most ``longest``.
    public init(length: Int) {
        precondition(
            length >= 2 && length <= Self.longest && length & (length - 1) == 0,
            "the length of a transform is a power of two")
        self.length = length
        let half = length / 2
        cosines = (0..<half).map { cos(2 * Double.pi * Double($0) / Double(length)) }
        sines = (0..<half).map { sin(2 * Double.pi * Double($0) / Double(length)) }
        var reversed = [Int](repeating: 0, count: length)
        for index in 1..<length {
            reversed[index] = reversed[index >> 1] >> 1 | (index & 1 == 1 ? half : 0)
        }
        self.reversed = reversed
    }

    /// The smallest power of two that is at least `count`, and at least 2.
    public static func powerOfTwo(atLeast count: Int) -> Int {
        var length = 2
        while length < count { length *= 2 }
        return length
    }

    /// Replaces the values by their transform, sum over n of x(n) exp(-2 pi i k n / length).
    ///
    /// - Precondition: both arrays have ``length`` elements.
    public func transform(_ real: inout [Double], _ imaginary: inout [Double]) {
        precondition(
            real.count == length && imaginary.count == length, "the arrays have another length")
        for index in 0..<length where index < reversed[index] {
            real.swapAt(index, reversed[index])
            imaginary.swapAt(index, reversed[index])
        }
        var size = 2
        while size <= length {
            let half = size / 2
            let stride = length / size
            for start in Swift.stride(from: 0, to: length, by: size) {
                for offset in 0..<half {
                    let c = cosines[offset * stride]
                    let s = sines[offset * stride]
                    let upper = start + offset
                    let lower = upper + half
                    let re = real[lower] * c + imaginary[lower] * s
                    let im = imaginary[lower] * c - real[lower] * s
                    real[lower] = real[upper] - re
                    imaginary[lower] = imaginary[upper] - im
                    real[upper] += re
                    imaginary[upper] += im
                }
            }
            size *= 2
        }
    }

    /// Squared magnitudes of the transform of real values, for the frequencies 0...length/2.
    ///
    /// Values beyond ``length`` are left out; fewer are filled up with zeros.
    public func squaredMagnitudes(of values: [Double]) -> [Double] {
        var real = [Double](repeating: 0, count: length)
        var imaginary = real
        for index in 0..<min(length, values.count) { real[index] = values[index] }
        transform(&real, &imaginary)
        return (0...length / 2).map {
            real[$0] * real[$0] + imaginary[$0] * imaginary[$0]
        }
    }
}

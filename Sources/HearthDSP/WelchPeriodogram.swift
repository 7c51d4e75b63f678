// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The power spectrum of an evenly sampled signal: the mean of the periodograms of half-overlapping
/// segments, each without its mean and under a Hamming window.
///
/// Holds its tables: one value serves any number of signals.
/// - Source: `welch1967`.
public struct WelchPeriodogram: Sendable {
    /// Samples a segment.
    public let segment: Int
    /// Samples a segment is filled up to with zeros.
    public let padded: Int
    private let transform: FourierTransform
    private let weights: [Double]

    /// - Parameters:
    ///   - segment: at least 2; a shorter signal is one segment.
    ///   - padded: at least as long; made a power of two.
    /// - Precondition: `segment` and the padded length are at most ``FourierTransform/longest``.
    public init(segment: Int, padded: Int) {
        precondition(
            segment >= 2 && max(segment, padded) <= FourierTransform.longest,
            "a segment has at least two samples")
        self.segment = segment
        transform = FourierTransform(
            length: FourierTransform.powerOfTwo(atLeast: max(segment, padded)))
        self.padded = transform.length
        weights = Self.hamming(segment)
    }

    /// 0.54 - 0.46 cos(2 pi n / length): the periodic form.
    static func hamming(_ length: Int) -> [Double] {
        (0..<length).map { 0.54 - 0.46 * cos(2 * Double.pi * Double($0) / Double(length)) }
    }

    /// The spectrum of samples at `rate` Hz; `nil` of fewer than two, or if one is not finite.
    public func spectrum(of samples: [Double], rate: Double) -> PowerSpectrum? {
        guard samples.count >= 2, rate > 0, samples.allSatisfy(\.isFinite) else { return nil }
        let length = min(segment, samples.count)
        let window = length == segment ? weights : Self.hamming(length)
        let energy = window.reduce(0) { $0 + $1 * $1 }
        var sums = [Double](repeating: 0, count: padded / 2 + 1)
        var segments = 0
        var start = 0
        while start + length <= samples.count {
            let part = Array(samples[start..<start + length])
            let mean = part.reduce(0, +) / Double(length)
            var weighted = part
            for index in 0..<length { weighted[index] = (part[index] - mean) * window[index] }
            let squares = transform.squaredMagnitudes(of: weighted)
            for index in sums.indices { sums[index] += squares[index] }
            segments += 1
            start += length - length / 2
        }
        let scale = 1 / (rate * energy * Double(segments))
        for index in sums.indices {
            let isDouble = index > 0 && index < padded / 2
            sums[index] *= isDouble ? 2 * scale : scale
        }
        return PowerSpectrum(step: rate / Double(padded), density: sums)
    }
}

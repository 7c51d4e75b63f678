// SPDX-License-Identifier: Apache-2.0

/// A one-sided power spectral density on equally spaced frequencies.
///
/// Its integral from 0 to half the sampling rate is the variance of the signal.
public struct PowerSpectrum: Codable, Sendable, Hashable {
    /// Hz from one frequency to the next; above zero.
    public var step: Double
    /// The first frequency in steps.
    public var first: Int
    /// Squared unit of the signal a Hz.
    public var density: [Double]

    public init(step: Double, first: Int = 0, density: [Double]) {
        self.step = step
        self.first = first
        self.density = density
    }

    public func frequency(at index: Int) -> Double { Double(first + index) * step }

    /// Sum of density times step over frequencies in the band, its upper end left out.
    public func power(in band: Range<Double>) -> Double {
        var sum = 0.0
        for index in density.indices where band.contains(frequency(at: index)) {
            sum += density[index]
        }
        return sum * step
    }

    /// The index of the largest density in the band that is a peak: not smaller than its
    /// neighbours; `nil` if there is none, as where the density only falls or rises.
    public func peak(in band: Range<Double>) -> Int? {
        var best: Int?
        for index in density.indices.dropFirst().dropLast()
        where band.contains(frequency(at: index)) {
            guard density[index] > 0, density[index] >= density[index - 1],
                density[index] >= density[index + 1]
            else { continue }
            if let found = best, density[found] >= density[index] { continue }
            best = index
        }
        return best
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthDSP

/// The energy of a signal in the band where beats are, as a root mean square over a short window.
struct BeatEnvelope: Codable, Sendable, Hashable {
    private var high: SecondOrderFilter
    private var low: SecondOrderFilter
    private let risesOnly: Bool
    private var ring: [Double]
    private var place = 0
    private var sum = 0.0
    private var offset: Double?
    private var before = 0.0
    /// Samples by which the energy of a beat comes late.
    let delay: Double

    init(_ tuning: BeatTuning, rate: Double) {
        high = .highPass(tuning.low, rate: rate)
        low = .lowPass(min(tuning.high, 0.4 * rate), rate: rate)
        risesOnly = tuning.risesOnly
        let width = max(3, Int((tuning.window * rate).rounded()))
        ring = Array(repeating: 0, count: width)
        let centre = (tuning.low * tuning.high).squareRoot()
        delay =
            high.delay(at: centre, rate: rate) + low.delay(at: centre, rate: rate)
            + Double(width - 1) / 2
    }

    /// Appends the energy at each search sample.
    ///
    /// State is held in local variables meanwhile: in the loop it would be written at each sample.
    mutating func take(_ samples: Span<Double>, _ energies: inout [Double]) {
        guard !samples.isEmpty else { return }
        // Without its first value the signal starts at zero: no step, no transient.
        let start = offset ?? samples[0]
        offset = start
        var (first, second) = (high, low)
        var (place, sum, before) = (place, sum, before)
        var held: [Double] = []
        swap(&held, &ring)
        let width = Double(held.count)
        let known = energies.count
        energies.append(contentsOf: repeatElement(0, count: samples.count))
        var output = energies.mutableSpan
        var window = held.mutableSpan
        for index in samples.indices {
            var y = second.next(first.next(samples[index] - start))
            if risesOnly {
                let rise = max(0, y - before)
                before = y
                y = rise
            }
            let energy = y * y
            sum += energy - window[place]
            window[place] = energy
            place += 1
            if place == window.count {
                place = 0
                // Summed anew, so that roundings do not gather.
                sum = 0
                for at in window.indices { sum += window[at] }
            }
            output[known + index] = (max(0, sum) / width).squareRoot()
        }
        swap(&held, &ring)
        (high, low) = (first, second)
        (self.place, self.sum, self.before) = (place, sum, before)
    }
}

/// A peak of the energy that may be a beat.
struct BeatCandidate: Codable, Sendable, Hashable {
    /// Number of the search sample.
    var index: Int
    var height: Double
}

/// Finds the peaks of an energy: a rise well above the valley before, and a fall well below the peak.
struct CandidateFinder: Codable, Sendable, Hashable {
    /// Samples after which a peak is one even if the energy has not fallen.
    let longest: Int
    private var isRising = false
    private var peak = BeatCandidate(index: 0, height: 0)
    private var valley = Double.greatestFiniteMagnitude

    init(rate: Double) { longest = Int(BeatTuning.longestPeak * rate) }

    @inline(__always)
    mutating func next(_ value: Double, at index: Int) -> BeatCandidate? {
        if isRising {
            if value > peak.height {
                peak = BeatCandidate(index: index, height: value)
            } else if value < BeatTuning.fall * peak.height || index - peak.index > longest {
                isRising = false
                valley = value
                return peak
            }
        } else if value < valley {
            valley = value
        } else if value > BeatTuning.rise * valley {
            isRising = true
            peak = BeatCandidate(index: index, height: value)
        }
        return nil
    }

    /// The peak that the end of the signal cut off.
    var pending: BeatCandidate? { isRising ? peak : nil }
}

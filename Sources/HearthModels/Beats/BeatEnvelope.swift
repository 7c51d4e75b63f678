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

    @inline(__always)
    mutating func next(_ x: Double) -> Double {
        // Without its first value the signal starts at zero: no step, no transient.
        let start = offset ?? x
        if offset == nil { offset = x }
        var y = low.next(high.next(x - start))
        if risesOnly {
            let rise = max(0, y - before)
            before = y
            y = rise
        }
        let energy = y * y
        sum += energy - ring[place]
        ring[place] = energy
        place += 1
        if place == ring.count {
            place = 0
            // Summed anew, so that roundings do not gather.
            sum = 0
            for value in ring { sum += value }
        }
        return (max(0, sum) / Double(ring.count)).squareRoot()
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

// SPDX-License-Identifier: Apache-2.0

/// One lead: its energy, how well beats stand out of it, and its last seconds for placing peaks.
struct BeatLead: Codable, Sendable, Hashable {
    /// Where a beat's peak is in the samples of a lead.
    struct Peak {
        /// Number of the sample, between samples by a parabola.
        var position: Double
        var amplitude: Double
        /// 1 unless the signal was flat or clipped.
        var trust: Double
    }

    let rate: Double
    /// Samples averaged to one search sample.
    let factor: Int
    private let tuning: BeatTuning
    private var envelope: BeatEnvelope
    private var ring: [Float]
    private var count = 0
    private var sum = 0.0
    private var inSum = 0
    private var held: Float = 0
    /// Equal samples in a row, and the last sample at which there were too many.
    private var run = 0
    private var lastFlat = Int.min / 2
    /// More peaks up than down so far if positive.
    private var polarity = 0.0
    private var clarity: LeadClarity

    init(_ tuning: BeatTuning, rate: Double, factor: Int) {
        self.tuning = tuning
        self.rate = rate
        self.factor = factor
        let searchRate = rate / Double(factor)
        envelope = BeatEnvelope(tuning, rate: searchRate)
        clarity = LeadClarity(windowSamples: Int(searchRate))
        var size = 1
        let kept = Int((BeatTuning.lag + 1.5) * rate) + Self.chunk
        while size < kept { size *= 2 }
        ring = Array(repeating: 0, count: size)
    }

    /// Most samples between two settlings, so that what they need is still in the ring.
    static let chunk = 1024
    /// Seconds of equal samples that make a lead flat.
    private static let flatSeconds = 0.4

    var delay: Double { envelope.delay }
    var weight: Double { clarity.weight }

    /// Takes at most ``chunk`` samples and appends the energy of each search sample.
    mutating func take(_ samples: Span<Float>, _ energies: inout [Double]) {
        let scale = 1 / Double(factor)
        let longest = max(8, Int(Self.flatSeconds * rate))
        let factor = factor
        var (held, run, count, sum, inSum) = (held, run, count, sum, inSum)
        var means: [Double] = []
        means.reserveCapacity(samples.count / factor + 1)
        var kept: [Float] = []
        swap(&kept, &ring)
        var recent = kept.mutableSpan
        let mask = recent.count - 1
        for index in samples.indices {
            let sample = samples[index]
            // Without a branch: whether a sample equals the one before cannot be foretold.
            let isHeld = sample == held || !sample.isFinite
            run = isHeld ? run + 1 : 0
            held = isHeld ? held : sample
            if run >= longest { lastFlat = count }
            recent[count & mask] = held
            count += 1
            sum += Double(held)
            inSum += 1
            if inSum == factor {
                means.append(sum * scale)
                sum = 0
                inSum = 0
            }
        }
        swap(&kept, &ring)
        (self.held, self.run, self.count, self.sum, self.inSum) = (held, run, count, sum, inSum)
        envelope.take(means.span, &energies)
    }

    /// Goes on with the last value, so that a beat at the end is complete.
    mutating func drain(_ searchSamples: Int, _ energies: inout [Double]) {
        let last = [Double](repeating: Double(held), count: searchSamples)
        envelope.take(last.span, &energies)
    }

    /// Learns from energies how well beats stand out, and adds them, weighed, to what all leads say.
    mutating func weigh(
        _ energies: [Double], learningFrom known: Int, _ values: inout [Double],
        _ weights: inout [Double]
    ) {
        for at in energies.indices {
            if at >= known { clarity.take(energies[at]) }
            guard clarity.level > 0 else { continue }
            values[at] += energies[at] * clarity.share
            weights[at] += clarity.weight
        }
    }

    mutating func learn(_ energies: [Double], upTo end: Int) {
        for at in 0..<end { clarity.take(energies[at]) }
    }

    /// The signal begins anew.
    mutating func restart() {
        envelope = BeatEnvelope(tuning, rate: rate / Double(factor))
        count = 0
        sum = 0
        inSum = 0
        run = 0
        lastFlat = Int.min / 2
    }

    // MARK: Placing the peak

    /// The peak of the beat whose energy is highest at a search sample; `nil` if it is out of reach.
    mutating func peak(near searchSample: Int) -> Peak? {
        let centre = (Double(searchSample) - delay) * Double(factor) + Double(factor - 1) / 2
        let oldest = max(0, count - ring.count)
        let first = max(oldest, Int((centre - tuning.before * rate).rounded()))
        let last = min(count - 1, Int((centre + tuning.after * rate).rounded()))
        guard last - first >= 2 else { return nil }
        let base = (mean(first, width: -2) + mean(last, width: 2)) / 2
        var (highest, lowest) = (first, first)
        var top = smooth(first)
        var bottom = top
        for index in (first + 1)...last {
            let here = smooth(index)
            if here > top { (highest, top) = (index, here) }
            if here < bottom { (lowest, bottom) = (index, here) }
        }
        let isUp = tuning.risesOnly || turn(max(0, top - base), max(0, base - bottom))
        let place = isUp ? highest : lowest
        return Peak(
            position: Double(place) + vertex(place), amplitude: (isUp ? top : bottom) - base,
            trust: trust(place, first, last))
    }

    /// The direction most beats have, unless this one is much larger the other way.
    private mutating func turn(_ up: Double, _ down: Double) -> Bool {
        guard up + down > 0 else { return polarity >= 0 }
        let isUp = polarity >= 0 ? up * 1.5 >= down : up > down * 1.5
        polarity += ((up - down) / (up + down) - polarity) / 16
        return isUp
    }

    private func value(_ index: Int) -> Double {
        Double(ring[min(max(index, max(0, count - ring.count)), count - 1) & (ring.count - 1)])
    }

    /// The mean of the samples within 4 ms.
    private func smooth(_ index: Int) -> Double {
        let half = min(8, Int((rate * 0.004).rounded()))
        var sum = 0.0
        for near in (index - half)...(index + half) { sum += value(near) }
        return sum / Double(2 * half + 1)
    }

    /// The mean of the hundredths of a second from an index on, backwards if the width is negative.
    private func mean(_ index: Int, width: Int) -> Double {
        let samples = max(1, Int((rate * 0.01).rounded())) * width.magnitudeInt
        var sum = 0.0
        for step in 0..<samples { sum += value(width < 0 ? index - step : index + step) }
        return sum / Double(samples)
    }

    /// How far the top of the parabola through a sample and its neighbours lies from it.
    private func vertex(_ index: Int) -> Double {
        let (before, here, after) = (smooth(index - 1), smooth(index), smooth(index + 1))
        let curvature = before - 2 * here + after
        guard curvature != 0 else { return 0 }
        return min(0.5, max(-0.5, 0.5 * (before - after) / curvature))
    }

    /// Less than 1 if the lead was flat within a second, or its peak is cut off.
    private func trust(_ place: Int, _ first: Int, _ last: Int) -> Double {
        var trust = 1.0
        if place - lastFlat < Int(rate) { trust = 0.3 }
        let top = value(place)
        var equal = 0
        var longest = 0
        for index in first...last {
            equal = value(index) == top ? equal + 1 : 0
            longest = max(longest, equal)
        }
        return longest >= max(4, Int(0.012 * rate)) ? min(trust, 0.5) : trust
    }
}

extension Int {
    fileprivate var magnitudeInt: Int { self < 0 ? -self : self }
}

/// How well beats stand out of a lead's energy, second by second over the last eight.
struct LeadClarity: Codable, Sendable, Hashable {
    private static let windows = 8
    /// Peak over mean of the energy of noise.
    private static let crestOfNoise = 1.5

    private let windowSamples: Int
    private var inWindow = 0
    private var peak = 0.0
    private var sum = 0.0
    private var peaks: [Double] = []
    private var means: [Double] = []
    /// The usual height of a beat's energy; 0 without any.
    private(set) var level = 0.0
    /// Grows with the height of beats over the rest; at least slightly above 0 if there is any signal.
    private(set) var weight = 0.0

    /// Weight over level.
    private(set) var share = 0.0

    init(windowSamples: Int) { self.windowSamples = max(1, windowSamples) }

    mutating func take(_ energy: Double) {
        peak = max(peak, energy)
        sum += energy
        inWindow += 1
        guard inWindow == windowSamples else { return }
        peaks.append(peak)
        means.append(sum / Double(windowSamples))
        if peaks.count > Self.windows {
            peaks.removeFirst()
            means.removeFirst()
        }
        inWindow = 0
        peak = 0
        sum = 0
        let sorted = peaks.sorted()
        level = sorted[sorted.count / 2]
        // The lower ones: a lead in which only some beats are high is no clear one.
        let low = sorted[sorted.count / 4]
        let mean = means.reduce(0, +) / Double(means.count)
        guard level > 0, mean > 0 else {
            weight = 0
            share = 0
            return
        }
        let clear = max(0.05, low / mean - Self.crestOfNoise)
        weight = clear * clear * clear
        share = weight / level
    }
}

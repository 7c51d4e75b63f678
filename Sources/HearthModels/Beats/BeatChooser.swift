// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Tells which peaks of an energy are beats: the sequence that explains heights and intervals best.
///
/// Each peak speaks for itself by its height between the level of noise and the level of beats, both
/// of which adapt; each pair of neighbours by its interval: too short against the usual one, too long
/// (which is what a search back for a missed beat is), or an echo of the beat before (a T wave). Of all
/// sequences over the peaks known the best is found by dynamic programming, and its first beat is
/// settled once ``BeatTuning/lag`` seconds have followed.
struct BeatChooser: Codable, Sendable, Hashable {
    struct Choice {
        var beat: BeatCandidate
        var quality: Double
    }

    let tuning: BeatTuning
    let rate: Double
    /// Peaks not settled, and those of the last seconds before.
    private var peaks: [BeatCandidate] = []
    /// Index in `peaks` of the first one not settled.
    private var next = 0
    private var last: BeatCandidate?
    private var heights: [Double] = []
    private var intervals: [Double] = []
    private var noise = 0.0
    /// The highest peak rejected since the last beat.
    private var rejected = 0.0
    /// How often, of late, a plain threshold would have said the same.
    private var agreement = 1.0

    init(_ tuning: BeatTuning, rate: Double) {
        self.tuning = tuning
        self.rate = rate
    }

    mutating func add(_ candidate: BeatCandidate) { peaks.append(candidate) }

    /// Settles what is old enough, or everything.
    mutating func settle(upTo now: Int, isEnd: Bool, _ choose: (Choice) -> Void) {
        let lag = Int(BeatTuning.lag * rate)
        while next < peaks.count, isEnd || now - peaks[next].index >= lag {
            settleFirst(now, choose)
        }
        let kept = now - Int((BeatTuning.lag + BeatTuning.neighbourhood + 0.5) * rate)
        let old = peaks[..<next].prefix { $0.index < kept }.count
        peaks.removeFirst(old)
        next -= old
    }

    /// The signal begins anew: heights and intervals are still what they were.
    mutating func restart() {
        peaks = []
        next = 0
        last = nil
        rejected = 0
    }

    private var level: Double { Self.quantile(heights, BeatTuning.heightShare) }
    private var usualInterval: Double {
        intervals.isEmpty ? BeatTuning.firstInterval : Self.quantile(intervals, 0.5)
    }

    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// The mean of the two highest peaks around a place.
    private func localLevel(_ index: Int) -> Double {
        let reach = Int(BeatTuning.neighbourhood * rate)
        var first = 0.0
        var second = 0.0
        for peak in peaks where abs(peak.index - index) <= reach {
            if peak.height > first {
                second = first
                first = peak.height
            } else if peak.height > second {
                second = peak.height
            }
        }
        return second > 0 ? (first + second) / 2 : first
    }

    /// What the height of a peak says: 0 is undecided.
    private func evidence(_ peak: BeatCandidate, level: Double) -> Double {
        let local = (localLevel(peak.index) * level).squareRoot()
        let beat = min(max(local, BeatTuning.followsDown * level), BeatTuning.followsUp * level)
        let floor = min(noise, 0.6 * beat)
        guard beat > floor else { return BeatTuning.least }
        let share = (peak.height - floor) / (beat - floor)
        let said = (share - tuning.threshold) / tuning.threshold
        return min(BeatTuning.most, max(BeatTuning.least, said))
    }

    private func longCost(_ samples: Int, _ usual: Double) -> Double {
        let ratio = Double(samples) / rate / usual
        guard ratio > BeatTuning.longFrom else { return 0 }
        return min(tuning.longMost, BeatTuning.longCost * log2(ratio / BeatTuning.longFrom))
    }

    /// What the interval between two beats costs; `nil` if it cannot be.
    private func cost(_ from: BeatCandidate, _ to: BeatCandidate, _ usual: Double) -> Double? {
        let seconds = Double(to.index - from.index) / rate
        guard seconds >= tuning.refractory else { return nil }
        var cost = longCost(to.index - from.index, usual)
        let short = BeatTuning.shortBelow * usual
        if seconds < short { cost += BeatTuning.shortCost * (1 - seconds / short) }
        if seconds < tuning.echo, to.height < tuning.echoShare * from.height {
            cost += BeatTuning.echoCost
        }
        return cost
    }

    private mutating func settleFirst(_ now: Int, _ choose: (Choice) -> Void) {
        if heights.isEmpty {
            let start = localLevel(peaks[next].index + Int(BeatTuning.neighbourhood * rate))
            heights = [start]
            noise = BeatTuning.firstNoiseShare * start
        }
        let level = level
        let open = Array(peaks[next...])
        let said = open.map { evidence($0, level: level) }
        let chain = bestSequence(open, said, now)
        guard let first = chain.first else {
            reject(open[0], level)
            next += 1
            if let last, Double(open[0].index - last.index) / rate > BeatTuning.forgetAfter {
                for index in heights.indices { heights[index] *= BeatTuning.forget }
            }
            return
        }
        for index in 0..<first { reject(open[index], level) }
        next += first + 1
        accept(open[first], quality: quality(open, said, chain), level)
        choose(Choice(beat: open[first], quality: lastQuality))
    }

    private var lastQuality = 0.0

    /// Indices of the beats among the open peaks, the best sequence of all.
    private func bestSequence(_ open: [BeatCandidate], _ said: [Double], _ now: Int) -> [Int] {
        let usual = usualInterval
        let impossible = -Double.greatestFiniteMagnitude
        var best = Array(repeating: impossible, count: open.count)
        var before = Array(repeating: -1, count: open.count)
        for index in open.indices {
            if let last {
                if let cost = cost(last, open[index], usual) { best[index] = said[index] - cost }
            } else {
                best[index] = said[index]
            }
            for other in 0..<index where best[other] > impossible {
                guard let cost = cost(open[other], open[index], usual) else { continue }
                let total = best[other] - cost + said[index]
                if total > best[index] {
                    best[index] = total
                    before[index] = other
                }
            }
        }
        var top = last.map { -longCost(now - $0.index, usual) } ?? 0
        var end = -1
        for index in open.indices where best[index] > impossible {
            let total = best[index] - longCost(now - open[index].index, usual)
            if total > top {
                top = total
                end = index
            }
        }
        var chain: [Int] = []
        while end >= 0 {
            chain.append(end)
            end = before[end]
        }
        return chain.reversed()
    }

    // MARK: Quality

    /// How far the first beat of a sequence stands above what was rejected around it, and whether a
    /// plain threshold would have said the same of it and of what lies before it.
    private mutating func quality(
        _ open: [BeatCandidate], _ said: [Double], _ chain: [Int]
    ) -> Double {
        let first = chain[0]
        let beat = open[first]
        var other = rejected
        for index in 0..<first { other = max(other, open[index].height) }
        for index in open.indices where index > first && !chain.contains(index) {
            if Double(open[index].index - beat.index) / rate < 1 {
                other = max(other, open[index].height)
            }
        }
        let isPlain = said[first] > 0 && !said[..<first].contains { $0 > 0 }
        agreement += ((isPlain ? 1 : 0) - agreement) / 8
        let contrast = beat.height > 0 ? 1 - other / beat.height : 0
        return min(max(0, min(1, contrast / 0.5)), agreement)
    }

    // MARK: Levels

    private mutating func reject(_ peak: BeatCandidate, _ level: Double) {
        noise += BeatTuning.noiseShare * (min(peak.height, level) - noise)
        rejected = max(rejected, peak.height)
    }

    private mutating func accept(_ beat: BeatCandidate, quality: Double, _ level: Double) {
        lastQuality = quality
        rejected = 0
        if let last {
            let seconds = Double(beat.index - last.index) / rate
            if seconds < 3 { intervals.append(seconds) }
            if intervals.count > BeatTuning.intervals { intervals.removeFirst() }
        }
        heights.append(min(beat.height, 2 * level))
        if heights.count > BeatTuning.heights { heights.removeFirst() }
        last = beat
    }
}

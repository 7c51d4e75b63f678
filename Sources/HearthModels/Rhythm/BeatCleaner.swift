// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Finds the intervals that are not normal-to-normal and says of what kind; repairs none.
///
/// Shape: one output an input, up to ``latencyBeats`` beats later. An interval is judged by its step
/// from the one before and its distance from the median of eleven around it, each against a
/// threshold that follows the quartile deviation of 91 beats around. Silence of more than 3 s, or a
/// time that goes back, is a gap: nothing beyond it counts, and windows end there. Values that are
/// not finite are left out.
///
/// Departs from the publication: thresholds are at least 20 ms, so that a steady heart's small steps
/// are no artefacts; both intervals beside an ectopic beat and both of an extra one are named; the
/// step into a chain is zero; what is outside 300...2000 ms and has no other name is implausible.
/// - Source: `lipponen2019`; `malik1989` for the 20 % of ``CheckedBeat/isOffMedian``, here against a
///   local median.
public struct BeatCleaner: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = CheckedBeat

    /// Beats after an interval that may come before its answer: about 50 s.
    public static let latencyBeats = reach + medianReach + 3
    /// 200 to 30 beats a minute: beyond it no sinus rhythm at rest.
    public static let plausibleMilliseconds = 300.0...2000.0
    /// Relative distance from the local median that makes ``CheckedBeat/isOffMedian``.
    public static let offMedianLimit = 0.20
    /// Least threshold, in milliseconds; a choice of this project.
    public static let leastThreshold = 20.0
    /// Beats on either side whose spread makes the threshold: 91 with the beat itself.
    static let reach = 45
    /// Beats on either side of the median.
    static let medianReach = 5
    /// Longer silence breaks the chain.
    static let gapNanoseconds: Int64 = 3_000_000_000

    // Of the publication.
    fileprivate static let thresholdFactor = 5.2
    private static let slope = 0.13
    private static let offset = 0.17
    private static let farFromMedian = 3.0

    /// Of the present chain: what came, its steps, medians and distances, and both normalized.
    private var beats = Trail<Timed<Double>>()
    private var steps = Trail<Double>()
    private var medians = Trail<Double>()
    private var distances = Trail<Double>()
    private var normalSteps = Trail<Double>()
    private var normalDistances = Trail<Double>()
    /// Milliseconds within which a sum or a half counts as the median.
    private var distanceLimits = Trail<Double>()
    private var findings = Trail<CheckedBeat.Finding>()
    private var stepSpread = SlidingSpread()
    private var distanceSpread = SlidingSpread()
    /// First interval not yet judged, and first not yet emitted.
    private var next = 0
    private var emitted = 0

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<CheckedBeat>) -> Void) {
        var output: [CheckedBeat] = []
        for index in input.indices where input[index].value.isFinite {
            let beat = input[index]
            if let last = beats.last {
                let silence = beat.time.nanoseconds(since: last.time)
                if silence > Self.gapNanoseconds || silence < 0 { closeChain(into: &output) }
            }
            steps.append(beats.last.map { beat.value - $0.value } ?? 0)
            beats.append(beat)
            findings.append(.sound)
            advance(atEnd: false, into: &output)
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<CheckedBeat>) -> Void) {
        guard let last = beats.last, time.nanoseconds(since: last.time) > Self.gapNanoseconds else {
            return
        }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<CheckedBeat>) -> Void) {
        var output: [CheckedBeat] = []
        closeChain(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    private mutating func closeChain(into output: inout [CheckedBeat]) {
        advance(atEnd: true, into: &output)
        self = BeatCleaner()
    }

    /// Carries every stage as far as the beats known allow.
    private mutating func advance(atEnd: Bool, into output: inout [CheckedBeat]) {
        let known = beats.count
        while medians.count < known, atEnd || medians.count + Self.medianReach < known {
            addMedian(at: medians.count)
        }
        while normalSteps.count < known, atEnd || normalSteps.count + Self.reach < known {
            let k = normalSteps.count
            normalSteps.append(steps[k] / stepSpread.threshold(at: k, of: steps))
        }
        while normalDistances.count < medians.count,
            atEnd || normalDistances.count + Self.reach < medians.count
        {
            let k = normalDistances.count
            let limit = distanceSpread.threshold(at: k, of: distances)
            distanceLimits.append(limit)
            normalDistances.append(distances[k] / limit)
        }
        while next < known,
            atEnd || (next + 3 < normalSteps.count && next + 1 < normalDistances.count)
        {
            judge()
        }
        while emitted < known, atEnd || emitted + 1 < next { output.append(answer()) }
        if !atEnd { forget() }
    }

    private mutating func addMedian(at index: Int) {
        let around =
            max(0, index - Self.medianReach)...min(beats.count - 1, index + Self.medianReach)
        var sorted: [Double] = []
        sorted.reserveCapacity(2 * Self.medianReach + 1)
        for k in around {
            let value = beats[k].value
            var place = sorted.count
            while place > 0, sorted[place - 1] > value { place -= 1 }
            sorted.insert(value, at: place)
        }
        let middle = sorted.count / 2
        let median =
            sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        medians.append(median)
        let distance = beats[index].value - median
        distances.append(distance < 0 ? 2 * distance : distance)
    }

    // MARK: Judging

    /// A normalized step; zero beyond the chain.
    private func step(_ index: Int) -> Double {
        index >= 0 && index < normalSteps.count ? normalSteps[index] : 0
    }

    /// Judges the interval `next` and, where its step leads on to a larger one, the one after it.
    private mutating func judge() {
        let i = next
        next += 1
        let d = step(i)
        guard abs(d) > 1 else { return }
        if isEctopic(i, d) {
            if i > 0 { findings[i - 1] = .ectopic }
            findings[i] = .ectopic
            return
        }
        let goesOn = abs(step(i + 1)) < abs(step(i + 2)) && i + 1 < beats.count
        for j in goesOn ? [i, i + 1] : [i] {
            judgeLength(j)
            next = j + 1
        }
    }

    /// A step up between two steps down, or the reverse.
    private func isEctopic(_ i: Int, _ d: Double) -> Bool {
        let (before, after) = (step(i - 1), step(i + 1))
        if d > 1 { return max(before, after) < -Self.slope * d - Self.offset }
        return min(before, after) > -Self.slope * d + Self.offset
    }

    private mutating func judgeLength(_ j: Int) {
        let d = step(j)
        let (one, two) = (step(j + 1), step(j + 2))
        let isLong = d > 1 && min(one, two) < -1
        let isShort = d < -1 && max(one, two) > 1
        guard isLong || isShort || abs(normalDistances[j]) > Self.farFromMedian else { return }
        let interval = beats[j].value
        let (median, limit) = (medians[j], distanceLimits[j])
        if isShort, j + 1 < beats.count, abs(interval + beats[j + 1].value - median) < limit {
            findings[j] = .extra
            findings[j + 1] = .extra
        } else if isLong, abs(interval / 2 - median) < limit {
            findings[j] = .missed
        } else if findings[j] == .sound {
            findings[j] = interval > median ? .long : .short
        }
    }

    // MARK: Answers

    private mutating func answer() -> CheckedBeat {
        let k = emitted
        emitted += 1
        let beat = beats[k]
        var finding = findings[k]
        if finding == .sound, !Self.plausibleMilliseconds.contains(beat.value) {
            finding = .implausible
        }
        return CheckedBeat(
            time: beat.time, interval: beat.value, finding: finding, followsPrevious: k > 0,
            isOffMedian: abs(beat.value - medians[k]) > Self.offMedianLimit * medians[k])
    }

    /// Lets go what no later beat looks at.
    private mutating func forget() {
        let oldest = min(emitted, next - 1, medians.count - Self.medianReach - 1)
        beats.forget(before: oldest)
        findings.forget(before: oldest)
        medians.forget(before: oldest)
        normalSteps.forget(before: oldest)
        normalDistances.forget(before: oldest)
        distanceLimits.forget(before: oldest)
        steps.forget(before: normalSteps.count - Self.reach - 1)
        distances.forget(before: normalDistances.count - Self.reach - 1)
    }

    /// The threshold of each element of a trail from the magnitudes of those around it.
    private struct SlidingSpread: Codable, Sendable {
        private var window = SortedWindow()
        private var taken = 0
        private var left = 0

        /// - Precondition: `index` goes up by one from call to call.
        mutating func threshold(at index: Int, of values: Trail<Double>) -> Double {
            while taken < values.count, taken <= index + BeatCleaner.reach {
                window.insert(abs(values[taken]))
                taken += 1
            }
            while left < index - BeatCleaner.reach {
                window.remove(abs(values[left]))
                left += 1
            }
            let spread = window.quartileDeviation ?? 0
            return max(BeatCleaner.leastThreshold, BeatCleaner.thresholdFactor * spread)
        }
    }
}

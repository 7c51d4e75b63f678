// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// A stretch of checked intervals, laid out for the measures of heart-rate variability.
///
/// What is in the time domain and the uneven spectrum sees only sound intervals, and differences only
/// between two of them that follow one another. What needs an unbroken row sees ``corrected``.
public struct Tachogram: Sendable, Hashable {
    /// Intervals, sound or not.
    public private(set) var beats = 0
    /// Of these, those that are not sound.
    public private(set) var removed = 0
    /// Of these, those more than 20 % from the median around them.
    public private(set) var offMedian = 0
    /// Seconds from the start of the first interval to the beat that ends each sound one. Inside a
    /// chain they are sums of intervals, so that a device's rounding of times does no harm.
    public private(set) var times: [Double] = []
    /// The sound intervals, in milliseconds.
    public private(set) var sound: [Double] = []
    /// Differences of sound neighbours, in milliseconds.
    public private(set) var differences: [Double] = []
    /// All intervals in milliseconds: missed beats put in, extra ones taken out, ectopic, long, short
    /// and implausible ones replaced along a line between the sound ones on either side; chains are
    /// put end to end.
    public private(set) var corrected: [Double] = []
    /// Chains, parted by gaps.
    public private(set) var chains = 0

    public init(_ beats: [CheckedBeat]) {
        guard let first = beats.first else { return }
        self.beats = beats.count
        let origin = first.time
        let leading = Self.isUsable(first.interval) ? first.interval / 1000 : 0
        var time = 0.0
        var previous: Double?
        for (index, beat) in beats.enumerated() {
            let length = Self.isUsable(beat.interval) ? beat.interval / 1000 : 0
            if index == 0 || !beat.followsPrevious {
                chains += 1
                previous = nil
                // A chain begins where its first beat was seen, never before the last one ended.
                let seen = beat.time.seconds(since: origin) + leading
                time = index == 0 ? leading : max(time, seen)
            } else {
                time += length
            }
            if beat.isOffMedian { offMedian += 1 }
            guard beat.finding == .sound, Self.isUsable(beat.interval) else {
                removed += 1
                previous = nil
                continue
            }
            if let previous { differences.append(beat.interval - previous) }
            previous = beat.interval
            if let last = times.last, time <= last { time = last + length }
            times.append(time)
            sound.append(beat.interval)
        }
        corrected = Self.corrected(beats)
    }

    /// Intervals in milliseconds that are all normal-to-normal and follow one another; those that are
    /// not above zero and finite are left out.
    public init(intervals: [Double]) {
        var time = 0.0
        for interval in intervals where Self.isUsable(interval) {
            time += interval / 1000
            times.append(time)
            if let last = sound.last { differences.append(interval - last) }
            sound.append(interval)
        }
        beats = sound.count
        chains = sound.isEmpty ? 0 : 1
        corrected = sound
    }

    /// Normal-to-normal intervals in milliseconds with the seconds at which they end, ascending;
    /// neighbours in the list count as neighbours.
    init(times: [Double], intervals: [Double]) {
        self.init(intervals: intervals)
        if times.count == sound.count { self.times = times }
    }

    /// A day at most, in milliseconds.
    private static func isUsable(_ interval: Double) -> Bool {
        interval > 0 && interval < 86_400_000
    }

    /// Milliseconds of sound intervals.
    public var soundMilliseconds: Double { sound.reduce(0, +) }

    /// Seconds from the first to the last sound beat.
    public var span: Double { (times.last ?? 0) - (times.first ?? 0) }

    /// Longest time without a sound beat, in seconds.
    public var longestHole: Double {
        zip(times, times.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) }
    }

    public var removedShare: Double { beats == 0 ? 0 : Double(removed) / Double(beats) }
    public var offMedianShare: Double { beats == 0 ? 0 : Double(offMedian) / Double(beats) }

    // MARK: Correction

    private static func corrected(_ beats: [CheckedBeat]) -> [Double] {
        /// An interval, or a place for one.
        var row: [Double?] = []
        row.reserveCapacity(beats.count)
        var index = 0
        while index < beats.count {
            let beat = beats[index]
            switch beat.finding {
            case .sound: row.append(isUsable(beat.interval) ? beat.interval : nil)
            case .missed: row += [beat.interval / 2, beat.interval / 2]
            case .extra:
                let next = index + 1
                if next < beats.count, beats[next].finding == .extra, beats[next].followsPrevious {
                    row.append(beat.interval + beats[next].interval)
                    index = next
                } else {
                    row.append(nil)
                }
            case .ectopic, .long, .short, .implausible: row.append(nil)
            }
            index += 1
        }
        return filled(row)
    }

    /// Puts what lies on the line between its neighbours into each open place.
    private static func filled(_ row: [Double?]) -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(row.count)
        var open = 0
        for value in row {
            guard let value else {
                open += 1
                continue
            }
            if open > 0 {
                let before = result.last ?? value
                for place in 1...open {
                    let share = Double(place) / Double(open + 1)
                    result.append(before * (1 - share) + value * share)
                }
                open = 0
            }
            result.append(value)
        }
        if let last = result.last { result += Array(repeating: last, count: open) }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A stretch of one sleep stage.
struct FitbitStretch: Sendable, Equatable {
    var start: Int64
    var end: Int64
    var stage: SleepStage
    var quality: UInt8 = 0
}

/// The stages of one sleep log.
enum FitbitNight {
    /// Stretches kept of one log: a day of 30 s epochs has 2,880.
    static let mostStretches = 20_000

    /// Lays the short wakes over the stages: where they overlap, the short wake holds.
    ///
    /// - Returns: the stretches in order of time, none overlapping another.
    /// - Complexity: O(n log n).
    static func merged(_ stages: [FitbitStretch], short: [FitbitStretch]) -> [FitbitStretch] {
        let wakes = disjoint(short)
        var result = wakes
        var first = 0
        for stage in disjoint(stages) {
            while first < wakes.count, wakes[first].end <= stage.start { first += 1 }
            var rest = stage
            var index = first
            while index < wakes.count, wakes[index].start < stage.end {
                if wakes[index].start > rest.start {
                    var piece = rest
                    piece.end = wakes[index].start
                    result.append(piece)
                }
                rest.start = max(rest.start, wakes[index].end)
                index += 1
            }
            if rest.start < rest.end { result.append(rest) }
        }
        return result.sorted { $0.start < $1.start }
    }

    /// In order of time; what overlaps an earlier stretch is cut off.
    private static func disjoint(_ stretches: [FitbitStretch]) -> [FitbitStretch] {
        var result: [FitbitStretch] = []
        for stretch in stretches.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            var rest = stretch
            rest.start = max(rest.start, result.last?.end ?? .min)
            if rest.start < rest.end { result.append(rest) }
        }
        return result
    }

    /// The stage of a level as either tree writes it.
    ///
    /// Nights without stages know `asleep`, `restless` and `awake`; the vendor's own total of
    /// minutes awake counts restless minutes, so they are wake, marked as doubtful.
    static func stage(_ level: [UInt8]) -> (stage: SleepStage, quality: UInt8)? {
        switch String(decoding: level, as: UTF8.self).lowercased() {
        case "wake", "awake": (.wake, 0)
        case "light": (.light, 0)
        case "deep": (.deep, 0)
        case "rem": (.rem, 0)
        case "asleep": (.asleep, 0)
        case "restless": (.wake, FitbitQuality.restless)
        case "unknown": (.unscored, 0)
        default: nil
        }
    }
}

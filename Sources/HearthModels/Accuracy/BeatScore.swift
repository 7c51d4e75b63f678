// SPDX-License-Identifier: Apache-2.0

/// How well found beats agree with annotated ones.
///
/// A beat is found if one of the detector's lies within 150 ms of it; each is paired once, with the
/// nearer one where there is a choice.
/// - Source: `aami2012`
public struct BeatScore: Sendable, Hashable {
    /// Seconds.
    public static let window = 0.150

    /// Annotated beats that were found.
    public var found = 0
    /// Annotated beats that were not.
    public var missed = 0
    /// Beats of the detector where there is none.
    public var extra = 0
    /// Seconds by which found beats are off, added up without their sign.
    public var distance = 0.0

    public init() {}

    /// - Parameters:
    ///   - truth: seconds of annotated beats, ascending.
    ///   - detected: seconds of the detector's, ascending.
    public init(truth: [Double], detected: [Double]) {
        var one = 0
        var other = 0
        while one < truth.count, other < detected.count {
            let apart = detected[other] - truth[one]
            if apart < -Self.window {
                extra += 1
                other += 1
            } else if apart > Self.window {
                missed += 1
                one += 1
            } else if apart < 0, Self.isNearer(detected, other + 1, truth, one, than: apart) {
                extra += 1
                other += 1
            } else if apart > 0, Self.isNearer(truth, one + 1, detected, other, than: apart) {
                missed += 1
                one += 1
            } else {
                found += 1
                distance += abs(apart)
                one += 1
                other += 1
            }
        }
        missed += truth.count - one
        extra += detected.count - other
    }

    /// Whether the next of a series is nearer to a beat than the present one, and has no nearer beat of
    /// its own.
    private static func isNearer(
        _ series: [Double], _ next: Int, _ beats: [Double], _ beat: Int, than apart: Double
    ) -> Bool {
        guard next < series.count else { return false }
        let own = abs(series[next] - beats[beat])
        guard own < abs(apart) else { return false }
        return beat + 1 >= beats.count || abs(series[next] - beats[beat + 1]) >= own
    }

    public static func + (a: BeatScore, b: BeatScore) -> BeatScore {
        var sum = a
        sum.found += b.found
        sum.missed += b.missed
        sum.extra += b.extra
        sum.distance += b.distance
        return sum
    }

    public var annotated: Int { found + missed }
    /// Share of annotated beats that were found; `nil` without any.
    public var sensitivity: Double? { Self.share(found, annotated) }
    /// Share of the detector's beats that are annotated ones; `nil` without any.
    public var precision: Double? { Self.share(found, found + extra) }
    /// Missed and extra beats over annotated ones.
    public var errorRate: Double? { Self.share(missed + extra, annotated) }
    /// Mean distance of found beats from their annotation, in milliseconds.
    public var timingError: Double? { found > 0 ? 1000 * distance / Double(found) : nil }

    private static func share(_ part: Int, _ whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}

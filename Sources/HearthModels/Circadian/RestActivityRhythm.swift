// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// How strong, steady and smooth the daily rhythm of activity is, without a model of its shape.
///
/// Hourly means of the wall clock, x with mean m, n of them known; m(h) the mean of hour h of the
/// day, p = 24.
/// - `IS = n sum_h (m(h) - m)^2 / (p sum_i (x(i) - m)^2)`: interdaily stability, 0 to 1 (a little
///   more is possible where hours are missing).
/// - `IV = n sum (x(i) - x(i-1))^2 / (k sum_i (x(i) - m)^2)` over the k pairs of neighbouring hours
///   that are both known: intradaily variability, about 0 for a sine, about 2 for noise.
/// - L5 and M10: the least active five and the most active ten hours of the mean day, which has the
///   resolution of the input (a minute at the finest) and joins at midnight; mean activity in them.
/// - `RA = (M10 - L5) / (M10 + L5)`: relative amplitude, 0 to 1.
///
/// Needs seven days with at least 16 known hours, and every hour of the day on four days.
/// - Source: `witting1990`, `vansomeren1999`. Departure: with hours missing, the k pairs stand for
///   n - 1; with none missing they are the same.
public struct RestActivityRhythm: Codable, Sendable, Hashable {
    public static let model = "rest-activity-rhythm/1"

    public var interdailyStability: Double
    public var intradailyVariability: Double
    public var relativeAmplitude: Double
    /// In the unit of the input.
    public var leastActive: Double
    /// Start of the least active five hours, hours after local midnight, 0 up to 24.
    public var leastActiveOnset: Double
    /// In the unit of the input.
    public var mostActive: Double
    /// Start of the most active ten hours.
    public var mostActiveOnset: Double

    /// The rhythm of a series.
    public static func assess(_ series: ActivitySeries) -> Assessed<RestActivityRhythm> {
        if let problem = series.shapeProblem { return Assessed(missing: problem) }
        let hours = series.hours
        let coverage = ActivitySeries.coverage(of: hours)
        func missing(_ reason: String) -> Assessed<RestActivityRhythm> {
            Assessed(missing: reason, coverage: coverage.share, days: coverage.days)
        }
        if let reason = coverage.missing { return missing(reason) }
        guard let stability = stability(hours) else {
            return missing("The activity does not vary.")
        }
        guard let profile = profile(of: series) else {
            return missing("Some time of the day was never recorded.")
        }
        let binsAnHour = profile.count / 24
        let least = extreme(profile, 5 * binsAnHour) { $0 < $1 }
        let most = extreme(profile, 10 * binsAnHour) { $0 > $1 }
        guard least.mean + most.mean > 0 else { return missing("There was no activity.") }
        return Assessed(
            RestActivityRhythm(
                interdailyStability: stability.interdaily,
                intradailyVariability: stability.intradaily,
                relativeAmplitude: (most.mean - least.mean) / (most.mean + least.mean),
                leastActive: least.mean,
                leastActiveOnset: Double(least.start) / Double(binsAnHour),
                mostActive: most.mean, mostActiveOnset: Double(most.start) / Double(binsAnHour)),
            coverage: coverage.share, days: coverage.days)
    }

    /// `nil` if nothing varies.
    private static func stability(
        _ hours: [ActivitySeries.Hour]
    ) -> (interdaily: Double, intradaily: Double)? {
        let known = hours.compactMap(\.mean)
        guard !known.isEmpty else { return nil }
        let mean = known.reduce(0, +) / Double(known.count)
        let total = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        var sums = Array(repeating: (sum: 0.0, count: 0), count: 24)
        var (steps, pairs) = (0.0, 0)
        for (index, hour) in hours.enumerated() {
            guard let value = hour.mean else { continue }
            sums[hour.hourOfDay].sum += value
            sums[hour.hourOfDay].count += 1
            guard index > 0, let before = hours[index - 1].mean else { continue }
            steps += (value - before) * (value - before)
            pairs += 1
        }
        guard total > 0, pairs > 0 else { return nil }
        let between = sums.filter { $0.count > 0 }.reduce(0.0) { result, one in
            let difference = one.sum / Double(one.count) - mean
            return result + difference * difference
        }
        let n = Double(known.count)
        return (n * between / (24 * total), n * steps / (Double(pairs) * total))
    }

    /// The mean day; `nil` if some time of it was never known.
    private static func profile(of series: ActivitySeries) -> [Double]? {
        // A minute is the finest that means anything; coarser input keeps its own resolution.
        let seconds = series.epochSeconds < 60 ? 60 : series.epochSeconds
        var sums = Array(repeating: 0.0, count: 86_400 / seconds)
        var counts = Array(repeating: 0, count: sums.count)
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let bin = series.zone.secondsOfDay(at: series.time(of: index)) / seconds
            sums[bin] += value
            counts[bin] += 1
        }
        guard !counts.contains(0) else { return nil }
        return sums.indices.map { sums[$0] / Double(counts[$0]) }
    }

    /// The stretch of `length` bins, over midnight if need be, whose mean is extreme; the earliest
    /// of equals.
    private static func extreme(
        _ profile: [Double], _ length: Int, _ isBetter: (Double, Double) -> Bool
    ) -> (start: Int, mean: Double) {
        var best = (start: 0, mean: 0.0)
        for start in profile.indices {
            var sum = 0.0
            for offset in 0..<length { sum += profile[(start + offset) % profile.count] }
            let mean = sum / Double(length)
            if start == 0 || isBetter(mean, best.mean) { best = (start, mean) }
        }
        return best
    }
}

// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What right and wrong alarms are worth.
public struct NABProfile: Sendable, Hashable {
    public var name: String
    /// Worth of the earliest alarm in a window.
    public var found: Double
    /// Cost of a window without an alarm.
    public var missed: Double
    /// Cost of an alarm far from any window.
    public var falseAlarm: Double

    public init(name: String, found: Double, missed: Double, falseAlarm: Double) {
        self.name = name
        self.found = found
        self.missed = missed
        self.falseAlarm = falseAlarm
    }

    /// The three of the benchmark.
    public static let published = [
        NABProfile(name: "standard", found: 1, missed: 1, falseAlarm: 0.11),
        NABProfile(name: "reward_low_FP_rate", found: 1, missed: 1, falseAlarm: 0.22),
        NABProfile(name: "reward_low_FN_rate", found: 1, missed: 2, falseAlarm: 0.11),
    ]
}

/// A series with its labelled windows, as row numbers in ascending order.
public struct NABLabels: Sendable, Hashable {
    public var rows: Int
    public var windows: [ClosedRange<Int>]

    public init(rows: Int, windows: [ClosedRange<Int>]) {
        self.rows = rows
        self.windows = windows
    }

    /// The first row that counts: 15 % of the rows are given to learning, at most 750.
    var firstScored: Int { min(rows * 15 / 100, 750) }
}

/// What became of one series at one threshold.
public struct NABOutcome: Sendable, Hashable {
    /// In the units of the profile.
    public var score: Double
    public var windows: Int
    public var found: Int
    /// Rows at or above the threshold outside every window.
    public var falseAlarms: Int
}

/// The scoring rules of the Numenta Anomaly Benchmark, version 1.1.
///
/// A row at or above the threshold inside a window is worth more the earlier it is, and only the
/// best row of a window counts; outside, every row costs, less shortly after a window. The total is
/// laid between the score of a detector that never alarms (0) and of one that alarms at the start
/// of every window and nowhere else (100). One threshold serves all series: the best one.
/// - Source: `lavin2015`, and the published description of version 1.1.
public enum NABScorer {
    private static func sigmoid(_ position: Double) -> Double {
        position > 3 ? -1 : 2 / (1 + exp(5 * position)) - 1
    }

    /// The worth of an alarm at each row, before weights, and the window of each row.
    static func worths(_ labels: NABLabels) -> [(worth: Double, window: Int?)] {
        let greatest = sigmoid(-1)
        var rows: [(worth: Double, window: Int?)] = []
        rows.reserveCapacity(labels.rows)
        var next = 0
        var previous: ClosedRange<Int>?
        for row in 0..<labels.rows {
            if next < labels.windows.count, labels.windows[next].contains(row) {
                let window = labels.windows[next]
                let position = -Double(window.upperBound - row + 1) / Double(window.count)
                rows.append((sigmoid(position) / greatest, next))
                if row == window.upperBound {
                    previous = window
                    next += 1
                }
            } else if let previous, previous.count > 1 {
                let past = Double(row - previous.upperBound) / Double(previous.count - 1)
                rows.append((sigmoid(past), nil))
            } else {
                rows.append((-1, nil))
            }
        }
        return rows
    }

    /// The outcome of one series at a threshold.
    public static func outcome(
        _ labels: NABLabels, scores: [Double], threshold: Double, profile: NABProfile
    ) -> NABOutcome {
        var best: [Int: Double] = [:]
        var falseAlarms = 0
        var score = 0.0
        var scorable: Set<Int> = []
        for (row, place) in worths(labels).enumerated() where row >= labels.firstScored {
            if let window = place.window { scorable.insert(window) }
            guard row < scores.count, scores[row] >= threshold else { continue }
            if let window = place.window {
                best[window] = max(best[window] ?? -profile.missed, place.worth * profile.found)
            } else {
                falseAlarms += 1
                score += place.worth * profile.falseAlarm
            }
        }
        for window in scorable { score += best[window] ?? -profile.missed }
        return NABOutcome(
            score: score, windows: labels.windows.count, found: best.count,
            falseAlarms: falseAlarms)
    }

    /// The total between the null detector (0) and the perfect one (100).
    public static func normalised(
        _ total: Double, _ labels: [NABLabels], profile: NABProfile
    ) -> Double? {
        var null = 0.0
        var windows = 0
        for one in labels {
            windows += one.windows.count
            let scorable = one.windows.count { $0.upperBound >= one.firstScored }
            null -= Double(scorable) * profile.missed
        }
        let perfect = Double(windows) * profile.found
        return perfect > null ? 100 * (total - null) / (perfect - null) : nil
    }

    private struct Point {
        var score: Double
        var worth: Double
        var window: Int
    }

    /// The threshold with the greatest total over all series; `nil` where no alarm is better.
    public static func bestThreshold(
        _ labels: [NABLabels], scores: [[Double]], profile: NABProfile
    ) -> Double? {
        var points: [Point] = []
        var windows = 0
        for (one, values) in zip(labels, scores) {
            for (row, place) in worths(one).enumerated()
            where row >= one.firstScored && row < values.count && values[row] > 0 {
                let weight = place.window == nil ? profile.falseAlarm : profile.found
                points.append(
                    Point(
                        score: values[row], worth: place.worth * weight,
                        window: place.window.map { $0 + windows } ?? -1))
            }
            windows += one.windows.count
        }
        points.sort { $0.score > $1.score }
        return best(points, windows: windows, profile: profile)
    }

    private static func best(
        _ points: [Point], windows: Int, profile: NABProfile
    ) -> Double? {
        var held = Array(repeating: -profile.missed, count: windows)
        var total = 0.0
        var greatest = 0.0
        var threshold: Double?
        for (index, point) in points.enumerated() {
            if point.window < 0 {
                total += point.worth
            } else if point.worth > held[point.window] {
                total += point.worth - held[point.window]
                held[point.window] = point.worth
            }
            let isLast = index + 1 == points.count || points[index + 1].score != point.score
            if isLast, total > greatest {
                greatest = total
                threshold = point.score
            }
        }
        return threshold
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Sleep regularity index: how alike a person's state is at instants 24 hours apart.
///
/// `SRI = -100 + 200 / M x sum of [s(t) = s(t + 24 h)]` over the M pairs of epochs that are both
/// known: 100 if every day is like the next, 0 if chance decides, below 0 if days are opposed. Naps
/// count. The 24 hours are elapsed time: a changed clock or a journey shows, as in the body.
///
/// The series is cut into days of 24 hours from its start (noon is usual). A day counts if at least
/// 66 % of its pairs with the day after are known; five must count.
/// - Source: `phillips2017`; 66 % as GGIR and UK Biobank analyses ask of a day; five days are a
///   choice of this project.
public enum SleepRegularity {
    public static let model = "sleep-regularity/1"
    public static let fewestShare = 0.66
    public static let fewestDays = 5

    /// - Complexity: O(epochs).
    public static func index(_ series: SleepWakeSeries) -> Assessed<Double> {
        guard 86_400 % series.epochSeconds == 0 else {
            return Assessed(missing: "An epoch must be a whole part of a day.")
        }
        let day = 86_400 / series.epochSeconds
        let possible = max(0, series.epochs.count - day)
        var (known, pairs, same, days) = (0, 0, 0, 0)
        for start in stride(from: 0, to: possible, by: day) {
            let one = compare(series.epochs, from: start, to: min(start + day, possible), day)
            known += one.pairs
            guard Double(one.pairs) >= fewestShare * Double(day) else { continue }
            pairs += one.pairs
            same += one.same
            days += 1
        }
        let coverage = possible > 0 ? Double(known) / Double(possible) : 0
        guard days >= fewestDays else {
            return Assessed(
                missing: "Regularity needs \(fewestDays) days that are known, with the day after"
                    + " each, to at least 66 %; there are \(days).",
                coverage: coverage, days: days)
        }
        return Assessed(
            -100 + 200 * Double(same) / Double(pairs), coverage: coverage, days: days)
    }

    private static func compare(
        _ epochs: [SleepWake], from: Int, to: Int, _ day: Int
    ) -> (pairs: Int, same: Int) {
        var (pairs, same) = (0, 0)
        for index in from..<to {
            let (now, later) = (epochs[index], epochs[index + day])
            guard now != .unknown, later != .unknown else { continue }
            pairs += 1
            if now == later { same += 1 }
        }
        return (pairs, same)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// How much the nightly RMSSD goes up and down over a week: 100 x standard deviation / mean.
///
/// - Source: the coefficient of variation over seven days of `plews2012`, there of lnRMSSD.
enum HRVVariation {
    static let windowDays = 7
    /// With fewer nights a spread says nothing.
    static let fewestDays = 5

    /// One value a day from days without holes, ascending; `nil` where too few nights are known.
    static func values(_ days: [DayValue]) -> [DayValue] {
        days.indices.map { index in
            var moments = RunningMoments()
            for one in days[max(0, index - windowDays + 1)...index] {
                if let value = one.value { moments.add(value) }
            }
            var value: Double?
            if moments.count >= fewestDays, moments.mean > 0 {
                value = moments.standardDeviation.map { 100 * $0 / moments.mean }
            }
            return DayValue(day: days[index].day, value: value)
        }
    }

    /// Nights with a value among the last seven days.
    static func nights(_ days: [DayValue]) -> Int {
        days.suffix(windowDays).count { $0.value != nil }
    }
}

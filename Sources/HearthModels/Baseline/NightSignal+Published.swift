// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

extension NightSignal {
    /// The states of the program as it was published, for nights that are all known.
    ///
    /// Rules: a night's mean is cut to whole beats; a single missing night between recorded ones is
    /// the mean of its two neighbours, if one more recorded night stands next to either of them;
    /// the median is over this night and all before, cut to whole beats, with no least number; a
    /// night at or above the median + 3 is high, + 4 very high. Red: this night and the one before
    /// are very high; yellow: both are at least high and it is not red. It looks one night ahead
    /// where it fills in, so it serves comparison, not alarms.
    ///
    /// - Parameter nights: ascending, at most one a day.
    /// - Returns: one a night that has a value or was filled in, ascending.
    /// - Source: `alavi2022`, the rules of its published program.
    public static func published(_ nights: [DayValue]) -> [NightSignalReading] {
        let means = filled(nights)
        var sorted: [Double] = []
        var readings: [NightSignalReading] = []
        var previous: (day: LocalDate, isHigh: Bool, isVeryHigh: Bool)?
        for night in means {
            let place = sorted.firstIndex { $0 > night.mean } ?? sorted.count
            sorted.insert(night.mean, at: place)
            let median = (RobustStatistics.median(sorted) ?? night.mean).rounded(.towardZero)
            let isHigh = night.mean >= median + yellowRise
            let isVeryHigh = night.mean >= median + redRise
            let before = previous.flatMap { $0.day == night.day.advanced(by: -1) ? $0 : nil }
            let isRed = isVeryHigh && before?.isVeryHigh == true
            let isYellow = isHigh && before?.isHigh == true
            let run = before.map { $0.isHigh } == true ? (readings.last?.nights ?? 0) : 0
            readings.append(
                NightSignalReading(
                    day: night.day, state: isRed ? .red : (isYellow ? .yellow : .green),
                    median: median, nights: isHigh ? run + 1 : 0))
            previous = (night.day, isHigh, isVeryHigh)
        }
        return readings
    }

    private static func filled(_ nights: [DayValue]) -> [(day: LocalDate, mean: Double)] {
        let known = nights.compactMap { night in
            night.value.flatMap { $0.isFinite ? (night.day, $0.rounded(.towardZero)) : nil }
        }
        var means = known
        guard known.count > 2 else { return means.map { (day: $0.0, mean: $0.1) } }
        for index in 1..<known.count - 1 {
            let (before, now, after) = (known[index - 1], known[index], known[index + 1])
            let back = before.0 == now.0.advanced(by: -2) && after.0 == now.0.advanced(by: 1)
            let forth = before.0 == now.0.advanced(by: -1) && after.0 == now.0.advanced(by: 2)
            guard back || forth else { continue }
            let other = back ? before : after
            let day = now.0.advanced(by: back ? -1 : 1)
            if means.contains(where: { $0.0 == day }) { continue }
            means.append((day, ((now.1 + other.1) / 2).rounded(.towardZero)))
        }
        return means.sorted { $0.0 < $1.0 }.map { (day: $0.0, mean: $0.1) }
    }
}

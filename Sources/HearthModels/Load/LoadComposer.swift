// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The training load of a day and of the weeks before it, from the cached features of its days.
enum LoadComposer {
    /// A day with a heart rate in less of its minutes has no load: an exercise may be missing.
    static let fewestKnown = 0.5
    /// Nights with a resting heart rate that the reserve needs.
    static let fewestNights = 3
    /// Days that must be known before their highest minute stands for the maximal heart rate.
    static let fewestDays = 14

    /// Empty if no day has heart rate: then there is nothing to say about load.
    ///
    /// - Parameter features: one a day, ascending, none after `day`.
    static func metrics(
        of day: LocalDate, features: [DayFeatures], settings: PersonSettings
    ) -> [Metric] {
        guard features.contains(where: { $0.heartRateMinutes != nil }) else { return [] }
        let scale = scale(features, settings)
        guard case .known(let rest, let maximum, let trust) = scale else {
            if case .missing(let reason) = scale { return all(missing: reason) }
            return []
        }
        let weighting = settings.loadWeighting
        let loads = Dictionary(
            features.compactMap { one -> (LocalDate, Double)? in
                guard let minutes = one.heartRateMinutes, minutes.share >= fewestKnown else {
                    return nil
                }
                return minutes.trainingImpulse(rest: rest, maximum: maximum, weighting: weighting)
                    .map { (one.day, $0) }
            }, uniquingKeysWith: { _, later in later })
        let first = features.first?.day ?? day
        var load = TrainingLoad()
        let reading = load.batch(
            (0...max(0, day.dayNumber - first.dayNumber)).map {
                let date = first.advanced(by: $0)
                return DayValue(day: date, value: loads[date])
            }
        ).last
        let today = features.last.flatMap { $0.day == day ? $0 : nil }
        return metrics(reading, loads[day], today, trust)
    }

    private static func metrics(
        _ reading: LoadReading?, _ impulse: Double?, _ today: DayFeatures?, _ trust: Confidence
    ) -> [Metric] {
        let sources = Set(
            (today?.dataQuality.sources ?? [])
                .filter { $0.used && $0.quantity == Quantity.heartRate.name }.map(\.device)
        ).sorted()
        let known = "a heart rate in less than \(Int(fewestKnown * 100)) % of the minutes"
        let week = reading?.knownOf7 ?? 0
        let month = reading?.knownOf28 ?? 0
        // One sentence, so that it is said once where all three are missing.
        let few =
            "\(week) of the last 7 and \(month) of the last 28 days have a load; acute takes"
            + " \(TrainingLoad.fewestAcute) of 7, monotony all 7 (and days that differ), chronic"
            + " \(TrainingLoad.fewestChronic) of 28."
        return [
            LoadMetric.impulse.metric(
                impulse, coverage: today?.heartRateMinutes?.share, confidence: trust,
                sources: sources, missing: "This day has \(known)."),
            LoadMetric.acute.metric(
                reading?.acute, coverage: Double(week) / Double(TrainingLoad.acuteDays),
                confidence: trust, sources: sources, missing: few),
            LoadMetric.chronic.metric(
                reading?.chronic, coverage: Double(month) / Double(TrainingLoad.chronicDays),
                confidence: trust, sources: sources, missing: few),
            LoadMetric.monotony.metric(
                reading?.monotony, coverage: 1, confidence: trust, sources: sources, missing: few),
        ]
    }

    private static func all(missing: String) -> [Metric] {
        LoadMetric.allCases.map { $0.metric(nil, missing: missing) }
    }

    // MARK: The heart-rate reserve

    private enum Scale {
        case known(rest: Double, maximum: Double, trust: Confidence)
        case missing(String)
    }

    private static func scale(_ features: [DayFeatures], _ settings: PersonSettings) -> Scale {
        let nights = [MetricID.restingLowest, .restingNightMean, .restingVendor]
            .map { id in features.compactMap { $0.value(of: id.rawValue) } }
            .first { $0.count >= fewestNights }
        guard let nights, let rest = RobustStatistics.median(nights) else {
            return .missing(
                "A training load needs the resting heart rate of at least \(fewestNights) nights.")
        }
        if let stated = settings[.maximumHeartRate] {
            return .known(
                rest: rest, maximum: Double(stated),
                trust: Confidence(.medium, reason: "With the maximal heart rate you set."))
        }
        let highest = features.compactMap { $0.heartRateMinutes?.highest }
        guard highest.count >= fewestDays, let maximum = highest.max() else {
            return .missing(
                "Your maximal heart rate is not known: set it (hearth settings set"
                    + " maximum-heart-rate), or record \(fewestDays) days.")
        }
        return .known(
            rest: rest, maximum: Double(maximum),
            trust: Confidence(
                .low,
                reason: "Your maximal heart rate was not set; the highest minute of the last"
                    + " \(SummaryComposer.historyDays) days stands for it."))
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// Sets a day's features against the person's own past: bands, histories and the verdict.
public enum SummaryComposer {
    /// Days before the wanted one whose features matter; older ones are left out.
    public static let historyDays = 75
    /// Days of history shown with each metric.
    static let shownDays: Int64 = 60

    /// The daily summary of `day` from the cached features of the days up to it.
    ///
    /// Features of later days and of days more than ``historyDays`` before are ignored, so the
    /// answer does not depend on how much was handed in.
    public static func summary(
        of day: LocalDate, person: String, features: [DayFeatures], changes: [ResultChange] = [],
        settings: PersonSettings = PersonSettings()
    ) -> DailySummary {
        let oldest = day.advanced(by: -Int64(historyDays))
        var past: [DayFeatures] = []
        for one in features.sorted(by: { $0.day < $1.day }) {
            guard one.day >= oldest, one.day <= day, past.last?.day != one.day else { continue }
            past.append(one)
        }
        let history = MetricHistory(day: day, features: past)
        let rhythm = RhythmComposer.summary(of: day, features: past)
        guard let today = past.last, today.day == day else {
            return empty(day, person, history, changes, rhythm)
        }
        let load = LoadComposer.metrics(of: day, features: past, settings: settings)
        var night = today.night
        if let metrics = night?.metrics { night?.metrics = metrics.map(history.enrich) }
        return DailySummary(
            day: day, person: person, verdict: VerdictRule.verdict(today, history), night: night,
            nightMissing: today.nightMissing,
            vitals: history.withVariation(today.vitals.map(history.enrich))
                + SignalSum.metrics(history, settings),
            activity: today.activity.map(history.enrich), dataQuality: today.dataQuality,
            changes: changes, corrections: today.corrections ?? DayCorrections(),
            rhythm: rhythm, load: load, readiness: ReadinessRule.score(history, settings),
            heartRhythm: today.heartRhythm)
    }

    private static func empty(
        _ day: LocalDate, _ person: String, _ history: MetricHistory, _ changes: [ResultChange],
        _ rhythm: RhythmSummary?
    ) -> DailySummary {
        let reason = "There is no input for this day."
        return DailySummary(
            day: day, person: person, verdict: VerdictRule.noData(history), night: nil,
            nightMissing: reason, vitals: [], activity: [],
            dataQuality: DataQuality(
                wearCoverage: nil, sources: [], hints: [reason], zoneOrigin: .unknown),
            changes: changes, rhythm: rhythm)
    }
}

/// The past of every metric up to a day.
struct MetricHistory {
    let day: LocalDate
    private let firstDay: LocalDate?
    private let known: [String: [LocalDate: Double]]

    init(day: LocalDate, features: [DayFeatures]) {
        self.day = day
        firstDay = features.first?.day
        let today = features.last.flatMap { $0.day == day ? $0 : nil }
        var known: [String: [LocalDate: Double]] = [:]
        for one in features {
            for metric in one.metrics where Self.isComparable(metric, with: today) {
                if let value = metric.value { known[metric.id, default: [:]][one.day] = value }
            }
        }
        self.known = known
    }

    /// A vital sign is compared with days of the same source only: two devices differ by more than
    /// a person does. Days of another source count as days without a value.
    private static func isComparable(_ metric: Metric, with today: DayFeatures?) -> Bool {
        guard let vital = today?.vitals.first(where: { $0.id == metric.id }), vital.value != nil
        else { return true }
        return metric.sources == vital.sources
    }

    /// The metric's values, one a calendar day from the first day known to this one.
    func values(of id: String) -> [DayValue] {
        guard let first = firstDay, first <= day else { return [] }
        let byDay = known[id] ?? [:]
        return (0...(day.dayNumber - first.dayNumber)).map { offset in
            let date = first.advanced(by: offset)
            return DayValue(day: date, value: byDay[date])
        }
    }

    /// The metric against its band, one element a day, ending with this day.
    func banded(_ id: MetricID) -> [BandedValue] {
        var band = PersonalBand(floor: id.facts.floor)
        let all =
            id == .hrvVariation
            ? HRVVariation.values(values(of: MetricID.rmssd.rawValue)) : values(of: id.rawValue)
        return band.batch(all)
    }

    /// The vital signs with HRV-CV after lnRMSSD, where the night has an RMSSD.
    func withVariation(_ vitals: [Metric]) -> [Metric] {
        guard let place = vitals.firstIndex(where: { $0.id == MetricID.logRMSSD.rawValue }),
            let rmssd = vitals.first(where: { $0.id == MetricID.rmssd.rawValue }),
            rmssd.value != nil
        else { return vitals }
        let past = values(of: MetricID.rmssd.rawValue)
        let nights = HRVVariation.nights(past)
        let metric = MetricID.hrvVariation.metric(
            HRVVariation.values(past).last?.value,
            coverage: Double(nights) / Double(HRVVariation.windowDays),
            confidence: Confidence(
                nights == HRVVariation.windowDays ? .high : .medium, reason: "\(nights) nights."),
            sources: rmssd.sources,
            missing: "Fewer than \(HRVVariation.fewestDays) of the last"
                + " \(HRVVariation.windowDays) nights have an RMSSD of this source.")
        var result = vitals
        result.insert(enrich(metric), at: place + 1)
        return result
    }

    /// The band as shown: no negative minutes, beats or steps. The z score is of the band itself.
    private func shown(_ baseline: Baseline, _ id: MetricID) -> Baseline {
        var shown = baseline
        if id != .skinTemperatureDeviation { shown.lower = max(0, shown.lower) }
        return shown
    }

    /// The metric with baseline, z score and history.
    func enrich(_ metric: Metric) -> Metric {
        guard let id = MetricID(rawValue: metric.id) else { return metric }
        var result = metric
        let all = banded(id)
        result.baseline = all.last?.baseline.map { shown($0, id) }
        result.zScore = all.last?.zScore
        let oldest = day.advanced(by: 1 - SummaryComposer.shownDays)
        result.history = all.filter { $0.day >= oldest }
            .map { HistoryPoint(day: $0.day, value: $0.value) }
        return result
    }
}

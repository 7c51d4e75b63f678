// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of activity, from the hours that the days kept.
extension RhythmComposer {
    /// Dates looked at, the wanted one included: twice the seven that a rhythm needs.
    static let activityDates: Int64 = 14
    /// An hour counts if this many of its minutes are known: two thirds, as in ``ActivitySeries``.
    static let fewestHourMinutes: UInt8 = 40

    static let noActivity =
        "No raw acceleration, activity counts or steps by the hour were recorded on these days."

    /// One measure of one device over the dates.
    struct ActivityRecord {
        var measure: ActivityMeasure
        var label: String
        var series: ActivitySeries

        fileprivate var knownHours: Int { series.values.count { $0 != nil } }
    }

    /// - Parameter features: one a day, ascending, none after `day`.
    static func activity(of day: LocalDate, features: [DayFeatures]) -> [Metric] {
        let all = records(of: day, features)
        // The first measure that is enough; without one, what the first lacks.
        let rhythms = all.map { RestActivityRhythm.assess($0.series) }
        guard let index = rhythms.firstIndex(where: { $0.value != nil }) ?? all.indices.first else {
            return activityMetrics.map { $0.metric(Assessed(missing: noActivity)) }
        }
        return metrics(
            all[index], rhythms[index],
            Cosinor.assess(all[index].series, transform: .logarithm))
    }

    /// The series of each measure and device with any hour, best first: by the order of
    /// ``ActivityMeasure``, then by the hours known.
    static func records(of day: LocalDate, _ features: [DayFeatures]) -> [ActivityRecord] {
        let first = day.advanced(by: 1 - activityDates)
        let days = features.filter { $0.day >= first && $0.day <= day }
        let zone = ZoneTimeline(days.flatMap { $0.hours?.clock.spans ?? [] })
        struct Key: Hashable {
            var measure: ActivityMeasure
            var device: Int
        }
        var records: [Key: ActivityRecord] = [:]
        let empty = series(of: day, zone)
        for one in days {
            guard let hours = one.hours else { continue }
            let span = TimeSpan(
                start: zone.instant(of: one.day), end: zone.instant(of: one.day.advanced(by: 1)))
            let cells = DayHours.spans(of: span, clock: hours.clock)
            for activity in hours.activity {
                let key = Key(measure: activity.measure, device: activity.device)
                var record =
                    records[key]
                    ?? ActivityRecord(
                        measure: activity.measure, label: activity.deviceLabel, series: empty)
                record.label = activity.deviceLabel
                fill(&record.series, activity, cells)
                records[key] = record
            }
        }
        let order = ActivityMeasure.allCases
        func rank(_ key: Key) -> Int { order.firstIndex(of: key.measure) ?? order.count }
        return records.filter { $0.value.knownHours > 0 }.sorted { a, b in
            (rank(a.key), b.value.knownHours, a.key.device)
                < (rank(b.key), a.value.knownHours, b.key.device)
        }.map(\.value)
    }

    /// Hours without a value, whole ones back from the midnight that ends the day.
    private static func series(of day: LocalDate, _ zone: ZoneTimeline) -> ActivitySeries {
        let end = zone.instant(of: day.advanced(by: 1))
        let start = zone.instant(of: day.advanced(by: 1 - activityDates))
        let seconds = max(0, end.seconds - start.seconds)
        let count = (seconds + DayHours.hourSeconds - 1) / DayHours.hourSeconds
        return ActivitySeries(
            start: end.advanced(bySeconds: -count * DayHours.hourSeconds),
            values: Array(repeating: nil, count: Int(count)), zone: zone)
    }

    /// Puts each hour at the first place that starts within it. That is its own start unless the
    /// clock moved by a part of an hour since; its hour of the wall clock is the same either way.
    private static func fill(
        _ series: inout ActivitySeries, _ activity: HourlyActivity, _ cells: [TimeSpan]
    ) {
        for (index, cell) in cells.enumerated() {
            guard index < activity.values.count, index < activity.knownMinutes.count,
                activity.knownMinutes[index] >= fewestHourMinutes
            else { continue }
            let seconds = cell.start.seconds - series.start.seconds
            let place = -Calendrical.floorDivide(-seconds, DayHours.hourSeconds)
            guard place >= 0, place < Int64(series.values.count) else { continue }
            series.values[Int(place)] = activity.values[index]
        }
    }

    private static let activityMetrics: [RhythmMetric] = [
        .interdailyStability, .intradailyVariability, .relativeAmplitude, .leastActive,
        .leastActiveOnset, .mostActive, .mostActiveOnset, .mesor, .amplitude, .acrophase,
        .determination,
    ]

    private static func metrics(
        _ record: ActivityRecord, _ rhythm: Assessed<RestActivityRhythm>,
        _ cosine: Assessed<Cosinor>
    ) -> [Metric] {
        let confidence = confidence(record, rhythm.days)
        let unit = record.measure.unit
        func row(
            _ metric: RhythmMetric, _ value: Assessed<Double>, unit: String? = nil
        ) -> Metric {
            metric.metric(value, unit: unit, confidence: confidence, sources: [record.label])
        }
        return [
            row(.interdailyStability, rhythm.map(\.interdailyStability)),
            row(.intradailyVariability, rhythm.map(\.intradailyVariability)),
            row(.relativeAmplitude, rhythm.map(\.relativeAmplitude)),
            row(.leastActive, rhythm.map(\.leastActive), unit: unit),
            row(.leastActiveOnset, rhythm.map(\.leastActiveOnset)),
            row(.mostActive, rhythm.map(\.mostActive), unit: unit),
            row(.mostActiveOnset, rhythm.map(\.mostActiveOnset)),
            row(.mesor, cosine.map(\.mesor)),
            row(.amplitude, cosine.map(\.amplitude)),
            row(.acrophase, cosine.map(\.acrophase)),
            row(.determination, cosine.map { $0.determination * 100 }),
        ]
    }

    /// Days as everywhere; steps see no movement but walking.
    private static func confidence(_ record: ActivityRecord, _ days: Int) -> Confidence {
        var confidence = confidence(days, of: activityDates, "days")
        confidence.reason += "; hourly means of \(record.measure.label)"
        guard record.measure == .steps else { return confidence }
        return Confidence(
            min(.medium, confidence.level),
            reason: confidence.reason + ", which tell walking and no other movement")
    }
}

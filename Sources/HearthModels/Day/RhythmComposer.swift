// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of the weeks up to a day, from the cached features of its days.
///
/// Regularity, timing and the raster look at the same ``dates``; chronotype and social jetlag look at
/// ``chronotypeDates``, because free days are few.
enum RhythmComposer {
    /// Fourteen days and the one after each: the dates the raster draws.
    static let dates = SleepRaster.days + 1
    /// Four weeks, so that work and free days of an ordinary week are in it several times.
    static let chronotypeDates: Int64 = 28
    /// Where the stretches of wear were not kept, a day worn this share of it counts as worn: less
    /// than five hours are wrong at most. A choice of this project.
    static let fullWear = 0.8

    /// `nil` if neither a night of the dates nor a rhythm of activity is known.
    ///
    /// - Parameter features: one a day, ascending, none after `day`.
    static func summary(of day: LocalDate, features: [DayFeatures]) -> RhythmSummary? {
        let recent = features.filter { $0.day > day.advanced(by: -dates) }
        let month = features.filter { $0.day > day.advanced(by: -chronotypeDates) }
        let activity = activity(of: day, features: features)
        guard
            recent.contains(where: { sleep(of: $0) != nil })
                || activity.contains(where: { $0.value != nil })
        else { return nil }
        let zone = zone(of: features)
        let series = states(features, day, zone)
        let raster = SleepRaster(series, zone: zone, through: day.advanced(by: -1))
        return RhythmSummary(
            metrics: [regularity(series, recent)] + timing(recent, zone)
                + chronotype(month, zone) + activity,
            raster: RasterPlot(raster))
    }

    // MARK: What the features tell

    /// From falling asleep to the last waking of the night, scored or stated with stages.
    private static func sleep(of features: DayFeatures) -> DatedSleep? {
        guard let night = features.night,
            let statistics = SleepStatistics(night.hypnogram, inBed: nil)
        else { return nil }
        return DatedSleep(date: features.day, span: statistics.period)
    }

    /// The wall clock as the nights tell it: exact from lying down to getting up. A change by day
    /// counts from the next night on.
    static func zone(of features: [DayFeatures]) -> ZoneTimeline {
        var spans: [ZoneSpan] = []
        for night in features.compactMap(\.night) {
            guard let clock = night.clock, !clock.spans.isEmpty else {
                spans.append(
                    ZoneSpan(
                        start: night.start, offsetSeconds: night.offsetSeconds,
                        origin: night.offsetOrigin))
                continue
            }
            var first = clock.span(at: night.start)
            first.start = night.start
            spans.append(first)
            spans += clock.spans.filter { night.start < $0.start && $0.start < night.end }
        }
        return ZoneTimeline(spans)
    }

    /// Asleep, awake and unknown from noon to noon of each date.
    ///
    /// A stretch from noon to noon whose night is not known is unknown but for the naps in it:
    /// nobody can tell how much of its wear was sleep.
    static func states(
        _ features: [DayFeatures], _ day: LocalDate, _ zone: ZoneTimeline
    ) -> SleepWakeSeries {
        let first = day.advanced(by: -dates)
        var byDay: [LocalDate: DayFeatures] = [:]
        // The first noon to noon begins on the date before the dates.
        let known = features.filter { $0.day >= first }
        for one in known { byDay[one.day] = one }
        func noon(_ date: LocalDate) -> Timestamp {
            zone.instant(of: date, secondsOfDay: DayScorer.noonSeconds)
        }
        var worn: [TimeSpan] = []
        for one in known where one.day > first && sleep(of: one) != nil {
            let midnight = zone.instant(of: one.day)
            let before = TimeSpan(start: noon(one.day.advanced(by: -1)), end: midnight)
            let after = TimeSpan(start: midnight, end: noon(one.day))
            worn += wear(byDay[one.day.advanced(by: -1)], in: before) + wear(one, in: after)
        }
        let naps = known.flatMap { $0.record?.naps ?? [] }
        return SleepWakeSeries(
            span: TimeSpan(start: noon(day.advanced(by: -dates)), end: noon(day)),
            hypnograms: naps + known.compactMap { $0.night?.hypnogram }, worn: worn)
    }

    /// Where the device was worn in a stretch of a day.
    private static func wear(_ features: DayFeatures?, in span: TimeSpan) -> [TimeSpan] {
        guard let features else { return [] }
        if let record = features.record {
            return record.worn.map { $0.intersection(span) }.filter { !$0.isEmpty }
        }
        // A nap at an unknown time must not count as awake.
        guard (features.dataQuality.wearCoverage ?? 0) >= fullWear,
            (features.value(of: MetricID.napTime.rawValue) ?? 0) == 0
        else { return [] }
        return [span]
    }

    // MARK: Numbers

    private static func regularity(
        _ series: SleepWakeSeries, _ features: [DayFeatures]
    ) -> Metric {
        let index = SleepRegularity.index(series)
        var confidence = confidence(index.days, of: SleepRaster.days, "days")
        if features.contains(where: { $0.record == nil }) {
            let reason =
                "\(confidence.reason); on days worn at least \(Int(fullWear * 100)) % of the time,"
                + " time without the device counts as awake."
            confidence = Confidence(min(.medium, confidence.level), reason: reason)
        }
        return RhythmMetric.regularity.metric(
            index, confidence: confidence, sources: sources(features))
    }

    private static func timing(_ features: [DayFeatures], _ zone: ZoneTimeline) -> [Metric] {
        let timing = SleepTiming.assess(features.compactMap(sleep), zone: zone)
        let confidence = confidence(timing.days, of: dates, "nights")
        let sources = sources(features)
        return [
            RhythmMetric.midpoint.metric(
                timing.map(\.midpoint), confidence: confidence, sources: sources),
            RhythmMetric.midpointDeviation.metric(
                timing.map { $0.midpointDeviation * 60 }, confidence: confidence,
                sources: sources),
        ]
    }

    private static func chronotype(_ features: [DayFeatures], _ zone: ZoneTimeline) -> [Metric] {
        let tags = kinds(features)
        let sleeps = features.compactMap(sleep)
        let type =
            tags.isEmpty
            ? Assessed<Chronotype>(missing: untagged)
            : Chronotype.assess(sleeps, zone: zone, days: WorkDays(tags: tags))
        let confidence = confidence(type.days, of: chronotypeDates, "nights before a tagged day")
        let sources = sources(features)
        return [
            RhythmMetric.midSleepCorrected.metric(
                type.map(\.midSleepCorrected), confidence: confidence, sources: sources),
            RhythmMetric.socialJetlag.metric(
                type.map(\.socialJetlag), confidence: confidence, sources: sources),
        ]
    }

    static let untagged =
        "Nothing says which days are work and which are free; tag them \(DayTag.workDay) or"
        + " \(DayTag.freeDay)."

    /// What the person said of the dates; of two words for one date the later counts.
    private static func kinds(_ features: [DayFeatures]) -> [LocalDate: DayKind] {
        var kinds: [LocalDate: DayKind] = [:]
        for one in features {
            let tags = (one.corrections?.tags ?? []).sorted { ($0.made, $0.id) < ($1.made, $1.id) }
            for tag in tags {
                switch tag.label {
                case DayTag.workDay: kinds[one.day] = .work
                case DayTag.freeDay: kinds[one.day] = .free
                default: break
                }
            }
        }
        return kinds
    }

    static func confidence(
        _ days: Int, of wanted: Int64, _ what: String
    ) -> Confidence {
        let share = Double(days) / Double(wanted)
        // Four fifths and one half: choices of this project.
        let level: Confidence.Level = share >= 0.8 ? .high : (share >= 0.5 ? .medium : .low)
        return Confidence(level, reason: "\(days) of \(wanted) \(what)")
    }

    /// The devices the nights came from, each once.
    private static func sources(_ features: [DayFeatures]) -> [String] {
        Set(features.flatMap { $0.night?.metrics ?? [] }.flatMap(\.sources)).sorted()
    }
}

extension RasterPlot {
    /// The days of a raster of sleep and wake.
    init(_ raster: SleepRaster) {
        let days = raster.rows.map(\.day) + raster.rows.suffix(1).map(\.next)
        self.init(
            first: raster.rows.first?.date ?? LocalDate(dayNumber: 0),
            days: days.map { day in
                day.map { state in
                    switch state {
                    case .asleep: .asleep
                    case .wake: .awake
                    case .unknown: .unknown
                    }
                }
            })
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// Scores one local day from its samples alone.
///
/// Pure: the same samples inside the window give the same features, whatever the order or cut of
/// the series and whatever lies outside. A night belongs to the date on which it ends.
public enum DayScorer {
    /// Name and version of the scoring and of the stager it uses; part of the key of cached results.
    public static func model(_ stager: SleepModel?) -> String {
        stager.map { "day/5+sleep-stager/\($0.version)" } ?? "day/5"
    }

    /// Quantities the scoring looks at; others need not be read.
    public static let quantities: Set<Quantity> = [
        .heartRate, .rrInterval, .hrvRMSSD, .hrvSDNN, .restingHeartRate, .steps, .distance,
        .activeEnergy, .intensity, .workout, .activityCount, .sleepStage, .oxygenSaturation,
        .respiratoryRate, .skinTemperature, .skinTemperatureDeviation,
    ]

    static let noonSeconds = 12 * 3600
    static let mostHints = 5

    /// From local noon of the day before to the local midnight that ends the day.
    public static func window(
        of day: LocalDate, zone: ZoneTimeline
    ) -> (from: Timestamp, to: Timestamp) {
        let from = zone.instant(of: day.advanced(by: -1), secondsOfDay: noonSeconds)
        return (from, max(from, zone.instant(of: day.advanced(by: 1))))
    }

    /// Everything the samples of one day say.
    public static func features(_ input: DayInput) -> DayFeatures {
        var wanted = input
        wanted.series.removeAll { !quantities.contains($0.stream.quantity) }
        var context = DayContext(wanted)
        let outcome = NightScorer.score(&context)
        let missing = outcome.missing ?? "No sleep was found."
        let vitals = NightVitals(sleep: outcome.sleep, sleepMissing: missing).score(&context)
        let activity = DayActivity.score(&context, sleep: outcome.sleep)
        let day = context.dayTime
        let heart = context.preferred(.heartRate, in: day).flatMap {
            HeartRateMinutes($0.instants(in: day), in: day)
        }
        let heartRhythm = DayHeartRhythm.score(&context, sleep: outcome.sleep)
        let hours = DayHours(&context)
        let worn = DayWear.spans(&context)
        let quality = dataQuality(context, outcome, vitals + activity, worn)
        return DayFeatures(
            day: input.day, model: model(input.stager), night: outcome.night,
            nightMissing: outcome.night == nil ? missing : nil, ownWindow: outcome.ownWindow,
            vitals: vitals, activity: activity, dataQuality: quality,
            corrections: said(input, outcome),
            record: DayRecord(worn: worn ?? [], naps: outcome.naps), hours: hours,
            heartRateMinutes: heart, heartRhythm: heartRhythm)
    }

    private static func said(
        _ input: DayInput, _ outcome: NightScorer.Outcome
    ) -> DayCorrections? {
        let tags = input.tags.filter { $0.day(in: input.zone) == input.day }
            .sorted { $0.id < $1.id }
        let window = window(of: input.day, zone: input.zone)
        let clock =
            [input.zone.span(at: window.from)]
            + input.zone.spans.filter { window.from < $0.start && $0.start < window.to }
        let all = DayCorrections(
            sleep: outcome.applied, tags: tags, amended: input.amended, clock: ZoneTimeline(clock))
        return all.isEmpty ? nil : all
    }

    private static func dataQuality(
        _ context: DayContext, _ outcome: NightScorer.Outcome, _ metrics: [Metric],
        _ worn: [TimeSpan]?
    ) -> DataQuality {
        let origin = context.zone.span(at: context.noon).origin
        var hints: [String] = []
        func add(_ hint: String?) {
            if let hint, !hints.contains(hint), hints.count < mostHints { hints.append(hint) }
        }
        if origin == .unknown {
            add("The time zone of this day is not known; UTC is used. State your zone once.")
        }
        add(outcome.night == nil ? outcome.missing : nil)
        for metric in metrics { add(metric.missing) }
        let used = context.used
        var sources = context.series.map {
            DataQuality.Source(
                device: $0.label, quantity: $0.id.quantity.name, samples: $0.samples.count,
                used: used.contains($0.id))
        }
        if let motion = context.motion {
            sources.append(
                DataQuality.Source(
                    device: motion.deviceLabel, quantity: Quantity.acceleration.name,
                    samples: motion.samples, used: true))
            add(motion.uncalibrated)
        }
        for one in context.beats {
            sources.append(
                DataQuality.Source(
                    device: one.deviceLabel, quantity: one.stream.quantity.name,
                    samples: one.samples, used: used.contains(one.stream)))
            add(one.refusal)
        }
        return DataQuality(
            wearCoverage: wearCoverage(worn, context.dayTime), sources: sources,
            hints: hints, zoneOrigin: origin)
    }

    /// Share of the day with a heart-rate sample within five minutes; without heart rate, with raw
    /// acceleration of a device that was worn, else with activity counts; `nil` without any.
    private static func wearCoverage(_ worn: [TimeSpan]?, _ day: TimeSpan) -> Double? {
        guard let worn, !day.isEmpty else { return nil }
        return min(1, DayWear.minutes(worn) / day.minutes)
    }
}

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
        stager.map { "day/4+sleep-stager/\($0.version)" } ?? "day/4"
    }

    /// Quantities the scoring looks at; others need not be read.
    public static let quantities: Set<Quantity> = [
        .heartRate, .rrInterval, .hrvRMSSD, .hrvSDNN, .restingHeartRate, .steps, .distance,
        .activeEnergy, .intensity, .workout, .activityCount, .sleepStage, .oxygenSaturation,
        .respiratoryRate, .skinTemperature, .skinTemperatureDeviation,
    ]

    static let noonSeconds = 12 * 3600
    /// A heart-rate sample stands for wear this long on either side.
    static let wearReachNanoseconds: Int64 = 300 * 1_000_000_000
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
        let quality = dataQuality(&context, outcome, vitals + activity)
        return DayFeatures(
            day: input.day, model: model(input.stager), night: outcome.night,
            nightMissing: outcome.night == nil ? missing : nil, ownWindow: outcome.ownWindow,
            vitals: vitals, activity: activity, dataQuality: quality,
            corrections: said(input, outcome))
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
            sleep: outcome.applied, tags: tags, clock: ZoneTimeline(clock))
        return all.isEmpty ? nil : all
    }

    private static func dataQuality(
        _ context: inout DayContext, _ outcome: NightScorer.Outcome, _ metrics: [Metric]
    ) -> DataQuality {
        let wear = wearCoverage(&context)
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
        return DataQuality(
            wearCoverage: wear, sources: sources,
            hints: hints, zoneOrigin: origin)
    }

    /// Share of the day with a heart-rate sample within five minutes; without heart rate, with raw
    /// acceleration of a device that was worn; `nil` without either.
    private static func wearCoverage(_ context: inout DayContext) -> Double? {
        let day = context.dayTime
        guard !day.isEmpty else { return nil }
        guard let series = context.preferred(.heartRate, in: day) else {
            return context.motion?.wornShare(of: day)
        }
        var worn: Int64 = 0
        var counted = day.start
        for sample in series.overlapping(day) {
            let time = Timestamp(nanoseconds: sample.time)
            let reach = TimeSpan(
                start: max(counted, time.advanced(byNanoseconds: -wearReachNanoseconds)),
                end: min(day.end, time.advanced(byNanoseconds: wearReachNanoseconds)))
            worn += reach.end.nanoseconds(since: reach.start)
            counted = max(counted, reach.end)
        }
        return Double(worn) / Double(day.end.nanoseconds(since: day.start))
    }
}

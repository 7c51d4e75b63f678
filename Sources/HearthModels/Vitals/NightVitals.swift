// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// Overnight heart, breathing, blood and temperature of one day.
struct NightVitals {
    /// The time asleep; `nil` if none was found.
    var sleep: TimeSpan?
    /// Why there is no sleep.
    var sleepMissing: String

    func score(_ context: inout DayContext) -> [Metric] {
        [lowest(&context), nightMean(&context)] + rhythm(&context) + vendorHeart(&context)
            + [respiration(&context)] + oxygen(&context) + temperature(&context)
    }

    // MARK: Heart

    private func lowest(_ context: inout DayContext) -> Metric {
        guard let sleep else { return MetricID.restingLowest.metric(nil, missing: sleepMissing) }
        guard let series = context.preferred(.heartRate, in: sleep) else {
            return MetricID.restingLowest.metric(
                nil, missing: "No heart rate was recorded in this night's sleep.")
        }
        let value = RestingHeartRate.lowestFiveMinutes(series.instants(in: sleep))
        let coverage = share(series, of: sleep)
        return MetricID.restingLowest.metric(
            value, coverage: coverage, confidence: confidence(of: coverage),
            sources: [series.label],
            missing: "Heart rate was sampled too seldom for a five-minute mean.")
    }

    /// `alavi2022`: midnight to seven, minutes without a step.
    private func nightMean(_ context: inout DayContext) -> Metric {
        let id = MetricID.restingNightMean
        let end = context.zone.instant(
            of: context.day, secondsOfDay: RestingHeartRate.nightEndsSecondsOfDay)
        let span = TimeSpan(start: context.dayTime.start, end: end)
        guard let series = context.preferred(.heartRate, in: span) else {
            return id.metric(nil, missing: "No heart rate was recorded between 00:00 and 07:00.")
        }
        let steps = BinnedTotals(
            context.series, .steps, in: span, longest: BinnedTotals.placedNanoseconds)
        if let steps { context.note(used: steps.used) }
        let night = RestingHeartRate.nightMean(series.instants(in: span), from: span.start) {
            index in
            guard let steps, index >= 0, index < Int64(steps.minutes.count) else { return true }
            return steps.minutes[Int(index)] < MinuteGrid.fewestSteps
        }
        guard let night, night.minutes >= RestingHeartRate.fewestStillMinutes else {
            return id.metric(
                nil,
                missing: "Fewer than \(RestingHeartRate.fewestStillMinutes) still minutes with a"
                    + " heart rate between 00:00 and 07:00.")
        }
        let coverage = share(series, of: span)
        let trust =
            context.has(.steps)
            ? confidence(of: coverage)
            : Confidence(.low, reason: "No step counts, so minutes of walking are not left out.")
        return id.metric(
            night.mean, coverage: coverage, confidence: trust, sources: [series.label])
    }

    private func rhythm(_ context: inout DayContext) -> [Metric] {
        var ids: [MetricID] = [.rmssd, .logRMSSD, .sdnn]
        guard let sleep else { return ids.map { $0.metric(nil, missing: sleepMissing) } }
        guard let source = context.intervals(in: sleep) else {
            let reason =
                "No beat-to-beat intervals were recorded in this night's sleep; a chest strap, an"
                + " ECG or a device that stores RR intervals gives them."
            return ids.map { $0.metric(nil, missing: reason) }
        }
        // Pulses are not beats: their numbers have names and a past of their own.
        if source.kind == .pulse { ids = [.pulseRMSSD, .pulseLogRMSSD, .pulseSDNN] }
        let result = NightRhythm(beats: source.series.instants(in: sleep), night: sleep)
        let wanted = max(1, sleep.minutes * 60 / Double(HRVWindows.windowSeconds))
        let coverage = min(1, Double(result.cleanWindows) / wanted)
        let trust = trust(result, source)
        let values: [Double?] = [result.rmssd, result.logRMSSD, result.sdnn]
        var metrics = zip(ids, values).map { id, value in
            id.metric(
                value, coverage: coverage, confidence: trust, sources: [source.label],
                missing: result.missing ?? "The beats of this night do not vary.")
        }
        metrics.append(
            MetricID.beatsRemoved.metric(
                result.removedShare.map { $0 * 100 }, sources: [source.label],
                missing: result.missing))
        // Beside a device's own breathing rate a derived one would look like its equal.
        if source.kind != .pulse, result.missing == nil, nightly(.respiratoryRate, &context) == nil
        {
            metrics.append(derivedRespiration(result, source.label))
        }
        return metrics
    }

    /// Low for pulses, whose intervals have not been measured against beats.
    private func trust(_ result: NightRhythm, _ source: IntervalSource) -> Confidence {
        let windows = result.cleanWindows
        var level: Confidence.Level = windows >= 24 ? .high : (windows >= 6 ? .medium : .low)
        if let quality = source.quality, quality < IntervalSource.poorQuality { level = .low }
        if source.kind == .pulse { level = .low }
        let reason = "Median of \(windows) clean five-minute windows."
        return Confidence(level, reason: source.note.map { "\(reason) \($0)" } ?? reason)
    }

    private func derivedRespiration(_ result: NightRhythm, _ label: String) -> Metric {
        let share = Double(result.breathingWindows) / Double(max(1, result.cleanWindows))
        return MetricID.respirationFromRR.metric(
            result.respiration, coverage: share,
            confidence: Confidence(
                .low,
                reason: "Derived from beat-to-beat intervals, not measured;"
                    + " \(result.breathingWindows) windows."),
            sources: [label],
            missing: "No rhythm of breath stands out in this night's beat-to-beat intervals.")
    }

    private func vendorHeart(_ context: inout DayContext) -> [Metric] {
        var metrics: [Metric] = []
        if let series = context.preferred(.restingHeartRate, in: context.dayTime),
            let last = series.overlapping(context.dayTime).last
        {
            metrics.append(
                MetricID.restingVendor.metric(
                    Double(last.value), confidence: vendorConfidence, sources: [series.label]))
        }
        for (quantity, id) in [(Quantity.hrvRMSSD, MetricID.vendorRMSSD), (.hrvSDNN, .vendorSDNN)] {
            guard let found = nightly(quantity, &context) else { continue }
            metrics.append(
                id.metric(
                    RobustStatistics.median(found.values), confidence: vendorConfidence,
                    sources: [found.label]))
        }
        return metrics
    }

    // MARK: Breathing, blood, temperature

    private func respiration(_ context: inout DayContext) -> Metric {
        let id = MetricID.respiratoryRate
        guard let found = nightly(.respiratoryRate, &context) else {
            return id.metric(nil, missing: missing(.respiratoryRate, context))
        }
        return id.metric(mean(found.values), confidence: found.confidence, sources: [found.label])
    }

    private func oxygen(_ context: inout DayContext) -> [Metric] {
        guard let found = nightly(.oxygenSaturation, &context) else {
            return [
                MetricID.oxygenMean.metric(nil, missing: missing(.oxygenSaturation, context))
            ]
        }
        return [
            MetricID.oxygenMean.metric(
                mean(found.values), confidence: found.confidence, sources: [found.label]),
            MetricID.oxygenMinimum.metric(
                found.values.min(),
                confidence: Confidence(
                    .low, reason: "Single wrist readings; a low one is often a loose strap."),
                sources: [found.label]),
        ] + desaturations(&context)
    }

    /// Nothing is said where the readings are spot readings.
    private func desaturations(_ context: inout DayContext) -> [Metric] {
        guard let sleep, let series = context.preferred(.oxygenSaturation, in: sleep) else {
            return []
        }
        let samples = series.instants(in: sleep)
        let list: [(MetricID, Double)] = [(.desaturations3, 3), (.desaturations4, 4)]
        return list.compactMap { id, depth in
            let found = DesaturationIndex(samples, depth: depth)
            guard found.hours >= DesaturationIndex.mentionedHours else { return nil }
            let coverage = min(1, found.hours * 60 / max(1, sleep.minutes))
            return id.metric(
                found.index, coverage: coverage,
                confidence: Confidence(
                    .low, reason: "From a consumer sensor; not compared with a sleep laboratory."),
                sources: [series.label],
                missing: "Continuous SpO2 covers less than"
                    + " \(Int(DesaturationIndex.fewestHours)) hours of this night's sleep.")
        }
    }

    private func temperature(_ context: inout DayContext) -> [Metric] {
        let list: [(Quantity, MetricID)] = [
            (.skinTemperature, .skinTemperature),
            (.skinTemperatureDeviation, .skinTemperatureDeviation),
        ]
        let metrics = list.compactMap { quantity, id in
            nightly(quantity, &context).map { found in
                id.metric(
                    mean(found.values), confidence: found.confidence, sources: [found.label])
            }
        }
        guard metrics.isEmpty else { return metrics }
        return [
            MetricID.skinTemperature.metric(nil, missing: missing(.skinTemperature, context))
        ]
    }

    // MARK: Leaves

    private struct Nightly {
        var values: [Double]
        var label: String
        var confidence: Confidence
    }

    /// How long after waking a vendor's one temperature of the night may be stamped.
    private static let afterWakingSeconds: Int64 = 3 * 3600

    /// Values inside the sleep; without any, a value the vendor stamped with the whole day or night,
    /// or, for skin temperature, just after waking.
    private func nightly(_ quantity: Quantity, _ context: inout DayContext) -> Nightly? {
        if let sleep, let series = context.preferred(quantity, in: sleep) {
            let values = series.overlapping(sleep).map { Double($0.value) }
            let reason =
                values.count == 1 ? "One value for the night." : "\(values.count) values asleep."
            return Nightly(
                values: values, label: series.label,
                confidence: Confidence(.medium, reason: reason))
        }
        let day = context.dayTime
        let waking = sleep.map {
            TimeSpan(start: $0.end, end: $0.end.advanced(bySeconds: Self.afterWakingSeconds))
        }
        let isTemperature = quantity == .skinTemperature || quantity == .skinTemperatureDeviation
        var stamped = context.series.filter { $0.id.quantity == quantity }
        for index in stamped.indices {
            stamped[index].samples.removeAll { sample in
                let isMorning = isTemperature && waking?.contains(sample.span.start) == true
                return !isMorning && !Self.isDaily(sample, day)
            }
        }
        guard let series = SourceResolution.ranked(stamped, quantity, in: context.window).first,
            let value = series.samples.last?.value
        else { return nil }
        context.note(used: [series.id])
        return Nightly(
            values: [Double(value)], label: series.label,
            confidence: Confidence(.medium, reason: "The vendor's value for the night."))
    }

    /// A sample at local midnight, or one over at least three hours that ends on the day.
    private static func isDaily(_ sample: SeriesSample, _ day: TimeSpan) -> Bool {
        if sample.time == day.start.nanoseconds { return true }
        return sample.duration >= 3 * 3600 * 1_000_000_000 && sample.span.end > day.start
            && sample.span.end <= day.end
    }

    private func missing(_ quantity: Quantity, _ context: DayContext) -> String {
        guard context.has(quantity) else {
            return "No \(quantity.facts.label) was recorded."
        }
        return sleep == nil
            ? sleepMissing : "No \(quantity.facts.label) was recorded in this night's sleep."
    }

    private func share(_ series: Series, of span: TimeSpan) -> Double {
        guard !span.isEmpty else { return 0 }
        return min(1, SourceResolution.coveredMinutes(series, in: span) / span.minutes)
    }

    private func confidence(of coverage: Double) -> Confidence {
        let percent = Int((coverage * 100).rounded())
        return Confidence(
            coverage >= 0.8 ? .high : (coverage >= 0.3 ? .medium : .low),
            reason: "Heart rate in \(percent) % of the minutes.")
    }

    private var vendorConfidence: Confidence {
        Confidence(.medium, reason: "The vendor's value; how it was made is not published.")
    }

    private func mean(_ values: [Double]) -> Double? {
        var moments = RunningMoments()
        for value in values { moments.add(value) }
        return moments.count == 0 ? nil : moments.mean
    }
}

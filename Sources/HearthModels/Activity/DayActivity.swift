// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Steps, active minutes and workouts from local midnight to midnight.
enum DayActivity {
    /// Steps a minute that mark moderate effort in adults.
    ///
    /// - Source: `tudorlocke2018`.
    static let moderateCadence = 100.0

    /// - Parameter sleep: the night, which is no sedentary time.
    static func score(_ context: inout DayContext, sleep: TimeSpan?) -> [Metric] {
        steps(&context) + others(&context) + workouts(&context)
            + intensities(&context, sleep: sleep)
    }

    /// Time at each level of activity, from raw acceleration.
    private static func intensities(_ context: inout DayContext, sleep: TimeSpan?) -> [Metric] {
        guard let motion = context.motion else { return [] }
        context.note(used: [motion.stream])
        let day = context.dayTime
        let without = (motion.notWorn + [sleep].compactMap { $0 })
            .map { $0.intersection(day) }.filter { !$0.isEmpty }
        let minutes = ActivityMinutes(of: motion.epochs, in: day, without: without)
        let asked = day.minutes - minutes.leftOut
        let coverage = asked > 0 ? max(0, 1 - minutes.missing / asked) : 0
        let reason = "From raw acceleration; cut points differ between devices and people."
        let list: [(MetricID, Double)] = [
            (.sedentaryTime, minutes.sedentary), (.lightActivity, minutes.light),
            (.moderateActivity, minutes.mvpa),
        ]
        return list.map {
            $0.metric(
                coverage > 0 ? $1 : nil, coverage: coverage,
                confidence: Confidence(.low, reason: reason), sources: [motion.deviceLabel],
                missing: "The device was not worn by day.")
        }
    }

    private static func steps(_ context: inout DayContext) -> [Metric] {
        guard let totals = BinnedTotals(context.series, .steps, in: context.dayTime) else {
            if let motion = context.motion { return motionSteps(motion, &context) }
            let reason = "No steps were recorded on this day."
            return [
                MetricID.steps.metric(nil, missing: reason),
                MetricID.activeMinutes.metric(nil, missing: reason),
            ]
        }
        context.note(used: totals.used)
        let sources = context.labels(of: totals.used)
        let active = totals.minutes.count { $0 >= moderateCadence }
        let fine = totals.fineShare >= 0.8
        return [
            MetricID.steps.metric(
                totals.total,
                confidence: Confidence(
                    .medium, reason: "One source an hour; sources are never added."),
                sources: sources),
            MetricID.activeMinutes.metric(
                Double(active),
                confidence: Confidence(
                    fine ? .medium : .low,
                    reason: fine
                        ? "Steps by the minute."
                        : "Steps come in long intervals, so short brisk walks are missed."),
                sources: sources),
        ]
    }

    /// Steps counted from raw acceleration, where no device counted them.
    private static func motionSteps(
        _ motion: DayMotion, _ context: inout DayContext
    ) -> [Metric] {
        context.note(used: [motion.stream])
        let minutes = motion.steps.filter { context.dayTime.contains($0.time) }
        let confidence = Confidence(
            .low, reason: "Counted by Hearth from raw wrist acceleration; docs/models/steps.md.")
        let sources = [motion.deviceLabel]
        let coverage = motion.wornShare(of: context.dayTime)
        let fast = minutes.count { Double($0.steps) >= moderateCadence }
        return [
            MetricID.steps.metric(
                Double(minutes.reduce(0) { $0 + Int($1.steps) }), coverage: coverage,
                confidence: confidence, sources: sources),
            MetricID.activeMinutes.metric(
                Double(fast), coverage: coverage, confidence: confidence, sources: sources),
        ]
    }

    private static func others(_ context: inout DayContext) -> [Metric] {
        var metrics: [Metric] = []
        let list: [(Quantity, MetricID)] = [
            (.distance, .distance), (.activeEnergy, .activeEnergy),
        ]
        for (quantity, id) in list {
            guard let totals = BinnedTotals(context.series, quantity, in: context.dayTime) else {
                continue
            }
            context.note(used: totals.used)
            metrics.append(
                id.metric(
                    totals.total,
                    confidence: Confidence(.low, reason: "The vendor's estimate."),
                    sources: context.labels(of: totals.used)))
        }
        return metrics
    }

    /// Time in workouts of the preferred source; overlapping ones count once.
    private static func workouts(_ context: inout DayContext) -> [Metric] {
        guard let series = context.preferred(.workout, in: context.dayTime) else { return [] }
        var minutes = 0.0
        var counted = context.dayTime.start
        for sample in series.overlapping(context.dayTime) {
            let inside = sample.span.intersection(context.dayTime)
            minutes += TimeSpan(start: max(inside.start, counted), end: inside.end).minutes
            counted = max(counted, inside.end)
        }
        return [
            MetricID.workoutTime.metric(
                minutes,
                confidence: Confidence(.high, reason: "As recorded on the device."),
                sources: [series.label])
        ]
    }
}

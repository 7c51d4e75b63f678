// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Steps, active minutes and workouts from local midnight to midnight.
enum DayActivity {
    /// Steps a minute that mark moderate effort in adults.
    ///
    /// - Source: `tudorlocke2018`.
    static let moderateCadence = 100.0

    static func score(_ context: inout DayContext) -> [Metric] {
        steps(&context) + others(&context) + workouts(&context)
    }

    private static func steps(_ context: inout DayContext) -> [Metric] {
        guard let totals = BinnedTotals(context.series, .steps, in: context.dayTime) else {
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

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

extension NightScorer {
    /// The night as the person corrected it; what was found without them is kept beside it.
    static func corrected(
        _ context: inout DayContext, _ findings: Findings, _ found: Outcome
    ) -> Outcome {
        let layer = CorrectionLayer(context.corrections)
        let stated = statedSleeps(&context, layer, findings)
        let standing = findings.standing(after: layer)
        var outcome = main(&context, standing, stated, findings.own, found)
        if outcome.night == nil { outcome.missing = reason(layer, found, context) }
        outcome.ownWindow = found.ownWindow
        outcome.applied = applied(layer, stated, context) { span in
            findings.sessions.contains { !$0.span.intersection(span).isEmpty }
        }
        return outcome
    }

    /// The sleeps the person stated that ended on the day.
    static func statedSleeps(
        _ context: inout DayContext, _ layer: CorrectionLayer, _ findings: Findings
    ) -> [StatedSleep] {
        var sleeps: [StatedSleep] = []
        for one in layer.stated where context.endsOnDay(one.span) {
            sleeps.append(StatedSleep(one, &context, findings.grid))
        }
        return sleeps
    }

    /// The longest of what the person stated and what was found and still stands.
    private static func main(
        _ context: inout DayContext, _ standing: Findings, _ stated: [StatedSleep],
        _ own: OwnSleep.Finding, _ found: Outcome
    ) -> Outcome {
        let best = stated.max { a, b in
            a.weight != b.weight ? a.weight < b.weight : a.span.start > b.span.start
        }
        let longest = mainSleep(standing.sessions)?.statistics.totalSleepTime ?? 0
        if let best, best.weight >= longest {
            let sessions = standing.sessions + stated.compactMap(\.session)
            return statedNight(&context, best, sessions, own, found)
        }
        var shown = standing
        shown.stated = stated.compactMap(\.session)
        return night(&context, shown)
    }

    private static func reason(
        _ layer: CorrectionLayer, _ found: Outcome, _ context: DayContext
    ) -> String? {
        guard let night = found.night else { return found.missing }
        let span = "\(clock(context, night.start)) to \(clock(context, night.end))"
        return layer.removes(TimeSpan(start: night.start, end: night.end))
            ? "You said that the sleep found from \(span) was none."
            : "By your correction the sleep found from \(span) ends on another day."
    }

    private static func statedNight(
        _ context: inout DayContext, _ sleep: StatedSleep, _ sessions: [SleepSession],
        _ own: OwnSleep.Finding, _ found: Outcome
    ) -> Outcome {
        let why =
            sleep.basis.isEmpty ? "The times are yours." : "The times are yours; \(sleep.basis)."
        let confidence = Confidence(sleep.coverage >= 0.8 ? .medium : .low, reason: why)
        var metrics = statedMetrics(sleep, confidence)
        if let statistics = sleep.statistics, !sleep.isOwn {
            metrics += stageMetrics(statistics, Confidence(.low, reason: why), sleep.labels)
        }
        let others = others(sessions, than: sleep.span)
        metrics.append(naps(others, sleep.labels))
        let ownMain = ownSleep(own, overlapping: sleep.span)
        metrics += ownMetrics(context, ownMain, own)
        var night = summary(context, sleep.span, sleep.hypnogram, sleep.stagedBy, metrics)
        night.correction = NightCorrection(
            id: sleep.correction.id, kind: sleep.correction.kind, made: sleep.correction.made,
            found: found.night.map(kept), missing: sleep.missing)
        if !sleep.isOwn { night.second = second(sleep.hypnogram, ownMain) }
        return Outcome(
            night: night, sleep: sleep.statistics?.period ?? sleep.span,
            naps: others.map(\.hypnogram))
    }

    private static func kept(_ night: NightSummary) -> NightCorrection.Found {
        let minutes = night.metrics.first { $0.id == MetricID.totalSleepTime.rawValue }?.value
        return NightCorrection.Found(
            start: night.start, end: night.end, stagedBy: night.stagedBy, sleepMinutes: minutes)
    }

    /// The person's times stand for the time in bed; without stages that is the only number.
    private static func statedMetrics(
        _ sleep: StatedSleep, _ confidence: Confidence
    ) -> [Metric] {
        if let statistics = sleep.statistics {
            return bedMetrics(statistics, confidence, sleep.labels, sleep.coverage)
        }
        let bed = MetricID.timeInBed.metric(
            sleep.span.minutes, confidence: Confidence(.medium, reason: "The times are yours."))
        let others: [MetricID] = [
            .totalSleepTime, .sleepEfficiency, .sleepOnsetLatency, .wakeAfterSleepOnset,
        ]
        return [bed] + others.map { $0.metric(nil, missing: sleep.missing ?? "") }
    }

    /// The corrections that say something of this day: of a sleep that ends on it, or of one that
    /// was found on it.
    private static func applied(
        _ layer: CorrectionLayer, _ stated: [StatedSleep], _ context: DayContext,
        isFound: (TimeSpan) -> Bool
    ) -> [AppliedCorrection] {
        let inForce = layer.inForce.map { one in
            AppliedCorrection(
                one, missing: stated.first { $0.correction.id == one.id }?.missing)
        }
        let replaced = layer.replaced.map { AppliedCorrection($0.correction, replacedBy: $0.by) }
        return (inForce + replaced).filter {
            context.endsOnDay($0.correction.span) || isFound($0.correction.span)
        }.sorted { $0.correction.id < $1.correction.id }
    }

    /// Hearth's own hypnogram beside a vendor's of the same night.
    static func second(_ shown: Hypnogram, _ own: OwnSleep?) -> SecondHypnogram? {
        own.map { own in
            let hypnogram = own.session.hypnogram
            return SecondHypnogram(
                stagedBy: "hearth", hypnogram: hypnogram,
                agreement: HypnogramAgreement.between(shown, hypnogram))
        }
    }
}

extension NightScorer.Findings {
    /// The sleeps of the source that is shown: the vendor's if it has any, else Hearth's own.
    var sessions: [SleepSession] {
        if let staged { return staged.sessions }
        guard case .found(let sleeps) = own else { return [] }
        return sleeps.map(\.session)
    }

    /// What still stands after the person's corrections.
    func standing(after layer: CorrectionLayer) -> Self {
        var left = self
        if case .found(let sleeps) = own {
            left.own = .found(sleeps.filter { layer.keeps($0.session.span) })
        }
        left.staged?.sessions.removeAll { layer.removes($0.span) }
        if left.staged?.sessions.isEmpty ?? false { left.staged = nil }
        left.staged?.sessions.removeAll { layer.replaces($0.span) }
        return left
    }
}

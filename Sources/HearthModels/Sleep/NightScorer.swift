// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The main sleep of a day: a vendor's hypnogram if there is one, else Hearth's own; always with
/// Hearth's own window stated beside it.
struct NightScorer {
    /// What was found, for the metrics that look at the time asleep.
    struct Outcome {
        var night: NightSummary?
        var missing: String?
        var ownWindow: TimeSpan?
        /// From the first to the last epoch of sleep of the main sleep.
        var sleep: TimeSpan?
        /// The person's corrections that say something of this day.
        var applied: [AppliedCorrection] = []
        /// The other sleeps of the day, in time order.
        var naps: [Hypnogram] = []
    }

    struct Staged {
        var series: Series
        var sessions: [SleepSession]

        var sleepMinutes: Double { sessions.reduce(0) { $0 + $1.statistics.totalSleepTime } }

        var vendor: String {
            let name = series.vendor.isEmpty ? series.label : series.vendor
            return name.isEmpty ? "vendor" : name
        }
    }

    /// What the data say of the sleeps that ended on a day.
    struct Findings {
        var grid: MinuteGrid
        var own: OwnSleep.Finding
        var staged: Staged?
        /// Sleeps the person stated, which count as naps beside a night that was found.
        var stated: [SleepSession] = []

        init(_ context: inout DayContext) {
            grid = NightScorer.grid(&context)
            own = NightScorer.ownSleeps(grid, context)
            staged = NightScorer.vendorSleeps(&context)
        }
    }

    static func score(_ context: inout DayContext) -> Outcome {
        let findings = Findings(&context)
        let found = night(&context, findings)
        return context.corrections.isEmpty ? found : corrected(&context, findings, found)
    }

    /// The night by the data alone.
    static func night(_ context: inout DayContext, _ findings: Findings) -> Outcome {
        if let staged = findings.staged, let main = mainSleep(staged.sessions) {
            return vendorNight(&context, staged, main, findings)
        }
        switch findings.own {
        case .missing(let reason):
            return Outcome(night: nil, missing: reason, ownWindow: nil, sleep: nil)
        case .found(let sleeps):
            guard let main = mainSleep(sleeps.map(\.session)),
                let sleep = sleeps.first(where: { $0.session.span == main.span })
            else { return Outcome(missing: "No sleep ended on this day.") }
            return ownNight(&context, sleep, sleeps.map(\.session) + findings.stated)
        }
    }

    /// The one with most sleep; of equals the earlier.
    static func mainSleep(_ sessions: [SleepSession]) -> SleepSession? {
        sessions.max { a, b in
            let (left, right) = (a.statistics.totalSleepTime, b.statistics.totalSleepTime)
            return left != right ? left < right : a.span.start > b.span.start
        }
    }

    private static func grid(_ context: inout DayContext) -> MinuteGrid {
        var grid = MinuteGrid(span: context.window)
        if let heart = context.preferred(.heartRate, in: context.window) {
            grid.setHeartRate(heart)
        }
        if let steps = BinnedTotals(
            context.series, .steps, in: context.window, longest: BinnedTotals.placedNanoseconds)
        {
            grid.setSteps(steps.minutes)
            context.note(used: steps.used)
        }
        if let intensity = context.preferred(.intensity, in: context.window) {
            grid.setIntensity(intensity)
        }
        if let motion = context.motion {
            context.note(used: [motion.stream])
            grid.setCounts(
                motion.minuteCounts(from: grid.span.start, minutes: grid.count),
                rule: .oakleyMedium)
        } else if let counts = context.preferred(.activityCount, in: context.window) {
            grid.setCounts(counts, rule: .oakleyMedium)
        }
        grid.staging = staging(&context, grid)
        return grid
    }

    /// What the learned stager may look at. Activity counts of vendors are none of it: each counts in
    /// its own way.
    private static func staging(
        _ context: inout DayContext, _ grid: MinuteGrid
    ) -> SleepStaging? {
        guard let model = context.stager else { return nil }
        var staging = SleepStaging(model: model)
        if let heart = context.preferred(.heartRate, in: context.window) {
            staging.heartRate = heart.instants(in: context.window)
        }
        staging.counts = (context.motion?.counts ?? []).filter { $0.coverage >= 0.5 }
            .map { Timed($0.time, Double($0.count)) }
        if context.has(.steps) {
            staging.steps = (0..<grid.count).map {
                Timed(grid.start(of: $0), grid.moved[$0] ? 1 : 0)
            }
        }
        return staging
    }

    private static func ownSleeps(_ grid: MinuteGrid, _ context: DayContext) -> OwnSleep.Finding {
        if let motion = context.motion {
            let rests = HDCZA.windows(of: motion.epochs, notWorn: motion.notWorn).windows
            let sleeps = rests.filter { context.endsOnDay($0.span) }
                .compactMap { OwnSleep.score(grid, $0) }
            if !sleeps.isEmpty { return .found(sleeps) }
        }
        return OwnSleep.find(grid) { context.endsOnDay($0) }
    }

    /// The stage stream with most sleep on this day; other stage streams are left out, never added.
    private static func vendorSleeps(_ context: inout DayContext) -> Staged? {
        let current = context
        var found: [StreamID: Staged] = [:]
        for series in context.series where series.id.quantity == .sleepStage {
            let sessions = VendorSleep.sessions(of: series) { current.endsOnDay($0) }
            found[series.id] = Staged(series: series, sessions: sessions)
        }
        let ranked = SourceResolution.ranked(
            context.series.filter { found[$0.id] != nil }
        ) { found[$0.id]?.sleepMinutes ?? 0 }
        guard let best = ranked.first, let staged = found[best.id] else { return nil }
        context.note(used: [best.id])
        return staged
    }

    /// Time in bed around a sleep: from its own stream if that has one, else from the stream that
    /// shares most time with it.
    private static func bedTime(
        _ context: inout DayContext, around sleep: TimeSpan, preferring own: StreamID?
    ) -> TimeSpan? {
        var best: (id: StreamID, span: TimeSpan, shared: Double)?
        for series in context.series where series.id.quantity == .sleepStage {
            for span in VendorSleep.bedTimes(of: series) {
                let bonus = series.id == own ? 1e6 : 0
                let shared = span.intersection(sleep).minutes
                guard shared > 0 else { continue }
                if shared + bonus > best?.shared ?? 0 { best = (series.id, span, shared + bonus) }
            }
        }
        guard let best else { return nil }
        context.note(used: [best.id])
        return best.span
    }
}

extension NightScorer {
    private static func vendorNight(
        _ context: inout DayContext, _ staged: Staged, _ main: SleepSession,
        _ findings: Findings
    ) -> Outcome {
        let id = staged.series.id
        let bed = bedTime(&context, around: main.span, preferring: id)?.union(main.span)
        let (vendor, own) = (staged.vendor, findings.own)
        let labels = [staged.series.label]
        let reason =
            "Staged by \(vendor). Wrist devices agree with the sleep laboratory only"
            + " in part (kappa 0.2 to 0.5)."
        guard let statistics = SleepStatistics(main.hypnogram, inBed: bed ?? main.span) else {
            return Outcome(missing: "The vendor's record of this night has no sleep.")
        }
        var metrics = bedMetrics(
            statistics, Confidence(.medium, reason: reason), labels, coverage(statistics))
        metrics += stageMetrics(statistics, Confidence(.low, reason: reason), labels)
        let others = others(staged.sessions + findings.stated, than: main.span)
        metrics.append(naps(others, labels))
        let ownMain = ownSleep(own, overlapping: main.span)
        metrics += ownMetrics(context, ownMain, own)
        var night = summary(context, main.span, main.hypnogram, vendor, metrics)
        night.second = second(main.hypnogram, ownMain)
        return Outcome(
            night: night, ownWindow: ownMain?.session.statistics.period, sleep: statistics.period,
            naps: others.map(\.hypnogram))
    }

    private static func ownNight(
        _ context: inout DayContext, _ sleep: OwnSleep, _ sessions: [SleepSession]
    ) -> Outcome {
        let main = sleep.session
        let bed = bedTime(&context, around: main.span, preferring: nil)
        guard let statistics = SleepStatistics(main.hypnogram, inBed: bed) else {
            return Outcome(missing: "No sleep ended on this day.")
        }
        let labels = context.labels(
            of: context.used.filter { $0.quantity != .sleepStage || bed != nil }.sorted())
        let level: Confidence.Level = sleep.coverage >= 0.8 ? .medium : .low
        let confidence = Confidence(level, reason: reason(sleep, context))
        var metrics = bedMetrics(statistics, confidence, labels, sleep.coverage)
        metrics += ownStageMetrics(statistics, sleep, labels, context)
        let others = others(sessions, than: main.span)
        metrics.append(naps(others, labels))
        metrics += ownMetrics(context, sleep, .found([sleep]))
        return Outcome(
            night: summary(context, main.span, main.hypnogram, "hearth", metrics),
            ownWindow: statistics.period, sleep: statistics.period,
            naps: others.map(\.hypnogram))
    }

    static func summary(
        _ context: DayContext, _ span: TimeSpan, _ hypnogram: Hypnogram, _ stagedBy: String,
        _ metrics: [Metric]
    ) -> NightSummary {
        let zone = context.zone.span(at: span.end)
        return NightSummary(
            start: span.start, end: span.end, offsetSeconds: zone.offsetSeconds,
            offsetOrigin: zone.origin, stagedBy: stagedBy, hypnogram: hypnogram,
            metrics: metrics, clock: clock(context.zone, through: span))
    }

    /// The wall clock through the night if it changed, so that both ends are shown as they were.
    private static func clock(_ zone: ZoneTimeline, through span: TimeSpan) -> ZoneTimeline? {
        let before = zone.span(at: span.start)
        let changes = zone.spans.filter {
            span.start < $0.start && $0.start < span.end
                && $0.offsetSeconds != before.offsetSeconds
        }
        return changes.isEmpty ? nil : ZoneTimeline([before] + changes)
    }

    private static func coverage(_ statistics: SleepStatistics) -> Double {
        let period = statistics.period.minutes
        return period > 0 ? max(0, 1 - statistics.unscored / period) : 0
    }

    static func bedMetrics(
        _ s: SleepStatistics, _ confidence: Confidence, _ sources: [String], _ coverage: Double
    ) -> [Metric] {
        let noBed = "Nothing recorded when you went to bed and got up."
        let list: [(MetricID, Double?)] = [
            (.timeInBed, s.timeInBed), (.totalSleepTime, s.totalSleepTime),
            (.sleepEfficiency, s.efficiency), (.sleepOnsetLatency, s.onsetLatency),
            (.wakeAfterSleepOnset, s.wakeAfterOnset),
        ]
        return list.map { id, value in
            id.metric(
                value, coverage: coverage, confidence: confidence, sources: sources,
                missing: noBed)
        }
    }

    static func stageMetrics(
        _ s: SleepStatistics, _ confidence: Confidence, _ sources: [String]
    ) -> [Metric] {
        guard s.hasStages else { return [] }
        let list: [(MetricID, Double)] = [
            (.lightSleep, s.light), (.deepSleep, s.deep), (.remSleep, s.rem),
        ]
        return list.map { $0.metric($1, confidence: confidence, sources: sources) }
    }

    /// How Hearth's own night came about, and how far that can be trusted.
    private static func reason(_ sleep: OwnSleep, _ context: DayContext) -> String {
        var reason = "Hearth's baseline, \(sleep.basis); it takes quiet wake for sleep."
        if let inputs = sleep.stagedFrom {
            reason = "Hearth's sleep stager, \(sleep.basis)"
            if let kappa = context.stager?.kappa(inputs) {
                let hundredths = Int((kappa * 100).rounded())
                reason += "; on people it had not seen it agreed with the sleep laboratory at kappa"
                reason += " 0.\(hundredths < 10 ? "0" : "")\(max(0, hundredths))"
            }
            reason += "."
            if inputs == .motion {
                reason += " From movement alone light, deep and REM are little better than a guess."
            }
        }
        return sleep.doubt.map { "\(reason) \($0)" } ?? reason
    }

    /// What the stager's errors on people it had not seen leave of each stage's minutes.
    private static func stageRanges(
        _ sleep: OwnSleep, _ context: DayContext
    ) -> [SleepStage: ValueRange] {
        guard let inputs = sleep.stagedFrom, let counts = context.stager?.confusion[inputs],
            let confusion = StageConfusion(stages: StageVector.stages, counts: counts)
        else { return [:] }
        let ranges = StageRanges.ranges(of: sleep.session.hypnogram, confusion: confusion)
        return Dictionary(
            uniqueKeysWithValues: ranges.map {
                ($0.stage, ValueRange(low: $0.low, high: $0.high))
            })
    }

    private static func ownStageMetrics(
        _ s: SleepStatistics, _ sleep: OwnSleep, _ sources: [String], _ context: DayContext
    ) -> [Metric] {
        guard s.hasStages else { return [] }
        let confidence = Confidence(.low, reason: reason(sleep, context))
        let list: [(MetricID, Double)] = [
            (.ownLightSleep, s.light), (.ownDeepSleep, s.deep), (.ownREMSleep, s.rem),
        ]
        let ranges = stageRanges(sleep, context)
        let stages = zip(list, [SleepStage.light, .deep, .rem]).map { pair, stage in
            var metric = pair.0.metric(
                pair.1, coverage: coverage(s), confidence: confidence, sources: sources)
            metric.range = ranges[stage]
            return metric
        }
        let others: [(RhythmMetric, Double?)] = [
            (.remLatency, s.remLatency), (.fragmentation, s.fragmentationIndex),
        ]
        return stages
            + others.map { metric, value in
                metric.metric(
                    value.map { Assessed($0, coverage: coverage(s), days: 1) }
                        ?? Assessed(missing: "No epoch was staged REM."),
                    confidence: confidence, sources: sources)
            }
    }

    /// Sleeps of the same source that ended on the day beside the main one, in time order.
    static func others(_ sessions: [SleepSession], than main: TimeSpan) -> [SleepSession] {
        sessions.filter { $0.span != main }.sorted {
            ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end)
        }
    }

    static func naps(_ others: [SleepSession], _ sources: [String]) -> Metric {
        let minutes = others.reduce(0) { $0 + $1.statistics.totalSleepTime }
        return MetricID.napTime.metric(
            minutes,
            confidence: Confidence(.low, reason: "Rest while awake is easily taken for a nap."),
            sources: sources)
    }

    static func ownSleep(
        _ finding: OwnSleep.Finding, overlapping span: TimeSpan
    ) -> OwnSleep? {
        guard case .found(let sleeps) = finding else { return nil }
        let best = sleeps.max {
            $0.session.span.intersection(span).minutes < $1.session.span.intersection(span).minutes
        }
        return best.flatMap { $0.session.span.intersection(span).isEmpty ? nil : $0 }
    }

    static func ownMetrics(
        _ context: DayContext, _ sleep: OwnSleep?, _ finding: OwnSleep.Finding
    ) -> [Metric] {
        guard let sleep else {
            var reason = "Hearth's own estimate found no sleep at the vendor's time."
            if case .missing(let why) = finding { reason = why }
            return [MetricID.ownSleepPeriod, .ownTotalSleepTime].map {
                $0.metric(nil, missing: reason)
            }
        }
        let period = sleep.session.statistics.period
        let confidence = Confidence(
            sleep.coverage >= 0.8 ? .medium : .low,
            reason: "Asleep \(clock(context, period.start)) to \(clock(context, period.end)),"
                + " \(sleep.basis).")
        return [
            MetricID.ownSleepPeriod.metric(
                period.minutes, coverage: sleep.coverage, confidence: confidence),
            MetricID.ownTotalSleepTime.metric(
                sleep.session.statistics.totalSleepTime, coverage: sleep.coverage,
                confidence: confidence),
        ]
    }

    /// The wall clock, `hh:mm`.
    static func clock(_ context: DayContext, _ time: Timestamp) -> String {
        let minutes = context.zone.secondsOfDay(at: time) / 60
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }
}

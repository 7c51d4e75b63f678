// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// The rhythm of the heart over one local day: irregular stretches, early beats, and high or low heart
/// rate at rest.
enum DayHeartRhythm {
    /// Below this much analysed time no share is told.
    static let fewestHours = 0.5
    /// From here on the day counts as well covered.
    private static let goodHours = 8.0
    private static let fairHours = 2.0
    /// Minutes without a step before a minute that counts as rest.
    private static let stillMinutes = 10

    static let noIntervals =
        "No beat-to-beat intervals were recorded on this day; a chest strap, an ECG or a device that"
        + " stores RR intervals gives them."

    /// `nil` for a day without heart rate and without intervals.
    static func score(_ context: inout DayContext, sleep: TimeSpan?) -> HeartRhythmSummary? {
        let day = context.dayTime
        let rates = rateEpisodes(&context, sleep: sleep)
        guard let source = context.intervals(in: day) else {
            guard rates.wasSeen else { return nil }
            let missing = [HeartRhythmMetric.burden.metric(nil, missing: noIntervals)]
            return HeartRhythmSummary(
                sentence: "Whether the rhythm was irregular is not known: no intervals.",
                metrics: missing + rates.metrics, episodes: episodes([], rates.episodes, context))
        }
        let beats = source.series.instants(in: day)
        var screen = RhythmScreen()
        let states = screen.batch(beats)
        let burden = RhythmBurden(states)
        let ectopy = ectopy(beats, states)
        return HeartRhythmSummary(
            sentence: sentence(burden), limits: notes(source) + limits,
            metrics: metrics(burden, ectopy, source, day) + rates.metrics,
            episodes: episodes(burden.episodes, rates.episodes, context))
    }

    // MARK: Words

    /// The false alarms measured on people in sinus rhythm: docs/accuracy.md.
    static let limits = [
        "This is the pattern of intervals only: frequent early beats, flutter and poor contact can"
            + " look the same, and an irregular rhythm with an even pulse is missed.",
        "Of \(RhythmScreenFacts.people) people in sinus rhythm"
            + " \(RhythmScreenFacts.peopleCalled) had a false episode in a day:"
            + " \(RhythmScreenFacts.falseEpisodesADay) in 24 h on average.",
    ]

    /// Where the intervals come from, unless a device recorded them.
    private static func notes(_ source: IntervalSource) -> [String] {
        guard let note = source.note else { return [] }
        let pulses =
            source.kind == .pulse
            ? " How well the screen does on pulses has not been measured." : ""
        return ["The intervals are between \(source.label). \(note)\(pulses)"]
    }

    private static func sentence(_ burden: RhythmBurden) -> String {
        let hours = burden.analysedSeconds / 3600
        guard hours >= fewestHours else {
            return "Too little of the day could be judged to say whether the rhythm was irregular."
        }
        let of = "of \(text(burden.analysedSeconds)) judged"
        guard let longest = burden.longest else {
            return "No irregular pattern of intervals lasted 30 s or more, \(of)."
        }
        let stretches =
            burden.episodes.count == 1
            ? "in one stretch"
            : "in \(burden.episodes.count) stretches, the longest \(text(longest.minutes * 60))"
        return
            "The pattern of intervals was irregular for \(text(burden.irregularSeconds))"
            + " \(of), \(stretches)."
    }

    private static func text(_ seconds: Double) -> String {
        let minutes = Int((seconds / 60).rounded())
        guard minutes > 0 else { return "less than a minute" }
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    // MARK: Numbers

    private static func metrics(
        _ burden: RhythmBurden, _ ectopy: EctopySummary, _ intervals: IntervalSource,
        _ day: TimeSpan
    ) -> [Metric] {
        let hours = burden.analysedSeconds / 3600
        let coverage = day.isEmpty ? nil : min(1, hours * 60 / day.minutes)
        let source = intervals.label
        let confidence = trust(hours, intervals)
        let tooShort =
            "Less than half an hour of the day's intervals could be judged"
            + (burden.inconclusiveShare.map { $0 > 0.5 } == true
                ? "; most were too few in a row or disturbed." : ".")
        func metric(_ id: HeartRhythmMetric, _ value: Double?, _ missing: String) -> Metric {
            id.metric(
                value, coverage: coverage, confidence: confidence, sources: [source],
                missing: missing)
        }
        let isEnough = hours >= fewestHours
        let fewBeats =
            "Fewer than \(EctopySummary.fewestBeats) beats in which early ones can be told."
        return [
            metric(.burden, isEnough ? burden.burden.map { $0 * 100 } : nil, tooShort),
            metric(.longest, isEnough ? burden.longest?.minutes ?? 0 : nil, tooShort),
            HeartRhythmMetric.analysed.metric(hours, sources: [source]),
            HeartRhythmMetric.inconclusive.metric(
                burden.inconclusiveShare.map { $0 * 100 }, sources: [source], missing: tooShort),
            metric(.premature, ectopy.share.map { $0 * 100 }, fewBeats),
            metric(.prematurePerHour, ectopy.perHour, fewBeats),
            metric(
                .patterned,
                ectopy.premature > 0 && ectopy.share != nil
                    ? 100 * Double(ectopy.bigeminy + ectopy.trigeminy) / Double(ectopy.premature)
                    : nil,
                ectopy.share == nil ? fewBeats : "There was no early beat."),
        ]
    }

    private static func trust(_ hours: Double, _ source: IntervalSource) -> Confidence {
        let shown = "\((hours * 10).rounded() / 10) h judged"
        var level: Confidence.Level =
            hours >= goodHours ? .high : (hours >= fairHours ? .medium : .low)
        if let quality = source.quality, quality < IntervalSource.poorQuality { level = .low }
        if source.kind == .pulse { level = .low }
        return Confidence(level, reason: source.note.map { "\(shown). \($0)" } ?? shown)
    }

    /// Early beats outside irregular and inconclusive stretches.
    private static func ectopy(
        _ beats: [Timed<Double>], _ states: [RhythmBeat]
    ) -> EctopySummary {
        var finder = PrematureBeats()
        // Both answer every finite value, in order.
        return EctopySummary(finder.batch(beats), judged: states.map { $0.state == .notIrregular })
    }

    // MARK: Heart rate at rest

    private struct Rates {
        var wasSeen = false
        var episodes: [RateEpisode] = []
        var metrics: [Metric] = []
    }

    private static func rateEpisodes(_ context: inout DayContext, sleep: TimeSpan?) -> Rates {
        let day = context.dayTime
        guard let series = context.preferred(.heartRate, in: day) else { return Rates() }
        let steps = BinnedTotals(
            context.series, .steps, in: day, longest: BinnedTotals.placedNanoseconds)
        if let steps { context.note(used: steps.used) }
        var rates = Rates()
        rates.wasSeen = true
        // Without steps only sleep is known to be rest.
        let samples = series.instants(in: day).map { sample in
            let isAsleep = sleep?.contains(sample.time) ?? false
            let isStill = steps.map { Self.isStill($0, sample.time, day.start) } ?? false
            return Timed(
                sample.time, RateAtRest(rate: sample.value, isAtRest: isAsleep || isStill))
        }
        guard samples.contains(where: \.value.isAtRest) else {
            let reason = "No rest is known on this day: neither steps nor sleep were recorded."
            rates.metrics = [HeartRhythmMetric.highRate, .lowRate].map {
                $0.metric(nil, missing: reason)
            }
            return rates
        }
        var finder = RateEpisodes()
        rates.episodes = finder.batch(samples)
        rates.metrics = [(HeartRhythmMetric.highRate, RateEpisode.Kind.high), (.lowRate, .low)]
            .map { metric, kind in
                let minutes = rates.episodes.filter { $0.kind == kind }
                    .reduce(0) { $0 + $1.minutes }
                return metric.metric(minutes, sources: [series.label])
            }
        return rates
    }

    private static func isStill(
        _ steps: BinnedTotals, _ time: Timestamp, _ start: Timestamp
    ) -> Bool {
        let minute = Int(time.nanoseconds(since: start) / BinnedTotals.minute)
        let before = max(0, minute - stillMinutes)
        let until = min(steps.minutes.count - 1, minute)
        guard before <= until else { return false }
        return steps.minutes[before...until].allSatisfy { $0 == 0 }
    }

    private static func episodes(
        _ irregular: [RhythmEpisode], _ rates: [RateEpisode], _ context: DayContext
    ) -> [HeartRhythmSummary.Episode] {
        typealias Episode = HeartRhythmSummary.Episode
        func episode(_ kind: Episode.Kind, _ start: Timestamp, _ end: Timestamp, _ rate: Double)
            -> Episode
        {
            Episode(
                kind: kind, start: start, end: end, rate: rate,
                offsetSeconds: context.zone.span(at: start).offsetSeconds)
        }
        let all =
            irregular.map { episode(.irregular, $0.start, $0.end, $0.rate) }
            + rates.map {
                episode($0.kind == .high ? .highRate : .lowRate, $0.start, $0.end, $0.extreme)
            }
        let longest = all.sorted { ($1.minutes, $0.start) < ($0.minutes, $1.start) }
            .prefix(HeartRhythmSummary.mostEpisodes)
        return longest.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }
}

/// Measured figures that the report quotes; from `hearth benchmark rhythm --folds` on rr-24h, each
/// person scored by a model made without them.
enum RhythmScreenFacts {
    static let people = 27
    static let peopleCalled = 1
    static let falseEpisodesADay = "0.04"
}

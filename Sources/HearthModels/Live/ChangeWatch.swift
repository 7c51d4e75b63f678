// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// Tells when a slow quantity has left what was usual for it lately: a robust residual.
///
/// A level and a spread follow the values with a time constant of half an hour; a value moves them no
/// further than one three spreads away would. The residual is the distance from the level in spreads.
/// An alert is due when it has been beyond ``LiveSettings/changeLimit`` on one side, but for interruptions
/// up to 30 s, for ``LiveSettings/persistence``; one an episode. Nothing is judged before half an hour
/// and 60 values. Heart rate is neither judged nor learned within five minutes of movement. After a
/// silence of two hours learning begins anew. State: a few numbers.
///
/// - Source: a recursive estimate with bounded influence, in the manner of `huber1964`.
public struct ChangeWatch: LiveMonitor {
    public static let model = "change-watch/1"
    public static let primary: Set<Quantity> = [
        .heartRate, .oxygenSaturation, .respiratoryRate, .skinTemperature, .bodyTemperature,
    ]
    public static let context: Set<Quantity> = [.steps, .intensity, .workout]

    static let timeConstant = 1800.0
    static let warmUpSeconds = 1800.0
    static let fewestSamples = 60
    static let silenceSeconds = 7200.0
    /// A value further away pulls no harder than one this many spreads away.
    static let reach = 3.0
    /// The spread is never taken for less than this share of the quantity's plausible range: the
    /// resolution of common devices.
    static let leastSpreadShare = 0.004

    private let settings: LiveSettings
    private let quantity: Quantity
    private let leastSpread: Double
    private var level = 0.0
    private var spread = 0.0
    private var count = 0
    private var learned = 0.0
    private var last: Timestamp?
    private var movement = Movement()
    private var above = Episode()
    private var below = Episode()

    public init(_ settings: LiveSettings, quantity: Quantity) {
        self.settings = settings
        self.quantity = quantity
        let range = quantity.facts.plausible
        leastSpread = Double(range.upperBound - range.lowerBound) * Self.leastSpreadShare
    }

    public mutating func push(_ input: Span<LiveSample>, emit: (Span<LiveFinding>) -> Void) {
        for index in input.indices {
            let sample = input[index]
            guard sample.quantity == quantity else {
                movement.take(sample)
                continue
            }
            guard sample.value.isFinite else { continue }
            take(sample, emit)
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<LiveFinding>) -> Void) {}

    public mutating func finish(emit: (Span<LiveFinding>) -> Void) {}

    private mutating func take(_ sample: LiveSample, _ emit: (Span<LiveFinding>) -> Void) {
        if quantity == .heartRate, movement.isRecent(at: sample.time) {
            above.end()
            below.end()
            return
        }
        guard let last, sample.time.seconds(since: last) <= Self.silenceSeconds else {
            level = sample.value
            spread = leastSpread
            count = 1
            learned = 0
            self.last = sample.time
            above.end()
            below.end()
            return
        }
        let usual = max(spread, leastSpread)
        let residual = (sample.value - level) / usual
        if count >= Self.fewestSamples, learned >= Self.warmUpSeconds {
            judge(sample, residual, usual, emit)
        }
        learn(sample, seconds: max(0, sample.time.seconds(since: last)), usual)
        self.last = sample.time
    }

    private mutating func learn(_ sample: LiveSample, seconds: Double, _ usual: Double) {
        let distance = sample.value - level
        // While it warms up the mean of what came so far: afterwards the time constant.
        let share = max(seconds / (Self.timeConstant + seconds), 1 / Double(count + 1))
        let bound = Self.reach * usual
        level += share * min(bound, max(-bound, distance))
        spread += share * (min(bound, abs(distance)) - spread)
        count = min(count + 1, 1 << 40)
        learned += min(seconds, Double(Episode.gapNanoseconds) / 1e9)
    }

    private mutating func judge(
        _ sample: LiveSample, _ residual: Double, _ usual: Double,
        _ emit: (Span<LiveFinding>) -> Void
    ) {
        if above.step(
            sample.time, sample.value, isInState: residual > settings.changeLimit,
            persistence: settings.persistence)
        {
            emit([alert("above", above, sample.time, usual)].span)
        }
        if below.step(
            sample.time, sample.value, isInState: residual < -settings.changeLimit,
            persistence: settings.persistence)
        {
            emit([alert("below", below, sample.time, usual)].span)
        }
    }

    private func alert(
        _ side: String, _ episode: Episode, _ time: Timestamp, _ usual: Double
    ) -> LiveFinding {
        let since = episode.since ?? time
        let mean = episode.mean ?? level
        let activity =
            quantity != .heartRate
            ? "" : movement.isKnown ? " at rest" : " with activity unknown"
        return LiveFinding(
            .alert, rule: "\(quantity.name)-change", model: Self.model, from: since, to: time,
            value: mean, unit: quantity.facts.unit,
            terms: [
                LiveFinding.Term("baseline", level),
                LiveFinding.Term("spread", usual),
                LiveFinding.Term("distance", (mean - level) / usual),
                LiveFinding.Term("limit", settings.changeLimit),
                LiveFinding.Term("duration_s", time.seconds(since: since)),
                LiveFinding.Term("samples", Double(episode.count)),
            ],
            reason:
                "The \(quantity.facts.label) has stayed far \(side) its level of late\(activity)."
        )
    }
}

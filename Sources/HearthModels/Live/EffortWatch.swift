// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// A heart rate higher than this person's movement explains, for two minutes and more.
///
/// Shape: alerts only, one an episode, with the rate that movement let expect, the residual, its limit and
/// how long it has lasted. Movement is steps a minute; where no stream tells of steps it is taken as not
/// known. About one alarm a week by chance, by ``HeartRateAnomaly``'s own limit.
///
/// - Source: ``HeartRateAnomaly``.
public struct EffortWatch: LiveMonitor {
    public static let model = "effort-watch/1"
    public static let primary: Set<Quantity> = [.heartRate]
    public static let context: Set<Quantity> = [.steps]

    /// A count of steps speaks for this long behind its end.
    static let validNanoseconds: Int64 = 60_000_000_000

    private var detector = HeartRateAnomaly()
    private var activity: Double?
    private var until = Timestamp.distantPast

    public init(_ settings: LiveSettings = LiveSettings(), quantity: Quantity = .heartRate) {}

    public mutating func push(_ input: Span<LiveSample>, emit: (Span<LiveFinding>) -> Void) {
        for index in input.indices {
            let sample = input[index]
            guard sample.quantity == .heartRate else {
                take(steps: sample)
                continue
            }
            let isKnown = activity != nil
            let moved = sample.time <= until ? activity : (isKnown ? 0 : nil)
            let one: InlineArray<1, HeartActivity> = [
                HeartActivity(time: sample.time, heartRate: sample.value, activity: moved)
            ]
            detector.push(one.span) { scores in
                for at in scores.indices where scores[at].isAlarm {
                    emit([Self.alert(scores[at], isKnown: isKnown)].span)
                }
            }
        }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<LiveFinding>) -> Void) {}

    public mutating func finish(emit: (Span<LiveFinding>) -> Void) {}

    private mutating func take(steps sample: LiveSample) {
        guard sample.value.isFinite, sample.value >= 0 else { return }
        let minutes = max(1, Double(sample.duration) / 60e9)
        activity = sample.value / minutes
        until = sample.time.advanced(byNanoseconds: sample.duration)
            .advanced(byNanoseconds: Self.validNanoseconds)
    }

    private static func alert(_ score: HeartRateAnomalyScore, isKnown: Bool) -> LiveFinding {
        var terms = [
            LiveFinding.Term("baseline", score.expected),
            LiveFinding.Term("distance", score.residual),
            LiveFinding.Term("duration_s", score.secondsAbove),
            LiveFinding.Term("surprise", score.surprise),
            LiveFinding.Term("rest_known", isKnown ? 1 : 0),
        ]
        if let limit = score.limit { terms.append(LiveFinding.Term("limit", limit)) }
        let begin = score.time.advanced(
            byNanoseconds: -Int64(min(1e6, max(0, score.secondsAbove)) * 1e9))
        return LiveFinding(
            .alert, rule: "heart-rate-above-effort", model: model, from: begin, to: score.time,
            value: score.heartRate, unit: "/min", terms: terms,
            reason: "The heart rate is higher than movement explains.")
    }
}

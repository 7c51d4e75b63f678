// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The readiness score: weighted robust z scores, cut at ±2.5, as whole points that add up.
///
/// A term's points are its weight (percent of the weights present) times its z score over 5, cut
/// toward zero: a signal with all the weight moves the score by 50 at most. More variability and
/// more sleep than usual raise it; a higher resting heart rate and faster breathing lower it; a
/// warmer skin lowers it, a cooler one does nothing. It takes variability or resting heart rate,
/// and signals that hold at least half of the weight.
///
/// - Source: the form of a weighted sum of robust z scores is common in open tools; signs, cut and
///   weights are choices of this project, not fitted to any outcome.
enum ReadinessRule {
    static let model = "readiness/1"
    static let cut = 2.5

    private struct Signal {
        var key: PersonSettings.Key
        /// The first with a value and a band counts.
        var metrics: [MetricID]
        /// Points for a z score cut to ±``ReadinessRule/cut``.
        var effect: @Sendable (Double) -> Double
        var name: String
    }

    private static let signals: [Signal] = [
        Signal(
            key: .readinessVariability, metrics: [.logRMSSD, .vendorRMSSD, .vendorSDNN],
            effect: { $0 }, name: "heart-rate variability"),
        Signal(
            key: .readinessHeartRate,
            metrics: [.restingLowest, .restingNightMean, .restingVendor],
            effect: { -$0 }, name: "resting heart rate"),
        Signal(
            key: .readinessRespiration, metrics: [.respiratoryRate], effect: { -$0 },
            name: "respiratory rate"),
        Signal(
            key: .readinessTemperature,
            metrics: [.skinTemperature, .skinTemperatureDeviation],
            effect: { -max(0, $0) }, name: "skin temperature"),
        Signal(
            key: .readinessSleep, metrics: [.totalSleepTime], effect: { $0 },
            name: "total sleep time"),
    ]

    /// What `explain` prints.
    static let explanation = MetricExplanation(
        id: "readiness", label: "readiness", unit: "1",
        formula:
            "50 + the points of the terms. Points: weight (percent of those present) x z, cut to"
            + " ±\(cut), / \(2 * cut), cut toward zero. Variability and sleep count up; resting heart"
            + " rate and breathing down; warmer skin down, cooler not. Needs variability or resting"
            + " heart rate, and half of the weight. `hearth settings` changes the weights or"
            + " switches it off.",
        inputs: [
            "rr-interval", "heart-rate", "respiratory-rate", "skin-temperature", "sleep-stage",
        ],
        baseline: "Each term against its own: `hearth explain` with the term's name.",
        source: "Definition of this project; the weights are a choice and predict nothing",
        model: model)

    /// `nil` if the person switched it off.
    static func score(_ history: MetricHistory, _ settings: PersonSettings) -> Readiness? {
        guard settings.wantsReadiness else { return nil }
        let wanted = signals.compactMap { signal -> (Signal, Int)? in
            let weight = settings.value(of: signal.key) ?? 0
            return weight > 0 ? (signal, weight) : nil
        }
        let all = wanted.reduce(0) { $0 + $1.1 }
        guard all > 0 else { return none("Every weight is set to 0.", wanted.map(\.0.name)) }
        let found = wanted.compactMap { signal, weight in
            term(signal, weight, history).map { (signal, $0) }
        }
        let absent = wanted.map(\.0.name).filter { name in
            !found.contains { $0.0.name == name }
        }
        let present = found.reduce(0) { $0 + $1.1.weight }
        let hasHeart = found.contains {
            $0.0.key == .readinessVariability || $0.0.key == .readinessHeartRate
        }
        guard hasHeart else {
            return none(
                "Neither heart-rate variability nor resting heart rate has a value and a usual range"
                    + " for this night.", absent)
        }
        guard 2 * present >= all else {
            return none(
                "The signals of this night hold less than half of the weight.", absent)
        }
        var terms = found.map(\.1)
        shareOut(&terms)
        for index in terms.indices {
            let effect = found[index].0.effect(max(-cut, min(cut, terms[index].zScore)))
            terms[index].points = Int(Double(terms[index].weight) * effect / (2 * cut))
        }
        return Readiness(model: model, terms: terms, absent: absent)
    }

    private static func none(_ reason: String, _ absent: [String]) -> Readiness {
        Readiness(model: model, terms: [], absent: absent, missing: reason)
    }

    /// The signal's first metric that has a value and a band; its points come later.
    private static func term(
        _ signal: Signal, _ weight: Int, _ history: MetricHistory
    ) -> Readiness.Term? {
        for id in signal.metrics {
            guard let today = history.banded(id).last, let value = today.value,
                let baseline = today.baseline, let z = today.zScore
            else { continue }
            let facts = id.facts
            return Readiness.Term(
                metric: id.rawValue, label: facts.label, value: value, unit: facts.unit,
                digits: facts.digits, median: baseline.median, spread: baseline.spread,
                zScore: z, weight: weight, points: 0)
        }
        return nil
    }

    /// Weights become whole percents that make 100: cut, and what is left to the largest rests.
    private static func shareOut(_ terms: inout [Readiness.Term]) {
        let total = terms.reduce(0) { $0 + $1.weight }
        let exact = terms.map { $0.weight * 100 }
        for index in terms.indices { terms[index].weight = exact[index] / total }
        let left = 100 - terms.reduce(0) { $0 + $1.weight }
        let order = terms.indices.sorted { (exact[$1] % total, $0) < (exact[$0] % total, $1) }
        for index in order.prefix(left) { terms[index].weight += 1 }
    }
}

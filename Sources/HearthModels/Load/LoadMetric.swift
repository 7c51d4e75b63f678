// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The numbers of training load. The raw value is ``Metric/id``.
enum LoadMetric: String, CaseIterable {
    case impulse = "trimp"
    case acute = "training-load-acute"
    case chronic = "training-load-chronic"
    case monotony = "training-monotony"

    static let model = "training-load/1"

    private var words: (label: String, digits: Int, formula: String, source: String) {
        switch self {
        case .impulse:
            (
                "training impulse", 0,
                "Sum over minutes of r x a x exp(b r); r the share of the heart-rate reserve,"
                    + " (heart rate - resting) / (maximal - resting), minutes below r = 0.3 left out;"
                    + " a 0.64, b 1.92 (men) or a 0.86, b 1.67 (women). Resting: the median of your"
                    + " resting heart rates. Maximal: what you set, else the highest minute of the"
                    + " last \(SummaryComposer.historyDays) days.",
                "Banister 1991 (banister1991); the lower bound: Garber et al. 2011 (garber2011)"
            )
        case .acute:
            (
                "acute load", 0,
                "Exponentially weighted mean of the days' training impulse, weight 2 / (7 + 1);"
                    + " 5 of the last 7 days known. It says nothing about injuries.",
                "Williams et al. 2017 (williams2017)"
            )
        case .chronic:
            (
                "chronic load", 0,
                "Exponentially weighted mean of the days' training impulse, weight 2 / (28 + 1);"
                    + " 21 of the last 28 days known.", "Williams et al. 2017 (williams2017)"
            )
        case .monotony:
            (
                "monotony", 1,
                "Mean / standard deviation of the training impulses of the last seven days, all known.",
                "Foster 1998 (foster1998)"
            )
        }
    }

    func metric(
        _ value: Double?, coverage: Double? = nil, confidence: Confidence? = nil,
        sources: [String] = [], missing: String
    ) -> Metric {
        let words = words
        let sound = value.flatMap { $0.isFinite ? $0 : nil }
        return Metric(
            id: rawValue, label: words.label, value: sound, unit: "1", digits: words.digits,
            coverage: sound == nil ? nil : coverage, confidence: sound == nil ? nil : confidence,
            sources: sound == nil ? [] : sources, model: Self.model,
            missing: sound == nil ? missing : nil)
    }

    /// What `explain` prints.
    var explanation: MetricExplanation {
        let words = words
        return MetricExplanation(
            id: rawValue, label: words.label, unit: "1", formula: words.formula,
            inputs: ["heart-rate"], baseline: "None.", source: words.source, model: Self.model)
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Every number of the heart-rhythm section. The raw value is ``Metric/id``.
public enum HeartRhythmMetric: String, Sendable, CaseIterable {
    case burden = "irregular-rhythm-burden"
    case longest = "irregular-rhythm-longest"
    case analysed = "rhythm-analysed-time"
    case inconclusive = "rhythm-inconclusive"
    case premature = "premature-beats"
    case prematurePerHour = "premature-beats-per-hour"
    case patterned = "premature-beats-in-pattern"
    case highRate = "high-heart-rate-at-rest"
    case lowRate = "low-heart-rate-at-rest"

    private typealias Facts = (
        label: String, unit: String, digits: Int, model: String, formula: String, source: String,
        inputs: [String]
    )

    /// A value, or the reason why there is none; a value that is not finite is none.
    public func metric(
        _ value: Double?, coverage: Double? = nil, confidence: Confidence? = nil,
        sources: [String] = [], missing: String? = nil
    ) -> Metric {
        let facts = facts
        let sound = value.flatMap { $0.isFinite ? $0 : nil }
        return Metric(
            id: rawValue, label: facts.label, value: sound, unit: facts.unit,
            digits: facts.digits, coverage: sound == nil ? nil : coverage,
            confidence: sound == nil ? nil : confidence, sources: sound == nil ? [] : sources,
            model: facts.model, missing: sound == nil ? missing ?? "There was no input." : nil)
    }

    /// What `explain` prints.
    public var explanation: MetricExplanation {
        let facts = facts
        return MetricExplanation(
            id: rawValue, label: facts.label, unit: facts.unit, formula: facts.formula,
            inputs: facts.inputs, baseline: "None.", source: facts.source, model: facts.model)
    }

    private static let intervals = ["rr-interval", "ecg", "ppg"]
    private static let rates = ["heart-rate", "steps", "sleep-stage"]
    private static let screen =
        "Features of Lake and Moorman 2011, Sarkar et al. 2008 and Dash et al. 2009 (lake2011,"
        + " sarkar2008, dash2009) in a logistic regression of this project;"
        + " docs/models/af-screen.md"
    private static let project = "Definition of this project; docs/models/ectopy.md"

    private var facts: Facts {
        switch self {
        case .burden, .longest, .analysed, .inconclusive: screenFacts
        case .premature, .prematurePerHour, .patterned: ectopyFacts
        case .highRate, .lowRate: rateFacts
        }
    }

    private var screenFacts: Facts {
        func row(_ label: String, _ unit: String, _ digits: Int, _ formula: String) -> Facts {
            (label, unit, digits, RhythmScreen.model, formula, Self.screen, Self.intervals)
        }
        let states = " A pattern of intervals, not a diagnosis."
        switch self {
        case .burden:
            return row(
                "irregular rhythm, share of time", "%", 1,
                "100 x time in stretches of 30 s or more whose pattern of intervals is as irregular"
                    + " as in atrial fibrillation / time that could be judged, midnight to"
                    + " midnight." + states)
        case .longest:
            return row(
                "longest irregular stretch", "min", 0,
                "From the first to the last beat of the longest such stretch; 0 without one."
                    + states)
        case .analysed:
            return row(
                "rhythm judged", "h", 1, "Hours of intervals for which the screen has an answer.")
        default:
            return row(
                "rhythm inconclusive", "%", 1,
                "100 x time of intervals without an answer / time of all intervals. There is none"
                    + " with fewer than \(RhythmScreen.fewestBeats) beats in a row, with more than"
                    + " \(Int(RhythmScreen.artefactLimit * 100)) % artefacts, or where early beats"
                    + " hide the rhythm between them.")
        }
    }

    private var ectopyFacts: Facts {
        func row(_ label: String, _ unit: String, _ digits: Int, _ formula: String) -> Facts {
            (
                label, unit, digits, PrematureBeats.model,
                formula + " By the intervals only; stretches that are irregular or inconclusive are"
                    + " left out.", Self.project, Self.intervals
            )
        }
        let early =
            "interval below \(Int((PrematureBeats.earlyShare * 100).rounded())) % of the one"
            + " expected, a longer one after it"
        switch self {
        case .premature:
            return row(
                "early beats", "%", 1, "100 x early beats (\(early)) / beats.")
        case .prematurePerHour:
            return row("early beats an hour", "/h", 0, "Early beats (\(early)) / hours.")
        default:
            return row(
                "early beats in a pattern", "%", 0,
                "100 x early beats that come every second beat (bigeminy) or every third"
                    + " (trigeminy), three times in a row or more / early beats.")
        }
    }

    private var rateFacts: Facts {
        let limits = RateLimits()
        let isHigh = self == .highRate
        let limit = isHigh ? "above \(Int(limits.high))" : "below \(Int(limits.low))"
        return (
            isHigh ? "high heart rate at rest" : "low heart rate at rest", "min", 0,
            RateEpisodes.model,
            "Minutes in stretches of \(Int(limits.seconds / 60)) min or more with every heart rate"
                + " \(limit) /min while asleep or ten minutes after the last step.",
            "Definition of this project; docs/models/rate-episodes.md", Self.rates
        )
    }
}

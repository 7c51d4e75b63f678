// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The numbers of sleep statistics and of the rhythm over days that a report can hold beside those
/// of the daily summary. The raw value is ``Metric/id``.
public enum RhythmMetric: String, CaseIterable, Sendable {
    // One night.
    case sleepPeriodTime = "sleep-period-time"
    case remLatency = "rem-latency"
    case awakenings
    case fragmentation = "sleep-fragmentation"
    // Many days.
    case regularity = "sleep-regularity-index"
    case interdailyStability = "interdaily-stability"
    case intradailyVariability = "intradaily-variability"
    case relativeAmplitude = "relative-amplitude"
    case leastActive = "l5"
    case leastActiveOnset = "l5-onset"
    case mostActive = "m10"
    case mostActiveOnset = "m10-onset"
    case mesor
    case amplitude = "cosinor-amplitude"
    case acrophase
    case determination = "cosinor-fit"
    case midpoint = "sleep-midpoint"
    case midpointDeviation = "sleep-midpoint-deviation"
    case midSleepFree = "mid-sleep-free-days"
    case midSleepCorrected = "mid-sleep-free-days-corrected"
    case socialJetlag = "social-jetlag"

    private typealias Facts = (
        label: String, unit: String, digits: Int, model: String, formula: String, source: String,
        inputs: [String]
    )

    /// Whether the value is an hour of the wall clock and is best shown as `hh:mm`.
    public var isClockTime: Bool {
        switch self {
        case .leastActiveOnset, .mostActiveOnset, .acrophase, .midpoint, .midSleepFree,
            .midSleepCorrected:
            true
        default: false
        }
    }

    /// A value over many days with its coverage, or the reason why there is none.
    ///
    /// - Parameter unit: of L5, M10, mesor and amplitude, which have that of the activity.
    public func metric(
        _ assessed: Assessed<Double>, unit: String? = nil, confidence: Confidence? = nil,
        sources: [String] = []
    ) -> Metric {
        let facts = facts
        let value = assessed.value.flatMap { $0.isFinite ? $0 : nil }
        return Metric(
            id: rawValue, label: facts.label, value: value, unit: unit ?? facts.unit,
            digits: facts.digits, coverage: value == nil ? nil : assessed.coverage,
            confidence: value == nil ? nil : confidence, sources: value == nil ? [] : sources,
            model: facts.model,
            missing: value == nil ? assessed.missing ?? "There was no input." : nil)
    }

    /// What `explain` prints.
    public var explanation: MetricExplanation {
        let facts = facts
        return MetricExplanation(
            id: rawValue, label: facts.label, unit: facts.unit, formula: facts.formula,
            inputs: facts.inputs, baseline: "None.", source: facts.source, model: facts.model)
    }

    private static let night = ["sleep-stage", "heart-rate", "steps", "activity-count"]
    private static let motion = ["acceleration", "activity-count", "steps"]

    private var facts: Facts {
        switch self {
        case .sleepPeriodTime, .remLatency, .awakenings, .fragmentation: nightFacts
        case .regularity, .midpoint, .midpointDeviation, .midSleepFree, .midSleepCorrected,
            .socialJetlag:
            timingFacts
        default: activityFacts
        }
    }

    private var nightFacts: Facts {
        let model = "sleep-statistics/1"
        let aasm = "AASM manual for the scoring of sleep (berry2020)"
        let own = "Definition of this project; docs/models"
        switch self {
        case .sleepPeriodTime:
            return (
                "sleep period time", "min", 0, model,
                "From the first to the last epoch of sleep.", aasm, Self.night
            )
        case .remLatency:
            return (
                "REM latency", "min", 0, model,
                "From the first epoch of sleep to the first of REM.", aasm, Self.night
            )
        case .awakenings:
            return (
                "awakenings", "1", 0, model,
                "How often sleep turned into wake of one epoch (30 s) or more before the last epoch"
                    + " of sleep.", own, Self.night
            )
        default:
            return (
                "sleep fragmentation", "/h", 1, model, "Awakenings / hours of total sleep time.",
                own, Self.night
            )
        }
    }

    private var timingFacts: Facts {
        let clock = "Hour of the wall clock. "
        let rule = " At least \(Chronotype.fewestWork) work and \(Chronotype.fewestFree) free days."
        switch self {
        case .regularity:
            return (
                "sleep regularity index", "1", 0, SleepRegularity.model,
                "-100 + 200 x share of the 30-s epochs that are asleep or awake like the epoch 24 h"
                    + " later; naps count. Days with at least 66 % known pairs, five of them.",
                "Phillips et al. 2017 (phillips2017)", Self.night
            )
        case .midpoint:
            return (
                "sleep midpoint", "h", 2, SleepTiming.model,
                clock + "Mean of the instants half-way between falling asleep and waking, of at"
                    + " least \(SleepTiming.fewestNights) main sleeps.",
                "Definition of this project; docs/models", Self.night
            )
        case .midpointDeviation:
            return (
                "midpoint spread", "min", 0, SleepTiming.model,
                "Standard deviation of the sleep midpoints of at least"
                    + " \(SleepTiming.fewestNights) main sleeps.",
                "Definition of this project; docs/models", Self.night
            )
        case .midSleepFree:
            return (
                "mid-sleep on free days", "h", 2, Chronotype.model,
                clock + "Mean mid-sleep of sleeps that end on free days." + rule,
                "Roenneberg et al. 2004 (roenneberg2004)", Self.night
            )
        case .midSleepCorrected:
            return (
                "mid-sleep on free days (MSFsc)", "h", 2, Chronotype.model,
                clock + "MSF - 0.5 x (sleep on free days - mean sleep of the week) if that is above"
                    + " zero." + rule,
                "Roenneberg et al. 2004 (roenneberg2004)", Self.night
            )
        default:
            return (
                "social jetlag", "h", 1, Chronotype.model,
                "Mid-sleep on free days less mid-sleep on work days, without sign." + rule,
                "Wittmann et al. 2006 (wittmann2006)", Self.night
            )
        }
    }

    private var activityFacts: Facts {
        let model = RestActivityRhythm.model
        let vansomeren = "Van Someren et al. 1999 (vansomeren1999)"
        let witting = "Witting et al. 1990 (witting1990)"
        func row(
            _ label: String, _ unit: String, _ digits: Int, _ formula: String, _ source: String
        ) -> Facts { (label, unit, digits, model, formula + Self.hours, source, Self.motion) }
        switch self {
        case .interdailyStability:
            return row(
                "interdaily stability", "1", 2,
                "Variance of the mean day's hours / variance of all hours.", witting)
        case .intradailyVariability:
            return row(
                "intradaily variability", "1", 2,
                "Mean squared step from hour to hour / variance of all hours.", witting)
        case .relativeAmplitude:
            return row("relative amplitude", "1", 2, "(M10 - L5) / (M10 + L5).", vansomeren)
        case .leastActive:
            return row(
                "L5", "1", 1,
                "Mean of the mean day's least active five hours; unit of the activity.", vansomeren)
        case .leastActiveOnset:
            return row("L5 onset", "h", 2, "Start of the least active five hours.", vansomeren)
        case .mostActive:
            return row(
                "M10", "1", 1,
                "Mean of the mean day's most active ten hours; unit of the activity.", vansomeren)
        case .mostActiveOnset:
            return row("M10 onset", "h", 2, "Start of the most active ten hours.", vansomeren)
        default: return cosinorFacts
        }
    }

    private var cosinorFacts: Facts {
        let halberg = "Halberg et al. 1967 (halberg1967)"
        let fitted = " Fitted to the natural logarithm of the activity plus one."
        func row(_ label: String, _ unit: String, _ digits: Int, _ formula: String) -> Facts {
            (
                label, unit, digits, Cosinor.model, formula + fitted + Self.hours, halberg,
                Self.motion
            )
        }
        switch self {
        case .mesor: return row("mesor", "1", 2, "Mean of the cosine of 24 h that fits best.")
        case .amplitude:
            return row(
                "cosinor amplitude", "1", 2, "Half the range of the cosine that fits best.")
        case .determination:
            return row("cosinor fit", "%", 0, "Share of the variance that the cosine explains.")
        default:
            return row("acrophase", "h", 2, "Hour of the peak of the cosine that fits best.")
        }
    }

    /// What the activity is.
    private static let hours =
        " Hours of the last \(RhythmComposer.activityDates) days in one measure of one device: mean"
        + " acceleration above gravity (ENMO, mg) where raw acceleration was recorded on enough of"
        + " them, else activity counts a minute, else steps an hour. An hour counts if two thirds of"
        + " it are known; seven days with 16 such hours, and every hour of the day on four."
}

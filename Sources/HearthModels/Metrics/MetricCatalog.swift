// SPDX-License-Identifier: Apache-2.0

/// How a metric comes about, in words: what `hearth explain` prints.
public struct MetricExplanation: Codable, Sendable, Hashable {
    /// ``Metric/id``.
    public var id: String
    public var label: String
    /// UCUM notation.
    public var unit: String
    public var formula: String
    /// Names of the quantities it is made from.
    public var inputs: [String]
    public var baseline: String
    /// Citation; keys as in `docs/references.bib`.
    public var source: String
    public var model: String
}

/// One explanation for every metric a summary can hold.
public enum MetricCatalog {
    /// All explanations, in the order of the report.
    public static let all: [MetricExplanation] =
        MetricID.allCases.map(explanation) + HeartRhythmMetric.allCases.map(\.explanation)
        + RhythmMetric.allCases.map(\.explanation) + LoadMetric.allCases.map(\.explanation)
        + [ReadinessRule.explanation]

    /// The explanation of ``Metric/id``; `nil` for an id that no summary can hold.
    public static func explanation(of id: String) -> MetricExplanation? {
        MetricID(rawValue: id).map(explanation) ?? HeartRhythmMetric(rawValue: id)?.explanation
            ?? RhythmMetric(rawValue: id)?.explanation ?? LoadMetric(rawValue: id)?.explanation
            ?? (id == ReadinessRule.explanation.id ? ReadinessRule.explanation : nil)
    }

    private static func explanation(_ id: MetricID) -> MetricExplanation {
        let facts = id.facts
        let words = words(id)
        return MetricExplanation(
            id: id.rawValue, label: facts.label, unit: facts.unit, formula: words.formula,
            inputs: words.inputs, baseline: baseline(id), source: words.source,
            model: facts.model)
    }

    private static func baseline(_ id: MetricID) -> String {
        let band =
            "Median of your last \(PersonalBand.windowDays) days up to"
            + " \(PersonalBand.lagDays) days ago, at least \(PersonalBand.fewestDays) of them;"
            + " spread 1.4826 times the median absolute deviation, at least"
            + " \(id.facts.floor) \(id.facts.unit); band of two spreads either side."
        if id == .signalSum { return SignalSum.baseline }
        guard id == .restingNightMean else { return band }
        return band + " NightSignal: the median of the nights before, plus 3 and plus 4 /min."
    }

    private typealias Words = (formula: String, inputs: [String], source: String)

    private static let aasm =
        "AASM manual for the scoring of sleep (berry2020)"
    private static let taskForce = "Task Force of ESC and NASPE 1996 (taskforce1996)"
    private static let project = "Definition of this project; docs/models"
    private static let ownWindow =
        "Perez-Pozuelo 2022, van Hees 2018, Oakley 1997"
        + " (perezpozuelo2022, vanhees2018, oakley1997)"

    private static func words(_ id: MetricID) -> Words {
        switch id {
        case .timeInBed, .totalSleepTime, .sleepEfficiency, .sleepOnsetLatency,
            .wakeAfterSleepOnset, .lightSleep, .deepSleep, .remSleep, .napTime, .ownSleepPeriod,
            .ownTotalSleepTime, .ownLightSleep, .ownDeepSleep, .ownREMSleep:
            night(id)
        case .restingLowest, .restingNightMean, .restingVendor, .vendorRMSSD, .vendorSDNN:
            heart(id)
        case .rmssd, .logRMSSD, .hrvVariation, .sdnn, .beatsRemoved, .respirationFromRR:
            beats(id)
        case .pulseRMSSD, .pulseLogRMSSD, .pulseSDNN: pulses(id)
        case .respiratoryRate, .oxygenMean, .oxygenMinimum, .desaturations3, .desaturations4,
            .skinTemperature, .skinTemperatureDeviation, .signalSum:
            vital(id)
        case .steps, .activeMinutes, .distance, .activeEnergy, .workoutTime: activity(id)
        case .sedentaryTime, .lightActivity, .moderateActivity: intensity(id)
        }
    }

    private static func night(_ id: MetricID) -> Words {
        let staged = ["sleep-stage"]
        let own = ["heart-rate", "steps", "intensity", "activity-count", "acceleration"]
        let either = staged + own
        switch id {
        case .timeInBed:
            return (
                "From lying down to getting up as a device recorded it; for a vendor's night at"
                    + " least the vendor's session. None without a record.", staged, aasm
            )
        case .totalSleepTime:
            return ("Minutes of epochs (30 s) scored as any kind of sleep.", either, aasm)
        case .sleepEfficiency:
            return ("100 x total sleep time / time in bed.", either, aasm)
        case .sleepOnsetLatency:
            return ("From lying down to the first epoch of sleep.", either, aasm)
        case .wakeAfterSleepOnset:
            return (
                "Time in bed - sleep onset latency - total sleep time; without time in bed, wake"
                    + " between the first and the last epoch of sleep.", either, aasm
            )
        case .lightSleep:
            return ("Minutes the vendor staged light (N1 or N2).", staged, "The vendor")
        case .deepSleep: return ("Minutes the vendor staged deep (N3).", staged, "The vendor")
        case .remSleep: return ("Minutes the vendor staged REM.", staged, "The vendor")
        case .napTime:
            return (
                "Minutes asleep in the day's other sleeps of the source that gave the night.",
                either, project
            )
        case .ownSleepPeriod:
            return (
                "From the first to the last epoch of sleep in the longest rest of the day: by raw"
                    + " acceleration where the arm's angle hardly changes, else still minutes with"
                    + " a heart rate at or below the 40th percentile of the 24 hours around; rests"
                    + " less than 60 minutes apart are one.", own, ownWindow
            )
        case .ownLightSleep: return (stager("light (N1 or N2)"), own, stagerSource)
        case .ownDeepSleep: return (stager("deep (N3)"), own, stagerSource)
        case .ownREMSleep: return (stager("REM"), own, stagerSource)
        default:
            return (
                "Minutes of that rest that the sleep stager takes for sleep; without the stager"
                    + " those without movement, without wake by the activity counts and, where"
                    + " there are no counts, without a heart rate more than two robust standard"
                    + " deviations above the night's median.", own, ownWindow
            )
        }
    }

    private static let stagerSource =
        "Nets and trees trained on polysomnography (walch2019); docs/models/sleep-stager.md"

    private static func stager(_ stage: String) -> String {
        "Minutes of epochs (30 s) that Hearth's sleep stager takes for \(stage). The range says how"
            + " far that was off on people it had not seen."
    }

    private static func intensity(_ id: MetricID) -> Words {
        let level =
            switch id {
            case .sedentaryTime: "below 44.8 mg"
            case .lightActivity: "from 44.8 to below 100.6 mg"
            default: "of 100.6 mg and more"
            }
        return (
            "Minutes of the day, worn and outside the night's sleep, in epochs of 5 s with a mean"
                + " acceleration above gravity (ENMO) \(level).", ["acceleration"],
            "Hildebrand et al. 2014 and 2017 (hildebrand2014, hildebrand2017)"
        )
    }

    private static func heart(_ id: MetricID) -> Words {
        switch id {
        case .restingLowest:
            return (
                "The lowest mean heart rate of any five minutes asleep that hold at least three"
                    + " samples three minutes apart.", ["heart-rate", "sleep-stage"], project
            )
        case .restingNightMean:
            return (
                "Mean over the minutes from 00:00 to 07:00 without a step of each minute's mean"
                    + " heart rate; at least 30 such minutes.", ["heart-rate", "steps"],
                "NightSignal, Alavi et al., Nature Medicine 2022 (alavi2022)"
            )
        case .restingVendor:
            return (
                "The last value of the day, as the vendor gives it.", ["resting-heart-rate"],
                "The vendor"
            )
        case .vendorRMSSD:
            return ("Median of the vendor's RMSSD values asleep.", ["hrv-rmssd"], "The vendor")
        default:
            return ("Median of the vendor's SDNN values asleep.", ["hrv-sdnn"], "The vendor")
        }
    }

    private static func beats(_ id: MetricID) -> Words {
        let inputs = ["rr-interval", "ecg"]
        switch id {
        case .rmssd:
            return (
                "Square root of the mean squared difference of neighbouring normal-to-normal"
                    + " intervals, in each clean five-minute window asleep; the median of the"
                    + " windows. Clean: at most 10 % of the intervals removed, 80 % of the time"
                    + " covered, the rhythm regular.", inputs, taskForce
            )
        case .logRMSSD:
            return (
                "Natural logarithm of RMSSD in milliseconds.", inputs,
                taskForce + "; logarithm as in Plews 2014 (plews2014)"
            )
        case .hrvVariation:
            return (
                "100 x standard deviation / mean of the nightly RMSSD of seven nights up to this"
                    + " one, of one source, at least five of them with a value.", inputs,
                "Coefficient of variation over a week as in Plews 2012 (plews2012), there of"
                    + " lnRMSSD"
            )
        case .sdnn:
            return (
                "Standard deviation of the normal-to-normal intervals in each clean five-minute"
                    + " window asleep; the median of the windows. Not comparable with RMSSD nor"
                    + " with a 24-hour SDNN.", inputs, taskForce
            )
        case .beatsRemoved:
            return (
                "Share of the intervals asleep beside ectopic, missed or extra beats, longer or"
                    + " shorter than the rhythm around them explains, or outside 300...2000 ms."
                    + " Above 20 % no variability is reported.", inputs,
                "Lipponen and Tarvainen 2019 (lipponen2019); docs/models/rr-cleaning.md"
            )
        default:
            return (
                "Derived, not measured: 60 x the frequency from 0.1 to 0.5 Hz at which the"
                    + " intervals swing most, in each clean five-minute window asleep where half of"
                    + " the power lies within 0.04 Hz of it; the median of the windows. Left out"
                    + " where a device measured respiration.", inputs,
                "Respiratory sinus arrhythmia, Charlton 2018 and Bailón 2006 (charlton2018,"
                    + " bailon2006)"
            )
        }
    }

    private static func pulses(_ id: MetricID) -> Words {
        let name = id == .pulseSDNN ? "SDNN" : (id == .pulseRMSSD ? "RMSSD" : "lnRMSSD")
        return (
            "\(name) of the intervals between pulses found in a pulse wave, as of beats otherwise:"
                + " the median of the clean five-minute windows asleep. The pulse rate varies"
                + " otherwise than the heart's; never compared with the heart-rate variability of"
                + " an ECG or of recorded intervals.", ["ppg"],
            taskForce + "; pulses by docs/models/ppg-beats.md"
        )
    }

    private static func vital(_ id: MetricID) -> Words {
        switch id {
        case .respiratoryRate:
            return (
                "Mean of the device's values asleep, or the vendor's value for the night.",
                ["respiratory-rate"], project
            )
        case .oxygenMean:
            return ("Mean of the device's values asleep.", ["oxygen-saturation"], project)
        case .oxygenMinimum:
            return (
                "Lowest of the device's values asleep. No desaturation index is made from single"
                    + " readings.", ["oxygen-saturation"], project
            )
        case .desaturations3, .desaturations4:
            let depth = id == .desaturations3 ? 3 : 4
            return (
                "Falls of \(depth) % or more below the highest of the two minutes before (median of"
                    + " three samples) that recover within 10 s to 2 min, an hour of recording"
                    + " asleep with samples at most 10 s apart; at least"
                    + " \(Int(DesaturationIndex.fewestHours)) such hours. Never from spot readings.",
                ["oxygen-saturation"], aasm + "; the details are this project's"
            )
        case .signalSum: return (SignalSum.formula, SignalSum.inputs, SignalSum.source)
        case .skinTemperature:
            return ("Mean of the device's values asleep.", ["skin-temperature"], project)
        default:
            return (
                "Mean of the vendor's deviation from its own baseline asleep, or its value for the"
                    + " night.", ["skin-temperature-deviation"], "The vendor"
            )
        }
    }

    private static func activity(_ id: MetricID) -> Words {
        switch id {
        case .steps:
            return (
                "Steps from midnight to midnight; in each hour one source, the one that covers most"
                    + " of the day among those with a sample in that hour. Sources are never"
                    + " added.", ["steps"], project
            )
        case .activeMinutes:
            return (
                "Minutes with 100 steps or more.", ["steps"],
                "Tudor-Locke et al. 2018 (tudorlocke2018)"
            )
        case .distance:
            return ("As for steps: one source an hour.", ["distance"], project)
        case .activeEnergy:
            return (
                "The vendor's estimate; as for steps, one source an hour.", ["active-energy"],
                "The vendor"
            )
        default:
            return (
                "Time in recorded workouts of one source; overlaps count once.", ["workout"],
                project
            )
        }
    }
}

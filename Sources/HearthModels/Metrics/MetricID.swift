// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Every number a day can have. The raw value is ``Metric/id``.
enum MetricID: String, CaseIterable {
    // The night.
    case timeInBed = "time-in-bed"
    case totalSleepTime = "total-sleep-time"
    case sleepEfficiency = "sleep-efficiency"
    case sleepOnsetLatency = "sleep-onset-latency"
    case wakeAfterSleepOnset = "wake-after-sleep-onset"
    case lightSleep = "light-sleep"
    case deepSleep = "deep-sleep"
    case remSleep = "rem-sleep"
    case napTime = "nap-time"
    case ownSleepPeriod = "hearth-sleep-period"
    case ownTotalSleepTime = "hearth-total-sleep-time"
    case ownLightSleep = "hearth-light-sleep"
    case ownDeepSleep = "hearth-deep-sleep"
    case ownREMSleep = "hearth-rem-sleep"
    // Heart.
    case restingLowest = "resting-heart-rate-lowest-5min"
    case restingNightMean = "resting-heart-rate-night-mean"
    case restingVendor = "vendor-resting-heart-rate"
    case rmssd
    case logRMSSD = "ln-rmssd"
    case hrvVariation = "hrv-cv"
    case sdnn
    case pulseRMSSD = "pulse-rmssd"
    case pulseLogRMSSD = "pulse-ln-rmssd"
    case pulseSDNN = "pulse-sdnn"
    case beatsRemoved = "beats-removed"
    case vendorRMSSD = "vendor-rmssd"
    case vendorSDNN = "vendor-sdnn"
    // Breathing, blood, temperature.
    case respiratoryRate = "respiratory-rate"
    case respirationFromRR = "respiratory-rate-from-rr"
    case oxygenMean = "spo2-mean"
    case oxygenMinimum = "spo2-minimum"
    case desaturations3 = "oxygen-desaturation-index-3"
    case desaturations4 = "oxygen-desaturation-index-4"
    case skinTemperature = "skin-temperature"
    case skinTemperatureDeviation = "skin-temperature-deviation"
    case signalSum = "several-signals-sum"
    // Activity.
    case steps
    case activeMinutes = "active-minutes"
    case distance
    case activeEnergy = "active-energy"
    case workoutTime = "workout-time"
    case sedentaryTime = "sedentary-time"
    case lightActivity = "light-activity"
    case moderateActivity = "moderate-to-vigorous-activity"

    /// Name, unit and resolution of a metric.
    struct Facts {
        var label: String
        var unit: String
        var digits: Int
        var model: String
        /// Smallest difference taken for real: the least spread a band may have.
        ///
        /// These are resolutions of consumer devices and of the epochs used, a choice of this
        /// project and not fitted to data.
        var floor: Double
    }

    var facts: Facts {
        switch self {
        case .timeInBed, .totalSleepTime, .sleepEfficiency, .sleepOnsetLatency,
            .wakeAfterSleepOnset, .lightSleep, .deepSleep, .remSleep, .napTime, .ownSleepPeriod,
            .ownTotalSleepTime, .ownLightSleep, .ownDeepSleep, .ownREMSleep:
            nightFacts
        case .steps, .activeMinutes, .distance, .activeEnergy, .workoutTime, .sedentaryTime,
            .lightActivity, .moderateActivity:
            activityFacts
        default: vitalFacts
        }
    }

    private var nightFacts: Facts {
        func minutes(_ label: String, _ model: String = "sleep-statistics/1", floor: Double = 5)
            -> Facts
        { Facts(label: label, unit: "min", digits: 0, model: model, floor: floor) }
        switch self {
        case .timeInBed: return minutes("time in bed", floor: 15)
        case .totalSleepTime: return minutes("total sleep time", floor: 15)
        case .sleepOnsetLatency: return minutes("sleep onset latency")
        case .wakeAfterSleepOnset: return minutes("wake after sleep onset")
        case .lightSleep: return minutes("light sleep (vendor)", floor: 10)
        case .deepSleep: return minutes("deep sleep (vendor)", floor: 10)
        case .remSleep: return minutes("REM sleep (vendor)", floor: 10)
        case .napTime: return minutes("naps")
        case .ownSleepPeriod:
            return minutes("sleep period, Hearth's own", OwnSleep.model, floor: 15)
        case .ownTotalSleepTime:
            return minutes("total sleep time, Hearth's own", OwnSleep.model, floor: 15)
        case .ownLightSleep: return minutes("light sleep", SleepModel.name, floor: 10)
        case .ownDeepSleep: return minutes("deep sleep", SleepModel.name, floor: 10)
        case .ownREMSleep: return minutes("REM sleep", SleepModel.name, floor: 10)
        default:
            return Facts(
                label: "sleep efficiency", unit: "%", digits: 0, model: "sleep-statistics/1",
                floor: 1)
        }
    }

    private var vitalFacts: Facts {
        func facts(
            _ label: String, _ unit: String, _ digits: Int, _ model: String, _ floor: Double
        ) -> Facts {
            Facts(label: label, unit: unit, digits: digits, model: model, floor: floor)
        }
        switch self {
        case .restingLowest:
            return facts(
                "resting heart rate, lowest 5 min asleep", "/min", 1, "resting-heart-rate/1", 1)
        case .restingNightMean:
            return facts(
                "resting heart rate, night mean", "/min", 1, "resting-heart-rate/1", 1)
        case .restingVendor:
            return facts("resting heart rate (vendor)", "/min", 0, "vendor-value/1", 1)
        case .rmssd: return facts("RMSSD", "ms", 0, "hrv/1", 3)
        case .logRMSSD: return facts("lnRMSSD", "1", 2, "hrv/1", 0.05)
        case .hrvVariation: return facts("HRV-CV, 7 nights", "%", 1, "hrv/1", 2)
        case .sdnn: return facts("SDNN, 5 min", "ms", 0, "hrv/1", 3)
        case .pulseRMSSD:
            return facts("pulse rate variability, RMSSD", "ms", 0, "pulse-variability/1", 3)
        case .pulseLogRMSSD:
            return facts("pulse rate variability, lnRMSSD", "1", 2, "pulse-variability/1", 0.05)
        case .pulseSDNN:
            return facts("pulse rate variability, SDNN", "ms", 0, "pulse-variability/1", 3)
        case .beatsRemoved: return facts("beats removed", "%", 1, "rr-cleaning/1", 1)
        case .respirationFromRR:
            return facts(
                "respiratory rate, derived from RR", "/min", 1, "respiration-from-rr/1", 0.5)
        case .vendorRMSSD: return facts("RMSSD (vendor)", "ms", 0, "vendor-value/1", 3)
        case .vendorSDNN: return facts("SDNN (vendor)", "ms", 0, "vendor-value/1", 3)
        case .respiratoryRate:
            return facts("respiratory rate", "/min", 1, "night-vitals/1", 0.3)
        case .oxygenMean: return facts("SpO2, night mean", "%", 1, "night-vitals/1", 0.5)
        case .oxygenMinimum: return facts("SpO2, night minimum", "%", 0, "night-vitals/1", 1)
        case .desaturations3: return facts("ODI 3 %", "/h", 1, "oxygen-desaturation/1", 1)
        case .desaturations4: return facts("ODI 4 %", "/h", 1, "oxygen-desaturation/1", 1)
        case .signalSum:
            return facts("several signals added up (experimental)", "1", 1, SignalSum.model, 0.5)
        case .skinTemperature: return facts("skin temperature", "Cel", 2, "night-vitals/1", 0.1)
        default:
            return facts(
                "skin temperature deviation (vendor)", "Cel", 2, "night-vitals/1", 0.1)
        }
    }

    private var activityFacts: Facts {
        func facts(_ label: String, _ unit: String, _ digits: Int, _ floor: Double) -> Facts {
            Facts(label: label, unit: unit, digits: digits, model: "activity/1", floor: floor)
        }
        switch self {
        case .steps: return facts("steps", "{steps}", 0, 500)
        case .activeMinutes: return facts("active minutes", "min", 0, 5)
        case .distance: return facts("distance", "m", 0, 250)
        case .activeEnergy: return facts("active energy (vendor)", "kcal", 0, 50)
        case .sedentaryTime: return facts("sedentary time", "min", 0, 15)
        case .lightActivity: return facts("light activity", "min", 0, 10)
        case .moderateActivity: return facts("moderate to vigorous activity", "min", 0, 5)
        default: return facts("workouts", "min", 0, 5)
        }
    }

    /// A value, or the reason why there is none; a value that is not finite is none.
    func metric(
        _ value: Double?, coverage: Double? = nil, confidence: Confidence? = nil,
        sources: [String] = [], missing: String? = nil
    ) -> Metric {
        let facts = self.facts
        let sound = value.flatMap { $0.isFinite ? $0 : nil }
        return Metric(
            id: rawValue, label: facts.label, value: sound, unit: facts.unit,
            digits: facts.digits, coverage: sound == nil ? nil : coverage,
            confidence: sound == nil ? nil : confidence, sources: sound == nil ? [] : sources,
            model: facts.model, missing: sound == nil ? missing ?? "There was no input." : nil)
    }
}

// SPDX-License-Identifier: Apache-2.0

extension QuantityFacts {
    /// The table of quantities. LOINC codes as in the FHIR vital-signs profile; RMSSD has none.
    static func of(_ quantity: Quantity) -> QuantityFacts {
        switch quantity {
        case .heartRate, .rrInterval, .hrvRMSSD, .hrvSDNN, .restingHeartRate: heart(quantity)
        case .steps, .distance, .activeEnergy, .intensity, .workout, .activityCount, .acceleration,
            .angularVelocity, .flightsClimbed:
            movement(quantity)
        case .ecg, .ppg, .eda, .eeg, .eog, .emg, .respiration, .signal: waveform(quantity)
        default: other(quantity)
        }
    }

    private static func waveform(_ quantity: Quantity) -> QuantityFacts {
        switch quantity {
        case .ecg: microvolts("ecg", "ECG")
        case .eeg: microvolts("eeg", "EEG")
        case .eog: microvolts("eog", "EOG")
        case .emg: microvolts("emg", "EMG")
        case .ppg:
            QuantityFacts(
                "ppg", "photoplethysmogram", unit: "1", -1e9...1e9, .none, .waveform, isFast: true)
        case .eda:
            QuantityFacts("eda", "electrodermal activity", unit: "uS", 0...200, .mean, .waveform)
        case .respiration:
            QuantityFacts(
                "respiration", "respiration signal", unit: "1", -1e9...1e9, .none, .waveform,
                isFast: true)
        default:
            QuantityFacts(
                "signal", "signal", unit: "1", -1e12...1e12, .none, .waveform, isFast: true)
        }
    }

    /// Electrodes on the skin; half a volt is what amplifiers for direct current reach.
    private static func microvolts(_ name: String, _ label: String) -> QuantityFacts {
        QuantityFacts(
            name, label, unit: "uV", -500_000...500_000, .none, .waveform, isFast: true)
    }

    private static func heart(_ quantity: Quantity) -> QuantityFacts {
        switch quantity {
        case .heartRate:
            QuantityFacts(
                "heart-rate", "heart rate", unit: "/min", 20...260, .mean, .heart, loinc: "8867-4")
        case .rrInterval:
            // 200 ms is 300 beats a minute; a longer interval than 3 s is a gap, not a beat, but
            // it is kept: artefact correction decides.
            QuantityFacts(
                "rr-interval", "RR interval", unit: "ms", 100...20_000, .none, .beats,
                loinc: "8637-1")
        case .hrvRMSSD:
            QuantityFacts(
                "hrv-rmssd", "RMSSD", unit: "ms", 0.1...500, .mean, .heart)
        case .hrvSDNN:
            QuantityFacts(
                "hrv-sdnn", "SDNN", unit: "ms", 0.1...600, .mean, .heart, loinc: "80404-7")
        default:
            QuantityFacts(
                "resting-heart-rate", "resting heart rate (vendor)", unit: "/min", 20...150, .last,
                .heart, loinc: "40443-4")
        }
    }

    private static func movement(_ quantity: Quantity) -> QuantityFacts {
        switch quantity {
        case .steps:
            QuantityFacts(
                "steps", "steps", unit: "{steps}", 0...100_000, .sum, .movement, loinc: "55423-8")
        case .distance:
            QuantityFacts("distance", "distance", unit: "m", 0...1_000_000, .sum, .movement)
        case .activeEnergy:
            QuantityFacts(
                "active-energy", "active energy", unit: "kcal", 0...20_000, .sum, .movement)
        case .intensity:
            // FIT's scale: 0 sedentary to 7; other vendors are mapped by their reader.
            QuantityFacts("intensity", "activity intensity", unit: "1", 0...7, .mean, .movement)
        case .workout:
            QuantityFacts(
                "workout", "workout", unit: "1", 0...100_000_000, .none, .movement,
                columns: ["sport", "energy_kcal", "distance_m"])
        case .activityCount:
            QuantityFacts(
                "activity-count", "activity counts", unit: "{counts}", 0...1_000_000, .sum, .motion)
        case .acceleration:
            QuantityFacts(
                "acceleration", "acceleration", unit: "g", -64...64, .none, .motion,
                columns: ["x", "y", "z"], isFast: true)
        case .angularVelocity:
            QuantityFacts(
                "angular-velocity", "angular velocity", unit: "deg/s", -8000...8000, .none, .motion,
                columns: ["x", "y", "z"], isFast: true)
        default:
            QuantityFacts(
                "flights-climbed", "flights climbed", unit: "{flights}", 0...10_000, .sum, .movement
            )
        }
    }

    private static func other(_ quantity: Quantity) -> QuantityFacts {
        switch quantity {
        case .sleepStage:
            QuantityFacts(
                "sleep-stage", "sleep stage (vendor)", unit: "1", 0...8, .none, .sleep)
        case .wear:
            QuantityFacts("wear", "device worn", unit: "1", 0...1, .none, .sleep)
        case .oxygenSaturation:
            QuantityFacts(
                "oxygen-saturation", "oxygen saturation", unit: "%", 60...100, .mean, .respiration,
                loinc: "59408-5")
        case .respiratoryRate:
            QuantityFacts(
                "respiratory-rate", "respiratory rate", unit: "/min", 3...60, .mean, .respiration,
                loinc: "9279-1")
        case .skinTemperature:
            QuantityFacts(
                "skin-temperature", "skin temperature", unit: "Cel", 10...45, .mean, .temperature)
        case .skinTemperatureDeviation:
            QuantityFacts(
                "skin-temperature-deviation", "skin temperature deviation", unit: "Cel", -15...15,
                .mean, .temperature)
        case .bodyTemperature:
            QuantityFacts(
                "body-temperature", "body temperature", unit: "Cel", 30...45, .mean, .temperature,
                loinc: "8310-5")
        case .deviceTemperature:
            QuantityFacts(
                "device-temperature", "recorder temperature", unit: "Cel", -40...85, .mean,
                .temperature)
        case .stress:
            QuantityFacts("stress", "stress (vendor)", unit: "1", 0...100, .mean, .load)
        case .bodyBattery:
            QuantityFacts("body-battery", "body battery (vendor)", unit: "1", 0...100, .last, .load)
        case .bodyMass:
            QuantityFacts("body-mass", "body mass", unit: "kg", 1...700, .last, .load)
        case .maximalOxygenUptake:
            QuantityFacts(
                "vo2-max", "maximal oxygen uptake (vendor)", unit: "mL/(kg.min)", 5...100, .last,
                .load)
        case .light:
            QuantityFacts("light", "ambient light", unit: "lx", 0...200_000, .mean, .context)
        case .zoneOffset:
            QuantityFacts(
                "zone-offset", "clock offset from UTC", unit: "s", -64_800...64_800, .last, .clock,
                columns: ["offset_s", "origin"])
        default:
            QuantityFacts("event", "event marker", unit: "1", 0...65_535, .none, .context)
        }
    }
}

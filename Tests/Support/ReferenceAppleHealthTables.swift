// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals

extension ReferenceAppleHealth {
    private static let prefix = "HKQuantityTypeIdentifier"

    static let types: [String: (Quantity, Derivation)] = [
        prefix + "HeartRate": (.heartRate, .measured),
        prefix + "RestingHeartRate": (.restingHeartRate, .derived),
        prefix + "HeartRateVariabilitySDNN": (.hrvSDNN, .derived),
        prefix + "HeartRateVariabilityRMSSD": (.hrvRMSSD, .derived),
        prefix + "StepCount": (.steps, .measured),
        prefix + "DistanceWalkingRunning": (.distance, .measured),
        prefix + "DistanceCycling": (.distance, .measured),
        prefix + "DistanceSwimming": (.distance, .measured),
        prefix + "DistanceWheelchair": (.distance, .measured),
        prefix + "ActiveEnergyBurned": (.activeEnergy, .derived),
        prefix + "FlightsClimbed": (.flightsClimbed, .measured),
        prefix + "OxygenSaturation": (.oxygenSaturation, .measured),
        prefix + "RespiratoryRate": (.respiratoryRate, .derived),
        prefix + "BodyTemperature": (.bodyTemperature, .measured),
        prefix + "AppleSleepingWristTemperature": (.skinTemperature, .measured),
        prefix + "BodyMass": (.bodyMass, .measured),
        prefix + "VO2Max": (.maximalOxygenUptake, .derived),
        prefix + "ElectrodermalActivity": (.eda, .measured),
        "HKCategoryTypeIdentifierSleepAnalysis": (.sleepStage, .derived),
    ]

    static let stages: [String: SleepStage] = [
        "HKCategoryValueSleepAnalysisInBed": .inBed,
        "HKCategoryValueSleepAnalysisAsleep": .asleep,
        "HKCategoryValueSleepAnalysisAsleepUnspecified": .asleep,
        "HKCategoryValueSleepAnalysisAsleepCore": .light,
        "HKCategoryValueSleepAnalysisAsleepDeep": .deep,
        "HKCategoryValueSleepAnalysisAsleepREM": .rem,
        "HKCategoryValueSleepAnalysisAwake": .wake,
    ]

    static let sports: [String: Int] = [
        "HKWorkoutActivityTypeRunning": 1, "HKWorkoutActivityTypeCycling": 2,
        "HKWorkoutActivityTypeSwimming": 5, "HKWorkoutActivityTypeWalking": 11,
        "HKWorkoutActivityTypeHiking": 17, "HKWorkoutActivityTypeFunctionalStrengthTraining": 10,
        "HKWorkoutActivityTypeYoga": 10, "HKWorkoutActivityTypeSwimBikeRun": 18,
    ]

    static func convert(_ value: Double, _ unit: String, _ quantity: Quantity) -> Double? {
        switch (quantity, unit) {
        case (.heartRate, "count/min"), (.restingHeartRate, "count/min"),
            (.respiratoryRate, "count/min"), (.hrvSDNN, "ms"), (.hrvRMSSD, "ms"), (.steps, "count"),
            (.flightsClimbed, "count"), (.distance, "m"), (.activeEnergy, "kcal"),
            (.activeEnergy, "Cal"), (.bodyMass, "kg"), (.bodyTemperature, "degC"),
            (.skinTemperature, "degC"), (.maximalOxygenUptake, "mL/min·kg"), (.eda, "mcS"):
            value
        case (.heartRate, "count/s"), (.restingHeartRate, "count/s"),
            (.respiratoryRate, "count/s"):
            value * 60
        case (.distance, "km"): value * 1000
        case (.distance, "mi"): value * 1609.344
        case (.distance, "yd"): value * 0.9144
        case (.distance, "ft"): value * 0.3048
        case (.activeEnergy, "kJ"): value / 4.184
        case (.activeEnergy, "cal"): value / 1000
        case (.oxygenSaturation, "%"): value * 100
        case (.bodyTemperature, "degF"), (.skinTemperature, "degF"): (value - 32) * 5 / 9
        case (.bodyTemperature, "K"), (.skinTemperature, "K"): value - 273.15
        case (.bodyMass, "lb"): value * 0.45359237
        case (.bodyMass, "g"): value / 1000
        case (.bodyMass, "st"): value * 6.35029318
        case (.hrvSDNN, "s"), (.hrvRMSSD, "s"): value * 1000
        default: nil
        }
    }

    /// FNV-1a, written anew from its definition.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }

    static func device(_ attributes: [String: String]) -> SourceDevice {
        let name = Array((attributes["sourceName"] ?? "").utf8)
        var fields: [String: String] = [:]
        var text = attributes["device"] ?? ""
        if text.hasSuffix(">") { text.removeLast() }
        for part in text.components(separatedBy: ", ") {
            guard let colon = part.range(of: ":") else { continue }
            fields[String(part[..<colon.lowerBound])] = String(part[colon.upperBound...])
        }
        let hardware = fields["hardware"] ?? ""
        let unit = hash(name + [0] + Array(hardware.utf8))
        guard fields["manufacturer"] != nil || fields["model"] != nil || !hardware.isEmpty else {
            return SourceDevice(vendor: "", model: "other app", unit: unit)
        }
        let manufacturer = fields["manufacturer"] ?? ""
        if manufacturer.hasPrefix("Apple"), !hardware.isEmpty {
            return SourceDevice(vendor: "Apple", model: hardware, unit: unit)
        }
        return SourceDevice(
            vendor: manufacturer.hasPrefix("Apple") ? "Apple" : manufacturer,
            model: fields["model"] ?? hardware, unit: unit)
    }
}

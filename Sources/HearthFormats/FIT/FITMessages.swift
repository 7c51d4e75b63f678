// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The messages whose content is read, by global number, and what is known of the rest.
enum FITKind: UInt8, Sendable {
    /// Not published, or newer than this reader: skipped by size and counted.
    case unknown
    /// Published, and without a health measurement, or personal: skipped and counted.
    case ignored
    case fileID, deviceInfo, fieldDescription
    case activity, correlation, monitoringInfo
    case record, session, hrv, hr, rawBeats, beatIntervals
    case monitoring, restingHeartRate, stress, oxygen, respiration
    /// Not published, but levels cannot be placed without them; counted as unknown all the same.
    case sleepHead, sleepRaw
    case sleepLevel, nap, hrvSummary, hrvValue, skinTemperature

    init(globalNumber: UInt16) {
        self =
            switch globalNumber {
            case 0: .fileID
            case 18: .session
            case 20: .record
            case 23: .deviceInfo
            case 34: .activity
            case 55: .monitoring
            case 78: .hrv
            case 103: .monitoringInfo
            case 132: .hr
            case 162: .correlation
            case 206: .fieldDescription
            case 211: .restingHeartRate
            case 227: .stress
            case 269: .oxygen
            case 273: .sleepHead
            case 274: .sleepRaw
            case 275: .sleepLevel
            case 290: .beatIntervals
            case 297: .respiration
            case 370: .hrvSummary
            case 371: .hrvValue
            case 372: .rawBeats
            case 398: .skinTemperature
            case 412: .nap
            default: FITProfile.messageName(globalNumber) == nil ? .unknown : .ignored
            }
    }

    /// The field numbers that are decoded; the place in this list is the slot. Slot 0 is the time.
    var fields: [UInt8] {
        switch self {
        case .unknown, .ignored, .sleepRaw: [253]
        case .sleepHead: [253, 1]
        case .fileID: [253, 1, 2, 3, 4, 8]
        case .deviceInfo: [253, 0, 2, 4, 3, 27]
        case .fieldDescription: [253, 0, 1]
        case .activity: [253, 5]
        case .correlation: [253, 1, 3]
        case .monitoringInfo: [253, 0]
        case .record: [253, 3, 99, 108, 139]
        case .session: [253, 2, 7, 5, 11, 9]
        case .hrv: [253, 0]
        case .hr: [253, 0, 1, 6, 9, 10]
        case .rawBeats, .beatIntervals: [253, 0, 1]
        case .monitoring: [253, 3, 9, 5, 24, 26, 25, 27, 19]
        case .restingHeartRate: [253, 1]
        case .stress: [253, 0, 1, 3]
        case .oxygen, .respiration, .sleepLevel, .hrvValue: [253, 0]
        case .hrvSummary: [253, 1]
        case .skinTemperature: [253, 0, 1, 4]
        case .nap: [253, 0, 1, 2, 5]
        }
    }
}

/// The streams a recording is turned into.
enum FITStream: UInt8, CaseIterable, Sendable {
    case heartRate, rrInterval, respiratoryRate, bodyTemperature, oxygenSaturation
    case steps, activeEnergy, intensity, workout
    /// Totals that the device carried into the file: since local midnight, up to the file's start.
    case carriedSteps, carriedEnergy
    case stress, bodyBattery, restingHeartRate, hrvRMSSD
    case skinTemperature, skinDeviation, sleepStage, zoneOffset

    var quantity: Quantity {
        switch self {
        case .heartRate: .heartRate
        case .rrInterval: .rrInterval
        case .respiratoryRate: .respiratoryRate
        case .bodyTemperature: .bodyTemperature
        case .oxygenSaturation: .oxygenSaturation
        case .steps, .carriedSteps: .steps
        case .activeEnergy, .carriedEnergy: .activeEnergy
        case .intensity: .intensity
        case .workout: .workout
        case .stress: .stress
        case .bodyBattery: .bodyBattery
        case .restingHeartRate: .restingHeartRate
        case .hrvRMSSD: .hrvRMSSD
        case .skinTemperature: .skinTemperature
        case .skinDeviation: .skinTemperatureDeviation
        case .sleepStage: .sleepStage
        case .zoneOffset: .zoneOffset
        }
    }

    /// True where stretches of several activity types run side by side.
    var interleaves: Bool {
        switch self {
        case .steps, .activeEnergy, .carriedSteps, .carriedEnergy: true
        default: false
        }
    }

    /// What the device computed from its own measurements is derived.
    var derivation: Derivation {
        switch self {
        case .stress, .bodyBattery, .restingHeartRate, .hrvRMSSD, .skinTemperature, .skinDeviation,
            .sleepStage, .carriedSteps, .carriedEnergy:
            .derived
        default: .measured
        }
    }
}

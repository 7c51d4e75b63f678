// SPDX-License-Identifier: Apache-2.0

/// The kinds of file in a Fitbit export that are recognised, by what is in them.
///
/// Two trees of one export hold the same measurements: the older one in local time without a zone,
/// the newer one (`…_GoogleData`) in UTC with a source. ``twin`` says which files repeat which.
public enum FitbitFamily: String, Sendable, CaseIterable {
    // The older tree: JSON.
    case heartRateJSON, restingHeartRateJSON, maximalOxygenUptakeJSON, minutesJSON, sleepJSON
    /// Logs of weight and of exercise: recognised, not read.
    case logJSON
    // The older tree: CSV.
    case variabilityDetails, variabilitySummary, respirationSummary, sleepRespirationSummary
    case minuteOxygen, dailyOxygen, computedTemperature, wristTemperature
    // The newer tree.
    case heartRate, restingHeartRate, steps, distance, floors, oxygenSaturation
    case heartRateVariability, skinTemperature, bodyMass, dailyRespiratoryRate
    case dailyOxygenSaturation, dailyHeartRateVariability, dailySkinTemperature
    case sleepRespiratoryRate
    /// Nights with the clock's offset from UTC: the only source of zones.
    case sleeps, sleepStages
    // Recognised and not read, because Hearth has no quantity that means the same.
    case energy, deviceTemperature, oxygenVariation

    /// The family of the newer tree that holds the same measurements, in UTC.
    public var twin: FitbitFamily? {
        switch self {
        case .heartRateJSON: .heartRate
        case .restingHeartRateJSON: .restingHeartRate
        case .minutesJSON: .steps
        case .sleepJSON: .sleepStages
        case .variabilityDetails: .heartRateVariability
        case .variabilitySummary: .dailyHeartRateVariability
        case .respirationSummary: .dailyRespiratoryRate
        case .sleepRespirationSummary: .sleepRespiratoryRate
        case .minuteOxygen: .oxygenSaturation
        case .dailyOxygen: .dailyOxygenSaturation
        default: nil
        }
    }

    /// Whether a file of the other family is to be left out where one input holds both.
    public func prefers(over other: FitbitFamily) -> Bool { other.twin == self }

    /// Whether files of this family tell the clock's offset from UTC and so are to be read first.
    public var isZoneSource: Bool { self == .sleeps || self == .sleepStages }
}

/// What a JSON file of one value a minute holds; the file itself does not always tell.
public enum FitbitMinutes: String, Sendable, CaseIterable {
    case steps
    /// Centimetres.
    case distance
    /// Energy with the energy at rest; not read, because Hearth keeps active energy only.
    case energy
    case altitude
}

/// The bits of the quality mask that ``FitbitReader`` sets.
public enum FitbitQuality {
    /// The device's confidence in a heart rate is 1 of 3.
    public static let lowConfidence: UInt8 = 1
    /// The device's confidence in a heart rate is 0 of 3.
    public static let noConfidence: UInt8 = 2
    /// A heart rate of 70 without confidence: what the device writes when it found no pulse.
    public static let likelyFiller: UInt8 = 4
    /// A restless stretch of a night without stages, kept as wake.
    public static let restless: UInt8 = 8
}

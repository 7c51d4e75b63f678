// SPDX-License-Identifier: Apache-2.0

/// What a stream measures: a closed list, each with unit, plausible range and aggregation.
///
/// The raw value is the stable code in stored files; it never changes meaning. Vendor values keep
/// their vendor through ``StreamID``; SDNN and RMSSD are different quantities and never mixed.
public enum Quantity: UInt16, Sendable, CaseIterable, Codable {
    // Heart.
    case heartRate = 1
    case rrInterval = 2
    case hrvRMSSD = 3
    case hrvSDNN = 4
    case restingHeartRate = 5
    // Movement.
    case steps = 20
    case distance = 21
    case activeEnergy = 22
    case intensity = 23
    case workout = 24
    case activityCount = 25
    case acceleration = 26
    case angularVelocity = 27
    case flightsClimbed = 28
    // Sleep.
    case sleepStage = 40
    case wear = 41
    // Breathing and blood.
    case oxygenSaturation = 60
    case respiratoryRate = 61
    // Temperature.
    case skinTemperature = 80
    case skinTemperatureDeviation = 81
    case bodyTemperature = 82
    /// Inside the recorder's case; calibration uses it.
    case deviceTemperature = 83
    // Load and body.
    case stress = 100
    case bodyBattery = 101
    case bodyMass = 102
    case maximalOxygenUptake = 103
    // Waveforms.
    case ecg = 120
    case ppg = 121
    case eda = 122
    case eeg = 123
    case eog = 124
    case emg = 125
    /// Airflow or effort, in the file's own unit.
    case respiration = 126
    /// A signal of another kind, in the file's own unit; the device's model names both.
    case signal = 127
    // Context.
    case light = 140
    /// What happened, as an ``EventKind``.
    case event = 141
    /// The wall clock: columns are seconds east of UTC and the ``ZoneOrigin`` code.
    case zoneOffset = 160

    /// The static facts about this quantity.
    public var facts: QuantityFacts { QuantityFacts.of(self) }

    /// The name in files, on the command line and in reports, such as `heart-rate`.
    public var name: String { facts.name }

    /// The quantity of that name.
    public init?(name: String) {
        guard let found = Quantity.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// How samples of a quantity combine over a window.
public enum Aggregation: String, Sendable, Codable {
    case mean, sum, last, none
}

/// A group of quantities that is encrypted, kept and erased together.
public enum Category: UInt8, Sendable, CaseIterable, Codable {
    case heart = 1
    case beats = 2
    case movement = 3
    case motion = 4
    case sleep = 5
    case respiration = 6
    case temperature = 7
    case load = 8
    case waveform = 9
    case context = 10
    case clock = 11
    /// Scores and summaries; never raw data.
    case results = 12
}

/// Unit, range and meaning of a ``Quantity``.
public struct QuantityFacts: Sendable {
    public let name: String
    public let label: String
    /// Unit in UCUM notation.
    public let unit: String
    /// Values outside are rejected by readers and counted as implausible.
    public let plausible: ClosedRange<Float>
    public let aggregation: Aggregation
    public let category: Category
    /// LOINC code where one exists for exactly this meaning.
    public let loinc: String?
    /// Names of the columns of a sample, one for scalars.
    public let columns: [String]
    /// Streams of many samples a second are stored in large packs.
    public let isFast: Bool

    init(
        _ name: String, _ label: String, unit: String, _ plausible: ClosedRange<Float>,
        _ aggregation: Aggregation, _ category: Category, loinc: String? = nil,
        columns: [String] = ["value"], isFast: Bool = false
    ) {
        self.name = name
        self.label = label
        self.unit = unit
        self.plausible = plausible
        self.aggregation = aggregation
        self.category = category
        self.loinc = loinc
        self.columns = columns
        self.isFast = isFast
    }
}

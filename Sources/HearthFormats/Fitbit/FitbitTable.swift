// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// How a value of a CSV file becomes a sample's value.
enum FitbitRule: Sendable {
    case plain
    /// 50 is the device's mark for no value.
    case oxygen
    /// 0 and below mean no value.
    case positive
    case grams
    /// Named milli-breaths, but some exports write breaths; no one breathes 1,000 times a minute.
    case milliBreaths
    /// The difference to the value of another column.
    case above(Int)
}

/// What the rows of a CSV file are.
enum FitbitShape: Sendable, Equatable {
    /// A value at a time, for so many seconds.
    case timed(seconds: Int64)
    /// A value of a date.
    case daily
    /// A value of the time between two columns.
    case night
    /// Heart rate or daily resting heart rate: the header is the same.
    case beats
    case sleeps, stages
    case unread(String)
}

/// The columns of one CSV file, found by its header row.
struct FitbitTable: Sendable {
    struct Readout: Sendable {
        var column: Int
        var quantity: Quantity
        var rule: FitbitRule
    }

    var family: FitbitFamily
    var shape: FitbitShape
    var columns: Int
    var time: Int
    var end: Int?
    var startOffset: Int?
    var endOffset: Int?
    var kind: Int?
    var source: Int?
    var readouts: [Readout] = []

    var derivation: Derivation {
        switch shape {
        case .daily, .night, .stages: .derived
        default: .measured
        }
    }

    /// The table of a header row, or `nil` if it is none of Fitbit's.
    init?(header: [String]) {
        let names = header.map { $0.lowercased() }
        guard let spec = Self.specs.first(where: { $0.matches(names) }),
            let time = names.firstIndex(of: spec.time)
        else { return nil }
        func column(_ name: String) -> Int? { names.firstIndex(of: name) }
        self.family = spec.family
        self.shape = spec.shape
        self.columns = names.count
        self.time = time
        self.end = spec.end.flatMap(column)
        self.startOffset = column("start_utc_offset")
        self.endOffset = column("end_utc_offset")
        self.kind = column("sleep_stage_type")
        self.source = column("data source") ?? column("data_source")
        self.readouts = spec.readouts.compactMap { name, quantity, rule in
            column(name).map { Readout(column: $0, quantity: quantity, rule: rule) }
        }
        if family == .dailySkinTemperature, let baseline = column("baseline temperature celsius") {
            readouts.append(
                Readout(
                    column: readouts[0].column, quantity: .skinTemperatureDeviation,
                    rule: .above(baseline)))
        }
    }

    /// What a header must hold to be a family's.
    private struct Spec: Sendable {
        var family: FitbitFamily
        var shape: FitbitShape
        var time: String
        var end: String?
        var needed: [String]
        /// No columns but those needed and a source.
        var isExact: Bool
        var readouts: [(String, Quantity, FitbitRule)]

        init(
            _ family: FitbitFamily, _ shape: FitbitShape, time: String = "timestamp",
            end: String? = nil, needed: [String] = [], isExact: Bool = false,
            reads readouts: [(String, Quantity, FitbitRule)] = []
        ) {
            self.family = family
            self.shape = shape
            self.time = time
            self.end = end
            self.needed = [time] + (end.map { [$0] } ?? []) + readouts.map(\.0) + needed
            self.isExact = isExact
            self.readouts = readouts
        }

        func matches(_ names: [String]) -> Bool {
            guard needed.allSatisfy(names.contains) else { return false }
            return !isExact || names.allSatisfy { needed.contains($0) || $0 == "data source" }
        }
    }

    private static let specs: [Spec] = newerTree + olderTree + nights + unread

    private static let newerTree: [Spec] = [
        Spec(
            .heartRate, .beats, isExact: true, reads: [("beats per minute", .heartRate, .positive)]),
        Spec(.steps, .timed(seconds: 60), isExact: true, reads: [("steps", .steps, .plain)]),
        Spec(
            .distance, .timed(seconds: 60), isExact: true, reads: [("distance", .distance, .plain)]),
        Spec(
            .floors, .timed(seconds: 60), isExact: true,
            reads: [("floors", .flightsClimbed, .plain)]),
        Spec(
            .oxygenSaturation, .timed(seconds: 0), isExact: true,
            reads: [("oxygen saturation percentage", .oxygenSaturation, .oxygen)]),
        Spec(
            .heartRateVariability, .timed(seconds: 300), isExact: true,
            reads: [
                (
                    "root mean square of successive differences milliseconds", .hrvRMSSD,
                    .positive
                ),
                ("standard deviation milliseconds", .hrvSDNN, .positive),
            ]),
        Spec(
            .skinTemperature, .timed(seconds: 0), isExact: true,
            reads: [("temperature celsius", .skinTemperature, .plain)]),
        Spec(
            .bodyMass, .timed(seconds: 0), isExact: true,
            reads: [("weight grams", .bodyMass, .grams)]),
        Spec(
            .dailyRespiratoryRate, .daily, isExact: true,
            reads: [("breaths per minute", .respiratoryRate, .positive)]),
        Spec(
            .dailyOxygenSaturation, .daily, needed: ["lower bound percentage"],
            reads: [("average percentage", .oxygenSaturation, .oxygen)]),
        Spec(
            .dailyHeartRateVariability, .daily,
            reads: [("average heart rate variability milliseconds", .hrvRMSSD, .positive)]),
        Spec(
            .dailySkinTemperature, .daily,
            reads: [("nightly temperature celsius", .skinTemperature, .plain)]),
        Spec(
            .sleepRespiratoryRate, .daily,
            reads: [
                ("full sleep stats - milli breaths per minute", .respiratoryRate, .milliBreaths)
            ]),
    ]

    private static let olderTree: [Spec] = [
        Spec(
            .variabilityDetails, .timed(seconds: 300), needed: ["coverage", "low_frequency"],
            reads: [("rmssd", .hrvRMSSD, .positive)]),
        Spec(
            .variabilitySummary, .daily, needed: ["nremhr", "entropy"],
            reads: [("rmssd", .hrvRMSSD, .positive)]),
        Spec(
            .respirationSummary, .daily, isExact: true,
            reads: [("daily_respiratory_rate", .respiratoryRate, .positive)]),
        Spec(
            .sleepRespirationSummary, .daily,
            reads: [("full_sleep_breathing_rate", .respiratoryRate, .positive)]),
        Spec(
            .dailyOxygen, .daily, needed: ["lower_bound", "upper_bound"],
            reads: [("average_value", .oxygenSaturation, .oxygen)]),
        Spec(
            .minuteOxygen, .timed(seconds: 0), isExact: true,
            reads: [("value", .oxygenSaturation, .oxygen)]),
        Spec(
            .computedTemperature, .night, time: "sleep_start", end: "sleep_end",
            reads: [("nightly_temperature", .skinTemperature, .plain)]),
        Spec(
            .wristTemperature, .timed(seconds: 0), time: "recorded_time", isExact: true,
            reads: [("temperature", .skinTemperatureDeviation, .plain)]),
    ]

    private static let nights: [Spec] = [
        Spec(
            .sleepStages, .stages, time: "sleep_stage_start", end: "sleep_stage_end",
            needed: ["sleep_stage_type"]),
        Spec(
            .sleeps, .sleeps, time: "sleep_start", end: "sleep_end",
            needed: ["start_utc_offset", "end_utc_offset"]),
    ]

    private static let unread: [Spec] = [
        Spec(
            .energy, .unread("energy that includes energy at rest"), needed: ["calories"],
            isExact: true),
        Spec(
            .deviceTemperature, .unread("temperatures that do not tell what they refer to"),
            time: "recorded_time", needed: ["temperature", "sensor_type"], isExact: true),
        Spec(
            .oxygenVariation, .unread("a ratio of light, which is no oxygen saturation"),
            needed: ["infrared to red signal ratio"], isExact: true),
    ]
}

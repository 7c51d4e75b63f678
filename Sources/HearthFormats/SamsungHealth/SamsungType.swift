// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the rows of a Samsung Health table are.
enum SamsungShape: Sendable, Equatable {
    /// A value of the time between two columns.
    case timed
    /// A day's totals; several rows a day, one of them the total of all sources.
    case stepTrend
    /// The time in bed.
    case night
    case stages
    case exercise
    /// Rows whose values lie in a file of their own.
    case elsewhere
    case unread(String)
}

/// A kind of table, told by the first word of its first line.
struct SamsungType: Sendable {
    var shape: SamsungShape
    var column: SamsungColumn = .value
    var quantity = Quantity.heartRate
    var derivation = Derivation.measured
    /// Values at or below this mean none.
    var floor: Float = 0

    /// The kind of a name such as `com.samsung.shealth.sleep`; unknown ones are not read.
    init(_ name: [UInt8]) {
        let text = String(decoding: name.prefix(128), as: UTF8.self)
        let known = Self.table.first { text == "com.samsung." + $0.name }
        self = known?.type ?? SamsungType(shape: .unread("a table of another kind"))
    }

    private init(
        shape: SamsungShape, _ column: SamsungColumn = .value, _ quantity: Quantity = .heartRate,
        _ derivation: Derivation = .measured, floor: Float = 0
    ) {
        self.shape = shape
        self.column = column
        self.quantity = quantity
        self.derivation = derivation
        self.floor = floor
    }

    private static let table: [(name: String, type: SamsungType)] =
        values + [
            ("shealth.step_daily_trend", SamsungType(shape: .stepTrend)),
            ("shealth.sleep", SamsungType(shape: .night)),
            ("health.sleep", SamsungType(shape: .night)),
            ("health.sleep_stage", SamsungType(shape: .stages)),
            ("shealth.exercise", SamsungType(shape: .exercise)),
            ("health.hrv", SamsungType(shape: .elsewhere)),
            ("shealth.activity.day_summary", SamsungType(shape: .unread("a day's summary"))),
            ("health.blood_pressure", SamsungType(shape: .unread("blood pressure"))),
            ("health.blood_glucose", SamsungType(shape: .unread("blood glucose"))),
            ("health.water_intake", SamsungType(shape: .unread("what was drunk"))),
            ("health.food_intake", SamsungType(shape: .unread("what was eaten"))),
        ]

    private static let values: [(name: String, type: SamsungType)] = [
        ("shealth.tracker.heart_rate", SamsungType(shape: .timed, .heartRate, .heartRate)),
        ("health.heart_rate", SamsungType(shape: .timed, .heartRate, .heartRate)),
        (
            "shealth.tracker.oxygen_saturation",
            SamsungType(shape: .timed, .oxygen, .oxygenSaturation)
        ),
        ("health.oxygen_saturation", SamsungType(shape: .timed, .oxygen, .oxygenSaturation)),
        ("shealth.stress", SamsungType(shape: .timed, .score, .stress, .derived, floor: -1)),
        ("health.stress", SamsungType(shape: .timed, .score, .stress, .derived, floor: -1)),
        (
            "health.respiratory_rate",
            SamsungType(shape: .timed, .average, .respiratoryRate, .derived)
        ),
        (
            "health.skin_temperature",
            SamsungType(shape: .timed, .temperature, .skinTemperature, .derived)
        ),
        (
            "health.body_temperature",
            SamsungType(shape: .timed, .bodyTemperature, .bodyTemperature)
        ),
        ("health.weight", SamsungType(shape: .timed, .weight, .bodyMass)),
        (
            "shealth.tracker.pedometer_step_count",
            SamsungType(shape: .timed, .count, .steps, floor: -1)
        ),
        ("health.step_count", SamsungType(shape: .timed, .count, .steps, floor: -1)),
        ("health.floors_climbed", SamsungType(shape: .timed, .floor, .flightsClimbed, floor: -1)),
    ]
}

/// The columns that are looked at, by the last part of their names.
enum SamsungColumn: String, Sendable, CaseIterable {
    case start = "start_time"
    case end = "end_time"
    case offset = "time_offset"
    case day = "day_time"
    case source = "source_type"
    case device = "deviceuuid"
    case stage
    case value
    case heartRate = "heart_rate"
    case oxygen = "spo2"
    case score
    case average
    case temperature
    case bodyTemperature = "body_temperature"
    case weight
    case count
    case floor
    case distance
    case energy = "calorie"
    case duration
    case binning = "binning_data"
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the app writes where nothing was measured.
enum GadgetbridgeBlank {
    /// Below 0.
    case negative
    /// Below 0, and 255.
    case negativeOr255
    /// 0 and below.
    case notPositive
    /// 0 and below, and from 255 on.
    case notPositiveOr255

    @inline(__always)
    func holds(_ value: Double) -> Bool {
        switch self {
        case .negative: value < 0
        case .negativeOr255: value < 0 || value == 255
        case .notPositive: value <= 0
        case .notPositiveOr255: value <= 0 || value >= 255
        }
    }
}

/// A column that becomes samples.
struct GadgetbridgeRead {
    var column: String
    var quantity: Quantity
    var derivation = Derivation.measured
    var blank: GadgetbridgeBlank
    var factor = 1.0
    /// Nanoseconds a sample lasts.
    var lasts: Int64 = 0
}

/// How `RAW_KIND` tells sleep and wear, minute by minute.
enum GadgetbridgeKind {
    /// The low nibble: 3 not worn, 6 charging, 9 light, 11 deep; 0 and 10 continue what was before.
    /// For the first Mi Band: 3 not worn, 4 deep, 5 light, 6 charging.
    case huami
    /// 115 not worn, 118 charging, 120 asleep, of which three further columns tell the stage.
    case huamiExtended
}

/// How the rows of a table of sleep stages tell where a stage begins and ends.
enum GadgetbridgeStages {
    /// A column tells how long it lasts, in units of so many nanoseconds.
    case lasting(Int64)
    /// From this row to the next or to the end of the night.
    case untilNext
    /// From the row before, or the start of the night, to this row.
    case sinceLast
}

/// The facts about one table of the app's database.
///
/// - Source: names, types and units of the columns as in the app's published schema, version 92;
///   meanings of codes as observed by its authors.
struct GadgetbridgeTable {
    enum Rows {
        case samples
        case stages(GadgetbridgeStages, [Int64: SleepStage])
        case workouts
        case manual
        /// Health data that are not modelled.
        case notRead
        /// Personal data, settings and places.
        case personal
        /// Read together with another table.
        case auxiliary
    }

    var name: String
    /// Nanoseconds a unit of `TIMESTAMP`.
    var unit: Int64
    var rows = Rows.samples
    var reads: [GadgetbridgeRead] = []
    var kind: GadgetbridgeKind?
    /// Columns with measurements whose scale is not known, or which repeat others.
    var leftOut: [String] = []

    static let second: Int64 = 1_000_000_000
    static let millisecond: Int64 = 1_000_000
    static let minute: Int64 = 60_000_000_000

    static let named: [String: GadgetbridgeTable] = Dictionary(
        (activities + metrics + nights + others).map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first })

    // MARK: Columns that occur again and again

    static let heartRate = GadgetbridgeRead(
        column: "HEART_RATE", quantity: .heartRate, blank: .notPositiveOr255)
    static let steps = GadgetbridgeRead(column: "STEPS", quantity: .steps, blank: .negative)
    /// Of tables with a row a minute.
    static let minuteSteps = GadgetbridgeRead(
        column: "STEPS", quantity: .steps, blank: .negative, lasts: minute)
    static let stress = GadgetbridgeRead(
        column: "STRESS", quantity: .stress, derivation: .derived, blank: .negativeOr255)
    static let restingHeartRate = GadgetbridgeRead(
        column: "HEART_RATE", quantity: .restingHeartRate, derivation: .derived,
        blank: .notPositiveOr255)

    static func oxygen(_ column: String = "SPO2") -> GadgetbridgeRead {
        GadgetbridgeRead(column: column, quantity: .oxygenSaturation, blank: .notPositiveOr255)
    }

    static func distance(_ column: String, metres: Double = 1) -> GadgetbridgeRead {
        GadgetbridgeRead(column: column, quantity: .distance, blank: .negative, factor: metres)
    }

    static func activity(
        _ name: String, _ reads: [GadgetbridgeRead], kind: GadgetbridgeKind? = nil,
        leftOut: [String] = ["RAW_INTENSITY", "RAW_KIND"]
    ) -> GadgetbridgeTable {
        GadgetbridgeTable(name: name, unit: second, reads: reads, kind: kind, leftOut: leftOut)
    }

    static func metric(
        _ name: String, _ reads: [GadgetbridgeRead], leftOut: [String] = []
    ) -> GadgetbridgeTable {
        GadgetbridgeTable(name: name, unit: millisecond, reads: reads, leftOut: leftOut)
    }
}

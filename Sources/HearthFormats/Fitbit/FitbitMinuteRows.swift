// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Rows of one value a minute, held back until it is clear what they measure.
///
/// Steps, distance, energy, altitude and minutes of activity all come as the same JSON. What can be
/// told from the values alone, and only that, is told:
/// - a value with a fraction is energy: the other files hold whole numbers;
/// - values only at midnight are daily totals of minutes, which are not read;
/// - a minute of more than ``mostSteps`` is no steps but centimetres; a value between 1 and
///   ``leastCentimetres`` is no distance but steps; altitude comes in tens.
///
/// Anything else stays unknown and is reported.
struct FitbitMinuteRows: Sendable {
    struct Row: Sendable {
        var time: TextTime
        var value: Float
        var position: ReadPosition
    }

    /// No one takes more steps a minute; sprinters reach 300.
    static let mostSteps: Float = 400
    /// No step is shorter, so no minute with a step has a shorter distance.
    static let leastCentimetres: Float = 40
    /// A month has 44,640 minutes.
    static let mostRows = 65_536

    private(set) var rows: [Row] = []
    private var hasFraction = false
    private var hasOtherThanTens = false
    private var hasOtherThanMidnight = false
    private var least = Float.infinity
    private var most: Float = 0

    var isFull: Bool { rows.count >= Self.mostRows }

    mutating func append(_ row: Row) {
        rows.append(row)
        if row.time.secondsOfDay != 0 { hasOtherThanMidnight = true }
        if let whole = Self.whole(row.value) {
            if whole % 10 != 0 { hasOtherThanTens = true }
        } else {
            hasFraction = true
        }
        if row.value > 0 { least = min(least, row.value) }
        most = max(most, row.value)
    }

    /// The value if it is a whole number of a size that a minute can have.
    private static func whole(_ value: Float) -> Int32? {
        guard abs(value) < 1e9 else { return nil }
        let whole = Int32(value)
        return Float(whole) == value ? whole : nil
    }

    /// What the rows measure, or `nil` if they do not tell.
    var meaning: FitbitMinutes? {
        guard hasOtherThanMidnight else { return nil }
        if hasFraction { return .energy }
        guard hasOtherThanTens else { return nil }
        let isFar = most > Self.mostSteps
        let isShort = least < Self.leastCentimetres
        if isFar == isShort { return nil }
        return isFar ? .distance : .steps
    }

    mutating func takeRows() -> [Row] {
        defer { rows = [] }
        return rows
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Days of sleep and wake one below the other, for the eye: each row is a day and the one after it,
/// so that a night over midnight is whole in one row and drift shows as a slope.
///
/// Shape: rows from the oldest date to the newest; a day has `columns` cells of equal length from
/// 0:00 to 24:00 of the wall clock. A cell is asleep or awake as most of its known epochs are
/// (asleep of equals), unknown if less than half of it is known. Where the clock was put forward the
/// skipped cells are unknown; where it was put back a cell holds both passes.
public struct SleepRaster: Sendable, Hashable {
    public struct Row: Sendable, Hashable {
        public var date: LocalDate
        /// The day's cells.
        public var day: [SleepWake]
        /// The cells of the day after; unknown where that was not recorded.
        public var next: [SleepWake]

        public init(date: LocalDate, day: [SleepWake], next: [SleepWake]) {
            self.date = date
            self.day = day
            self.next = next
        }
    }

    /// Days shown.
    public static let days: Int64 = 14
    /// Of ten minutes each.
    public static let columns = 144

    public var rows: [Row]
    /// Minutes a cell stands for.
    public var cellMinutes: Int { 1440 / Self.columns }

    public init(rows: [Row]) { self.rows = rows }

    /// The raster of the dates up to `last`; rows of dates without any epoch are unknown.
    public init(
        _ series: SleepWakeSeries, zone: ZoneTimeline, through last: LocalDate,
        days: Int64 = Self.days
    ) {
        let count = min(max(1, days), 366)
        let first = last.advanced(by: 1 - count)
        // One day more than rows, for the second half of the last row.
        var tallies = Array(
            repeating: Array(repeating: Tally(), count: Self.columns), count: Int(count) + 1)
        let cell = 86_400 / Self.columns
        for (index, state) in series.epochs.enumerated() {
            let local = zone.localSeconds(at: series.time(of: index))
            let row = Calendrical.floorDivide(local, 86_400) - first.dayNumber
            guard row >= 0, row <= count else { continue }
            let column = Int(Calendrical.floorModulo(local, 86_400)) / cell
            tallies[Int(row)][column].add(state)
        }
        let wanted = max(1, cell / series.epochSeconds)
        let cells = tallies.map { $0.map { $0.state(wanted: wanted) } }
        rows = (0..<Int(count)).map { row in
            Row(
                date: first.advanced(by: Int64(row)), day: cells[row], next: cells[row + 1])
        }
    }

    private struct Tally {
        var asleep = 0
        var wake = 0

        mutating func add(_ state: SleepWake) {
            switch state {
            case .asleep: asleep += 1
            case .wake: wake += 1
            case .unknown: break
            }
        }

        func state(wanted: Int) -> SleepWake {
            let known = asleep + wake
            guard known > 0, 2 * known >= wanted else { return .unknown }
            return asleep >= wake ? .asleep : .wake
        }
    }
}

/// Cells are one text a day, a digit a cell; the second day of a row is the first of the next row and
/// is stored once.
extension SleepRaster: Codable {
    private enum CodingKeys: CodingKey { case first, cells }

    /// - Throws: `DecodingError` for a day of another length or a state that does not exist.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let first = try container.decode(LocalDate.self, forKey: .first)
        let days = try container.decode([String].self, forKey: .cells).map(SleepWake.states)
        let cells = days.compactMap { $0 }.filter { $0.count == Self.columns }
        guard cells.count == days.count, cells.count != 1 else {
            throw DecodingError.dataCorruptedError(
                forKey: .cells, in: container,
                debugDescription: "a raster has two days or more of \(Self.columns) cells, or none")
        }
        rows = cells.indices.dropLast().map { index in
            Row(
                date: first.advanced(by: Int64(index)), day: cells[index], next: cells[index + 1])
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rows.first?.date ?? LocalDate(dayNumber: 0), forKey: .first)
        let cells = rows.map(\.day) + rows.suffix(1).map(\.next)
        try container.encode(cells.map(SleepWake.text), forKey: .cells)
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// What the person was doing when a value was taken.
public enum BandContext: String, Codable, Sendable, Hashable, CaseIterable {
    case sleep, rest, active
}

/// A value with its context.
public struct ContextValue: Codable, Sendable, Hashable {
    public var day: LocalDate
    /// Local hour, 0 to 23.
    public var hour: Int
    public var context: BandContext
    public var value: Double

    public init(day: LocalDate, hour: Int, context: BandContext, value: Double) {
        self.day = day
        self.hour = hour
        self.context = context
        self.value = value
    }
}

/// A value beside the person's band for what they were doing.
public struct ContextBandedValue: Codable, Sendable, Hashable {
    public var input: ContextValue
    /// `nil` with too few days.
    public var baseline: Baseline?
    /// True for a band of this hour; false for one of all hours of the context.
    public var isOfHour: Bool
    /// (value - median) / spread; `nil` without a band.
    public var zScore: Double? {
        guard let baseline else { return nil }
        let z = (input.value - baseline.median) / baseline.spread
        return z.isFinite ? z : nil
    }
}

/// A person's usual range by context and hour of the day.
///
/// Shape: one output a value pushed, days ascending; a value that is not finite, or of an hour that
/// does not exist, gives none. Each day counts once in each context and hour, with the mean of its
/// values. The window is 60 days long and ends two days before the value. A band needs 14 days in
/// the hour, or else in the whole context; its spread is as in ``PersonalBand``. At most 75 × 60
/// means are held.
/// - Source: as ``PersonalBand``; contexts are choices of this project.
public struct ContextBands: StreamOperator {
    public typealias Input = ContextValue
    public typealias Output = ContextBandedValue

    private struct Cell: Codable, Sendable, Hashable {
        var days: [DayValue] = []
        var today: LocalDate?
        var mean = 0.0
        var count = 0.0

        mutating func take(_ value: Double, on day: LocalDate, oldest: LocalDate) {
            if today != day {
                if let today { days.append(DayValue(day: today, value: mean)) }
                days.removeAll { $0.day < oldest }
                (today, mean, count) = (day, 0, 0)
            }
            count += 1
            mean += (value - mean) / count
        }

        func values(_ window: ClosedRange<LocalDate>) -> [Double] {
            var values = days.filter { window.contains($0.day) }.compactMap(\.value)
            if let today, window.contains(today) { values.append(mean) }
            return values
        }
    }

    private static let hours = 24

    /// Least spread, in the unit of the values; above zero.
    public let floor: Double
    /// By context: each hour, then all hours.
    private var cells = Array(
        repeating: Cell(), count: BandContext.allCases.count * (hours + 1))

    public init(floor: Double) { self.floor = max(floor, .leastNormalMagnitude) }

    public mutating func push(
        _ input: Span<ContextValue>, emit: (Span<ContextBandedValue>) -> Void
    ) {
        var output: [ContextBandedValue] = []
        for index in input.indices {
            let value = input[index]
            guard value.value.isFinite, (0..<Self.hours).contains(value.hour) else { continue }
            output.append(take(value))
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<ContextBandedValue>) -> Void) {}

    public mutating func finish(emit: (Span<ContextBandedValue>) -> Void) {}

    private mutating func take(_ value: ContextValue) -> ContextBandedValue {
        let first = (BandContext.allCases.firstIndex(of: value.context) ?? 0) * (Self.hours + 1)
        let newest = value.day.advanced(by: -Int64(PersonalBand.lagDays))
        let oldest = newest.advanced(by: -Int64(PersonalBand.windowDays - 1))
        let ofHour = baseline(cells[first + value.hour].values(oldest...newest))
        let baseline = ofHour ?? baseline(cells[first + Self.hours].values(oldest...newest))
        for cell in [first + value.hour, first + Self.hours] {
            cells[cell].take(value.value, on: value.day, oldest: oldest)
        }
        return ContextBandedValue(input: value, baseline: baseline, isOfHour: ofHour != nil)
    }

    private func baseline(_ values: [Double]) -> Baseline? {
        PersonalBand.baseline(of: values, floor: floor)
    }
}

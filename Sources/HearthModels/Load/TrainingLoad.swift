// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// The load of a day in the light of the days before.
public struct LoadReading: Codable, Sendable, Hashable {
    public var day: LocalDate
    /// Exponentially weighted means over 7 and 28 days; `nil` with too few known days.
    public var acute: Double?
    public var chronic: Double?
    /// Mean over standard deviation of the last seven days; `nil` unless all are known and differ.
    public var monotony: Double?
    /// Known days among the last 7 and 28, this one included.
    public var knownOf7: Int
    public var knownOf28: Int
}

/// Acute and chronic load and monotony from the load of each day.
///
/// Shape: one output a day pushed, days ascending. The weights are 2 / (N + 1) for N of 7 and 28.
/// A day without a load moves neither mean: nobody knows whether it was a rest. Acute needs 5 of
/// the last 7 days, chronic 21 of the last 28. No ratio is made of the two and no risk is told.
///
/// - Source: exponential weights `williams2017`; monotony `foster1998` (standard deviation with
///   n - 1). The numbers of days needed are choices of this project.
public struct TrainingLoad: StreamOperator {
    public typealias Input = DayValue
    public typealias Output = LoadReading

    public static let acuteDays = 7
    public static let chronicDays = 28
    static let fewestAcute = 5
    static let fewestChronic = 21

    private var acute: Double?
    private var chronic: Double?
    /// Known days of the last 28, oldest first.
    private var held: [DayValue] = []

    public init() {}

    public mutating func push(_ input: Span<DayValue>, emit: (Span<LoadReading>) -> Void) {
        var output: [LoadReading] = []
        for index in input.indices { output.append(take(input[index])) }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<LoadReading>) -> Void) {}

    public mutating func finish(emit: (Span<LoadReading>) -> Void) {}

    private mutating func take(_ today: DayValue) -> LoadReading {
        if let load = today.value, load.isFinite, load >= 0 {
            acute = Self.mean(acute, load, days: Self.acuteDays)
            chronic = Self.mean(chronic, load, days: Self.chronicDays)
            held.append(DayValue(day: today.day, value: load))
        }
        held.removeAll { $0.day <= today.day.advanced(by: -Int64(Self.chronicDays)) }
        let week = held.filter { $0.day > today.day.advanced(by: -Int64(Self.acuteDays)) }
        return LoadReading(
            day: today.day, acute: week.count >= Self.fewestAcute ? acute : nil,
            chronic: held.count >= Self.fewestChronic ? chronic : nil,
            monotony: Self.monotony(week.compactMap(\.value)), knownOf7: week.count,
            knownOf28: held.count)
    }

    private static func mean(_ before: Double?, _ load: Double, days: Int) -> Double {
        guard let before else { return load }
        let weight = 2 / (Double(days) + 1)
        return weight * load + (1 - weight) * before
    }

    private static func monotony(_ week: [Double]) -> Double? {
        guard week.count == acuteDays else { return nil }
        var moments = RunningMoments()
        for load in week { moments.add(load) }
        guard let deviation = moments.standardDeviation, deviation > 0 else { return nil }
        return moments.mean / deviation
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Sleep or wake of each minute of a night from heart rate alone: wake if it is more than two robust
/// standard deviations above the night's median.
///
/// Shape: one output (true is asleep) for each finite minute pushed, all of them when the night
/// ends, since the median is that of the night. Input: heart rate of a minute, smoothed over about
/// five, at its start. A night is at most 24 hours of minutes; then it ends by itself.
///
/// - Source: a rule of this project, the one the own window uses without activity counts.
public struct HeartRateScorer: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Timed<Bool>

    static let mostMinutes = 24 * 60

    private var held: [Timed<Double>] = []

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Timed<Bool>>) -> Void) {
        for index in input.indices where input[index].value.isFinite {
            held.append(input[index])
            if held.count >= Self.mostMinutes { finish(emit: emit) }
        }
    }

    /// Does nothing: minutes without heart rate are part of a night.
    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Bool>>) -> Void) {}

    public mutating func finish(emit: (Span<Timed<Bool>>) -> Void) {
        let values = held.map(\.value)
        guard let median = RobustStatistics.median(values),
            let spread = RobustStatistics.spread(values)
        else { return }
        let limit = median + OwnSleep.wakeSpreads * spread
        let output = held.map { Timed($0.time, $0.value <= limit) }
        held.removeAll(keepingCapacity: true)
        emit(output.span)
    }
}

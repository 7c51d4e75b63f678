// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A published weighting of activity counts over neighbouring minutes.
///
/// The score of a minute is the weighted sum of the counts of the minutes `before`, `now` and
/// `after`; above the threshold the minute is wake.
public struct CountRule: Codable, Sendable, Hashable {
    /// Oldest minute first.
    public var before: [Double]
    public var now: Double
    /// Next minute first.
    public var after: [Double]
    public var threshold: Double
    /// Whether a score equal to the threshold is wake.
    public var wakeAtThreshold: Bool

    /// One-minute counts of an ambulatory monitor, used here as they come.
    ///
    /// - Source: `cole1992`, the weights for one-minute epochs; sleep if the score is below 1.
    public static let coleKripke = CountRule(
        before: [0.106, 0.054, 0.058, 0.076], now: 0.230, after: [0.074, 0.067], threshold: 1,
        wakeAtThreshold: true)

    /// Actiwatch-like counts, one-minute epochs, medium sensitivity (wake above 40).
    ///
    /// - Source: `oakley1997`.
    public static let oakleyMedium = CountRule(
        before: [0.04, 0.2], now: 1, after: [0.2, 0.04], threshold: 40, wakeAtThreshold: false)
}

/// Sleep or wake of each minute from activity counts.
///
/// Shape: one output (true is asleep) for each minute pushed, as many minutes later as the rule looks
/// ahead. Input: total counts of a minute at its start. A missing minute cuts the series; beyond the
/// cut counts are taken as zero, as the published programs do at the ends of a recording.
public struct ActivityCountScorer: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Timed<Bool>

    static let minute: Int64 = 60_000_000_000

    public let rule: CountRule
    private var held: [Timed<Double>] = []
    /// Index in `held` of the first minute not yet scored.
    private var next = 0

    public init(rule: CountRule) { self.rule = rule }

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Timed<Bool>>) -> Void) {
        var output: [Timed<Bool>] = []
        for index in input.indices where input[index].value.isFinite {
            let sample = input[index]
            if let last = held.last, sample.time.nanoseconds(since: last.time) != Self.minute {
                cut(into: &output)
            }
            held.append(sample)
            if held.count - next > rule.after.count { score(into: &output) }
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Bool>>) -> Void) {
        guard let last = held.last, time.nanoseconds(since: last.time) > Self.minute else { return }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<Timed<Bool>>) -> Void) {
        var output: [Timed<Bool>] = []
        cut(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    private mutating func cut(into output: inout [Timed<Bool>]) {
        while next < held.count { score(into: &output) }
        held.removeAll(keepingCapacity: true)
        next = 0
    }

    private mutating func score(into output: inout [Timed<Bool>]) {
        var sum = rule.now * held[next].value
        for (offset, weight) in rule.before.reversed().enumerated() where next - offset - 1 >= 0 {
            sum += weight * held[next - offset - 1].value
        }
        for (offset, weight) in rule.after.enumerated() where next + offset + 1 < held.count {
            sum += weight * held[next + offset + 1].value
        }
        let isWake = rule.wakeAtThreshold ? sum >= rule.threshold : sum > rule.threshold
        output.append(Timed(held[next].time, !isWake))
        next += 1
        if next > rule.before.count {
            held.removeFirst()
            next -= 1
        }
    }
}

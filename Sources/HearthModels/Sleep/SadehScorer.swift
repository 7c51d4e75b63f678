// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Sleep or wake of each minute from activity counts by Sadeh's discriminant.
///
/// `PS = 7.601 - 0.065 mean - 1.08 NAT - 0.056 SD - 0.703 ln(count + 1)`; asleep if PS is 0 or more.
/// Mean: of the eleven minutes around. NAT: how many of them have at least 50 and fewer than 100
/// counts. SD: standard deviation (n - 1) of the minute and the five before.
///
/// Shape: one output (true is asleep) for each minute pushed, five minutes late. Input: total counts
/// of a minute at its start; one that is not finite is missing. A missing minute cuts the series;
/// beyond the cut counts are taken as zero. Made for the zero-crossing counts of one monitor and
/// used here on counts as they come.
/// - Source: `sadeh1994`.
public struct SadehScorer: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = Timed<Bool>

    static let minute: Int64 = 60_000_000_000
    /// Minutes on either side.
    static let reach = 5
    static let natural = 50.0..<100.0

    private var held: [Timed<Double>] = []
    /// Index in `held` of the first minute not yet scored.
    private var next = 0

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<Timed<Bool>>) -> Void) {
        var output: [Timed<Bool>] = []
        for index in input.indices where input[index].value.isFinite {
            let sample = input[index]
            if let last = held.last, sample.time.nanoseconds(since: last.time) != Self.minute {
                cut(into: &output)
            }
            held.append(sample)
            if held.count - next > Self.reach { score(into: &output) }
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
        func count(_ offset: Int) -> Double {
            let index = next + offset
            return index >= 0 && index < held.count ? max(0, held[index].value) : 0
        }
        var (sum, natural) = (0.0, 0)
        for offset in -Self.reach...Self.reach {
            sum += count(offset)
            if Self.natural.contains(count(offset)) { natural += 1 }
        }
        let (mean, now) = (sum / Double(2 * Self.reach + 1), count(0))
        let index =
            7.601 - 0.065 * mean - 1.08 * Double(natural) - 0.056 * deviation(count)
            - 0.703 * ClockMath.naturalLog(now + 1)
        output.append(Timed(held[next].time, index >= 0))
        next += 1
        if next > Self.reach {
            held.removeFirst()
            next -= 1
        }
    }

    private func deviation(_ count: (Int) -> Double) -> Double {
        var moments = RunningMoments()
        for offset in -Self.reach...0 { moments.add(count(offset)) }
        return moments.standardDeviation ?? 0
    }
}

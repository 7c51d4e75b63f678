// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// An interval with what its neighbours say of the beat that ends it.
public struct TimedBeat: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable {
        /// As expected from its neighbours, or nothing is known.
        case expected
        /// Early, with a longer interval after it.
        case premature
        /// Part of a run of more than three early beats: a change of rate, not single beats.
        case run
        /// Outside 200...3000 ms: not an interval between two beats.
        case artefact
    }

    public var time: Timestamp
    /// Milliseconds.
    public var interval: Double
    public var kind: Kind
    /// False at the start of the series and after a gap.
    public var followsPrevious: Bool

    public init(time: Timestamp, interval: Double, kind: Kind, followsPrevious: Bool) {
        self.time = time
        self.interval = interval
        self.kind = kind
        self.followsPrevious = followsPrevious
    }
}

/// Finds beats that come early and are followed by a pause, from the intervals alone.
///
/// Shape: one output an input, up to ten beats later. The interval expected is the median, over
/// six intervals on either side, of the means of two neighbours: with every second beat early those
/// means are still the undisturbed interval. A beat is early below 87 % of that, and premature if at
/// most three early beats in a row stand between longer ones. Whether a beat comes from the atria or
/// the ventricles cannot be told from intervals. Values that are not finite are left out.
///
/// - Source: prematurity and pause as in the analysis of heart-rate turbulence, `schmidt1999`; the
///   two-beat mean and the limits are this project's.
public struct PrematureBeats: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = TimedBeat

    public static let model = "ectopy/1"
    /// 300 to 20 beats a minute.
    public static let plausibleMilliseconds = 200.0...3000.0
    /// Share of the expected interval below which a beat is early.
    public static let earlyShare = 0.87
    /// The interval after a premature beat is at least this much longer than it.
    static let recovery = 1.15
    static let reach = 6
    static let longestGroup = 3
    /// Beats that must follow before a beat is decided.
    static let lookAhead = reach + longestGroup + 1
    /// Longer silence breaks the chain.
    static let gapNanoseconds: Int64 = 3_500_000_000

    private var held: [Timed<Double>] = []
    private var isEarly: [Bool] = []
    /// First beat not yet decided.
    private var next = 0

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<TimedBeat>) -> Void) {
        var output: [TimedBeat] = []
        for index in input.indices where input[index].value.isFinite {
            let beat = input[index]
            if let last = held.last, breaks(last.time, beat.time) { closeChain(into: &output) }
            held.append(beat)
            if held.count - next > Self.lookAhead { decide(into: &output) }
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<TimedBeat>) -> Void) {
        if let last = held.last, breaks(last.time, time) { finish(emit: emit) }
    }

    public mutating func finish(emit: (Span<TimedBeat>) -> Void) {
        var output: [TimedBeat] = []
        closeChain(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    /// A beat before the one before it cannot be ordered and begins anew.
    private func breaks(_ last: Timestamp, _ time: Timestamp) -> Bool {
        time < last || time.nanoseconds(since: last) > Self.gapNanoseconds
    }

    private mutating func closeChain(into output: inout [TimedBeat]) {
        while next < held.count { decide(into: &output) }
        held.removeAll(keepingCapacity: true)
        isEarly.removeAll(keepingCapacity: true)
        next = 0
    }

    private mutating func decide(into output: inout [TimedBeat]) {
        // Earliness of the group around the beat; decided once each, in order.
        let ahead = min(held.count - 1, next + Self.longestGroup + 1)
        while isEarly.count <= ahead { isEarly.append(early(isEarly.count)) }
        let beat = held[next]
        output.append(
            TimedBeat(
                time: beat.time, interval: beat.value, kind: kind(at: next),
                followsPrevious: next > 0))
        next += 1
        if next > 2 * Self.reach {
            held.removeFirst()
            isEarly.removeFirst()
            next -= 1
        }
    }

    private func kind(at index: Int) -> TimedBeat.Kind {
        guard Self.plausibleMilliseconds.contains(held[index].value) else { return .artefact }
        guard isEarly[index] else { return .expected }
        var first = index
        var last = index
        while first > 0, isEarly[first - 1], index - first <= Self.longestGroup { first -= 1 }
        while last + 1 < isEarly.count, isEarly[last + 1], last - index <= Self.longestGroup {
            last += 1
        }
        guard last - first < Self.longestGroup else { return .run }
        guard first > 0, last + 1 < held.count,
            held[last + 1].value >= Self.recovery * held[last].value
        else { return .expected }
        return .premature
    }

    private func early(_ index: Int) -> Bool {
        let value = held[index].value
        guard Self.plausibleMilliseconds.contains(value), let expected = expected(at: index) else {
            return false
        }
        return value < Self.earlyShare * expected
    }

    /// Milliseconds; `nil` with fewer than five pairs around.
    private func expected(at index: Int) -> Double? {
        let from = max(0, index - Self.reach)
        let to = min(held.count - 1, index + Self.reach)
        var means: [Double] = []
        for first in from..<max(from, to) {
            let a = held[first].value
            let b = held[first + 1].value
            guard Self.plausibleMilliseconds.contains(a), Self.plausibleMilliseconds.contains(b)
            else { continue }
            means.append((a + b) / 2)
        }
        return means.count < 5 ? nil : RobustStatistics.median(means)
    }
}

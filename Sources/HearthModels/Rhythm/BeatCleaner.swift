// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// An interval between two beats with what the cleaning says of it.
public struct CheckedBeat: Codable, Sendable, Hashable {
    public enum Finding: String, Codable, Sendable {
        case sound
        /// Outside the range a sinus rhythm can have.
        case implausible
        /// Too far from its neighbours: a missed, extra or ectopic beat.
        case jump
    }

    public var time: Timestamp
    /// Milliseconds.
    public var interval: Double
    public var finding: Finding
    /// False at the start of the series and after a gap: no difference may span it.
    public var followsPrevious: Bool

    public init(time: Timestamp, interval: Double, finding: Finding, followsPrevious: Bool) {
        self.time = time
        self.interval = interval
        self.finding = finding
        self.followsPrevious = followsPrevious
    }
}

/// Finds the intervals that are not normal-to-normal; repairs none.
///
/// Shape: one output an input, up to five beats later. An interval is implausible outside
/// 300...2000 ms and a jump when it differs by more than 20 % from the median of the plausible
/// intervals among it and five neighbours on either side. More than 3 s between two beats is a gap:
/// neighbours beyond it do not count. With fewer than three plausible neighbours nothing is known
/// and a plausible interval passes. Values that are not finite are left out.
///
/// - Source: normal-to-normal intervals as in `taskforce1996`; the 20 % rule of `malik1989`, here
///   against a local median instead of the interval before, so that one bad beat does not condemn
///   the next.
public struct BeatCleaner: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = CheckedBeat

    /// 200 to 30 beats a minute: beyond it no sinus rhythm at rest.
    public static let plausibleMilliseconds = 300.0...2000.0
    /// Relative distance from the local median that makes a jump.
    public static let jumpLimit = 0.20
    /// Neighbours looked at on either side.
    static let reach = 5
    /// Longer silence breaks the chain.
    static let gapNanoseconds: Int64 = 3_000_000_000
    /// Fewer neighbours say nothing about a beat.
    static let fewestNeighbours = 3

    /// Beats of the present chain, oldest first: those still awaited and up to five decided ones.
    private var held: [Timed<Double>] = []
    /// Index in `held` of the first beat not yet decided; zero only at the start of a chain.
    private var next = 0

    public init() {}

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<CheckedBeat>) -> Void) {
        var output: [CheckedBeat] = []
        for index in input.indices where input[index].value.isFinite {
            let beat = input[index]
            if let last = held.last, beat.time.nanoseconds(since: last.time) > Self.gapNanoseconds {
                closeChain(into: &output)
            }
            held.append(beat)
            if held.count - next > Self.reach { decide(into: &output) }
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<CheckedBeat>) -> Void) {
        guard let last = held.last, time.nanoseconds(since: last.time) > Self.gapNanoseconds else {
            return
        }
        finish(emit: emit)
    }

    public mutating func finish(emit: (Span<CheckedBeat>) -> Void) {
        var output: [CheckedBeat] = []
        closeChain(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    private mutating func closeChain(into output: inout [CheckedBeat]) {
        while next < held.count { decide(into: &output) }
        held.removeAll(keepingCapacity: true)
        next = 0
    }

    /// Decides the first undecided beat and lets go of the one that no later beat will look at.
    private mutating func decide(into output: inout [CheckedBeat]) {
        let beat = held[next]
        output.append(
            CheckedBeat(
                time: beat.time, interval: beat.value, finding: finding(at: next),
                followsPrevious: next > 0))
        next += 1
        if next > Self.reach {
            held.removeFirst()
            next -= 1
        }
    }

    private func finding(at index: Int) -> CheckedBeat.Finding {
        let value = held[index].value
        guard Self.plausibleMilliseconds.contains(value) else { return .implausible }
        let around = max(0, index - Self.reach)...min(held.count - 1, index + Self.reach)
        let plausible = held[around].map(\.value).filter(Self.plausibleMilliseconds.contains)
        guard plausible.count > Self.fewestNeighbours,
            let median = RobustStatistics.median(plausible)
        else { return .sound }
        return abs(value - median) > Self.jumpLimit * median ? .jump : .sound
    }
}

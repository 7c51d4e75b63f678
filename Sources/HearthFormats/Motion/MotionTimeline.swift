// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// When the samples of a recorder were taken, from the times of its chunks (blocks, pages, seconds).
///
/// A recorder's sensor runs on a clock of its own, a little faster or slower than it says; its chunks
/// carry the time of the better clock, each for one sample, the chunk's anchor. Chunks that follow each
/// other are gathered into runs. A run is a straight line from the end of the run before (or from
/// its first anchor) to the anchor of the chunk behind it, so that samples lie between the times the
/// recorder wrote; it ends early where an anchor on the way would lie further than the tolerance
/// from the line.
struct MotionTimeline: Sendable {
    /// How the time of a chunk fits what came before.
    enum Fit: Equatable {
        case first, follows, jumpsAhead, jumpsBack
    }

    /// A sample of which the time is known, counted from the chunk's or the run's first.
    struct Anchor: Sendable {
        var index: Int64 = 0
        var time: Int64
    }

    /// Samples gathered in the open run.
    private(set) var count = 0
    private let capacity: Int
    /// In samples.
    private let tolerance: Double
    private var base = Anchor(time: 0)
    private var lastAnchor = Anchor(time: 0)
    /// The last chunk: when it began, by the nominal rate, and its samples.
    private var lastTime: Int64 = 0
    private var lastCount: Int64 = 0
    private var nominal = Period(hertz: 1)
    /// What the anchors on the way allow for the line, in nanoseconds a sample.
    private var slopes = -Double.infinity...Double.infinity
    private var lastPeriod: Period?
    /// The run to come begins where the one before it ended.
    private var isContinued = false

    init(capacity: Int, tolerance: Double) {
        self.capacity = max(1, capacity)
        self.tolerance = tolerance
    }

    /// Where a chunk that begins at `time` lies: a quarter of a chunk or two samples of play are given.
    func fit(_ time: Int64) -> Fit {
        guard count > 0 else { return .first }
        let expected = lastTime &+ nominal.nanoseconds(times: lastCount)
        let play = max(nominal.nanoseconds(times: lastCount) / 4, nominal.nanoseconds(times: 2))
        if time > expected &+ play { return .jumpsAhead }
        return time < expected &- play || time <= lastTime ? .jumpsBack : .follows
    }

    /// Adds a chunk of `samples` (at least one) that begins at `time` if the rate is exact.
    ///
    /// - Parameters:
    ///   - anchor: the sample of the chunk of which the time was written; its first if `nil`.
    ///   - continues: false where samples may be missing, or the layout changes.
    /// - Returns: the times of what was gathered, if it is to be handed on before the chunk is taken.
    @inline(__always)
    mutating func add(
        _ samples: Int, at time: Int64, anchor: Anchor? = nil, nominal: Period, continues: Bool
    ) -> TimeAxis? {
        var anchor = anchor ?? Anchor(time: time)
        anchor.index += Int64(count)
        var closed: TimeAxis?
        if count > 0 {
            if !continues || fit(time) != .follows {
                anchor.index -= Int64(count)
                closed = close()
            } else {
                let slope = slope(to: anchor)
                if slope.map({ !slopes.contains($0) }) ?? false || count + samples > capacity {
                    closed = pass(&anchor)
                }
            }
        }
        if self.nominal != nominal {
            self.nominal = nominal
            lastPeriod = nil
        }
        if count == 0, !isContinued { base = anchor }
        isContinued = false
        if let slope = slope(to: anchor) { narrow(slope, anchor) }
        lastAnchor = anchor
        lastTime = time
        lastCount = Int64(samples)
        count += samples
        return closed
    }

    /// The times of what was gathered, where nothing follows.
    mutating func close() -> TimeAxis? {
        guard count > 0 else { return nil }
        let period = period(to: lastAnchor) ?? lastPeriod ?? nominal
        isContinued = false
        return axis(period)
    }

    /// Ends the run on the line through an anchor behind it, where the next one begins.
    private mutating func pass(_ anchor: inout Anchor) -> TimeAxis {
        let period = period(to: anchor) ?? lastPeriod ?? nominal
        let gathered = Int64(count)
        let axis = axis(period)
        anchor.index -= gathered
        base = Anchor(time: axis[0].nanoseconds &+ period.nanoseconds(times: gathered))
        isContinued = true
        return axis
    }

    /// The period of the line from the base to an anchor; `nil` if they lie too close together, or no
    /// sensor could be so far off its rate.
    private func period(to anchor: Anchor) -> Period? {
        let span = anchor.time &- base.time
        let number = anchor.index - base.index
        guard span > 0, number > 0 else { return nil }
        let expected = nominal.nanoseconds(times: number)
        guard span > expected / 2, span / 2 < expected else { return nil }
        return Period(numerator: span, denominator: number)
    }

    private func slope(to anchor: Anchor) -> Double? {
        period(to: anchor).map { Double($0.numerator) / Double($0.denominator) }
    }

    private mutating func narrow(_ slope: Double, _ anchor: Anchor) {
        let play =
            tolerance * Double(nominal.numerator) / Double(nominal.denominator)
            / Double(anchor.index - base.index)
        let lower = max(slopes.lowerBound, slope - play)
        let upper = min(slopes.upperBound, slope + play)
        slopes = lower...max(lower, upper)
    }

    private mutating func axis(_ period: Period) -> TimeAxis {
        let start = base.time &- period.nanoseconds(times: base.index)
        let axis = TimeAxis.regular(
            start: Timestamp(nanoseconds: start), period: period, count: count)
        lastPeriod = period
        count = 0
        slopes = -Double.infinity...Double.infinity
        return axis
    }
}

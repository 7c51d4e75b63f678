// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// When the samples of a recorder were taken, from the times of its chunks (blocks, pages, seconds).
///
/// A recorder's sensor runs on a clock of its own, a little faster or slower than it says; its chunks
/// carry the time of the better clock. Chunks that follow each other are gathered into runs. A run is a
/// straight line from its first chunk's time to that of the chunk behind its last, so that samples
/// lie between the times the recorder wrote; it ends early where a time on the way would lie further
/// than the tolerance from the line.
struct MotionTimeline: Sendable {
    /// How the time of a chunk fits what came before.
    enum Fit: Equatable {
        case first, follows, jumpsAhead, jumpsBack
    }

    /// Samples gathered in the open run.
    private(set) var count = 0
    private let capacity: Int
    /// In samples.
    private let tolerance: Double
    private var start: Int64 = 0
    private var lastTime: Int64 = 0
    private var lastIndex = 0
    private var nominal = Period(hertz: 1)
    /// What the times on the way allow for the line, in nanoseconds a sample.
    private var slopes = -Double.infinity...Double.infinity
    private var lastPeriod: Period?

    init(capacity: Int, tolerance: Double) {
        self.capacity = max(1, capacity)
        self.tolerance = tolerance
    }

    /// Where a chunk at `time` lies: a quarter of a chunk or two samples of play are given.
    func fit(_ time: Int64) -> Fit {
        guard count > 0 else { return .first }
        let last = Int64(count - lastIndex)
        let expected = lastTime &+ nominal.nanoseconds(times: last)
        let play = max(nominal.nanoseconds(times: last) / 4, nominal.nanoseconds(times: 2))
        if time > expected &+ play { return .jumpsAhead }
        return time < expected &- play || time <= lastTime ? .jumpsBack : .follows
    }

    /// Adds a chunk of `samples` (at least one) that begins at `time`.
    ///
    /// - Parameter continues: false where samples may be missing, or the layout changes.
    /// - Returns: the times of what was gathered, if it is to be handed on before the chunk is taken.
    @inline(__always)
    mutating func add(
        _ samples: Int, at time: Int64, nominal: Period, continues: Bool
    ) -> TimeAxis? {
        var closed: TimeAxis?
        if count > 0 {
            if !continues || fit(time) != .follows {
                closed = close()
            } else {
                let slope = Double(time &- start) / Double(count)
                if !slopes.contains(slope) || count + samples > capacity {
                    let period = Period(numerator: max(1, time &- start), denominator: Int64(count))
                    closed = axis(period)
                } else {
                    narrow(slope)
                }
            }
        }
        if self.nominal != nominal {
            self.nominal = nominal
            lastPeriod = nil
        }
        if count == 0 { start = time }
        lastTime = time
        lastIndex = count
        count += samples
        return closed
    }

    /// The times of what was gathered, where nothing follows.
    mutating func close() -> TimeAxis? {
        guard count > 0 else { return nil }
        guard lastIndex > 0, lastTime > start else { return axis(lastPeriod ?? nominal) }
        return axis(Period(numerator: lastTime &- start, denominator: Int64(lastIndex)))
    }

    private mutating func narrow(_ slope: Double) {
        let play =
            tolerance * Double(nominal.numerator) / Double(nominal.denominator) / Double(count)
        let lower = max(slopes.lowerBound, slope - play)
        let upper = min(slopes.upperBound, slope + play)
        slopes = lower...max(lower, upper)
    }

    private mutating func axis(_ period: Period) -> TimeAxis {
        let axis = TimeAxis.regular(
            start: Timestamp(nanoseconds: start), period: period, count: count)
        lastPeriod = period
        count = 0
        lastIndex = 0
        slopes = -Double.infinity...Double.infinity
        return axis
    }
}

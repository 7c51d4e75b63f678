// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// How restless the arm is: the median over five minutes of the change of its angle from one
/// five-second epoch to the next, degrees, 0 and up.
///
/// Shape: one output for each known epoch that has two and a half minutes known around it to at
/// least two thirds, at that epoch's time, two and a half minutes late. The window is 30 changes
/// before and 30 after; a change next to an unknown or missing epoch is unknown.
///
/// - Source: `vanhees2018`, first step of HDCZA. Departure: the window is symmetric about the epoch.
public struct AngleChange: StreamOperator {
    public typealias Input = MotionEpoch
    public typealias Output = Timed<Float>

    /// Epochs on either side.
    static let reach = 30
    /// Known changes a median needs, of 60.
    static let fewestKnown = 40
    private static let unknown: Float = -1

    /// The last changes, oldest first from `head`; negative if unknown.
    private var changes = Array(repeating: unknown, count: 2 * reach)
    private var head = 0
    /// The known ones of them in ascending order.
    private var sorted: [Float] = []
    /// Whether each of the last epochs was known, a ring of `reach + 1` with the newest at `place`.
    private var known = Array(repeating: false, count: reach + 1)
    private var place = 0
    private var newest: Timestamp?
    private var angle: Float?

    public init() { sorted.reserveCapacity(2 * Self.reach) }

    public mutating func push(_ input: Span<MotionEpoch>, emit: (Span<Timed<Float>>) -> Void) {
        var output: [Timed<Float>] = []
        output.reserveCapacity(input.count)
        for index in input.indices { take(input[index], into: &output) }
        if !output.isEmpty { emit(output.span) }
    }

    /// Does nothing: a gap is seen when the next epoch comes.
    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Float>>) -> Void) {}

    public mutating func finish(emit: (Span<Timed<Float>>) -> Void) {
        var output: [Timed<Float>] = []
        flush(into: &output)
        if !output.isEmpty { emit(output.span) }
        self = AngleChange()
    }

    private mutating func take(_ epoch: MotionEpoch, into output: inout [Timed<Float>]) {
        let step = MotionEpoch.seconds * 1_000_000_000
        if let last = newest {
            let steps = epoch.time.nanoseconds(since: last) / step
            if steps > Int64(2 * Self.reach) || steps < 1 {
                flush(into: &output)
                self = AngleChange()
            } else {
                for _ in 1..<steps { advance(nil, into: &output) }
            }
        }
        if newest == nil { newest = epoch.time.advanced(byNanoseconds: -step) }
        advance(SustainedInactivity.isKnown(epoch) ? epoch.angle : nil, into: &output)
        newest = epoch.time
    }

    /// The epochs still waiting for what comes after them.
    private mutating func flush(into output: inout [Timed<Float>]) {
        guard newest != nil else { return }
        for _ in 0..<Self.reach { advance(nil, into: &output) }
    }

    private mutating func advance(_ next: Float?, into output: inout [Timed<Float>]) {
        newest = newest?.advanced(bySeconds: MotionEpoch.seconds)
        var change = Self.unknown
        if let next, let angle { change = abs(next - angle) }
        angle = next
        replace(with: change)
        place = (place + 1) % known.count
        known[place] = next != nil
        // The oldest place of the ring is the middle of the window.
        let middle = known[(place + 1) % known.count]
        guard middle, sorted.count >= Self.fewestKnown, let newest else { return }
        let time = newest.advanced(bySeconds: -Int64(Self.reach) * MotionEpoch.seconds)
        output.append(Timed(time, median))
    }

    private mutating func replace(with change: Float) {
        let old = changes[head]
        changes[head] = change
        head = (head + 1) % changes.count
        if old >= 0 { sorted.remove(at: place(of: old)) }
        if change >= 0 { sorted.insert(change, at: place(of: change)) }
    }

    /// The first place in `sorted` whose value is not below `value`.
    private func place(of value: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private var median: Float {
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}

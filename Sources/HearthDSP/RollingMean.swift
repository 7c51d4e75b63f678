// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The mean of the samples in the window that ends at `end`.
public struct WindowMean: Codable, Sendable, Hashable {
    /// Time of the newest sample in the window.
    public var end: Timestamp
    public var mean: Double
    /// Samples in the window, at least one.
    public var count: Int
    /// Nanoseconds from the oldest to the newest sample in the window.
    public var extent: Int64

    public init(end: Timestamp, mean: Double, count: Int, extent: Int64) {
        self.end = end
        self.mean = mean
        self.count = count
        self.extent = extent
    }
}

/// Mean of an irregular series over a window of time that slides from sample to sample.
///
/// Shape: one output an input; the window is `(t - window, t]`, so it never holds two samples a
/// window apart. Every sample weighs the same. Gaps shrink the count; nothing is interpolated.
/// Values that are not finite are left out and give no output.
///
/// - Complexity: O(1) amortised a sample. Sums are never subtracted from (two stacks), so the
///   answer does not drift however long the stream.
public struct RollingMean: StreamOperator {
    public typealias Input = Timed<Double>
    public typealias Output = WindowMean

    private struct Held: Codable, Sendable {
        var time: Timestamp
        /// Sum of this value and all newer ones in the older half.
        var suffixSum: Double
    }

    public let windowNanoseconds: Int64
    /// The older half of the window, oldest last.
    private var older: [Held] = []
    /// The newer half, oldest first.
    private var newer: [Timed<Double>] = []
    private var newerSum = 0.0

    /// A window of at least one second.
    public init(windowSeconds: Int64) {
        windowNanoseconds = Timestamp(seconds: max(1, windowSeconds)).nanoseconds
    }

    public mutating func push(_ input: Span<Timed<Double>>, emit: (Span<WindowMean>) -> Void) {
        var output: [WindowMean] = []
        output.reserveCapacity(input.count)
        for index in input.indices where input[index].value.isFinite {
            output.append(take(input[index]))
        }
        if !output.isEmpty { emit(output.span) }
    }

    /// Does nothing: the next sample drops what is old, so a watermark cannot change a rounding.
    public mutating func skip(to time: Timestamp, emit: (Span<WindowMean>) -> Void) {}

    public mutating func finish(emit: (Span<WindowMean>) -> Void) {}

    private mutating func take(_ sample: Timed<Double>) -> WindowMean {
        drop(before: sample.time)
        newer.append(sample)
        newerSum += sample.value
        let count = older.count + newer.count
        let oldest = older.last?.time ?? newer[0].time
        let sum = (older.last?.suffixSum ?? 0) + newerSum
        return WindowMean(
            end: sample.time, mean: sum / Double(count), count: count,
            extent: sample.time.nanoseconds(since: oldest))
    }

    /// Drops what lies a whole window or more before `time`.
    private mutating func drop(before time: Timestamp) {
        while true {
            if older.isEmpty { turnOver() }
            guard let oldest = older.last,
                time.nanoseconds(since: oldest.time) >= windowNanoseconds
            else { return }
            older.removeLast()
        }
    }

    /// Moves the newer half under the older one, summing from the newest on.
    private mutating func turnOver() {
        var sum = 0.0
        for sample in newer.reversed() {
            sum += sample.value
            older.append(Held(time: sample.time, suffixSum: sum))
        }
        newer.removeAll(keepingCapacity: true)
        newerSum = 0
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Activity counts of 15 seconds, on the scale of the counts of sleep-accel.
public struct MotionCount: Codable, Sendable, Hashable {
    public static let seconds: Int64 = 15

    /// Start of the epoch, a multiple of its length since 1970.
    public var time: Timestamp
    /// 0 and up; 0 below 18 units of movement.
    public var count: Float
    /// Share of the epoch with samples, 0.5 to 1.
    public var coverage: Float

    public init(time: Timestamp, count: Float, coverage: Float) {
        self.time = time
        self.count = count
        self.coverage = coverage
    }
}

/// Activity counts from the z axis of a raw wrist accelerometer.
///
/// z at 50 Hz by straight lines → Butterworth band-pass 3–11 Hz of order 5, run twice, causal → absolute
/// value → one of 128 bins of 5 g / 128, counted from 1 → the largest bin of each second → their sum
/// in 15 s → (sum − 18) × 3.07, negatives set to 0.
///
/// Twice forwards has the gain of once forwards and once backwards, which the published pipeline
/// uses, and a delay of a quarter of a second instead of none.
///
/// Shape: one output an epoch at least half covered, in time order; the sum of one that is not wholly
/// covered is scaled to 15 seconds. Samples that are not finite, beyond 100 g, or not later than the
/// one before are left out. After a gap the filter starts as if the first value had always been there.
///
/// - Source: `telindert2013`, `walch2019`.
public struct MotionCounts: AccelerationOperator {
    public typealias Output = MotionCount

    static let rate = 50
    static let low = 3.0
    static let high = 11.0
    /// Bins of ``binWidth`` g from 0 to 5 g; the one above holds what is larger.
    static let bins = 128
    static let binWidth = 5.0 / Double(bins)
    static let offset = 18.0
    static let scale = 3.07
    static let leastCoverage = 0.5

    private var grid: RegularGrid
    private var once = BandPass5(low: low, high: high, rate: Double(rate))
    private var twice = BandPass5(low: low, high: high, rate: Double(rate))
    private var second = Int64.min
    private var largest = 0.0
    private var epoch = Int64.min
    /// Seconds with a point, the sum of their largest bins, and points.
    private var parts = 0
    private var sum = 0
    private var points = 0

    /// - Parameter longestStep: nanoseconds between samples above which there is a gap.
    public init(longestStep: Int64 = SampleClock.usualLongestStep) {
        grid = RegularGrid(rate: Self.rate, longestStep: longestStep)
    }

    public func isOver(at time: Timestamp) -> Bool {
        time.seconds / Self.seconds > epoch && grid.isGap(before: time)
    }

    public mutating func close(before time: Timestamp) { grid.close(before: time) }

    public mutating func finish(emit: (Span<MotionCount>) -> Void) {
        closeSecond()
        if let count = close() { emit([count].span) }
        second = .min
        epoch = .min
    }

    private static let seconds = MotionCount.seconds

    public mutating func take(
        _ time: Int64, _ x: Float, _ y: Float, _ z: Float, _ found: inout [MotionCount]
    ) {
        grid.take(time, x, y, z)
        while grid.hasPoint {
            let z = Double(grid.value.z)
            if grid.startsStretch {
                once.settle(at: z)
                twice.settle(at: 0)
            }
            if grid.point.second != second { turn(to: grid.point.second, &found) }
            largest = max(largest, abs(twice.next(once.next(z))))
            points += 1
            grid.advance()
        }
    }

    /// Goes to another second.
    private mutating func turn(to next: Int64, _ found: inout [MotionCount]) {
        closeSecond()
        let nextEpoch = Calendrical.floorDivide(next, Self.seconds)
        if nextEpoch != epoch {
            if let count = close() { found.append(count) }
            epoch = nextEpoch
        }
        second = next
    }

    private mutating func closeSecond() {
        guard second != .min else { return }
        // The bin grows with the value, so the largest bin is the bin of the largest value.
        let bin = min(Double(Self.bins), (largest / Self.binWidth).rounded(.down))
        sum += 1 + Int(bin)
        parts += 1
        largest = 0
    }

    private mutating func close() -> MotionCount? {
        defer {
            sum = 0
            parts = 0
            points = 0
        }
        let coverage = Double(points) / Double(Int(Self.seconds) * Self.rate)
        guard coverage >= Self.leastCoverage else { return nil }
        let whole = Double(sum) * Double(Self.seconds) / Double(parts)
        return MotionCount(
            time: Timestamp(seconds: epoch * Self.seconds),
            count: Float(max(0, (whole - Self.offset) * Self.scale)), coverage: Float(coverage))
    }
}

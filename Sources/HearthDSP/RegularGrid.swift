// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A point of a regular grid: a whole second since 1970 and a tick in it.
public struct GridPoint: Codable, Sendable, Hashable {
    public var second: Int64
    /// 0 up to the rate.
    public var tick: Int64

    public init(second: Int64, tick: Int64) {
        self.second = second
        self.tick = tick
    }
}

/// Puts three axes on a regular grid by straight lines between samples; nothing crosses a gap.
///
/// The grid is the same whenever a recording starts: tick `i` of `rate` lies `i / rate` seconds after
/// each whole second. A sample within a microsecond of a point is taken as it is. No low-pass comes
/// before it, so what is faster than half the grid's rate folds back.
///
/// Use: `take` a sample, then, while ``hasPoint``, look at ``point``, ``value`` and
/// ``startsStretch`` and `advance`.
public struct RegularGrid: Codable, Sendable, Hashable {
    @usableFromInline static let snap: Int64 = 1000
    @usableFromInline static let second: Int64 = 1_000_000_000

    /// Points a second.
    public let rate: Int64
    @usableFromInline var nextPoint = GridPoint(second: 0, tick: 0)
    @usableFromInline var isFirst = true
    /// Its time, and what its rounding down left over, in parts of `rate`.
    @usableFromInline var pointTime = Int64.max
    @usableFromInline var rest: Int64 = 0
    @usableFromInline let wholeStep: Int64
    @usableFromInline let partStep: Int64
    @usableFromInline var clock: SampleClock
    @usableFromInline var lastTime: Int64 = 0
    @usableFromInline var last = SIMD4<Float>()
    @usableFromInline var time: Int64 = 0
    @usableFromInline var newest = SIMD4<Float>()

    /// - Parameters:
    ///   - rate: points a second, 1 to 1,000.
    ///   - longestStep: see ``SampleClock``.
    public init(rate: Int, longestStep: Int64 = SampleClock.usualLongestStep) {
        self.rate = Int64(min(max(1, rate), 1000))
        wholeStep = Self.second / self.rate
        partStep = Self.second % self.rate
        clock = SampleClock(longestStep: longestStep)
    }

    /// The next point of the grid.
    @inlinable @inline(__always)
    public var point: GridPoint { nextPoint }

    /// True if the next point is the first one of a stretch without gaps.
    @inlinable @inline(__always)
    public var startsStretch: Bool { isFirst }

    /// True if the next point is not after the newest sample.
    @inlinable @inline(__always)
    public var hasPoint: Bool { pointTime <= time + Self.snap }

    /// The three axes at the next point; only while ``hasPoint``.
    @inlinable @inline(__always)
    public var value: SIMD4<Float> {
        guard pointTime < time - Self.snap else { return newest }
        return last + (newest - last) * (Float(pointTime - lastTime) / Float(time - lastTime))
    }

    @inlinable @inline(__always)
    public mutating func take(_ time: Int64, _ x: Float, _ y: Float, _ z: Float) {
        guard AccelerationRange.holds(x, y, z) else { return }
        let step = clock.advance(to: time)
        guard step >= 0 else { return }
        lastTime = self.time
        last = newest
        self.time = time
        newest = SIMD4<Float>(x, y, z, 0)
        if step == 0 { begin(at: time) }
    }

    /// Goes to the point after.
    @inlinable @inline(__always)
    public mutating func advance() {
        isFirst = false
        nextPoint.tick += 1
        if nextPoint.tick == rate {
            nextPoint.tick = 0
            nextPoint.second += 1
        }
        // As `nanoseconds(of:)` says, without a division.
        pointTime += wholeStep
        rest += partStep
        if rest >= rate {
            rest -= rate
            pointTime += 1
        }
    }

    /// The time of a point in nanoseconds since 1970, rounded down.
    @inlinable @inline(__always)
    public func nanoseconds(of point: GridPoint) -> Int64 {
        point.second &* Self.second &+ point.tick &* Self.second / rate
    }

    /// True if nothing came for so long before `time` that the stretch is over; see ``SampleClock``.
    public func isGap(before time: Timestamp) -> Bool { clock.isGap(before: time) }

    /// Ends the stretch; samples before `time` come too late from now on.
    public mutating func close(before time: Timestamp) { clock.close(before: time) }

    /// Goes to the first point that is not before the first sample of a stretch.
    @usableFromInline
    mutating func begin(at time: Int64) {
        let early = time - Self.snap
        let second = Calendrical.floorDivide(early, Self.second)
        let into = early - second * Self.second
        nextPoint = GridPoint(second: second, tick: (into * rate + Self.second - 1) / Self.second)
        if nextPoint.tick >= rate { nextPoint = GridPoint(second: second + 1, tick: 0) }
        pointTime = nanoseconds(of: nextPoint)
        rest = nextPoint.tick * Self.second % rate
        isFirst = true
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Tells of each sample whether it joins the one before, starts anew after a gap, or comes too late.
///
/// A sample that is not later than the one before it is left out, so what an operator emits never
/// goes back in time. Times within two hours of the ends of the range of ``Timestamp`` are left
/// out too, so that no epoch of up to an hour reaches over them.
public struct SampleClock: Codable, Sendable, Hashable {
    /// Longest time between samples of one stretch, 2.5 periods at 10 Hz.
    public static let usualLongestStep: Int64 = 250_000_000
    /// More would let a step pass over whole windows.
    static let mostLongestStep: Int64 = 5_000_000_000
    @usableFromInline static let margin: Int64 = 7_200_000_000_000

    @usableFromInline let longestStep: Int64
    @usableFromInline var last: Int64 = .min
    @usableFromInline var isFresh = true

    /// - Parameter longestStep: nanoseconds between samples above which there is a gap, 5 s at most.
    public init(longestStep: Int64 = SampleClock.usualLongestStep) {
        self.longestStep = min(max(1, longestStep), Self.mostLongestStep)
    }

    /// Takes the time of the next sample.
    ///
    /// - Returns: nanoseconds since the sample before; 0 for the first of a stretch; negative if the
    ///   sample is to be left out.
    @inlinable @inline(__always)
    public mutating func advance(to time: Int64) -> Int64 {
        guard time > last, time < .max - Self.margin, time > .min + Self.margin else { return -1 }
        let step = time &- last
        let joins = !isFresh && step > 0 && step <= longestStep
        last = time
        isFresh = false
        return joins ? step : 0
    }

    /// True if nothing came for so long before `time` that no sample from then on can join.
    public func isGap(before time: Timestamp) -> Bool {
        let sum = last.addingReportingOverflow(longestStep)
        return isFresh || (!sum.overflow && time.nanoseconds > sum.partialValue)
    }

    /// Closes the stretch: samples before `time` come too late from now on.
    public mutating func close(before time: Timestamp) {
        last = max(last, time.nanoseconds == .min ? .min : time.nanoseconds - 1)
        isFresh = true
    }
}

/// What an accelerometer worn on a wrist can show.
public enum AccelerationRange {
    /// In g; what is beyond, or not a number, is left out.
    public static let largest: Float = 100

    @inlinable @inline(__always)
    public static func holds(_ x: Float, _ y: Float, _ z: Float) -> Bool {
        // False for what is not a number.
        abs(x) <= 100 && abs(y) <= 100 && abs(z) <= 100
    }
}

/// Calls `body` with time in nanoseconds since 1970 and the three axes of each sample of a regular
/// block.
///
/// Times are those of ``TimeAxis/regular(start:period:count:)``; a block ends with its shortest
/// column.
@inlinable @inline(__always)
public func forEachSample(
    x: Span<Float>, y: Span<Float>, z: Span<Float>, start: Timestamp, period: Period,
    _ body: (Int64, Float, Float, Float) -> Void
) {
    let whole = period.numerator / period.denominator
    let part = period.numerator % period.denominator
    var time = start.nanoseconds
    var rest: Int64 = 0
    for index in 0..<min(x.count, y.count, z.count) {
        body(time, x[index], y[index], z[index])
        var step = whole
        // The rest stays below the denominator, so it is compared before it is added.
        if rest >= period.denominator - part {
            rest -= period.denominator - part
            step += 1
        } else {
            rest += part
        }
        let (next, overflow) = time.addingReportingOverflow(step)
        time = overflow ? .max : next
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A time in which the recorder was not on the body.
public struct NonWearSpan: Codable, Sendable, Hashable {
    public var span: TimeSpan
    /// True if temperature said so too in every window; false if stillness alone did in some.
    public var hasTemperature: Bool

    public init(span: TimeSpan, hasTemperature: Bool) {
        self.span = span
        self.hasTemperature = hasTemperature
    }
}

/// Finds the times in which a raw accelerometer was not worn.
///
/// Windows of 60 min, moved by 15: one is non-wear if at least two axes each have a standard deviation
/// below 13 mg and a range below 50 mg, and if, where temperature is known, its mean is below 26 °C. A
/// span is the union of such windows; its edges are quarters of an hour UTC.
///
/// Shape: spans in time order, disjoint, at least an hour long, each once it is over. A quarter less
/// than 90 % covered belongs to no window: no samples are a gap, not non-wear. Samples that are not
/// finite, beyond 100 g, or not later than the one before are left out. A recorder that lies in the
/// sun is warm, and one on a sleeping arm can be still: see the card.
///
/// - Source: `vanhees2013`, `zhou2015`.
public struct NonWear: AccelerationOperator {
    public typealias Output = NonWearSpan

    static let quarter: Int64 = 900_000_000_000
    /// Quarters in a window.
    static let quarters = 4
    static let standardDeviation = 0.013
    static let range: Float = 0.05
    static let fewestAxes = 2
    /// Share of a quarter that samples must cover.
    static let leastCoverage = 0.9
    /// Degrees Celsius; at or above it the recorder is on an arm.
    public static let wornTemperature = 26.0

    /// What is known of one quarter of an hour.
    private struct Quarter: Codable, Sendable, Hashable {
        /// The first sample; sums are of differences from it, which keeps them exact.
        var origin = SIMD4<Float>()
        var sum = SIMD4<Double>()
        var squares = SIMD4<Double>()
        var least = SIMD4<Float>(repeating: .infinity)
        var most = SIMD4<Float>(repeating: -.infinity)
        var count = 0
        var covered: Int64 = 0

        @inline(__always)
        mutating func add(_ value: SIMD4<Float>) {
            if count == 0 { origin = value }
            let difference = SIMD4<Double>(value - origin)
            sum += difference
            squares += difference * difference
            least.replace(with: value, where: value .< least)
            most.replace(with: value, where: value .> most)
            count += 1
        }
    }

    /// Temperatures of one quarter.
    private struct Warmth: Codable, Sendable, Hashable {
        var index: Int64
        var sum = 0.0
        var count = 0
    }

    private let threshold: Double
    private var clock: SampleClock
    private var current = Quarter()
    private var index: Int64 = 0
    private var end = Int64.min
    /// Whole quarters before the current one without a break, at most three after a look.
    private var ring: [Quarter] = []
    private var warmth: [Warmth] = []
    private var open: NonWearSpan?

    /// - Parameters:
    ///   - wornTemperature: degrees Celsius at or above which a still recorder is worn.
    ///   - longestStep: nanoseconds between samples above which time counts as not covered.
    public init(
        wornTemperature: Double = NonWear.wornTemperature,
        longestStep: Int64 = SampleClock.usualLongestStep
    ) {
        threshold = wornTemperature
        clock = SampleClock(longestStep: longestStep)
    }

    /// Takes a temperature in degrees Celsius; those of a quarter must come before its last sample,
    /// in time order.
    public mutating func push(temperature: Double, at time: Timestamp) {
        guard temperature.isFinite else { return }
        let index = Calendrical.floorDivide(time.nanoseconds, Self.quarter)
        if warmth.last?.index != index {
            guard index > warmth.last?.index ?? .min else { return }
            warmth.append(Warmth(index: index))
            if warmth.count > 4 * Self.quarters { warmth.removeFirst() }
        }
        warmth[warmth.count - 1].sum += temperature
        warmth[warmth.count - 1].count += 1
    }

    public func isOver(at time: Timestamp) -> Bool {
        time.nanoseconds >= end && clock.isGap(before: time)
    }

    public mutating func close(before time: Timestamp) { clock.close(before: time) }

    public mutating func finish(emit: (Span<NonWearSpan>) -> Void) {
        var found: [NonWearSpan] = []
        close(&found)
        breakOff(&found)
        end = .min
        if !found.isEmpty { emit(found.span) }
    }

    public mutating func take(
        _ time: Int64, _ x: Float, _ y: Float, _ z: Float, _ found: inout [NonWearSpan]
    ) {
        guard AccelerationRange.holds(x, y, z) else { return }
        let step = clock.advance(to: time)
        guard step >= 0 else { return }
        if time >= end {
            turn(to: time, step: step, &found)
        } else {
            current.covered += step
        }
        current.add(SIMD4(x, y, z, 0))
    }

    /// Goes to the quarter of `time`.
    private mutating func turn(to time: Int64, step: Int64, _ found: inout [NonWearSpan]) {
        if step > 0 { current.covered += max(0, end - (time - step)) }
        close(&found)
        let next = Calendrical.floorDivide(time, Self.quarter)
        if next != index + 1 { breakOff(&found) }
        index = next
        end = (next + 1) * Self.quarter
        current.covered = min(step, time - next * Self.quarter)
    }

    /// Judges the window that ends with the current quarter.
    private mutating func close(_ found: inout [NonWearSpan]) {
        defer { current = Quarter() }
        guard current.count > 0 else { return }
        guard Double(current.covered) >= Self.leastCoverage * Double(Self.quarter) else {
            return breakOff(&found)
        }
        ring.append(current)
        guard ring.count == Self.quarters else { return }
        let first = index - Int64(Self.quarters - 1)
        let temperature = meanTemperature(from: first)
        let isCold = temperature.map { $0 < threshold } ?? true
        if isStill(), isCold {
            extend(from: first, hasTemperature: temperature != nil, &found)
        }
        ring.removeFirst()
        // The next window starts a quarter later.
        if let span = open, span.span.end.nanoseconds < (first + 1) * Self.quarter {
            found.append(span)
            open = nil
        }
    }

    private mutating func extend(
        from first: Int64, hasTemperature: Bool, _ found: inout [NonWearSpan]
    ) {
        let start = Timestamp(nanoseconds: first * Self.quarter)
        let end = Timestamp(nanoseconds: (index + 1) * Self.quarter)
        guard let span = open else {
            open = NonWearSpan(
                span: TimeSpan(start: start, end: end), hasTemperature: hasTemperature)
            return
        }
        open = NonWearSpan(
            span: TimeSpan(start: span.span.start, end: end),
            hasTemperature: span.hasTemperature && hasTemperature)
    }

    /// Windows do not reach over what is missing.
    private mutating func breakOff(_ found: inout [NonWearSpan]) {
        ring.removeAll(keepingCapacity: true)
        if let span = open { found.append(span) }
        open = nil
    }

    private func isStill() -> Bool {
        let still = (0..<3).count { axis in
            let least = ring.map { $0.least[axis] }.min() ?? 0
            let most = ring.map { $0.most[axis] }.max() ?? 0
            return most - least < Self.range && variance(axis) < Self.variance
        }
        return still >= Self.fewestAxes
    }

    private static let variance = standardDeviation * standardDeviation

    /// Unbiased, of one axis over the window: variances within quarters and between them.
    private func variance(_ axis: Int) -> Double {
        let total = ring.reduce(0) { $0 + $1.count }
        let means = ring.map { Double($0.origin[axis]) + $0.sum[axis] / Double($0.count) }
        let mean = zip(ring, means).reduce(0) { $0 + Double($1.0.count) * $1.1 } / Double(total)
        let squares = zip(ring, means).reduce(0) { sum, part in
            let count = Double(part.0.count)
            let within = part.0.squares[axis] - part.0.sum[axis] * part.0.sum[axis] / count
            return sum + max(0, within) + count * (part.1 - mean) * (part.1 - mean)
        }
        return squares / Double(max(1, total - 1))
    }

    /// `nil` if a quarter of the window has none.
    private func meanTemperature(from first: Int64) -> Double? {
        let own = warmth.filter { (first...index).contains($0.index) }
        guard own.count == Self.quarters else { return nil }
        return own.reduce(0) { $0 + $1.sum / Double($1.count) } / Double(own.count)
    }
}

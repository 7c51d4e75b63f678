// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Raw wrist acceleration in epochs of five seconds: ENMO, MAD, the arm's angle, coverage.
///
/// Shape: one output an epoch that has a sample, in time order; absent epochs are gaps. Epochs start
/// at multiples of five seconds since 1970. Samples that are not finite, beyond 100 g, or not later
/// than the one before are left out; so are those beyond ``mostSamples`` in an epoch.
///
/// The angle is atan(z / √(x² + y²)) of the epoch's median of each axis. GGIR takes a rolling median of
/// five seconds and the mean of its angles in the epoch; at rest the two agree.
///
/// - Source: `vanhees2013`, `vahaypya2015`, `vanhees2015`.
public struct MotionEpochs: AccelerationOperator {
    public typealias Output = MotionEpoch

    /// Samples of an epoch that are looked at: 800 a second.
    public static let mostSamples = 4000
    static let length: Int64 = MotionEpoch.seconds * 1_000_000_000

    /// What makes the recorder show 1 g at rest; `nil` takes the samples as they are.
    public let calibration: GravityCalibration?
    /// Degrees Celsius from now on; used only by a calibration that was made with temperature.
    public var temperature: Double?

    private var clock: SampleClock
    /// The epoch's samples; the fourth lane is used at its end.
    private var samples: [SIMD4<Float>] = []
    private var covered: Int64 = 0
    private var start: Int64 = 0
    private var end = Int64.min

    /// - Parameters:
    ///   - calibration: of the whole recording, from ``GravityCalibrator``; `nil` if refused.
    ///   - longestStep: nanoseconds between samples above which time counts as not covered.
    public init(
        calibration: GravityCalibration?, longestStep: Int64 = SampleClock.usualLongestStep
    ) {
        self.calibration = calibration
        clock = SampleClock(longestStep: longestStep)
    }

    public func isOver(at time: Timestamp) -> Bool {
        time.nanoseconds >= end && clock.isGap(before: time)
    }

    public mutating func close(before time: Timestamp) { clock.close(before: time) }

    public mutating func finish(emit: (Span<MotionEpoch>) -> Void) {
        if let epoch = close() { emit([epoch].span) }
        end = .min
    }

    public mutating func take(
        _ time: Int64, _ x: Float, _ y: Float, _ z: Float, _ found: inout [MotionEpoch]
    ) {
        guard AccelerationRange.holds(x, y, z) else { return }
        let step = clock.advance(to: time)
        guard step >= 0 else { return }
        if time >= end {
            if step > 0 { covered += max(0, end - (time - step)) }
            if let epoch = close() { found.append(epoch) }
            start = Calendrical.floorDivide(time, Self.length) * Self.length
            end = start + Self.length
            covered = min(step, time - start)
        } else {
            covered += step
        }
        guard samples.count < Self.mostSamples else { return }
        samples.append(SIMD4(x, y, z, 0))
    }

    private mutating func close() -> MotionEpoch? {
        guard !samples.isEmpty else { return nil }
        let scale = SIMD4<Float>(factor(of: 0), factor(of: 1), factor(of: 2), 0)
        let shift = SIMD4<Float>(addend(of: 0), addend(of: 1), addend(of: 2), 0)
        let middle = AxisMedians.of(samples) * scale + shift
        let count = Double(samples.count)
        var sum = 0.0
        var excess = 0.0
        for index in samples.indices {
            let vector = samples[index] * scale + shift
            let squares = vector * vector
            let length = (squares.x + squares.y + squares.z).squareRoot()
            samples[index].w = length
            sum += Double(length)
            excess += Double(max(0, length - 1))
        }
        let mean = sum / count
        var deviations = 0.0
        for index in samples.indices { deviations += abs(Double(samples[index].w) - mean) }
        let epoch = MotionEpoch(
            time: Timestamp(nanoseconds: start), enmo: Float(excess / count * 1000),
            mad: Float(deviations / count * 1000), angle: Float(Self.angle(middle)),
            coverage: Float(covered) / Float(Self.length))
        samples.removeAll(keepingCapacity: true)
        covered = 0
        return epoch
    }

    private func factor(of axis: Int) -> Float { Float(calibration?.scale[axis] ?? 1) }

    /// What is added to a scaled axis, in g.
    private func addend(of axis: Int) -> Float {
        guard let calibration else { return 0 }
        var addend = calibration.offset[axis] * calibration.scale[axis]
        if let reference = calibration.referenceTemperature, let temperature {
            addend += calibration.temperatureSlope[axis] * (temperature - reference)
        }
        return Float(addend)
    }

    /// Degrees from the horizontal; 0 for a vector of no length.
    static func angle(_ vector: SIMD4<Float>) -> Double {
        let (x, y, z) = (Double(vector.x), Double(vector.y), Double(vector.z))
        return atan2(z, (x * x + y * y).squareRoot()) * 180 / .pi
    }
}

/// The medians of a few hundred samples, all axes at once, without sorting or copying them.
enum AxisMedians {
    /// Halvings that only count; what is left then holds few values.
    static let coarseRounds = 8

    /// Halves the range of values in which each median lies, at the end from one value that occurs to
    /// another, so equal values end the search early. No value may be NaN; the mean of the middle two
    /// if the count is even; zeros for no samples.
    static func of(_ samples: [SIMD4<Float>]) -> SIMD4<Float> {
        guard let first = samples.first else { return SIMD4() }
        var low = first
        var high = first
        for index in samples.indices {
            let value = samples[index]
            low.replace(with: value, where: value .< low)
            high.replace(with: value, where: value .> high)
        }
        let range = (low, high)
        let wanted = SIMD4<Int32>(repeating: Int32((samples.count - 1) / 2))
        for _ in 0..<coarseRounds {
            let middle = low + (high - low) * 0.5
            let isBelow = count(of: samples, upTo: middle) .> wanted
            high.replace(with: middle, where: isBelow)
            low.replace(with: middle, where: .!isBelow)
        }
        while any(low .< high) {
            var middle = low + (high - low) * 0.5
            middle.replace(with: low, where: middle .>= high)
            let cut = Cut(samples, at: middle, range: range)
            let isBelow = cut.count .> wanted
            high.replace(with: cut.below, where: isBelow)
            low.replace(with: cut.above, where: .!isBelow)
        }
        guard samples.count % 2 == 0 else { return low }
        let cut = Cut(samples, at: low, range: range)
        let upper = cut.above.replacing(with: low, where: cut.count .> wanted &+ 1)
        return (low + upper) * 0.5
    }

    @inline(__always)
    private static func count(
        of samples: [SIMD4<Float>], upTo value: SIMD4<Float>
    ) -> SIMD4<Int32> {
        var count = SIMD4<Int32>()
        let one = SIMD4<Int32>(repeating: 1)
        for index in samples.indices {
            count &+= SIMD4<Int32>().replacing(with: one, where: samples[index] .<= value)
        }
        return count
    }

    /// How many samples lie at or below a value, the greatest of those and the least of the others.
    private struct Cut {
        var count = SIMD4<Int32>()
        var below: SIMD4<Float>
        var above: SIMD4<Float>

        @inline(__always)
        init(
            _ samples: [SIMD4<Float>], at value: SIMD4<Float>,
            range: (low: SIMD4<Float>, high: SIMD4<Float>)
        ) {
            below = range.low
            above = range.high
            let one = SIMD4<Int32>(repeating: 1)
            for index in samples.indices {
                let sample = samples[index]
                let isBelow = sample .<= value
                count &+= SIMD4<Int32>().replacing(with: one, where: isBelow)
                below.replace(with: sample, where: isBelow .& (sample .> below))
                above.replace(with: sample, where: .!isBelow .& (sample .< above))
            }
        }
    }
}

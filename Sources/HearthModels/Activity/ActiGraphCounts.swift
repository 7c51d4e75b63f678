// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// ActiGraph counts of one epoch, one number an axis.
public struct ActiGraphCount: Codable, Sendable, Hashable {
    /// Start of the epoch, a multiple of its length since 1970.
    public var time: Timestamp
    /// Counts of each axis in the covered part of the epoch; not scaled up.
    public var x: Int32
    public var y: Int32
    public var z: Int32
    /// Share of the epoch with samples, above 0 to 1.
    public var coverage: Float

    public init(time: Timestamp, x: Int32, y: Int32, z: Int32, coverage: Float) {
        self.time = time
        self.x = x
        self.y = y
        self.z = z
        self.coverage = coverage
    }

    /// Length of the vector of the three axes' counts.
    public var magnitude: Double {
        let (a, b, c) = (Double(x), Double(y), Double(z))
        return (a * a + b * b + c * c).squareRoot()
    }
}

/// ActiGraph's activity counts from raw acceleration in g.
///
/// Each axis: the rate's grid → 30 Hz → three decimals → the published band-pass → gain 17.127404 →
/// absolute value, below 4 set to 0, at most 128, rounded down → mean of each three, rounded down,
/// which gives 10 Hz → sum over the epoch.
///
/// Shape: one output an epoch with a value, in time order. Samples that are not finite, beyond 100 g,
/// or not later than the one before are left out. After a gap all filters start anew.
///
/// - Source: `neishabouri2022`.
public struct ActiGraphCounts: AccelerationOperator {
    public typealias Output = ActiGraphCount

    /// Rates whose way to 30 Hz is published.
    public static let rates = [30, 40, 50, 60, 70, 80, 90, 100]

    /// Seconds of an epoch.
    public let epochSeconds: Int64
    private var grid: RegularGrid
    private var filter: ActiGraphFilter
    /// Nanoseconds since 1970 of the stretch's first point, and values at 10 Hz since.
    private var origin: Int64 = 0
    private var values: Int64 = 0
    private var epoch = Int64.min
    private var sum = SIMD4<Int32>()
    private var count = 0

    /// - Parameters:
    ///   - epochSeconds: length of an epoch, 1 to 3,600 s.
    ///   - rate: the recorder's samples a second. Samples are put on the grid of the nearest of
    ///     ``rates`` by straight lines, which changes nothing where they lie on it.
    ///   - longestStep: nanoseconds between samples above which there is a gap.
    public init(
        epochSeconds: Int64 = 60, rate: Double,
        longestStep: Int64 = SampleClock.usualLongestStep
    ) {
        self.epochSeconds = min(max(1, epochSeconds), 3600)
        let nearest = Self.nearestRate(to: rate)
        grid = RegularGrid(rate: nearest, longestStep: longestStep)
        filter = ActiGraphFilter(rate: nearest)
    }

    /// The rate of ``rates`` that is nearest, the lower of two; 30 for what is not a number.
    public static func nearestRate(to rate: Double) -> Int {
        var best = rates[0]
        for next in rates where abs(Double(next) - rate) < abs(Double(best) - rate) { best = next }
        return best
    }

    public func isOver(at time: Timestamp) -> Bool {
        time.seconds / epochSeconds > epoch && grid.isGap(before: time)
    }

    public mutating func close(before time: Timestamp) { grid.close(before: time) }

    public mutating func finish(emit: (Span<ActiGraphCount>) -> Void) {
        if let done = close() { emit([done].span) }
        epoch = .min
    }

    public mutating func take(
        _ time: Int64, _ x: Float, _ y: Float, _ z: Float, _ found: inout [ActiGraphCount]
    ) {
        grid.take(time, x, y, z)
        while grid.hasPoint {
            if grid.startsStretch {
                filter.restart()
                origin = grid.nanoseconds(of: grid.point)
                values = 0
            }
            if let value = filter.take(grid.value) { add(value, &found) }
            grid.advance()
        }
    }

    /// Takes a value at 10 Hz.
    private mutating func add(_ value: SIMD4<Int32>, _ found: inout [ActiGraphCount]) {
        let time = origin + values * 100_000_000
        values += 1
        let next = Calendrical.floorDivide(time, epochSeconds * 1_000_000_000)
        if next != epoch {
            if let done = close() { found.append(done) }
            epoch = next
        }
        sum &+= value
        count += 1
    }

    private mutating func close() -> ActiGraphCount? {
        defer {
            sum = SIMD4()
            count = 0
        }
        guard count > 0 else { return nil }
        let coverage = min(1, Float(count) / Float(10 * epochSeconds))
        return ActiGraphCount(
            time: Timestamp(seconds: epoch * epochSeconds), x: sum.x, y: sum.y, z: sum.z,
            coverage: coverage)
    }
}

/// From a grid of one of ActiGraph's rates to whole numbers at 10 Hz, three axes at once.
struct ActiGraphFilter: Codable, Sendable, Hashable {
    /// Numerator and denominator of the published filter, for 30 Hz.
    static let b = SIMD8<Double>(
        -0.009341062898525, -0.02547028965936, -0.004235264826105, 0.04415241545642,
        0.03649371834776, -0.01189396193474, -0.02291739062315, -0.00678816386231)
    static let a = SIMD8<Double>(
        1, -3.63367395910957, 5.03689812757486, -3.09612247819666, 0.50620507633883,
        0.32421701566682, -0.15685485875559, 0.0194913020589)
    static let gain = (3.0 / 4096.0) / (2.6 / 256.0) * 237.5
    static let least = 4.0
    private static let rounding = 6_755_399_441_055_744.0
    static let most = 128.0

    /// Up by `up`, down by `down`.
    let up: Int
    let down: Int
    /// The published low-pass is used only where the way down is not a whole number.
    let isSmoothed: Bool
    private let smoothing: Double
    private let feedback: Double

    /// Raised values before the next that is taken.
    private var phase = 0
    private var smooth = SIMD4<Double>()
    private var isFresh = true
    private var state = State()
    private var three = SIMD4<Int32>()
    private var ofThree = 0

    /// The seven delays of the transposed direct form II.
    private struct State: Codable, Sendable, Hashable {
        var s0 = SIMD4<Double>()
        var s1 = SIMD4<Double>()
        var s2 = SIMD4<Double>()
        var s3 = SIMD4<Double>()
        var s4 = SIMD4<Double>()
        var s5 = SIMD4<Double>()
        var s6 = SIMD4<Double>()
    }

    init(rate: Int) {
        let divisor = Self.commonDivisor(rate, 30)
        up = 30 / divisor
        down = rate / divisor
        isSmoothed = up > 1
        let factor = Double(up)
        smoothing = Double.pi / (.pi + 2 * factor) * factor
        feedback = (.pi - 2 * factor) / (.pi + 2 * factor)
    }

    private static func commonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : commonDivisor(b, a % b)
    }

    mutating func restart() {
        phase = 0
        smooth = SIMD4()
        isFresh = true
        three = SIMD4()
        ofThree = 0
    }

    @inline(__always)
    mutating func take(_ value: SIMD4<Float>) -> SIMD4<Int32>? {
        let wide = SIMD4<Double>(value)
        // Which of the raised values is the next to be taken, if one of this sample's is.
        let place = phase
        phase -= up
        if isSmoothed {
            // Raised by zeros: the value, then two zeros; each is added to the one before it.
            let driven = wide * smoothing
            let first = driven - smooth * feedback
            let second = driven - first * feedback
            smooth = -(second * feedback)
            guard phase < 0 else { return nil }
            phase += down
            return filter(place == 0 ? first : place == 1 ? second : smooth)
        }
        guard phase < 0 else { return nil }
        phase += down
        return filter(wide)
    }

    /// Takes a value at 30 Hz.
    private mutating func filter(_ value: SIMD4<Double>) -> SIMD4<Int32>? {
        // Adding and taking away 1.5 × 2⁵² rounds to a whole number, ties to even.
        let x = (value * 1000 + Self.rounding - Self.rounding) / 1000
        if isFresh {
            settle(at: x)
            isFresh = false
        }
        let y = next(x) * Self.gain
        var size = y.replacing(with: -y, where: y .< 0)
        size.replace(with: 0, where: size .< Self.least)
        size.replace(with: Self.most, where: size .> Self.most)
        three &+= SIMD4(Int32(size.x), Int32(size.y), Int32(size.z), 0)
        ofThree += 1
        guard ofThree == 3 else { return nil }
        let mean = three / 3
        three = SIMD4()
        ofThree = 0
        return mean
    }

    private mutating func next(_ x: SIMD4<Double>) -> SIMD4<Double> {
        let (b, a) = (Self.b, Self.a)
        let y = state.s0 + x * b[0]
        state.s0 = state.s1 + x * b[1] - y * a[1]
        state.s1 = state.s2 + x * b[2] - y * a[2]
        state.s2 = state.s3 + x * b[3] - y * a[3]
        state.s3 = state.s4 + x * b[4] - y * a[4]
        state.s4 = state.s5 + x * b[5] - y * a[5]
        state.s5 = state.s6 + x * b[6] - y * a[6]
        state.s6 = x * b[7] - y * a[7]
        return y
    }

    /// The state after an endless input of `x`.
    private mutating func settle(at x: SIMD4<Double>) {
        let sum = Self.a.sum()
        let gains = (1..<8).map { Self.b[$0] - Self.a[$0] * Self.b[0] }
        var steady = [gains.reduce(0, +) / sum]
        var weight = 1.0
        var used = 0.0
        for k in 1..<7 {
            weight += Self.a[k]
            used += gains[k - 1]
            steady.append(weight * steady[0] - used)
        }
        state.s0 = x * steady[0]
        state.s1 = x * steady[1]
        state.s2 = x * steady[2]
        state.s3 = x * steady[3]
        state.s4 = x * steady[4]
        state.s5 = x * steady[5]
        state.s6 = x * steady[6]
    }
}

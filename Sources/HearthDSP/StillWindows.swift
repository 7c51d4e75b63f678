// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// One sample of a three-axis accelerometer, in g.
public struct AccelerationSample: Codable, Sendable, Hashable {
    public var time: Timestamp
    public var x: Float
    public var y: Float
    public var z: Float

    public init(time: Timestamp, x: Float, y: Float, z: Float) {
        self.time = time
        self.x = x
        self.y = y
        self.z = z
    }
}

/// Ten seconds in which the recorder lay still: the mean of each axis in g.
public struct StillWindow: Codable, Sendable, Hashable {
    /// Windows since 1970.
    public var index: Int64
    public var x: Double
    public var y: Double
    public var z: Double

    public init(index: Int64, x: Double, y: Double, z: Double) {
        self.index = index
        self.x = x
        self.y = y
        self.z = z
    }

    /// Length of the mean vector in g: 1 if the sensor is sound, as only gravity acts.
    public var norm: Double { (x * x + y * y + z * z).squareRoot() }
}

/// Finds the windows of a recording in which the recorder lay still.
///
/// Shape: at most one output a window of 10 s, in time order. A window counts if its samples span at
/// least nine seconds, every axis varies by less than 13 mg (standard deviation) and no axis's mean
/// passes 2 g.
///
/// - Source: `vanhees2014`; window and thresholds as GGIR uses them.
public struct StillWindows: StreamOperator {
    public typealias Input = AccelerationSample
    public typealias Output = StillWindow

    public static let windowNanoseconds: Int64 = 10_000_000_000
    static let spanNanoseconds: Int64 = 9_000_000_000
    static let standardDeviation = 0.013
    static let largestMean = 2.0

    /// Sums of one axis's differences from its first value, which keeps them exact.
    struct Axis: Codable, Sendable, Hashable {
        var first = 0.0
        var sum = 0.0
        var squares = 0.0

        @inline(__always)
        mutating func add(_ value: Float, isFirst: Bool) {
            if isFirst { self = Axis(first: Double(value)) }
            let difference = Double(value) - first
            sum += difference
            squares += difference * difference
        }

        func mean(_ count: Int) -> Double { first + sum / Double(count) }

        /// Unbiased; `count` is at least 2.
        func variance(_ count: Int) -> Double {
            max(0, squares - sum * sum / Double(count)) / Double(count - 1)
        }
    }

    private var x = Axis()
    private var y = Axis()
    private var z = Axis()
    private var count = 0
    private var window: Int64 = 0
    private var windowEnd = Int64.min
    private var firstTime: Int64 = 0
    private var lastTime: Int64 = 0

    public init() {}

    public mutating func push(
        _ input: Span<AccelerationSample>, emit: (Span<StillWindow>) -> Void
    ) {
        var found: [StillWindow] = []
        for index in input.indices {
            let sample = input[index]
            let time = sample.time.nanoseconds
            if time >= windowEnd || time < firstTime {
                if let window = close() { found.append(window) }
                begin(at: time)
            }
            let isFirst = count == 0
            x.add(sample.x, isFirst: isFirst)
            y.add(sample.y, isFirst: isFirst)
            z.add(sample.z, isFirst: isFirst)
            count += 1
            lastTime = time
        }
        if !found.isEmpty { emit(found.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<StillWindow>) -> Void) {
        if time.nanoseconds >= windowEnd { finish(emit: emit) }
    }

    public mutating func finish(emit: (Span<StillWindow>) -> Void) {
        if let window = close() { emit([window].span) }
        windowEnd = .min
    }

    private mutating func begin(at time: Int64) {
        window = Calendrical.floorDivide(time, Self.windowNanoseconds)
        let (end, overflow) = (window + 1).multipliedReportingOverflow(by: Self.windowNanoseconds)
        windowEnd = overflow ? .max : end
        firstTime = time
    }

    private mutating func close() -> StillWindow? {
        defer { count = 0 }
        guard count >= 2, lastTime - firstTime >= Self.spanNanoseconds else { return nil }
        let limit = Self.standardDeviation * Self.standardDeviation
        guard [x, y, z].allSatisfy({ $0.variance(count) < limit }) else { return nil }
        let found = StillWindow(
            index: window, x: x.mean(count), y: y.mean(count), z: z.mean(count))
        let isPlausible = [found.x, found.y, found.z].allSatisfy { abs($0) < Self.largestMean }
        return isPlausible ? found : nil
    }
}

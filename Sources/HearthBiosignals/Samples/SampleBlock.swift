// SPDX-License-Identifier: Apache-2.0

/// A stretch of samples of one quantity from one source, as columns.
///
/// Shape: `count` samples; every column has `count` elements; `durations` and `quality` are empty or
/// have `count` elements. Unit and meaning of the columns: ``Quantity/facts``. Gaps are simply
/// absent samples. Not-a-number never occurs.
public struct SampleBlock: Sendable, Hashable {
    public var device: SourceDevice
    public var quantity: Quantity
    public var origin: Origin
    public var times: TimeAxis
    /// Nanoseconds each sample lasts (a step count, a sleep stage); empty if all are instants.
    public var durations: [Int64]
    public var columns: [SampleColumn]
    /// One mask a sample, 0 is good, other bits are the reader's doubts; empty if all are good.
    public var quality: [UInt8]

    public init(
        device: SourceDevice, quantity: Quantity, origin: Origin, times: TimeAxis,
        durations: [Int64] = [], columns: [SampleColumn], quality: [UInt8] = []
    ) {
        let count = times.count
        precondition(columns.allSatisfy { $0.count == count }, "a column has another length")
        precondition(durations.isEmpty || durations.count == count, "durations have another length")
        precondition(quality.isEmpty || quality.count == count, "quality has another length")
        self.device = device
        self.quantity = quantity
        self.origin = origin
        self.times = times
        self.durations = durations
        self.columns = columns
        self.quality = quality
    }

    public var count: Int { times.count }

    /// Nanoseconds that sample `index` lasts; 0 for an instant.
    public func duration(at index: Int) -> Int64 { durations.isEmpty ? 0 : durations[index] }

    /// The quality mask of sample `index`; 0 is good.
    public func quality(at index: Int) -> UInt8 { quality.isEmpty ? 0 : quality[index] }
}

/// When the samples of a block were taken.
public enum TimeAxis: Sendable, Hashable {
    /// Sample `i` is at `start + i * period`; the period is an exact fraction of nanoseconds.
    case regular(start: Timestamp, period: Period, count: Int)
    /// Nanoseconds since the Unix epoch, ascending.
    case irregular([Int64])

    public var count: Int {
        switch self {
        case .regular(_, _, let count): count
        case .irregular(let times): times.count
        }
    }

    public subscript(index: Int) -> Timestamp {
        switch self {
        case .regular(let start, let period, _):
            start.advanced(byNanoseconds: period.nanoseconds(times: Int64(index)))
        case .irregular(let times): Timestamp(nanoseconds: times[index])
        }
    }
}

/// A sampling period as an exact fraction of nanoseconds: `numerator / denominator`.
public struct Period: Hashable, Sendable, Codable {
    public var numerator: Int64
    public var denominator: Int64

    /// Both must be positive.
    public init(numerator: Int64, denominator: Int64) {
        precondition(numerator > 0 && denominator > 0, "a period is positive")
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The period of a sampling rate of `rate / per` hertz.
    public init(hertz rate: Int64, per: Int64 = 1) {
        self.init(numerator: 1_000_000_000 * per, denominator: rate)
    }

    /// `count` periods in nanoseconds, rounded down, clamped.
    public func nanoseconds(times count: Int64) -> Int64 {
        let wide = numerator.multipliedFullWidth(by: count)
        // The quotient fits when the product lies in -2^63 * denominator ..< 2^63 * denominator;
        // the product shifted right by 63 bits tells, and cannot itself overflow a signed word
        // unless the answer is far outside.
        let (doubled, overflow) = wide.high.multipliedReportingOverflow(by: 2)
        let high = doubled | Int64(wide.low >> 63)
        guard !overflow, high < denominator, high >= -denominator else {
            return count < 0 ? .min : .max
        }
        let (quotient, remainder) = denominator.dividingFullWidth(wide)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// The values of one column. Integer columns are `value * scale + offset`.
public enum SampleColumn: Sendable, Hashable {
    case float32([Float])
    case int16([Int16], Scale)
    case int32([Int32], Scale)

    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .int16(let values, _): values.count
        case .int32(let values, _): values.count
        }
    }

    /// The physical value of sample `index`.
    public subscript(index: Int) -> Float {
        switch self {
        case .float32(let values): values[index]
        case .int16(let values, let scale): Float(values[index]) * scale.factor + scale.offset
        case .int32(let values, let scale): Float(values[index]) * scale.factor + scale.offset
        }
    }
}

/// Physical value = stored integer * `factor` + `offset`.
public struct Scale: Hashable, Sendable, Codable {
    public var factor: Float
    public var offset: Float

    public init(factor: Float = 1, offset: Float = 0) {
        self.factor = factor
        self.offset = offset
    }
}

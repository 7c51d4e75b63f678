// SPDX-License-Identifier: Apache-2.0

/// Mean and standard deviation of a sequence, one value at a time.
///
/// - Source: `welford1962`.
public struct RunningMoments: Codable, Sendable, Hashable {
    public private(set) var count = 0
    /// Zero while nothing was added.
    public private(set) var mean = 0.0
    private var squares = 0.0

    public init() {}

    /// Takes a value in; one that is not finite is left out.
    public mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        count += 1
        let delta = value - mean
        mean += delta / Double(count)
        squares += delta * (value - mean)
    }

    /// With `count - 1` in the denominator; `nil` below two values.
    public var standardDeviation: Double? {
        count < 2 ? nil : (squares / Double(count - 1)).squareRoot()
    }
}

/// Root mean square of differences between neighbours, one difference at a time.
///
/// The caller decides which neighbours belong together, so nothing is differentiated across a gap.
/// - Source: RMSSD as in `taskforce1996`.
public struct SuccessiveDifferences: Codable, Sendable, Hashable {
    public private(set) var pairs = 0
    private var squares = 0.0

    public init() {}

    /// Takes in the difference of two neighbours.
    public mutating func add(from earlier: Double, to later: Double) {
        let difference = later - earlier
        guard difference.isFinite else { return }
        pairs += 1
        squares += difference * difference
    }

    /// In the unit of the values; `nil` without a pair.
    public var rootMeanSquare: Double? {
        pairs == 0 ? nil : (squares / Double(pairs)).squareRoot()
    }
}

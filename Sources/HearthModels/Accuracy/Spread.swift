// SPDX-License-Identifier: Apache-2.0

/// One figure over people.
public struct Spread: Sendable, Hashable {
    public var count: Int
    public var mean: Double
    /// With one less than the count below the line; `nil` for one person.
    public var standardDeviation: Double?
    public var least: Double
    public var median: Double
    public var greatest: Double

    /// `nil` without a finite value; values that are not finite are left out.
    public init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        count = sorted.count
        let mean = sorted.reduce(0, +) / Double(count)
        self.mean = mean
        let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardDeviation = count < 2 ? nil : (squares / Double(count - 1)).squareRoot()
        least = first
        greatest = last
        let middle = count / 2
        median =
            count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// How far total sleep time is off, over people: bias, and limits within which 95 % of nights are expected.
///
/// Unit: minutes; more than 0 is too much sleep.
/// - Source: `bland1986`
public struct SleepTimeAgreement: Sendable, Hashable {
    public var bias: Double
    public var standardDeviation: Double?
    /// Bias ∓ 1.96 standard deviations; `nil` for one night.
    public var limits: ClosedRange<Double>?
    public var meanAbsolute: Double

    /// - Parameter errors: minutes of the method less those of the truth, one a night.
    public init?(errors: [Double]) {
        guard let spread = Spread(errors), let sizes = Spread(errors.map(abs)) else { return nil }
        bias = spread.mean
        standardDeviation = spread.standardDeviation
        limits = spread.standardDeviation.map {
            (spread.mean - 1.96 * $0)...(spread.mean + 1.96 * $0)
        }
        meanAbsolute = sizes.mean
    }
}

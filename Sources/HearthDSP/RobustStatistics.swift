// SPDX-License-Identifier: Apache-2.0

/// Order statistics that a few wild values cannot move.
///
/// Values that are not finite are left out; the order of the input never matters.
public enum RobustStatistics {
    /// Makes the median absolute deviation estimate the standard deviation of a normal sample.
    ///
    /// - Source: 1 / Φ⁻¹(3/4), `rousseeuw1993`.
    public static let normalConsistency = 1.4826

    /// The middle value; the mean of the two middle ones of an even count; `nil` of nothing.
    public static func median(_ values: [Double]) -> Double? { percentile(50, of: values) }

    /// The median distance from the median, unscaled; `nil` of nothing.
    public static func medianAbsoluteDeviation(_ values: [Double]) -> Double? {
        let kept = values.filter(\.isFinite)
        guard let center = median(kept) else { return nil }
        return median(kept.map { abs($0 - center) })
    }

    /// The robust standard deviation: 1.4826 times the median absolute deviation.
    public static func spread(_ values: [Double]) -> Double? {
        medianAbsoluteDeviation(values).map { normalConsistency * $0 }
    }

    /// The value below which `percent` of the sample lies, between the neighbours linearly.
    ///
    /// `percent` is clamped to 0...100.
    /// - Source: definition 7 of `hyndman1996`.
    public static func percentile(_ percent: Double, of values: [Double]) -> Double? {
        let sorted = values.filter(\.isFinite).sorted()
        guard let last = sorted.indices.last, percent.isFinite else { return nil }
        let position = min(max(percent, 0), 100) / 100 * Double(last)
        let below = Int(position.rounded(.down))
        guard below < last else { return sorted[last] }
        let fraction = position - Double(below)
        // The difference of two finite values may overflow; the weighted sum cannot.
        return sorted[below] * (1 - fraction) + sorted[below + 1] * fraction
    }
}

// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How seldom stretches of a series that are alike stay alike one value further.
///
/// - Source: `richman2000`.
public enum SampleEntropy {
    /// Longest series: the pairs grow with its square.
    public static let longest = 200_000

    /// -ln(A / B) with B the pairs of stretches of two values, and A of three, that nowhere differ
    /// by more than `tolerance`; stretches begin at all but the last two values.
    ///
    /// Takes time for each pair whose first values are alike, no memory beyond the series.
    /// - Returns: `nil` with fewer than four values, more than ``longest``, no pair that is alike, a
    ///   value that is not finite, or a tolerance that is not above zero.
    public static func ofTwo(_ values: [Double], tolerance: Double) -> Double? {
        let count = values.count - 2
        guard count >= 2, values.count <= longest, tolerance > 0, tolerance.isFinite,
            values.allSatisfy(\.isFinite)
        else { return nil }
        let order = (0..<count).sorted { values[$0] < values[$1] }
        let first = order.map { values[$0] }
        let second = order.map { values[$0 + 1] }
        let third = order.map { values[$0 + 2] }
        var (two, three) = (0, 0)
        var end = 0
        for i in 0..<count {
            while end < count, first[end] - first[i] <= tolerance { end += 1 }
            let (y, z) = (second[i], third[i])
            for j in (i + 1)..<max(end, i + 1) {
                let isTwo = abs(second[j] - y) <= tolerance
                let isThree = isTwo && abs(third[j] - z) <= tolerance
                two += isTwo ? 1 : 0
                three += isThree ? 1 : 0
            }
        }
        guard two > 0, three > 0 else { return nil }
        return log(Double(two) / Double(three))
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A cubic spline through points, its third derivative continuous at the second and the last but
/// one ("not a knot").
///
/// - Source: `deboor1978`.
public struct CubicSpline: Sendable {
    private let times: [Double]
    private let values: [Double]
    private let slopes: [Double]

    /// - Returns: `nil` with fewer than four points, a time that does not come after the one
    ///   before, or a number that is not finite.
    public init?(times: [Double], values: [Double]) {
        let count = times.count
        guard count >= 4, values.count == count else { return nil }
        guard times.allSatisfy(\.isFinite), values.allSatisfy(\.isFinite) else { return nil }
        for index in 1..<count where times[index] <= times[index - 1] { return nil }
        self.times = times
        self.values = values
        slopes = Self.slopes(times, values)
    }

    /// The values at `count` times, `period` apart from `start` on; outside the points the end
    /// pieces go on.
    public func resampled(from start: Double, period: Double, count: Int) -> [Double] {
        var piece = 0
        var result: [Double] = []
        result.reserveCapacity(max(0, count))
        for index in 0..<max(0, count) {
            let time = start + Double(index) * period
            while piece < times.count - 2, times[piece + 1] <= time { piece += 1 }
            result.append(value(at: time, piece))
        }
        return result
    }

    private func value(at time: Double, _ piece: Int) -> Double {
        let width = times[piece + 1] - times[piece]
        let share = (time - times[piece]) / width
        let rise = values[piece + 1] - values[piece]
        let a = slopes[piece] * width - rise
        let b = rise - slopes[piece + 1] * width
        return values[piece] + share * rise
            + share * (1 - share) * (a * (1 - share) + b * share)
    }

    /// Slopes at the points, from a system with three diagonals.
    private static func slopes(_ times: [Double], _ values: [Double]) -> [Double] {
        let last = times.count - 1
        let h = (0..<last).map { times[$0 + 1] - times[$0] }
        let d = (0..<last).map { (values[$0 + 1] - values[$0]) / h[$0] }
        var lower = [Double](repeating: 0, count: last + 1)
        var diagonal = lower
        var upper = lower
        var right = lower
        let front = h[0] + h[1]
        diagonal[0] = h[1]
        upper[0] = front
        right[0] = ((h[0] + 2 * front) * h[1] * d[0] + h[0] * h[0] * d[1]) / front
        for i in 1..<last {
            lower[i] = h[i]
            diagonal[i] = 2 * (h[i - 1] + h[i])
            upper[i] = h[i - 1]
            right[i] = 3 * (h[i] * d[i - 1] + h[i - 1] * d[i])
        }
        let (g, e) = (h[last - 2], h[last - 1])
        lower[last] = g + e
        diagonal[last] = g
        right[last] = (e * e * d[last - 2] + (2 * (g + e) + e) * g * d[last - 1]) / (g + e)
        for i in 1...last {
            let factor = lower[i] / diagonal[i - 1]
            diagonal[i] -= factor * upper[i - 1]
            right[i] -= factor * right[i - 1]
        }
        var slopes = right
        slopes[last] = right[last] / diagonal[last]
        for i in stride(from: last - 1, through: 0, by: -1) {
            slopes[i] = (right[i] - upper[i] * slopes[i + 1]) / diagonal[i]
        }
        return slopes
    }
}

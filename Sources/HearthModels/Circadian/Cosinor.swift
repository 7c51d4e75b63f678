// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The cosine of 24 hours that fits a person's activity best: `y = M + b cos wt + g sin wt` by least
/// squares, t the hour of the wall clock.
///
/// Needs seven days with at least 16 known hours, and every hour of the day on four days.
/// - Source: `halberg1967`, single-component cosinor. The logarithm of activity plus one, as GGIR
///   fits it, is a choice of the caller.
public struct Cosinor: Codable, Sendable, Hashable {
    public static let model = "cosinor/1"

    public enum Transform: String, Codable, Sendable {
        case none
        /// Natural logarithm of the value plus one; values below zero count as zero.
        case logarithm
    }

    /// Mean of the fitted cosine, in the unit of the transformed input.
    public var mesor: Double
    /// Half of its range, 0 and up.
    public var amplitude: Double
    /// Hour of the day of its peak, 0 up to 24.
    public var acrophase: Double
    /// Share of the variance the cosine explains, 0...1.
    public var determination: Double

    /// The fit to a series.
    public static func assess(
        _ series: ActivitySeries, transform: Transform = .none
    ) -> Assessed<Cosinor> {
        if let problem = series.shapeProblem { return Assessed(missing: problem) }
        let coverage = ActivitySeries.coverage(of: series.hours)
        if let reason = coverage.missing {
            return Assessed(missing: reason, coverage: coverage.share, days: coverage.days)
        }
        guard let fit = fit(series, transform) else {
            return Assessed(
                missing: "The activity does not vary.", coverage: coverage.share,
                days: coverage.days)
        }
        return Assessed(fit, coverage: coverage.share, days: coverage.days)
    }

    /// Least squares without a coverage rule; `nil` if nothing varies.
    static func fit(_ series: ActivitySeries, _ transform: Transform) -> Cosinor? {
        let half = Double(series.epochSeconds) / 7200
        var points: [(x: Double, y: Double, value: Double)] = []
        points.reserveCapacity(series.values.count)
        for (index, raw) in series.values.enumerated() {
            guard let raw, raw.isFinite else { continue }
            let second = series.zone.secondsOfDay(at: series.time(of: index))
            let vector = ClockMath.vector(Double(second) / 3600 + half)
            let value =
                transform == .none ? raw : ClockMath.naturalLog(max(0, raw) + 1)
            points.append((vector.x, vector.y, value))
        }
        let n = Double(points.count)
        guard n > 0 else { return nil }
        func mean(_ of: ((x: Double, y: Double, value: Double)) -> Double) -> Double {
            points.reduce(0) { $0 + of($1) } / n
        }
        let (mx, my, mv) = (mean(\.x), mean(\.y), mean(\.value))
        var (xx, xy, yy, xv, yv, vv) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let (x, y, v) = (point.x - mx, point.y - my, point.value - mv)
            xx += x * x
            xy += x * y
            yy += y * y
            xv += x * v
            yv += y * v
            vv += v * v
        }
        let determinant = xx * yy - xy * xy
        guard vv > 0, determinant > 1e-9 * xx * yy else { return nil }
        let b = (xv * yy - yv * xy) / determinant
        let g = (yv * xx - xv * xy) / determinant
        return Cosinor(
            mesor: mv - b * mx - g * my, amplitude: (b * b + g * g).squareRoot(),
            acrophase: ClockMath.hour(x: b, y: g),
            determination: min(1, max(0, (b * xv + g * yv) / vv)))
    }
}

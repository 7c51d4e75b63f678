// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Hours on a clock of 24, where 23 and 1 are two apart, and the functions that needs.
enum ClockMath {
    static let hoursADay = 24.0

    static func naturalLog(_ value: Double) -> Double { log(value) }

    /// Cosine and sine of an hour of the clock as an angle.
    static func vector(_ hour: Double) -> (x: Double, y: Double) {
        let angle = hour / hoursADay * 2 * Double.pi
        return (cos(angle), sin(angle))
    }

    /// The hour of the clock a vector points to, 0 up to 24.
    static func hour(x: Double, y: Double) -> Double {
        wrapped(atan2(y, x) / (2 * Double.pi) * hoursADay)
    }

    /// The same hour in 0 up to 24.
    static func wrapped(_ hour: Double) -> Double {
        let rest = hour.truncatingRemainder(dividingBy: hoursADay)
        let positive = rest < 0 ? rest + hoursADay : rest
        return positive >= hoursADay ? 0 : positive
    }

    /// From one hour to another the shorter way round, -12 up to 12.
    static func difference(from earlier: Double, to later: Double) -> Double {
        let forward = wrapped(later - earlier)
        return forward >= hoursADay / 2 ? forward - hoursADay : forward
    }

    /// Mean hour of the clock: the mean of the differences from the direction of all.
    ///
    /// Equals the plain mean where all hours lie within half a day. `nil` of nothing, and where the
    /// hours point in all directions alike and have no mean.
    static func mean(_ hours: [Double]) -> Double? {
        let finite = hours.filter(\.isFinite)
        guard !finite.isEmpty else { return nil }
        var (x, y) = (0.0, 0.0)
        for hour in finite {
            let one = vector(hour)
            x += one.x
            y += one.y
        }
        let count = Double(finite.count)
        guard (x * x + y * y).squareRoot() / count > 1e-6 else { return nil }
        let direction = Self.hour(x: x, y: y)
        let offset = finite.reduce(0) { $0 + difference(from: direction, to: $1) } / count
        return wrapped(direction + offset)
    }
}

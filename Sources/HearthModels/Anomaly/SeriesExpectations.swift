// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What each rule expects of the next value, and what came. Values are scaled by the caller.
struct SeriesExpectations: Codable, Sendable, Hashable {
    /// Rate of the exponential means; each starts as a plain mean.
    private static let rates = [0.1, 0.03, 0.01, 0.005, 0.003]
    private static let profileBins = 48
    private static let profileRate = 0.15
    /// Keeps the logarithm of the spread finite on constant input, in scaled units.
    private static let leastSpread = 0.02

    private var means = Array(repeating: 0.0, count: rates.count)
    private var previous = 0.0
    private var count = 0
    private var median = RunningMedian(60)
    private var dozen = RunningWindow(12)
    private var dozenMean = 0.0
    private var profile = Array(repeating: 0.0, count: profileBins)
    private var profileCounts = Array(repeating: 0, count: profileBins)
    private var profileDozen = RunningWindow(12)
    private var forecast = AutoregressiveModel()
    private var spread = RunningWindow(48)
    private var spreadMean = 0.0
    /// What came and what was expected, a rule each, in the order of `AnomalyRule`.
    private(set) var seen = Array(repeating: 0.0, count: AnomalyRule.allCases.count)
    private(set) var expected = Array(repeating: 0.0, count: AnomalyRule.allCases.count)

    mutating func take(_ value: Double, at time: Timestamp) {
        if count == 0 {
            for index in means.indices { means[index] = value }
            previous = value
        }
        count += 1
        put(0, value, previous)
        put(1, value, means[0])
        put(2, value, means[1])
        put(3, value, means[2])
        put(4, value, count > 10 ? median.median : value)
        median.take(value)
        for index in means.indices {
            means[index] += rate(Self.rates[index]) * (value - means[index])
        }
        put(5, means[0], means[3])
        put(6, means[1], means[4])
        takePlateau(value)
        takeTimeOfDay(value, time)
        put(10, value, value - forecast.residual(value))
        takeSpread(value)
        previous = value
    }

    private mutating func put(_ rule: Int, _ value: Double, _ expectation: Double) {
        seen[rule] = value
        expected[rule] = expectation
    }

    private func rate(_ rate: Double) -> Double { max(rate, 1 / Double(count)) }

    private mutating func takePlateau(_ value: Double) {
        dozen.take(value)
        if count == 1 { dozenMean = dozen.mean }
        put(7, dozen.mean, dozenMean)
        dozenMean += rate(Self.rates[4]) * (dozen.mean - dozenMean)
    }

    private mutating func takeTimeOfDay(_ value: Double, _ time: Timestamp) {
        let second = Calendrical.floorModulo(time.seconds, 86_400)
        let bin = Int(second) * Self.profileBins / 86_400
        let usual = profileCounts[bin] > 0 ? profile[bin] : value
        put(8, value, usual)
        profileDozen.take(value - usual)
        put(9, usual + profileDozen.mean, usual)
        profileCounts[bin] = min(profileCounts[bin] + 1, 1 << 20)
        let rate = max(Self.profileRate, 1 / Double(profileCounts[bin]))
        profile[bin] += rate * (value - profile[bin])
    }

    private mutating func takeSpread(_ value: Double) {
        spread.take(value)
        let now = log(spread.deviation + Self.leastSpread)
        if count == 1 { spreadMean = now }
        put(11, now, spreadMean)
        spreadMean += rate(Self.rates[4]) * (now - spreadMean)
    }
}

// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The features around each epoch against the whole night, in the order of
/// ``NightFeatures/centredNames``.
struct CentredFeatures {
    let columns: [[Double?]]

    /// - Parameters:
    ///   - rate: heart rates of each epoch, carried ones included.
    ///   - motion: counts of each epoch, carried ones included.
    init(_ rate: [Double?], _ motion: [Double?]) {
        let (v, b) = (Around(rate), Around(motion))
        let logs = Around(motion.map { $0.map { log1p($0) } })
        let sorted = rate.compactMap { $0 }.sorted()
        let median = Self.quantile(sorted, 0.5) ?? 0
        let spread = (Self.quantile(sorted, 0.75) ?? 0) - (Self.quantile(sorted, 0.25) ?? 0)
        let (mean11, mean21) = (v.means(11), v.means(21))
        let m21 = Self.minus(mean21, median)
        let sd21 = v.logDeviations(21, around: mean21)
        func aboveMedian(_ window: Int) -> [Double?] {
            let means = window == 11 ? mean11 : v.means(window)
            return Self.aboveMedian(v.logDeviations(window, around: means))
        }
        func logMean(_ window: Int) -> [Double?] {
            b.means(window).map { $0.map { log1p($0) } }
        }
        columns = [
            Self.minus(mean11, median), m21, Self.minus(v.means(61), median),
            m21.map { $0.map { $0 / (spread + 1) } }, sd21,
            aboveMedian(7), aboveMedian(11), Self.aboveMedian(sd21), aboveMedian(41),
            logMean(3), logMean(11), logMean(21), logMean(41), logs.means(21), logs.means(81),
            rate.indices.map {
                min(
                    Double(rate.count - $0) / SleepFeatures.epochsPerHour, SleepFeatures.mostHours)
            },
            Self.ranks(m21), Self.ranks(sd21),
        ]
    }

    private static func minus(_ series: [Double?], _ amount: Double) -> [Double?] {
        series.map { $0.map { $0 - amount } }
    }

    private static func aboveMedian(_ series: [Double?]) -> [Double?] {
        minus(series, quantile(series.compactMap { $0 }.sorted(), 0.5) ?? 0)
    }

    /// Linear between the sorted values.
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        guard let last = sorted.indices.last else { return nil }
        let place = share * Double(last)
        let low = Int(place)
        return sorted[low] + (sorted[min(low + 1, last)] - sorted[low]) * (place - Double(low))
    }

    /// Share of the night below each value, to a 1024th, equals counted by half.
    private static func ranks(_ series: [Double?]) -> [Double?] {
        let steps = series.map { $0.map { (1024 * $0 + 0.5).rounded(.down) } }
        let sorted = steps.compactMap { $0 }.sorted()
        return steps.map { step in
            guard let step else { return nil }
            let below = partition(sorted) { $0 < step }
            let upTo = partition(sorted) { $0 <= step }
            return (Double(below) + 0.5 * Double(upTo - below)) / Double(sorted.count)
        }
    }

    /// How many of the sorted values the condition holds for; it holds for the first ones.
    private static func partition(_ sorted: [Double], _ holds: (Double) -> Bool) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A series with holes, for windows around each of its places: the defined values stand side by side, so
/// that a sum over a window is a plain loop, oldest first.
private struct Around {
    private var values: [Double] = []
    /// How many values are defined before each place, and behind the last.
    private var before: [Int] = [0]

    init(_ series: [Double?]) {
        values.reserveCapacity(series.count)
        before.reserveCapacity(series.count + 1)
        for value in series {
            if let value { values.append(value) }
            before.append(values.count)
        }
    }

    /// Means of the defined values around each place where the series is defined.
    func means(_ window: Int) -> [Double?] {
        each(window) { values, _ in
            var sum = 0.0
            for index in values.indices { sum += values[index] }
            return sum / Double(values.count)
        }
    }

    /// Natural logarithms of 0.3 plus the population standard deviation, of the same windows.
    func logDeviations(_ window: Int, around means: [Double?]) -> [Double?] {
        each(window) { values, place in
            guard let mean = means[place] else { return nil }
            var squares = 0.0
            for index in values.indices {
                squares += (values[index] - mean) * (values[index] - mean)
            }
            return log(0.3 + (squares / Double(values.count)).squareRoot())
        }
    }

    @inline(__always)
    private func each(
        _ window: Int, _ body: (Span<Double>, _ place: Int) -> Double?
    ) -> [Double?] {
        let last = before.count - 2
        var result = [Double?](repeating: nil, count: last + 1)
        let span = values.span
        for place in result.indices where before[place] != before[place + 1] {
            let first = before[max(0, place - window / 2)]
            let end = before[min(last, place + window / 2) + 1]
            result[place] = body(span.extracting(first..<end), place)
        }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the stager looks at once the night is over: the 49 features looking back, 46 of the same looking
/// ahead, and 18 around each epoch against the whole night.
enum NightFeatures {
    static let laterNames = SleepFeatures.names.filter { !presence.contains($0) }
    static let centredNames = [
        "cm11", "cm21", "cm61", "cz21", "csd21", "csd7r", "csd11r", "csd21r", "csd41r", "ca3",
        "ca11", "ca21", "ca41", "cla21", "cla81", "hoursLeft", "rankHR", "rankSD",
    ]
    static let names =
        SleepFeatures.names + laterNames.map { "later." + $0 } + centredNames
    private static let presence = ["hasHR", "hasMotion", "hasCoarse"]

    /// Rows of ``names``' number of values, one an epoch; NaN where a feature is undefined.
    static func rows(_ epochs: [SleepEpoch]) -> [Float] {
        let ahead = extract(epochs)
        let back = extract(epochs.reversed())
        let centred = columns(ahead.rate, ahead.motion)
        let kept = SleepFeatures.names.indices.filter {
            !presence.contains(SleepFeatures.names[$0])
        }
        let width = SleepFeatures.names.count
        var rows: [Float] = []
        rows.reserveCapacity(epochs.count * names.count)
        for epoch in epochs.indices {
            rows += ahead.features[epoch * width..<(epoch + 1) * width]
            let mirrored = (epochs.count - 1 - epoch) * width
            for index in kept { rows.append(back.features[mirrored + index]) }
            for column in centred { rows.append(column[epoch].map { Float($0) } ?? .nan) }
        }
        return rows
    }

    /// Of each row, whether any input is there.
    static func present(_ rows: [Float]) -> [Bool] {
        let places = presence.compactMap(names.firstIndex(of:))
        return (0..<rows.count / names.count).map { epoch in
            places.contains { rows[epoch * names.count + $0] > 0 }
        }
    }

    private struct Extracted {
        var features: [Float]
        var rate: [Double?] = []
        var motion: [Double?] = []
    }

    private static func extract(_ epochs: [SleepEpoch]) -> Extracted {
        let width = SleepFeatures.names.count
        var extractor = SleepFeatures()
        var found = Extracted(features: Array(repeating: .nan, count: epochs.count * width))
        var row = [Float](repeating: .nan, count: width)
        for (index, epoch) in epochs.enumerated() {
            var span = row.mutableSpan
            extractor.step(epoch, into: &span)
            found.features.replaceSubrange(index * width..<(index + 1) * width, with: row)
            found.rate.append(extractor.carried.heartRate)
            found.motion.append(extractor.carried.motion)
        }
        return found
    }

    // MARK: Around each epoch

    /// In the order of ``centredNames``; `v` and `b` are carried heart rate and motion.
    private static func columns(_ v: [Double?], _ b: [Double?]) -> [[Double?]] {
        let spread = Self.spread(v)
        let m21 = centredMean(v, 21)
        let sd21 = centredDeviation(v, 21)
        let logs = b.map { $0.map { log1p($0) } }
        return [
            centredMean(v, 11), m21, centredMean(v, 61),
            m21.map { $0.map { $0 / (spread + 1) } }, sd21,
            aboveMedian(centredDeviation(v, 7)), aboveMedian(centredDeviation(v, 11)),
            aboveMedian(sd21), aboveMedian(centredDeviation(v, 41)),
            logMean(b, 3), logMean(b, 11), logMean(b, 21), logMean(b, 41),
            around(logs, 21, Self.mean), around(logs, 81, Self.mean),
            v.indices.map {
                min(Double(v.count - $0) / SleepFeatures.epochsPerHour, SleepFeatures.mostHours)
            },
            ranks(m21), ranks(sd21),
        ]
    }

    /// `body` of the defined values around each epoch where the series is defined.
    private static func around(
        _ series: [Double?], _ window: Int, _ body: ([Double]) -> Double
    ) -> [Double?] {
        series.indices.map { index in
            guard series[index] != nil else { return nil }
            let first = max(0, index - window / 2)
            let last = min(series.count - 1, index + window / 2)
            return body(series[first...last].compactMap { $0 })
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    private static func logDeviation(_ values: [Double]) -> Double {
        let mean = mean(values)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return log(0.3 + (squares / Double(values.count)).squareRoot())
    }

    private static func centredMean(_ v: [Double?], _ window: Int) -> [Double?] {
        let median = quantile(v, 0.5) ?? 0
        return around(v, window) { mean($0) - median }
    }

    private static func centredDeviation(_ v: [Double?], _ window: Int) -> [Double?] {
        around(v, window, logDeviation)
    }

    private static func logMean(_ b: [Double?], _ window: Int) -> [Double?] {
        around(b, window) { log1p(mean($0)) }
    }

    private static func aboveMedian(_ series: [Double?]) -> [Double?] {
        let median = quantile(series, 0.5) ?? 0
        return series.map { $0.map { $0 - median } }
    }

    private static func spread(_ v: [Double?]) -> Double {
        guard let low = quantile(v, 0.25), let high = quantile(v, 0.75) else { return 0 }
        return high - low
    }

    /// Linear between the sorted values.
    private static func quantile(_ series: [Double?], _ share: Double) -> Double? {
        let sorted = series.compactMap { $0 }.sorted()
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

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Thirty seconds of a night as the sleep stager sees them.
public struct SleepEpoch: Codable, Sendable, Hashable {
    public static let seconds: Int64 = 30
    /// Heart rates outside are left out, in beats a minute.
    public static let plausibleHeartRate = 25.0...230.0

    /// Heart-rate samples in the epoch.
    public var heartRates: Int32
    /// Their mean in beats a minute; `nil` without any.
    public var heartRate: Double?
    /// Their population variance; `nil` without any.
    public var variance: Double?
    /// Mean of the 15-second activity counts that begin in the epoch; `nil` without any.
    public var motion: Double?
    /// 1 in a minute with steps, 0 in an observed minute without; `nil` if unknown, or if there are
    /// counts.
    public var coarse: Double?

    public init(
        heartRates: Int32 = 0, heartRate: Double? = nil, variance: Double? = nil,
        motion: Double? = nil, coarse: Double? = nil
    ) {
        self.heartRates = heartRates
        self.heartRate = heartRate
        self.variance = variance
        self.motion = motion
        self.coarse = coarse
    }
}

/// Puts what is known of a night into epochs.
public enum SleepEpochs {
    /// Of one epoch's samples; the squares need a second pass over them.
    private struct Sums {
        var count: Int32 = 0
        var heartRate = 0.0
        var squares = 0.0
        var bins = 0
        var motion = 0.0
    }

    /// - Parameters:
    ///   - heartRate: beats a minute at instants, in any order.
    ///   - counts: activity counts of 15 seconds at their start, in any order.
    ///   - coarse: steps of whole minutes, in time order: 1 with steps, 0 without. Left out where there
    ///     are counts.
    /// - Returns: one epoch each 30 s from `start`; an epoch that `end` cuts counts.
    public static func make(
        from start: Timestamp, to end: Timestamp, heartRate: [Timed<Double>],
        counts: [Timed<Double>], coarse: [Timed<Double>] = []
    ) -> [SleepEpoch] {
        let length = SleepEpoch.seconds * 1_000_000_000
        let span = end.nanoseconds(since: start)
        guard span > 0 else { return [] }
        let number = Int((span - 1) / length) + 1
        func index(_ time: Timestamp) -> Int? {
            let epoch = Calendrical.floorDivide(time.nanoseconds(since: start), length)
            return epoch >= 0 && epoch < Int64(number) && time < end ? Int(epoch) : nil
        }
        var sums = [Sums](repeating: Sums(), count: number)
        let rates = heartRate.filter { SleepEpoch.plausibleHeartRate.contains($0.value) }
        for sample in rates {
            guard let epoch = index(sample.time) else { continue }
            sums[epoch].count += 1
            sums[epoch].heartRate += sample.value
        }
        for sample in rates {
            guard let epoch = index(sample.time) else { continue }
            let mean = sums[epoch].heartRate / Double(sums[epoch].count)
            sums[epoch].squares += (sample.value - mean) * (sample.value - mean)
        }
        for count in counts where count.value >= 0 {
            guard let epoch = index(count.time) else { continue }
            sums[epoch].bins += 1
            sums[epoch].motion += count.value
        }
        var epochs = sums.map { sum in
            let count = Double(sum.count)
            return SleepEpoch(
                heartRates: sum.count, heartRate: sum.count > 0 ? sum.heartRate / count : nil,
                variance: sum.count > 0 ? sum.squares / count : nil,
                motion: sum.bins > 0 ? sum.motion / Double(sum.bins) : nil)
        }
        guard counts.isEmpty else { return epochs }
        for minute in coarse {
            for half in 0..<2 {
                let time = minute.time.advanced(bySeconds: Int64(half) * SleepEpoch.seconds)
                if let epoch = index(time) { epochs[epoch].coarse = minute.value }
            }
        }
        return epochs
    }
}

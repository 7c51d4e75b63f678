// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// Two resting heart rates that are never mixed: the lowest five minutes in sleep, and the mean of
/// the still minutes between midnight and seven.
enum RestingHeartRate {
    static let windowSeconds: Int64 = 300
    /// Two samples could both be artefacts of one movement.
    static let fewestSamples = 3
    /// Samples every minute span four minutes of the five; a burst of a few seconds does not count.
    static let shortestSeconds: Int64 = 180
    /// The night of `alavi2022`: 00:00 to 06:59 on the wall clock.
    static let nightEndsSecondsOfDay = 7 * 3600
    /// Devices that sample every few minutes give about eighty in the seven hours; a night with
    /// fewer than this stands for too little of it.
    static let fewestStillMinutes = 30

    /// The lowest mean of any five minutes, per minute.
    static func lowestFiveMinutes(_ samples: [Timed<Double>]) -> Double? {
        var chain = Chain(
            RollingMean(windowSeconds: windowSeconds),
            LowestMean(fewestSamples: fewestSamples, shortestSeconds: shortestSeconds))
        return chain.batch(samples).first?.mean
    }

    /// Mean of the minute means of minutes without a step.
    ///
    /// Departs from the published script: minute means weigh equally however often the device
    /// samples, and nothing is rounded.
    static func nightMean(
        _ samples: [Timed<Double>], from start: Timestamp, isStill: (Int64) -> Bool
    ) -> (mean: Double, minutes: Int)? {
        var epochs = EpochMeans(origin: start, seconds: 60)
        var moments = RunningMoments()
        for minute in epochs.batch(samples) where isStill(minute.index) { moments.add(minute.mean) }
        return moments.count == 0 ? nil : (moments.mean, moments.count)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport

@testable import HearthModels

/// Simulated wearers for the tests of windows: arm angles by five seconds, heart rate by the minute.
enum MotionNights {
    static let start = Timestamp(seconds: 1_704_067_200)  // 2024-01-01T00:00Z

    /// A day of angles that other programs make too: still with a new posture every 20 minutes or so
    /// where `isStill`, at random elsewhere.
    static func angles(seed: UInt64, slots: Int, isStill: (Double) -> Bool) -> [MotionEpoch] {
        var random = SeededRandom(seed: seed)
        var posture = 0.0
        return (0..<slots).map { slot in
            var angle: Double
            if isStill(Double(slot) / 12) {
                if CircadianTests.unit(&random) < 1.0 / 240 {
                    posture = 120 * CircadianTests.unit(&random) - 60
                }
                angle = posture + 0.05 * CircadianTests.unit(&random)
            } else {
                posture = 120 * CircadianTests.unit(&random) - 60
                angle = posture
            }
            return epoch(slot, Float(angle))
        }
    }

    static func epoch(_ slot: Int, _ angle: Float, coverage: Float = 1) -> MotionEpoch {
        MotionEpoch(
            time: start.advanced(bySeconds: Int64(slot) * 5), enmo: 0, mad: 0, angle: angle,
            coverage: coverage)
    }

    /// Minutes of a wearer asleep in the given stretches (minutes from the start): 54 beats asleep,
    /// 76 and steps awake, 66 and no steps resting.
    static func minutes(
        days: Int, seed: UInt64, asleep: [Range<Int>], resting: [Range<Int>] = []
    ) -> [RestMinute] {
        var random = SeededRandom(seed: seed)
        return (0..<days * 1440).map { minute in
            let isAsleep = asleep.contains { $0.contains(minute) }
            let isResting = resting.contains { $0.contains(minute) }
            let middle = isAsleep ? 54.0 : (isResting ? 66 : 76)
            let noise = (CircadianTests.unit(&random) - 0.5) * (isAsleep ? 6 : 14)
            return RestMinute(
                time: start.advanced(bySeconds: Int64(minute) * 60), heartRate: middle + noise,
                moved: !isAsleep && !isResting && minute % 3 == 0)
        }
    }

    static func span(_ from: Int, _ to: Int) -> TimeSpan {
        TimeSpan(
            start: start.advanced(bySeconds: Int64(from) * 60),
            end: start.advanced(bySeconds: Int64(to) * 60))
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// One device's raw acceleration in a day's window, reduced to epochs. All parts in time order.
public struct DayMotion: Sendable {
    public var stream: StreamID
    public var deviceLabel: String
    /// Raw samples it was made of.
    public var samples: Int
    public var epochs: [MotionEpoch]
    /// Activity counts of 15 s, comparable with those the sleep stager was trained on.
    public var counts: [MotionCount]
    public var steps: [StepMinute]
    public var notWorn: [TimeSpan]
    /// Why the acceleration is used as it came; `nil` if it was calibrated.
    public var uncalibrated: String?

    public init(
        stream: StreamID, deviceLabel: String, samples: Int, epochs: [MotionEpoch],
        counts: [MotionCount], steps: [StepMinute], notWorn: [TimeSpan], uncalibrated: String?
    ) {
        self.stream = stream
        self.deviceLabel = deviceLabel
        self.samples = samples
        self.epochs = epochs
        self.counts = counts
        self.steps = steps
        self.notWorn = notWorn
        self.uncalibrated = uncalibrated
    }

    /// Counts of whole minutes from `start`, `nil` where less than half of a minute was recorded.
    func minuteCounts(from start: Timestamp, minutes: Int) -> [Double?] {
        var sums = Array(repeating: 0.0, count: minutes)
        var bins = Array(repeating: 0, count: minutes)
        for count in counts where count.coverage >= 0.5 {
            let minute = Calendrical.floorDivide(
                count.time.nanoseconds(since: start), MinuteGrid.minute)
            guard minute >= 0, minute < Int64(minutes) else { continue }
            sums[Int(minute)] += Double(count.count)
            bins[Int(minute)] += 1
        }
        let perMinute = Double(60 / MotionCount.seconds)
        return zip(sums, bins).map { sum, bins in
            2 * bins >= Int(perMinute) ? sum * perMinute / Double(bins) : nil
        }
    }

    /// Share of a day recorded while the device was worn.
    func wornShare(of day: TimeSpan) -> Double {
        let whole = day.end.nanoseconds(since: day.start) / (MotionEpoch.seconds * 1_000_000_000)
        let worn = epochs.count { epoch in
            day.contains(epoch.time) && epoch.coverage >= 0.5
                && !notWorn.contains { $0.contains(epoch.time) }
        }
        return whole > 0 ? min(1, Double(worn) / Double(whole)) : 0
    }

    /// The device of most epochs in the window; of equals the smaller stream.
    static func best(_ all: [DayMotion], in window: TimeSpan) -> DayMotion? {
        func covered(_ one: DayMotion) -> Int {
            one.epochs.count { window.contains($0.time) && $0.coverage >= 0.5 }
        }
        let ranked = all.map { (motion: $0, covered: covered($0)) }.filter { $0.covered > 0 }
        return ranked.min {
            ($1.covered, $0.motion.stream) < ($0.covered, $1.motion.stream)
        }?.motion
    }
}

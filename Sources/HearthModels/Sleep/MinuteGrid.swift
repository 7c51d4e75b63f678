// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// Heart rate and movement of every minute of a window: what the sleep baseline looks at.
struct MinuteGrid {
    static let minute: Int64 = 60_000_000_000
    /// Minutes on either side that a minute's heart rate is averaged over.
    static let smoothing = 2
    /// A heart rate older than this no longer stands for a minute.
    static let carriedMinutes = 10
    /// A minute with at least this many steps is movement; less comes only from the even spreading
    /// of a long sample.
    static let fewestSteps = 1.0
    /// Without heart rate, this long without any count is a device on the table, not a sleeper.
    static let notWornMinutes = 180

    var span: TimeSpan
    var count: Int
    /// Smoothed heart rate; `nil` where none is near.
    var heartRate: [Double?]
    /// Steps or an intensity above sedentary.
    var moved: [Bool]
    /// What the counts say; `nil` where there are none.
    var countsAsleep: [Bool?]
    var hasHeartRate = false
    var hasCounts = false
    var hasMovement = false
    /// `nil`: sleep and wake only, by the baseline.
    var staging: SleepStaging?

    init(span: TimeSpan) {
        self.span = span
        count = max(0, Int(span.end.nanoseconds(since: span.start) / Self.minute))
        heartRate = Array(repeating: nil, count: count)
        moved = Array(repeating: false, count: count)
        countsAsleep = Array(repeating: nil, count: count)
    }

    func start(of index: Int) -> Timestamp {
        span.start.advanced(byNanoseconds: Int64(index) * Self.minute)
    }

    /// Index of the minute that holds `time`, clamped to the grid's ends.
    func index(of time: Timestamp) -> Int {
        let raw = Calendrical.floorDivide(time.nanoseconds(since: span.start), Self.minute)
        return Int(min(max(raw, 0), Int64(count)))
    }

    mutating func setHeartRate(_ series: Series) {
        hasHeartRate = true
        var epochs = EpochMeans(origin: span.start, seconds: 60)
        var raw: [Double?] = Array(repeating: nil, count: count)
        for epoch in epochs.batch(series.instants(in: span)) where epoch.index < Int64(count) {
            raw[Int(epoch.index)] = epoch.mean
        }
        heartRate = Self.smoothed(raw)
    }

    /// The mean of the known minutes within two of each, else the newest of the ten before.
    static func smoothed(_ raw: [Double?]) -> [Double?] {
        var result: [Double?] = Array(repeating: nil, count: raw.count)
        var newest = Int.min
        for index in raw.indices {
            if raw[index] != nil { newest = index }
            var (sum, known) = (0.0, 0)
            for near in max(0, index - smoothing)...min(raw.count - 1, index + smoothing) {
                guard let rate = raw[near] else { continue }
                sum += rate
                known += 1
            }
            if known > 0 {
                result[index] = sum / Double(known)
            } else if newest != .min, index - newest <= carriedMinutes {
                result[index] = raw[newest]
            }
        }
        return result
    }

    mutating func setSteps(_ minutes: [Double]) {
        hasMovement = true
        for (index, steps) in minutes.enumerated() where index < count && steps >= Self.fewestSteps
        {
            moved[index] = true
        }
    }

    /// Intensity 0 is sedentary; anything above is movement.
    mutating func setIntensity(_ series: Series) {
        hasMovement = true
        for sample in series.overlapping(span) where sample.value >= 1 {
            let first = index(of: sample.span.start)
            let last =
                sample.duration == 0
                ? first : index(of: sample.span.end.advanced(byNanoseconds: -1))
            for index in first...max(first, last) where index < count { moved[index] = true }
        }
    }

    mutating func setCounts(_ series: Series, rule: CountRule) {
        setCounts(BinnedTotals.spread(series, over: span, minutes: count), rule: rule)
    }

    /// - Parameter sums: counts of each minute; `nil` where there are none.
    mutating func setCounts(_ sums: [Double?], rule: CountRule) {
        hasCounts = true
        var scorer = ActivityCountScorer(rule: rule)
        let minutes = sums.enumerated().compactMap { index, sum in
            sum.map { Timed(start(of: index), $0) }
        }
        for scored in scorer.batch(minutes) { countsAsleep[index(of: scored.time)] = scored.value }
        guard !hasHeartRate else { return }
        for still in DayWear.tableTime(sums) {
            for minute in still { countsAsleep[minute] = nil }
        }
    }
}

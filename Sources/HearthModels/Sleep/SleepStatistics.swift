// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Durations of one sleep, in minutes.
///
/// - Source: total sleep time, sleep efficiency, sleep latency and wake after sleep onset as in the
///   manual of the American Academy of Sleep Medicine (`berry2020`). With time in bed,
///   `timeInBed = onsetLatency + totalSleepTime + wakeAfterOnset + unscored`.
public struct SleepStatistics: Codable, Sendable, Hashable {
    public var totalSleepTime: Double
    /// From lying down to getting up; `nil` if nobody recorded it.
    public var timeInBed: Double?
    /// Share of the time in bed asleep, percent; `nil` without time in bed.
    public var efficiency: Double?
    /// From lying down to the first epoch of sleep; `nil` without time in bed.
    public var onsetLatency: Double?
    /// With time in bed: all wake from the first sleep to getting up. Without: wake between the
    /// first and the last epoch of sleep.
    public var wakeAfterOnset: Double
    public var light: Double
    public var deep: Double
    public var rem: Double
    /// Whether any epoch carries a stage finer than asleep.
    public var hasStages: Bool
    /// Minutes between first and last sleep without a score.
    public var unscored: Double
    /// From the first to the last epoch of sleep.
    public var period: TimeSpan
    /// From the first epoch of sleep to the first of REM, wake between included; `nil` without REM.
    public var remLatency: Double?
    /// How often sleep turned into wake before the last epoch of sleep; unscored epochs between are
    /// passed over. An awakening is one epoch of wake or more.
    public var awakenings: Int
    /// Those of them with at least five minutes of wake.
    public var longAwakenings: Int

    /// Sleep period time (SPT): minutes from the first to the last epoch of sleep.
    public var sleepPeriodTime: Double { period.minutes }

    /// Awakenings an hour of sleep.
    ///
    /// This is the awakening index, a definition of this project. The sleep fragmentation index of
    /// `haba2004` adds shifts into N1, which no wrist device tells apart from N2.
    public var fragmentationIndex: Double {
        totalSleepTime > 0 ? Double(awakenings) / (totalSleepTime / 60) : 0
    }

    /// Share of the sleep period that was scored, 0...1: the coverage of every number here.
    public var scoredShare: Double {
        let whole = sleepPeriodTime
        return whole > 0 ? min(1, max(0, 1 - unscored / whole)) : 0
    }

    /// A wake this long is counted as a long awakening, minutes.
    public static let longAwakeningMinutes = 5.0

    /// `nil` if no epoch is sleep.
    public init?(_ hypnogram: Hypnogram, inBed: TimeSpan?) {
        let stages = hypnogram.stages
        guard let first = stages.firstIndex(where: \.isSleep),
            let last = stages.lastIndex(where: \.isSleep)
        else { return nil }
        let epoch = Double(hypnogram.epochSeconds) / 60
        func minutes(_ isWanted: (SleepStage) -> Bool) -> Double {
            Double(stages.count { isWanted($0) }) * epoch
        }
        func start(of index: Int) -> Timestamp {
            hypnogram.start.advanced(bySeconds: Int64(index) * Int64(hypnogram.epochSeconds))
        }
        period = TimeSpan(start: start(of: first), end: start(of: last + 1))
        totalSleepTime = minutes(\.isSleep)
        light = minutes { $0 == .light }
        deep = minutes { $0 == .deep }
        rem = minutes { $0 == .rem }
        hasStages = light + deep + rem > 0
        let inside = stages[first...last]
        let wakes = Self.awakenings(inside)
        awakenings = wakes.count
        longAwakenings = wakes.count { Double($0) * epoch >= Self.longAwakeningMinutes }
        remLatency = inside.firstIndex(of: .rem).map { Double($0 - first) * epoch }
        unscored = Double(inside.count { $0 == .unscored }) * epoch
        guard let inBed, !inBed.isEmpty else {
            wakeAfterOnset = Double(inside.count { $0 == .wake || $0 == .inBed }) * epoch
            return
        }
        let bed = inBed.union(period)
        let latency = TimeSpan(start: bed.start, end: period.start).minutes
        timeInBed = bed.minutes
        onsetLatency = latency
        efficiency = 100 * totalSleepTime / bed.minutes
        wakeAfterOnset = max(0, bed.minutes - latency - totalSleepTime - unscored)
    }

    /// Epochs of wake in each awakening of a period that starts and ends asleep.
    private static func awakenings(_ period: ArraySlice<SleepStage>) -> [Int] {
        var result: [Int] = []
        var wake = 0
        for stage in period {
            if stage.isSleep {
                if wake > 0 { result.append(wake) }
                wake = 0
            } else if stage != .unscored {
                wake += 1
            }
        }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// When a device was worn on a day, by the best witness there is: heart rate, raw acceleration,
/// activity counts. All spans ascending, without overlap.
enum DayWear {
    /// A heart-rate sample stands for wear this long on either side.
    static let reachNanoseconds: Int64 = 300 * 1_000_000_000
    /// Shorter breaks of what was recorded are none.
    static let shortestBreakNanoseconds: Int64 = 60 * 1_000_000_000

    /// The worn stretches from midnight to midnight; `nil` where nothing tells.
    static func spans(_ context: inout DayContext) -> [TimeSpan]? {
        let day = context.dayTime
        if let heart = context.preferred(.heartRate, in: day) {
            return spans(around: heart, in: day)
        }
        if let motion = context.motion { return spans(of: motion, in: day) }
        guard let counts = context.preferred(.activityCount, in: day) else { return nil }
        return spans(of: counts, in: day)
    }

    static func minutes(_ spans: [TimeSpan]) -> Double { spans.reduce(0) { $0 + $1.minutes } }

    /// Within five minutes of a heart-rate sample.
    static func spans(around heart: Series, in day: TimeSpan) -> [TimeSpan] {
        joined(
            heart.overlapping(day).map { sample in
                let time = Timestamp(nanoseconds: sample.time)
                return TimeSpan(
                    start: time.advanced(byNanoseconds: -reachNanoseconds),
                    end: time.advanced(byNanoseconds: reachNanoseconds)
                ).intersection(day)
            }, over: 0)
    }

    /// Recorded and not found lying still.
    static func spans(of motion: DayMotion, in day: TimeSpan) -> [TimeSpan] {
        let length = MotionEpoch.seconds * 1_000_000_000
        let epochs = motion.epochs.filter { epoch in
            day.contains(epoch.time) && epoch.coverage >= 0.5
                && !motion.notWorn.contains { $0.contains(epoch.time) }
        }
        return joined(
            epochs.map {
                TimeSpan(start: $0.time, end: $0.time.advanced(byNanoseconds: length))
                    .intersection(day)
            }, over: shortestBreakNanoseconds)
    }

    private static func spans(of counts: Series, in day: TimeSpan) -> [TimeSpan] {
        let minute = BinnedTotals.minute
        let count = Int(day.end.nanoseconds(since: day.start) / minute)
        var minutes = BinnedTotals.spread(counts, over: day, minutes: count)
        dropTableTime(&minutes)
        return joined(
            minutes.indices.filter { minutes[$0] != nil }.map { index in
                let start = day.start.advanced(byNanoseconds: Int64(index) * minute)
                return TimeSpan(start: start, end: start.advanced(byNanoseconds: minute))
            }, over: shortestBreakNanoseconds)
    }

    /// A device that lies still counts nothing for hours; a sleeper turns over.
    static func dropTableTime(_ counts: inout [Double?]) {
        for still in tableTime(counts) {
            for index in still { counts[index] = nil }
        }
    }

    /// Minutes without any count that are too many for a sleeper.
    static func tableTime(_ counts: [Double?]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var first = 0
        for index in 0...counts.count {
            if index < counts.count, (counts[index] ?? 0) == 0 { continue }
            if index - first >= MinuteGrid.notWornMinutes { found.append(first..<index) }
            first = index + 1
        }
        return found
    }

    /// - Parameter spans: ascending by start.
    private static func joined(_ spans: [TimeSpan], over limit: Int64) -> [TimeSpan] {
        var result: [TimeSpan] = []
        for span in spans where !span.isEmpty {
            if let last = result.last, span.start.nanoseconds(since: last.end) <= limit {
                result[result.count - 1] = last.union(span)
            } else {
                result.append(span)
            }
        }
        return result
    }
}

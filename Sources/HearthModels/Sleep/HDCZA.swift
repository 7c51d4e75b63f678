// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP

/// Sleep windows from the arm's angle alone, without a diary and without a fixed night.
///
/// 1. The median change of angle over five minutes (``AngleChange``).
/// 2. An epoch is still if that is below a threshold: 15 times the 10th percentile of the day,
///    within 0.13 to 0.50 degrees.
/// 3. Still blocks of 30 minutes or more are kept; blocks less than 60 minutes apart are one.
///
/// The published method takes one day from noon to noon and keeps the longest block. Here the day
/// slides: the threshold of each hour is that of the 24 hours around it (the first or last 24 hours
/// at the ends of a recording), and every block is a window. So a sleep that lies over noon is
/// whole, and a day may have several. ``longest(of:notWorn:)`` is the published form, for comparison.
///
/// - Source: `vanhees2018`; the bounds of the threshold as GGIR uses them.
public enum HDCZA {
    public static let model = "sleep-window-hdcza/1"
    static let percentile = 10.0
    static let factor = 15.0
    static let lowestThreshold = 0.13
    static let highestThreshold = 0.50
    static let shortestBlockSeconds: Int64 = 30 * 60
    static let joinedBelowSeconds: Int64 = 60 * 60
    static let slotsAnHour = Int(3600 / MotionEpoch.seconds)
    static let slotsADay = 24 * slotsAnHour
    /// A percentile of a day needs most of the day. A choice of this project.
    static let fewestKnownSlots = 16 * slotsAnHour
    /// Longer recordings are cut here; a year of epochs takes 25 MB.
    static let mostSlots = 366 * slotsADay

    /// Every window of a recording, in time order.
    ///
    /// - Parameters:
    ///   - epochs: in time order; gaps are allowed.
    ///   - notWorn: stretches left out, since a device on a table is still.
    public static func windows(
        of epochs: [MotionEpoch], notWorn: [TimeSpan] = []
    ) -> SleepWindowFinding {
        let slots = Slots(epochs, notWorn: notWorn)
        guard slots.knownCount >= fewestKnownSlots else { return .missing(tooLittle) }
        let thresholds = slidingThresholds(slots.change)
        guard thresholds.contains(where: { $0 != nil }) else { return .missing(tooLittle) }
        let isStill = slots.change.indices.map { index -> Bool in
            guard let limit = thresholds[index / slotsAnHour] else { return false }
            return slots.change[index].map { $0 < limit } ?? false
        }
        let blocks = blocks(isStill)
        guard !blocks.isEmpty else { return .missing("No rest of half an hour was found.") }
        let bouts = slots.stillBouts
        return .found(blocks.map { slots.window($0, bouts: bouts) })
    }

    /// The published form: the threshold of the whole input, which should be one day, and the
    /// longest block of it.
    public static func longest(
        of day: [MotionEpoch], notWorn: [TimeSpan] = []
    ) -> SleepWindowFinding {
        let slots = Slots(day, notWorn: notWorn)
        guard let limit = threshold(slots.change.compactMap { $0 }) else {
            return .missing(tooLittle)
        }
        let found = blocks(slots.change.map { $0.map { $0 < limit } ?? false })
        guard let best = found.max(by: { $0.count < $1.count }) else {
            return .missing("No rest of half an hour was found.")
        }
        return .found([slots.window(best, bouts: slots.stillBouts)])
    }

    static let tooLittle =
        "Movement was recorded for too little of the day to tell sleep from rest; wear the device"
        + " for at least 16 of 24 hours."

    /// `nil` of fewer than 16 hours.
    static func threshold(_ changes: [Float]) -> Float? {
        limit(
            HalfHours([changes]).percentile(percentile, of: 0..<1, fewest: fewestKnownSlots))
    }

    private static func limit(_ tenth: Double?) -> Float? {
        tenth.map { Float(min(max(factor * $0, lowestThreshold), highestThreshold)) }
    }

    /// One threshold an hour of the recording.
    private static func slidingThresholds(_ changes: [Float?]) -> [Float?] {
        HalfHours(changes, slots: slotsAnHour / 2)
            .sliding(percentile, halfHours: 48, fewest: fewestKnownSlots).map(limit)
    }

    /// Runs of half an hour, joined below an hour.
    static func blocks(_ isStill: [Bool]) -> [Range<Int>] {
        let shortest = Int(shortestBlockSeconds / MotionEpoch.seconds)
        let joined = Int(joinedBelowSeconds / MotionEpoch.seconds)
        var result: [Range<Int>] = []
        var first = 0
        for index in 0...isStill.count {
            if index < isStill.count, isStill[index] { continue }
            if index - first >= shortest {
                if let last = result.last, first - last.upperBound < joined {
                    result[result.count - 1] = last.lowerBound..<index
                } else {
                    result.append(first..<index)
                }
            }
            first = index + 1
        }
        return result
    }
}

/// The epochs of a recording on a grid of five seconds.
private struct Slots {
    let start: Timestamp
    /// Median change of angle; `nil` where unknown.
    var change: [Float?]
    var isKnown: [Bool]
    var knownCount = 0
    /// Sustained inactivity, in time order.
    var stillBouts: [TimeSpan]

    init(_ epochs: [MotionEpoch], notWorn: [TimeSpan]) {
        let worn =
            notWorn.isEmpty
            ? epochs : Slots.leavingOut(notWorn, of: epochs)
        start = epochs.first?.time ?? .distantPast
        let step = MotionEpoch.seconds * 1_000_000_000
        let length = (epochs.last?.time ?? start).nanoseconds(since: start) / step + 1
        let count = epochs.isEmpty ? 0 : Int(min(max(0, length), Int64(HDCZA.mostSlots)))
        change = Array(repeating: nil, count: count)
        isKnown = Array(repeating: false, count: count)
        var operation = AngleChange()
        for value in operation.batch(worn) {
            let slot = value.time.nanoseconds(since: start) / step
            guard slot >= 0, slot < Int64(count) else { continue }
            if change[Int(slot)] == nil { knownCount += 1 }
            change[Int(slot)] = value.value
        }
        for epoch in worn where SustainedInactivity.isKnown(epoch) {
            let slot = epoch.time.nanoseconds(since: start) / step
            if slot >= 0, slot < Int64(count) { isKnown[Int(slot)] = true }
        }
        var bouts = SustainedInactivity()
        stillBouts = bouts.batch(worn)
    }

    /// Walks both lists once; the spans may overlap and come in any order.
    private static func leavingOut(
        _ spans: [TimeSpan], of epochs: [MotionEpoch]
    ) -> [MotionEpoch] {
        let sorted = spans.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        var next = 0
        var until = Timestamp.distantPast
        return epochs.filter { epoch in
            while next < sorted.count, sorted[next].start <= epoch.time {
                until = max(until, sorted[next].end)
                next += 1
            }
            return epoch.time >= until
        }
    }

    func window(_ block: Range<Int>, bouts: [TimeSpan]) -> SleepWindow {
        let seconds = MotionEpoch.seconds
        let span = TimeSpan(
            start: start.advanced(bySeconds: Int64(block.lowerBound) * seconds),
            end: start.advanced(bySeconds: Int64(block.upperBound) * seconds))
        let asleep = bouts.reduce(0.0) { $0 + $1.intersection(span).minutes }
        let known = block.count { isKnown[$0] }
        return SleepWindow(
            span: span, asleepMinutes: asleep,
            coverage: Double(known) / Double(max(1, block.count)))
    }
}

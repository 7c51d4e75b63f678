// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What one stream of a recording holds: how much, how fast, and where it is missing.
public struct StreamOverview: Sendable {
    /// A stretch without samples.
    public struct Gap: Sendable, Hashable {
        public var start: Timestamp
        public var end: Timestamp
        public var seconds: Double { end.seconds(since: start) }
    }

    public let device: SourceDevice
    public let quantity: Quantity
    public let origin: Origin
    public private(set) var samples = 0
    public private(set) var first = Timestamp.distantFuture
    public private(set) var last = Timestamp.distantPast
    /// Samples a second if they come regularly; of several rates the one of most samples.
    public private(set) var hertz: Double?
    /// The median interval of a stream that comes irregularly; `nil` with fewer than eight.
    public var usualSeconds: Double? {
        guard hertz == nil, intervals.count >= 8 else { return nil }
        return Double(intervals.sorted()[intervals.count / 2]) / 1e9
    }
    /// Gaps, and how long they are together.
    public private(set) var gapCount = 0
    public private(set) var gapSeconds = 0.0
    /// The longest ones, in order of time.
    public private(set) var longestGaps: [Gap] = []

    private var rates: [Period: Int] = [:]
    private var end: Timestamp?
    private var intervals: [Int64] = []
    private var typical: Int64?

    static let keptGaps = 5
    /// Intervals looked at to learn what is usual in an irregular stream.
    static let learned = 512
    /// An irregular stream has a gap where it pauses this many times longer than usual…
    static let pauseFactor: Int64 = 10
    /// …and at least this long.
    static let shortestPause: Int64 = 120_000_000_000

    init(_ block: SampleBlock) {
        device = block.device
        quantity = block.quantity
        origin = block.origin
    }

    mutating func add(_ block: SampleBlock) {
        guard block.count > 0 else { return }
        samples += block.count
        first = min(first, block.times[0])
        last = max(last, block.times[block.count - 1])
        switch block.times {
        case .regular(let start, let period, let count): addRegular(start, period, count)
        case .irregular(let times): addIrregular(times, block.durations)
        }
    }

    private mutating func addRegular(_ start: Timestamp, _ period: Period, _ count: Int) {
        rates[period, default: 0] += count
        if rates.count > 1024 { rates = rates.filter { $0.value > 1024 } }
        hertz = rates.max { $0.value < $1.value }
            .map { Double($0.key.denominator) * 1e9 / Double($0.key.numerator) }
        let step = period.nanoseconds(times: 1)
        // The next sample is due one period after the last; half a period of drift is no gap.
        if let end, start.nanoseconds(since: end) > step / 2 + 1 { note(from: end, to: start) }
        end = start.advanced(byNanoseconds: period.nanoseconds(times: Int64(count)))
    }

    private mutating func addIrregular(_ times: [Int64], _ durations: [Int64]) {
        for (index, nanoseconds) in times.enumerated() {
            let time = Timestamp(nanoseconds: nanoseconds)
            if let end {
                let pause = time.nanoseconds(since: end)
                if intervals.count < Self.learned {
                    intervals.append(max(0, pause))
                    if intervals.count == Self.learned { typical = nil }
                }
                if pause > Self.shortestPause, pause / Self.pauseFactor > usual() {
                    note(from: end, to: time)
                }
            }
            let length = durations.isEmpty ? 0 : durations[index]
            end = max(end ?? .distantPast, time.advanced(byNanoseconds: length))
        }
    }

    /// The median of the intervals seen; a stream with too few has no usual one and no gaps.
    private mutating func usual() -> Int64 {
        if let typical { return typical }
        guard intervals.count >= 8 else { return .max }
        let median = intervals.sorted()[intervals.count / 2]
        if intervals.count >= Self.learned { typical = median }
        return median
    }

    private mutating func note(from start: Timestamp, to end: Timestamp) {
        let gap = Gap(start: start, end: end)
        gapCount += 1
        gapSeconds += gap.seconds
        longestGaps.append(gap)
        guard longestGaps.count > Self.keptGaps,
            let shortest = longestGaps.indices.min(by: {
                longestGaps[$0].seconds < longestGaps[$1].seconds
            })
        else { return }
        longestGaps.remove(at: shortest)
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// Steps of one minute.
public struct StepMinute: Codable, Sendable, Hashable {
    /// Start of the minute.
    public var time: Timestamp
    /// Steps in the covered part of the minute; not scaled up.
    public var steps: Int32
    /// Share of the minute with samples, above 0 to 1.
    public var coverage: Float

    public init(time: Timestamp, steps: Int32, coverage: Float) {
        self.time = time
        self.steps = steps
        self.coverage = coverage
    }
}

/// Counts steps in raw wrist acceleration: peaks of the vector's length that come regularly, are alike
/// and come in a row.
///
/// The Verisense algorithm with its revised parameters: three axes at 15 Hz by straight lines → length → largest
/// value of each four → a peak if it is the largest of the five around it and above 1.25 g → kept if
/// the next peak comes after more than 4 and less than 20 values → kept if its height and that of the
/// second kept peak after it differ by less than 1 g → a step if the length varies by more than
/// 0.01 g² between each of the four pairs of neighbours before and after it.
///
/// Departure: a pause of a minute without a peak ends a walk, as the end of a recording does, so that
/// a minute is told at most about a minute after it is over. The published test that a whole recording varies is
/// left out, as it looks ahead without end.
///
/// Shape: one output a minute that has a sample, in time order. Samples that are not finite, beyond
/// 100 g, or not later than the one before are left out. After a gap all starts anew.
///
/// - Source: `gu2017`, `rowlands2022`.
public struct MotionSteps: AccelerationOperator {
    public typealias Output = StepMinute

    static let rate = 15
    /// Values of which the largest may be a peak, and how far around it must be the largest.
    static let segment = 4
    static let half = 2
    static let height: Float = 1.25
    static let shortest = 4
    static let longest = 20
    static let similarity: Float = 1
    static let neighbours = 4
    static let variance = 0.01
    /// Peaks that a walk must at least keep.
    static let fewest = 6
    /// Values without a peak that end a walk.
    static let pause = 60 * rate

    /// A peak and the sums of the values less 1 g up to and with it.
    private struct Peak: Codable, Sendable, Hashable {
        var index: Int
        var minute: Int64
        var height: Float
        var sum: Double
        var squares: Double
    }

    private struct Minute: Codable, Sendable, Hashable {
        var index: Int64
        var steps: Int32 = 0
        var values: Int32 = 0
    }

    private var grid: RegularGrid
    /// The last sixteen values, by index modulo 16.
    private var recent = SIMD16<Float>()
    private var count = 0
    private var segmentStart = 0
    private var sum = 0.0
    private var squares = 0.0
    private var lastPeak = 0
    /// The newest peak, whose distance to the next is not known.
    private var newest: Peak?
    /// Peaks at a regular distance, whose likeness is not known: two at most.
    private var regular: [Peak] = []
    /// The last peaks that are alike: at most five.
    private var alike: [Peak] = []
    private var alikeCount = 0
    /// Found while the walk was still too short.
    private var waiting: [Int64] = []
    private var minutes: [Minute] = []

    /// - Parameter longestStep: nanoseconds between samples above which there is a gap.
    public init(longestStep: Int64 = SampleClock.usualLongestStep) {
        grid = RegularGrid(rate: Self.rate, longestStep: longestStep)
    }

    public func isOver(at time: Timestamp) -> Bool {
        let minute = Calendrical.floorDivide(time.seconds, 60)
        return minute > minutes.last?.index ?? .max && grid.isGap(before: time)
    }

    public mutating func close(before time: Timestamp) { grid.close(before: time) }

    public mutating func finish(emit: (Span<StepMinute>) -> Void) {
        var found: [StepMinute] = []
        endStretch()
        release(before: .max, &found)
        if !found.isEmpty { emit(found.span) }
    }

    public mutating func take(
        _ time: Int64, _ x: Float, _ y: Float, _ z: Float, _ found: inout [StepMinute]
    ) {
        grid.take(time, x, y, z)
        while grid.hasPoint {
            if grid.startsStretch { endStretch() }
            add(grid.value, at: grid.point.second, &found)
            grid.advance()
        }
    }

    /// Takes a value at 15 Hz.
    private mutating func add(
        _ value: SIMD4<Float>, at second: Int64, _ found: inout [StepMinute]
    ) {
        let length = (value * value).sum().squareRoot()
        recent[count & 15] = length
        let difference = Double(length) - 1
        sum += difference
        squares += difference * difference
        count += 1
        let minute = Calendrical.floorDivide(second, 60)
        if minutes.last?.index != minute { minutes.append(Minute(index: minute)) }
        minutes[minutes.count - 1].values += 1
        if count == segmentStart + Self.segment + Self.half { look(upTo: count) }
        if count - lastPeak > Self.pause { endWalk() }
        // A peak may lie a few values behind, in the minute before.
        guard minutes.count > 1, minutes[minutes.count - 1].values > 2 * Self.segment else {
            return
        }
        release(before: oldestPending ?? minute, &found)
    }

    /// Looks for a peak in the segment; values up to `limit` are there.
    private mutating func look(upTo limit: Int) {
        let start = segmentStart
        segmentStart += Self.segment
        var place = start
        for index in start..<min(start + Self.segment, limit)
        where recent[index & 15] > recent[place & 15] { place = index }
        let height = recent[place & 15]
        guard height > Self.height, place >= Self.half else { return }
        let around = (place - Self.half)..<min(place + Self.half + 1, limit)
        // The first of equal values is the peak.
        for index in around {
            let other = recent[index & 15]
            if other > height || (other == height && index < place) { return }
        }
        var peak = Peak(
            index: place, minute: 0, height: height, sum: sum, squares: squares)
        for index in (place + 1)..<max(place + 1, limit) {
            let difference = Double(recent[index & 15]) - 1
            peak.sum -= difference
            peak.squares -= difference * difference
        }
        peak.minute = minute(of: place)
        lastPeak = place
        found(peak)
    }

    /// The minute of a value a few values back.
    private func minute(of place: Int) -> Int64 {
        let last = minutes[minutes.count - 1]
        let isBefore = count - 1 - place >= Int(last.values) && minutes.count > 1
        return isBefore ? minutes[minutes.count - 2].index : last.index
    }

    private mutating func found(_ peak: Peak) {
        if let previous = newest {
            let distance = peak.index - previous.index
            if distance > Self.shortest, distance < Self.longest { keepRegular(previous) }
        }
        newest = peak
    }

    private mutating func keepRegular(_ peak: Peak) {
        regular.append(peak)
        guard regular.count == 3 else { return }
        let first = regular.removeFirst()
        if abs(regular[1].height - first.height) < Self.similarity { keepAlike(first) }
    }

    private mutating func keepAlike(_ peak: Peak) {
        alike.append(peak)
        alikeCount += 1
        if alike.count > Self.neighbours + 1 { alike.removeFirst() }
        if alikeCount == Self.fewest {
            for minute in waiting { count(stepIn: minute) }
            waiting.removeAll(keepingCapacity: true)
        }
        guard alike.count == Self.neighbours + 1 else { return }
        for pair in 0..<Self.neighbours
        where Self.variance(from: alike[pair], to: alike[pair + 1]) <= Self.variance { return }
        let step = alike[Self.neighbours - 1]
        if alikeCount < Self.fewest {
            waiting.append(step.minute)
        } else {
            count(stepIn: step.minute)
        }
    }

    private mutating func count(stepIn minute: Int64) {
        guard let place = minutes.firstIndex(where: { $0.index == minute }) else { return }
        minutes[place].steps += 1
    }

    /// Unbiased, of the values from one peak to another, both with them.
    private static func variance(from a: Peak, to b: Peak) -> Double {
        let first = Double(a.height) - 1
        let count = Double(b.index - a.index + 1)
        let sum = b.sum - a.sum + first
        let squares = b.squares - a.squares + first * first
        return (squares - sum * sum / count) / (count - 1)
    }

    /// The first minute of which a step may still be found.
    private var oldestPending: Int64? {
        waiting.first ?? alike.last?.minute ?? regular.first?.minute ?? newest?.minute
    }

    /// What is pending has no successor and is no step.
    private mutating func endWalk() {
        newest = nil
        regular.removeAll(keepingCapacity: true)
        alike.removeAll(keepingCapacity: true)
        alikeCount = 0
        waiting.removeAll(keepingCapacity: true)
        sum = 0
        squares = 0
        lastPeak = count
    }

    private mutating func endStretch() {
        if segmentStart + Self.segment <= count { look(upTo: count) }
        endWalk()
        count = 0
        segmentStart = 0
        lastPeak = 0
    }

    private mutating func release(before limit: Int64, _ found: inout [StepMinute]) {
        while let first = minutes.first, first.index < limit {
            found.append(
                StepMinute(
                    time: Timestamp(seconds: first.index * 60), steps: first.steps,
                    coverage: Float(first.values) / Float(60 * Self.rate)))
            minutes.removeFirst()
        }
    }
}

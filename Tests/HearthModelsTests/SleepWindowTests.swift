// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct SleepWindowTests {
    static let utc = CircadianTests.utc

    /// A night of eight hours with wakes of 15 and 55 minutes, a nap of 45 minutes by day, and 35
    /// minutes of rest 75 minutes after the night.
    static func referenceDay() -> [MotionEpoch] {
        MotionNights.angles(seed: 9, slots: 17_280) { minute in
            switch minute {
            case 660..<1140: !((800..<815).contains(minute) || (900..<955).contains(minute))
            case 120..<165, 1215..<1250: true
            default: false
            }
        }
    }

    static func slots(_ window: SleepWindow) -> [Int] {
        [window.span.start, window.span.end].map {
            Int($0.seconds(since: MotionNights.start) / 5)
        }
    }

    // MARK: Angle

    @Test func `HDCZA finds the windows of scikit-digital-health`() {
        // Its rolling median, thresholds and block rules on the same angles: the longest block from
        // epoch 7921 to 13678, others 1441 to 1980 and 14581 to 15000. Windows are half an epoch off
        // centre there, so that two epochs may differ.
        let expected = [[1441, 1980], [7921, 13_678], [14_581, 15_000]]
        let found = HDCZA.windows(of: Self.referenceDay()).windows.map(Self.slots)
        #expect(found.count == 3)
        for (mine, other) in zip(found, expected) {
            #expect(zip(mine, other).allSatisfy { abs($0 - $1) <= 2 }, "\(mine) \(other)")
        }
        let longest = HDCZA.longest(of: Self.referenceDay()).windows.map(Self.slots)
        #expect(longest.count == 1 && longest.first == found[1])
    }

    @Test func `sustained inactivity is that of a plain search`() {
        // Boundaries where the angle steps by more than 5 degrees, bouts of 60 epochs and more, by
        // numpy: 25 bouts of 5753 epochs in all, the first from 1439 to 1957.
        var operation = SustainedInactivity()
        let bouts = operation.batch(Self.referenceDay())
        #expect(bouts.count == 25)
        let epochs = bouts.reduce(0.0) { $0 + $1.minutes * 12 }
        #expect(abs(epochs - 5753) < 1e-6)
        #expect(bouts.first?.start == MotionNights.epoch(1439, 0).time)
        #expect(bouts.first?.end == MotionNights.epoch(1957, 0).time)
    }

    @Test func `a bout needs five minutes, five degrees and every epoch`() {
        func bouts(_ epochs: [MotionEpoch]) -> [Double] {
            var operation = SustainedInactivity()
            return operation.batch(epochs).map(\.minutes)
        }
        let still = (0..<120).map { MotionNights.epoch($0, 10) }
        #expect(bouts(Array(still.prefix(59))).isEmpty)
        #expect(bouts(Array(still.prefix(60))) == [5])
        var step = still
        for index in 60..<120 { step[index].angle = 15 }
        #expect(bouts(step) == [10], "five degrees are not more than five")
        for index in 60..<120 { step[index].angle = 15.5 }
        #expect(bouts(step) == [5, 5])
        var gap = still
        gap.remove(at: 60)
        #expect(bouts(gap).count == 1 && bouts(gap)[0] == 5)
        gap = still
        gap[60].coverage = 0.4
        #expect(bouts(gap) == [5])
        gap[60].coverage = 1
        gap[60].angle = .nan
        #expect(bouts(gap) == [5])
        #expect(bouts([]).isEmpty)
    }

    @Test func `the rolling median is that of a direct search`() {
        var random = SeededRandom(seed: 21)
        var epochs: [MotionEpoch] = []
        var slot = 0
        for _ in 0..<900 {
            slot +=
                Int.random(in: 0..<60, using: &random) == 0
                ? Int.random(in: 1...90, using: &random) : 1
            let angle = Float.random(in: -90...90, using: &random)
            let coverage: Float = Int.random(in: 0..<25, using: &random) == 0 ? 0.1 : 1
            epochs.append(MotionNights.epoch(slot, angle, coverage: coverage))
        }
        var known: [Int: Float] = [:]
        for epoch in epochs where epoch.coverage == 1 {
            known[Int(epoch.time.seconds(since: MotionNights.start) / 5)] = epoch.angle
        }
        var expected: [Timed<Float>] = []
        for middle in known.keys.sorted() {
            let changes = ((middle - 29)...(middle + 30)).compactMap { index -> Float? in
                guard let a = known[index - 1], let b = known[index] else { return nil }
                return abs(b - a)
            }.sorted()
            guard changes.count >= 40 else { continue }
            let half = changes.count / 2
            let median =
                changes.count % 2 == 1 ? changes[half] : (changes[half - 1] + changes[half]) / 2
            expected.append(Timed(MotionNights.epoch(middle, 0).time, median))
        }
        var operation = AngleChange()
        #expect(operation.batch(epochs) == expected)
        #expect(expected.count > 300)
    }

    @Test func `the operators of windows keep the contract`() {
        let day = Array(Self.referenceDay()[1300..<3600])
        var gappy = day
        gappy.removeSubrange(700..<780)
        gappy.remove(at: 300)
        gappy[500].angle = .nan
        checkOperator({ SustainedInactivity() }, input: gappy)
        checkOperator({ AngleChange() }, input: gappy)
        var inactivity = SustainedInactivity()
        let expected = inactivity.batch(gappy)
        var live = SustainedInactivity()
        var found: [TimeSpan] = []
        for epoch in gappy {
            live.skip(to: epoch.time) { for i in $0.indices { found.append($0[i]) } }
            live.push([epoch].span) { for i in $0.indices { found.append($0[i]) } }
        }
        live.finish { for i in $0.indices { found.append($0[i]) } }
        #expect(found == expected)
    }

    @Test func `a sleep by day is whole with HDCZA`() {
        // Night work on four days: asleep from 9:00 to 16:00 of each.
        let epochs = MotionNights.angles(seed: 4, slots: 4 * 17_280) { minute in
            (540..<960).contains(minute.truncatingRemainder(dividingBy: 1440))
        }
        let windows = HDCZA.windows(of: epochs).windows
        #expect(windows.count == 4)
        for (day, window) in windows.enumerated() {
            #expect(abs(Self.slots(window)[0] - (day * 17_280 + 6480)) < 36)
            #expect(abs(Self.slots(window)[1] - (day * 17_280 + 11_520)) < 36)
            #expect(window.coverage == 1 && window.asleepMinutes > 300)
        }
        let dates = DaySleeps.group(windows, zone: Self.utc).map(\.date.dayNumber)
        #expect(dates == (0..<4).map { 19_723 + $0 })
        // From noon to noon it is cut in two, which is what the sliding day is for.
        let noon = Array(epochs[8640..<25_920])
        #expect((HDCZA.longest(of: noon).windows.first?.span.minutes ?? 0) < 250)
    }

    @Test func `a device on a table is left out and too short a day gives a reason`() {
        let day = Self.referenceDay()
        let notWorn = [MotionNights.span(900, 1000), MotionNights.span(780, 960)]
        let windows = HDCZA.windows(of: day, notWorn: notWorn).windows
        // Nap, two hours of the night before and two after what was not worn, rest.
        #expect(windows.count == 4)
        for window in windows {
            #expect(notWorn.allSatisfy { $0.intersection(window.span).isEmpty })
        }
        let long = [MotionNights.span(500, 1140)]
        #expect(HDCZA.windows(of: day, notWorn: long).windows.isEmpty, "less than 16 hours")
        for short in [[], Array(day.prefix(1)), Array(day.prefix(15 * 720))] {
            guard case .missing(let reason) = HDCZA.windows(of: short) else {
                Issue.record("a window without a day")
                continue
            }
            #expect(reason.contains("16 of 24"))
            #expect(HDCZA.longest(of: short).windows.isEmpty)
        }
        let far = [MotionNights.epoch(0, 0), MotionNights.epoch(2_000_000_000, 0)]
        #expect(HDCZA.windows(of: far).windows.isEmpty)
        let unknown = day.map { epoch in
            var blind = epoch
            blind.coverage = 0
            return blind
        }
        #expect(HDCZA.windows(of: unknown).windows.isEmpty)
    }

    // MARK: Heart rate

    static func rest(_ minutes: [RestMinute]) -> [[Int]] {
        RestWindows.windows(of: minutes).windows.map { window in
            [window.span.start, window.span.end].map {
                Int($0.seconds(since: MotionNights.start) / 60)
            }
        }
    }

    static func expect(
        _ found: [[Int]], _ wanted: [[Int]], within minutes: Int = 10,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == wanted.count, "\(found)", sourceLocation: location)
        for (a, b) in zip(found, wanted) {
            #expect(
                zip(a, b).allSatisfy { abs($0 - $1) <= minutes }, "\(a) \(b)",
                sourceLocation: location)
        }
    }

    /// The same stretches of minutes on each of some days.
    static func daily(_ days: Int, _ parts: (Int, Int)...) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for day in 0..<days {
            for (from, to) in parts { result.append(day * 1440 + from..<day * 1440 + to) }
        }
        return result
    }

    @Test func `nights, sleeps by day, naps and split nights are found alike`() {
        func check(_ asleep: [Range<Int>], days: Int, seed: UInt64) {
            let minutes = MotionNights.minutes(days: days, seed: seed, asleep: asleep)
            Self.expect(Self.rest(minutes), asleep.map { [$0.lowerBound, $0.upperBound] })
        }
        check(Self.daily(4, (1380, 1860)), days: 5, seed: 1)
        check(Self.daily(5, (540, 960)), days: 5, seed: 2)
        check(Self.daily(4, (60, 480), (840, 900)), days: 4, seed: 3)
        check(Self.daily(3, (1350, 1560), (1680, 1890)), days: 4, seed: 4)
        check(Self.daily(3, (60, 160), (420, 520), (780, 880), (1140, 1240)), days: 3, seed: 5)
        // Shifts in turn: nights, then a day asleep, then nights again.
        check([60..<500, 1500..<1940, 3480..<3900, 4920..<5340, 5820..<6300], days: 5, seed: 6)
    }

    @Test func `a day without sleep gives rest in doubt`() {
        var asleep = (0..<7).map { $0 * 1440 + 1380..<$0 * 1440 + 1860 }
        asleep.remove(at: 3)
        // Awake for forty hours, three of them resting in the evening.
        let resting = [3 * 1440 + 1200..<3 * 1440 + 1380]
        let minutes = MotionNights.minutes(days: 8, seed: 8, asleep: asleep, resting: resting)
        let windows = RestWindows.windows(of: minutes).windows
        let evening = MotionNights.span(resting[0].lowerBound, resting[0].upperBound)
        #expect(!windows.isEmpty)
        for window in windows {
            let isRest = !window.span.intersection(evening).isEmpty
            #expect((window.doubt != nil) == isRest, "\(window)")
        }
    }

    @Test func `heart rate needs most of a day and counts do without`() {
        let night = MotionNights.minutes(days: 1, seed: 9, asleep: [0..<480]).prefix(600)
        guard case .missing(let reason) = RestWindows.windows(of: Array(night)) else {
            Issue.record("a window from a night alone")
            return
        }
        #expect(reason.contains("wear the device by day"))
        let counts = (0..<900).map { minute in
            RestMinute(
                time: MotionNights.span(minute, minute).start, heartRate: nil, moved: false,
                countsAsleep: (100..<500).contains(minute))
        }
        #expect(Self.rest(counts) == [[100, 500]])
        // Three quiet minutes of eight hang together by the short interruptions, yet most are none.
        let restless = counts.enumerated().map { index, minute in
            var one = minute
            one.countsAsleep = (100..<500).contains(index) && index % 8 < 3
            return one
        }
        #expect(RestWindows.windows(of: restless).windows.isEmpty)
        let calmer = counts.enumerated().map { index, minute in
            var one = minute
            one.countsAsleep = (100..<500).contains(index) && index % 8 < 5
            return one
        }
        #expect(RestWindows.windows(of: calmer).windows.count == 1)
        var bare = counts[0]
        bare.countsAsleep = nil
        bare.heartRate = .nan
        for empty in [[], [bare]] {
            guard case .missing(let why) = RestWindows.windows(of: empty) else {
                Issue.record("a window from nothing")
                continue
            }
            #expect(why.hasPrefix("Neither"))
        }
        var far = Array(counts.prefix(2))
        far[1].time = .distantFuture
        #expect(RestWindows.windows(of: far).windows.isEmpty)
    }

    @Test func `a gap of days cuts a sleep and joins nothing`() {
        var minutes = MotionNights.minutes(days: 6, seed: 10, asleep: [60..<480, 7260..<7700])
        minutes.removeSubrange(1440..<5760)
        Self.expect(Self.rest(minutes), [[60, 480], [7260, 7700]])
    }

    @Test func `percentiles of sliding half hours are those of a sort`() {
        var random = SeededRandom(seed: 31)
        let values = (0..<3700).map { _ -> Float? in
            let kind = Int.random(in: 0..<12, using: &random)
            if kind == 0 { return nil }
            return kind == 1 ? 2 : Float.random(in: 0...9, using: &random)
        }
        let halves = HalfHours(values, slots: 30)
        let found = halves.sliding(40, halfHours: 48, fewest: 1000)
        #expect(found.count == 62)
        for hour in found.indices {
            // 124 half hours; the window stays inside them.
            let first = min(max(0, 2 * hour + 1 - 24), 124 - 48)
            let window = values[first * 30..<min(3700, (first + 48) * 30)].compactMap { $0 }
            let expected = RobustStatistics.percentile(40, of: window.map(Double.init))
            #expect(abs((found[hour] ?? -1) - (expected ?? -2)) < 1e-12, "hour \(hour)")
        }
        #expect(halves.sliding(40, halfHours: 48, fewest: 2000).allSatisfy { $0 == nil })
        #expect(HalfHours([], slots: 30).sliding(40, halfHours: 48, fewest: 0).isEmpty)
        #expect(
            HalfHours([nil, .nan, -1], slots: 2).sliding(40, halfHours: 48, fewest: 0) == [nil])
    }

    @Test func `the own sleep of a day slides with it too`() throws {
        // Night work: asleep from 9:00 to 16:00 on the date and on the one before.
        let asleep = [540..<960, 1980..<2400]
        let minutes = MotionNights.minutes(days: 2, seed: 12, asleep: asleep)
        var grid = MinuteGrid(span: MotionNights.span(720, 2880))
        grid.hasHeartRate = true
        grid.hasMovement = true
        for index in 0..<grid.count {
            grid.heartRate[index] = minutes[index + 720].heartRate
            grid.moved[index] = minutes[index + 720].moved
        }
        let midnight = MotionNights.span(1440, 2880)
        let found = OwnSleep.find(grid) {
            $0.end > midnight.start && $0.end <= midnight.end
        }
        guard case .found(let sleeps) = found else {
            Issue.record("no sleep by day")
            return
        }
        #expect(sleeps.count == 1 && sleeps[0].coverage == 1)
        #expect(abs(sleeps[0].session.span.minutes - 420) < 20)
        #expect(abs(sleeps[0].session.statistics.totalSleepTime - 420) < 20)
        let none = OwnSleep.find(grid) { _ in false }
        guard case .missing(let reason) = none else {
            Issue.record("a sleep that ends on no day")
            return
        }
        #expect(reason.contains("ended on this day"))
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

/// Falls of oxygen saturation: planted ones are counted, what is none is not.
@Suite struct OxygenDesaturationTests {
    static let start: Int64 = 1_700_000_000

    /// One sample each `step` seconds.
    static func series(_ values: [Double], step: Int64 = 1) -> [Timed<Double>] {
        values.enumerated().map {
            Timed(Timestamp(seconds: start + Int64($0.offset) * step), $0.element)
        }
    }

    /// A fall of `depth` over 20 s that recovers over 15 s, in three minutes of 96 %.
    static func episode(depth: Double) -> [Double] {
        let down = (1...20).map { 96 - depth * Double($0) / 20 }
        let up = (1...15).map { 96 - depth + depth * Double($0) / 15 }
        return Array(repeating: 96, count: 145) + down + up
    }

    @Test func `falls of three and of four percent are counted apart`() {
        let values = [5.0, 3.5, 2, 3.5, 6].flatMap(Self.episode)
        for (depth, expected) in [(3.0, 4), (4.0, 2)] {
            var detector = OxygenDesaturation(depth: depth)
            let events = detector.batch(Self.series(values))
            #expect(events.count == expected)
            #expect(events.allSatisfy { $0.baseline == 96 && $0.nadir <= 96 - depth })
            #expect(events.allSatisfy { $0.end > $0.start })
        }
    }

    @Test func `a fall that stays, a single reading and a fall into a gap are no events`() {
        let stays = Array(repeating: 96.0, count: 200) + Array(repeating: 91, count: 400)
        let single = Array(repeating: 96.0, count: 200) + [88] + Array(repeating: 96, count: 200)
        for values in [stays, single] {
            var detector = OxygenDesaturation(depth: 3)
            #expect(detector.batch(Self.series(values)).isEmpty)
        }
        var gap = Self.series(Array(repeating: 96, count: 200) + Array(repeating: 90, count: 15))
        gap += Self.series(Array(repeating: 96, count: 60)).map {
            Timed($0.time.advanced(bySeconds: 400), $0.value)
        }
        var detector = OxygenDesaturation(depth: 3)
        #expect(detector.batch(gap).isEmpty)
        #expect(detector.analysed == Int64(214 + 59) * 1_000_000_000)
    }

    @Test func `spot readings have no analysed time`() {
        var detector = OxygenDesaturation(depth: 3)
        let events = detector.batch(Self.series((0..<300).map { $0 % 2 == 0 ? 97 : 88 }, step: 60))
        #expect(events.isEmpty && detector.analysed == 0)
    }

    @Test func `values that cannot be, reversed and doubled times are left out`() {
        var input = Self.series(Self.episode(depth: 5))
        input.insert(Timed(input[50].time, .nan), at: 50)
        input.insert(Timed(input[60].time, 0), at: 60)
        input.insert(Timed(input[10].time, 70), at: 90)
        input.insert(input[100], at: 100)
        var detector = OxygenDesaturation(depth: 3)
        #expect(detector.batch(input).count == 1)
        var none = OxygenDesaturation(depth: 3)
        #expect(none.batch([]).isEmpty)
        var still = OxygenDesaturation(depth: 3)
        #expect(still.batch(Self.series(Array(repeating: 50, count: 1000))).isEmpty)
    }

    @Test func `the cut does not matter`() {
        var random = SeededRandom(seed: 9)
        var input: [Timed<Double>] = []
        var time = Self.start
        var level = 96.0
        for _ in 0..<3000 {
            time += Int.random(in: 0..<200, using: &random) == 0 ? 30 : 1
            level = min(99, max(84, level + Double.random(in: -1...1, using: &random)))
            input.append(Timed(Timestamp(seconds: time), level.rounded()))
        }
        checkOperator({ OxygenDesaturation(depth: 3) }, input: input)
        var detector = OxygenDesaturation(depth: 3)
        #expect(detector.batch(input).count > 5)
    }

    @Test func `an index needs hours of continuous recording`() throws {
        let day = LocalDate(dayNumber: 19_800)
        func metric(hours: Int, step: Int) -> Metric? {
            var builder = DayBuilder()
            builder.add(.sleepStage, day, [(-60, 480, 2)])
            let values = Array(
                repeatElement(Self.episode(depth: 5), count: hours * 20).joined())
            let start = builder.instant(day, minute: -50)
            builder.add(.oxygenSaturation, day, [(-50, 0, 96)])
            let places = stride(from: 0, to: values.count, by: step)
            builder.series[1].times = places.map { start + Int64($0) * 1_000_000_000 }
            builder.series[1].columns = [places.map { Float(values[$0]) }]
            return builder.features(day).metric("oxygen-desaturation-index-3")
        }
        // An episode each three minutes.
        let value = try #require(metric(hours: 5, step: 1)?.value)
        #expect(abs(value - 20) < 0.2)
        #expect(metric(hours: 3, step: 1)?.missing?.contains("less than 4 hours") == true)
        #expect(metric(hours: 5, step: 60) == nil)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct EctopyTests {
    static func found(_ intervals: [Double]) -> [TimedBeat] {
        var finder = PrematureBeats()
        return finder.batch(SimulatedRhythm.beats(intervals))
    }

    @Test func `single early beats, pairs and triplets are found where they are`() {
        var series = Array(repeating: 800.0, count: 60)
        series[20] = 500
        series[21] = 1100
        series[35] = 480
        series[36] = 470
        series[37] = 1200
        let found = Self.found(series)
        #expect(found.indices.filter { found[$0].kind == .premature } == [20, 35, 36])
        let summary = EctopySummary(found)
        #expect(summary.premature == 3 && summary.isolated == 1 && summary.grouped == 2)
        #expect(summary.share == nil && summary.perHour == nil)
    }

    @Test func `a run of many early beats is a change of rate, and a drift is nothing`() {
        var series = Array(repeating: 900.0, count: 80)
        for index in 30..<36 { series[index] = 500 }
        let kinds = Self.found(series).map(\.kind)
        #expect(!kinds.contains(.premature))
        let drift = (0..<200).map { 900 - 2 * Double($0) }
        #expect(Self.found(drift).allSatisfy { $0.kind == .expected })
    }

    @Test func `every second and every third early beat is a pattern`() {
        for (every, seed) in [(2, UInt64(5)), (3, 6)] {
            var one = SimulatedRhythm(seed: seed)
            let series = one.ventricular(one.sinus(1500), every: every)
            let summary = EctopySummary(Self.found(series))
            let wanted = Double(series.count / every)
            #expect(abs(Double(summary.premature) - wanted) < 0.03 * wanted, "\(every)")
            let pattern = every == 2 ? summary.bigeminy : summary.trigeminy
            #expect(Double(pattern) > 0.9 * Double(summary.premature), "\(every)")
            #expect((summary.share ?? 0) > 0.9 / Double(every))
        }
    }

    @Test func `beats that are not judged count for nothing`() {
        var one = SimulatedRhythm(seed: 8)
        let series = one.ventricular(one.sinus(3000), share: 0.05)
        let found = Self.found(series)
        let half = found.indices.map { $0 < 1500 }
        let all = EctopySummary(found)
        let some = EctopySummary(found, judged: half)
        let direct = found[..<1500].count { $0.kind == .premature }
        #expect(some.premature == direct && some.beats == 1500 && some.premature < all.premature)
        let hours = series[..<1500].reduce(0, +) / 3_600_000
        #expect(abs((some.perHour ?? 0) - Double(direct) / hours) < 1e-6)
        #expect(all.premature == all.isolated + all.grouped + all.bigeminy + all.trigeminy)
        #expect(EctopySummary(found, judged: []).beats == 0)
    }

    // MARK: Rate

    /// A sample every 10 s.
    static func episodes(_ rates: [Double], rest: (Int) -> Bool = { _ in true }) -> [RateEpisode] {
        var finder = RateEpisodes()
        let start = Timestamp(seconds: 0)
        return finder.batch(
            rates.enumerated().map { index, rate in
                Timed(
                    start.advanced(bySeconds: Int64(index) * 10),
                    RateAtRest(rate: rate, isAtRest: rest(index)))
            })
    }

    @Test func `ten minutes beyond the limit at rest are an episode, nine are not`() throws {
        let plain = Array(repeating: 70.0, count: 30)
        let high = plain + Array(repeating: 130, count: 61) + plain
        let found = try #require(Self.episodes(high).first)
        #expect(found.kind == .high && found.minutes == 10 && found.extreme == 130)
        let low = plain + Array(repeating: 35, count: 70) + plain
        #expect(Self.episodes(low).map(\.kind) == [.low])
        #expect(Self.episodes(plain + Array(repeating: 130, count: 55) + plain).isEmpty)
        #expect(Self.episodes(high) { $0 < 60 }.isEmpty, "activity ends it")
        var broken = high
        broken[60] = 110
        #expect(Self.episodes(broken).isEmpty, "one sample within the limits ends it")
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct BaselineTests {
    static func days(_ values: [Double?]) -> [DayValue] {
        values.enumerated().map {
            DayValue(day: LocalDate(dayNumber: 19_000 + Int64($0)), value: $1)
        }
    }

    static func banded(_ values: [Double?], floor: Double = 1) -> [BandedValue] {
        var band = PersonalBand(floor: floor)
        return band.batch(days(values))
    }

    @Test func `a band needs fourteen days, and the last two do not count`() {
        let result = Self.banded(Array(repeating: 60, count: 17))
        #expect(result[14].baseline == nil && result[14].days == 13)
        #expect(result[15].baseline?.days == 14)
    }

    @Test func `equal days give the stated least spread, never zero`() throws {
        let result = Self.banded(Array(repeating: 60.0, count: 30) + [62.5], floor: 1)
        let last = try #require(result.last)
        #expect(last.baseline?.spread == 1)
        #expect(last.zScore == 2.5)
        #expect(last.side == 1)
        #expect(result[29].side == 0)
    }

    @Test func `an episode does not join its own band for two days`() {
        let calm: [Double?] = (0..<40).map { 60 + Double($0 % 3) }
        let result = Self.banded(calm + [75, 75, 75])
        #expect(
            result[40].baseline
                == result[41].baseline.map {
                    var b = $0; b.days = 39; return b
                })
        #expect((result[42].baseline?.median ?? 0) == 61)
    }

    /// Sorting every window anew.
    @Test func `bands agree with the window written out`() {
        for seed in UInt64(1)...10 {
            let input = OperatorTests.days(seed: seed, count: 150)
            var band = PersonalBand(floor: 0.5)
            for (index, today) in band.batch(input).enumerated() {
                let date = input[index].day
                let values = input.filter {
                    $0.day <= date.advanced(by: -2) && $0.day > date.advanced(by: -62)
                }.compactMap(\.value).sorted()
                #expect(today.days == values.count, "seed \(seed)")
                #expect((today.baseline != nil) == (values.count >= 14))
                guard let baseline = today.baseline else { continue }
                let n = values.count
                let median = (values[(n - 1) / 2] + values[n / 2]) / 2
                let off = values.map { abs($0 - median) }.sorted()
                let spread = max(0.5, 1.4826 * (off[(n - 1) / 2] + off[n / 2]) / 2)
                #expect(abs(baseline.median - median) < 1e-9)
                #expect(abs(baseline.spread - spread) < 1e-9)
            }
        }
    }

    @Test func `absurd values give no band and no trap`() {
        let wild: [Double?] = (0..<60).map {
            switch $0 % 4 {
            case 0: .greatestFiniteMagnitude
            case 1: -.greatestFiniteMagnitude
            case 2: .infinity
            default: .nan
            }
        }
        for one in Self.banded(wild) {
            #expect(one.baseline?.upper.isFinite ?? true)
            #expect(one.zScore?.isFinite ?? true)
        }
    }

    // MARK: NightSignal

    static func states(_ values: [Double?]) -> String {
        var machine = NightSignal()
        return machine.batch(days(values)).map {
            switch $0.state {
            case .green: "g"
            case .yellow: "y"
            case .red: "r"
            case nil: "-"
            }
        }.joined()
    }

    static let calm: [Double?] = Array(repeating: 60, count: 7)

    @Test func `two very high nights in a row are red`() {
        #expect(Self.states(Self.calm + [64, 64, 64, 60]) == "-------grrg")
    }

    @Test func `three beats are yellow on the second night and two nights apart are nothing`() {
        #expect(Self.states(Self.calm + [63, 63, 60]) == "-------gyg")
        #expect(Self.states(Self.calm + [63, 60, 63]) == "-------ggg")
        #expect(Self.states(Self.calm + [62.9, 62.9]) == "-------gg")
    }

    @Test func `red needs four beats on both nights`() {
        #expect(Self.states(Self.calm + [63, 64]) == "-------gy")
        #expect(Self.states(Self.calm + [64, 63]) == "-------gy")
        #expect(Self.states(Self.calm + [63, 64, 64]) == "-------gyr")
    }

    @Test func `a missing night breaks the row`() {
        #expect(Self.states(Self.calm + [64, nil, 64]) == "-------g-g")
    }

    @Test func `six nights are too few`() {
        #expect(Self.states(Array(repeating: 60, count: 6) + [70]) == "-------")
    }

    /// The published program's rule in plain loops, on whole beats, with our median of nights before.
    @Test func `the machine agrees with the rule written out, for 50 random years`() {
        for seed in UInt64(1)...50 {
            var random = SeededRandom(seed: seed)
            let values = (0..<70).map { _ in Double(Int.random(in: 57...66, using: &random)) }
            var high: [Bool] = []
            var veryHigh: [Bool] = []
            var expected = ""
            for (index, value) in values.enumerated() {
                let before = values[..<index].sorted()
                guard before.count >= 7 else {
                    high.append(false)
                    veryHigh.append(false)
                    expected += "-"
                    continue
                }
                let n = before.count
                let median = (before[(n - 1) / 2] + before[n / 2]) / 2
                high.append(value >= median + 3)
                veryHigh.append(value >= median + 4)
                let isRed = veryHigh[index] && veryHigh[index - 1]
                let isYellow = high[index] && high[index - 1]
                expected += isRed ? "r" : (isYellow ? "y" : "g")
            }
            #expect(Self.states(values) == expected, "seed \(seed)")
        }
    }
}

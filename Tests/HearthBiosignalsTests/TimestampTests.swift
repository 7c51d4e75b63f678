// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@Suite struct TimestampTests {
    @Test func `seconds round down on both sides of the epoch`() {
        #expect(Timestamp(nanoseconds: 1_999_999_999).seconds == 1)
        #expect(Timestamp(nanoseconds: -1).seconds == -1)
        #expect(Timestamp(nanoseconds: -1).utcDay == -1)
        #expect(Timestamp(seconds: 86_400).utcDay == 1)
    }

    @Test func `what does not fit is clamped`() {
        #expect(Timestamp(seconds: .max) == .distantFuture)
        #expect(Timestamp(seconds: .min) == .distantPast)
        #expect(Timestamp(milliseconds: .max) == .distantFuture)
        #expect(Timestamp.distantFuture.advanced(byNanoseconds: 1) == .distantFuture)
        #expect(Timestamp.distantPast.advanced(bySeconds: -1) == .distantPast)
        #expect(Timestamp.distantFuture.nanoseconds(since: .distantPast) == .max)
        #expect(Timestamp.distantPast.nanoseconds(since: .distantFuture) == .min)
    }

    @Test func `floor division agrees with multiplication`() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<1000 {
            let value = Int64.random(in: -1000...1000, using: &random)
            let divisor = Int64.random(in: 1...60, using: &random)
            let quotient = Calendrical.floorDivide(value, divisor)
            let remainder = Calendrical.floorModulo(value, divisor)
            #expect(quotient * divisor + remainder == value)
            #expect((0..<divisor).contains(remainder))
        }
        #expect(Calendrical.floorDivide(.min, 1) == .min)
    }
}

@Suite struct PeriodTests {
    @Test func `a third of a second does not drift over a day`() {
        let period = Period(hertz: 3)
        #expect(period.nanoseconds(times: 3 * 86_400) == 86_400_000_000_000)
        #expect(period.nanoseconds(times: 1) == 333_333_333)
        #expect(period.nanoseconds(times: 2) == 666_666_666)
        #expect(period.nanoseconds(times: 0) == 0)
    }

    @Test func `periods before the start round down too`() {
        let period = Period(hertz: 3)
        #expect(period.nanoseconds(times: -1) == -333_333_334)
        #expect(period.nanoseconds(times: -3) == -1_000_000_000)
    }

    @Test func `a product that does not fit is clamped and never traps`() {
        let edges: [Int64] = [1, 2, 3, 5, 1 << 31, 1 << 62, (1 << 62) + 1, .max - 1, .max]
        for numerator in edges {
            for denominator in edges {
                let period = Period(numerator: numerator, denominator: denominator)
                for magnitude in edges {
                    for count in [magnitude, -magnitude] {
                        let got = period.nanoseconds(times: count)
                        #expect(
                            got == Self.slow(numerator, denominator, count),
                            "\(numerator)/\(denominator) x \(count)")
                    }
                }
            }
        }
    }

    /// 128-bit arithmetic, rounded down and clamped.
    private static func slow(_ numerator: Int64, _ denominator: Int64, _ count: Int64) -> Int64 {
        let product = Int128(numerator) * Int128(count)
        var quotient = product / Int128(denominator)
        if product % Int128(denominator) < 0 { quotient -= 1 }
        return Int64(clamping: quotient)
    }
}

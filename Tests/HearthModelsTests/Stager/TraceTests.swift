// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@testable import HearthModels

/// The windows of the stager against plain lists: the same bits, since sums keep their order.
@Suite struct TraceTests {
    /// Values with holes: single ones, long ones, and one as long as the longest window.
    private static func series(_ count: Int, seed: UInt64) -> [Double?] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let value = Double.random(in: -3...90, using: &random)
            let isHole = Int.random(in: 0..<8, using: &random) == 0 || (index / 40) % 5 == 3
            return isHole || (400..<530).contains(index) ? nil : value
        }
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private static func logDeviation(_ values: [Double]) -> Double? {
        mean(values).map { mean in
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return log(0.3 + (squares / Double(values.count)).squareRoot())
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    @Test func `windows have the bits of plain lists`() {
        let series = Self.series(700, seed: 11)
        var trace = Trace()
        for end in 1...series.count {
            trace.append(series[end - 1])
            #expect(trace.newest == series[end - 1])
            for window in [1, 2, 3, 20, 60, 119, 120] {
                let values = series[max(0, end - window)..<end].compactMap { $0 }
                #expect(trace.defined(window) == values.count)
                #expect(trace.above(30, window) == values.count { $0 > 30 })
                #expect(trace.mean(window) == Self.mean(values))
                #expect(trace.logDeviation(window) == Self.logDeviation(values))
                #expect(trace.greatest(window) == values.max())
                #expect(trace.least(window) == values.min())
            }
            let last = series[max(0, end - 20)..<end].compactMap { $0 }
            #expect(trace.median20() == Self.median(last))
        }
    }

    @Test func `an empty trace has no values`() {
        let trace = Trace()
        #expect(trace.newest == nil && trace.mean(120) == nil && trace.median20() == nil)
        #expect(trace.greatest(20) == nil && trace.least(20) == nil && trace.defined(120) == 0)
    }

    @Test func `quantiles of heart rates are those of the sorted list`() {
        var random = SeededRandom(seed: 3)
        var quantiles = HeartRateQuantiles()
        var rates: [Double] = []
        #expect(quantiles.value(0.5) == nil)
        for _ in 0..<300 {
            let rate = Double.random(in: 38...120, using: &random)
            quantiles.add(rate)
            rates.append((2 * rate + 0.5).rounded(.down) / 2)
            let sorted = rates.sorted()
            for share in [0.1, 0.5] {
                let place = sorted.indices.first { Double($0 + 1) >= share * Double(rates.count) }
                #expect(quantiles.value(share) == place.map { sorted[$0] })
            }
        }
    }

    /// In the order of `centredNames`, window by window.
    private static func centred(_ v: [Double?], _ b: [Double?]) -> [String: [Double?]] {
        func around(
            _ series: [Double?], _ window: Int, _ body: ([Double]) -> Double?
        ) -> [Double?] {
            series.indices.map { index in
                guard series[index] != nil else { return nil }
                let last = min(series.count - 1, index + window / 2)
                return body(series[max(0, index - window / 2)...last].compactMap { $0 })
            }
        }
        // Linear between the two in the middle.
        func middle(_ series: [Double?]) -> Double {
            let sorted = series.compactMap { $0 }.sorted()
            guard let last = sorted.indices.last else { return 0 }
            return sorted[last / 2] + (sorted[(last + 1) / 2] - sorted[last / 2]) * 0.5
        }
        func above(_ series: [Double?]) -> [Double?] {
            let median = middle(series)
            return series.map { $0.map { $0 - median } }
        }
        let median = middle(v)
        let logs = b.map { $0.map { log1p($0) } }
        return [
            "cm11": around(v, 11) { mean($0).map { $0 - median } },
            "cm61": around(v, 61) { mean($0).map { $0 - median } },
            "csd21": around(v, 21, logDeviation),
            "csd7r": above(around(v, 7, logDeviation)),
            "csd11r": above(around(v, 11, logDeviation)),
            "csd41r": above(around(v, 41, logDeviation)),
            "ca3": around(b, 3) { mean($0).map { log1p($0) } },
            "ca41": around(b, 41) { mean($0).map { log1p($0) } },
            "cla81": around(logs, 81, mean),
        ]
    }

    @Test(arguments: [0, 1, 5, 300])
    func `features around an epoch have the bits of plain lists`(_ count: Int) {
        let rate = Self.series(count, seed: 21)
        let motion = Self.series(count, seed: 22).map { $0.map { abs($0) } }
        let found = CentredFeatures(rate, motion).columns
        #expect(found.count == NightFeatures.centredNames.count)
        for (name, expected) in Self.centred(rate, motion) {
            let place = NightFeatures.centredNames.firstIndex(of: name)
            #expect(place.map { found[$0] } == expected, "\(name)")
        }
    }
}

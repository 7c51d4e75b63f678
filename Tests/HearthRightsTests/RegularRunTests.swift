// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@testable import HearthRights

/// Grids of time found in times alone.
@Suite struct RegularRunTests {
    private func runs(_ times: [Int64]) -> [RegularRun] {
        RegularRun.all(.irregular(times), tolerance: 0.05)
    }

    @Test(arguments: [1, 4, 25, 30, 32, 50, 64, 100, 128, 256, 1000] as [Int64])
    func `a whole rate is found although times are cut to nanoseconds`(rate: Int64) {
        let times = (0..<500).map { Int64($0) * 1_000_000_000 / rate }
        let found = runs(times)
        #expect(found.count == 1 && found[0].range == 0..<500)
        #expect(found[0].period == Period(hertz: rate))
    }

    @Test func `a rate of tenths is found`() {
        let times = (0..<1000).map { Int64($0) * 10_000_000_000 / 625 }
        #expect(runs(times).map(\.period) == [Period(hertz: 625, per: 10)])
    }

    @Test func `a gap, a missing and a doubled sample begin a new run, and none is lost`() {
        var times = (0..<100).map { Int64($0) * 10_000_000 }
        times.remove(at: 40)
        times += (0..<50).map { 60_000_000_000 + Int64($0) * 10_000_000 }
        times.insert(times[120], at: 120)
        let found = runs(times)
        #expect(found.map(\.range.count).reduce(0, +) == times.count)
        #expect(found.first?.range == 0..<40)
        #expect(found.contains { $0.range.lowerBound == 99 })
        for (one, next) in zip(found, found.dropFirst()) {
            #expect(one.range.upperBound == next.range.lowerBound)
        }
    }

    @Test func `every time of a run lies within the tolerance of its grid`() {
        var times: [Int64] = []
        var seed: UInt64 = 7
        for index in 0..<5000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            times.append(Int64(index) * 20_000_000 + Int64(seed >> 33) % 1_500_000)
        }
        for run in runs(times.sorted()) where run.range.count > 1 {
            let period = Double(run.period.numerator) / Double(run.period.denominator)
            let first = times[run.range.lowerBound]
            for index in run.range {
                let steps = Double(index - run.range.lowerBound)
                #expect(abs(Double(times[index] - first) - steps * period) <= 1_000_001)
            }
        }
    }
}

/// The texts that exports share.
@Suite struct ExportTextTests {
    private func zone(_ seconds: Int32, _ origin: ZoneOrigin) -> ZoneTimeline {
        ZoneTimeline([
            ZoneSpan(start: .distantPast, offsetSeconds: seconds, origin: origin)
        ])
    }

    @Test func `a time has the true offset where it is known and can be written`() {
        let time = Timestamp(nanoseconds: 1_769_068_800_250_000_000)
        #expect(ExportText.time(time, ZoneTimeline()) == "2026-01-22T08:00:00.25Z")
        #expect(ExportText.time(time, zone(3600, .file)) == "2026-01-22T09:00:00.25+01:00")
        #expect(ExportText.time(time, zone(-12_600, .user)) == "2026-01-22T04:30:00.25-03:30")
        #expect(ExportText.time(time, zone(3600, .unknown)) == "2026-01-22T08:00:00.25Z")
        #expect(ExportText.time(time, zone(3601, .file)) == "2026-01-22T08:00:00.25Z")
        #expect(ExportText.time(time, zone(54_000, .file)) == "2026-01-22T08:00:00.25Z")
    }

    @Test func `numbers in sampled data have no exponent`() {
        #expect(ExportText.plain(1.5e-7) == "0.00000015")
        #expect(ExportText.plain(-0.25) == "-0.25")
        #expect(ExportText.plain(3e7) == "30000000")
        #expect(ExportText.plain(-1.5e11) == String(Int64(Float(-1.5e11))))
    }

    @Test func `a UUID has the form of version 8 and is the same for the same text`() {
        let one = ExportText.uuid("a")
        #expect(one == ExportText.uuid("a") && one != ExportText.uuid("b"))
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(one.wholeMatch(of: form) != nil)
    }

    @Test func `RMSSD never has the code of SDNN`() {
        let codes = FHIRVocabulary.entry(.hrvRMSSD).codings.map(\.system)
        #expect(codes == [FHIRVocabulary.own])
        #expect(ExportVocabulary.loinc(.hrvSDNN) == ["80404-7"])
    }
}

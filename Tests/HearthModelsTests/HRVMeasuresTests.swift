// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct HRVMeasuresTests {
    private static func sample(_ name: String) throws -> [Double] {
        let bytes = try SharedData.bytes("hrv-reference/pyhrv/\(name).npy")
        return stride(from: 128, to: bytes.count, by: 8).map { start in
            var number: UInt64 = 0
            for byte in bytes[start..<start + 8].reversed() { number = number << 8 | UInt64(byte) }
            return Double(number)
        }
    }

    /// Each value checked by hand or with the formula written out.
    @Test func `twelve intervals give the numbers of the formulae`() throws {
        let rr: [Double] = [800, 860, 790, 800, 821, 800, 850, 850, 800, 799, 760, 820]
        let values = HRVMeasures(normal: rr).values
        let d: [Double] = zip(rr, rr.dropFirst()).map { $1 - $0 }
        let mean = rr.reduce(0, +) / 12
        func squares(_ values: [Double], about center: Double) -> Double {
            var sum = 0.0
            for value in values { sum += (value - center) * (value - center) }
            return sum
        }
        let sdnn = (squares(rr, about: mean) / 11).squareRoot()
        let step = d.reduce(0, +) / 11
        let sdsd = (squares(d, about: step) / 10).squareRoot()
        let rmssd = (squares(d, about: 0) / 11).squareRoot()
        #expect(values[.meanNN] == mean)
        #expect(abs((values[.sdnn] ?? 0) - sdnn) < 1e-9)
        #expect(abs((values[.rmssd] ?? 0) - rmssd) < 1e-9)
        #expect(abs((values[.logRMSSD] ?? 0) - log(rmssd)) < 1e-12)
        #expect(abs((values[.sdsd] ?? 0) - sdsd) < 1e-9)
        // Larger than 50: 60, -70 and 60; 50 itself does not count. Larger than 20: these, 21, -21,
        // 50, -50 and -39.
        let pnn50: Double = 300.0 / 11
        let pnn20: Double = 800.0 / 11
        let sd1: Double = sdsd / 2.0.squareRoot()
        #expect(abs((values[.pnn50] ?? 0) - pnn50) < 1e-9)
        #expect(abs((values[.pnn20] ?? 0) - pnn20) < 1e-9)
        #expect(abs((values[.sd1] ?? 0) - sd1) < 1e-9)
        let sd2: Double = (2 * sdnn * sdnn - sd1 * sd1).squareRoot()
        #expect(abs((values[.sd2] ?? 0) - sd2) < 1e-9)
    }

    @Test func `what a stretch is too short for is refused with the reason`() {
        let twelve = HRVMeasures(
            normal: Array(repeating: 800, count: 6) + [810, 790, 800, 805, 795, 801])
        #expect(twelve.missing[.triangularIndex] == .tooFewBeats)
        #expect(twelve.missing[.hfLomb] == .tooFewBeats)
        #expect(twelve.missing[.sampleEntropy] == .tooFewBeats)
        let minute = HRVMeasures(normal: RhythmTests.rhythm(100))
        #expect(minute.values[.hfLomb] != nil && minute.values[.hfWelch] != nil)
        #expect(minute.missing[.lfLomb] == .tooShort && minute.missing[.vlfWelch] == .tooShort)
        #expect(minute.missing[.ratioWelch] == .tooShort)
        for one in HRVMeasure.allCases {
            #expect((minute.values[one] == nil) != (minute.missing[one] == nil), "\(one)")
        }
    }

    @Test func `empty, constant and impossible intervals are refused and trap nothing`() {
        let odd: [[Double]] = [
            [], [800], Array(repeating: 800, count: 400), Array(repeating: -5, count: 400),
            Array(repeating: .nan, count: 400), Array(repeating: 0, count: 400),
            Array(repeating: 1, count: 1000), Array(repeating: 1e300, count: 400),
            (0..<400).map { (k: Int) -> Double in k % 2 == 0 ? 1e-300 : 1e7 },
            [.infinity, 800, -.infinity, 900],
        ]
        for (index, intervals) in odd.enumerated() {
            let measures = HRVMeasures(normal: intervals)
            let known = measures.values.count + measures.missing.count
            #expect(known == HRVMeasure.allCases.count, "case \(index)")
            let isFinite = measures.values.values.allSatisfy { $0.isFinite }
            #expect(isFinite, "case \(index)")
            let beats = intervals.enumerated().map { place, value in
                Timed(Timestamp(seconds: Int64(place % 7 - place)), value)
            }
            var chain = Chain(
                BeatCleaner(), HRVWindows(origin: Timestamp(seconds: 0), detail: .all))
            for window in chain.batch(beats) { #expect(window.beats >= window.removed) }
        }
        let flat = HRVMeasures(normal: Array(repeating: 800, count: 400))
        #expect(flat.values[.rmssd] == 0 && flat.missing[.logRMSSD] == .undefined)
        #expect(flat.missing[.dfaAlpha1] == .undefined)
        #expect(flat.missing[.sampleEntropy] == .undefined)
        #expect(flat.missing[.ratioLomb] == .undefined)
    }

    @Test func `a breath of a known rate stands in HF and is found`() throws {
        // A breath every 4.4 beats of 900 ms.
        let intervals = RhythmTests.rhythm(330)
        let measures = HRVMeasures(normal: intervals)
        let high = try #require(measures.values[.hfWelch])
        let lomb = try #require(measures.values[.hfLomb])
        // 25 ms of amplitude have a power of 312.5, and the noise of 16 ms width some.
        #expect(abs(high - 320) < 30)
        #expect(abs(lomb - 325) < 30)
        let breath = try #require(RespirationFromRR(Tachogram(intervals: intervals)))
        let rate: Double = 60 / (4.4 * 0.9)
        #expect(abs(breath.rate - rate) < 0.4)
        #expect(breath.isSound && breath.peakedness > 0.9)
        var random = SeededRandom(seed: 8)
        let noise = (0..<330).map { _ in 900 + Double.random(in: -40...40, using: &random) }
        let none = RespirationFromRR(Tachogram(intervals: noise))
        #expect(none?.isSound != true)
        #expect(RespirationFromRR(Tachogram(intervals: [900, 900])) == nil)
    }

    @Test func `missed beats are put in, extra ones taken out, ectopic ones bridged`() {
        func beat(_ interval: Double, _ finding: CheckedBeat.Finding) -> CheckedBeat {
            CheckedBeat(
                time: Timestamp(seconds: 0), interval: interval, finding: finding,
                followsPrevious: true)
        }
        let tachogram = Tachogram([
            beat(500, .short), beat(900, .sound), beat(1800, .missed), beat(910, .sound),
            beat(400, .extra), beat(520, .extra), beat(900, .sound), beat(600, .ectopic),
            beat(1230, .ectopic), beat(960, .sound), beat(2600, .long),
        ])
        let corrected: [Double] = [900, 900, 900, 900, 910, 920, 900, 920, 940, 960, 960]
        #expect(tachogram.corrected.map { $0.rounded() } == corrected)
        #expect(tachogram.sound == [900, 910, 900, 960])
        #expect(tachogram.differences.isEmpty)
        #expect(tachogram.removed == 7 && tachogram.beats == 11)
        // Seconds go on through what was left out.
        #expect(tachogram.times == tachogram.times.sorted())
        #expect(abs((tachogram.times.last ?? 0) - 8.72) < 1e-9)
    }

    @Test func `a window with much corrected or an irregular rhythm has no measure`() {
        var intervals = RhythmTests.rhythm(330)
        for index in stride(from: 10, to: 320, by: 16) {
            intervals[index] = 560
            intervals[index + 1] = 1240
        }
        var chain = Chain(BeatCleaner(), HRVWindows(origin: Timestamp(seconds: 0), detail: .all))
        let window = chain.batch(RhythmTests.beats(intervals)).first
        #expect(window?.isClean == false && window?.respiration == nil)
        #expect(window?.measures?.missing[.rmssd] == .corrected)
        var random = SeededRandom(seed: 2)
        let wild = (0..<330).map { _ in Double.random(in: 450...1300, using: &random) }
        chain = Chain(BeatCleaner(), HRVWindows(origin: Timestamp(seconds: 0), detail: .all))
        let irregular = chain.batch(RhythmTests.beats(wild)).first
        #expect(irregular?.isIrregular == true && irregular?.isClean == false)
        #expect(irregular?.measures?.values.isEmpty == true)
    }

    @Test func `a hole of more than ten seconds has no spectrum`() {
        let series =
            RhythmTests.beats(RhythmTests.rhythm(150))
            + RhythmTests.beats(RhythmTests.rhythm(150), start: 155)
        var cleaner = BeatCleaner()
        let measures = HRVMeasures(Tachogram(cleaner.batch(series)))
        #expect(measures.missing[.hfLomb] == .hole && measures.missing[.hfWelch] == .hole)
        #expect(measures.values[.rmssd] != nil)
    }

    /// pyHRV 0.4's published numbers, and those of NumPy and SciPy for the definitions that differ.
    @Test(.enabled(if: SharedData.isPresent, "needs the reference recordings of HEARTH_DATA"))
    func `measures equal pyHRV's on its sample series`() throws {
        let values = HRVMeasures(normal: try Self.sample("SampleNNISeriesShort")).values
        let expected: [(HRVMeasure, Double)] = [
            (.meanNN, 888.9554896142433), (.sdnn, 95.69035398754954),
            (.rmssd, 101.30063401766522), (.pnn50, 48.51190476190476),
            (.pnn20, 79.16666666666666), (.triangularIndex, 12.035714285714286),
            (.lfWelch, 1561.5567256403754), (.hfWelch, 5337.081162110837),
            (.ratioWelch, 0.29258628044224333), (.sampleEntropy, 1.7122387639675827),
            (.dfaAlpha1, 0.6652155441501322), (.sdsd, 101.451714184361),
        ]
        for (measure, value) in expected {
            let own = try #require(values[measure])
            #expect(abs(own / value - 1) < 1e-9, "\(measure)")
        }
    }

    @Test func `every measure has a definition, a unit and a source that is listed`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let listed = try String(
            contentsOf: root.appending(path: "docs/references.bib"), encoding: .utf8)
        let card = try String(
            contentsOf: root.appending(path: "docs/models/hrv.md"), encoding: .utf8)
        for measure in HRVMeasure.allCases {
            let facts = measure.facts
            #expect(!facts.label.isEmpty && facts.definition.hasSuffix("."))
            #expect(facts.fewest >= HRVMeasure.fewestForTime)
            #expect(card.contains("`\(measure.rawValue)`"), "\(measure)")
            for key in facts.source.split(separator: ",") {
                let name = key.trimmingCharacters(in: .whitespaces)
                #expect(listed.contains("{\(name),"), "\(name)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct RhythmTests {
    /// Beats from intervals in milliseconds, the first one after `start` seconds.
    static func beats(_ intervals: [Double], start: Int64 = 0) -> [Timed<Double>] {
        var time = Timestamp(seconds: start)
        return intervals.map { interval in
            time = time.advanced(byNanoseconds: Int64(interval * 1e6))
            return Timed(time, interval)
        }
    }

    static func findings(_ intervals: [Double]) -> [CheckedBeat] {
        var cleaner = BeatCleaner()
        return cleaner.batch(beats(intervals))
    }

    @Test func `an ectopic beat and its pause are jumps and the neighbours stay sound`() {
        var intervals = Array(repeating: 900.0, count: 20)
        intervals[9] = 550
        intervals[10] = 1250
        let checked = Self.findings(intervals)
        #expect(checked.count == 20)
        #expect(checked.indices.filter { checked[$0].finding == .jump } == [9, 10])
    }

    @Test func `an interval outside 300 to 2000 ms is implausible`() {
        let checked = Self.findings([900, 900, 900, 250, 900, 2600, 900, 900, 900])
        #expect(checked[3].finding == .implausible)
        #expect(checked[5].finding == .implausible)
        #expect(checked.count { $0.finding == .sound } == 7)
    }

    @Test func `more than three seconds between beats break the chain`() {
        var series = Self.beats(Array(repeating: 900, count: 10))
        series += Self.beats(Array(repeating: 900, count: 10), start: 60)
        var cleaner = BeatCleaner()
        let checked = cleaner.batch(series)
        #expect(checked.indices.filter { !checked[$0].followsPrevious } == [0, 10])
    }

    @Test func `nothing is differentiated across a gap or a removed beat`() {
        // Two plateaus: inside each all intervals are equal, so any RMSSD above zero is an error.
        var series = Self.beats(Array(repeating: 900, count: 100))
        series += Self.beats(Array(repeating: 800, count: 60), start: 120)
        series.append(Timed(series[159].time.advanced(byNanoseconds: 400_000_000), 400))
        let after = series[160].time.seconds
        series += Self.beats(Array(repeating: 800, count: 60), start: after)
        var chain = Chain(BeatCleaner(), HRVWindows(origin: Timestamp(seconds: 0)))
        let windows = chain.batch(series)
        #expect(windows.count == 1)
        #expect(windows.first?.rmssd == 0)
        #expect(windows.first?.removed == 1)
        #expect((windows.first?.sdnn ?? 0) > 40)
    }

    /// The five-minute windows written out with arrays and indices.
    @Test func `windows agree with the formula written out`() throws {
        for seed in UInt64(1)...10 {
            let series = OperatorTests.beats(seed: seed, count: 1500).filter(\.value.isFinite)
            let origin = series[0].time
            var cleaner = BeatCleaner()
            let checked = cleaner.batch(series)
            var windows = HRVWindows(origin: origin)
            for window in windows.batch(checked) {
                let inside = checked.filter {
                    Int64(($0.time.seconds(since: origin) / 300).rounded(.down)) == window.index
                }
                var squares: [Double] = []
                for (a, b) in zip(inside, inside.dropFirst())
                where b.followsPrevious && a.finding == .sound && b.finding == .sound {
                    squares.append((b.interval - a.interval) * (b.interval - a.interval))
                }
                let sound = inside.filter { $0.finding == .sound }.map(\.interval)
                let mean = sound.reduce(0, +) / Double(sound.count)
                let variance =
                    sound.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sound.count - 1)
                #expect(window.beats == inside.count, "seed \(seed)")
                if let rmssd = window.rmssd {
                    let expected = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
                    #expect(abs(rmssd - expected) < 1e-9, "seed \(seed)")
                }
                if let sdnn = window.sdnn { #expect(abs(sdnn - variance.squareRoot()) < 1e-6) }
            }
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs the reference recordings of HEARTH_DATA"))
    func `RMSSD and SDNN equal pyHRV's on its sample series`() throws {
        let bytes = try SharedData.bytes("hrv-reference/pyhrv/SampleNNISeriesShort.npy")
        var values: [Double] = []
        for start in stride(from: 128, to: bytes.count, by: 8) {
            var number: UInt64 = 0
            for byte in bytes[start..<start + 8].reversed() { number = number << 8 | UInt64(byte) }
            values.append(Double(number))
        }
        #expect(values.count == 337)
        var moments = RunningMoments()
        var differences = SuccessiveDifferences()
        for value in values { moments.add(value) }
        for (a, b) in zip(values, values.dropFirst()) { differences.add(from: a, to: b) }
        #expect(abs((differences.rootMeanSquare ?? 0) - 101.30063401766522) < 1e-9)
        #expect(abs((moments.standardDeviation ?? 0) - 95.69035398754954) < 1e-9)
    }

    @Test func `a night needs three clean windows and refuses wild rhythm`() {
        let night = TimeSpan(start: Timestamp(seconds: 0), end: Timestamp(seconds: 3600))
        var random = SeededRandom(seed: 7)
        let steady = (0..<3800).map { _ in 900 + Double.random(in: -30...30, using: &random) }
        let calm = NightRhythm(beats: Self.beats(steady), night: night)
        #expect(calm.missing == nil)
        // Independent uniform intervals of ±30 ms differ by 24.5 ms RMS.
        #expect(abs((calm.rmssd ?? 0) - 24.5) < 1.5)
        #expect(abs((calm.logRMSSD ?? 0) - 3.2) < 0.1)
        let short = NightRhythm(beats: Array(Self.beats(steady).prefix(700)), night: night)
        #expect(short.rmssd == nil && short.missing != nil)
        let wild = (0..<3800).map { _ in Double.random(in: 400...1400, using: &random) }
        let refused = NightRhythm(beats: Self.beats(wild), night: night)
        #expect(refused.rmssd == nil && refused.sdnn == nil)
        #expect((refused.removedShare ?? 0) > NightRhythm.refusalShare)
        #expect(NightRhythm(beats: [], night: night).missing != nil)
    }
}

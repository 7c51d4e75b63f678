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

    /// A steady sinus rhythm of 900 ms with breath and a little noise.
    static func rhythm(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { index in
            let breath: Double = 25 * sin(2 * .pi * Double(index) / 4.4)
            return 900 + breath + Double.random(in: -8...8, using: &random)
        }
    }

    static func flagged(_ checked: [CheckedBeat]) -> [Int: CheckedBeat.Finding] {
        var found: [Int: CheckedBeat.Finding] = [:]
        for (index, beat) in checked.enumerated() where beat.finding != .sound {
            found[index] = beat.finding
        }
        return found
    }

    @Test func `an early beat and the pause after it are ectopic and the neighbours stay sound`() {
        var intervals = Self.rhythm(200)
        intervals[90] = 550
        intervals[91] = 1250
        let found = Self.flagged(Self.findings(intervals))
        #expect(found == [90: .ectopic, 91: .ectopic])
    }

    @Test func `a missed beat, an extra one, a long and a short interval have their names`() {
        let intervals = Self.rhythm(400)
        var missed = intervals
        missed[150] = intervals[150] + 900
        #expect(Self.flagged(Self.findings(missed)) == [150: .missed])
        var extra = intervals
        extra[150] = 380
        extra.insert(intervals[150] - 380, at: 151)
        #expect(Self.flagged(Self.findings(extra)) == [150: .extra, 151: .extra])
        var long = intervals
        for index in 150..<153 { long[index] = 1400 }
        #expect(Self.flagged(Self.findings(long))[150] == .long)
        var short = intervals
        for index in 150..<153 { short[index] = 600 }
        #expect(Self.flagged(Self.findings(short))[150] == .short)
    }

    @Test func `an interval that no heart has is never sound`() {
        let found = Self.flagged(Self.findings([900, 900, 900, 250, 900, 2600, 900, 900, 900]))
        #expect(found[3] != nil && found[5] != nil)
        let slow = Self.flagged(Self.findings(Array(repeating: 2500, count: 60)))
        #expect(slow.count == 60)
        #expect(Set(slow.values) == [.implausible])
    }

    @Test func `a steady heart's small steps are no artefacts`() {
        var intervals = Array(repeating: 900.0, count: 200)
        for index in stride(from: 5, to: 200, by: 10) { intervals[index] = 918 }
        #expect(Self.flagged(Self.findings(intervals)).isEmpty)
    }

    /// Against the rule over whole arrays.
    @Test func `streaming cleaning equals the published rule over arrays`() {
        for seed in UInt64(1)...12 {
            let all = OperatorTests.beats(seed: seed, count: 700).filter(\.value.isFinite)
            var cleaner = BeatCleaner()
            let checked = cleaner.batch(all)
            #expect(checked.map(\.interval) == all.map(\.value), "seed \(seed)")
            var chain: [CheckedBeat] = []
            var chains = 0
            func compare() {
                let slow = ReferenceBeatRule.findings(
                    chain.map(\.interval), least: BeatCleaner.leastThreshold)
                #expect(chain.map(\.finding.rawValue) == slow, "seed \(seed)")
            }
            for beat in checked {
                if !beat.followsPrevious, !chain.isEmpty {
                    compare()
                    chain = []
                    chains += 1
                }
                chain.append(beat)
            }
            compare()
            #expect(chains > 3 && checked.contains { $0.finding != .sound })
        }
    }

    @Test func `an answer comes no later than the stated latency`() {
        let series = Self.beats(Self.rhythm(300))
        var cleaner = BeatCleaner()
        var answered = 0
        for (index, beat) in series.enumerated() {
            cleaner.push([beat].span) { answered += $0.count }
            #expect(answered >= index + 1 - BeatCleaner.latencyBeats)
        }
        #expect(answered < series.count)
    }

    @Test func `a time that goes back breaks the chain`() {
        let series = Self.beats(Self.rhythm(50)) + Self.beats(Self.rhythm(50), start: 5)
        var cleaner = BeatCleaner()
        let checked = cleaner.batch(series)
        #expect(checked.count == 100)
        #expect(checked.indices.filter { !checked[$0].followsPrevious } == [0, 50])
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
        // A missed beat: twice as long, and no difference on either side of it.
        series.append(Timed(series[159].time.advanced(byNanoseconds: 1_600_000_000), 1600))
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
        #expect(refused.missing?.contains("irregular") == true)
        #expect(NightRhythm(beats: [], night: night).missing != nil)
    }
}

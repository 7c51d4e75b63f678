// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct WaveformBeatsTests {
    /// Times as a vault stores them: whole nanoseconds.
    private static func times(
        _ signal: WaveformSignal, from start: Timestamp = WaveformSignal.start
    ) -> [Int64] {
        signal.values.indices.map {
            start.advanced(byNanoseconds: signal.period.nanoseconds(times: Int64($0))).nanoseconds
        }
    }

    private static func found(
        _ times: [Int64], _ values: [Float], _ kind: WaveformBeats.Signal = .ecg
    ) -> WaveformBeats {
        var finder = WaveformBeats(kind)
        finder.push(.irregular(times), .float32(values))
        finder.finish()
        return finder
    }

    @Test(arguments: [100, 128, 257, 360, 1000.0])
    func `stored samples give the beats of the detector`(rate: Double) throws {
        let signal = WaveformSignal.ecg(rate: rate, seconds: 60, seed: 1)
        let finder = Self.found(Self.times(signal), signal.values)
        var detector = try ECGBeats(
            start: WaveformSignal.start, period: Period(hertz: Int64(rate)))
        #expect(finder.beats == detector.batch(signal.values))
        #expect(finder.beats.count == signal.beats.count)
        #expect(finder.samples == signal.values.count && finder.unusable == 0)
        #expect(finder.recorded.count == 1)
        #expect(abs((finder.recorded.first?.minutes ?? 0) - 1) < 0.01)
    }

    @Test func `a rate that is no whole number of hertz is followed for an hour`() {
        let signal = WaveformSignal.ecg(rate: 130.37, seconds: 3600, seed: 2)
        let finder = Self.found(Self.times(signal), signal.values)
        let score = BeatScore(
            truth: signal.beats,
            detected: finder.beats.map { $0.time.seconds(since: WaveformSignal.start) })
        #expect(score.missed == 0 && score.extra == 0, "\(score)")
        #expect((score.timingError ?? 1e9) < 2.5)
        #expect(finder.recorded.count == 1)
    }

    @Test func `how the samples are cut makes no difference`() {
        var signal = WaveformSignal.ecg(rate: 250, seconds: 90, seed: 3)
        var times = Self.times(signal)
        // A hole of 7 s, one sample lost, and a short stretch by itself.
        let gone = 5000..<6750
        times.removeSubrange(gone)
        signal.values.removeSubrange(gone)
        times.remove(at: 9000)
        signal.values.remove(at: 9000)
        let whole = Self.found(times, signal.values)
        #expect(whole.recorded.count == 3)
        for seed in UInt64(1)..<9 {
            var random = SeededRandom(seed: seed)
            var finder = WaveformBeats(.ecg)
            var next = 0
            while next < times.count {
                let end = min(times.count, next + Int.random(in: 1...3000, using: &random))
                finder.push(
                    .irregular(Array(times[next..<end])), .float32(Array(signal.values[next..<end]))
                )
                next = end
            }
            finder.finish()
            #expect(finder.beats == whole.beats, "seed \(seed)")
            #expect(finder.recorded == whole.recorded, "seed \(seed)")
        }
    }

    @Test func `no interval is made over a gap, and the beats behind it are in place`() {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 4)
        let start = WaveformSignal.start
        let later = start.advanced(bySeconds: 3600)
        let times = Self.times(signal) + Self.times(signal, from: later)
        let finder = Self.found(times, signal.values + signal.values)
        let second = finder.beats.filter { $0.time >= later }.map { $0.time.seconds(since: later) }
        let score = BeatScore(truth: signal.beats, detected: second)
        #expect(score.missed <= 1 && score.extra == 0, "\(score)")
        var toIntervals = BeatIntervals()
        #expect(toIntervals.batch(finder.beats).allSatisfy { $0.value < 2000 })
    }

    @Test func `what tells no rate or too low a one gives no beats and says so`() {
        let slow = WaveformSignal.ecg(rate: 50, seconds: 60, seed: 5)
        let refused = Self.found(Self.times(slow), slow.values)
        #expect(refused.beats.isEmpty && refused.recorded.isEmpty)
        #expect(refused.unusable == slow.values.count)
        let pulses = WaveformSignal.ppg(rate: 50, seconds: 60, seed: 5)
        #expect(!Self.found(Self.times(pulses), pulses.values, .ppg).beats.isEmpty)
        let ramp = (0..<1000).map { Int64($0) * 4_000_000 }
        let values = [Float](repeating: 3, count: 1000)
        #expect(Self.found(ramp, values).beats.isEmpty)
        #expect(Self.found(ramp.reversed(), values).samples == 1)
        #expect(Self.found([Int64](repeating: 7, count: 1000), values).samples == 1)
        #expect(Self.found(Array(ramp.prefix(63)), Array(values.prefix(63))).recorded.isEmpty)
        #expect(Self.found([], []).beats.isEmpty)
        var random = SeededRandom(seed: 6)
        let scattered = (0..<1000).map { _ in Int64.random(in: 0...4_000_000_000, using: &random) }
        #expect(Self.found(scattered.sorted(), values).beats.isEmpty)
        #expect(Self.found([.min, 0, .max], [1, 2, 3]).beats.isEmpty)
    }

    @Test(arguments: [(250.0, 500.0), (500, 250), (250, 360), (360, 250)])
    func `the rate may change`(before: Double, after: Double) {
        let one = WaveformSignal.ecg(rate: before, seconds: 60, seed: 7)
        let two = WaveformSignal.ecg(rate: after, seconds: 60, seed: 8)
        let later = WaveformSignal.start.advanced(bySeconds: 60)
        let finder = Self.found(
            Self.times(one) + Self.times(two, from: later), one.values + two.values)
        let found = finder.beats.map { $0.time.seconds(since: WaveformSignal.start) }
        // A change by less than half is seen within two chunks of samples.
        let settled = 60 + 2 * 1024 / after + 1
        let score = BeatScore(
            truth: (one.beats + two.beats.map { $0 + 60 }).filter { !(58...settled).contains($0) },
            detected: found.filter { !(58...settled).contains($0) })
        #expect(score.missed == 0 && score.extra == 0, "\(score)")
        #expect(finder.recorded.count >= 2)
    }
}

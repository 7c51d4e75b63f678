// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

@Suite struct BeatDetectorTests {
    static let start = WaveformSignal.start

    private static func ecg(_ signal: WaveformSignal) throws -> [DetectedBeat] {
        var detector = try ECGBeats(start: start, period: signal.period)
        return detector.batch(signal.values)
    }

    private static func score(_ beats: [DetectedBeat], _ signal: WaveformSignal) -> BeatScore {
        BeatScore(truth: signal.beats, detected: beats.map { $0.time.seconds(since: start) })
    }

    // MARK: ECG

    @Test(arguments: [100, 128, 180, 250, 257, 360, 500, 1000.0])
    func `every beat is found, to the millisecond, at any rate`(rate: Double) throws {
        let signal = WaveformSignal.ecg(rate: rate, seconds: 120, seed: 1)
        let score = Self.score(try Self.ecg(signal), signal)
        #expect(score.missed == 0 && score.extra == 0, "\(score)")
        #expect((score.timingError ?? .infinity) < 2.5, "\(score.timingError ?? -1)")
    }

    @Test(arguments: [-1, 0.1, 10, -1000] as [Float])
    func `neither polarity nor amplitude matters`(factor: Float) throws {
        var signal = WaveformSignal.ecg(rate: 250, seconds: 120, seed: 2)
        let plain = try Self.ecg(signal)
        signal.values = signal.values.map { factor * $0 }
        let beats = try Self.ecg(signal)
        #expect(Self.score(beats, signal).found == signal.beats.count)
        #expect(beats.count == signal.beats.count)
        #expect(beats.allSatisfy { ($0.amplitude > 0) == (factor > 0) })
        let apart = zip(beats, plain).map { abs($0.time.seconds(since: $1.time)) }.max() ?? 1
        #expect(apart < 0.001)
    }

    @Test func `wide beats and noise are borne, and noise costs quality`() throws {
        let clean = WaveformSignal.ecg(rate: 360, seconds: 300, seed: 3, ventricularEvery: 7)
        let noisy = WaveformSignal.ecg(
            rate: 360, seconds: 300, seed: 3, noise: 0.35, ventricularEvery: 7)
        let cleanBeats = try Self.ecg(clean)
        let noisyBeats = try Self.ecg(noisy)
        let cleanScore = Self.score(cleanBeats, clean)
        #expect(cleanScore.missed == 0 && cleanScore.extra == 0, "\(cleanScore)")
        let score = Self.score(noisyBeats, noisy)
        #expect(score.missed + score.extra <= 2, "\(score)")
        func mean(_ beats: [DetectedBeat]) -> Float {
            beats.reduce(0) { $0 + $1.quality } / Float(beats.count)
        }
        #expect(mean(cleanBeats) > 0.9)
        #expect(mean(noisyBeats) < mean(cleanBeats) - 0.03)
        #expect((cleanBeats + noisyBeats).allSatisfy { (0...1).contains($0.quality) })
    }

    @Test func `a pause of four seconds is left a pause`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 120, seed: 4)
        let cut = Int((signal.beats[60] + 0.45) * 250)
        let level = signal.values[cut]
        var random = SeededRandom(seed: 4)
        let flat = (0..<1000).map { _ in level + Float.random(in: -0.02...0.02, using: &random) }
        let values = Array(signal.values[..<cut]) + flat + Array(signal.values[cut...])
        var detector = try ECGBeats(start: Self.start, period: signal.period)
        let beats = detector.batch(values).map { $0.time.seconds(since: Self.start) }
        let truth = signal.beats.enumerated().map { $0 > 60 ? $1 + 4 : $1 }
        let score = BeatScore(truth: truth, detected: beats)
        #expect(score.missed == 0 && score.extra == 0, "\(score)")
    }

    @Test func `a lead that fails is borne by the other`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 240, seed: 5)
        var random = SeededRandom(seed: 6)
        let middle = 80 * 250..<160 * 250
        let failing = signal.values.enumerated().map {
            middle.contains($0) ? Float.random(in: -2...2, using: &random) : $1
        }
        for leads in [(failing, signal.values), (signal.values, failing)] {
            var detector = try TwoLeadECGBeats(start: Self.start, period: signal.period)
            let beats = detector.batch(zip(leads.0, leads.1).map { SIMD2($0, $1) })
            let score = Self.score(beats, signal)
            #expect(score.missed + score.extra <= 4, "\(score)")
        }
        var alone = try ECGBeats(start: Self.start, period: signal.period)
        let score = Self.score(alone.batch(failing), signal)
        #expect(score.missed + score.extra > 40)
    }

    @Test func `a beat comes within three and a half seconds`() throws {
        let signal = WaveformSignal.ecg(rate: 128, seconds: 60, seed: 7, ventricularEvery: 5)
        var detector = try ECGBeats(start: Self.start, period: signal.period)
        var latest = 0.0
        for index in signal.values.indices {
            let now = Double(index) / 128
            detector.push(signal.values.span.extracting(index..<index + 1)) { beats in
                for at in beats.indices {
                    latest = max(latest, now - beats[at].time.seconds(since: Self.start))
                }
            }
        }
        #expect(latest > 2 && latest <= 3.5, "\(latest)")
    }

    @Test func `a clipped or flat signal costs quality`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 8)
        var clipped = signal
        clipped.values = signal.values.map { min($0, 0.35) }
        var flat = signal
        let held = flat.values[30 * 250]
        for index in 30 * 250..<32 * 250 { flat.values[index] = held }
        let plain = try Self.ecg(signal)
        let cut = try Self.ecg(clipped)
        #expect(plain.allSatisfy { $0.quality > 0.6 })
        #expect(cut.count { $0.quality <= 0.5 } > cut.count / 2)
        let after = try Self.ecg(flat).first { $0.time.seconds(since: Self.start) > 32 }
        #expect((after?.quality ?? 1) <= 0.3)
    }

    // MARK: Pulse waves

    @Test(arguments: [25, 64, 100, 250.0])
    func `every pulse is found at any rate`(rate: Double) throws {
        let signal = WaveformSignal.ppg(rate: rate, seconds: 120, seed: 9)
        var detector = try PPGBeats(start: Self.start, period: signal.period)
        let score = Self.score(detector.batch(signal.values), signal)
        #expect(score.missed == 0 && score.extra == 0, "\(score)")
        #expect((score.timingError ?? .infinity) < 15, "\(score.timingError ?? -1)")
    }

    @Test(arguments: [0.4, 0.6, 1.4])
    func `pulses are found from 43 to 150 a minute`(interval: Double) throws {
        let signal = WaveformSignal.ppg(rate: 64, seconds: 120, seed: 10, interval: interval)
        var detector = try PPGBeats(start: Self.start, period: signal.period)
        let score = Self.score(detector.batch(signal.values), signal)
        #expect(score.missed + score.extra <= 3, "\(score)")
    }

    // MARK: Streams

    @Test func `the cut does not matter and a saved state resumes`() throws {
        let signal = WaveformSignal.ecg(rate: 100, seconds: 20, seed: 11, ventricularEvery: 6)
        let one = try ECGBeats(start: Self.start, period: signal.period)
        checkOperator({ one }, input: signal.values, seeds: 1..<6)
        let other = WaveformSignal.ecg(rate: 100, seconds: 20, seed: 12, noise: 0.1)
        let pairs = zip(signal.values, other.values).map { SIMD2($0, $1) }
        let two = try TwoLeadECGBeats(start: Self.start, period: signal.period)
        checkOperator({ two }, input: pairs, seeds: 1..<4)
        let pulse = WaveformSignal.ppg(rate: 64, seconds: 20, seed: 13)
        let wave = try PPGBeats(start: Self.start, period: pulse.period)
        checkOperator({ wave }, input: pulse.values, seeds: 1..<6)
        let baseline = try PanTompkins(start: Self.start, period: signal.period)
        checkOperator({ baseline }, input: signal.values)
        let beats = try Self.ecg(signal)
        checkOperator({ BeatIntervals() }, input: beats)
    }

    @Test func `columns and pairs are the same two leads`() throws {
        let a = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 14)
        let b = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 14, noise: 0.2)
        var pairs = try TwoLeadECGBeats(start: Self.start, period: a.period)
        var columns = pairs
        let expected = pairs.batch(zip(a.values, b.values).map { SIMD2($0, $1) })
        var found: [DetectedBeat] = []
        columns.push(a.values.span, b.values.span) { for i in $0.indices { found.append($0[i]) } }
        columns.finish { for i in $0.indices { found.append($0[i]) } }
        #expect(found == expected && found.count == a.beats.count)
    }

    @Test func `after a gap beats go on, and no interval spans it`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 15)
        let half = 30 * 250
        var chain = Chain(
            try ECGBeats(start: Self.start, period: signal.period), BeatIntervals())
        var detector = chain.first
        var beats: [DetectedBeat] = []
        var intervals: [Timed<Double>] = []
        let keep: (Span<DetectedBeat>) -> Void = { for i in $0.indices { beats.append($0[i]) } }
        let add: (Span<Timed<Double>>) -> Void = { for i in $0.indices { intervals.append($0[i]) } }
        let resumed = Self.start.advanced(bySeconds: 100)
        detector.push(signal.values.span.extracting(..<half), emit: keep)
        // A watermark that says nothing new.
        detector.skip(to: Self.start.advanced(bySeconds: 30), emit: keep)
        detector.skip(to: resumed, emit: keep)
        detector.push(signal.values.span.extracting(half...), emit: keep)
        detector.finish(emit: keep)
        let truth = signal.beats.map { $0 < 30 ? $0 : $0 + 70 }
        let score = BeatScore(
            truth: truth, detected: beats.map { $0.time.seconds(since: Self.start) })
        #expect(score.missed <= 1 && score.extra <= 1, "\(score)")
        chain.push(signal.values.span.extracting(..<half), emit: add)
        chain.skip(to: resumed, emit: add)
        chain.push(signal.values.span.extracting(half...), emit: add)
        chain.finish(emit: add)
        #expect(intervals.count == beats.count - 2)
        #expect(intervals.allSatisfy { (500...1100).contains($0.value) })
    }

    @Test func `a beat of low quality takes its intervals along`() {
        let beats = [0, 800, 1600, 2400, 2400, 3200].enumerated().map {
            DetectedBeat(
                time: Timestamp(milliseconds: Int64($1)), amplitude: 1,
                quality: $0 == 2 ? 0.1 : 0.9)
        }
        var all = BeatIntervals()
        #expect(all.batch(beats).map(\.value) == [800, 800, 800, 800])
        var sound = BeatIntervals(lowestQuality: 0.5)
        #expect(sound.batch(beats).map { $0.time.nanoseconds / 1_000_000 } == [800, 3200])
    }

    // MARK: Odd input

    @Test func `a rate without beats to place is refused`() throws {
        for (hertz, per) in [(1, 1), (50, 1), (1, 60), (100_000, 1)] as [(Int64, Int64)] {
            let period = Period(hertz: hertz, per: per)
            #expect(throws: BeatRefusal.rateOutOfRange) {
                try ECGBeats(start: Self.start, period: period)
            }
            #expect(throws: BeatRefusal.rateOutOfRange) {
                try TwoLeadECGBeats(start: Self.start, period: period)
            }
            #expect(throws: BeatRefusal.rateOutOfRange) {
                try PanTompkins(start: Self.start, period: period)
            }
        }
        #expect(throws: BeatRefusal.rateOutOfRange) {
            try PPGBeats(start: Self.start, period: Period(hertz: 10))
        }
    }

    @Test func `empty, constant and mad signals give no trap and no constant beats`() throws {
        let period = Period(hertz: 125)
        var random = SeededRandom(seed: 16)
        let odd: [Float] = [.nan, .infinity, -.infinity, 3e38, -3e38, 0, 1e-38]
        let mad = (0..<5000).map { _ in odd.randomElement(using: &random) ?? 0 }
        for values in [[], [1], Array(repeating: Float(7), count: 5000), mad] {
            var ecg = try ECGBeats(start: Self.start, period: period)
            var both = try TwoLeadECGBeats(start: Self.start, period: period)
            var wave = try PPGBeats(start: Self.start, period: period)
            var baseline = try PanTompkins(start: Self.start, period: period)
            let found =
                ecg.batch(values) + both.batch(values.map { SIMD2($0, $0) })
                + wave.batch(values) + baseline.batch(values)
            if values != mad { #expect(found.isEmpty) }
        }
        for edge in [Timestamp.distantPast, .distantFuture] {
            let signal = WaveformSignal.ecg(rate: 125, seconds: 20, seed: 17)
            var ecg = try ECGBeats(start: edge, period: signal.period)
            _ = ecg.batch(signal.values)
            ecg.skip(to: .distantFuture) { _ in }
            ecg.skip(to: .distantPast) { _ in }
            _ = ecg.batch(signal.values)
        }
    }

    @Test func `a signal that comes back after nonsense is read again`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 18)
        var values = signal.values
        for index in 20 * 250..<21 * 250 { values[index] = .nan }
        values[25 * 250] = 3e5
        var detector = try ECGBeats(start: Self.start, period: signal.period)
        let late = detector.batch(values).map { $0.time.seconds(since: Self.start) }
            .filter { $0 > 40 }
        let score = BeatScore(truth: signal.beats.filter { $0 > 40 }, detected: late)
        #expect(score.missed <= 1 && score.extra <= 1, "\(score)")
    }
}

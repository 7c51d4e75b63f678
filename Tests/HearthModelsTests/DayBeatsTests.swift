// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthDSP
import HearthTestSupport
import Testing

@testable import HearthModels

/// Which intervals a day is scored from, and what the report says of them.
@Suite struct DayBeatsTests {
    private static let day = LocalDate(dayNumber: 20_000)

    /// Beats of a breathing heart from 23:30 for so many minutes.
    private static func beats(
        _ builder: DayBuilder, minutes: Double, from minute: Int = -30, seed: UInt64,
        quality: Float = 0.95
    ) -> [DetectedBeat] {
        var random = SeededRandom(seed: seed)
        var time = Timestamp(nanoseconds: builder.instant(day, minute: minute))
        let end = time.advanced(byNanoseconds: Int64(minutes * 60e9))
        var found: [DetectedBeat] = []
        while time < end {
            found.append(DetectedBeat(time: time, amplitude: 1, quality: quality))
            let breath = sine(Double(found.count) * 1.3) * 30
            let interval = 950 + breath + Double.random(in: -20...20, using: &random)
            time = time.advanced(byNanoseconds: Int64(interval * 1e6))
        }
        return found
    }

    private static func sine(_ x: Double) -> Double {
        let turn = x.truncatingRemainder(dividingBy: 6.283185307179586) - 3.141592653589793
        return 4 * turn / 3.141592653589793 * (1 - abs(turn) / 3.141592653589793)
    }

    private static func waveform(
        _ beats: [DetectedBeat], _ signal: WaveformBeats.Signal, device: UInt64, _ label: String
    ) -> DayBeats {
        let quantity: Quantity = signal == .ecg ? .ecg : .ppg
        var one = DayBeats(
            stream: DayBuilder.stream(quantity, device: device, file: .edf), deviceLabel: label,
            vendor: "", found: WaveformBeats(signal))
        one.beats = beats
        one.samples = beats.count * 200
        if let first = beats.first, let last = beats.last {
            one.recorded = [TimeSpan(start: first.time, end: last.time)]
        }
        return one
    }

    private static func recorded(_ builder: inout DayBuilder, _ beats: [DetectedBeat]) {
        var toIntervals = BeatIntervals()
        let intervals = toIntervals.batch(beats)
        builder.series.append(
            InputSeries(
                stream: DayBuilder.stream(.rrInterval, device: 9), deviceLabel: "Strap",
                vendor: "Test", times: intervals.map(\.time.nanoseconds),
                columns: [intervals.map { Float($0.value) }]))
    }

    private static func plain() -> DayBuilder {
        var builder = DayBuilder()
        builder.addPlainDay(day, seed: 1)
        return builder
    }

    @Test func `an ECG's beats are scored as recorded intervals are`() throws {
        var builder = Self.plain()
        let beats = Self.beats(builder, minutes: 400, seed: 2)
        var input = builder.input(Self.day)
        input.beats = [Self.waveform(beats, .ecg, device: 5, "Recorder lead II")]
        let found = DayScorer.features(input)
        Self.recorded(&builder, beats)
        let expected = builder.features(Self.day)
        for id in ["rmssd", "ln-rmssd", "sdnn", "beats-removed", "irregular-rhythm-burden"] {
            let (one, other) = (found.metric(id), expected.metric(id))
            #expect(one?.value != nil && one?.value == other?.value, "\(id)")
            #expect(one?.sources == ["beats found in the ECG of Recorder lead II"])
            #expect(other?.sources == ["Strap"])
        }
        let reason = try #require(found.metric("rmssd")?.confidence?.reason)
        #expect(reason.contains("Signal quality 95 of 100, ECG in "), "\(reason)")
        let limits = try #require(found.heartRhythm?.limits.first)
        #expect(limits.contains("beats found in the ECG of Recorder lead II"), "\(limits)")
        #expect(
            found.dataQuality.sources.contains {
                $0.quantity == "ecg" && $0.device == "Recorder lead II" && $0.used
            })
    }

    @Test func `recorded intervals win where they cover, an ECG over a pulse wave`() {
        var builder = Self.plain()
        let beats = Self.beats(builder, minutes: 400, seed: 3)
        let short = Self.beats(builder, minutes: 100, seed: 3)
        let ecg = Self.waveform(beats, .ecg, device: 5, "Recorder")
        let pulse = Self.waveform(beats, .ppg, device: 6, "Watch")
        func source(_ waveforms: [DayBeats]) -> [String]? {
            var input = builder.input(Self.day)
            input.beats = waveforms
            let features = DayScorer.features(input)
            return (features.metric("rmssd") ?? features.metric("pulse-rmssd"))?.sources
        }
        let ofECG = ["beats found in the ECG of Recorder"]
        let ofPulse = ["pulses found in the PPG of Watch"]
        #expect(source([pulse, ecg]) == ofECG)
        #expect(source([pulse]) == ofPulse)
        // A short ECG does not displace a night of pulses.
        #expect(source([pulse, Self.waveform(short, .ecg, device: 5, "Recorder")]) == ofPulse)
        Self.recorded(&builder, short)
        #expect(source([ecg]) == ofECG)
        Self.recorded(&builder, beats)
        #expect(source([ecg, pulse]) == ["Strap"])
    }

    @Test func `pulses have numbers of their own, trusted little, and no breath`() throws {
        let builder = Self.plain()
        var input = builder.input(Self.day)
        input.series.removeAll { $0.stream.quantity == .respiratoryRate }
        let beats = Self.beats(builder, minutes: 400, seed: 4)
        input.beats = [Self.waveform(beats, .ppg, device: 6, "Watch")]
        let features = DayScorer.features(input)
        #expect(features.metric("rmssd") == nil && features.metric("ln-rmssd") == nil)
        #expect(features.metric("respiratory-rate-from-rr") == nil)
        let metric = try #require(features.metric("pulse-rmssd"))
        #expect(metric.value != nil && metric.confidence?.level == .low)
        #expect(metric.label.hasPrefix("pulse rate variability"))
        #expect(features.metric("irregular-rhythm-burden")?.confidence?.level == .low)
        #expect(features.heartRhythm?.limits.first?.contains("has not been measured") == true)
        // Neither the verdict nor readiness looks at them.
        let summary = SummaryComposer.summary(of: Self.day, person: "me", features: [features])
        #expect(summary.vitals.contains { $0.id == "pulse-ln-rmssd" })
        #expect(!VerdictRule.families.joined().contains(.pulseLogRMSSD))
    }

    @Test func `poor beats have no intervals, and a poor signal is trusted little`() {
        let builder = Self.plain()
        func features(_ quality: Float) -> DayFeatures {
            var input = builder.input(Self.day)
            let beats = Self.beats(builder, minutes: 400, seed: 5, quality: quality)
            input.beats = [Self.waveform(beats, .ecg, device: 5, "Recorder")]
            return DayScorer.features(input)
        }
        #expect(features(0.2).metric("rmssd")?.value == nil)
        #expect(features(0.5).metric("rmssd")?.confidence?.level == .low)
        #expect(features(0.9).metric("rmssd")?.confidence?.level == .high)
    }

    @Test func `a waveform that is too slow is named`() {
        let builder = Self.plain()
        var input = builder.input(Self.day)
        var slow = Self.waveform([], .ecg, device: 5, "Recorder")
        slow.samples = 1000
        slow.unusable = 1000
        input.beats = [slow]
        let quality = DayScorer.features(input).dataQuality
        #expect(quality.hints.contains { $0.contains("too few samples a second") })
        #expect(quality.sources.contains { $0.quantity == "ecg" && !$0.used })
    }
}

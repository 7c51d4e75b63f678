// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
import HearthDSP

/// The beats found in one device's ECG or pulse wave in a day's window.
public struct DayBeats: Sendable {
    /// Of the waveform.
    public var stream: StreamID
    public var deviceLabel: String
    public var vendor: String
    public var signal: WaveformBeats.Signal
    public var samples: Int
    /// Samples at a rate at which no beat can be found.
    public var unusable: Int
    /// Ascending.
    public var beats: [DetectedBeat]
    /// When the waveform was recorded; ascending.
    public var recorded: [TimeSpan]

    /// Beats below have no intervals; a choice of this project (docs/models/ecg-beats.md).
    public static let lowestQuality: Float = 0.3

    public init(
        stream: StreamID, deviceLabel: String, vendor: String, found: WaveformBeats
    ) {
        self.stream = stream
        self.deviceLabel = deviceLabel
        self.vendor = vendor
        signal = found.signal
        samples = found.samples
        unusable = found.unusable
        beats = found.beats
        recorded = found.recorded
    }

    /// The intervals between its beats, as a device would have recorded them.
    func series(in window: TimeSpan) -> Series {
        var toIntervals = BeatIntervals(lowestQuality: Self.lowestQuality)
        let samples = toIntervals.batch(beats).filter { window.contains($0.time) }.map {
            SeriesSample(time: $0.time.nanoseconds, duration: 0, value: Float($0.value))
        }
        return Series(
            id: stream, label: deviceLabel, vendor: vendor, window: window, samples: samples)
    }

    /// Mean quality of the beats of a span; `nil` without any.
    func quality(in span: TimeSpan) -> Double? {
        var sum = 0.0
        var count = 0
        for beat in beats where span.contains(beat.time) {
            sum += Double(beat.quality)
            count += 1
        }
        return count == 0 ? nil : sum / Double(count)
    }

    /// Share of a span in which the waveform was recorded.
    func recordedShare(of span: TimeSpan) -> Double {
        guard !span.isEmpty else { return 0 }
        return min(1, recorded.reduce(0) { $0 + $1.intersection(span).minutes } / span.minutes)
    }

    /// What a reader is told where nothing can be found in it.
    var refusal: String? {
        guard samples > 0, 2 * unusable > samples else { return nil }
        let name = signal == .ecg ? "ECG" : "pulse wave"
        return "The \(name) of \(deviceLabel) has too few samples a second to find beats in it."
    }
}

/// Where the intervals between beats of a span come from: one stream, never a mixture.
struct IntervalSource {
    enum Kind: Int {
        /// The device gave intervals.
        case recorded
        case ecg
        /// Intervals between pulses, not between beats of the heart.
        case pulse
    }

    var kind: Kind
    var series: Series
    /// What the report names as source.
    var label: String
    /// Of what was found in a waveform: how far it can be trusted, in words.
    var note: String?
    var quality: Double?

    /// Mean quality below which nothing from it is trusted much.
    static let poorQuality = 0.6
}

extension DayContext {
    /// The intervals used in `span`, noted as used: recorded ones before those of an ECG before those
    /// of a pulse wave, if they cover at least four fifths of what the best of them covers.
    mutating func intervals(in span: TimeSpan) -> IntervalSource? {
        var found: [(source: IntervalSource, covered: Double)] = []
        func add(_ kind: IntervalSource.Kind, _ all: [Series], _ quantity: Quantity) {
            guard let best = SourceResolution.ranked(all, quantity, in: span).first else { return }
            found.append(
                (source(kind, best, in: span), SourceResolution.coveredMinutes(best, in: span)))
        }
        add(.recorded, series, .rrInterval)
        add(.ecg, beatSeries, .ecg)
        add(.pulse, beatSeries, .ppg)
        let close = (found.map(\.covered).max() ?? 0) * SourceResolution.closeCoverage
        guard let chosen = found.first(where: { $0.covered >= close })?.source else { return nil }
        note(used: [chosen.series.id])
        return chosen
    }

    private func source(
        _ kind: IntervalSource.Kind, _ series: Series, in span: TimeSpan
    ) -> IntervalSource {
        var source = IntervalSource(kind: kind, series: series, label: series.label)
        guard kind != .recorded, let one = beats.first(where: { $0.stream == series.id }) else {
            return source
        }
        let name = kind == .ecg ? "ECG" : "PPG"
        let what = kind == .ecg ? "beats" : "pulses"
        source.label = "\(what) found in the \(name) of \(series.label)"
        let quality = one.quality(in: span)
        source.quality = quality
        let shown = quality.map { Int((100 * $0).rounded()) } ?? 0
        let share = Int((100 * one.recordedShare(of: span)).rounded())
        source.note = "Signal quality \(shown) of 100, \(name) in \(share) % of the time."
        return source
    }
}

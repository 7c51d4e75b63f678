// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A heartbeat found in a waveform.
public struct DetectedBeat: Codable, Sendable, Hashable {
    /// R peak of an ECG, systolic peak of a pulse wave; between samples by a parabola.
    public var time: Timestamp
    /// The peak above its surroundings, in the unit of the signal; negative if it points down.
    public var amplitude: Float
    /// 0 (no trust) to 1: how far the beat stands out, whether a plain threshold agrees, and whether
    /// the signal was flat or clipped.
    public var quality: Float

    public init(time: Timestamp, amplitude: Float, quality: Float) {
        self.time = time
        self.amplitude = amplitude
        self.quality = quality
    }
}

/// Why a waveform has no beats to find.
public enum BeatRefusal: Error, Sendable, Hashable {
    /// Too few samples a second to place a beat, or more than any recorder takes.
    case rateOutOfRange
}

/// Beats into intervals: time is the beat that ends the interval, value its length in milliseconds.
///
/// Intervals beyond a gap are left out, and so are those with a beat of low quality at either end.
public struct BeatIntervals: StreamOperator {
    public typealias Input = DetectedBeat
    public typealias Output = Timed<Double>

    /// A silence above this is no interval.
    public static let longestMilliseconds = 5000.0

    /// Beats below are left out with both their intervals.
    public let lowestQuality: Float
    private var last: DetectedBeat?

    public init(lowestQuality: Float = 0) { self.lowestQuality = lowestQuality }

    public mutating func push(_ input: Span<DetectedBeat>, emit: (Span<Timed<Double>>) -> Void) {
        var output: [Timed<Double>] = []
        for index in input.indices {
            let beat = input[index]
            let before = last
            if let before, beat.time <= before.time { continue }
            last = beat
            guard let before, beat.quality >= lowestQuality, before.quality >= lowestQuality else {
                continue
            }
            let interval = Double(beat.time.nanoseconds(since: before.time)) / 1e6
            if interval <= Self.longestMilliseconds { output.append(Timed(beat.time, interval)) }
        }
        if !output.isEmpty { emit(output.span) }
    }

    /// No interval spans a gap.
    public mutating func skip(to time: Timestamp, emit: (Span<Timed<Double>>) -> Void) {
        if let before = last, time > before.time { last = nil }
    }

    public mutating func finish(emit: (Span<Timed<Double>>) -> Void) { last = nil }
}

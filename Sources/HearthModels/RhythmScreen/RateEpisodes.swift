// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals
public import HearthDSP

/// A heart rate and whether the person was still.
public struct RateAtRest: Codable, Sendable, Hashable {
    /// Beats a minute.
    public var rate: Double
    /// No step in the minutes before, or asleep.
    public var isAtRest: Bool

    public init(rate: Double, isAtRest: Bool) {
        self.rate = rate
        self.isAtRest = isAtRest
    }
}

/// A stretch at rest with a heart rate beyond a limit.
public struct RateEpisode: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable { case high, low }

    public var kind: Kind
    public var start: Timestamp
    public var end: Timestamp
    /// Highest rate of a high episode, lowest of a low one, beats a minute.
    public var extreme: Double

    public var minutes: Double { end.seconds(since: start) / 60 }
}

/// What is a high and a low heart rate at rest, and how long it must last.
public struct RateLimits: Codable, Sendable, Hashable {
    /// Beats a minute.
    public var high: Double
    public var low: Double
    /// Seconds from the first to the last sample beyond the limit.
    public var seconds: Double

    /// Above 120 or below 40 a minute for ten minutes: a choice of this project, as common on
    /// wearables; settable.
    public init(high: Double = 120, low: Double = 40, seconds: Double = 600) {
        self.high = high
        self.low = low
        self.seconds = seconds
    }
}

/// High and low heart rate while still.
///
/// Shape: one output an episode, when it has ended. Samples with activity, within the limits, or more
/// than two minutes after the one before end an episode. Values that are not finite or outside
/// 20...300 a minute, and samples earlier than the one before, are left out.
///
/// - Source: definition of this project; the limits are settings.
public struct RateEpisodes: StreamOperator {
    public typealias Input = Timed<RateAtRest>
    public typealias Output = RateEpisode

    public static let model = "rate-episodes/1"
    static let plausible = 20.0...300.0
    /// Longer silence ends an episode.
    static let gapNanoseconds: Int64 = 120_000_000_000

    public let limits: RateLimits
    private var open: RateEpisode?
    private var last: Timestamp?

    public init(limits: RateLimits = RateLimits()) { self.limits = limits }

    public mutating func push(
        _ input: Span<Timed<RateAtRest>>, emit: (Span<RateEpisode>) -> Void
    ) {
        var output: [RateEpisode] = []
        for index in input.indices {
            let sample = input[index]
            guard Self.plausible.contains(sample.value.rate) else { continue }
            if let last, sample.time < last { continue }
            if let last, sample.time.nanoseconds(since: last) > Self.gapNanoseconds {
                close(into: &output)
            }
            last = sample.time
            take(sample, into: &output)
        }
        if !output.isEmpty { emit(output.span) }
    }

    public mutating func skip(to time: Timestamp, emit: (Span<RateEpisode>) -> Void) {
        if let last, time.nanoseconds(since: last) > Self.gapNanoseconds { finish(emit: emit) }
    }

    public mutating func finish(emit: (Span<RateEpisode>) -> Void) {
        var output: [RateEpisode] = []
        close(into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    private func kind(_ sample: RateAtRest) -> RateEpisode.Kind? {
        guard sample.isAtRest else { return nil }
        return sample.rate > limits.high ? .high : (sample.rate < limits.low ? .low : nil)
    }

    private mutating func take(_ sample: Timed<RateAtRest>, into output: inout [RateEpisode]) {
        let kind = kind(sample.value)
        if open?.kind != kind { close(into: &output) }
        guard let kind else { return }
        let rate = sample.value.rate
        guard var episode = open else {
            open = RateEpisode(kind: kind, start: sample.time, end: sample.time, extreme: rate)
            return
        }
        episode.end = sample.time
        episode.extreme =
            kind == .high ? max(episode.extreme, rate) : min(episode.extreme, rate)
        open = episode
    }

    private mutating func close(into output: inout [RateEpisode]) {
        if let done = open, done.end.seconds(since: done.start) >= limits.seconds {
            output.append(done)
        }
        open = nil
    }
}

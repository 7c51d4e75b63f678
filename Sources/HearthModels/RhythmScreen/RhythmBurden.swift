// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What the screen says of a beat's surroundings.
public enum RhythmState: String, Codable, Sendable, Hashable {
    /// The pattern of intervals is as irregular as in atrial fibrillation.
    case irregular
    case notIrregular = "not-irregular"
    /// The intervals allow no answer.
    case inconclusive
}

/// Why there is no answer.
public enum InconclusiveReason: String, Codable, Sendable, Hashable, CaseIterable {
    /// Too few beats in a row without a gap.
    case tooFewBeats = "too-few-beats"
    /// Too many intervals that cannot lie between two beats.
    case artefacts
    /// Too many early beats to tell the rhythm between them.
    case ectopy
}

/// A beat and the state of the rhythm around it.
public struct RhythmBeat: Codable, Sendable, Hashable {
    public var time: Timestamp
    /// Milliseconds, as it came.
    public var interval: Double
    public var state: RhythmState
    /// Only with ``RhythmState/inconclusive``.
    public var reason: InconclusiveReason?

    public init(
        time: Timestamp, interval: Double, state: RhythmState, reason: InconclusiveReason? = nil
    ) {
        self.time = time
        self.interval = interval
        self.state = state
        self.reason = reason
    }
}

/// A stretch in which the pattern of intervals was irregular.
public struct RhythmEpisode: Codable, Sendable, Hashable {
    public var start: Timestamp
    public var end: Timestamp
    /// Mean heart rate, beats a minute.
    public var rate: Double

    public init(start: Timestamp, end: Timestamp, rate: Double) {
        self.start = start
        self.end = end
        self.rate = rate
    }

    public var minutes: Double { end.seconds(since: start) / 60 }
}

/// How long the rhythm was irregular, out of the time that could be judged.
///
/// Unit: seconds of intervals. The start of an episode is that of its first beat, which the screen
/// tells only later.
public struct RhythmBurden: Codable, Sendable, Hashable {
    /// Shorter stretches are not episodes and count as not irregular, as by convention.
    public static let episodeSeconds = 30.0
    /// A silence of more than this ends an episode.
    static let gapSeconds = 30.0

    /// Time with an answer.
    public private(set) var analysedSeconds = 0.0
    /// In episodes.
    public private(set) var irregularSeconds = 0.0
    public private(set) var inconclusiveSeconds = 0.0
    /// Beats without an answer, one number for each of ``InconclusiveReason``, in its order.
    public private(set) var inconclusiveBeats = InconclusiveReason.allCases.map { _ in 0 }
    /// Ascending, without overlap.
    public private(set) var episodes: [RhythmEpisode] = []

    /// Share of the analysed time in episodes, 0...1; `nil` without analysed time.
    public var burden: Double? {
        analysedSeconds > 0 ? irregularSeconds / analysedSeconds : nil
    }

    /// Share of all time with beats that has no answer, 0...1; `nil` without beats.
    public var inconclusiveShare: Double? {
        let all = analysedSeconds + inconclusiveSeconds
        return all > 0 ? inconclusiveSeconds / all : nil
    }

    public var longest: RhythmEpisode? {
        episodes.max { $0.end.nanoseconds(since: $0.start) < $1.end.nanoseconds(since: $1.start) }
    }

    /// - Parameter beats: what ``RhythmScreen`` emitted, in order.
    public init(_ beats: [RhythmBeat]) {
        var open: (start: Timestamp, end: Timestamp, seconds: Double, beats: Int)?
        for beat in beats {
            let isSound = PrematureBeats.plausibleMilliseconds.contains(beat.interval)
            let seconds = isSound ? beat.interval / 1000 : 0
            if let present = open,
                beat.state != .irregular || beat.time < present.end
                    || beat.time.seconds(since: present.end) > Self.gapSeconds
            {
                close(present)
                open = nil
            }
            switch beat.state {
            case .inconclusive:
                inconclusiveSeconds += seconds
                if let reason = beat.reason,
                    let place = InconclusiveReason.allCases.firstIndex(of: reason)
                {
                    inconclusiveBeats[place] += 1
                }
                continue
            case .notIrregular: analysedSeconds += seconds
            case .irregular:
                analysedSeconds += seconds
                let begin = beat.time.advanced(byNanoseconds: -Int64(seconds * 1e9))
                let before = open ?? (begin, begin, 0, 0)
                open = (before.start, beat.time, before.seconds + seconds, before.beats + 1)
            }
        }
        if let open { close(open) }
    }

    private mutating func close(
        _ run: (start: Timestamp, end: Timestamp, seconds: Double, beats: Int)
    ) {
        guard run.seconds >= Self.episodeSeconds else { return }
        irregularSeconds += run.seconds
        episodes.append(
            RhythmEpisode(
                start: run.start, end: run.end, rate: 60 * Double(run.beats) / run.seconds))
    }
}

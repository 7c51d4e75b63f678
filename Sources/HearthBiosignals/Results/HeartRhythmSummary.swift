// SPDX-License-Identifier: Apache-2.0

/// What the intervals between beats, and the heart rate at rest, say of one day.
///
/// States of a pattern, never a diagnosis.
public struct HeartRhythmSummary: Sendable, Codable, Hashable {
    /// A stretch of the day that stood out.
    public struct Episode: Sendable, Codable, Hashable {
        public enum Kind: String, Sendable, Codable, CaseIterable {
            /// The pattern of intervals was irregular.
            case irregular
            /// The heart rate at rest was above the limit.
            case highRate = "high-rate"
            /// The heart rate at rest was below the limit.
            case lowRate = "low-rate"
        }

        public var kind: Kind
        public var start: Timestamp
        public var end: Timestamp
        /// Beats a minute: the mean of an irregular episode, else the one furthest out.
        public var rate: Double
        /// Seconds east of UTC at the start, for showing wall-clock times.
        public var offsetSeconds: Int32

        public init(
            kind: Kind, start: Timestamp, end: Timestamp, rate: Double, offsetSeconds: Int32
        ) {
            self.kind = kind
            self.start = start
            self.end = end
            self.rate = rate
            self.offsetSeconds = offsetSeconds
        }

        public var minutes: Double { end.seconds(since: start) / 60 }
    }

    /// One sentence; states only.
    public var sentence: String
    /// What the method cannot tell and how often it is wrong, a sentence each.
    public var limits: [String]
    /// Burden, longest episode, time judged and not, premature beats; each says why if missing.
    public var metrics: [Metric]
    /// In order of time, the longest where there are more than ``mostEpisodes``.
    public var episodes: [Episode]

    public static let mostEpisodes = 100

    public init(
        sentence: String, limits: [String] = [], metrics: [Metric], episodes: [Episode] = []
    ) {
        self.sentence = sentence
        self.limits = limits
        self.metrics = metrics
        self.episodes = episodes
    }
}

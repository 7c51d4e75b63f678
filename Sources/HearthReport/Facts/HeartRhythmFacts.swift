// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The heart-rhythm section in words, the same in every voice.
enum HeartRhythmFacts {
    /// The longest stretches, in order of time.
    static func longest(
        _ rhythm: HeartRhythmSummary, _ count: Int
    ) -> [HeartRhythmSummary.Episode] {
        rhythm.episodes.sorted { ($1.minutes, $0.start) < ($0.minutes, $1.start) }
            .prefix(count).sorted { $0.start < $1.start }
    }

    static func words(_ episode: HeartRhythmSummary.Episode) -> String {
        let from = clock(episode.start, episode)
        let to = clock(episode.end, episode)
        let rate = NumberText.fixed(episode.rate, digits: 0)
        switch episode.kind {
        case .irregular: return "\(from) – \(to) irregular, \(rate)/min on average"
        case .highRate: return "\(from) – \(to) high rate at rest, up to \(rate)/min"
        case .lowRate: return "\(from) – \(to) low rate at rest, down to \(rate)/min"
        }
    }

    static func limits(_ rhythm: HeartRhythmSummary) -> String? {
        rhythm.limits.isEmpty ? nil : rhythm.limits.joined(separator: " ")
    }

    private static func clock(
        _ time: Timestamp, _ episode: HeartRhythmSummary.Episode
    ) -> String {
        let seconds = time.seconds &+ Int64(episode.offsetSeconds)
        let day: Int64 = 86_400
        return WallClock.clock(Int(((seconds % day) + day) % day))
    }
}

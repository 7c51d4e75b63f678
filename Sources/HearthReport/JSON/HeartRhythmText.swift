// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of the heart on a day, for programs.
enum HeartRhythmText {
    static func rhythm(_ rhythm: HeartRhythmSummary) -> JSONText {
        .object([
            "sentence": .text(rhythm.sentence),
            "limits": .list(rhythm.limits.map(JSONText.text)),
            "metrics": .list(rhythm.metrics.map(JSONReport.metric)),
            "episodes": .list(rhythm.episodes.map(episode)),
        ])
    }

    private static func episode(_ episode: HeartRhythmSummary.Episode) -> JSONText {
        .object([
            "kind": .text(episode.kind.rawValue),
            "start": .text(WallClock.iso(episode.start)),
            "end": .text(WallClock.iso(episode.end)),
            "offsetSeconds": .integer(Int(episode.offsetSeconds)),
            "rate": .optional(episode.rate),
        ])
    }
}

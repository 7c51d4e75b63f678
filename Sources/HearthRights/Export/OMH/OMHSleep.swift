// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Stages put together to sleeps: one data point a sleep, as IEEE 1752.1 wants it.
struct OMHSleep {
    struct Stage: Equatable {
        var stage: SleepStage
        var start: Timestamp
        var end: Timestamp
    }

    /// Stages closer together than this belong to one sleep.
    static let longestGap: Int64 = 3600 * 1_000_000_000

    private(set) var stages: [Stage] = []

    /// Takes a stage; hands back the sleep before it if it begins a new one.
    mutating func take(_ stage: Stage) -> [Stage] {
        if let last = stages.last {
            let gap = stage.start.nanoseconds(since: last.end)
            if gap > Self.longestGap || stages.count >= 5000 {
                let done = stages
                stages = [stage]
                return done
            }
        }
        stages.append(stage)
        return []
    }

    /// The stages of a hypnogram, neighbours of one kind as one.
    static func stages(of hypnogram: Hypnogram) -> [Stage] {
        var found: [Stage] = []
        for (index, stage) in hypnogram.stages.enumerated() {
            let start = hypnogram.start.advanced(
                bySeconds: Int64(index) * Int64(hypnogram.epochSeconds))
            let end = start.advanced(bySeconds: Int64(hypnogram.epochSeconds))
            if let last = found.last, last.stage == stage, last.end == start {
                found[found.count - 1].end = end
            } else {
                found.append(Stage(stage: stage, start: start, end: end))
            }
        }
        return found
    }

    /// The body of a sleep-stage summary.
    static func body(_ stages: [Stage], _ point: OMHDataPoint) -> String {
        var minutes: [SleepStage: Int64] = [:]
        var start = stages.first?.start ?? .distantPast
        var end = start
        for one in stages {
            minutes[one.stage, default: 0] += one.end.nanoseconds(since: one.start)
            start = min(start, one.start)
            end = max(end, one.end)
        }
        func length(_ name: String, _ kinds: [SleepStage]) -> String? {
            let total = kinds.reduce(0) { $0 + (minutes[$1] ?? 0) }
            guard total > 0 || name == "total_sleep_time" else { return nil }
            let seconds = ExportText.number(Double(total) / 1e9)
            return OMHDataPoint.unit(name, seconds, "sec")
        }
        let summary = [
            length("total_sleep_time", SleepStage.allCases.filter(\.isSleep)),
            length("light_sleep_duration", [.light]), length("deep_sleep_duration", [.deep]),
            length("rem_sleep_duration", [.rem]), length("awake_duration", [.wake]),
        ].compactMap(\.self).joined(separator: ",")
        let episodes = stages.compactMap { one in
            name(one.stage).map { name in
                "{\"sleep_stage_state\":\"\(name)\","
                    + point.frame(one.start, until: one.end, name: "sleep_stage_time_frame") + "}"
            }
        }.joined(separator: ",")
        return "{\"sleep_stage_summary\":{\(summary)},\"sleep_stage_episodes\":[\(episodes)],"
            + point.frame(start, until: end) + "}"
    }

    /// `nil` for what the schema has no word for: in bed and not scored.
    private static func name(_ stage: SleepStage) -> String? {
        switch stage {
        case .wake: "Awake"
        case .asleep: "Unknown_sleep"
        case .light: "Light_sleep"
        case .deep: "Deep_sleep"
        case .rem: "REM_sleep"
        case .inBed, .unscored: nil
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What really happened on one simulated day.
public struct TrueDay: Sendable, Hashable {
    /// The local date.
    public let date: LocalDate
    /// Unix second of local midnight; the last day ends with the recording.
    public let from: Int64
    /// The end of the day, the first second that is not in it.
    public let to: Int64
    /// Seconds east of UTC when the day ends.
    public let offsetSeconds: Int32
    /// Minutes with the wrist device on.
    public let wornMinutes: Int
    /// Steps that the wrist device counted.
    public let steps: Int
    /// Steps truly taken.
    public let stepsTaken: Int
    /// 0 is well, 1 the height of an illness.
    public let severity: Double
    /// The night that ended on this day.
    public let night: SimulatedNight?
    /// The run that the wrist device recorded.
    public let run: SimulatedRun?
}

/// The truth behind a simulated data set.
public struct SimulationTruth: Sendable {
    /// Names the structure of `truth.json`.
    public static let schemaName = "hearth.simulation-truth/1"
    /// What was asked for.
    public let settings: SimulationSettings
    /// The wall clock.
    public let zone: ZoneTimeline
    /// Every day, the first first.
    public let days: [TrueDay]

    /// Gathers the truth of a wearer.
    public init(_ wearer: SimulatedWearer) {
        settings = wearer.settings
        zone = wearer.zone
        days = (0..<wearer.settings.days).map { day in
            let minutes = wearer.minuteRange(ofDay: day)
            let (from, to) = wearer.bounds(ofDay: day)
            return TrueDay(
                date: wearer.settings.date(day), from: from, to: to,
                offsetSeconds: wearer.offset(at: to - 1),
                wornMinutes: minutes.count { wearer.minutes.isWorn[$0] },
                steps: minutes.reduce(0) { $0 + wearer.minutes.recordedSteps($1) },
                stepsTaken: minutes.reduce(0) { $0 + wearer.minutes.steps[$1] },
                severity: wearer.severity[day], night: wearer.night(day),
                run: wearer.runs.first { $0.day == day })
        }
    }

    /// `truth.json`: one object a day, keys in a fixed order.
    public func json() -> [UInt8] {
        var text = TextBuffer()
        text.line("{\"schema\":\"\(Self.schemaName)\",\"seed\":\(settings.seed),")
        text.line("\"start\":\"\(settings.start)\",\"days\":\(settings.days),")
        let zones = zone.spans.map {
            "{\"start\":\"\(utcText($0.start.seconds))\",\"offset_s\":\($0.offsetSeconds)}"
        }
        text.line("\"zones\":[\(zones.joined(separator: ","))],")
        text.line("\"day\":[")
        for (index, day) in days.enumerated() {
            text.write(Self.json(day))
            text.line(index + 1 < days.count ? "," : "")
        }
        text.line("]}")
        return text.bytes
    }

    private static func json(_ day: TrueDay) -> String {
        var parts = [
            "\"day\":\"\(day.date)\"", "\"from\":\"\(utcText(day.from))\"",
            "\"to\":\"\(utcText(day.to))\"", "\"offset_s\":\(day.offsetSeconds)",
            "\"worn_min\":\(day.wornMinutes)", "\"steps\":\(day.steps)",
            "\"steps_taken\":\(day.stepsTaken)", "\"ill\":\(day.severity > 0)",
            "\"severity\":\(fixed(day.severity, 2))",
        ]
        parts.append("\"run\":" + (day.run.map(json) ?? "null"))
        parts.append("\n \"night\":" + (day.night.map(json) ?? "null"))
        return "{" + parts.joined(separator: ",") + "}"
    }

    private static func json(_ run: SimulatedRun) -> String {
        "{\"start\":\"\(utcText(run.start))\",\"seconds\":\(run.seconds.count),"
            + "\"distance_m\":\(fixed(run.distance, 1)),"
            + "\"mean_heart_rate\":\(fixed(run.meanHeartRate, 2)),\"beats\":\(run.beats.count)}"
    }

    private static func json(_ night: SimulatedNight) -> String {
        let vitals = night.vitals
        let stages = [SleepStage.wake, .light, .deep, .rem].map {
            "\"\($0.name)\":\(night.minutes(of: $0))"
        }
        return "{\"recorded\":\(night.isRecorded),\"bed\":\"\(utcText(night.bed))\","
            + "\"asleep\":\"\(utcText(night.asleep))\",\"wake\":\"\(utcText(night.wake))\","
            + "\"rise\":\"\(utcText(night.rise))\",\"tst_min\":\(night.totalSleepMinutes),"
            + "\"stage_min\":{\(stages.joined(separator: ","))},"
            + "\"resting_heart_rate\":\(fixed(vitals.restingHeartRate, 2)),"
            + "\"mean_heart_rate\":\(fixed(vitals.meanHeartRate, 2)),"
            + "\"rmssd_ms\":\(fixed(vitals.meanRMSSD, 2)),"
            + "\"respiratory_rate\":\(fixed(vitals.meanRespiratoryRate, 2)),"
            + "\"spo2_percent\":\(fixed(vitals.meanOxygenSaturation, 2)),"
            + "\"skin_temperature_deviation\":\(fixed(vitals.skinTemperatureDeviation, 2)),"
            + "\n  \"hypnogram_min\":\"\(runLengths(night.stages))\"}"
    }

    /// Minutes from lights out on, such as `W12 L9 D31`.
    private static func runLengths(_ stages: [SleepStage]) -> String {
        var parts: [(letter: String, count: Int)] = []
        for stage in stages {
            let letter = stage.name.prefix(1).uppercased()
            if parts.last?.letter == letter {
                parts[parts.count - 1].count += 1
            } else {
                parts.append((letter, 1))
            }
        }
        return parts.map { "\($0.letter)\($0.count)" }.joined(separator: " ")
    }
}

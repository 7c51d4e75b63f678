// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension TakeoutExport {
    /// Minutes in a row of one stage.
    private struct Segment {
        let stage: SleepStage
        let minute: Int
        var minutes: Int
    }

    /// Wakes up to this long stand in `shortData`, over the stage that `data` goes on with.
    private static let shortWakeMinutes = 3
    private static let band = "Simulated Band"

    func sleep() -> TextBuffer {
        var text = TextBuffer()
        text.line("[")
        let nights = nights
        for (index, night) in nights.enumerated() {
            text.write(log(night))
            text.line(index + 1 < nights.count ? "," : "")
        }
        text.line("]")
        return text
    }

    private func log(_ night: SimulatedNight) -> String {
        let all = segments(night.stages)
        let long = segments(withoutShortWakes(night.stages, all))
        let short = all.filter(isShortWake)
        let asleep = night.totalSleepMinutes
        let bed = night.stages.count
        let after = Int(night.rise - night.wake) / 60
        func rows(_ segments: [Segment]) -> String {
            segments.map { segment in
                "{\"dateTime\":\"\(localText(night.bed + Int64(segment.minute) * 60)).000\","
                    + "\"level\":\"\(name(segment.stage))\",\"seconds\":\(segment.minutes * 60)}"
            }.joined(separator: ",\n   ")
        }
        let summary = [SleepStage.deep, .wake, .light, .rem].map { stage in
            "\"\(name(stage))\":{\"count\":\(all.count { $0.stage == stage }),"
                + "\"minutes\":\(night.minutes(of: stage)),\"thirtyDayAvgMinutes\":0}"
        }.joined(separator: ",")
        return "{\"logId\":\(logID(night)),\"dateOfSleep\":\"\(date(night.day))\","
            + "\"startTime\":\"\(localText(night.bed)).000\","
            + "\"endTime\":\"\(localText(night.rise)).000\",\"duration\":\(bed * 60_000),"
            + "\"minutesToFallAsleep\":0,\"minutesAsleep\":\(asleep),"
            + "\"minutesAwake\":\(bed - asleep),\"minutesAfterWakeup\":\(after),"
            + "\"timeInBed\":\(bed),\"efficiency\":\(asleep * 100 / bed),\"type\":\"stages\","
            + "\"infoCode\":0,\"logType\":\"auto_detected\",\n \"levels\":{\"summary\":{\(summary)},\n"
            + "  \"data\":[\(rows(long))],\n  \"shortData\":[\(rows(short))]},\"mainSleep\":true}"
    }

    private func segments(_ stages: [SleepStage]) -> [Segment] {
        var found: [Segment] = []
        for (minute, stage) in stages.enumerated() {
            if found.last?.stage == stage {
                found[found.count - 1].minutes += 1
            } else {
                found.append(Segment(stage: stage, minute: minute, minutes: 1))
            }
        }
        return found
    }

    private func isShortWake(_ segment: Segment) -> Bool {
        segment.stage == .wake && segment.minutes <= Self.shortWakeMinutes && segment.minute > 0
    }

    /// The stages with each short wake painted over by what came before it.
    private func withoutShortWakes(
        _ stages: [SleepStage], _ segments: [Segment]
    ) -> [SleepStage] {
        var painted = stages
        for segment in segments where isShortWake(segment) {
            for minute in segment.minute..<segment.minute + segment.minutes {
                painted[minute] = painted[segment.minute - 1]
            }
        }
        return painted
    }

    private func name(_ stage: SleepStage) -> String {
        switch stage {
        case .light: "light"
        case .deep: "deep"
        case .rem: "rem"
        default: "wake"
        }
    }

    private func logID(_ night: SimulatedNight) -> Int { 40_000_000_000 + night.day }
    /// Nineteen digits, and not the log's number.
    private func sleepID(_ night: SimulatedNight) -> String {
        "7000000000000" + padded(Int64(night.day), 6)
    }

    /// `+01:00`
    private func offsetText(_ second: Int64) -> String {
        let minutes = Int64(wearer.offset(at: second)) / 60
        return (minutes < 0 ? "-" : "+") + padded(Int64(minutes.magnitude) / 60, 2) + ":"
            + padded(Int64(minutes.magnitude) % 60, 2)
    }

    /// `yyyy-MM-dd HH:mm:ss+0000`
    private func utcColumn(_ second: Int64) -> String {
        let clock = ClockReading(second)
        return "\(clock.date) \(clock.time)+0000"
    }

    func userSleeps() -> TextBuffer {
        var text = TextBuffer()
        text.line(
            "sleep_id,sleep_type,minutes_in_sleep_period,minutes_after_wake_up,"
                + "minutes_to_fall_asleep,minutes_asleep,minutes_awake,minutes_longest_awakening,"
                + "minutes_to_persistent_sleep,start_utc_offset,sleep_start,end_utc_offset,"
                + "sleep_end,data_source,sleep_created,sleep_last_updated")
        for night in nights {
            let bed = night.stages.count
            let asleep = night.totalSleepMinutes
            let longest = segments(night.stages).filter { $0.stage == .wake }.map(\.minutes).max()
            let latency = Int(night.asleep - night.bed) / 60
            text.line(
                "\(sleepID(night)),STAGES,\(bed),\(Int(night.rise - night.wake) / 60),\(latency),"
                    + "\(asleep),\(bed - asleep),\(longest ?? 0),\(latency),"
                    + "\(offsetText(night.bed)),\(utcColumn(night.bed)),\(offsetText(night.rise)),"
                    + "\(utcColumn(night.rise)),\(Self.band),\(utcColumn(night.rise + 900)),"
                    + utcColumn(night.rise + 900))
        }
        return text
    }

    func userSleepStages() -> TextBuffer {
        var text = TextBuffer()
        text.line(
            "sleep_id,sleep_stage_id,sleep_stage_type,start_utc_offset,sleep_stage_start,"
                + "end_utc_offset,sleep_stage_end,data_source,sleep_stage_created,"
                + "sleep_stage_last_updated")
        for night in nights {
            for (index, segment) in segments(night.stages).enumerated() {
                let start = night.bed + Int64(segment.minute) * 60
                let end = start + Int64(segment.minutes) * 60
                let type = segment.stage == .wake ? "AWAKE" : name(segment.stage).uppercased()
                text.line(
                    "\(sleepID(night)),\(index + 1),\(type),\(offsetText(start)),"
                        + "\(utcColumn(start)),\(offsetText(end)),\(utcColumn(end)),\(Self.band),"
                        + "\(utcColumn(night.rise + 900)),\(utcColumn(night.rise + 900))")
            }
        }
        return text
    }
}

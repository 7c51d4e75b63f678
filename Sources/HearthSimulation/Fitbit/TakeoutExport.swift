// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A Fitbit folder of Google Takeout, with its second tree that repeats the first.
///
/// Heart rate and steps in the JSON files are in UTC, though nothing says so; sleep, HRV and
/// temperature are in local time without an offset. Only `UserSleeps` tells offsets.
struct TakeoutExport {
    static let root = "Takeout/Fitbit/"
    let wearer: SimulatedWearer
    let days: Range<Int>

    /// Every file of the folder.
    func files() -> [SimulatedFile] {
        var files: [SimulatedFile] = []
        for day in days {
            files.append(file("Global Export Data/heart_rate-\(date(day)).json", heartRate(day)))
            files.append(
                file("Physical Activity_GoogleData/heart_rate_\(date(day)).csv", googleHeart(day)))
            guard let night = worn(day) else { continue }
            files.append(
                file(
                    "Heart Rate Variability/Heart Rate Variability Details - \(date(day)).csv",
                    variability(night)))
            files.append(
                file("Oxygen Saturation (SpO2)/Minute SpO2 - \(date(day)).csv", oxygen(night)))
        }
        let first = date(days.lowerBound)
        files.append(file("Global Export Data/steps-\(first).json", steps()))
        files.append(file("Global Export Data/sleep-\(first).json", sleep()))
        files.append(
            file("Heart Rate Variability/Daily Respiratory Rate Summary - \(first).csv", breath()))
        files.append(file("Temperature/Computed Temperature - \(first).csv", temperature()))
        files.append(
            file("Physical Activity_GoogleData/steps_\(first).csv", googleSteps()))
        files.append(
            file("Health Fitness Data_GoogleData/UserSleeps_\(first).csv", userSleeps()))
        files.append(
            file(
                "Health Fitness Data_GoogleData/UserSleepStages_\(first).csv", userSleepStages()))
        return files
    }

    private func file(_ name: String, _ text: TextBuffer) -> SimulatedFile {
        SimulatedFile(path: Self.root + name, bytes: text.bytes)
    }

    func date(_ day: Int) -> LocalDate { wearer.settings.date(day) }

    /// The night that ends on `day` if the band was worn.
    func worn(_ day: Int) -> SimulatedNight? {
        guard let night = wearer.night(day), night.isRecorded else { return nil }
        return night
    }

    /// The nights of the export.
    var nights: [SimulatedNight] { days.compactMap(worn) }

    func localText(_ second: Int64) -> String {
        ClockReading(second, offset: wearer.offset(at: second)).iso
    }

    /// One reading every two minutes, at an odd second.
    struct Reading {
        let second: Int64
        let rate: Int
        let confidence: Int
    }

    func readings(_ day: Int) -> [Reading] {
        var random = SimulationRandom(seed: wearer.settings.seed, for: "fitbit-heart", day: day)
        return wearer.minuteRange(ofDay: day).compactMap { index in
            let second = wearer.minutes.second(index) + Int64(random.integer(0...59))
            let rate = Int((wearer.minutes.heartRate[index] + random.normal(1)).rounded())
            guard index % 2 == 0, wearer.minutes.isWorn[index] else { return nil }
            let isCalm = wearer.minutes.motion[index] == .still
            return Reading(second: second, rate: rate, confidence: isCalm ? 3 : 2)
        }
    }

    /// `MM/dd/yy HH:mm:ss` in UTC.
    private func shortText(_ second: Int64) -> String {
        let clock = ClockReading(second)
        let (year, month, day) = clock.date.components
        return "\(padded(Int64(month), 2))/\(padded(Int64(day), 2))/\(padded(Int64(year % 100), 2))"
            + " \(clock.time)"
    }

    private func heartRate(_ day: Int) -> TextBuffer {
        list(
            readings(day).map {
                "{\"dateTime\":\"\(shortText($0.second))\",\"value\":{\"bpm\":\($0.rate),"
                    + "\"confidence\":\($0.confidence)}}"
            })
    }

    /// Minutes with steps; values are strings in these files.
    private func steps() -> TextBuffer {
        list(
            stepMinutes().map {
                "{\"dateTime\":\"\(shortText($0.second))\",\"value\":\"\($0.steps)\"}"
            })
    }

    private func stepMinutes() -> [(second: Int64, steps: Int)] {
        days.flatMap { wearer.minuteRange(ofDay: $0) }.compactMap { index in
            let steps = wearer.minutes.recordedSteps(index)
            return steps > 0 ? (wearer.minutes.second(index), steps) : nil
        }
    }

    private func list(_ rows: [String]) -> TextBuffer {
        var text = TextBuffer()
        text.write("[")
        for (index, row) in rows.enumerated() { text.write((index == 0 ? "" : ",\n") + row) }
        text.line("]")
        return text
    }

    private func table(_ header: String, _ rows: [String]) -> TextBuffer {
        var text = TextBuffer()
        text.line(header)
        for row in rows { text.line(row) }
        return text
    }

    private func googleHeart(_ day: Int) -> TextBuffer {
        table(
            "timestamp,beats per minute,data source",
            readings(day).map { "\(utcText($0.second)),\($0.rate),Simulated Band" })
    }

    private func googleSteps() -> TextBuffer {
        table(
            "timestamp,steps,data source",
            stepMinutes().map { "\(utcText($0.second)),\($0.steps),Simulated Band" })
    }

    private func variability(_ night: SimulatedNight) -> TextBuffer {
        table(
            "timestamp,rmssd,coverage,low_frequency,high_frequency",
            night.vitals.rmssd.map { point in
                let power = point.value * point.value
                return "\(localText(point.time)),\(fixed(point.value, 3)),0.96,"
                    + "\(fixed(power * 0.6, 3)),\(fixed(power * 0.45, 3))"
            })
    }

    /// Every five minutes; 50.0 is the format's mark for "no value", in about one row of seven.
    private func oxygen(_ night: SimulatedNight) -> TextBuffer {
        var random = SimulationRandom(
            seed: wearer.settings.seed, for: "fitbit-oxygen", day: night.day)
        let rows = night.vitals.oxygenSaturation.flatMap { point in
            (0..<3).map { third -> String in
                let value = random.chance(0.15) ? 50 : point.value + random.normal(0.4)
                let time = point.time + Int64(third) * 300
                return "\(utcText(time)),\(fixed(min(100, value), 1))"
            }
        }
        return table("timestamp,value", rows)
    }

    private func breath() -> TextBuffer {
        table(
            "timestamp,daily_respiratory_rate",
            nights.map {
                "\(date($0.day))T00:00:00,\(fixed($0.vitals.meanRespiratoryRate, 1))"
            })
    }

    private func temperature() -> TextBuffer {
        table(
            "type,sleep_start,sleep_end,temperature_samples,nightly_temperature,"
                + "baseline_relative_sample_sum,baseline_relative_sample_sum_of_squares,"
                + "baseline_relative_nightly_standard_deviation,"
                + "baseline_relative_sample_standard_deviation",
            nights.map {
                "SKIN,\(localText($0.bed)),\(localText($0.rise)),\($0.stages.count),"
                    + "\(fixed($0.vitals.skinTemperature, 3)),,,,"
            })
    }
}

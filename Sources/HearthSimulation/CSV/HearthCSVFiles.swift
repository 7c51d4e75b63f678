// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Hearth's own CSV: beats of a chest strap in windows of the night, and a thermometer.
struct HearthCSVFiles {
    static let header =
        "time,duration_s,quantity,value,value2,value3,unit,device,vendor,model,origin,derivation,"
        + "quality"
    let wearer: SimulatedWearer
    let days: Range<Int>

    func files() -> [SimulatedFile] {
        [
            SimulatedFile(path: "hearth-csv/chest-strap.csv", bytes: strap().bytes),
            SimulatedFile(path: "hearth-csv/thermometer.csv", bytes: thermometer().bytes),
        ]
    }

    /// Five minutes of beats early and late in each night.
    private func strap() -> TextBuffer {
        var text = TextBuffer()
        text.line(Self.header)
        for day in days {
            guard let night = wearer.night(day) else { continue }
            var random = SimulationRandom(seed: wearer.settings.seed, for: "strap", day: day)
            let points = night.vitals.rmssd
            for share in [0.25, 0.65] {
                let point = points[Int(Double(points.count) * share)]
                let index = wearer.minutes.index(point.time)
                let rate = wearer.minutes.heartRate[index..<index + 5].reduce(0, +) / 5
                let intervals = BeatModel.intervals(
                    seconds: 300, meanHeartRate: rate, rmssd: point.value,
                    respiratoryRate: night.vitals.meanRespiratoryRate, &random)
                write(intervals, from: point.time, &text)
            }
        }
        return text
    }

    private func write(_ intervals: [Int], from start: Int64, _ text: inout TextBuffer) {
        var milliseconds: Int64 = 0
        for interval in intervals {
            milliseconds += Int64(interval)
            let clock = ClockReading(start + milliseconds / 1000)
            text.line(
                "\(clock.iso).\(padded(milliseconds % 1000, 3))Z,,rr-interval,\(interval),,,ms,,"
                    + "Simulated,Chest strap,hearth-csv,measured,0")
        }
    }

    /// The simple form: what is not there has no column.
    private func thermometer() -> TextBuffer {
        var text = TextBuffer()
        text.line("time,quantity,value,unit")
        for day in days {
            guard let night = wearer.night(day) else { continue }
            let value = 36.6 + 1.6 * wearer.severity[day]
            text.line("\(utcText(night.rise + 600)),body-temperature,\(fixed(value, 1)),Cel")
        }
        return text
    }
}

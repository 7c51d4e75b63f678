// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension AppleExport {
    private static let quantity = "HKQuantityTypeIdentifier"

    /// About every ten minutes, every minute of a run.
    mutating func writeHeartRate(_ day: Int) {
        var random = random("heart", day)
        let grid = wearer.minutes
        for index in wearer.minuteRange(ofDay: day) {
            let second = grid.second(index) + Int64(random.integer(0...55))
            let reading = (grid.heartRate[index] + random.normal(0.8)).rounded()
            let isRunning = grid.motion[index] == .running
            guard isRunning || index % 10 == 0, isWorn(index) else { continue }
            let isActive = grid.motion[index].rawValue >= Motion.walking.rawValue
            record(
                Self.quantity + "HeartRate", .watch, unit: "count/min", value: fixed(reading, 0),
                from: second, to: second,
                children: isActive
                    ? [Self.metadata("HKMetadataKeyHeartRateMotionContext", "2")] : [])
        }
    }

    mutating func writeRestingHeartRate(_ day: Int) {
        guard let night = wearer.night(day), night.isRecorded else { return }
        // Apple's value rests on quiet waking time too and lies a little above the night's lowest.
        record(
            Self.quantity + "RestingHeartRate", .watch, unit: "count/min",
            value: fixed(night.vitals.restingHeartRate + 2, 0), from: night.bed, to: night.rise)
    }

    mutating func writeBreathing(_ day: Int) {
        guard let night = wearer.night(day), night.isRecorded else { return }
        for (index, point) in night.vitals.respiratoryRate.enumerated() where index % 4 == 0 {
            record(
                Self.quantity + "RespiratoryRate", .watch, unit: "count/min",
                value: fixed((point.value * 2).rounded() / 2, 1), from: point.time,
                to: point.time + 60)
        }
        for (index, point) in night.vitals.oxygenSaturation.enumerated() where index % 2 == 0 {
            // The unit says %, the value is a fraction.
            record(
                Self.quantity + "OxygenSaturation", .watch, unit: "%",
                value: fixed(point.value.rounded() / 100, 2), from: point.time, to: point.time)
        }
    }

    mutating func writeTemperature(_ day: Int) {
        guard let night = wearer.night(day), night.isRecorded else { return }
        record(
            Self.quantity + "AppleSleepingWristTemperature", .watch, unit: "degC",
            value: fixed(night.vitals.skinTemperature + 0.6, 2), from: night.bed, to: night.rise)
    }

    /// SDNN of a minute, with the beats it was made of, three times in the night.
    mutating func writeVariability(_ day: Int) {
        guard let night = wearer.night(day), night.isRecorded else { return }
        var random = random("variability", day)
        let points = night.vitals.rmssd
        for share in [0.2, 0.5, 0.8] {
            let point = points[Int(Double(points.count) * share)]
            let beats = BeatModel.intervals(
                seconds: 60,
                meanHeartRate: wearer.minutes.heartRate[wearer.minutes.index(point.time)],
                rmssd: point.value, respiratoryRate: night.vitals.meanRespiratoryRate, &random)
            writeVariability(point.time, beats)
        }
    }

    private mutating func writeVariability(_ start: Int64, _ intervals: [Int]) {
        var milliseconds: Int64 = 0
        var children = ["  <HeartRateVariabilityMetadataList>"]
        var rates: [Double] = []
        let offset = wearer.offset(at: start)
        for interval in intervals {
            milliseconds += Int64(interval)
            let rate = (60_000 / Double(interval)).rounded()
            rates.append(rate)
            let clock = ClockReading(start + milliseconds / 1000, offset: offset)
            let fraction = padded(milliseconds % 1000 / 10, 2)
            children.append(
                "   <InstantaneousBeatsPerMinute bpm=\"\(fixed(rate, 0))\" "
                    + "time=\"\(clock.time).\(fraction)\"/>")
        }
        children.append("  </HeartRateVariabilityMetadataList>")
        let apart = rates.map { 60_000 / $0 }
        let mean = apart.reduce(0, +) / Double(apart.count)
        let variance =
            apart.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(apart.count)
        record(
            Self.quantity + "HeartRateVariabilitySDNN", .watch, unit: "ms",
            value: fixed(variance.squareRoot(), 4), from: start,
            to: start + milliseconds / 1000 + 1, children: children)
    }
}

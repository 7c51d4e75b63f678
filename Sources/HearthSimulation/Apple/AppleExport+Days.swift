// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension AppleExport {
    private static let quantity = "HKQuantityTypeIdentifier"
    /// The longest stretch of steps in one record.
    private static let longestStretch = 10

    /// The watch counts every step on the wrist; the phone is in a pocket on walks and misses some.
    mutating func writeSteps(_ day: Int) {
        let grid = wearer.minutes
        for stretch in stretches(day, where: { isWorn($0) && grid.steps[$0] > 0 }) {
            let steps = stretch.reduce(0) { $0 + (isWorn($1) ? grid.steps[$1] : 0) }
            writeSteps(steps, .watch, stretch)
        }
        for stretch in stretches(day, where: { grid.motion[$0] == .walking }) {
            let walked = stretch.filter { grid.motion[$0] == .walking }
            let steps = walked.reduce(0) { $0 + grid.steps[$1] } * 94 / 100
            writeSteps(steps, .phone, stretch)
        }
    }

    private mutating func writeSteps(_ steps: Int, _ source: Source, _ stretch: Range<Int>) {
        record(
            Self.quantity + "StepCount", source, unit: "count", value: "\(steps)",
            from: wearer.minutes.second(stretch.lowerBound),
            to: wearer.minutes.second(stretch.upperBound))
    }

    /// Pieces of at most ten minutes that begin and end with a minute that satisfies `condition`.
    private func stretches(_ day: Int, where condition: (Int) -> Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for index in wearer.minuteRange(ofDay: day) where condition(index) {
            if let last = found.last, index - last.lowerBound < Self.longestStretch {
                found[found.count - 1] = last.lowerBound..<index + 1
            } else {
                found.append(index..<index + 1)
            }
        }
        return found
    }

    /// The phone knows the time in bed, the watch the stages.
    mutating func writeSleep(_ day: Int) {
        guard let night = wearer.night(day) else { return }
        let type = "HKCategoryTypeIdentifierSleepAnalysis"
        let zone = [Self.metadata("HKTimeZone", zoneName(at: night.rise))]
        record(
            type, .phone, unit: nil, value: "HKCategoryValueSleepAnalysisInBed", from: night.bed,
            to: night.rise, created: night.rise + 30, children: zone)
        guard night.isRecorded else { return }
        var start = 0
        for index in 1...night.stages.count {
            let isEnd = index == night.stages.count
            if !isEnd, night.stages[index] == night.stages[start] { continue }
            record(
                type, .watch, unit: nil, value: category(night.stages[start]),
                from: night.bed + Int64(start) * 60, to: night.bed + Int64(index) * 60,
                created: night.rise + 60, children: zone)
            start = index
        }
    }

    private func zoneName(at second: Int64) -> String {
        wearer.offset(at: second) < 0 ? "America/New_York" : "Europe/Berlin"
    }

    private func category(_ stage: SleepStage) -> String {
        let name =
            switch stage {
            case .light: "AsleepCore"
            case .deep: "AsleepDeep"
            case .rem: "AsleepREM"
            default: "Awake"
            }
        return "HKCategoryValueSleepAnalysis" + name
    }

    /// One cuff reading: its two records stand inside the correlation and again beside it.
    mutating func writeBloodPressure() {
        let day = days.lowerBound + days.count / 2
        let time = wearer.zone.instant(
            of: wearer.settings.date(day), secondsOfDay: 9 * 3600 + 600
        ).seconds
        guard time <= exported else { return }
        let readings = [("Systolic", "118"), ("Diastolic", "76")]
        func write(_ indent: String) {
            for (name, value) in readings {
                record(
                    Self.quantity + "BloodPressure" + name, .phone, unit: "mmHg", value: value,
                    from: time, to: time, indent: indent)
            }
        }
        write(" ")
        line(
            " <Correlation type=\"HKCorrelationTypeIdentifierBloodPressure\" "
                + "sourceName=\"\(Source.phone.name)\" sourceVersion=\"\(Source.phone.version)\" "
                + "creationDate=\"\(stamp(time))\" startDate=\"\(stamp(time))\" "
                + "endDate=\"\(stamp(time))\">")
        write("  ")
        line(" </Correlation>")
    }

    mutating func writeWorkout(_ run: SimulatedRun) {
        let minutes = fixed(Double(run.seconds.count) / 60, 2)
        line(
            " <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" "
                + "duration=\"\(minutes)\" durationUnit=\"min\" "
                + "sourceName=\"\(Source.watch.name)\" sourceVersion=\"\(Source.watch.version)\" "
                + "device=\"\(Source.watch.device)\" creationDate=\"\(stamp(run.end + 5))\" "
                + "startDate=\"\(stamp(run.start))\" endDate=\"\(stamp(run.end))\">")
        line(Self.metadata("HKIndoorWorkout", "0"))
        let half = run.start + Int64(run.seconds.count / 2)
        line("  <WorkoutEvent type=\"HKWorkoutEventTypeMarker\" date=\"\(stamp(half))\"/>")
        let bounds = "startDate=\"\(stamp(run.start))\" endDate=\"\(stamp(run.end))\""
        line(
            "  <WorkoutStatistics type=\"\(Self.quantity)HeartRate\" \(bounds) "
                + "average=\"\(fixed(run.meanHeartRate, 2))\" "
                + "minimum=\"\(run.minimumHeartRate)\" maximum=\"\(run.maximumHeartRate)\" "
                + "unit=\"count/min\"/>")
        line(
            "  <WorkoutStatistics type=\"\(Self.quantity)ActiveEnergyBurned\" \(bounds) "
                + "sum=\"\(fixed(run.energy, 0))\" unit=\"kcal\"/>")
        line(
            "  <WorkoutStatistics type=\"\(Self.quantity)DistanceWalkingRunning\" \(bounds) "
                + "sum=\"\(fixed(run.distance / 1000, 4))\" unit=\"km\"/>")
        line(" </Workout>")
    }

    mutating func writeSummary(_ day: Int) {
        let steps = wearer.minuteRange(ofDay: day).reduce(0) {
            $0 + wearer.minutes.recordedSteps($1)
        }
        line(
            " <ActivitySummary dateComponents=\"\(wearer.settings.date(day))\" "
                + "activeEnergyBurned=\"\(fixed(Double(steps) * 0.04, 0))\" "
                + "activeEnergyBurnedGoal=\"400\" activeEnergyBurnedUnit=\"kcal\"/>")
    }
}

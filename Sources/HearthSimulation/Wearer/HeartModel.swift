// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Heart rate by minute from sleep stage, time of day and movement.
struct HeartModel {
    let levels: [BodyLevels]
    let itinerary: Itinerary
    let settings: SimulationSettings

    /// Fills `grid.heartRate`; everything else must be there already.
    func fill(_ grid: inout MinuteGrid, nights: [SimulatedNight], runs: [SimulatedRun]) {
        var random = SimulationRandom(seed: settings.seed, for: "heart")
        var noise = Wander(memory: 0.6, deviation: 0.9)
        var mood = Wander(memory: 0.95, deviation: 3)
        var rate = 66.0
        // What is left of the last effort; halves in about 25 minutes.
        var afterEffort = 0.0
        let sleepParts = nightShape(grid, nights)
        let runParts = runMinutes(grid, runs)
        for index in 0..<grid.count {
            let local = itinerary.zone.localSeconds(at: Timestamp(seconds: grid.second(index)))
            let date = LocalDate(dayNumber: Calendrical.floorDivide(local, 86_400))
            let day = min(max(0, Int(date.dayNumber - settings.start.dayNumber)), levels.count - 1)
            let feeling = mood.step(&random)
            let target: Double
            if let running = runParts[index] {
                rate = running
                afterEffort = min(14, afterEffort + 1)
                grid.heartRate[index] = rate
                continue
            } else if let (night, shape) = sleepParts[index] {
                target = levels[night].heartRate + shape + stageShift(grid.stage[index], &random)
            } else {
                let turn = Double(Calendrical.floorModulo(local, 86_400)) / 86_400
                // Highest in the late afternoon (16:00).
                let circadian = 3 * sine(turns: turn - 0.4167)
                target =
                    levels[day].heartRate + 13 + circadian + feeling
                    + movementShift(grid.motion[index], grid.steps[index])
            }
            rate += (target + afterEffort - rate) * (target > rate ? 0.45 : 0.3)
            afterEffort *= 0.973
            grid.heartRate[index] = max(36, rate + noise.step(&random))
        }
    }

    private func stageShift(_ stage: SleepStage?, _ random: inout SimulationRandom) -> Double {
        let chance = random.normal()
        switch stage {
        case .deep: return -0.6 + 0.3 * chance
        case .rem: return 3 + 1.6 * chance
        case .wake: return 8 + chance
        default: return 0.8 + 0.7 * chance
        }
    }

    private func movementShift(_ motion: Motion, _ steps: Int) -> Double {
        switch motion {
        case .still: 0
        case .pottering: min(13, 3 + 0.25 * Double(steps))
        case .walking, .running: 0.3 * Double(steps)
        }
    }

    /// For each minute in bed: the night and how far the heart is above its lowest point there.
    ///
    /// The rate sinks until five eighths of the night are over and rises a little before waking.
    private func nightShape(
        _ grid: MinuteGrid, _ nights: [SimulatedNight]
    ) -> [Int: (day: Int, shift: Double)] {
        var shape: [Int: (day: Int, shift: Double)] = [:]
        for night in nights {
            let minutes = grid.range(night.bed, night.rise)
            for index in minutes {
                let share = Double(index - minutes.lowerBound) / Double(max(1, minutes.count))
                let before = max(0, 0.625 - share) / 0.625
                let after = max(0, share - 0.625) / 0.375
                shape[index] = (night.day, 6.5 * before * before + 3 * after * after)
            }
        }
        return shape
    }

    private func runMinutes(_ grid: MinuteGrid, _ runs: [SimulatedRun]) -> [Int: Double] {
        var rates: [Int: Double] = [:]
        for run in runs {
            for (minute, index) in grid.range(run.start, run.end).enumerated() {
                rates[index] = run.heartRate(ofMinute: minute)
            }
        }
        return rates
    }
}

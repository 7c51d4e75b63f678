// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Draws bed times and hypnograms.
///
/// Cycles of about ninety minutes; deep sleep in the first ones, REM sleep growing towards the
/// morning, short wakes after REM (`carskadon2017`).
struct NightPlanner {
    let settings: SimulationSettings
    let episodes: Episodes
    let itinerary: Itinerary

    /// The night that ends on `day`, 1 or later.
    func night(_ day: Int) -> SimulatedNight {
        var random = SimulationRandom(seed: settings.seed, for: "night", day: day)
        let (bed, wake) = bounds(day, &random)
        let latency = random.integer(7...20)
        let tail = random.integer(0...9)
        let sleep = Int(wake - bed) / 60 - latency
        let unrest = (episodes.severity[day] ?? 0) + episodes.jetLag(day).magnitude / 8
        let stages =
            [SleepStage](repeating: .wake, count: latency)
            + hypnogram(minutes: sleep, unrest: unrest, &random)
            + [SleepStage](repeating: .wake, count: tail)
        return SimulatedNight(
            day: day, bed: bed, rise: wake + 60 * Int64(tail), stages: stages)
    }

    /// Lights out and the end of sleep.
    private func bounds(_ day: Int, _ random: inout SimulationRandom) -> (Int64, Int64) {
        if episodes.isNightFlight(day), let flight = itinerary.flights[day - 1] {
            return (flight.departure + 8100, flight.landing - 3000)
        }
        let weekday = settings.date(day).weekday
        let isFree = weekday >= 5
        var bed = isFree ? 23.85 + random.normal(0.37) : 22.9 + random.normal(0.25)
        var wake = isFree ? 8.15 + random.normal(0.35) : 6.75 + random.normal(0.14)
        let severity = episodes.severity[day] ?? 0
        bed -= 0.9 * severity
        wake += 0.6 * severity
        // The body follows its own clock only in part: light and duties pull the other way.
        let lag = episodes.jetLag(day)
        bed -= lag * (lag > 0 ? 0.28 : 0.2)
        wake -= lag * (lag > 0 ? 0.33 : 0.15)
        return (instant(day - 1, hours: bed), instant(day, hours: wake))
    }

    private func instant(_ day: Int, hours: Double) -> Int64 {
        let seconds = Int((hours * 60).rounded()) * 60
        return itinerary.zone.instant(of: settings.date(day), secondsOfDay: seconds).seconds
    }

    /// `minutes` of sleep that begin and end asleep; `unrest` is 0 for a good night, 1 for a bad.
    private func hypnogram(
        minutes: Int, unrest: Double, _ random: inout SimulationRandom
    ) -> [SleepStage] {
        var stages: [SleepStage] = []
        var cycle = 0
        while stages.count < minutes {
            appendCycle(cycle, unrest, to: &stages, &random)
            cycle += 1
        }
        stages.removeLast(stages.count - minutes)
        for index in stages.indices.reversed() {
            if stages[index] != .wake { break }
            stages[index] = .light
        }
        return stages
    }

    private func appendCycle(
        _ cycle: Int, _ unrest: Double, to stages: inout [SleepStage],
        _ random: inout SimulationRandom
    ) {
        let deep: [Double] = [36, 25, 12, 4]
        let rem: [Double] = [8, 17, 23, 27, 29]
        func minutes(_ mean: Double) -> Int {
            Int((mean * random.uniform(0.8...1.2) * (1 - 0.3 * min(1, unrest))).rounded())
        }
        let length = random.integer(84...100)
        let deepMinutes = cycle < deep.count ? minutes(deep[cycle]) : 0
        let remMinutes = minutes(rem[min(cycle, rem.count - 1)])
        let descent = random.integer(7...13)
        let ascent = max(6, length - deepMinutes - remMinutes - descent)
        stages += [SleepStage](repeating: .light, count: descent)
        stages += [SleepStage](repeating: .deep, count: deepMinutes)
        if random.chance(0.25 + 0.5 * unrest) {
            let half = ascent / 2
            stages += [SleepStage](repeating: .light, count: half)
            appendWake(unrest, to: &stages, &random)
            stages += [SleepStage](repeating: .light, count: ascent - half)
        } else {
            stages += [SleepStage](repeating: .light, count: ascent)
        }
        stages += [SleepStage](repeating: .rem, count: remMinutes)
        if random.chance(0.55 + 0.4 * unrest) { appendWake(unrest, to: &stages, &random) }
    }

    private func appendWake(
        _ unrest: Double, to stages: inout [SleepStage], _ random: inout SimulationRandom
    ) {
        let longest = 4 + Int(10 * unrest)
        stages += [SleepStage](repeating: .wake, count: random.integer(1...longest))
    }
}

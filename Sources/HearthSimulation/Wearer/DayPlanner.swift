// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Fills the waking hours of a day: pottering about, walks, and runs three times a week.
struct DayPlanner {
    let settings: SimulationSettings
    let episodes: Episodes
    let itinerary: Itinerary

    private struct Walk {
        /// Hours of the local day.
        let hour: Double
        let minutes: Int
    }

    /// Writes steps and motion of local day `day` into the grid; the stages must be there already.
    ///
    /// - Returns: the day's run, if there was one.
    func fill(_ day: Int, _ grid: inout MinuteGrid) -> SimulatedRun? {
        var random = SimulationRandom(seed: settings.seed, for: "day", day: day)
        let date = settings.date(day)
        let midnight = itinerary.zone.instant(of: date).seconds
        let next = itinerary.zone.instant(of: date.advanced(by: 1)).seconds
        let minutes = grid.range(midnight, next)
        potter(day, minutes, &grid, &random)
        for walk in walks(day, &random) {
            let start = itinerary.zone.instant(
                of: date, secondsOfDay: Int(walk.hour * 60) * 60
            ).seconds
            take(grid.range(start, start + Int64(walk.minutes) * 60), &grid, &random)
        }
        return run(day, &grid)
    }

    /// A few steps now and then while awake.
    private func potter(
        _ day: Int, _ minutes: Range<Int>, _ grid: inout MinuteGrid,
        _ random: inout SimulationRandom
    ) {
        let severity = episodes.severity[day] ?? 0
        let flight = itinerary.flights[day].map { grid.range($0.departure, $0.landing) }
        // The last minute of a day stays free of steps, so that no count touches midnight.
        // Nothing is simulated before 08:00 of the first day.
        for index in minutes.dropLast() where grid.stage[index] == nil && index >= 480 {
            let inFlight = flight?.contains(index) ?? false
            let probability = inFlight ? 0.03 : 0.17 * (1 - 0.6 * severity)
            guard random.chance(probability) else { continue }
            grid.steps[index] = random.integer(4...46)
            grid.motion[index] = .pottering
        }
    }

    private func walks(_ day: Int, _ random: inout SimulationRandom) -> [Walk] {
        if (episodes.severity[day] ?? 0) > 0.3 { return [] }
        if episodes.isFlying(day) {
            return [
                Walk(hour: 8.75, minutes: random.integer(16...26)),
                Walk(hour: 15, minutes: random.integer(12...22)),
            ]
        }
        let isFree = settings.date(day).weekday >= 5
        if isFree || episodes.isAway(day) {
            return [
                Walk(hour: 11.9 + random.normal(0.4), minutes: random.integer(18...35)),
                Walk(hour: 15.2 + random.normal(0.5), minutes: random.integer(38...72)),
            ]
        }
        var walks = [
            Walk(hour: 8.1 + random.normal(0.08), minutes: random.integer(11...15)),
            Walk(hour: 12.6 + random.normal(0.1), minutes: random.integer(8...14)),
            Walk(hour: 17.4 + random.normal(0.15), minutes: random.integer(11...16)),
        ]
        if random.chance(0.3) {
            walks.append(Walk(hour: 20.65, minutes: random.integer(14...24)))
        }
        return walks
    }

    /// Walks for as long as the wearer is awake.
    private func take(
        _ minutes: Range<Int>, _ grid: inout MinuteGrid, _ random: inout SimulationRandom
    ) {
        let cadence = random.uniform(100...114)
        for index in minutes {
            guard grid.stage[index] == nil else { return }
            grid.steps[index] = Int((cadence + random.normal(4)).rounded())
            grid.motion[index] = .walking
        }
    }

    /// Tuesday and Thursday evening and Sunday morning, unless ill or travelling.
    private func run(_ day: Int, _ grid: inout MinuteGrid) -> SimulatedRun? {
        var random = SimulationRandom(seed: settings.seed, for: "run", day: day)
        let date = settings.date(day)
        let hours: Double
        switch date.weekday {
        case 1, 3: hours = 18.3 + random.normal(0.1)
        case 6: hours = 10.2 + random.normal(0.15)
        default: return nil
        }
        let isSpared = episodes.isAway(day) || episodes.isFlying(day) || episodes.isNightFlight(day)
        guard !isSpared, (episodes.severity[day] ?? 0) == 0 else { return nil }
        let start = itinerary.zone.instant(of: date, secondsOfDay: Int(hours * 60) * 60).seconds
        let run = SimulatedRun(day: day, start: start, minutes: random.integer(24...33), &random)
        let minutes = grid.range(start, run.end)
        // A run that would begin before the recording or end after it is not taken.
        guard minutes.count * 60 == run.seconds.count,
            minutes.allSatisfy({ grid.stage[$0] == nil })
        else { return nil }
        for (offset, index) in minutes.enumerated() {
            grid.steps[index] = run.steps(ofMinute: offset)
            grid.motion[index] = .running
        }
        return run
    }
}

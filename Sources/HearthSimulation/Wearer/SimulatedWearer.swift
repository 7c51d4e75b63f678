// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// A person who never lived: nights, days, runs and every minute between, and all of it known.
///
/// The wearer starts at home in Berlin. Files of every format are written from this one truth.
public struct SimulatedWearer: Sendable {
    /// What was asked for.
    public let settings: SimulationSettings
    /// The wearer's wall clock.
    public let zone: ZoneTimeline
    /// Nights by the day on which they end; the first day has none.
    public let nights: [SimulatedNight]
    /// Runs that the wrist device recorded.
    public let runs: [SimulatedRun]
    /// Every minute of the simulated time.
    public let minutes: MinuteGrid
    /// Severity of illness, 0...1, by day.
    public let severity: [Double]

    /// Simulates; takes about a second for 75 days in a debug build.
    public init(_ settings: SimulationSettings) {
        let episodes = Episodes(settings)
        let itinerary = Itinerary(settings, episodes)
        let zone = itinerary.zone
        let levels = BodyLevels.days(settings, episodes)
        let planner = NightPlanner(settings: settings, episodes: episodes, itinerary: itinerary)
        // The evening of the last day is over before the next night begins, so the night that
        // would end after the recording is not needed.
        var nights = (1..<settings.days).map(planner.night)

        let origin = zone.instant(of: settings.start).seconds
        let end = zone.instant(
            of: settings.date(settings.days - 1), secondsOfDay: settings.endHour * 3600
        ).seconds
        var grid = MinuteGrid(origin: origin, count: Int(end - origin) / 60)
        Self.fillStages(nights, &grid)
        let days = DayPlanner(settings: settings, episodes: episodes, itinerary: itinerary)
        let taken = (0..<settings.days).compactMap { days.fill($0, &grid) }
        Self.fillWear(episodes, settings, zone, &grid)
        HeartModel(levels: levels, itinerary: itinerary, settings: settings)
            .fill(&grid, nights: nights, runs: taken)
        let vitals = VitalsModel(settings: settings, levels: levels)
        for index in nights.indices {
            nights[index].vitals = vitals.vitals(of: nights[index], grid)
            nights[index].isRecorded = grid.range(nights[index].bed, nights[index].rise)
                .allSatisfy { grid.isWorn[$0] }
        }
        self.settings = settings
        self.zone = zone
        self.nights = nights
        self.runs = taken.filter { run in
            grid.range(run.start, run.end).allSatisfy { grid.isWorn[$0] }
        }
        self.minutes = grid
        self.severity = levels.map(\.severity)
    }

    /// The night that ends on `day`; the first day has none.
    public func night(_ day: Int) -> SimulatedNight? {
        nights.indices.contains(day - 1) ? nights[day - 1] : nil
    }

    /// The Unix seconds of local day `day`, cut at the end of the recording.
    public func bounds(ofDay day: Int) -> (from: Int64, to: Int64) {
        let date = settings.date(day)
        let end = minutes.second(minutes.count)
        let from = zone.instant(of: date).seconds
        return (min(from, end), min(zone.instant(of: date.advanced(by: 1)).seconds, end))
    }

    /// The minutes of local day `day`.
    public func minuteRange(ofDay day: Int) -> Range<Int> {
        let (from, to) = bounds(ofDay: day)
        return minutes.range(from, to)
    }

    /// Seconds east of UTC on the wall clock at a Unix second.
    public func offset(at second: Int64) -> Int32 {
        zone.span(at: Timestamp(seconds: second)).offsetSeconds
    }

    private static func fillStages(_ nights: [SimulatedNight], _ grid: inout MinuteGrid) {
        for night in nights {
            let first = grid.index(night.bed)
            for (offset, stage) in night.stages.enumerated()
            where (0..<grid.count).contains(first + offset) {
                grid.stage[first + offset] = stage
            }
        }
    }

    private static func fillWear(
        _ episodes: Episodes, _ settings: SimulationSettings, _ zone: ZoneTimeline,
        _ grid: inout MinuteGrid
    ) {
        func minutes(_ day: Int, _ from: Double, _ to: Double) -> Range<Int> {
            let date = settings.date(day)
            return grid.range(
                zone.instant(of: date, secondsOfDay: Int(from * 3600)).seconds,
                zone.instant(of: date, secondsOfDay: Int(to * 3600)).seconds)
        }
        // The watch comes out of its box on the first morning.
        for index in minutes(0, 0, 8) {
            grid.isWorn[index] = false
            grid.isPowered[index] = false
        }
        for gap in episodes.gaps {
            for index in minutes(gap.day, gap.from, gap.to) {
                grid.isWorn[index] = false
                if gap.kind == .batteryEmpty { grid.isPowered[index] = false }
            }
        }
    }
}

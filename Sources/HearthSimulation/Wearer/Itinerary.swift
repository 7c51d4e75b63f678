// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The wall clocks of Berlin and New York and the flights between them.
struct Itinerary {
    /// A flight in Unix time.
    struct Flight {
        let departure: Int64
        let landing: Int64
    }

    /// The wearer's wall clock; it changes on landing and at daylight-saving changes.
    let zone: ZoneTimeline
    /// By day of departure.
    let flights: [Int: Flight]

    /// Berlin leaves at 11:00 and the flight takes nine hours; New York at 18:00, seven and a half.
    init(_ settings: SimulationSettings, _ episodes: Episodes) {
        var flights: [Int: Flight] = [:]
        var spans: [ZoneSpan] = []
        let first = settings.start.advanced(by: -2).dayNumber * 86_400
        let last = settings.date(settings.days + 2).dayNumber * 86_400
        var landings: [(time: Int64, isHome: Bool)] = []
        for trip in episodes.trips {
            let noon = settings.date(trip.out).dayNumber * 86_400 + 43_200
            let out = noon - 3600 - Int64(Self.berlin(noon))
            flights[trip.out] = Flight(departure: out, landing: out + 9 * 3600)
            let evening = settings.date(trip.back).dayNumber * 86_400 + 18 * 3600
            let back = evening - Int64(Self.newYork(evening))
            flights[trip.back] = Flight(departure: back, landing: back + 27_000)
            landings.append((out + 9 * 3600, false))
            landings.append((back + 27_000, true))
        }
        func offset(_ time: Int64) -> Int32 {
            let isHome = landings.last { $0.time <= time }?.isHome ?? true
            return isHome ? Self.berlin(time) : Self.newYork(time)
        }
        // Every change of any clock happens at a full or half hour of UTC.
        var previous: Int32?
        for time in stride(from: first, through: last, by: 1800) {
            let now = offset(time)
            if now != previous {
                spans.append(
                    ZoneSpan(start: Timestamp(seconds: time), offsetSeconds: now, origin: .file))
            }
            previous = now
        }
        self.zone = ZoneTimeline(spans)
        self.flights = flights
    }

    /// Central European time: summer from the last Sunday of March to that of October, 01:00 UTC.
    static func berlin(_ time: Int64) -> Int32 {
        let year = ClockReading(time).date.components.year
        let summer = sunday(.last, year, 3) + 3600
        let winter = sunday(.last, year, 10) + 3600
        return summer <= time && time < winter ? 7200 : 3600
    }

    /// Eastern time: summer from the second Sunday of March to the first of November, 02:00 local.
    static func newYork(_ time: Int64) -> Int32 {
        let year = ClockReading(time).date.components.year
        let summer = sunday(.number(2), year, 3) + 7 * 3600
        let winter = sunday(.number(1), year, 11) + 6 * 3600
        return summer <= time && time < winter ? -14_400 : -18_000
    }

    private enum Which {
        case last
        case number(Int64)
    }

    /// Midnight UTC of a Sunday of a month.
    private static func sunday(_ which: Which, _ year: Int, _ month: Int) -> Int64 {
        let date =
            switch which {
            case .last: LocalDate(year: year, month: month, day: 31)
            case .number: LocalDate(year: year, month: month, day: 1)
            }
        guard let date else { preconditionFailure("March, October and November have these days") }
        switch which {
        case .last: return (date.dayNumber - Int64((date.weekday + 1) % 7)) * 86_400
        case .number(let number):
            return (date.dayNumber + Int64(6 - date.weekday) + (number - 1) * 7) * 86_400
        }
    }
}

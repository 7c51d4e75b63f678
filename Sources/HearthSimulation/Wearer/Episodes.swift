// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What is out of the ordinary, and when: illness, travel, and times without a watch.
struct Episodes {
    /// A flight from home on one Saturday and back eight days later.
    struct Trip {
        /// Day of the flight out, day of the flight back, and the day the wearer is home again.
        let out: Int
        let back: Int
        var home: Int { back + 1 }
    }

    /// A stretch of local time without data.
    struct Gap {
        enum Kind { case offWrist, batteryEmpty }
        let kind: Kind
        /// The local day on which it begins, and hours since that midnight (24 and up: the next).
        let day: Int
        let from: Double
        let to: Double
    }

    /// The pattern repeats so that a year has several of each.
    private static let blockDays = 75
    /// Body-clock hours the wearer adapts by each day.
    private static let adaptationHours = 1.2

    /// Severity of illness, 0...1, by the day on which the night ends.
    private(set) var severity: [Int: Double] = [:]
    private(set) var trips: [Trip] = []
    private(set) var gaps: [Gap] = []

    init(_ settings: SimulationSettings) {
        let days = settings.days
        if days >= 14 { addIllness(from: days - 2) }
        guard days >= 60 else { return }
        for block in stride(from: 0, to: days, by: Self.blockDays) {
            let saturday = (block + 24..<block + 31).first { settings.date($0).weekday == 5 }
            if let saturday, saturday + 14 < days {
                trips.append(Trip(out: saturday, back: saturday + 7))
            }
            let usual = [
                // A whole night, an evening, and an empty battery in the middle of a day.
                Gap(kind: .offWrist, day: block + 40, from: 20.5, to: 32),
                Gap(kind: .offWrist, day: block + 46, from: 17.25, to: 22.5),
                Gap(kind: .batteryEmpty, day: block + 52, from: 9.5, to: 17),
            ]
            gaps += usual.filter { $0.day + 3 < days }
            if block + 2 * Self.blockDays <= days { addIllness(from: block + 60) }
        }
    }

    /// Four nights, ramping in within a night and out over two.
    private mutating func addIllness(from day: Int) {
        for (index, value) in [0.85, 1, 0.8, 0.4].enumerated() { severity[day + index] = value }
    }

    /// Hours the body clock is ahead of the wall clock in the night that ends on `day`; negative
    /// when it is behind.
    func jetLag(_ day: Int) -> Double {
        for trip in trips {
            if day > trip.out, day <= trip.back {
                return max(0, 6 - Self.adaptationHours * Double(day - trip.out - 1))
            }
            if day > trip.home {
                let left = 6 - Self.adaptationHours * Double(day - trip.home - 1)
                if left > 0, day < trip.home + 6 { return -left }
            }
        }
        return 0
    }

    func isAway(_ day: Int) -> Bool { trips.contains { day > $0.out && day < $0.back } }
    func isFlying(_ day: Int) -> Bool { trips.contains { day == $0.out || day == $0.back } }
    /// True for the night spent in the aeroplane, by the day on which it ends.
    func isNightFlight(_ day: Int) -> Bool { trips.contains { day == $0.home } }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Activity over days: what the rest-activity rhythm and the cosinor are made from.
///
/// Shape: one value an epoch from `start` on, `nil` where not worn or not recorded. Unit: any that
/// grows with movement (milli-g, counts, steps). The length of an epoch divides an hour.
public struct ActivitySeries: Sendable, Hashable, Codable {
    public var start: Timestamp
    public var epochSeconds: Int
    public var values: [Double?]
    /// The wall clock, for the hour of the day.
    public var zone: ZoneTimeline

    public init(
        start: Timestamp, epochSeconds: Int = 3600, values: [Double?], zone: ZoneTimeline
    ) {
        self.start = start
        self.epochSeconds = max(1, epochSeconds)
        self.values = values
        self.zone = zone
    }

    /// Start of an epoch.
    func time(of index: Int) -> Timestamp {
        start.advanced(bySeconds: Int64(index) * Int64(epochSeconds))
    }
}

extension ActivitySeries {
    /// The mean of one hour of the wall clock.
    struct Hour {
        var hourOfDay: Int
        var date: LocalDate
        /// `nil` if less than two thirds of the hour are known.
        var mean: Double?
    }

    /// Days with enough known hours, and how many.
    struct Coverage {
        var share: Double
        var days: Int
        var missing: String?
    }

    /// An hour and a day count if two thirds of them are known. A choice of this project.
    static let knownNumerator = 2
    static let knownDenominator = 3
    static let fewestDays = 7
    /// Each hour of the day must be known on this many days, so that its mean is one.
    static let fewestDaysAnHour = 4

    /// Hours of the wall clock in the order they passed: on the day of a change one is missing, or
    /// one comes twice.
    var hours: [Hour] {
        guard 3600 % epochSeconds == 0 else { return [] }
        let wanted = 3600 / epochSeconds
        var result: [Hour] = []
        var open: (key: Int64, offset: Int32)?
        var (sum, known) = (0.0, 0)
        func close() {
            guard open != nil, !result.isEmpty else { return }
            let enough = known * Self.knownDenominator >= wanted * Self.knownNumerator
            result[result.count - 1].mean = enough && known > 0 ? sum / Double(known) : nil
        }
        for index in values.indices {
            let time = time(of: index)
            let offset = zone.span(at: time).offsetSeconds
            let local = time.seconds + Int64(offset)
            let key = Calendrical.floorDivide(local, 3600)
            if open?.key != key || open?.offset != offset {
                close()
                (sum, known) = (0, 0)
                open = (key, offset)
                result.append(
                    Hour(
                        hourOfDay: Int(Calendrical.floorModulo(key, 24)),
                        date: LocalDate(dayNumber: Calendrical.floorDivide(key, 24)), mean: nil))
            }
            if let value = values[index], value.isFinite {
                sum += value
                known += 1
            }
        }
        close()
        return result
    }

    /// Whether the hours are enough for a rhythm.
    static func coverage(of hours: [Hour]) -> Coverage {
        var byDate: [LocalDate: Int] = [:]
        var byHour = Array(repeating: 0, count: 24)
        for hour in hours where hour.mean != nil {
            byDate[hour.date, default: 0] += 1
            byHour[hour.hourOfDay] += 1
        }
        let known = byHour.reduce(0, +)
        let share = hours.isEmpty ? 0 : Double(known) / Double(hours.count)
        let days = byDate.values.count { $0 * knownDenominator >= 24 * knownNumerator }
        var missing: String?
        if days < fewestDays {
            missing =
                "A rhythm needs \(fewestDays) days with at least 16 known hours; there are \(days)."
        } else if byHour.contains(where: { $0 < fewestDaysAnHour }) {
            missing =
                "Some hour of the day is known on fewer than \(fewestDaysAnHour) days; wear the"
                + " device at all hours."
        }
        return Coverage(share: share, days: days, missing: missing)
    }

    /// The reason why the series cannot be cut into hours; `nil` if it can.
    var shapeProblem: String? {
        3600 % epochSeconds == 0 ? nil : "An epoch must be a whole part of an hour."
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What activity by the hour is told in. One calculation uses one measure of one device: none of them
/// can be turned into another.
public enum ActivityMeasure: String, Codable, Sendable, Hashable, CaseIterable {
    // The order is that of preference.
    /// Mean ENMO of the epochs of raw acceleration, milli-g.
    case enmo
    /// Activity counts a minute, as the device counts them.
    case counts
    /// Steps an hour.
    case steps

    /// UCUM notation.
    public var unit: String {
        switch self {
        case .enmo: "m[g]"
        case .counts: "{counts}/min"
        case .steps: "{steps}/h"
        }
    }

    /// What it is, for the reader.
    public var label: String {
        switch self {
        case .enmo: "acceleration above gravity (ENMO)"
        case .counts: "activity counts"
        case .steps: "steps"
        }
    }
}

/// Activity of the hours of one local day in one measure, from one device.
///
/// Shape: one element an hour of ``DayHours/spans(of:clock:)``. A value is the mean over the known part
/// of its hour, rounded to two decimals; `nil` where nothing is known.
public struct HourlyActivity: Codable, Sendable, Hashable {
    public var measure: ActivityMeasure
    /// The device's place among the person's, the one known longest first: a pseudonym would differ from
    /// vault to vault.
    public var device: Int
    /// Vendor and model.
    public var deviceLabel: String
    public var values: [Double?]
    /// Minutes of each hour that are known, 0 to 60.
    public var knownMinutes: [UInt8]

    public init(
        measure: ActivityMeasure, device: Int, deviceLabel: String, values: [Double?],
        knownMinutes: [UInt8]
    ) {
        self.measure = measure
        self.device = device
        self.deviceLabel = deviceLabel
        self.values = values
        self.knownMinutes = knownMinutes
    }
}

/// The hours of one local day on the wall clock, and the activity in them.
public struct DayHours: Codable, Sendable, Hashable {
    /// The wall clock from the day's midnight on; one span unless it changed.
    public var clock: ZoneTimeline
    /// One a measure at most, in the order of ``ActivityMeasure``.
    public var activity: [HourlyActivity]

    public init(clock: ZoneTimeline, activity: [HourlyActivity]) {
        self.clock = clock
        self.activity = activity
    }

    static let hourSeconds: Int64 = 3600

    /// From whole hour to whole hour of the wall clock, in the order they passed: 23 or 25 on the day of
    /// a change, and shorter ones where the clock moved by a part of an hour.
    static func spans(of day: TimeSpan, clock: ZoneTimeline) -> [TimeSpan] {
        var spans: [TimeSpan] = []
        var from = day.start
        while from < day.end {
            let local = clock.localSeconds(at: from)
            let left = hourSeconds - Calendrical.floorModulo(local, hourSeconds)
            var to = min(day.end, Timestamp(seconds: from.seconds + left))
            let offset = clock.span(at: from).offsetSeconds
            for change in clock.spans
            where from < change.start && change.start < to && change.offsetSeconds != offset {
                to = change.start
            }
            spans.append(TimeSpan(start: from, end: to))
            from = to
        }
        return spans
    }
}

extension DayHours {
    /// Without heart rate nothing else tells whether the device was worn; four hours of it in a day are
    /// more than most workouts. A choice of this project.
    static let fewestWornMinutes = 240.0
    /// A total over a longer time does not tell in which hour the wearer moved.
    static let longestNanoseconds: Int64 = hourSeconds * 1_000_000_000

    /// The hours of a day; `nil` without any activity.
    init?(_ context: inout DayContext) {
        let day = context.dayTime
        let before = context.zone.span(at: day.start)
        let changes = context.zone.spans.filter {
            day.start < $0.start && $0.start < day.end && $0.offsetSeconds != before.offsetSeconds
        }
        var first = before
        first.start = day.start
        clock = ZoneTimeline([first] + changes)
        let hours = Self.spans(of: day, clock: clock)
        activity = []
        if let motion = context.motion {
            activity.append(
                Self.acceleration(motion, context.place(of: motion.stream.device), hours))
        }
        activity += [(Quantity.activityCount, ActivityMeasure.counts), (.steps, .steps)]
            .compactMap { Self.totals($0, as: $1, &context, hours) }
        activity.removeAll { $0.knownMinutes.allSatisfy { $0 == 0 } }
        if activity.isEmpty { return nil }
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    private static func acceleration(
        _ motion: DayMotion, _ device: Int, _ hours: [TimeSpan]
    ) -> HourlyActivity {
        var sums = Array(repeating: (enmo: 0.0, epochs: 0), count: hours.count)
        var hour = 0
        for epoch in motion.epochs where epoch.coverage >= 0.5 && epoch.enmo.isFinite {
            while hour < hours.count, hours[hour].end <= epoch.time { hour += 1 }
            guard hour < hours.count else { break }
            guard hours[hour].contains(epoch.time),
                !motion.notWorn.contains(where: { $0.contains(epoch.time) })
            else { continue }
            sums[hour].enmo += Double(epoch.enmo)
            sums[hour].epochs += 1
        }
        return HourlyActivity(
            measure: .enmo, device: device, deviceLabel: motion.deviceLabel,
            values: sums.map { $0.epochs > 0 ? rounded($0.enmo / Double($0.epochs)) : nil },
            knownMinutes: sums.map { UInt8(min(60, $0.epochs * Int(MotionEpoch.seconds) / 60)) })
    }

    /// Counts or steps of the device that covers most of the day.
    private static func totals(
        _ quantity: Quantity, as measure: ActivityMeasure, _ context: inout DayContext,
        _ hours: [TimeSpan]
    ) -> HourlyActivity? {
        let day = context.dayTime
        let placed = context.series.map { series in
            var fine = series
            if series.id.quantity == quantity {
                fine.samples.removeAll { $0.duration > longestNanoseconds }
            }
            return fine
        }
        guard let series = SourceResolution.ranked(placed, quantity, in: day).first else {
            return nil
        }
        context.note(used: [series.id])
        let minutes = knownMinutes(of: series, context)
        var values: [Double?] = []
        var known: [UInt8] = []
        for hour in hours {
            let first = Int(hour.start.nanoseconds(since: day.start) / BinnedTotals.minute)
            let last = Int(hour.end.nanoseconds(since: day.start) / BinnedTotals.minute)
            let own = minutes[min(first, minutes.count)..<min(last, minutes.count)]
                .compactMap { $0 }
            let mean = own.reduce(0, +) / Double(max(1, own.count))
            values.append(own.isEmpty ? nil : rounded(measure == .steps ? mean * 60 : mean))
            known.append(UInt8(min(60, own.count)))
        }
        return HourlyActivity(
            measure: measure, device: context.place(of: series.id.device),
            deviceLabel: series.label, values: values,
            knownMinutes: known)
    }

    /// The total of each minute of the day, `nil` where nothing tells that the device was worn.
    ///
    /// A device with a heart rate was worn where that is known; there a minute without a record is
    /// one without movement. Without, the minutes it has a record of are known, but for counts of
    /// zero over three hours: that is a device on the table.
    private static func knownMinutes(of series: Series, _ context: DayContext) -> [Double?] {
        let day = context.dayTime
        let count = Int(day.end.nanoseconds(since: day.start) / BinnedTotals.minute)
        var minutes = BinnedTotals.spread(series, over: day, minutes: count)
        let heart = context.series.filter {
            $0.id.quantity == .heartRate && $0.id.device == series.id.device
        }
        let wear = heart.map { DayWear.spans(around: $0, in: day) }
            .max { DayWear.minutes($0) < DayWear.minutes($1) }
        guard let wear, DayWear.minutes(wear) >= fewestWornMinutes else {
            if series.id.quantity == .activityCount { DayWear.dropTableTime(&minutes) }
            return minutes
        }
        var span = 0
        for index in minutes.indices where (minutes[index] ?? 0) <= 0 {
            let middle = day.start.advanced(
                byNanoseconds: Int64(index) * BinnedTotals.minute + BinnedTotals.minute / 2)
            while span < wear.count, wear[span].end <= middle { span += 1 }
            let isWorn = span < wear.count && wear[span].contains(middle)
            minutes[index] = isWorn ? 0 : nil
        }
        return minutes
    }
}

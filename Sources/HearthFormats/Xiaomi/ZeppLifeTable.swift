// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The columns of Zepp Life's tables and what they become.
struct ZeppLifeTable: TableBody {
    enum Shape: Sendable {
        case heartRateAuto, heartRate, sleep, sleepMinute, activity, activityMinute, activityStage
        case body, sport
    }

    static let expected = "the header row of a Zepp Life export"

    var output: GatheredOutput
    private var shape = Shape.heartRate
    private var header = TableHeader()

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .zeppLife, device: SourceDevice(vendor: "Zepp", model: ""), context: context)
    }

    /// `nil` if the header is none of Zepp Life's.
    static func shape(of header: TableHeader) -> Shape? {
        if header.isExactly(["date", "time", "heartrate"]) { return .heartRateAuto }
        if header.isExactly(["time", "heartrate"]) { return .heartRate }
        if header.isExactly(["date", "time", "steps"]) { return .activityMinute }
        if header.has("date", "deepsleeptime", "shallowsleeptime", "start", "stop") {
            return .sleep
        }
        if header.isExactly(["date", "time", "stage"])
            || header.isExactly(["date", "time", "stage", "hr", "respiratory rate"])
        {
            return .sleepMinute
        }
        if header.isExactly(["date", "steps", "distance", "rundistance", "calories"]) {
            return .activity
        }
        if header.isExactly(["date", "start", "stop", "distance", "calories", "steps"]) {
            return .activityStage
        }
        if header.has("time", "weight", "height", "bmi", "fatrate") { return .body }
        return header.has("type", "starttime", "sporttime", "distance", "calories") ? .sport : nil
    }

    mutating func begin(_ header: TableHeader) -> Bool {
        guard let shape = Self.shape(of: header) else { return false }
        self.shape = shape
        self.header = header
        return true
    }

    mutating func take(_ row: TableRow) throws(ReadError) {
        switch shape {
        case .heartRateAuto: try takeMinute(row, "heartrate", .heartRate, 0)
        case .activityMinute: try takeMinute(row, "steps", .steps, 60_000_000_000)
        case .heartRate:
            guard let start = try instant(row, row.time(column("time"))) else { return }
            try addPositive(row, column("heartrate"), .heartRate, .measured, at: start)
        case .body: try takeBody(row)
        case .sleep: try takeSleep(row)
        case .sport: try takeSport(row)
        case .activity: try takeDay(row)
        case .activityStage:
            output.count(
                .ignored, at: row.position, found: "stretches of walking, which repeat the minutes",
                expected: "the table of minutes", samplesLost: 0)
        case .sleepMinute:
            output.count(
                .unsupported, at: row.position,
                found: "minutes of sleep, whose dates are known to be a day off",
                expected: "the table of nights")
        }
    }

    private func column(_ name: String) -> Int? { header.column(name) }

    /// The instant of a time; an offset other than zero is the wall clock's.
    private mutating func instant(
        _ row: TableRow, _ time: TextTime?
    ) throws(ReadError) -> Timestamp? {
        guard let time else {
            output.countInvalidTime(row.position)
            return nil
        }
        guard let instant = output.instant(time, position: row.position) else { return nil }
        if let offset = time.offsetSeconds, offset != 0 {
            try output.addOffset(offset, at: instant, position: row.position)
        }
        return instant
    }

    private mutating func takeMinute(
        _ row: TableRow, _ name: String, _ quantity: Quantity, _ duration: Int64
    ) throws(ReadError) {
        let time = row.time(date: column("date"), timeOfDay: column("time"))
        guard let start = try instant(row, time) else { return }
        if quantity == .heartRate {
            try addPositive(row, column(name), quantity, .measured, at: start)
        } else {
            try add(row, column(name), quantity, .measured, at: start, duration: duration)
        }
    }

    private mutating func takeBody(_ row: TableRow) throws(ReadError) {
        guard let start = try instant(row, row.time(column("time"))) else { return }
        try addPositive(row, column("weight"), .bodyMass, .measured, at: start)
    }

    /// The distance of a day; its steps are the sum of the table of minutes.
    private mutating func takeDay(_ row: TableRow) throws(ReadError) {
        guard let start = try instant(row, row.time(column("date"))) else { return }
        output.countIgnored("daily sums that repeat the minutes", at: row.position)
        try add(
            row, column("distance"), .distance, at: start, duration: 86_400_000_000_000)
    }

    private mutating func takeSleep(_ row: TableRow) throws(ReadError) {
        guard let start = try instant(row, row.time(column("start"))),
            let end = try instant(row, row.time(column("stop")))
        else { return }
        guard end > start else {
            // A day without a night is written as one that ends where it begins.
            if end == start {
                output.countSentinel(row.position)
            } else {
                output.countBackwards(row.position)
            }
            return
        }
        output.countIgnored("sums of stages without times", at: row.position)
        try output.add(
            stage: .inBed, at: start, duration: end.nanoseconds(since: start),
            position: row.position)
    }

    private mutating func takeSport(_ row: TableRow) throws(ReadError) {
        guard let start = try instant(row, row.time(column("starttime"))) else { return }
        guard let seconds = value(row, column("sporttime")), (0...1e7).contains(seconds) else {
            output.countInvalidValue(row.position)
            return
        }
        // The numbers of the kinds of sport are not published.
        try output.addWorkout(
            sport: 0, energy: positive(row, "calories"), distance: positive(row, "distance"),
            at: start, duration: Int64(Double(seconds) * 1e9), position: row.position)
    }

    /// -1 is no value.
    private mutating func positive(_ row: TableRow, _ name: String) -> Float? {
        value(row, column(name)).flatMap { $0 < 0 ? nil : $0 }
    }
}

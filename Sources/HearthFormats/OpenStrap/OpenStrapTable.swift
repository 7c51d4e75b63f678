// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The columns of OpenStrap's tables and what they become.
struct OpenStrapTable: TableBody {
    enum Shape: Sendable { case daily, workouts, sleep, labs }

    static let expected = "the header row of OpenStrap's daily, sleep or workouts table"

    var output: GatheredOutput
    private var shape = Shape.daily
    private var header = TableHeader()

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .openStrap, device: SourceDevice(vendor: "OpenStrap", model: ""),
            context: context)
    }

    /// `nil` if the header is none of OpenStrap's.
    static func shape(of header: TableHeader) -> Shape? {
        if header.has("date", "readiness", "resting hr", "hrv", "sdnn", "worn min") {
            return .daily
        }
        if header.has("date", "start ts", "end ts", "type", "status", "hrr bpm") {
            return .workouts
        }
        if header.isExactly(["date", "start ts", "end ts", "stage"]) { return .sleep }
        return header.isExactly(["taken on", "marker", "value", "unit", "note"]) ? .labs : nil
    }

    mutating func begin(_ header: TableHeader) -> Bool {
        guard let shape = Self.shape(of: header) else { return false }
        self.shape = shape
        self.header = header
        return true
    }

    mutating func take(_ row: TableRow) throws(ReadError) {
        switch shape {
        case .daily: try takeDay(row)
        case .sleep, .workouts: try takeSpan(row)
        case .labs: output.countIgnored("results of a laboratory", at: row.position)
        }
    }

    private func column(_ name: String) -> Int? { header.column(name) }

    private mutating func takeDay(_ row: TableRow) throws(ReadError) {
        guard let date = row.time(column("date")), !date.hasTimeOfDay else {
            output.countInvalidTime(row.position)
            return
        }
        var next = date
        next.wallSeconds += 86_400
        guard let start = output.instant(date, position: row.position),
            let end = output.instant(next, position: row.position)
        else { return }
        let day = max(0, end.nanoseconds(since: start))
        let quantities: [(String, Quantity)] = [
            ("resting hr", .restingHeartRate), ("hrv", .hrvRMSSD), ("sdnn", .hrvSDNN),
            ("resp rate", .respiratoryRate),
        ]
        for (name, quantity) in quantities {
            try addPositive(row, column(name), quantity, at: start)
        }
        try add(row, column("steps"), .steps, at: start, duration: day)
        try add(row, column("active calories"), .activeEnergy, at: start, duration: day)
        output.countIgnored("scores and sums without a quantity", at: row.position)
    }

    /// Seconds since 1970, or milliseconds, told by their size.
    private mutating func instant(_ row: TableRow, _ name: String) -> Timestamp? {
        guard let seconds = FlatObject.seconds(row.integer(column(name)).map { Double($0) }) else {
            output.count(
                .invalidValue, at: row.position, found: "a time in another form",
                expected: "seconds or milliseconds since 1970")
            return nil
        }
        return output.instant(seconds: seconds, position: row.position)
    }

    private mutating func takeSpan(_ row: TableRow) throws(ReadError) {
        guard let start = instant(row, "start ts"), let end = instant(row, "end ts") else {
            return
        }
        guard end >= start else {
            output.countBackwards(row.position)
            return
        }
        let duration = end.nanoseconds(since: start)
        if shape == .workouts { return try takeWorkout(row, start, duration) }
        let stages: [String: SleepStage] = [
            "deep": .deep, "light": .light, "rem": .rem, "wake": .wake, "awake": .wake,
        ]
        guard let stage = stages[row.word(column("stage"))] else {
            output.count(
                .unknownElement, at: row.position, found: "an unknown sleep stage",
                expected: "deep, light, rem or wake")
            return
        }
        try output.add(stage: stage, at: start, duration: duration, position: row.position)
    }

    private mutating func takeWorkout(
        _ row: TableRow, _ start: Timestamp, _ duration: Int64
    ) throws(ReadError) {
        let sport = row.word(column("type")).split(separator: "_").joined(separator: " ")
        try output.addWorkout(
            sport: SportName.code(sport), energy: value(row, column("calories")), distance: nil,
            at: start, duration: duration, position: row.position)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The record tables of Mi Fitness: a key and a JSON object a row.
struct MiFitnessTable: TableBody {
    enum Shape: Sendable { case records, sports, reports }

    static let expected = "the header row of a Mi Fitness export"

    var output: GatheredOutput
    private var shape = Shape.records
    private var key: Int?
    private var time: Int?
    private var cell: Int?
    private var sid: Int?
    private let limits: ReadLimits

    init(_ context: ReadContext) {
        limits = context.limits
        output = GatheredOutput(
            file: .miFitness, device: SourceDevice(vendor: "Xiaomi", model: ""), context: context)
    }

    /// `nil` if the header is none of Mi Fitness'.
    static func shape(of header: TableHeader) -> Shape? {
        let common: Set<String> = ["uid", "sid", "key", "time", "value", "updatetime"]
        if header.isExactly(common) { return .records }
        if header.isExactly(common.union(["category"])) { return .sports }
        return header.isExactly(common.union(["tag"])) ? .reports : nil
    }

    mutating func begin(_ header: TableHeader) -> Bool {
        guard let shape = Self.shape(of: header) else { return false }
        self.shape = shape
        key = header.column("key")
        time = header.column("time")
        cell = header.column("value")
        sid = header.column("sid")
        return true
    }

    mutating func take(_ row: TableRow) throws(ReadError) {
        guard shape != .reports else {
            output.countIgnored("daily reports, which repeat the records", at: row.position)
            return
        }
        guard let object = FlatObject(row.text(cell), limits: limits) else {
            output.count(
                .damaged, at: row.position, found: "a value that is no JSON object",
                expected: "an object")
            return
        }
        if object.hasTooManyItems {
            output.count(
                .limitExceeded, at: row.position, found: "further items of a night",
                expected: "at most 4096", samplesLost: 0)
        }
        if shape == .sports { return try takeSport(row, object) }
        let word = row.word(key)
        switch word {
        case "heart_rate", "single_heart_rate":
            try takeValue(row, object, "bpm", .heartRate)
        case "resting_heart_rate":
            try takeValue(row, object, "bpm", .restingHeartRate, .derived)
        case "spo2", "single_spo2": try takeValue(row, object, "spo2", .oxygenSaturation)
        case "stress", "single_stress": try takeValue(row, object, "stress", .stress, .derived)
        case "steps": try takeSteps(row, object)
        case "sleep": try takeSleep(row, object)
        default:
            output.count(
                .unsupported, at: row.position, found: "a record whose key is not read",
                expected: "heart_rate, steps, sleep, spo2 or stress")
        }
    }

    // MARK: Time

    /// The object's own time, else the row's.
    private mutating func instant(
        _ row: TableRow, _ object: FlatObject, _ name: String = "time"
    ) -> Timestamp? {
        let seconds =
            FlatObject.seconds(object.numbers[name])
            ?? FlatObject.seconds(row.integer(time).map { Double($0) })
        guard let seconds else {
            output.count(
                .invalidValue, at: row.position, found: "a time in another form",
                expected: "seconds since 1970")
            return nil
        }
        return output.instant(seconds: seconds, position: row.position)
    }

    /// A zone in quarters of an hour; nothing if it is not there.
    private mutating func tellOffset(
        _ object: FlatObject, at times: [Timestamp], _ position: ReadPosition
    ) throws(ReadError) {
        guard let quarters = object.numbers["timezone"] else { return }
        guard (-72...72).contains(quarters), quarters == quarters.rounded() else {
            output.count(
                .invalidValue, at: position, found: "an offset in another form",
                expected: "quarters of an hour", samplesLost: 0)
            return
        }
        for time in times {
            try output.addOffset(Int32(quarters) * 900, at: time, position: position)
        }
    }

    private mutating func device(_ row: TableRow) -> Int {
        let name = row.text(sid)
        if name.isEmpty { return SampleOutput.defaultDevice }
        return output.device(
            SourceDevice(vendor: "Xiaomi", model: "", unit: NameHash.of(name)))
    }

    // MARK: Records

    private mutating func takeValue(
        _ row: TableRow, _ object: FlatObject, _ name: String, _ quantity: Quantity,
        _ derivation: Derivation = .measured
    ) throws(ReadError) {
        guard let value = object.numbers[name] else {
            output.count(
                .unknownField, at: row.position, found: "a record without its value",
                expected: "bpm, spo2 or stress")
            return
        }
        guard let time = instant(row, object) else { return }
        guard value > 0 else {
            output.countSentinel(row.position)
            return
        }
        try output.add(
            Float(value), quantity, derivation, device: device(row), at: time,
            position: row.position)
    }

    private mutating func takeSteps(_ row: TableRow, _ object: FlatObject) throws(ReadError) {
        guard let steps = object.numbers["steps"] else {
            output.count(
                .unknownField, at: row.position, found: "a record without its value",
                expected: "steps")
            return
        }
        guard let time = instant(row, object) else { return }
        let device = device(row)
        try output.add(
            Float(steps), .steps, device: device, at: time, duration: 60_000_000_000,
            position: row.position)
        if let distance = object.numbers["distance"] {
            try output.add(
                Float(distance), .distance, .derived, device: device, at: time,
                duration: 60_000_000_000, position: row.position)
        }
    }

    private mutating func takeSleep(_ row: TableRow, _ object: FlatObject) throws(ReadError) {
        guard let start = instant(row, object, "bedtime"),
            let seconds = FlatObject.seconds(object.numbers["wake_up_time"]),
            let end = output.instant(seconds: seconds, position: row.position), end >= start
        else {
            output.count(
                .invalidValue, at: row.position, found: "a night without bedtime and end",
                expected: "bedtime and wake_up_time", samplesLost: max(1, object.items.count))
            return
        }
        try tellOffset(object, at: [start, end], row.position)
        let device = device(row)
        if object.items.isEmpty {
            try output.add(
                stage: .inBed, device: device, at: start, duration: end.nanoseconds(since: start),
                position: row.position)
        }
        for item in object.items { try takeStage(item, device, row.position) }
        if let rate = object.numbers["avg_hr"], rate > 0 {
            try output.add(
                Float(rate), .heartRate, .derived, device: device, at: start,
                duration: end.nanoseconds(since: start), position: row.position)
        }
    }

    private mutating func takeStage(
        _ item: [String: Double], _ device: Int, _ position: ReadPosition
    ) throws(ReadError) {
        let stages: [Double: SleepStage] = [2: .deep, 3: .light, 4: .rem, 5: .wake]
        guard let stage = item["state"].flatMap({ stages[$0] }) else {
            output.count(
                .unknownElement, at: position, found: "an unknown sleep state",
                expected: "2 deep, 3 light, 4 REM or 5 awake")
            return
        }
        guard let from = FlatObject.seconds(item["start_time"]),
            let to = FlatObject.seconds(item["end_time"]), to >= from,
            let start = output.instant(seconds: from, position: position),
            let end = output.instant(seconds: to, position: position)
        else {
            output.countBackwards(position)
            return
        }
        try output.add(
            stage: stage, device: device, at: start, duration: end.nanoseconds(since: start),
            position: position)
    }

    private mutating func takeSport(_ row: TableRow, _ object: FlatObject) throws(ReadError) {
        guard let start = instant(row, object, "start_time") else { return }
        var duration = Int64((object.numbers["duration"] ?? 0).clamped(to: 0...1e7) * 1e9)
        if let seconds = FlatObject.seconds(object.numbers["end_time"]),
            let end = output.instant(seconds: seconds, position: row.position), end >= start
        {
            duration = end.nanoseconds(since: start)
        }
        try tellOffset(object, at: [start], row.position)
        let device = device(row)
        let sport = row.word(key).split(separator: "_").joined(separator: " ")
        try output.addWorkout(
            sport: SportName.code(sport), energy: object.numbers["calories"].map { Float($0) },
            distance: object.numbers["distance"].map { Float($0) }, at: start, duration: duration,
            device: device, position: row.position)
        if let rate = object.numbers["avg_hrm"], rate > 0 {
            try output.add(
                Float(rate), .heartRate, .derived, device: device, at: start, duration: duration,
                position: row.position)
        }
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        min(max(self, range.lowerBound), range.upperBound)
    }
}

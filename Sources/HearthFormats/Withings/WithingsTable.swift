// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The columns of Withings' tables and what they become.
struct WithingsTable: TableBody {
    enum Shape: Sendable { case raw, sleep, weight, pressure, activities }

    static let expected = "the header row of a Withings export"

    var output: GatheredOutput
    private var shape = Shape.raw
    private let raw: WithingsRaw
    private var from: Int?
    private var to: Int?
    private var value: Int?
    private var averageRate: Int?
    private var data: Int?
    private var factor: Float = 1
    private var unread: [Int] = []
    private let limits: ReadLimits

    init(_ context: ReadContext) {
        let raw = WithingsRaw(name: String(context.fileName))
        self.raw = raw
        limits = context.limits
        output = GatheredOutput(
            file: .withings, device: SourceDevice(vendor: "Withings", model: raw.source),
            context: context)
    }

    // The words of the languages seen; whatever else differs, the order and units are the same.
    private static func from(_ header: TableHeader) -> Int? {
        header.column("from", "von", "de", "du", "desde", "da", "van")
    }
    private static func to(_ header: TableHeader) -> Int? {
        header.column("to", "bis", "à", "au", "a", "hasta", "tot")
    }
    private static func date(_ header: TableHeader) -> Int? {
        header.column("date", "datum", "fecha", "data")
    }
    private static func rate(_ header: TableHeader) -> Int? {
        header.column(
            "heart rate", "herzfrequenz", "fréquence cardiaque", "frecuencia cardíaca",
            "frequenza cardiaca", "hartslag")
    }
    private static func weight(_ header: TableHeader) -> Int? {
        header.column("weight", "gewicht", "poids", "peso")
    }

    /// `nil` if the header is none of Withings'.
    static func shape(of header: TableHeader) -> Shape? {
        if header.isExactly(["start", "duration", "value"]) { return .raw }
        let isSpan = from(header) != nil && to(header) != nil
        if isSpan,
            let light = header.column(
                "light", "leicht", "léger", "ligero", "leggero", "licht"),
            let deep = header.column("deep", "tief", "profond", "profundo", "profondo", "diep"),
            header.unit(light) == "s", header.unit(deep) == "s"
        {
            return .sleep
        }
        if isSpan,
            header.column("activity type", "aktivitätstyp", "type d'activité") != nil,
            header.column("data", "daten", "données") != nil
        {
            return .activities
        }
        guard date(header) != nil else { return nil }
        if let weight = weight(header), ["kg", "lb", "lbs"].contains(header.unit(weight)),
            header.titles.filter({ $0.unit == header.unit(weight) }).count > 2
        {
            return .weight
        }
        let hasPressure =
            header.column("systolic", "systolisch", "systolique", "sistólica", "sistolica") != nil
            && header.column("diastolic", "diastolisch", "diastolique") != nil
        return hasPressure && rate(header) != nil ? .pressure : nil
    }

    mutating func begin(_ header: TableHeader) -> Bool {
        guard let shape = Self.shape(of: header) else { return false }
        self.shape = shape
        unread = ["comments", "kommentare", "commentaires", "comentarios", "commenti", "gps"]
            .compactMap { header.column($0) }
        switch shape {
        case .raw:
            from = header.column("start")
            to = header.column("duration")
            value = header.column("value")
        case .sleep, .activities:
            from = Self.from(header)
            to = Self.to(header)
            averageRate = header.column(
                "average heart rate", "durchschnittliche herzfrequenz",
                "fréquence cardiaque moyenne")
            data = header.column("data", "daten", "données")
            value = header.column("activity type", "aktivitätstyp", "type d'activité")
        case .weight:
            from = Self.date(header)
            value = Self.weight(header)
            if header.unit(value) != "kg" { factor = 0.453_592_37 }
        case .pressure:
            from = Self.date(header)
            value = Self.rate(header)
        }
        return true
    }

    mutating func take(_ row: TableRow) throws(ReadError) {
        if unread.contains(where: { !row.isEmpty($0) }) {
            output.countIgnored("comments and tracks", at: row.position)
        }
        guard let time = row.time(from) else {
            output.countInvalidTime(row.position)
            return
        }
        if shape == .raw, raw.meaning == .position {
            output.countIgnored("positions", at: row.position)
            return
        }
        guard let start = output.instant(time, position: row.position) else { return }
        if let offset = time.offsetSeconds, !time.isZulu {
            try output.addOffset(offset, at: start, position: row.position)
        }
        switch shape {
        case .raw: try takeRaw(row, start)
        case .sleep: try takeSleep(row, start)
        case .activities: try takeActivity(row, start)
        case .weight:
            guard let value = self.value(row, value) else { return }
            try output.add(value * factor, .bodyMass, at: start, position: row.position)
        case .pressure:
            output.countIgnored("blood pressure, which has no quantity", at: row.position)
            try addPositive(row, value, .heartRate, .measured, at: start)
        }
    }

    // MARK: Raw values

    private mutating func takeRaw(_ row: TableRow, _ start: Timestamp) throws(ReadError) {
        guard let durations = Self.list(row.text(to)), let values = Self.list(row.text(value)),
            durations.count == values.count
        else {
            output.count(
                .damaged, at: row.position, found: "lists that do not fit each other",
                expected: "as many durations as values")
            return
        }
        var elapsed: Int64 = 0
        for (duration, value) in zip(durations, values) {
            guard (0...10_000_000).contains(duration), elapsed < 1 << 60 else {
                output.countInvalidValue(row.position)
                continue
            }
            let length = Int64(Double(duration) * 1e9)
            try takeRaw(
                value, at: start.advanced(byNanoseconds: elapsed), length, row.position)
            elapsed += length
        }
    }

    private mutating func takeRaw(
        _ value: Float, at time: Timestamp, _ duration: Int64, _ position: ReadPosition
    ) throws(ReadError) {
        switch raw.meaning {
        case .quantity(let quantity, let derivation):
            if value <= 0, quantity == .heartRate || quantity == .oxygenSaturation {
                output.countSentinel(position)
                return
            }
            try output.add(
                value, quantity, derivation, at: time, duration: duration, position: position)
        case .stages(let stages):
            guard value >= 0, value < Float(stages.count), value == value.rounded() else {
                output.count(
                    .unknownElement, at: position, found: "an unknown sleep state",
                    expected: "0 awake, 1 light, 2 deep or 3 REM")
                return
            }
            try output.add(
                stage: stages[Int(value)], at: time, duration: duration, position: position)
        case .unread:
            output.count(
                .unsupported, at: position, found: "raw values without a quantity",
                expected: "raw heart rate, sleep state, oxygen, steps, distance or energy")
        case .unknown, .position:
            output.count(
                .unsupported, at: position,
                found: "raw values whose file name does not tell what they are",
                expected: "a name such as raw_tracker_hr.csv")
        }
    }

    /// `[120,840]` or a number alone.
    static func list(_ text: [UInt8]) -> [Float]? {
        var cell = text[...]
        if cell.first == UInt8(ascii: "[") {
            guard cell.last == UInt8(ascii: "]"), cell.count >= 2 else { return nil }
            cell = cell.dropFirst().dropLast()
        }
        var values: [Float] = []
        for part in cell.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let number = Array(part.filter { $0 > 0x20 })
            guard let value = TextNumber.float(number.span) else { return nil }
            values.append(value)
        }
        return values.isEmpty ? nil : values
    }

    // MARK: Summaries

    private mutating func end(_ row: TableRow, after start: Timestamp) -> Int64? {
        guard let time = row.time(to) else {
            output.countInvalidTime(row.position)
            return nil
        }
        guard let end = output.instant(time, position: row.position) else { return nil }
        guard end >= start else {
            output.countBackwards(row.position)
            return nil
        }
        return end.nanoseconds(since: start)
    }

    private mutating func takeSleep(_ row: TableRow, _ start: Timestamp) throws(ReadError) {
        guard let duration = end(row, after: start) else { return }
        output.countIgnored("sums of stages without times", at: row.position)
        try output.add(stage: .inBed, at: start, duration: duration, position: row.position)
        try addPositive(row, averageRate, .heartRate, at: start, duration: duration)
    }

    private mutating func takeActivity(_ row: TableRow, _ start: Timestamp) throws(ReadError) {
        guard let duration = end(row, after: start) else { return }
        let object = FlatObject(row.text(data), limits: limits)
        if object == nil, !row.isEmpty(data) { output.countInvalidValue(row.position) }
        try output.addWorkout(
            sport: SportName.code(row.word(value)),
            energy: object?.numbers["calories"].map { Float($0) },
            distance: object?.numbers["distance"].map { Float($0) }, at: start,
            duration: duration, position: row.position)
        if let rate = object?.numbers["hr_average"], rate > 0 {
            try output.add(
                Float(rate), .heartRate, .derived, at: start, duration: duration,
                position: row.position)
        }
    }
}

/// What a raw file holds; only its name tells.
struct WithingsRaw: Sendable {
    enum Meaning: Sendable, Equatable {
        case quantity(Quantity, Derivation)
        case stages([SleepStage])
        case position, unread, unknown
    }

    var meaning = Meaning.unknown
    /// The sensor, one of a few words.
    var source = ""

    /// - Parameter name: such as `raw_tracker_sleep-state.csv`.
    init(name: String) {
        let parts = name.lowercased().split(separator: ".").first?.split(separator: "_") ?? []
        guard parts.count >= 3, parts[0] == "raw", let last = parts.last else { return }
        let sources = ["tracker", "bed", "sleep-monitor", "hr", "spo2", "core"]
        source = sources.first { $0 == String(parts[1]) } ?? ""
        switch last {
        case "hr": meaning = .quantity(.heartRate, .measured)
        case "spo2": meaning = .quantity(.oxygenSaturation, .measured)
        case "steps": meaning = .quantity(.steps, .measured)
        case "distance": meaning = .quantity(.distance, .derived)
        case "calories-earned": meaning = .quantity(.activeEnergy, .derived)
        case "respiratory-rate": meaning = .quantity(.respiratoryRate, .derived)
        // The older mat knows only awake and asleep.
        case "sleep-state" where source == "sleep-monitor": meaning = .stages([.wake, .asleep])
        case "sleep-state": meaning = .stages([.wake, .light, .deep, .rem])
        case "latitude", "longitude", "altitude", "direction", "gps-speed", "horizontal-radius",
            "vertical-radius":
            meaning = .position
        default: meaning = .unread
        }
    }
}

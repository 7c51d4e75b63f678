// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The columns of WHOOP's tables and what they become.
struct WHOOPTable: TableBody {
    enum Shape: Sendable { case cycles, sleeps, workouts, journal }

    static let expected = "the header row of a WHOOP export"

    var output: GatheredOutput
    private var shape = Shape.cycles
    private var columns = Columns()
    /// False for the same tables written by another app, which states UTC for every place.
    private var tellsClock = true

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .whoop, device: SourceDevice(vendor: "WHOOP", model: ""), context: context)
    }

    /// Which columns are where.
    private struct Columns: Sendable {
        var start: Int?
        var end: Int?
        var zone: Int?
        var sleepStart: Int?
        var sleepEnd: Int?
        var restingHeartRate: Int?
        var variability: Int?
        var skinTemperature: Int?
        var oxygen: Int?
        var respiration: Int?
        var energy: Int?
        var averageHeartRate: Int?
        var sport: Int?
        var distance: Int?
        /// Scores and sums that have no quantity here.
        var unread: [Int] = []
    }

    /// Accounts in Spanish export translated headers.
    private static let spanish = [
        "hora de inicio del ciclo": "cycle start time",
        "hora de finalización del ciclo": "cycle end time",
        "zona horaria del ciclo": "cycle timezone",
        "puntuación de recuperación": "recovery score",
        "frecuencia cardíaca en reposo": "resting heart rate",
        "variabilidad de la frecuencia cardíaca": "heart rate variability",
        "temp cutánea": "skin temp", "oxígeno en sangre": "blood oxygen",
        "esfuerzo del día": "day strain", "energía quemada": "energy burned",
        "fc máx": "max hr", "fc promedio": "average hr", "inicio del sueño": "sleep onset",
        "inicio de la vigilia": "wake onset", "frecuencia respiratoria": "respiratory rate",
        "calificación del sueño": "sleep performance", "siesta": "nap",
        "hora de inicio del entrenamiento": "workout start time",
        "hora de finalización del entrenamiento": "workout end time",
        "nombre de la actividad": "activity name", "esfuerzo de actividad": "activity strain",
        "texto de la pregunta": "question text",
    ]

    /// `nil` if the header is none of WHOOP's.
    static func shape(of written: TableHeader) -> Shape? {
        let header = written.renamed(spanish)
        guard header.has("cycle start time") else { return nil }
        if header.has("workout start time", "workout end time") { return .workouts }
        if header.has("question text") { return .journal }
        let isNight = header.has("sleep onset", "wake onset")
        if header.column("recovery score", "day strain") != nil, isNight { return .cycles }
        if isNight, header.column("nap", "sleep performance", "cycle timezone") != nil {
            return .sleeps
        }
        return nil
    }

    mutating func begin(_ written: TableHeader) -> Bool {
        let header = written.renamed(Self.spanish)
        guard let shape = Self.shape(of: header) else { return false }
        self.shape = shape
        tellsClock = !header.has("source")
        let isWorkout = shape == .workouts
        columns.start = header.column(isWorkout ? "workout start time" : "cycle start time")
        columns.end = header.column(isWorkout ? "workout end time" : "cycle end time")
        columns.zone = header.column("cycle timezone", "timezone", "cycle timezone offset")
        columns.sleepStart = header.column("sleep onset")
        columns.sleepEnd = header.column("wake onset")
        columns.restingHeartRate = header.column("resting heart rate", "resting heart rate bpm")
        columns.variability = header.column(
            "heart rate variability", "heart rate variability ms", "heart rate variability rmssd")
        columns.skinTemperature = header.column("skin temp", "skin temp celsius")
        columns.oxygen = header.column("blood oxygen", "blood oxygen spo2")
        columns.respiration = header.column("respiratory rate", "respiratory rate rpm")
        columns.energy = header.column("energy burned", "energy burned cal")
        columns.averageHeartRate = header.column(
            "average hr", "average heart rate", "average hr bpm")
        columns.sport = header.column("activity name")
        columns.distance = header.column("distance", "distance meters")
        columns.unread = Self.unread.compactMap { header.column($0) }
        return true
    }

    private static let unread = [
        "recovery score", "day strain", "activity strain", "sleep performance", "asleep duration",
        "light sleep duration", "deep duration", "rem duration", "awake duration", "sleep need",
        "sleep debt", "sleep efficiency", "sleep consistency", "max hr",
    ]

    mutating func take(_ row: TableRow) throws(ReadError) {
        guard shape != .journal else {
            output.countIgnored("journal entries, which are private", at: row.position)
            return
        }
        let offset = offset(row)
        guard let span = try span(row, columns.start, columns.end, offset) else { return }
        if columns.unread.contains(where: { !row.isEmpty($0) }) {
            output.countIgnored("scores and sums without a quantity", at: row.position)
        }
        switch shape {
        case .workouts: try takeWorkout(row, span)
        case .cycles:
            try takeCycle(row, span)
            try takeNight(row, span, offset)
        case .sleeps: try takeNight(row, span, offset)
        case .journal: break
        }
    }

    // MARK: Time

    private struct Span {
        var start: Timestamp
        var duration: Int64
    }

    /// `UTC-08:00`, `UTCZ`, `UTC`, `-08:00` or `Z`.
    private mutating func offset(_ row: TableRow) -> Int32? {
        var cell = row.text(columns.zone)
        if cell.isEmpty { return nil }
        let prefix = String(decoding: cell.prefix(3), as: UTF8.self)
        if prefix == "UTC" || prefix == "GMT" { cell.removeFirst(3) }
        if cell.isEmpty { return 0 }
        guard let offset = TextTime.offset(cell.span) else {
            output.count(
                .invalidValue, at: row.position, found: "an offset in another form",
                expected: "an offset such as UTC-08:00", samplesLost: 0)
            return nil
        }
        return offset
    }

    /// From one column to another; an open end makes an instant. Also tells the wall clock.
    private mutating func span(
        _ row: TableRow, _ from: Int?, _ to: Int?, _ offset: Int32?
    ) throws(ReadError) -> Span? {
        guard let time = row.time(from) else {
            output.countInvalidTime(row.position)
            return nil
        }
        guard let start = output.instant(time, offset: offset, position: row.position) else {
            return nil
        }
        if let offset, tellsClock {
            try output.addOffset(offset, at: start, position: row.position)
        }
        if row.isEmpty(to) { return Span(start: start, duration: 0) }
        guard let endTime = row.time(to) else {
            output.countInvalidTime(row.position)
            return nil
        }
        guard let end = output.instant(endTime, offset: offset, position: row.position) else {
            return nil
        }
        guard end >= start else {
            output.countBackwards(row.position)
            return nil
        }
        return Span(start: start, duration: end.nanoseconds(since: start))
    }

    // MARK: Rows

    /// What the whole cycle has, from one sleep to the next.
    private mutating func takeCycle(_ row: TableRow, _ span: Span) throws(ReadError) {
        try addPositive(
            row, columns.averageHeartRate, .heartRate, at: span.start, duration: span.duration)
        if !row.isEmpty(columns.energy) {
            output.count(
                .unsupported, at: row.position, found: "energy that includes energy at rest",
                expected: "active energy")
        }
    }

    /// The sleep of a cycle, or a row of the table of sleeps, and what was taken in it.
    private mutating func takeNight(
        _ row: TableRow, _ cycle: Span, _ offset: Int32?
    ) throws(ReadError) {
        var span = cycle
        if !row.isEmpty(columns.sleepStart), !row.isEmpty(columns.sleepEnd) {
            guard let night = try self.span(row, columns.sleepStart, columns.sleepEnd, offset)
            else { return }
            span = night
            try output.add(
                stage: .inBed, at: span.start, duration: span.duration, position: row.position)
        } else if !row.isEmpty(columns.sleepStart) {
            output.count(
                .truncated, at: row.position, found: "a sleep without an end",
                expected: "onset and end of sleep")
        }
        let (start, length) = (span.start, span.duration)
        try addPositive(
            row, columns.restingHeartRate, .restingHeartRate, at: start, duration: length)
        try addPositive(row, columns.variability, .hrvRMSSD, at: start, duration: length)
        try addPositive(row, columns.skinTemperature, .skinTemperature, at: start, duration: length)
        try addPositive(row, columns.oxygen, .oxygenSaturation, at: start, duration: length)
        try addPositive(row, columns.respiration, .respiratoryRate, at: start, duration: length)
    }

    private mutating func takeWorkout(_ row: TableRow, _ span: Span) throws(ReadError) {
        try output.addWorkout(
            sport: SportName.code(row.word(columns.sport)), energy: value(row, columns.energy),
            distance: value(row, columns.distance), at: span.start, duration: span.duration,
            position: row.position)
        try addPositive(
            row, columns.averageHeartRate, .heartRate, at: span.start, duration: span.duration)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Tables of measurements: a row each with heart rate, RMSSD and SDNN.
struct HRVTable: TableBody {
    enum Shape: Sendable { case trainingDate, timed }

    static let expected = "the header row of HRV4Training or EliteHRV"
    static let takesRaggedRows = true
    /// Rows held back at most until one date tells whether the day or the month comes first.
    private static let mostHeld = 4096

    var output: GatheredOutput
    private var shape = Shape.timed
    private var time: Int?
    private var timeOfDay: Int?
    private var readouts: [(column: Int, quantity: Quantity)] = []
    private var personal: [Int] = []
    private var pending: [Measurement] = []
    private var order = DateOrder.unknown

    private enum DateOrder { case unknown, monthFirst, dayFirst, untold }

    /// A row whose date is not understood yet.
    private struct Measurement: Sendable {
        var year: Int
        var second: Int
        var third: Int
        var timeOfDay: [UInt8]
        var values: [(value: Float, quantity: Quantity)]
        var position: ReadPosition
    }

    init(_ context: ReadContext) {
        output = GatheredOutput(
            file: .hrvApp, device: SourceDevice(vendor: "", model: "HRV app"), context: context)
    }

    /// `nil` if the header is of no app that is known.
    static func shape(of header: TableHeader) -> Shape? {
        guard header.has("rmssd", "sdnn", "pnn50", "hr") else { return nil }
        if header.column("datetime", "date time start", "datetimestart", "timestamp measurement")
            != nil
        {
            return .timed
        }
        return header.has("date", "time", "avnn") ? .trainingDate : nil
    }

    mutating func begin(_ header: TableHeader) -> Bool {
        guard let shape = Self.shape(of: header) else { return false }
        self.shape = shape
        time =
            shape == .timed
            ? header.column("datetime", "date time start", "datetimestart", "timestamp measurement")
            : header.column("date")
        timeOfDay = header.column("time")
        let quantities: [(String, Quantity)] = [
            ("hr", .heartRate), ("rmssd", .hrvRMSSD), ("sdnn", .hrvSDNN),
            ("vo2max", .maximalOxygenUptake),
        ]
        readouts = quantities.compactMap { name, quantity in
            header.column(name).map { ($0, quantity) }
        }
        personal = ["member", "note", "notes", "location", "latitude", "longitude", "tags"]
            .compactMap { header.column($0) }
        return true
    }

    mutating func take(_ row: TableRow) throws(ReadError) {
        var values: [(value: Float, quantity: Quantity)] = []
        for readout in readouts {
            guard let value = value(row, readout.column) else { continue }
            if value > 0 {
                values.append((value, readout.quantity))
            } else {
                output.countSentinel(row.position)
            }
        }
        if personal.contains(where: { !row.isEmpty($0) }) {
            output.countIgnored("names, notes and places", at: row.position)
        }
        guard !values.isEmpty else { return }
        if shape == .timed {
            guard let time = row.time(time) else {
                return countTime(values.count, row.position)
            }
            try deliver(values, at: time, row.position)
        } else {
            try takeDated(row, values)
        }
    }

    private mutating func countTime(_ samples: Int, _ position: ReadPosition) {
        output.count(
            .invalidValue, at: position, found: "a date in another form",
            expected: "a date such as 2017-09-08", samplesLost: samples)
    }

    private mutating func deliver(
        _ values: [(value: Float, quantity: Quantity)], at time: TextTime,
        _ position: ReadPosition
    ) throws(ReadError) {
        guard let instant = output.instant(time, position: position) else { return }
        for (value, quantity) in values {
            try output.add(value, quantity, .derived, at: instant, position: position)
        }
    }

    // MARK: Dates with the day first or the month first

    private mutating func takeDated(
        _ row: TableRow, _ values: [(value: Float, quantity: Quantity)]
    ) throws(ReadError) {
        guard let date = Self.numbers(row.text(time)) else {
            return countTime(values.count, row.position)
        }
        pending.append(
            Measurement(
                year: date.0, second: date.1, third: date.2,
                timeOfDay: Array(row.text(timeOfDay).prefix(32)), values: values,
                position: row.position))
        if order == .unknown {
            if date.1 > 12 { order = .dayFirst } else if date.2 > 12 { order = .monthFirst }
        }
        if order != .unknown {
            try settle()
        } else if pending.count >= Self.mostHeld {
            order = .untold
            try settle()
        }
    }

    mutating func end() throws(ReadError) {
        if order == .unknown { order = .untold }
        try settle()
    }

    private mutating func settle() throws(ReadError) {
        let rows = pending
        pending = []
        for row in rows {
            // The same number twice reads alike either way.
            guard order != .untold || row.second == row.third else {
                output.count(
                    .unsupported, at: row.position,
                    found: "dates that do not tell whether day or month comes first",
                    expected: "a date with a day above 12", samplesLost: row.values.count)
                continue
            }
            let isDayFirst = order == .dayFirst
            var text: [UInt8] = []
            TextNumber.appendPadded(row.year, width: 4, to: &text)
            text.append(UInt8(ascii: "-"))
            TextNumber.appendPadded(isDayFirst ? row.third : row.second, width: 2, to: &text)
            text.append(UInt8(ascii: "-"))
            TextNumber.appendPadded(isDayFirst ? row.second : row.third, width: 2, to: &text)
            if !row.timeOfDay.isEmpty { text += [UInt8(ascii: "T")] + row.timeOfDay }
            guard let time = TextTime(text.span) else {
                countTime(row.values.count, row.position)
                continue
            }
            try deliver(row.values, at: time, row.position)
        }
    }

    /// `2017-27-07` as its three numbers.
    private static func numbers(_ text: [UInt8]) -> (Int, Int, Int)? {
        let dash = UInt8(ascii: "-")
        guard text.count == 10, text[4] == dash, text[7] == dash,
            [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy({ TextNumber.isDigit(text[$0]) })
        else { return nil }
        func number(_ range: Range<Int>) -> Int {
            text[range].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        return (number(0..<4), number(5..<7), number(8..<10))
    }
}

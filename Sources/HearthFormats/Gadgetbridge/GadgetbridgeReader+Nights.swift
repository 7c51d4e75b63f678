// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension GadgetbridgeReader {
    /// No stage lasts longer; a longer one spans the day between two nights.
    private static let longestStage: Int64 = 4 * 3_600_000_000_000

    /// Reads when nights begin and end, where a table of its own tells it.
    mutating func readNights(
        _ database: borrowing some RowSource & ~Copyable
    ) throws(ReadError) {
        let ends = ["DEVICE_ID", "WAKEUP_TIME"]
        try readNights("XIAOMI_SLEEP_TIME_SAMPLE", ends, database) { (reader, device, row) in
            guard let end = DatabaseTime.milliseconds(row[1]) else { return false }
            reader.nightEnds[device, default: []].append(end.nanoseconds)
            return true
        }
        let starts = ["DEVICE_ID", "TIMESTAMP", "EVENT", "EVENT_TYPE"]
        try readNights("GARMIN_EVENT_SAMPLE", starts, database) { (reader, device, row) in
            // Event 74 is sleep, its type 0 the start.
            guard row[2] == .integer(74), row[3] == .integer(0) else { return true }
            guard let start = DatabaseTime.milliseconds(row[1]) else { return false }
            reader.nightStarts[device, default: []].append(start.nanoseconds)
            return true
        }
        for key in nightEnds.keys { nightEnds[key]?.sort() }
        for key in nightStarts.keys { nightStarts[key]?.sort() }
    }

    /// - Parameter take: takes the columns of a row; false if its time is not sound.
    private mutating func readNights(
        _ name: String, _ names: [String], _ database: borrowing some RowSource & ~Copyable,
        take: (inout GadgetbridgeReader, _ device: Int, _ row: [CellValue]) -> Bool
    ) throws(ReadError) {
        guard let shape = database.tables.first(where: { $0.name == name }) else { return }
        let columns = names.compactMap(shape.column)
        if columns.count == names.count {
            let damage = try database.rows(of: name, columns: columns) {
                (row, cells) throws(ReadError) in
                let device = device(cells[0], row: row).index
                if !take(&self, device, cells) { notes.note(.badTime, row: row, samplesLost: 0) }
            }
            if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
        } else {
            try database.countRows(of: name, as: .notRead, &notes)
        }
        notes.flush(name, into: &output)
    }

    /// Rows of one stage each.
    mutating func readStages(
        _ table: GadgetbridgeTable, _ rule: GadgetbridgeStages, _ codes: [Int64: SleepStage],
        _ shape: TableShape, _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var names = ["TIMESTAMP", "DEVICE_ID", "STAGE"]
        if case .lasting = rule { names.append("DURATION") }
        let columns = names.compactMap(shape.column)
        guard columns.count == names.count else {
            return try database.countRows(of: shape.name, as: .notRead, &notes)
        }
        /// The row before, of each device.
        var last: [Int: (time: Timestamp, code: CellValue, row: Int64)] = [:]
        let damage = try database.rows(
            of: shape.name, columns: columns, orderedBy: [columns[0]]
        ) { (row, cells) throws(ReadError) in
            guard let time = DatabaseTime.milliseconds(cells[0]) else {
                return notes.note(.badTime, row: row, samplesLost: cells[2].isNull ? 0 : 1)
            }
            let device = device(cells[1], row: row).index
            switch rule {
            case .lasting(let unit):
                let length = cells[3].wholeNumber ?? -1
                let (duration, overflow) = length.multipliedReportingOverflow(by: unit)
                try addStage(
                    cells[2], codes, device, from: time,
                    lasting: overflow || length <= 0 ? nil : duration, row: row, into: &sink)
            case .untilNext:
                if let before = last[device] {
                    try addStage(before, codes, device, next: time, into: &sink)
                }
                last[device] = (time, cells[2], row)
            case .sinceLast:
                let event = Self.latest(nightStarts[device] ?? [], before: time)
                let start = max(event ?? .distantPast, last[device]?.time ?? .distantPast)
                try addStage(
                    cells[2], codes, device, from: start,
                    lasting: time.nanoseconds(since: start), row: row, into: &sink)
                last[device] = (time, cells[2], row)
            }
        }
        if case .untilNext = rule {
            for (device, before) in last.sorted(by: { $0.key < $1.key }) {
                try addStage(before, codes, device, next: .distantFuture, into: &sink)
            }
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    /// A stage that ends with the next one or with its night, whichever comes first.
    private mutating func addStage(
        _ row: (time: Timestamp, code: CellValue, row: Int64), _ codes: [Int64: SleepStage],
        _ device: Int, next: Timestamp, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let night = Self.earliest(nightEnds[device] ?? [], after: row.time) ?? .distantFuture
        try addStage(
            row.code, codes, device, from: row.time,
            lasting: min(next, night).nanoseconds(since: row.time), row: row.row, into: &sink)
    }

    private mutating func addStage(
        _ code: CellValue, _ codes: [Int64: SleepStage], _ device: Int, from start: Timestamp,
        lasting duration: Int64?, row: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if code.isNull { return }
        guard let stage = code.wholeNumber.flatMap({ codes[$0] }) else {
            return notes.note(.unknownStage, row: row)
        }
        guard let duration, (1...Self.longestStage).contains(duration) else {
            return notes.note(.unplacedStage, row: row)
        }
        try output.add(
            Float(stage.rawValue), .sleepStage, .derived, device: device, at: start,
            duration: duration, position: ReadPosition(byte: 0, record: row), into: &sink)
    }

    /// The last of ascending times at or before `time`.
    private static func latest(_ times: [Int64], before time: Timestamp) -> Timestamp? {
        let index = firstIndex(in: times) { $0 > time.nanoseconds }
        return index > 0 ? Timestamp(nanoseconds: times[index - 1]) : nil
    }

    /// The first of ascending times behind `time`.
    private static func earliest(_ times: [Int64], after time: Timestamp) -> Timestamp? {
        let index = firstIndex(in: times) { $0 > time.nanoseconds }
        return index < times.count ? Timestamp(nanoseconds: times[index]) : nil
    }

    private static func firstIndex(in times: [Int64], where isBehind: (Int64) -> Bool) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if isBehind(times[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Workouts: when and, for the commonest, which sport. Names, places and summaries are dropped.
    mutating func readWorkouts(
        _ shape: TableShape, _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let columns = ["START_TIME", "END_TIME", "DEVICE_ID", "ACTIVITY_KIND"]
            .compactMap(shape.column)
        guard columns.count == 4 else {
            return try database.countRows(of: shape.name, as: .notRead, &notes)
        }
        // Codes of the app for activities, and of FIT for sports.
        let sports: [Int64: Float] = [0x10: 1, 0x20: 11, 0x40: 5, 0x80: 2, 0x100: 1, 0x200: 10]
        let damage = try database.rows(
            of: shape.name, columns: columns, orderedBy: [columns[0]]
        ) { (row, cells) throws(ReadError) in
            guard let start = DatabaseTime.milliseconds(cells[0]),
                let end = DatabaseTime.milliseconds(cells[1])
            else { return notes.note(.badTime, row: row) }
            guard end >= start else { return notes.note(.backwards, row: row) }
            let sport = cells[3].wholeNumber.flatMap { sports[$0] } ?? 0
            try output.add(
                values: [sport, 0, 0], .workout, device: device(cells[2], row: row).index,
                at: start, duration: end.nanoseconds(since: start),
                position: ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }
}

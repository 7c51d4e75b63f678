// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension HealthConnectReader {
    /// Records with a value of their own, at an instant or over a time.
    mutating func readValues(
        _ table: HealthConnectTable, _ columns: HealthConnectColumns,
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let value = columns.first(of: table.values), let places = Places(columns) else {
            return try database.countRows(of: columns.table, as: .notRead, &notes)
        }
        var selection = places.selection
        selection.add(value)
        let plausible = table.quantity.facts.plausible
        let damage = try database.rows(
            of: columns.table, columns: selection.columns, orderedBy: [places.start]
        ) { (row, cells) throws(ReadError) in
            let value = selection.cell(Places.count, cells)
            if value.isNull { return notes.note(.noValue, row: row, samplesLost: 0) }
            guard let span = span(selection, cells, row) else { return }
            guard let number = value.number else { return notes.note(.badValue, row: row) }
            let physical = number * table.factor
            let hours = Double(span.duration) / 3.6e12
            // A minute's slack, so that a record of no length is not endlessly fast.
            let isFast = table.hourly.map { physical / (hours + 1 / 60.0) > $0.upperBound } ?? false
            guard !isFast, plausible.contains(Float(physical)) else {
                return notes.note(.implausible, row: row)
            }
            try output.add(
                Float(physical), table.quantity, table.derivation, device: span.device,
                at: span.start, duration: span.duration,
                position: ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    /// Sessions without a value: nights in bed, workouts. Titles and notes are dropped.
    mutating func readSessions(
        _ table: HealthConnectTable, _ columns: HealthConnectColumns,
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let places = Places(columns) else {
            return try database.countRows(of: columns.table, as: .notRead, &notes)
        }
        let selection = places.selection
        let damage = try database.rows(
            of: columns.table, columns: selection.columns, orderedBy: [places.start]
        ) { (row, cells) throws(ReadError) in
            guard let span = span(selection, cells, row) else { return }
            let position = ReadPosition(byte: 0, record: row)
            if table.quantity == .workout {
                try output.add(
                    values: [0, 0, 0], .workout, device: span.device, at: span.start,
                    duration: span.duration, position: position, into: &sink)
            } else {
                try output.add(
                    Float(SleepStage.inBed.rawValue), .sleepStage, .derived, device: span.device,
                    at: span.start, duration: span.duration, position: position, into: &sink)
            }
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    // MARK: Rows of other records

    /// Values of a series; the record they belong to tells the source.
    mutating func readSeries(
        _ table: HealthConnectTable, _ columns: HealthConnectColumns, parent: String,
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let value = columns.first(of: table.values), let key = columns["parentkey"],
            let time = columns.first(of: ["epochmillis", "time"])
        else { return try database.countRows(of: columns.table, as: .notRead, &notes) }
        let parents = try readParents(parent, database)
        let plausible = table.quantity.facts.plausible
        let damage = try database.rows(
            of: columns.table, columns: [time, key, value], orderedBy: [time]
        ) { (row, cells) throws(ReadError) in
            if cells[2].isNull { return notes.note(.noValue, row: row, samplesLost: 0) }
            guard let start = DatabaseTime.milliseconds(cells[0]) else {
                return notes.note(.badTime, row: row)
            }
            guard let number = cells[2].number else { return notes.note(.badValue, row: row) }
            let physical = Float(number * table.factor)
            guard plausible.contains(physical) else { return notes.note(.implausible, row: row) }
            try output.add(
                physical, table.quantity, table.derivation,
                device: device(of: cells[1], parents, row: row), at: start,
                position: ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    mutating func readStages(
        _ table: HealthConnectTable, _ columns: HealthConnectColumns, parent: String,
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let key = columns["parentkey"],
            let start = columns.first(of: ["stagestarttime", "starttime"]),
            let end = columns.first(of: ["stageendtime", "endtime"]),
            let stage = columns.first(of: ["stagetype", "stage"])
        else { return try database.countRows(of: columns.table, as: .notRead, &notes) }
        let parents = try readParents(parent, database)
        let damage = try database.rows(
            of: columns.table, columns: [start, end, key, stage], orderedBy: [start]
        ) { (row, cells) throws(ReadError) in
            if cells[3].isNull { return notes.note(.noValue, row: row, samplesLost: 0) }
            guard let start = DatabaseTime.milliseconds(cells[0]),
                let end = DatabaseTime.milliseconds(cells[1])
            else { return notes.note(.badTime, row: row) }
            guard end >= start else { return notes.note(.backwards, row: row) }
            guard let stage = cells[3].wholeNumber.flatMap({ Self.stages[$0] }) else {
                return notes.note(.unknownStage, row: row)
            }
            try output.add(
                Float(stage.rawValue), .sleepStage, .derived,
                device: device(of: cells[2], parents, row: row), at: start,
                duration: end.nanoseconds(since: start),
                position: ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    /// Unknown, awake, sleeping, out of bed, light, deep, REM, awake in bed.
    private static let stages: [Int64: SleepStage] = [
        0: .unscored, 1: .wake, 2: .asleep, 3: .wake, 4: .light, 5: .deep, 6: .rem, 7: .wake,
    ]

    /// The records of a series: their keys, ascending, and devices. Sixteen bytes a record, which is
    /// less than the record takes in the database.
    private struct Parents {
        var keys: [Int64] = []
        var devices: [Int32] = []

        func device(of key: Int64) -> Int? {
            var low = 0
            var high = keys.count
            while low < high {
                let middle = (low + high) / 2
                if keys[middle] < key { low = middle + 1 } else { high = middle }
            }
            return low < keys.count && keys[low] == key ? Int(devices[low]) : nil
        }
    }

    private mutating func device(of key: CellValue, _ parents: Parents, row: Int64) -> Int {
        if let key = key.wholeNumber, let device = parents.device(of: key) { return device }
        notes.note(.noParent, row: row, samplesLost: 0)
        return SampleOutput.defaultDevice
    }

    /// Reads the records of a series: where they came from, and what the wall clock showed.
    private mutating func readParents(
        _ key: String, _ database: borrowing some RowSource & ~Copyable
    ) throws(ReadError) -> Parents {
        var parents = Parents()
        let shape = database.tables.first { table in
            HealthConnectTable.key(table.name) == key && table.column("parent_key") == nil
        }
        guard let shape else { return parents }
        let columns = HealthConnectColumns(shape)
        guard let id = columns["rowid"] else { return parents }
        // The offsets of sleep sessions are told where the sessions themselves are read.
        let places = HealthConnectTable.keyed[key]?.rows.isAuxiliary == true ? Places(columns) : nil
        var selection = places?.selection ?? Places.sources(columns)
        selection.add(id)
        let idPlace = places == nil ? 2 : Places.count
        let damage = try database.rows(
            of: shape.name, columns: selection.columns, orderedBy: [id]
        ) { (row, cells) throws(ReadError) in
            guard let id = selection.cell(idPlace, cells).wholeNumber else {
                return notes.note(.badValue, row: row, samplesLost: 0)
            }
            if parents.keys.last.map({ $0 >= id }) ?? false { return }
            let source = DeviceKey(
                app: selection.cell(0, cells).wholeNumber,
                maker: selection.cell(1, cells).wholeNumber)
            parents.keys.append(id)
            parents.devices.append(Int32(truncatingIfNeeded: device(source)))
            if places != nil { addOffsets(selection, cells, row) }
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
        return parents
    }

    // MARK: Time and place

    /// Where the columns that all records have stand in a selection.
    struct Places {
        static let app = 0
        static let maker = 1
        static let startTime = 2
        static let startOffset = 3
        static let endTime = 4
        static let endOffset = 5
        static let count = 6

        /// The column to sort by.
        let start: String
        private(set) var selection: HealthConnectSelection

        /// `nil` if the table tells no time.
        init?(_ columns: HealthConnectColumns) {
            guard let start = columns.first(of: ["starttime", "time"]) else { return nil }
            self.start = start
            selection = Self.sources(columns)
            selection.add(start)
            selection.add(columns.first(of: ["startzoneoffset", "zoneoffset"]))
            selection.add(columns["endtime"])
            selection.add(columns["endzoneoffset"])
        }

        static func sources(_ columns: HealthConnectColumns) -> HealthConnectSelection {
            var selection = HealthConnectSelection()
            selection.add(columns.first(of: ["appinfoid", "applicationinfoid"]))
            selection.add(columns["deviceinfoid"])
            return selection
        }
    }

    private struct RowSpan {
        var start: Timestamp
        var duration: Int64
        var device: Int
    }

    /// When a record was and where it came from; `nil` and counted if the times cannot be used.
    private mutating func span(
        _ selection: HealthConnectSelection, _ cells: [CellValue], _ row: Int64
    ) -> RowSpan? {
        let endCell = selection.cell(Places.endTime, cells)
        guard let start = DatabaseTime.milliseconds(selection.cell(Places.startTime, cells)),
            let end = endCell.isNull ? start : DatabaseTime.milliseconds(endCell)
        else {
            notes.note(.badTime, row: row)
            return nil
        }
        guard end >= start else {
            notes.note(.backwards, row: row)
            return nil
        }
        addOffsets(selection, cells, row)
        let source = DeviceKey(
            app: selection.cell(Places.app, cells).wholeNumber,
            maker: selection.cell(Places.maker, cells).wholeNumber)
        return RowSpan(
            start: start, duration: end.nanoseconds(since: start), device: device(source))
    }

    /// What the wall clock showed at the start of a record, and at its end.
    private mutating func addOffsets(
        _ selection: HealthConnectSelection, _ cells: [CellValue], _ row: Int64
    ) {
        let start = selection.cell(Places.startOffset, cells)
        let end = selection.cell(Places.endOffset, cells)
        for (time, cell) in [(Places.startTime, start), (Places.endTime, end)] {
            // An end tells something new only where the clock changed meanwhile.
            if cell.isNull || time == Places.endTime && cell == start { continue }
            guard let instant = DatabaseTime.milliseconds(selection.cell(time, cells)) else {
                continue
            }
            guard let seconds = cell.wholeNumber, (-64_800...64_800).contains(seconds) else {
                notes.note(.badOffset, row: row, samplesLost: 0)
                continue
            }
            clock.take(Int32(seconds), at: instant)
        }
    }
}

extension HealthConnectTable.Rows {
    var isAuxiliary: Bool {
        if case .auxiliary = self { return true }
        return false
    }
}

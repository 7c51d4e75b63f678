// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

extension GadgetbridgeReader {
    /// A column that is read, with what is looked up once a table.
    private struct Lane {
        var read: GadgetbridgeRead
        var plausible: ClosedRange<Float>
    }

    /// Rows with a time, a device and values side by side.
    mutating func readSamples(
        _ table: GadgetbridgeTable, _ shape: TableShape,
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let time = shape.column("TIMESTAMP"), let owner = shape.column("DEVICE_ID") else {
            return try database.countRows(of: shape.name, as: .notRead, &notes)
        }
        var columns = [time, owner]
        var lanes: [Lane] = []
        for read in table.reads {
            guard let column = shape.column(read.column) else { continue }
            columns.append(column)
            lanes.append(Lane(read: read, plausible: read.quantity.facts.plausible))
        }
        let offset = shape.column("UTC_OFFSET")
        if let offset { columns.append(offset) }
        let kindStart = columns.count
        var minutes = GadgetbridgeMinutes(table.kind)
        columns += minutes.columns(shape)
        var rows: Int64 = 0
        let damage = try database.rows(of: shape.name, columns: columns, orderedBy: [time]) {
            (row, cells) throws(ReadError) in
            rows = row
            let position = ReadPosition(byte: 0, record: row)
            guard let instant = instant(cells[0], unit: table.unit) else {
                let present = cells[2..<2 + lanes.count].count { !$0.isNull }
                return notes.note(.badTime, row: row, samplesLost: present)
            }
            let device = device(cells[1], row: row)
            for index in lanes.indices {
                try add(cells[2 + index], lanes[index], device, instant, position, into: &sink)
            }
            if offset != nil {
                try addOffset(cells[kindStart - 1], instant, position, into: &sink)
            }
            if kindStart < cells.count {
                let done = minutes.take(cells[kindStart...], device, at: instant)
                try addMinute(done, row: row, into: &sink)
            }
        }
        for done in minutes.finish() { try addMinute(done, row: rows, into: &sink) }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
        countLeftOut(table, shape, rows: rows)
    }

    func instant(_ cell: CellValue, unit: Int64) -> Timestamp? {
        unit == GadgetbridgeTable.second
            ? DatabaseTime.seconds(cell) : DatabaseTime.milliseconds(cell)
    }

    @inline(__always)
    private mutating func add(
        _ cell: CellValue, _ lane: Lane, _ device: GadgetbridgeDevice, _ instant: Timestamp,
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if cell.isNull { return }
        guard let number = cell.number else {
            return notes.note(.badValue, row: position.record)
        }
        if lane.read.blank.holds(number) { return notes.note(.sentinel, row: position.record) }
        let value = Float(number * lane.read.factor)
        guard lane.plausible.contains(value) else {
            return notes.note(.implausible, row: position.record)
        }
        try output.add(
            value, lane.read.quantity, lane.read.derivation, device: device.index, at: instant,
            duration: lane.read.lasts, position: position, into: &sink)
    }

    private mutating func addMinute(
        _ minute: GadgetbridgeMinutes.Stretch?, row: Int64,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let minute else { return }
        let position = ReadPosition(byte: 0, record: row)
        switch minute.state {
        case .stage(let stage):
            try output.add(
                Float(stage.rawValue), .sleepStage, .derived, device: minute.device,
                at: minute.start, duration: minute.duration, position: position, into: &sink)
        case .notWorn:
            try output.add(
                0, .wear, .derived, device: minute.device, at: minute.start,
                duration: minute.duration, position: position, into: &sink)
        case .other: return
        }
    }

    /// Milliseconds east of UTC in whole quarters of an hour.
    private mutating func addOffset(
        _ cell: CellValue, _ instant: Timestamp, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if cell.isNull { return }
        guard let value = cell.wholeNumber, (-64_800_000...64_800_000).contains(value),
            value % 900_000 == 0
        else { return notes.note(.badOffset, row: position.record, samplesLost: 0) }
        try output.addOffset(Int32(value / 1000), at: instant, position: position, into: &sink)
    }

    private mutating func countLeftOut(
        _ table: GadgetbridgeTable, _ shape: TableShape, rows: Int64
    ) {
        guard rows > 0 else { return }
        for column in table.leftOut where shape.column(column) != nil {
            output.count(
                .ignored, at: ReadPosition(byte: 0, record: 1),
                found: "the column \(column) in \(table.name)",
                expected: "a scale that is published, or values of their own", samplesLost: 0,
                times: Int(rows))
        }
    }

    /// Measurements that the wearer started: one column of values, another tells of what.
    mutating func readManual(
        _ shape: TableShape, _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let columns = ["TIMESTAMP", "DEVICE_ID", "TYPE", "VALUE"].compactMap(shape.column)
        guard columns.count == 4 else {
            return try database.countRows(of: shape.name, as: .notRead, &notes)
        }
        let kinds: [Int64: Lane] = [
            0x11: lane(GadgetbridgeTable.heartRate), 0x12: lane(GadgetbridgeTable.oxygen()),
            0x13: lane(GadgetbridgeTable.stress),
        ]
        let damage = try database.rows(
            of: shape.name, columns: columns, orderedBy: [columns[0]]
        ) { (row, cells) throws(ReadError) in
            guard let lane = cells[2].wholeNumber.flatMap({ kinds[$0] }) else {
                return notes.note(.notRead, row: row, samplesLost: 0)
            }
            guard let instant = DatabaseTime.milliseconds(cells[0]) else {
                return notes.note(.badTime, row: row, samplesLost: cells[3].isNull ? 0 : 1)
            }
            try add(
                cells[3], lane, device(cells[1], row: row), instant,
                ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    private func lane(_ read: GadgetbridgeRead) -> Lane {
        Lane(read: read, plausible: read.quantity.facts.plausible)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads databases that `healthkit-to-sqlite` makes of an Apple Health export.
///
/// A table a type of record, named after it; cells are the attributes as the export wrote them. The
/// meaning of types, units and devices is that of ``AppleHealthReader``. What the tool leaves out, such
/// as lists of beats, cannot be read: `docs/formats/healthkit-sqlite.md`.
public struct HealthKitSQLiteReader: DatabaseReader {
    private var output: SampleOutput
    private var notes = TableNotes()
    private var clock = AppleHealthClock()
    private var sources = HealthKitSources()
    /// The latest time met and its offset, which is that of the phone at export.
    private var latest: (seconds: Int64, offset: Int64)?

    public init(_ context: ReadContext) {
        output = SampleOutput(
            file: .healthKitSQLite, device: SourceDevice(vendor: "Apple", model: "Health export"),
            limits: context.limits, zone: context.zone)
    }

    /// A table of records with the attributes of an export, or one of workouts.
    public static func recognises(_ tables: [TableShape]) -> Bool {
        tables.contains { table in
            let columns = Set(table.columns)
            if table.name == "workouts" {
                return columns.isSuperset(of: ["workoutActivityType", "startDate", "endDate"])
            }
            return table.name.hasPrefix("r")
                && columns.isSuperset(of: ["startDate", "endDate", "value", "sourceName"])
        }
    }

    public mutating func read(
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        do throws(ReadError) {
            for shape in database.tables.sorted(by: { $0.name < $1.name }) {
                try read(shape, database, into: &sink)
            }
            if let latest {
                // The phone's own offset at export, the only one that the rows tell.
                try output.add(
                    values: [Float(latest.offset), Float(ZoneOrigin.inferred.rawValue)],
                    .zoneOffset, .derived, at: Timestamp(seconds: latest.seconds),
                    position: ReadPosition(byte: 0), into: &sink)
            }
        } catch {
            output.finish(into: &sink)
            throw error
        }
        output.finish(into: &sink)
    }

    private mutating func read(
        _ shape: TableShape, _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch shape.name {
        case "workouts": try readWorkouts(shape, database, into: &sink)
        case "workout_points", "activity_summary":
            // Places, and daily sums of what the records hold.
            try database.countRows(of: shape.name, as: .personal, &notes)
            return notes.flush(shape.name, into: &output)
        default:
            guard let (type, name) = Self.type(of: shape.name) else {
                let isRecords = shape.name.hasPrefix("r") && shape.column("startDate") != nil
                try database.countRows(of: shape.name, as: .unknownTable, &notes)
                return notes.flush(
                    isRecords
                        ? "tables of types that Hearth does not model"
                        : "a table of another name", into: &output)
            }
            try readRecords(type, shape, database, into: &sink)
            return notes.flush(name, into: &output)
        }
        notes.flush("workouts", into: &output)
    }

    /// What the records of a table are: its name is `r` and the identifier without its prefix.
    private static func type(of table: String) -> (AppleHealthType, name: String)? {
        guard table.hasPrefix("r") else { return nil }
        for prefix in ["HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"] {
            if let type = AppleHealthType(identifier: prefix + table.dropFirst()) {
                return (type, table)
            }
        }
        return nil
    }

    // MARK: Records

    private static let columns = [
        "startDate", "endDate", "value", "unit", "sourceName", "device",
    ]

    private mutating func readRecords(
        _ type: AppleHealthType, _ shape: TableShape,
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var selection = HealthConnectSelection()
        for name in Self.columns { selection.add(shape.columns.contains(name) ? name : nil) }
        let order = selection.columns.filter { $0 == "startDate" }
        let plausible = type.quantity.facts.plausible
        var lastUnit: (text: CellValue, unit: AppleHealthUnit?)?
        let damage = try database.rows(
            of: shape.name, columns: selection.columns, orderedBy: order
        ) { (row, cells) throws(ReadError) in
            let unitCell = selection.cell(3, cells)
            if lastUnit?.text != unitCell {
                let text = String(decoding: unitCell.bytes, as: UTF8.self)
                lastUnit = (unitCell, AppleHealthUnit(text, for: type.quantity))
            }
            guard let unit = lastUnit?.unit else { return notes.note(.badUnit, row: row) }
            guard let span = span(selection.cell(0, cells), selection.cell(1, cells), row) else {
                return
            }
            guard let value = value(selection.cell(2, cells), type, unit, row) else { return }
            guard plausible.contains(value) else { return notes.note(.implausible, row: row) }
            let device = sources.device(
                selection.cell(4, cells).bytes, selection.cell(5, cells).bytes, &output)
            try output.add(
                value, type.quantity, type.derivation, device: device, at: span.start,
                duration: span.duration, position: ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    private mutating func value(
        _ cell: CellValue, _ type: AppleHealthType, _ unit: AppleHealthUnit, _ row: Int64
    ) -> Float? {
        if type.quantity == .sleepStage {
            let bytes = cell.bytes
            let stage = AppleHealthBody.sleepStage(bytes.span, 0..<bytes.count)
            if stage == nil { notes.note(.unknownStage, row: row) }
            return stage.map { Float($0.rawValue) }
        }
        guard let number = cell.decimal else {
            notes.note(.badValue, row: row)
            return nil
        }
        return Float(number * unit.factor + unit.offset)
    }

    private struct RowSpan {
        var start: Timestamp
        var duration: Int64
    }

    /// When a row was; `nil` and counted if the times cannot be used.
    private mutating func span(
        _ startCell: CellValue, _ endCell: CellValue, _ row: Int64
    ) -> RowSpan? {
        guard case .text(let endBytes) = endCell, case .text(let startBytes) = startCell,
            let end = clock.seconds(endBytes.span, 0..<endBytes.count),
            let start = clock.seconds(startBytes.span, 0..<startBytes.count)
        else {
            notes.note(.badTime, row: row)
            return nil
        }
        guard end >= start else {
            notes.note(.backwards, row: row)
            return nil
        }
        if start >= latest?.seconds ?? .min { latest = (start, clock.offsetSeconds) }
        // Years 1900 to 2199: far from the ends of 64 bits.
        return RowSpan(
            start: Timestamp(nanoseconds: start &* 1_000_000_000),
            duration: (end &- start) &* 1_000_000_000)
    }

    // MARK: Workouts

    private static let workoutColumns = [
        "startDate", "endDate", "workoutActivityType", "totalEnergyBurned",
        "totalEnergyBurnedUnit", "totalDistance", "totalDistanceUnit", "sourceName", "device",
    ]

    private mutating func readWorkouts(
        _ shape: TableShape, _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var selection = HealthConnectSelection()
        for name in Self.workoutColumns {
            selection.add(shape.columns.contains(name) ? name : nil)
        }
        let order = selection.columns.filter { $0 == "startDate" }
        let damage = try database.rows(
            of: shape.name, columns: selection.columns, orderedBy: order
        ) { (row, cells) throws(ReadError) in
            guard let span = span(selection.cell(0, cells), selection.cell(1, cells), row) else {
                return
            }
            let activity = String(decoding: selection.cell(2, cells).bytes, as: UTF8.self)
            let energy = amount(
                selection.cell(3, cells), selection.cell(4, cells), .activeEnergy, row)
            let distance = amount(
                selection.cell(5, cells), selection.cell(6, cells), .distance, row)
            let values = [Float(AppleHealthSport.code(of: activity)), energy, distance]
            let plausible = Quantity.workout.facts.plausible
            guard values.allSatisfy(plausible.contains) else {
                return notes.note(.implausible, row: row)
            }
            let device = sources.device(
                selection.cell(7, cells).bytes, selection.cell(8, cells).bytes, &output)
            try output.add(
                values: values, .workout, device: device, at: span.start, duration: span.duration,
                position: ReadPosition(byte: 0, record: row), into: &sink)
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
    }

    /// An energy or distance; 0 where the row tells none.
    private mutating func amount(
        _ value: CellValue, _ unit: CellValue, _ quantity: Quantity, _ row: Int64
    ) -> Float {
        if value.isNull || value == .text([]) { return 0 }
        guard let number = value.decimal,
            let unit = AppleHealthUnit(String(decoding: unit.bytes, as: UTF8.self), for: quantity)
        else {
            notes.note(.badUnit, row: row, samplesLost: 0)
            return 0
        }
        return Float(number * unit.factor + unit.offset)
    }
}

/// The devices of rows, looked up by their text only when it changes.
struct HealthKitSources {
    private var known: [[UInt8]: Int] = [:]
    private var lastName: [UInt8] = []
    private var lastDevice: ArraySlice<UInt8> = []
    private var last: Int?

    /// Texts remembered; beyond, each is taken apart anew.
    private static let limit = 4096
    private static let addressPrefix = Array("<<HKDevice: 0x".utf8)

    mutating func device(
        _ name: [UInt8], _ device: [UInt8], _ output: inout SampleOutput
    ) -> Int {
        let stable = Self.stablePart(device)
        if let last, lastName == name, lastDevice == stable { return last }
        let key = name + [0] + stable
        let index =
            known[key]
            ?? output.device(AppleHealthDevice.source(device: device, sourceName: name))
        if known.count < Self.limit { known[key] = index }
        lastName = name
        lastDevice = stable
        last = index
        return index
    }

    /// The address changes from row to row; what is behind it stays the same.
    private static func stablePart(_ device: [UInt8]) -> ArraySlice<UInt8> {
        guard device.starts(with: addressPrefix) else { return device[...] }
        return device.dropFirst(addressPrefix.count).drop(while: AppleHealthDevice.isHexDigit)
    }
}

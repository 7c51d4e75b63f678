// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads the database that the Gadgetbridge app exports.
///
/// Every table of the published layout is known by its facts (``GadgetbridgeTable``); what a newer
/// version adds is counted. Times are instants: the database tells no wall clock but for a few
/// tables of one vendor. What is read and what is not: `docs/formats/gadgetbridge.md`.
public struct GadgetbridgeReader: DatabaseReader {
    var output: SampleOutput
    var notes = TableNotes()
    /// Devices by their key in the database.
    var devices: [Int64: GadgetbridgeDevice] = [:]
    private var lastKey: Int64?
    private var lastDevice = GadgetbridgeDevice()
    /// Ends and starts of nights by device, in nanoseconds, ascending.
    var nightEnds: [Int: [Int64]] = [:]
    var nightStarts: [Int: [Int64]] = [:]

    public init(_ context: ReadContext) {
        output = SampleOutput(
            file: .gadgetbridge, device: SourceDevice(vendor: "", model: "Gadgetbridge"),
            limits: context.limits, zone: context.zone)
    }

    /// A table of devices, and one of samples as the app names them.
    public static func recognises(_ tables: [TableShape]) -> Bool {
        let hasDevices = tables.contains { table in
            table.name == "DEVICE" && table.column("IDENTIFIER") != nil
        }
        return hasDevices
            && tables.contains { table in
                guard table.column("TIMESTAMP") != nil || table.column("START_TIME") != nil,
                    table.column("DEVICE_ID") != nil
                else { return false }
                return GadgetbridgeTable.named[table.name] != nil || table.name.hasSuffix("_SAMPLE")
            }
    }

    public mutating func read(
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        do throws(ReadError) {
            try readDevices(database)
            try readNights(database)
            // By name, so that the order of the schema does not matter.
            for shape in database.tables.sorted(by: { $0.name < $1.name }) {
                try read(shape, database, into: &sink)
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
        guard let table = GadgetbridgeTable.named[shape.name] else {
            if shape.name == "android_metadata" { return }
            try database.countRows(of: shape.name, as: .unknownTable, &notes)
            return notes.flush("a table of another name", into: &output)
        }
        switch table.rows {
        case .samples: try readSamples(table, shape, database, into: &sink)
        case .stages(let rule, let codes):
            try readStages(table, rule, codes, shape, database, into: &sink)
        case .workouts: try readWorkouts(shape, database, into: &sink)
        case .manual: try readManual(shape, database, into: &sink)
        case .notRead: try database.countRows(of: shape.name, as: .notRead, &notes)
        case .personal: try database.countRows(of: shape.name, as: .personal, &notes)
        case .auxiliary: return
        }
        notes.flush(table.name, into: &output)
    }

    /// The device of a row.
    @inline(__always)
    mutating func device(_ cell: CellValue, row: Int64) -> GadgetbridgeDevice {
        let key = cell.wholeNumber
        if key == lastKey, key != nil { return lastDevice }
        guard let key, let device = devices[key] else {
            notes.note(.unknownDevice, row: row, samplesLost: 0)
            return GadgetbridgeDevice()
        }
        lastKey = key
        lastDevice = device
        return device
    }

    /// Reads `DEVICE`. Names, aliases and addresses are dropped; the hash of the address tells units
    /// apart.
    private mutating func readDevices(
        _ database: borrowing some RowSource & ~Copyable
    ) throws(ReadError) {
        guard let shape = database.tables.first(where: { $0.name == "DEVICE" }),
            let key = shape.column("_id")
        else { return }
        let wanted = ["MANUFACTURER", "MODEL", "IDENTIFIER", "TYPE_NAME", "TYPE"]
        let present = wanted.map(shape.column)
        let damage = try database.rows(
            of: shape.name, columns: [key] + present.compactMap { $0 }, orderedBy: [key]
        ) { (_, cells) throws(ReadError) in
            guard let key = cells[0].wholeNumber else { return }
            var index = 0
            let fields = present.map { column -> CellValue in
                guard column != nil else { return .null }
                index += 1
                return cells[index]
            }
            let model = DeviceText.shown(fields[1].bytes)
            let type = DeviceText.shown(fields[3].bytes)
            let source = SourceDevice(
                vendor: DeviceText.shown(fields[0].bytes), model: model.isEmpty ? type : model,
                unit: fields[2].bytes.isEmpty ? 0 : NameHash.of(fields[2].bytes))
            devices[key] = GadgetbridgeDevice(
                index: output.device(source),
                isFirstMiBand: type == "MIBAND" || fields[4] == .integer(10))
        }
        if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
        notes.flush("DEVICE", into: &output)
    }
}

/// A device of the database.
struct GadgetbridgeDevice {
    /// In ``SampleOutput``.
    var index = SampleOutput.defaultDevice
    /// The first Mi Band has codes of its own.
    var isFirstMiBand = false
}

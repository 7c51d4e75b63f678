// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads the database of a Health Connect export.
///
/// Tables and columns are looked up by what they are called today and have been called before; one
/// that is missing is no error. Each record tells its own offset from UTC, which becomes
/// `zone-offset` samples. What is read: `docs/formats/health-connect.md`.
public struct HealthConnectReader: DatabaseReader {
    var output: SampleOutput
    var notes = TableNotes()
    var clock = HealthConnectClock()
    private var apps: [Int64: [UInt8]] = [:]
    private var makers: [Int64: (vendor: String, model: String)] = [:]
    private var devices: [DeviceKey: Int] = [:]
    private var last: (key: DeviceKey, device: Int)?

    /// The two keys of a row that tell where it came from.
    struct DeviceKey: Hashable {
        var app: Int64?
        var maker: Int64?
    }

    public init(_ context: ReadContext) {
        output = SampleOutput(
            file: .healthConnect, device: SourceDevice(vendor: "", model: "Health Connect"),
            limits: context.limits, zone: context.zone)
    }

    /// A table of apps, and one of records.
    public static func recognises(_ tables: [TableShape]) -> Bool {
        let hasApps = tables.contains { table in
            HealthConnectTable.key(table.name) == "applicationinfo"
                && table.columns.contains { HealthConnectTable.key($0) == "packagename" }
        }
        return hasApps
            && tables.contains { HealthConnectTable.key($0.name).contains("record") }
    }

    public mutating func read(
        _ database: borrowing some RowSource & ~Copyable,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        do throws(ReadError) {
            try readSources(database)
            for shape in database.tables.sorted(by: { $0.name < $1.name }) {
                try read(shape, database, into: &sink)
            }
            try clock.finish(&output, into: &sink)
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
        let key = HealthConnectTable.key(shape.name)
        if HealthConnectTable.running.contains(key) { return }
        guard let table = HealthConnectTable.keyed[key] else {
            try database.countRows(of: shape.name, as: .unknownTable, &notes)
            return notes.flush("a table of another name", into: &output)
        }
        let columns = HealthConnectColumns(shape)
        clock.beginTable()
        switch table.rows {
        case .instant, .interval: try readValues(table, columns, database, into: &sink)
        case .series(let parent):
            try readSeries(table, columns, parent: parent, database, into: &sink)
        case .sleepSession: try readSessions(table, columns, database, into: &sink)
        case .sleepStages(let parent):
            try readStages(table, columns, parent: parent, database, into: &sink)
        case .workout: try readSessions(table, columns, database, into: &sink)
        case .auxiliary: return
        case .notRead: try database.countRows(of: shape.name, as: .notRead, &notes)
        case .personal: try database.countRows(of: shape.name, as: .personal, &notes)
        }
        notes.flush(table.name, into: &output)
    }

    // MARK: Sources

    /// The apps and devices that wrote records. What an app is called on the screen is dropped.
    private mutating func readSources(
        _ database: borrowing some RowSource & ~Copyable
    ) throws(ReadError) {
        for shape in database.tables {
            let columns = HealthConnectColumns(shape)
            guard let id = columns["rowid"] else { continue }
            switch HealthConnectTable.key(shape.name) {
            case "applicationinfo":
                guard let package = columns["packagename"] else { continue }
                let damage = try database.rows(of: shape.name, columns: [id, package]) {
                    (_, cells) throws(ReadError) in
                    guard let key = cells[0].wholeNumber else { return }
                    apps[key] = cells[1].bytes
                }
                if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
                notes.flush("application_info_table", into: &output)
            case "deviceinfo":
                guard let maker = columns["manufacturer"], let model = columns["model"] else {
                    continue
                }
                let damage = try database.rows(of: shape.name, columns: [id, maker, model]) {
                    (_, cells) throws(ReadError) in
                    guard let key = cells[0].wholeNumber else { return }
                    makers[key] = (
                        DeviceText.shown(cells[1].bytes), DeviceText.shown(cells[2].bytes)
                    )
                }
                if let damage { notes.note(.damaged, row: damage, samplesLost: 0) }
                notes.flush("device_info_table", into: &output)
            default: continue
            }
        }
    }

    /// The device of a row: maker and model where the app told them, else the app's package. The
    /// hash of the package tells apart what two apps say of one device.
    mutating func device(_ key: DeviceKey) -> Int {
        if let last, last.key == key { return last.device }
        let device = devices[key] ?? newDevice(key)
        devices[key] = device
        last = (key, device)
        return device
    }

    private mutating func newDevice(_ key: DeviceKey) -> Int {
        let package = key.app.flatMap { apps[$0] } ?? []
        let maker = key.maker.flatMap { makers[$0] } ?? ("", "")
        if package.isEmpty, maker.vendor.isEmpty, maker.model.isEmpty {
            return SampleOutput.defaultDevice
        }
        let model = maker.model.isEmpty ? DeviceText.shown(package) : maker.model
        return output.device(
            SourceDevice(
                vendor: maker.vendor, model: model,
                unit: package.isEmpty ? 0 : NameHash.of(package)))
    }
}

/// The columns of a table by what they are compared as.
struct HealthConnectColumns {
    let table: String
    private let names: [String: String]

    init(_ shape: TableShape) {
        table = shape.name
        names = Dictionary(
            shape.columns.map { (HealthConnectTable.key($0), $0) },
            uniquingKeysWith: { first, _ in first })
    }

    subscript(key: String) -> String? { names[key] }

    func first(of keys: [String]) -> String? { keys.lazy.compactMap { names[$0] }.first }
}

/// The columns that are read of a table, some of which it may lack.
struct HealthConnectSelection {
    private(set) var columns: [String] = []
    private var indices: [Int?] = []

    /// Adds a column, or its place if the table lacks it.
    mutating func add(_ column: String?) {
        indices.append(column == nil ? nil : columns.count)
        if let column { columns.append(column) }
    }

    /// The cell of the column that was added as the `index`th.
    @inline(__always)
    func cell(_ index: Int, _ cells: [CellValue]) -> CellValue {
        guard let place = indices[index] else { return .null }
        return cells[place]
    }
}

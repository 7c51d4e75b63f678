// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// A stream without its person: the catalog's entry.
struct CatalogStream: Hashable {
    var device: DeviceID
    var quantity: Quantity
    var origin: Origin

    func id(of person: PersonID) -> StreamID {
        StreamID(person: person, device: device, quantity: quantity, origin: origin)
    }
}

/// Everything the vault knows of one person, apart from samples, results and their indexes.
struct PersonNode: Equatable {
    /// Where a month's index and results are.
    struct Month: Equatable {
        var month: Int32
        var indexSlot = MonthIndex.noSlot
        var index: [PackRef] = []
        var resultsSlot = MonthIndex.noSlot
        var results: [PackRef] = []
    }

    struct Device: Equatable {
        var id: DeviceID
        var vendor: String
        var model: String
    }

    var label: String
    /// A stream's number is its place here; places are never reused, and an erased stream leaves
    /// an empty one.
    var streams: [CatalogStream?] = []
    var devices: [Device] = []
    var tombstones: [Tombstone] = []
    /// Ascending by month.
    var months: [Month] = []
    var fingerprintCount = 0
    var fingerprints: [PackRef] = []
    /// What the person said about their days; empty if nothing was ever said.
    var corrections: [PackRef] = []
    /// Where live streams stand; empty if there never was one.
    var live: [PackRef] = []
    /// The records of the person's rights; empty if there never was one.
    var rights: [PackRef] = []

    init(label: String) { self.label = label }

    /// The place of a month in ``months``, which is made if it is not there.
    mutating func place(of month: Int32) -> Int {
        let index = months.firstIndex { $0.month >= month } ?? months.count
        if index == months.count || months[index].month != month {
            months.insert(Month(month: month), at: index)
        }
        return index
    }

    func month(_ month: Int32) -> Month? { months.first { $0.month == month } }

    func device(_ id: DeviceID) -> Device? { devices.first { $0.id == id } }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 4096)
        writer.text(label)
        writer.u32(UInt32(streams.count))
        for stream in streams {
            writer.u64(stream?.device.rawValue ?? 0)
            writer.u16(stream?.quantity.rawValue ?? 0)
            writer.u8(stream?.origin.file.rawValue ?? 0)
            writer.u8(stream?.origin.derivation.rawValue ?? 0)
        }
        writer.u32(UInt32(devices.count))
        for device in devices {
            writer.u64(device.id.rawValue)
            writer.text(device.vendor)
            writer.text(device.model)
        }
        writer.u32(UInt32(tombstones.count))
        for tombstone in tombstones { tombstone.write(to: &writer) }
        writer.u32(UInt32(months.count))
        for month in months {
            writer.i32(month.month)
            writer.u32(month.indexSlot)
            PackRef.write(month.index, to: &writer)
            writer.u32(month.resultsSlot)
            PackRef.write(month.results, to: &writer)
        }
        writer.u32(UInt32(fingerprintCount))
        PackRef.write(fingerprints, to: &writer)
        // The tail ends with the last list that is not empty.
        var tail = [corrections, live, rights]
        while tail.last?.isEmpty == true { tail.removeLast() }
        for refs in tail { PackRef.write(refs, to: &writer) }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        label = try reader.text()
        for _ in 0..<(try reader.count32(of: 12)) {
            streams.append(try Self.stream(from: &reader))
        }
        for _ in 0..<(try reader.count32(of: 12)) {
            devices.append(
                Device(
                    id: DeviceID(rawValue: try reader.u64()), vendor: try reader.text(),
                    model: try reader.text()))
        }
        for _ in 0..<(try reader.count32(of: Tombstone.bytes)) {
            tombstones.append(try Tombstone.read(from: &reader))
        }
        for _ in 0..<(try reader.count32(of: 20)) {
            months.append(
                Month(
                    month: try reader.i32(), indexSlot: try reader.u32(),
                    index: try PackRef.readList(from: &reader), resultsSlot: try reader.u32(),
                    results: try PackRef.readList(from: &reader)))
        }
        fingerprintCount = Int(try reader.u32())
        fingerprints = try PackRef.readList(from: &reader)
        // Nothing follows in a vault in which nothing was said, or from before that was possible.
        if reader.remaining > 0 { corrections = try PackRef.readList(from: &reader) }
        if reader.remaining > 0 { live = try PackRef.readList(from: &reader) }
        if reader.remaining > 0 { rights = try PackRef.readList(from: &reader) }
        try reader.finish()
    }

    private static func stream(
        from reader: inout ByteReader
    ) throws(VaultError) -> CatalogStream? {
        let device = DeviceID(rawValue: try reader.u64())
        let (code, fileCode, derived) = (try reader.u16(), try reader.u8(), try reader.u8())
        if code == 0 { return nil }
        guard let quantity = Quantity(rawValue: code), let file = FileKind(rawValue: fileCode),
            let derivation = Derivation(rawValue: derived)
        else {
            throw VaultError(.unsupportedVersion, "a kind of stream this program does not know")
        }
        return CatalogStream(
            device: device, quantity: quantity,
            origin: Origin(file: file, derivation: derivation))
    }
}

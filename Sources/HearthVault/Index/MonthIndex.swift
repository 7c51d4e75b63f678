// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// A UTC month of a person, as months since January 1970.
struct MonthKey: Hashable, Comparable {
    var person: PersonID
    var month: Int32

    static func < (a: MonthKey, b: MonthKey) -> Bool {
        (a.person, a.month) < (b.person, b.month)
    }

    /// The month that a day counted from 1970-01-01 belongs to.
    static func month(ofDay day: Int64) -> Int32 {
        let parts = LocalDate(dayNumber: day).components
        return Int32(truncatingIfNeeded: parts.year * 12 + parts.month - 1 - 1970 * 12)
    }
}

/// Which data key: a category on a UTC day.
struct CellKey: Hashable, Comparable {
    /// Days since 1970-01-01, UTC.
    var day: Int32
    var category: Category

    static func < (a: CellKey, b: CellKey) -> Bool {
        (a.day, a.category.rawValue) < (b.day, b.category.rawValue)
    }
}

/// The raw packs of one person and month: what they hold and under which key.
struct MonthIndex: Equatable {
    /// What a pack holds of one stream.
    struct Entry: Hashable {
        /// The stream's number in the person's catalog.
        var stream: UInt32
        /// Start of the first and of the last sample.
        var first: Int64
        var last: Int64
        var count: UInt32

        static let bytes = 24
    }

    struct RawPack: Equatable {
        var ref: PackRef
        var packClass: PackClass
        var entries: [Entry]
    }

    /// All packs of a category on a day; one data key opens them.
    struct Cell: Equatable {
        var key: CellKey
        var slot: UInt32
        var packs: [RawPack]
    }

    /// Stands for a key that is yet to be made.
    static let noSlot = UInt32.max

    /// Ascending by day and category.
    var cells: [Cell] = []

    /// Where the cell is, or where it would be.
    func position(of key: CellKey) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, cells.count)
        while low < high {
            let middle = (low + high) / 2
            if cells[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return (low, low < cells.count && cells[low].key == key)
    }

    subscript(key: CellKey) -> Cell? {
        let (index, isThere) = position(of: key)
        return isThere ? cells[index] : nil
    }

    /// The place of the cell, which is made without a key if it is not there.
    mutating func place(of key: CellKey) -> Int {
        let (index, isThere) = position(of: key)
        if !isThere {
            cells.insert(Cell(key: key, slot: Self.noSlot, packs: []), at: index)
        }
        return index
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: cells.count * 128)
        writer.u32(UInt32(cells.count))
        for cell in cells {
            writer.i32(cell.key.day)
            writer.u8(cell.key.category.rawValue)
            writer.u32(cell.slot)
            writer.u32(UInt32(cell.packs.count))
            for pack in cell.packs {
                pack.ref.write(to: &writer)
                writer.u8(pack.packClass.rawValue)
                writer.u16(UInt16(pack.entries.count))
                for entry in pack.entries {
                    writer.u32(entry.stream)
                    writer.i64(entry.first)
                    writer.i64(entry.last)
                    writer.u32(entry.count)
                }
            }
        }
        return writer.bytes
    }

    init() {}

    init(_ bytes: [UInt8]) throws(VaultError) {
        var reader = ByteReader(bytes)
        let count = try reader.count32(of: 13)
        cells.reserveCapacity(count)
        for _ in 0..<count {
            let day = try reader.i32()
            guard let category = Category(rawValue: try reader.u8()) else {
                throw VaultError(.unsupportedVersion, "a category this program does not know")
            }
            let slot = try reader.u32()
            var packs: [RawPack] = []
            for _ in 0..<(try reader.count32(of: PackRef.bytes + 3)) {
                packs.append(try Self.pack(from: &reader))
            }
            cells.append(
                Cell(key: CellKey(day: day, category: category), slot: slot, packs: packs))
        }
        try reader.finish()
    }

    private static func pack(from reader: inout ByteReader) throws(VaultError) -> RawPack {
        let ref = try PackRef.read(from: &reader)
        guard let packClass = PackClass(rawValue: try reader.u8()) else {
            throw .damaged("a pack of an unknown class")
        }
        var entries: [Entry] = []
        for _ in 0..<(try reader.count16(of: Entry.bytes)) {
            entries.append(
                Entry(
                    stream: try reader.u32(), first: try reader.i64(), last: try reader.i64(),
                    count: try reader.u32()))
        }
        return RawPack(ref: ref, packClass: packClass, entries: entries)
    }
}

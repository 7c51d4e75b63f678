// SPDX-License-Identifier: Apache-2.0
internal import HearthCrypto

/// Numbers of the layout of a backup's segment: `docs/vault-format.md`, "Backup".
enum SegmentLayout {
    static let magic: [UInt8] = Array("HEARTHB1".utf8)
    static let headerBytes = 76
    static let recordBytes = 9
    static let checkBytes = 32

    enum Record: UInt8 {
        case end = 0
        case small = 1
        case large = 2
        case removed = 3
        case root = 4

        var bodyBytes: Int {
            switch self {
            case .end, .removed: 0
            case .small, .root: PackClass.small.bytes
            case .large: PackClass.large.bytes
            }
        }
    }
}

/// Writes one segment of a backup: the packs that earlier segments do not hold.
///
/// It holds sealed packs alone and needs no key. Everything is covered by the check at its end.
public struct BackupSegmentWriter: ~Copyable {
    private var hasher: BLAKE2bHasher
    private var pending: [UInt8]

    /// The first segment has number 1 and names 32 zeros as the check of the one before.
    public init(vaultID: [UInt8], number: UInt64, previous: [UInt8], time: Int64) {
        precondition(vaultID.count == 16 && previous.count == SegmentLayout.checkBytes)
        var writer = ByteWriter(capacity: SegmentLayout.headerBytes)
        writer.raw(SegmentLayout.magic)
        writer.u16(1)
        writer.u16(0)
        writer.raw(vaultID)
        writer.u64(number)
        writer.raw(previous)
        writer.i64(time)
        hasher = BLAKE2bHasher(unkeyedLength: SegmentLayout.checkBytes)
        pending = writer.bytes
    }

    /// Adds a sealed pack of 4,096 or 65,536 bytes.
    ///
    /// - Throws: `damaged` for another length.
    public mutating func add(_ id: UInt64, _ sealed: [UInt8]) throws(VaultError) {
        guard sealed.count == PackClass.small.bytes || sealed.count == PackClass.large.bytes else {
            throw .damaged("a pack in the store has \(sealed.count) bytes")
        }
        begin(sealed.count == PackClass.small.bytes ? .small : .large, id)
        pending += sealed
    }

    /// Says that a pack of an earlier segment is not in the store any more.
    public mutating func remove(_ id: UInt64) { begin(.removed, id) }

    /// The bytes to write so far; call it every few megabytes.
    public mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &pending)
        hasher.update(bytes.span)
        return bytes
    }

    /// Adds the root rows and gives the last bytes; the check is the last 32 of them.
    public mutating func finish(roots: [[UInt8]?]) -> [UInt8] {
        for (row, sealed) in roots.enumerated() {
            guard let sealed, sealed.count == PackDatabase.rootBytes else { continue }
            begin(.root, UInt64(row))
            pending += sealed
        }
        begin(.end, 0)
        let bytes = take()
        return bytes + hasher.finish()
    }

    private mutating func begin(_ record: SegmentLayout.Record, _ id: UInt64) {
        var writer = ByteWriter(capacity: SegmentLayout.recordBytes)
        writer.u8(record.rawValue)
        writer.u64(id)
        pending += writer.bytes
    }
}

/// A file that is read at places; opened by who may open files.
public struct BackupInput {
    public var size: Int
    /// As many bytes from a place as there are, at most the given count.
    public var read: (_ offset: Int, _ count: Int) throws(VaultError) -> [UInt8]

    public init(
        size: Int, read: @escaping (_ offset: Int, _ count: Int) throws(VaultError) -> [UInt8]
    ) {
        self.size = size
        self.read = read
    }
}

/// One segment of a backup, looked through: where its packs are.
public struct BackupSegment {
    public let vaultID: [UInt8]
    public let number: UInt64
    /// The check of the segment before.
    public let previous: [UInt8]
    public let time: Int64
    /// The check at its end.
    public private(set) var check: [UInt8] = []
    /// Numbers of packs that are not in the store any more.
    public private(set) var removed: [UInt64] = []
    public private(set) var rows: [[UInt8]?] = [nil, nil]
    private(set) var places: [UInt64: (offset: Int, bytes: Int)] = [:]
    private let input: BackupInput

    /// The numbers of the packs in it.
    public var ids: [UInt64] { Array(places.keys) }

    /// Reads the headers of all records, not the packs.
    ///
    /// - Throws: `damaged` for another shape, `unsupportedVersion`, `io`.
    public init(_ input: BackupInput) throws(VaultError) {
        self.input = input
        var reader = ByteReader(try input.read(0, SegmentLayout.headerBytes))
        guard try reader.raw(8) == SegmentLayout.magic else {
            throw .damaged("this is not a file of a backup")
        }
        guard try reader.u16() == 1 else {
            throw VaultError(.unsupportedVersion, "the backup is of a newer version")
        }
        _ = try reader.u16()
        vaultID = try reader.raw(16)
        number = try reader.u64()
        previous = try reader.raw(32)
        time = try reader.i64()
        var offset = SegmentLayout.headerBytes
        while true {
            var record = ByteReader(try input.read(offset, SegmentLayout.recordBytes))
            guard let kind = SegmentLayout.Record(rawValue: try record.u8()) else {
                throw .damaged("a file of the backup holds an unknown record")
            }
            let id = try record.u64()
            offset += SegmentLayout.recordBytes
            guard offset + kind.bodyBytes + SegmentLayout.checkBytes <= input.size else {
                throw .damaged("a file of the backup ends early")
            }
            switch kind {
            case .small, .large: places[id] = (offset, kind.bodyBytes)
            case .removed: removed.append(id)
            case .root:
                guard id < 2 else { throw .damaged("a file of the backup has a third root") }
                rows[Int(id)] = try input.read(offset, kind.bodyBytes)
            case .end: break
            }
            offset += kind.bodyBytes
            if kind == .end { break }
        }
        check = try input.read(offset, SegmentLayout.checkBytes)
        guard offset + check.count == input.size else {
            throw .damaged("something follows the end of a file of the backup")
        }
    }

    /// Whether every byte is as it was written.
    public func isIntact() throws(VaultError) -> Bool {
        var hasher = BLAKE2bHasher(unkeyedLength: SegmentLayout.checkBytes)
        let end = input.size - SegmentLayout.checkBytes
        for start in stride(from: 0, to: end, by: 4 << 20) {
            let piece = try input.read(start, min(4 << 20, end - start))
            hasher.update(piece.span)
        }
        return hasher.finish() == check
    }

    func pack(_ id: UInt64) -> [UInt8]? {
        guard let place = places[id] else { return nil }
        do {
            let sealed = try input.read(place.offset, place.bytes)
            return sealed.count == place.bytes ? sealed : nil
        } catch { return nil }
    }
}

/// The segments of a backup, in order: all packs of it.
public final class BackupArchive: PackSource {
    public private(set) var segments: [BackupSegment] = []

    /// - Throws: `damaged` if the segments are of different vaults or one is missing.
    public init(_ segments: [BackupSegment]) throws(VaultError) {
        self.segments = segments.sorted { $0.number < $1.number }
        var previous = [UInt8](repeating: 0, count: SegmentLayout.checkBytes)
        for (place, segment) in self.segments.enumerated() {
            guard segment.number == UInt64(place + 1) else {
                throw .damaged("file number \(place + 1) of the backup is missing")
            }
            guard segment.previous == previous, segment.vaultID == self.segments[0].vaultID else {
                throw .damaged("file number \(segment.number) is of another backup")
            }
            previous = segment.check
        }
        guard !segments.isEmpty else { throw .damaged("the backup holds no file") }
    }

    /// Numbers of the packs that were in the store when the last segment was made.
    public var present: Set<UInt64> {
        var present: Set<UInt64> = []
        for segment in segments {
            present.formUnion(segment.ids)
            present.subtract(segment.removed)
        }
        return present
    }

    public func pack(_ id: UInt64) -> [UInt8]? {
        for segment in segments.reversed() {
            if let sealed = segment.pack(id) { return sealed }
        }
        return nil
    }

    public var rootRows: [[UInt8]?] { segments.last?.rows ?? [nil, nil] }

    public var smallPackIDs: [UInt64] {
        segments.flatMap { segment in
            segment.places.filter { $0.value.bytes == PackClass.small.bytes }.map(\.key)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Cuts an Avro object container into its header and its blocks.
///
/// The mark between blocks is looked for all the while, so that a damaged size costs its own block.
/// - Source: Apache Avro 1.11 specification, "Object Container Files" (`avro2022`).
struct AvroContainer: Sendable {
    enum Event: Sendable, Equatable {
        case needsBytes
        /// The header is whole: ``schema`` and ``codec`` are known.
        case header
        /// A block of so many objects begins; its bytes follow as ``data(_:)``.
        case block(objects: Int64, bytes: Int64)
        case data(Range<Int>)
        /// All bytes of the block were handed out.
        case blockEnd
        /// The mark came before the size was reached.
        case shortBlock
        /// The size was reached, and something else than the mark stands there; it is looked for.
        case missingMark
        /// The count or the size of a block cannot be; the next mark is looked for.
        case badBlock
        case refused(Refusal)
    }
    enum Refusal: Sendable, Equatable { case magic, metadata, schemaBytes }

    private enum Stage: Sendable {
        case magic, mapCount, mapBytes, keyLength, key(Int64), valueLength, value(Int64), mark
        case objects, size, data, trailer, seeking, refused
    }
    private enum Entry: Sendable { case schema, codec, other }

    /// Bytes of the schema or codec; real schemas stay under 16 KiB.
    static let schemaBytes = 256 << 10
    private static let keyBytes = 64

    private(set) var schema: [UInt8] = []
    private(set) var codec: [UInt8] = []
    /// Where the schema and the block at hand begin.
    private(set) var schemaStart: Int64 = 0
    private(set) var blockStart: Int64 = 0
    /// True where the recording may end.
    var isBetweenBlocks: Bool {
        if case .objects = stage { return !number.isBegun }
        return false
    }

    private var stage = Stage.magic
    private var number = AvroVarint()
    private var got = 0
    private var entries: Int64 = 0
    private var key: [UInt8] = []
    private var entry = Entry.other
    private var mark = AvroMark()
    private var objects: Int64 = 0
    private var left: Int64 = 0
    private var isShort = false

    /// What comes next in `bytes` from `index` on; `offset` bytes came before them.
    mutating func next(_ bytes: Span<UInt8>, _ index: inout Int, offset: Int64) -> Event {
        if isShort {
            isShort = false
            stage = .objects
            return .shortBlock
        }
        if case .data = stage, left == 0 {
            stage = .trailer
            got = 0
            return .blockEnd
        }
        while index < bytes.count {
            switch stage {
            case .data: return takeData(bytes, &index)
            case .value(let left):
                takeValue(bytes, &index, left)
            default:
                let byte = bytes[index]
                index += 1
                let event = takeByte(byte, at: offset + Int64(index))
                if event != .needsBytes { return event }
            }
        }
        return .needsBytes
    }

    private mutating func takeByte(_ byte: UInt8, at end: Int64) -> Event {
        switch stage {
        case .magic:
            guard byte == [0x4F, 0x62, 0x6A, 0x01][got] else { return refuse(.magic) }
            got += 1
            if got == 4 { stage = .mapCount }
        case .mark:
            mark.learn(byte)
            if mark.isLearned {
                stage = .objects
                return .header
            }
        case .key(let left):
            if key.count <= Self.keyBytes { key.append(byte) }
            stage = left > 1 ? .key(left - 1) : .valueLength
            if left <= 1 { chooseEntry() }
        case .trailer, .seeking: return takeMark(byte)
        default:
            switch number.take(byte) {
            case .more: break
            case .tooLong: return takeNumber(nil, at: end)
            case .value(let value): return takeNumber(value, at: end)
            }
        }
        return .needsBytes
    }

    /// A number, or `nil` for one that is too long.
    private mutating func takeNumber(_ value: Int64?, at end: Int64) -> Event {
        if value == nil { number = AvroVarint() }
        switch stage {
        case .mapCount:
            guard let value, value != .min else { return refuse(.metadata) }
            entries = abs(value)
            stage = value == 0 ? .mark : (value < 0 ? .mapBytes : .keyLength)
        case .mapBytes:
            guard value != nil else { return refuse(.metadata) }
            stage = .keyLength
        case .keyLength:
            guard let value, value >= 0 else { return refuse(.metadata) }
            key.removeAll(keepingCapacity: true)
            stage = value == 0 ? .valueLength : .key(value)
            if value == 0 { chooseEntry() }
        case .valueLength:
            guard let value, value >= 0 else { return refuse(.metadata) }
            if entry != .other, value > Self.schemaBytes { return refuse(.schemaBytes) }
            if entry == .schema { schemaStart = end }
            if value == 0 { endEntry() } else { stage = .value(value) }
        case .objects:
            blockStart = end
            mark.restart()
            guard let value, value >= 0 else { return seek() }
            objects = value
            stage = .size
        default:
            blockStart = end
            guard let value, value >= 0 else { return seek() }
            left = value
            mark.restart()
            stage = .data
            return .block(objects: objects, bytes: value)
        }
        return .needsBytes
    }

    private mutating func refuse(_ refusal: Refusal) -> Event {
        stage = .refused
        return .refused(refusal)
    }

    private mutating func seek() -> Event {
        stage = .seeking
        return .badBlock
    }

    // MARK: The header

    private mutating func chooseEntry() {
        switch String(decoding: key, as: UTF8.self) {
        case "avro.schema":
            entry = .schema
            schema.removeAll()
        case "avro.codec":
            entry = .codec
            codec.removeAll()
        default: entry = .other
        }
    }

    private mutating func takeValue(_ bytes: Span<UInt8>, _ index: inout Int, _ left: Int64) {
        let count = Int(min(left, Int64(bytes.count - index)))
        for at in index..<index + count {
            switch entry {
            case .schema: schema.append(bytes[at])
            case .codec: codec.append(bytes[at])
            case .other: break
            }
        }
        index += count
        if Int64(count) == left { endEntry() } else { stage = .value(left - Int64(count)) }
    }

    private mutating func endEntry() {
        entries -= 1
        stage = entries > 0 ? .keyLength : .mapCount
    }

    // MARK: Blocks

    private mutating func takeData(_ bytes: Span<UInt8>, _ index: inout Int) -> Event {
        let start = index
        let end = start + Int(min(left, Int64(bytes.count - start)))
        while index < end {
            let byte = bytes[index]
            index += 1
            if mark.isCompleted(by: byte) {
                // The mark is handed out as data too: whether it is one shows only at its end.
                isShort = true
                return .data(start..<index)
            }
        }
        left -= Int64(end - start)
        return .data(start..<end)
    }

    private mutating func takeMark(_ byte: UInt8) -> Event {
        let isWhole = mark.isCompleted(by: byte)
        got += 1
        if isWhole {
            if case .trailer = stage, got < AvroMark.count {
                stage = .objects
                return .shortBlock
            }
            stage = .objects
        } else if case .trailer = stage, got == AvroMark.count {
            stage = .seeking
            return .missingMark
        }
        return .needsBytes
    }
}

/// The sixteen bytes between blocks, and how many of them were just seen.
struct AvroMark: Sendable {
    static let count = 16

    private var bytes: [UInt8] = []
    /// For each length seen, the longest shorter one that may still go on.
    private var fallback: [Int] = []
    private var seen = 0

    var isLearned: Bool { bytes.count == Self.count }

    mutating func learn(_ byte: UInt8) {
        bytes.append(byte)
        guard isLearned else { return }
        fallback = Array(repeating: 0, count: Self.count)
        var length = 0
        for index in 1..<Self.count {
            while length > 0, bytes[index] != bytes[length] { length = fallback[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            fallback[index] = length
        }
    }

    mutating func restart() { seen = 0 }

    /// Whether the mark ends with this byte.
    @inline(__always)
    mutating func isCompleted(by byte: UInt8) -> Bool {
        while seen > 0, bytes[seen] != byte { seen = fallback[seen - 1] }
        if bytes[seen] == byte { seen += 1 }
        guard seen == Self.count else { return false }
        seen = 0
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The size of a pack on disk, fixed by the kind of stream and never by what it holds.
enum PackClass: UInt8 {
    case small = 1
    case large = 2

    /// Bytes of the sealed pack.
    var bytes: Int { self == .small ? 4096 : 65_536 }
    /// Bytes of plaintext: without nonce and tag.
    var plainBytes: Int { bytes - Pack.overhead }
    /// The largest body of a single block.
    var blockCapacity: Int { plainBytes - Pack.headerBytes - Pack.blockHeaderBytes }
}

/// What a pack is for; bound into its seal.
enum PackKind: UInt8 {
    case raw = 1
    case month = 2
    case node = 3
    case top = 4
    case fingerprints = 5
    case results = 6
    case audit = 7
    case corrections = 8
    case live = 9
    case rights = 10
}

/// Numbers of the pack layout.
enum Pack {
    static let nonceBytes = 24
    static let overhead = 40
    static let headerBytes = 8
    static let blockHeaderBytes = 8
    /// Type of a block that holds samples.
    static let seriesBlock: UInt16 = 1
    /// Type of a block that holds a piece of a document.
    static let documentBlock: UInt16 = 2
}

/// A 16-byte keyed hash as two words, so that long lists of them need no allocations.
struct PackHash: Hashable {
    var low: UInt64
    var high: UInt64

    static let zero = PackHash(low: 0, high: 0)

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    init(_ bytes: [UInt8]) {
        precondition(bytes.count == 16, "a pack hash has 16 bytes")
        func word(_ start: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
        }
        self.init(low: word(0), high: word(8))
    }
}

/// Names one pack and says what it must hold.
struct PackRef: Hashable {
    /// Random, 63 bits, never used again.
    var id: UInt64
    /// The generation whose commit wrote the pack.
    var generation: UInt64
    /// Keyed hash of the used part of the plaintext.
    var hash: PackHash

    static let bytes = 32

    func write(to writer: inout ByteWriter) {
        writer.u64(id)
        writer.u64(generation)
        writer.u64(hash.low)
        writer.u64(hash.high)
    }

    static func read(from reader: inout ByteReader) throws(VaultError) -> PackRef {
        PackRef(
            id: try reader.u64(), generation: try reader.u64(),
            hash: PackHash(low: try reader.u64(), high: try reader.u64()))
    }

    static func write(_ refs: [PackRef], to writer: inout ByteWriter) {
        writer.u32(UInt32(refs.count))
        for ref in refs { ref.write(to: &writer) }
    }

    static func readList(from reader: inout ByteReader) throws(VaultError) -> [PackRef] {
        var refs: [PackRef] = []
        for _ in 0..<(try reader.count32(of: bytes)) { refs.append(try read(from: &reader)) }
        return refs
    }
}

/// The plaintext of a pack in the making: a header and blocks.
struct PackPlain {
    let packClass: PackClass
    /// The used part: header and blocks, without the zero fill.
    private(set) var bytes: [UInt8]
    private(set) var blocks = 0

    init(_ packClass: PackClass) {
        self.packClass = packClass
        bytes = [UInt8](repeating: 0, count: Pack.headerBytes)
    }

    func hasRoom(for body: Int) -> Bool {
        bytes.count + Pack.blockHeaderBytes + body <= packClass.plainBytes
    }

    mutating func add(_ type: UInt16, _ body: ArraySlice<UInt8>) {
        precondition(hasRoom(for: body.count), "a block does not fit its pack")
        var writer = ByteWriter()
        writer.u16(type)
        writer.u16(0)
        writer.u32(UInt32(body.count))
        bytes += writer.bytes
        bytes += body
        blocks += 1
        writer = ByteWriter()
        writer.u32(UInt32(bytes.count))
        writer.u16(UInt16(blocks))
        writer.u16(0)
        bytes.replaceSubrange(0..<Pack.headerBytes, with: writer.bytes)
    }

    /// Finds the blocks of an opened pack: their types and where their bodies lie.
    static func blocks(
        of plain: [UInt8]
    ) throws(VaultError) -> [(type: UInt16, body: Range<Int>)] {
        var reader = ByteReader(plain)
        let used = Int(try reader.u32())
        let count = Int(try reader.u16())
        _ = try reader.u16()
        guard used >= Pack.headerBytes, used <= plain.count,
            count <= (used - Pack.headerBytes) / Pack.blockHeaderBytes
        else { throw .damaged("a pack's header is out of bounds") }
        reader = ByteReader(plain, in: Pack.headerBytes..<used)
        var found: [(type: UInt16, body: Range<Int>)] = []
        for _ in 0..<count {
            let type = try reader.u16()
            _ = try reader.u16()
            let length = Int(try reader.u32())
            found.append((type, try reader.take(length)))
        }
        try reader.finish()
        return found
    }
}

// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Where a live stream stands: what a program that was stopped needs to go on.
///
/// The vault does not look inside. An erase of anything of the person empties ``state``, which may
/// hold what was erased, and leaves ``position``, which must hold no sample.
public struct LiveCheckpoint: Sendable, Hashable {
    /// Tells the streams of a person apart: at most 64 bytes.
    public var name: String
    /// How far the input was read and the output written; never a sample.
    public var position: [UInt8]
    /// The operators and what waits for them; empty if it was erased.
    public var state: [UInt8]

    public init(name: String, position: [UInt8], state: [UInt8]) {
        self.name = name
        self.position = position
        self.state = state
    }
}

/// The live streams of a person, as one document of its own.
struct LiveDocument: Equatable {
    var streams: [LiveCheckpoint] = []

    static let mostStreams = 64
    static let longestName = 64
    static let longestPosition = 65_536
    /// Half a minute of a thousand samples a second waits in less than 1 MiB.
    static let longestState = 64 << 20

    init() {}

    func encoded(_ zstd: Zstd) throws(VaultError) -> [UInt8] {
        var writer = ByteWriter(capacity: 4096)
        writer.u32(UInt32(streams.count))
        for one in streams {
            let frame = try zstd.compress(one.state)
            let isPacked = frame.count < one.state.count
            writer.text(one.name)
            writer.u32(UInt32(one.position.count))
            writer.raw(one.position)
            writer.u8(isPacked ? 1 : 0)
            writer.u32(UInt32(one.state.count))
            writer.u32(UInt32(isPacked ? frame.count : one.state.count))
            writer.raw(isPacked ? frame : one.state)
        }
        return writer.bytes
    }

    init(_ bytes: [UInt8], _ zstd: Zstd) throws(VaultError) {
        var reader = ByteReader(bytes)
        for _ in 0..<(try reader.count32(of: 15)) {
            let name = try reader.text()
            let position = try reader.raw(Int(try reader.u32()))
            let isPacked = try reader.u8() == 1
            let length = Int(try reader.u32())
            let stored = try reader.raw(Int(try reader.u32()))
            guard length <= Self.longestState, isPacked || stored.count == length else {
                throw .damaged("the state of a live stream has another length")
            }
            let state =
                isPacked
                ? try zstd.decompress(stored, in: 0..<stored.count, length: length) : stored
            streams.append(LiveCheckpoint(name: name, position: position, state: state))
        }
        try reader.finish()
        guard Set(streams.map(\.name)).count == streams.count else {
            throw .damaged("a live stream is there twice")
        }
    }
}

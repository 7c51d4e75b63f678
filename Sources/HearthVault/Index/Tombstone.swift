// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals
internal import HearthCrypto

/// What was erased must not come back: a keyed hash of whose and what, and from when to when.
struct Tombstone: Equatable {
    /// Bit 0: bound to a quantity. Bit 1: bound to a device.
    var mode: UInt8
    var hash: PackHash
    var from: Int64
    /// Exclusive.
    var to: Int64
    var time: Int64
    var receipt: PackHash

    static let bytes = 57

    /// The keyed hash of a person, and of a quantity and a device where the mode says so.
    static func hash(
        _ person: PersonID, _ quantity: Quantity?, _ device: DeviceID?, _ keys: VaultKeys
    ) -> (mode: UInt8, hash: PackHash) {
        let mode: UInt8 = (quantity == nil ? 0 : 1) | (device == nil ? 0 : 2)
        var writer = ByteWriter()
        writer.label("hearth/tomb/v1")
        writer.u64(person.rawValue)
        writer.u8(mode)
        writer.u16(quantity?.rawValue ?? 0)
        writer.u64(device?.rawValue ?? 0)
        return (
            mode, PackHash(BLAKE2b.hash(writer.bytes.span, key: keys.tombstone, length: 16))
        )
    }

    func write(to writer: inout ByteWriter) {
        writer.u8(mode)
        writer.u64(hash.low)
        writer.u64(hash.high)
        writer.i64(from)
        writer.i64(to)
        writer.i64(time)
        writer.u64(receipt.low)
        writer.u64(receipt.high)
    }

    static func read(from reader: inout ByteReader) throws(VaultError) -> Tombstone {
        Tombstone(
            mode: try reader.u8(),
            hash: PackHash(low: try reader.u64(), high: try reader.u64()),
            from: try reader.i64(), to: try reader.i64(), time: try reader.i64(),
            receipt: PackHash(low: try reader.u64(), high: try reader.u64()))
    }
}

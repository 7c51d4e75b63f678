// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// A stored result as the results page keeps it.
struct ResultRecord: Equatable {
    var day: Int32
    var model: String
    var digest: [UInt8]
    /// Whether `stored` is a zstd frame.
    var isPacked: Bool
    var rawLength: UInt32
    var stored: [UInt8]

    /// The largest payload of one result: a day's features are some kilobytes.
    static let maximumPayload = 1 << 20

    /// An alert of a live stream, which cannot be computed again.
    var isLive: Bool { model.hasPrefix("live/") }

    static func encoded(_ records: [ResultRecord]) -> [UInt8] {
        var writer = ByteWriter()
        writer.u32(UInt32(records.count))
        for record in records {
            writer.i32(record.day)
            writer.text(record.model)
            writer.u16(UInt16(record.digest.count))
            writer.raw(record.digest)
            writer.u8(record.isPacked ? 1 : 0)
            writer.u32(record.rawLength)
            writer.u32(UInt32(record.stored.count))
            writer.raw(record.stored)
        }
        return writer.bytes
    }

    static func decoded(_ bytes: [UInt8]) throws(VaultError) -> [ResultRecord] {
        var reader = ByteReader(bytes)
        var records: [ResultRecord] = []
        for _ in 0..<(try reader.count32(of: 17)) {
            let day = try reader.i32()
            let model = try reader.text()
            let digest = try reader.raw(Int(try reader.u16()))
            let isPacked = try reader.u8() == 1
            let rawLength = try reader.u32()
            guard rawLength <= UInt32(maximumPayload) else {
                throw .damaged("a stored result is too long")
            }
            let stored = try reader.raw(Int(try reader.u32()))
            records.append(
                ResultRecord(
                    day: day, model: model, digest: digest, isPacked: isPacked,
                    rawLength: rawLength, stored: stored))
        }
        try reader.finish()
        return records
    }
}

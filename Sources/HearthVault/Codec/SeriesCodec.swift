// SPDX-License-Identifier: Apache-2.0
internal import HearthBiosignals

/// Samples of one stream to the body of a series block and back, without loss.
///
/// Layout and bits: `docs/vault-format.md`, "Series block".
struct SeriesCodec {
    /// Samples of one block: enough for zstd to work with, and 1.6 MB decoded at most a column.
    static let maximumSamples = 65_536
    /// Columns of one stream; acceleration has 3, no quantity more than 16.
    static let maximumColumns = 16
    static let headerBytes = 16

    let zstd: Zstd

    init() throws(VaultError) { zstd = try Zstd() }

    /// The block body for samples `range` of `series` under the stream number `stream`.
    func encode(
        _ series: Series, _ range: Range<Int>, stream: UInt32
    ) throws(VaultError) -> [UInt8] {
        let count = range.count
        precondition(count > 0 && count <= Self.maximumSamples, "a block has 1...65,536 samples")
        precondition(series.columns.count <= Self.maximumColumns, "a block has up to 16 columns")
        var payload: [UInt8] = []
        payload.reserveCapacity(count * (4 + 4 * series.columns.count))
        let isRegular = TimeColumn.append(series.times, range, to: &payload)
        let hasDurations =
            !series.durations.isEmpty && series.durations[range].contains { $0 != 0 }
        if hasDurations { TimeColumn.appendDurations(series.durations, range, to: &payload) }
        for column in series.columns { ValueColumn.append(column, range, to: &payload) }
        let hasQuality = !series.quality.isEmpty && series.quality[range].contains { $0 != 0 }
        if hasQuality { payload.append(contentsOf: series.quality[range]) }

        let packed = try zstd.compress(payload)
        let isPacked = packed.count < payload.count
        var out = ByteWriter(capacity: Self.headerBytes + min(packed.count, payload.count))
        out.u32(stream)
        out.u32(UInt32(count))
        out.u8(UInt8(series.columns.count))
        out.u8(isRegular ? 0 : 1)
        out.u8((hasDurations ? 1 : 0) | (hasQuality ? 2 : 0))
        out.u8(isPacked ? 1 : 0)
        out.u32(UInt32(payload.count))
        out.raw(isPacked ? packed : payload)
        return out.bytes
    }

    /// The stream number at the start of a body, without decoding it.
    static func stream(
        of bytes: [UInt8], in range: Range<Int>
    ) throws(VaultError) -> UInt32 {
        var reader = ByteReader(bytes, in: range)
        return try reader.u32()
    }

    /// The samples of the body at `range` of `bytes`.
    func decode(
        _ bytes: [UInt8], in range: Range<Int>
    ) throws(VaultError) -> (stream: UInt32, series: Series) {
        var header = ByteReader(bytes, in: range)
        let stream = try header.u32()
        let count = Int(try header.u32())
        let columns = Int(try header.u8())
        let timeKind = try header.u8()
        let flags = try header.u8()
        let codec = try header.u8()
        let length = Int(try header.u32())
        guard (1...Self.maximumSamples).contains(count), columns <= Self.maximumColumns,
            timeKind <= 1, flags <= 3, codec <= 1
        else { throw .damaged("a series block has an impossible header") }
        // No column takes more than 9 bytes a sample; the constant covers all column headers.
        guard length <= count * (17 + 9 * columns) + 512 else {
            throw .damaged("a series block claims more bytes than its samples need")
        }
        let body = try header.take(header.remaining)
        var payload: ByteReader
        if codec == 1 {
            payload = ByteReader(try zstd.decompress(bytes, in: body, length: length))
        } else {
            guard body.count == length else { throw .damaged("a series block has another length") }
            payload = ByteReader(bytes, in: body)
        }
        var series = Series(columns: [])
        series.times = try TimeColumn.read(count, isRegular: timeKind == 0, from: &payload)
        if flags & 1 != 0 { series.durations = try TimeColumn.readDurations(count, from: &payload) }
        for _ in 0..<columns { series.columns.append(try ValueColumn.read(count, from: &payload)) }
        if flags & 2 != 0 { series.quality = try payload.raw(count) }
        try payload.finish()
        return (stream, series)
    }
}

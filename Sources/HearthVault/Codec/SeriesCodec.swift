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
        var (head, payload) = try open(bytes, in: range)
        var series = Series(columns: [])
        series.times = try TimeColumn.read(
            head.count, isRegular: head.isRegular, from: &payload)
        if head.hasDurations {
            series.durations = try TimeColumn.readDurations(head.count, from: &payload)
        }
        for _ in 0..<head.columns {
            series.columns.append(try ValueColumn.read(head.count, from: &payload))
        }
        if head.hasQuality { series.quality = try payload.raw(head.count) }
        try payload.finish()
        return (head.stream, series)
    }

    /// What the body at `range` of `bytes` holds, without its values: every column must be of a
    /// known kind and of full length, and nothing may follow the last.
    func extent(_ bytes: [UInt8], in range: Range<Int>) throws(VaultError) -> MonthIndex.Entry {
        var (head, payload) = try open(bytes, in: range)
        let (first, last) = try TimeColumn.bounds(
            head.count, isRegular: head.isRegular, from: &payload)
        if head.hasDurations { try TimeColumn.passDurations(head.count, in: &payload) }
        for _ in 0..<head.columns { try ValueColumn.pass(head.count, in: &payload) }
        if head.hasQuality { _ = try payload.take(head.count) }
        try payload.finish()
        return MonthIndex.Entry(
            stream: head.stream, first: first, last: last, count: UInt32(head.count))
    }

    private struct Head {
        var stream: UInt32
        var count: Int
        var columns: Int
        var isRegular: Bool
        var hasDurations: Bool
        var hasQuality: Bool
    }

    /// The header and the columns behind it, which are not compressed any more.
    private func open(
        _ bytes: [UInt8], in range: Range<Int>
    ) throws(VaultError) -> (head: Head, payload: ByteReader) {
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
        let head = Head(
            stream: stream, count: count, columns: columns, isRegular: timeKind == 0,
            hasDurations: flags & 1 != 0, hasQuality: flags & 2 != 0)
        let body = try header.take(header.remaining)
        if codec == 1 {
            return (head, ByteReader(try zstd.decompress(bytes, in: body, length: length)))
        }
        guard body.count == length else { throw .damaged("a series block has another length") }
        return (head, ByteReader(bytes, in: body))
    }
}

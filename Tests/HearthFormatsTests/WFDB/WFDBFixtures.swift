// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats
import HearthTestSupport

/// Builds records of WFDB and reads them.
enum WFDBFixtures {
    static func record(
        _ header: String, _ files: [(String, [UInt8])] = [], name: String = "r"
    ) -> [UInt8] {
        PartStream.bytes([(name + ".hea", Array(header.utf8))] + files.map { ($0.0, $0.1) })
    }

    static func read(
        _ header: String, _ files: [(String, [UInt8])] = [], zone: ZoneTimeline = ZoneTimeline()
    ) -> CollectingSink {
        readAll(record(header, files)) { WFDBReader(ReadContext(zone: zone)) }
    }

    /// Format 16.
    static func words(_ values: [Int]) -> [UInt8] {
        values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// Words of an annotation file; the end mark is added.
    static func annotations(_ entries: [(code: Int, low: Int)], ended: Bool = true) -> [UInt8] {
        words((entries + (ended ? [(0, 0)] : [])).map { $0.code << 10 | $0.low & 0x3FF })
    }

    static func text(_ text: String) -> [UInt8] {
        words([63 << 10 | text.utf8.count]) + Array(text.utf8)
            + (text.utf8.count % 2 == 1 ? [0] : [])
    }

    /// The values of the stream of one model.
    static func values(_ sink: CollectingSink, _ model: String) -> [Float] {
        sink.streams.first { $0.key.device.model == model }?.value.map { $0.values[0] } ?? []
    }

    static func times(_ sink: CollectingSink, _ model: String) -> [Int64] {
        sink.streams.first { $0.key.device.model == model }?.value.map(\.time) ?? []
    }

    /// The codes of the issues, without the one about time.
    static func codes(_ sink: CollectingSink) -> [String] {
        sink.issues.map(\.code.name).filter { $0 != "unanchored-time" }
    }
}

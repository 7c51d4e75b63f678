// SPDX-License-Identifier: Apache-2.0
import HearthFormats

extension MutationFacts {
    static let fit = MutationFacts(
        isText: false, head: { Array($0.prefix(14)) }, mend: { Mutator.mendFIT(&$0) })

    static let appleHealth = MutationFacts(
        isText: true,
        words: [
            "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#x110000;", "&#0;", "&lt", "&x;",
            "<Record ", "/>", "</Record>", "<Correlation>", "</HealthData>", "<!DOCTYPE",
            "<?", "<MetadataEntry", "<HeartRateVariabilityMetadataList>", "<Workout ",
            "<InstantaneousBeatsPerMinute bpm=\"60\" time=\"12:00:00,50\"/>", "'", ">",
            "count/min", "km", "degF", "%",
        ],
        head: { _ in Array("<HealthData locale=\"en_GB\">\n".utf8) })

    static let fitbit = MutationFacts(isText: true, words: jsonWords + jsonKeys, head: firstLine)

    static let hearthNDJSON = MutationFacts(
        isText: true, words: jsonWords + jsonKeys,
        seeds: [Array(ndjson.utf8)] + (1...4).map(writtenNDJSON))

    static let hearthCSV = MutationFacts(
        isText: true,
        words: [",", ";", "\"\"\"", "time", "value", "heart-rate", "workout", "quality"],
        head: firstLine, seeds: [Array(csv.utf8)] + (1...4).map(writtenCSV))

    private static let jsonKeys = [
        "\"value\":", "\"dateTime\":", "\"levels\":", "\"bpm\":", "\"time\":",
        "06/24/95 16:00:00", "1995-07-11T02:28:30.000",
    ]

    private static let ndjson = """
        {"time":"2026-01-02T03:04:05Z","quantity":"heart-rate","value":61.5}
        {"time":"2026-01-02T03:04:05+02:00","quantity":"workout","values":[1,200,3000],\
        "duration_s":1800,"vendor":"A","model":"B","quality":1}

        """

    private static let csv = """
        time;quantity;value
        2026-01-02T03:04:05+02:00;heart-rate;61,5
        2026-01-02T03:05:05+01:00;steps;12

        """

    private static func writtenNDJSON(seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        for block in ReferenceBlocks.all(seed: seed) {
            HearthNDJSONWriter().append(block, to: &bytes)
        }
        return bytes
    }

    private static func writtenCSV(seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        HearthCSVWriter().appendHeader(to: &bytes)
        for block in ReferenceBlocks.all(seed: seed) {
            HearthCSVWriter().append(block, to: &bytes)
        }
        return bytes
    }
}

extension Mutator {
    /// Makes header, data size and checksums of one part fit the bytes between.
    public static func mendFIT(_ bytes: inout [UInt8]) {
        guard bytes.count >= 14, bytes[0] == 14 || bytes[0] == 12 else { return }
        let headerSize = Int(bytes[0])
        bytes.replaceSubrange(8..<12, with: Array(".FIT".utf8))
        let size = bytes.count - headerSize
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
        if headerSize == 14 { bytes.replaceSubrange(12..<14, with: [0, 0]) }
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1 }
        }
        bytes.append(UInt8(crc & 0xFF))
        bytes.append(UInt8(crc >> 8))
    }
}

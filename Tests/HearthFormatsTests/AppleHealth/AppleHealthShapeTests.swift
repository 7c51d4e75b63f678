// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthFormats
import HearthTestSupport
import Testing

/// Records written like their neighbours go a shorter way; it must lead to the same samples.
@Suite struct AppleHealthShapeTests {
    /// Rows of two sources in turn, some with children, all written alike.
    private func alike(_ count: Int, edit: (Int, String) -> String = { $1 }) -> AppleHealthExport {
        var export = AppleHealthExport()
        for index in 0..<count {
            let second = index % 60
            let time = "2024-03-01 10:\(10 + index / 60):\(second < 10 ? "0" : "")\(second) +0100"
            let first = export.lines.count
            export.record(
                "HeartRate", String(60 + index % 100), from: time,
                source: index % 2 == 0 ? "Sam’s Watch" : "Sam’s Phone",
                device: AppleHealthExport.watch.replacing("0x282a", with: "0x\(1000 + index)"),
                children: index % 3 == 0 ? ["<MetadataEntry key=\"k\" value=\"v\"/>"] : [])
            export.lines[first] = edit(index, export.lines[first])
        }
        return export
    }

    @Test func `records written alike pass the contract`() {
        let export = alike(30)
        #expect(export.read().values(.heartRate) == (0..<30).map { Float(60 + $0) })
        checkReader(export.bytes, samples: 30, exhaustive: 256) { AppleHealthReader() }
    }

    @Test func `a flipped bit among records written alike costs one of them`() {
        let bytes = alike(24).bytes
        let base = AppleHealthExport.read(bytes).samples(of: .heartRate)
        var random = SeededRandom(seed: 11)
        for round in 0..<1500 {
            let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            let found = Set(AppleHealthExport.read(damaged).samples(of: .heartRate))
            let missing = base.filter { !found.contains($0) }
            #expect(missing.count <= 1, "round \(round), seed 11, bit \(bit)")
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `values changed at random are read as the slow reader reads them`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let export = alike(80) { _, line in
            Int.random(in: 0..<3, using: &random) == 0 ? Self.changed(line, &random) : line
        }
        AppleHealthReferenceTests.expectAgreement(export.text, "seed \(seed)")
    }

    /// One character of one value replaced; dates get digits only.
    private static func changed(
        _ line: String, _ random: inout some RandomNumberGenerator
    ) -> String {
        let name =
            ["type", "sourceName", "unit", "creationDate", "startDate", "endDate", "value"]
            .randomElement(using: &random) ?? ""
        guard let start = line.range(of: " \(name)=\"")?.upperBound else { return line }
        let value = line[start...].prefix { $0 != "\"" }
        let letters = name.hasSuffix("Date") ? "0123456789" : "0123456789.-+eE xAé"
        let most = name.hasSuffix("Date") ? 19 : value.count
        let offset = Int.random(in: 0..<max(1, min(most, value.count)), using: &random)
        let place = value.index(value.startIndex, offsetBy: offset)
        guard !name.hasSuffix("Date") || value[place].isNumber else { return line }
        var changed = line
        changed.replaceSubrange(
            place...place, with: String(letters.randomElement(using: &random) ?? "0"))
        return changed
    }

    @Test(arguments: [
        ("/>", " />"), ("/>", "\n/>"), ("/>", " extra=\"1\"/>"), ("/>", "/ >"), ("0x1004", "0x"),
        ("0x1004", "0x100400000000000000000000000"), ("0x1004", "zz1004"), ("/>", "></Record>"),
        ("creationDate=\"2024-03-01 10:10:04 +0100\"", "creationDate=\"\" x=\"2024-03-01 10:1\""),
        ("creationDate=\"2024-03-01 10:10:04 +0100\"", "creationDate='2024-03-01 10:10:04 +0100'"),
        ("creationDate=\"2024-03-01 10:10:04 +0100\"", "creationDate=\"9024-03-01 10:10:04 +\""),
        ("creationDate=\"2024-03-01 10:10:04 +0100\"", ""), ("sourceVersion=\"10.6\"", ""),
        (" startDate", "  startDate"), ("value=\"64\"", "value=\"64\" value=\"64\""),
        ("value=\"64\"", "value=\"6&#52;\" value='64'"), ("sourceVersion=\"10.6\"", "y=\"'\""),
    ])
    func `a record written a little differently is read all the same`(old: String, new: String) {
        let export = alike(8) { index, line in
            index == 4 ? line.replacing(old, with: new) : line
        }
        #expect(export.lines != alike(8).lines)
        let sink = export.read()
        #expect(sink.values(.heartRate) == (0..<8).map { Float(60 + $0) })
        #expect(sink.error == nil)
    }

    @Test func `a value beyond the limit is refused among records written alike`() {
        var limits = ReadLimits()
        limits.fieldBytes = 300
        let export = alike(8) { index, line in
            index == 4
                ? line.replacing("\"64\"", with: "\"\(String(repeating: "0", count: 300))64\"")
                : line
        }
        let sink = export.read(limits: limits)
        #expect(sink.values(.heartRate) == [60, 61, 62, 63, 65, 66, 67])
        #expect(sink.issues.map(\.code) == [.limitExceeded])
    }
}

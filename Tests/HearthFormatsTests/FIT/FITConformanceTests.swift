// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthFormats
import HearthTestSupport
import Testing

/// What other decoders found in the same recordings.
@Suite(.enabled(if: SharedData.isPresent, "needs HEARTH_DATA"))
struct FITConformanceTests {
    private static func table(_ path: String) throws -> ReferenceTable {
        let folder = try #require(SharedData.folder).appending(path: "formats/fit")
        let url = try #require(ReferenceTable.file(folder.appending(path: path).path))
        return try ReferenceTable(contentsOf: url)
    }

    /// Rows of the scan for files that are here.
    static let scan: [FITScanRow] = {
        let bytes = (try? FITRecordingTests.bytes("SCAN.tsv")) ?? []
        let present = Set(FITRecordingTests.all)
        return FITScanRow.rows(String(decoding: bytes, as: UTF8.self))
            .filter { present.contains($0.file) }
    }()

    @Test(arguments: Set(scan.map(\.file)).sorted())
    func `messages are counted as by an independent scan`(file: String) throws {
        let messages = messages(of: try FITRecordingTests.bytes(file)).messages
        let match = FITReferences.counts(messages, Self.scan.filter { $0.file == file })
        #expect(match.holds, "\(match.sentence)")
    }

    @Test(arguments: [
        "garmin-edge-820-bike", "garmin-fenix-5-bike", "garmin-fenix-5-run", "garmin-fenix-5-walk",
        "compressed-speed-distance",
    ])
    func `records equal those of python-fitparse`(name: String) throws {
        let match = FITReferences.pythonRecords(
            messages(of: try FITRecordingTests.bytes("python-fitparse/\(name).fit")).messages,
            try Self.table("python-fitparse/\(name)-records.csv"))
        #expect(match.holds, "\(match.sentence)")
    }

    @Test(arguments: [
        "TestEncode", "valid_only_contain_fileid", "chained_Activity_activity_poolswim",
        "from_garmin_forums/triathlon_summary_first", "from_garmin_forums/triathlon_summary_last",
    ])
    func `messages equal those of muktihari's table`(name: String) throws {
        let match = FITReferences.fitCSV(
            messages(of: try FITRecordingTests.bytes("muktihari/\(name).fit")).messages,
            try Self.table("muktihari/\(name).csv"))
        #expect(match.holds, "\(match.sentence)")
    }

    @Test func `a wrong value is told by its kind and not shown`() throws {
        let bytes = try FITRecordingTests.bytes("python-fitparse/garmin-fenix-5-walk.fit")
        let table = try Self.table("python-fitparse/garmin-fenix-5-walk-records.csv")
        let rows = [table.header] + table.rows.map { ["", "251"] + $0.dropFirst(2) }
        let changed = ReferenceTable(
            Array(rows.map { $0.joined(separator: ",") }.joined(separator: "\n").utf8))
        let match = FITReferences.pythonRecords(messages(of: bytes).messages, changed)
        #expect(match.differences["heart_rate"] == table.rows.count)
        #expect(match.differences["cadence"] == nil)
        #expect(!match.sentence.contains("251"))
    }
}

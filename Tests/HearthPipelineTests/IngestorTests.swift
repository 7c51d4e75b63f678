// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthIntake
import HearthPipeline
import HearthVault
import Testing

@Suite struct IngestorTests {
    let home: TemporaryVault

    init() throws { home = try TemporaryVault() }

    @Test func `a file that changes while it is read leaves nothing behind`() throws {
        let path = try home.write(
            heartRates(from: "2026-01-05T00:00:00Z", Array(repeating: 60, count: 1000)), to: "a.csv"
        )
        var appended = false
        let report = try home.ingest(path) { progress in
            guard progress.bytes > 0, !appended, let handle = FileHandle(forWritingAtPath: path)
            else { return }
            appended = true
            handle.seekToEndOfFile()
            handle.write(Data("2026-01-05T20:00:00Z,heart-rate,61\n".utf8))
        }
        #expect(appended)
        #expect(report.verdicts.map(\.status) == [.rejected])
        #expect(report.verdicts.first?.reason?.contains("changed while it was read") == true)
        #expect(report.added == 0)
        #expect(try home.ingest(path).added == 1001)
    }

    @Test func `entries of a zip are read and others passed over`() throws {
        let path = home.folder.appending(path: "export.zip").path
        ArchiveBuilder.write(
            [
                ("../../etc/passwd", Array("nothing".utf8)),
                ("x/a.csv", Array(heartRates(from: "2026-01-05T00:00:00Z", [60, 61]).utf8)),
            ], as: .zip, to: path)
        let report = try home.ingest(path)
        #expect(report.added == 2)
        #expect(report.count(.ignored) == 1)
        #expect(try home.ingest(path).verdicts.map(\.status) == [.alreadyStored])
    }

    @Test func `a compressed tar is read`() throws {
        let path = home.folder.appending(path: "export.tgz").path
        ArchiveBuilder.write(
            [("a.csv", Array(heartRates(from: "2026-01-05T00:00:00Z", [60, 61, 62]).utf8))],
            as: .tgz, to: path)
        #expect(try home.ingest(path).added == 3)
    }

    @Test func `a bomb is refused with the limit's name before it unpacks`() throws {
        let path = home.folder.appending(path: "bomb.zip").path
        var bytes = Array("time,quantity,value\n".utf8)
        bytes += [UInt8](repeating: 10, count: 16 << 20)
        ArchiveBuilder.write([("a.csv", bytes)], as: .zip, to: path)
        var options = IngestOptions()
        options.archiveLimits.ratioGrace = 1 << 20
        let report = try home.ingest(path, options: options)
        #expect(report.verdicts.contains { $0.reason?.contains("(limit: ratio)") == true })
        #expect(report.added == 0)
    }

    @Test func `archives inside an archive are read, deeper ones refused`() throws {
        let csv = Array(heartRates(from: "2026-01-05T00:00:00Z", [60, 61]).utf8)
        var inside: [(name: String, bytes: [UInt8])] = [("a.csv", csv)]
        for level in ["inner", "middle", "outer"] {
            let path = home.folder.appending(path: "\(level).zip").path
            ArchiveBuilder.write(inside, as: .zip, to: path)
            inside = [("\(level).zip", [UInt8](try Data(contentsOf: URL(filePath: path))))]
        }
        let outer = try home.ingest(home.folder.appending(path: "outer.zip").path)
        #expect(outer.verdicts.contains { $0.reason?.contains("(limit: depth 2)") == true })
        #expect(outer.added == 0)
        let middle = try home.ingest(home.folder.appending(path: "middle.zip").path)
        #expect(middle.added == 2)
        #expect(middle.verdicts.first?.name.hasSuffix("middle.zip!inner.zip!a.csv") == true)
    }

    @Test func `a truncated archive keeps what came before the damage`() throws {
        let path = home.folder.appending(path: "cut.tgz").path
        var seeded = UInt64(1)
        let noise = (0..<200_000).map { _ -> Int in
            seeded = seeded &* 6_364_136_223_846_793_005 &+ 1
            return 40 + Int(seeded >> 58)
        }
        ArchiveBuilder.write(
            [
                ("a.csv", Array(heartRates(from: "2026-01-05T00:00:00Z", [60, 61, 62]).utf8)),
                ("b.csv", Array(heartRates(from: "2020-01-05T00:00:00Z", noise).utf8)),
            ], as: .tgz, to: path)
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
        let report = try home.ingest(path)
        #expect(report.added > 3)
        #expect(report.verdicts.contains { $0.isProblem && $0.reason?.contains("damaged") == true })
    }

    @Test func `small files share a commit and each gets its verdict`() throws {
        for day in 10..<30 {
            try home.write(heartRates(from: "2026-01-\(day)T00:00:00Z", [60]), to: "day\(day).csv")
        }
        var verdicts = 0
        let ingestor = try Ingestor(vault: home.vault, person: home.person.id) { _ in
        } onVerdict: { _ in
            verdicts += 1
        }
        let paths = (10..<30).map { home.folder.appending(path: "day\($0).csv").path }
        #expect(try ingestor.ingest(paths).added == 20)
        #expect(verdicts == 20)
    }
}

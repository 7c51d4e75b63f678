// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthIntake
import HearthModels
import HearthPipeline
import HearthTestSupport
import Testing

@Suite struct BeatBenchmarkReportTests {
    private static func folder(_ files: [String: String]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "hearth-beats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        return folder
    }

    @Test func `pairs of tables are measured, what cannot be read is named`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 31)
        let lines = signal.values.map { "\($0)" }.joined(separator: "\n")
        let beats = signal.beats.map { "\(Int($0 * 250))" }.joined(separator: "\n")
        let folder = try Self.folder([
            "a.csv": lines, "a_ann.csv": beats, "b.csv": "1\nx\n", "b_ann.csv": "1\n",
            "alone.csv": "1\n",
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let report = try BeatBenchmarkReport(folder: folder.path, csvRate: 250)
        #expect(report.benchmark.rows.map(\.id) == ["a"])
        #expect(report.skipped.map(\.id) == ["b"])
        let score = report.benchmark.gross(.firstLead)
        #expect(score.annotated == signal.beats.count && score.missed == 0 && score.extra == 0)
        #expect(report.text.contains("Hearth, first lead"))
        #expect(!report.text.contains("two leads\n"))
        #expect(report.markdown.contains("| a | \(signal.beats.count) | 0 | 0 | 100.000 |"))
        let json = try JSONSerialization.jsonObject(with: Data(try report.json().utf8))
        let members = try #require(json as? [String: Any])
        #expect(members["schema"] as? String == "hearth.benchmark.beats/1")
        #expect((members["records"] as? [Any])?.count == 1)
    }

    @Test func `a folder without annotated records is refused`() throws {
        let folder = try Self.folder(["a.csv": "1\n"])
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: IntakeError.self) { try BeatBenchmarkReport(folder: folder.path) }
    }

    @Test(.enabled(if: SharedData.isPresent, "needs HEARTH_DATA"))
    func `on annotated records hardly a beat is missed or made up`() throws {
        let data = try #require(SharedData.folder).appending(path: "mitdb")
        let folder = try Self.folder([:])
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["100", "104", "119"] {
            for kind in ["hea", "dat", "atr"] {
                try FileManager.default.copyItem(
                    at: data.appending(path: "\(name).\(kind)"),
                    to: folder.appending(path: "\(name).\(kind)"))
            }
        }
        let report = try BeatBenchmarkReport(folder: folder.path)
        #expect(report.benchmark.rows.map(\.isPaced) == [false, true, false])
        for method in [BeatMethod.firstLead, .twoLeads] {
            let score = report.benchmark.gross(method)
            // 2273 and 1987 beats, as the published annotations of records 100 and 119 have.
            #expect(score.annotated == 4260)
            #expect((score.sensitivity ?? 0) >= 0.998)
            #expect((score.precision ?? 0) >= 0.998)
            #expect((score.timingError ?? .infinity) < 10)
        }
    }
}

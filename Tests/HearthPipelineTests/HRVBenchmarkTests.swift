// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthIntake
import HearthModels
import HearthPipeline
import HearthTestSupport
import Testing

@Suite struct HRVBenchmarkTests {
    /// A folder that is gone after the test.
    private static func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hrv-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// Thirty intervals of 800 and 820 ms by turns; their numbers follow by hand.
    private static func row(rmssd: String) -> String {
        let intervals = (0..<30).map { $0 % 2 == 0 ? "800" : "820" }.joined(separator: ",")
        // SDNN: 10 sqrt (30 / 29); no difference is above 50.
        return #""a","b","810.000","10.171","\#(rmssd)","0.000","x, ""y""","\#(intervals)""#
    }

    private static let header =
        #""user_code","rr_code","meanrr","sdnn","rmssd","pnn50","tags","rr_data""#

    @Test func `published numbers that are right agree and wrong ones do not`() throws {
        try Self.withFolder { folder in
            let text = [Self.header, Self.row(rmssd: "20.000"), Self.row(rmssd: "20.100")]
                .joined(separator: "\n")
            try Data(text.utf8).write(to: folder.appending(path: "hrv_measurements.csv"))
            let report = try HRVBenchmarkReport(folder: folder.path)
            let reference = try #require(report.references.first)
            #expect(reference.records == 2 && report.skipped.isEmpty)
            func agreement(_ metric: String) -> HRVAgreement? {
                reference.agreements.first { $0.metric == metric }
            }
            #expect(agreement("meanrr")?.worst == 0)
            #expect(agreement("sdnn")?.worst == 0)
            #expect(agreement("pnn50")?.worst == 0)
            let rmssd = try #require(agreement("rmssd"))
            #expect(rmssd.count == 2 && rmssd.withinTenth == 0.5 && rmssd.withinOne == 1)
            #expect(abs(rmssd.worst - (0.1 - 0.0005) / 20.1) < 1e-9)
            #expect(report.markdown.contains("| rmssd | Hearth's definition | 2 | 0 |"))
            let json = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
            #expect((json as? [String: Any])?["schema"] as? String == "hearth.benchmark.hrv/1")
        }
    }

    @Test func `a record that is missing is named and left out`() throws {
        try Self.withFolder { folder in
            let table = "patID,t_start,t_end,NNmean\nx1,0,300,800\n"
            try Data(table.utf8).write(
                to: folder.appending(path: "A_HRV_allwindows_allpatients.csv"))
            try Data([Self.header, Self.row(rmssd: "20.000")].joined(separator: "\n").utf8)
                .write(to: folder.appending(path: "hrv_measurements.csv"))
            let report = try HRVBenchmarkReport(folder: folder.path)
            #expect(report.skipped.map(\.id) == ["x1"])
            #expect(report.references.count == 1)
        }
    }

    @Test func `a folder without references is refused, and damaged files trap nothing`() throws {
        try Self.withFolder { folder in
            #expect(throws: IntakeError.self) { try HRVBenchmarkReport(folder: folder.path) }
            let names = ["SampleNNISeriesShort.npy", "SampleExport.json", "hrv_measurements.csv"]
            for name in names {
                try Data([0x93, 78, 85, 77, 80, 89, 1, 0, 255, 255, 1])
                    .write(to: folder.appending(path: name))
            }
            try Data("patID,t_start,t_end\nx1,nan,inf\n../x,0,1\n".utf8)
                .write(to: folder.appending(path: "A_HRV_allwindows_allpatients.csv"))
            try Data([255, 255, 0, 236, 255]).write(to: folder.appending(path: "x1.ecg"))
            #expect(throws: IntakeError.self) { try HRVBenchmarkReport(folder: folder.path) }
            #expect(throws: IntakeError.self) { try HRVBenchmarkReport(folder: "/nowhere/at/all") }
        }
    }

    /// pyHRV's numbers need the right intervals and the right definitions.
    @Test(.enabled(if: SharedData.isPresent, "needs the reference recordings of HEARTH_DATA"))
    func `pyHRV's published numbers agree by its definitions`() throws {
        let folder = try #require(SharedData.folder).appending(path: "hrv-reference/pyhrv")
        let report = try HRVBenchmarkReport(folder: folder.path)
        #expect(report.references.count == 2)
        for reference in report.references {
            for one in reference.agreements where one.way == .theirs {
                #expect(one.worst < 1e-9, "\(one.metric)")
            }
            for metric in ["mean NN", "SDNN", "RMSSD", "pNN50", "pNN20", "triangular index"] {
                let own = reference.agreements.first { $0.metric == metric && $0.way == .own }
                #expect((own?.worst ?? 1) < 0.001, "\(metric)")
            }
        }
    }
}

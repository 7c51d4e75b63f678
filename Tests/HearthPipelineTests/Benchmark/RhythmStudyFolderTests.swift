// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthDSP
import HearthModels
import Testing

@testable import HearthPipeline

@Suite struct RhythmStudyFolderTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "rr-24h/normal"), withIntermediateDirectories: true)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: folder.appending(path: name))
    }

    /// Words of an annotation file: type in the upper six bits, distance in the lower ten.
    private func words(_ all: [(Int, Int)]) -> [UInt8] {
        all.flatMap { [UInt8(($0 << 10 | $1) & 255), UInt8(($0 << 10 | $1) >> 8)] }
    }

    @Test func `beats, premature beats and rhythms of annotations are read`() throws {
        var bytes = words([(28, 10), (63, 2)]) + Array("(N".utf8)
        bytes += words([(1, 100), (5, 300), (1, 500), (28, 5), (63, 5)])
        bytes += Array("(AFIB".utf8) + [0] + words([(1, 355), (22, 9), (1, 351)])
        // A long distance of 70,000 samples: high word first.
        bytes += words([(59, 0)]) + [1, 0, 112, 17] + words([(1, 0), (0, 0)])
        try write(bytes, "900.atr")
        let study = try RhythmStudyFolder(folder.path)
        let one = try #require(study.recordings.first)
        #expect(one.id == "900" && one.set == .arrhythmia)
        let samples = one.beats.map { ($0.value * 0.36).rounded() }
        #expect(samples == [300, 500, 360, 360, 70_000])
        #expect(one.labels == [.other, .other, .fibrillation, .fibrillation, .fibrillation])
        #expect(one.premature == [true, false, false, false, false])
    }

    @Test func `paroxysms, lists and broken files are told apart`() throws {
        try write(
            Array("0\t0.8\t200\n200\t0.6\t350\n350\t0.7\t525\n".utf8), "qrs1.txt")
        try write(
            Array("Elapsed Sample\n 0:00 0 + 0 0 0 (N\n 0:01 300 + 0 0 0 (AFIB\n".utf8),
            "atr1.txt")
        try write(Array("0\tx\t200\n".utf8), "qrs2.txt")
        try write(Array(" 0:00 0 + 0 0 0 (N\n".utf8), "atr2.txt")
        try write(Array("12.5\n0.800\n0.900\n@\n0.7\n".utf8), "rr-24h/normal/nsr9_rr_secs.txt")
        let study = try RhythmStudyFolder(folder.path)
        #expect(study.recordings.map(\.id) == ["1", "nsr9"])
        #expect(study.recordings[0].beats.map(\.value) == [800, 600, 700])
        #expect(study.recordings[0].labels == [.other, .fibrillation, .fibrillation])
        #expect(study.recordings[1].beats.map(\.value) == [800, 900, 700])
        #expect(study.skipped.map(\.id) == ["2"])
        #expect(study.skipped[0].reason.contains("qrs2.txt: line 1"))
        #expect(!study.skipped[0].reason.contains("x\t"))
    }

    @Test func `tables name every record, and rare fibrillation costs predictive value`() throws {
        let lines = (0..<400).map { $0 % 2 == 0 ? "0.80" : "0.82" }
        try write(Array(("9\n" + lines.joined(separator: "\n")).utf8), "rr-24h/normal/a1.txt")
        let report = try RhythmBenchmarkReport(folder: folder.path, folds: nil)
        #expect(report.markdown.contains("| a1 |"))
        #expect(report.text.contains("rr-24h/normal, 1 record"))
        let json = try report.json()
        #expect(json.contains("\"schema\" : \"hearth.benchmark.rhythm/1\""))
        #expect(report.benchmark.personSpecificity(.screen) == 1)
        let value = try #require(
            PredictiveValue.positive(sensitivity: 0.98, specificity: 0.99, prevalence: 0.01))
        #expect(abs(value - 0.0098 / (0.0098 + 0.0099)) < 1e-12)
    }

    @Test func `an empty folder is refused`() {
        #expect(throws: (any Error).self) {
            try RhythmBenchmarkReport(folder: folder.path, folds: nil)
        }
    }
}

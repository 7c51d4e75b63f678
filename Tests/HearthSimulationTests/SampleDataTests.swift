// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthSimulation
import Testing

/// The committed files are what the command in `SampleData/ORIGIN.md` writes.
@Suite struct SampleDataTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "SampleData")

    /// Paths below the folder, without those written by hand.
    private func committed() throws -> Set<String> {
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path)
        return Set(
            names.filter { name in
                var isFolder: ObjCBool = false
                let path = Self.folder.appending(path: name).path
                let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                return exists && !isFolder.boolValue && name != "ORIGIN.md"
            })
    }

    @Test func `the committed files are the simulated ones, byte for byte`() throws {
        let files = Fixtures.sampleFiles
        #expect(try committed() == Set(files.map(\.path)))
        for file in files {
            let bytes = try [UInt8](Data(contentsOf: Self.folder.appending(path: file.path)))
            #expect(bytes == file.bytes, "\(file.path) differs")
        }
    }

    @Test func `the set stays under five megabytes`() {
        let size = Fixtures.sampleFiles.reduce(0) { $0 + $1.bytes.count }
        #expect(size < 5_000_000, "\(size) bytes")
    }

    @Test func `the origin names the command, the seed and the licence`() throws {
        let text = try String(
            contentsOf: Self.folder.appending(path: "ORIGIN.md"), encoding: .utf8)
        let settings = SimulationSettings.sample
        let command =
            "hearth-simulate --seed \(settings.seed) --days \(settings.days) "
            + "--start \(settings.start) --out SampleData"
        #expect(text.contains(command))
        #expect(text.contains("CC0-1.0"))
    }

    @Test func `the truth parses and its nights add up`() throws {
        let bytes = try #require(Fixtures.files("truth.json").first).bytes
        let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let truth = try #require(object)
        #expect(truth["schema"] as? String == SimulationTruth.schemaName)
        #expect(truth["seed"] as? Int == 7)
        let days = try #require(truth["day"] as? [[String: Any]])
        #expect(days.count == 75)
        for day in days.dropFirst() {
            let night = try #require(day["night"] as? [String: Any])
            let stages = try #require(night["stage_min"] as? [String: Int])
            let sleep = stages.reduce(0) { $0 + ($1.key == "wake" ? 0 : $1.value) }
            #expect(night["tst_min"] as? Int == sleep)
            let runs = try #require(night["hypnogram_min"] as? String).split(separator: " ")
            let asleep = runs.filter { $0.first != "W" }.compactMap { Int($0.dropFirst()) }
            #expect(asleep.reduce(0, +) == sleep)
        }
    }
}

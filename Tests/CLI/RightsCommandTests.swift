// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Taking data along and destroying it.
@Suite struct RightsCommandTests {
    let tool: CommandLineTool
    let file: String

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        var text = csv(day: "2026-01-05", rates: 50..<150)
        text += csv(day: "2026-01-06", rates: 60..<160).drop { $0 != "\n" }.dropFirst()
        file = try tool.write(text, to: "a.csv")
        _ = try tool.run("ingest", file)
    }

    @Test func `export into an empty vault and export again is identical`() throws {
        let sample = CommandLineTool.project.appending(path: "SampleData/hearth-csv").path
        _ = try tool.run("ingest", sample)
        let first = tool.folder.appending(path: "first").path
        #expect(try tool.run("export", first).code == 0)
        let other = try CommandLineTool()
        _ = try other.makeVault()
        #expect(try other.run("ingest", "\(first)/observed/samples").code == 0)
        let second = other.folder.appending(path: "second").path
        #expect(try other.run("export", second).code == 0)
        let manifest = try Data(contentsOf: URL(filePath: "\(first)/manifest.json"))
        #expect(try Data(contentsOf: URL(filePath: "\(second)/manifest.json")) == manifest)
        #expect(!manifest.isEmpty)
    }

    @Test func `export refuses a folder that holds something`() throws {
        let outcome = try tool.run("export", tool.folder.path)
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("is not empty"))
    }

    @Test func `an erased day is gone, stays gone, and the receipt verifies`() throws {
        let receipt = tool.folder.appending(path: "receipt.json").path
        let erased = try tool.run(
            "erase", "--from", "2026-01-05", "--to", "2026-01-05", "--yes", "--receipt", receipt)
        #expect(erased.code == 0, "\(erased.talk)")
        #expect(erased.output.contains("heart-rate: 100 samples"))
        #expect(
            try tool.run("show", "heart-rate", "--from", "2026-01-05").output
                .split(separator: "\n").count == 1)
        let again = try tool.run("ingest", file)
        #expect(!again.output.contains("100 samples added"))
        let changed = try tool.write(
            String(contentsOfFile: file, encoding: .utf8) + "\n", to: "again.csv")
        #expect(try tool.run("ingest", changed).output.contains("100 suppressed by erasure"))
        #expect(try tool.runBare(["receipt", "verify", receipt]).code == 0)
        let folder = tool.folder.appending(path: "out").path
        _ = try tool.run("export", folder)
        let exported = try String(
            contentsOfFile: "\(folder)/observed/samples/heart-rate.csv", encoding: .utf8)
        #expect(!exported.contains("2026-01-05T"))
        #expect(exported.contains("2026-01-06T"))
    }

    @Test func `a changed receipt does not verify`() throws {
        let receipt = tool.folder.appending(path: "receipt.json").path
        _ = try tool.run("erase", "--yes", "--receipt", receipt)
        let text = try String(contentsOfFile: receipt, encoding: .utf8)
        let forged = text.replacingOccurrences(of: "\"samples\" : 200", with: "\"samples\" : 100")
        #expect(forged != text)
        let path = try tool.write(forged, to: "forged.json")
        let outcome = try tool.runBare(["receipt", "verify", path])
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("the signature does not match"))
    }

    @Test func `erasing asks, and without a terminal or --yes nothing happens`() throws {
        let outcome = try tool.run("erase")
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("nothing was erased"))
        #expect(try tool.run("sources").output.contains("200"))
    }
}

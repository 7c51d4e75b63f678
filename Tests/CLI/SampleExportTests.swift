// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// The project's own samples, in every format, out and in again.
@Suite struct SampleExportTests {
    static let samples = CommandLineTool.project.appending(path: "SampleData")

    /// Whole folders, and some days of the one that is long.
    static let parts: [String: [String]] = [
        "hearth-csv": ["hearth-csv"], "Takeout": ["Takeout"], "apple-health": ["apple-health"],
        "garmin": ["monitoring", "sleep", "hrv"].flatMap { kind in
            (21...24).map { "garmin/\(kind)/2026-01-\($0).fit" }
        } + ["garmin/activity/2026-01-22-run.fit"],
    ]

    @Test(arguments: ["csv", "ndjson"])
    func `everything exported into an empty vault and exported again is identical`(
        format: String
    ) throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        for (name, paths) in Self.parts {
            let outcome = try tool.runBare(
                ["ingest"] + paths.map { Self.samples.appending(path: $0).path }
                    + ["--passphrase-file", tool.passphraseFile.path])
            #expect(outcome.code == 0, "\(name): \(outcome.talk)")
            #expect(!outcome.output.hasSuffix("\n0 samples added\n"), "\(name)")
        }
        let first = tool.folder.appending(path: "first").path
        #expect(try tool.run("export", first).code == 0)
        let manifest = try Data(contentsOf: URL(filePath: "\(first)/manifest.json"))
        try expectChecksums(manifest, in: first)

        let other = try CommandLineTool()
        _ = try other.makeVault()
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(first)/observed/samples")
            .filter { $0.hasSuffix(".\(format)") }.sorted().map {
                "\(first)/observed/samples/\($0)"
            }
        #expect(files.count > 10)
        let back = try other.runBare(
            ["ingest"] + files + ["--passphrase-file", other.passphraseFile.path])
        #expect(back.code == 0, "\(back.talk)")
        let second = other.folder.appending(path: "second").path
        #expect(try other.run("export", second).code == 0)
        let again = try Data(contentsOf: URL(filePath: "\(second)/manifest.json"))
        #expect(again == manifest, "the exports differ")
    }

    /// The manifest follows its schema and its checksums are those that `sha256sum` finds.
    private func expectChecksums(_ manifest: Data, in folder: String) throws {
        let value = try JSONValue(parsing: String(decoding: manifest, as: UTF8.self))
        #expect(try SchemaTests.check("export-manifest").problems(in: value) == [])
        guard case .list(let files)? = value["files"] else { return }
        var list = ""
        for file in files {
            guard case .text(let name)? = file["name"], case .text(let sum)? = file["sha256"]
            else { continue }
            list += "\(sum)  \(folder)/\(name)\n"
        }
        let tool = try CommandLineTool()
        let outcome = try tool.runBare(
            ["--check", "--strict", "--quiet"], input: list,
            program: URL(filePath: "/usr/bin/sha256sum"))
        #expect(outcome.code == 0, "\(outcome.output)")
    }
}

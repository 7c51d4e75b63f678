// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// What the command prints as JSON follows the schemas, and the schemas judge their examples rightly.
@Suite struct SchemaTests {
    static let folder = CommandLineTool.project.appending(path: "Schemas")

    static let names = [
        "corrections", "daily-summary", "erasure-receipt", "export-manifest", "hearth-samples",
        "ingest-report",
        "inspection", "stream-line",
    ]

    static func check(_ name: String) throws -> JSONSchemaCheck {
        let file = folder.appending(path: "\(name).schema.json")
        return try JSONSchemaCheck(schema: String(contentsOf: file, encoding: .utf8))
    }

    private static func examples(_ verdict: String, of name: String) throws -> [String: JSONValue] {
        let place = folder.appending(path: "examples/\(verdict)/\(name)")
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path)
        return try Dictionary(
            uniqueKeysWithValues: files.map { file in
                let text = try String(contentsOf: place.appending(path: file), encoding: .utf8)
                return (file, try JSONValue(parsing: text))
            })
    }

    @Test func `no schema is forgotten here`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let found = files.filter { $0.hasSuffix(".schema.json") }.map { $0.dropLast(12) }
        #expect(found.map(String.init).sorted() == Self.names)
    }

    @Test(arguments: names)
    func `valid examples are valid and invalid ones are not`(name: String) throws {
        let check = try Self.check(name)
        let valid = try Self.examples("valid", of: name)
        let invalid = try Self.examples("invalid", of: name)
        #expect(!valid.isEmpty && !invalid.isEmpty)
        for (file, value) in valid { #expect(check.problems(in: value) == [], "\(file)") }
        for (file, value) in invalid {
            let problems = check.problems(in: value)
            #expect(!problems.isEmpty, "\(file)")
            #expect(!problems.contains { $0.contains("does not know") }, "\(file): \(problems)")
        }
    }

    @Test func `the verdicts of an ingest follow their schema`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let good = try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "in/good.csv")
        try tool.write(
            csv(day: "2026-01-06", rates: 50..<60) + "2026-01-06T09:00:00Z,heart-rate,high\n",
            to: "in/row.csv")
        try tool.write("read me", to: "in/README.txt")
        let bad = try tool.write("not a recording", to: "bad.txt")
        _ = try tool.run("ingest", good)
        let outcome = try tool.run("ingest", "in", bad, "--json")
        #expect(outcome.code == 3)
        let value = try JSONValue(parsing: outcome.output)
        #expect(try Self.check("ingest-report").problems(in: value) == [])
        guard case .list(let files)? = value["files"] else { return }
        let states = Set(files.compactMap { $0["status"] }.map { "\($0)" })
        #expect(states.count >= 3, "too few kinds of verdict to test anything: \(states)")
    }

    @Test func `reports of many days follow their schema, whatever the days hold`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let samples = CommandLineTool.project.appending(path: "SampleData")
        let paths =
            ["monitoring", "sleep", "hrv"].flatMap { kind in
                (21...26).map { "garmin/\(kind)/2026-01-\($0).fit" }
            } + ["garmin/activity/2026-01-22-run.fit", "Takeout", "hearth-csv"]
        let outcome = try tool.runBare(
            ["ingest"] + paths.map { samples.appending(path: $0).path }
                + ["--passphrase-file", tool.passphraseFile.path])
        #expect(outcome.code == 0, "\(outcome.talk)")
        let check = try Self.check("daily-summary")
        for day in ["2026-01-22", "2026-01-25", "2026-02-14", "2026-03-30", "2026-04-02"] {
            let report = try tool.run("report", "--day", day, "--format", "json")
            #expect(report.code == 0, "\(report.talk)")
            let value = try JSONValue(parsing: report.output)
            #expect(check.problems(in: value) == [], "\(day)")
        }
    }

    @Test func `a receipt follows its schema`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "a.csv")
        _ = try tool.run("ingest", file)
        let path = tool.folder.appending(path: "receipt.json").path
        _ = try tool.run(
            "erase", "--quantity", "heart-rate", "--from", "2026-01-05", "--to", "2026-01-05",
            "--yes", "--receipt", path)
        let value = try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8))
        #expect(try Self.check("erasure-receipt").problems(in: value) == [])
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// A person sets their nights right, as from the command line.
@Suite struct CorrectionCommandTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        let samples = CommandLineTool.project.appending(path: "SampleData/garmin")
        let files = ["monitoring", "sleep"].flatMap { kind in
            (21...24).map { samples.appending(path: "\(kind)/2026-01-\($0).fit").path }
        }
        let outcome = try tool.runBare(
            ["ingest"] + files + ["--passphrase-file", tool.passphraseFile.path])
        #expect(outcome.code == 0, "\(outcome.talk)")
    }

    private func json(_ arguments: String...) throws -> JSONValue {
        let outcome = try tool.runBare(
            arguments + ["--passphrase-file", tool.passphraseFile.path])
        #expect(outcome.code == 0, "\(outcome.talk)")
        return try JSONValue(parsing: outcome.output)
    }

    @Test func `edit, list, report, undo`() throws {
        let report = ["report", "--day", "2026-01-23"]
        let before = try tool.run("report", "--day", "2026-01-23", "--format", "json").output
        let edit = try tool.run(
            "sleep", "edit", "--day", "2026-01-23", "--from", "22:10", "--to", "06:50", "--note",
            "zebra upstairs")
        #expect(edit.code == 0, "\(edit.talk)")
        #expect(
            edit.output == "correction 1: slept instead, 2026-01-22 22:10 to 2026-01-23 06:50\n")
        #expect(edit.talk.contains("hearth sleep undo 1"))
        #expect(!edit.output.contains("zebra") && !edit.talk.contains("zebra"))

        let list = try tool.run("sleep", "list", "--day", "2026-01-23").output
        #expect(list.contains("22:10  06:50") && list.contains("you (correction 1)"))
        #expect(list.contains("zebra upstairs"))
        let text = try tool.runBare(report + ["--passphrase-file", tool.passphraseFile.path]).output
        #expect(text.contains("22:10 – 06:50   corrected by you"))
        #expect(text.contains("found without your correction:"))
        #expect(text.contains("zebra upstairs"))

        let undo = try tool.run("sleep", "undo", "1")
        #expect(undo.code == 0 && undo.output.hasPrefix("took back 1:"))
        let after = try tool.run("report", "--day", "2026-01-23", "--format", "json").output
        let changed = try JSONValue(parsing: after)
        #expect(changed["night"] == (try JSONValue(parsing: before))["night"])
        #expect(try tool.run("sleep", "undo", "1").code == 1)
    }

    @Test func `the report tells what changed because of it`() throws {
        _ = try tool.run("report", "--day", "2026-01-24")
        _ = try tool.run(
            "sleep", "edit", "--day", "2026-01-23", "--from", "22:10", "--to", "06:50")
        let value = try json("report", "--day", "2026-01-24", "--format", "json")
        guard case .list(let changes)? = value["changes"] else {
            Issue.record("no changes")
            return
        }
        #expect(!changes.isEmpty)
        for change in changes {
            #expect(change["day"] == .text("2026-01-23"))
            #expect(change["reason"] == .text("you corrected the night"))
        }
        let check = try SchemaTests.check("daily-summary")
        #expect(check.problems(in: value) == [])
        let corrected = try json("report", "--day", "2026-01-23", "--format", "json")
        #expect(check.problems(in: corrected) == [])
        #expect(corrected["night"]?["correction"]?["id"] == .number(1))
    }

    @Test func `add, remove, and what is refused`() throws {
        func code(_ arguments: String...) throws -> Int32 {
            try tool.runBare(
                arguments + ["--passphrase-file", tool.passphraseFile.path]
            ).code
        }
        let day = ["--day", "2026-01-23"]
        #expect(try code("sleep", "add", day[0], day[1], "--from", "14:00", "--to", "15:00") == 0)
        #expect(try code("sleep", "add", day[0], day[1], "--from", "14:30", "--to", "15:30") == 1)
        #expect(try code("sleep", "edit", day[0], day[1], "--from", "17:00", "--to", "18:00") == 1)
        #expect(try code("sleep", "remove", day[0], day[1]) == 1)
        #expect(try code("sleep", "remove", day[0], day[1], "--at", "14:20") == 0)
        #expect(try code("sleep", "remove", day[0], day[1]) == 0)
        let report = try tool.run("report", "--day", "2026-01-23").output
        #expect(report.contains("You said that the sleep found"))
        #expect(try code("sleep", "add", "--from", "14:00", "--to", "15:00") == 64)
        #expect(try code("sleep", "add", day[0], day[1], "--from", "25:00", "--to", "15:00") == 64)
        #expect(
            try code("sleep", "add", "--day", "2999-01-01", "--from", "14:00", "--to", "15:00")
                == 64)
        #expect(try code("sleep", "undo", "none") == 64)
        #expect(try code("sleep", "list", "--person", "nobody") == 1)
        #expect(try code("verify") == 0)
    }

    @Test func `tags are put, listed, taken back`() throws {
        #expect(
            try tool.run("tag", "add", "alcohol", "--day", "2026-01-23").output
                == "tag 1: alcohol, 2026-01-23\n")
        #expect(
            try tool.run("tag", "add", "Work", "--day", "2026-01-23").output
                == "tag 2: work-day, 2026-01-23\n")
        #expect(
            try tool.run("tag", "add", "coffee", "--day", "2026-01-23", "--at", "15:20").output
                == "tag 3: coffee, 2026-01-23 15:20\n")
        #expect(try tool.run("tag", "add", "free-day", "--day", "2026-01-23").code == 0)
        let list = try tool.run("tag", "list", "--day", "2026-01-23").output
        #expect(list.contains("alcohol") && list.contains("free-day") && !list.contains("work-day"))
        #expect(try tool.run("tag", "list", "--day", "2026-01-22").output == "there are no tags\n")
        let report = try tool.run("report", "--day", "2026-01-23").output
        #expect(report.contains("YOU SAID  alcohol · coffee 15:20 · free-day"))
        #expect(try tool.run("tag", "remove", "ALCOHOL", "--day", "2026-01-23").code == 0)
        #expect(try tool.run("tag", "remove", "3").code == 0)
        #expect(try tool.run("tag", "remove", "3").code == 1)
        let hostile = try tool.run("tag", "add", "quagga\u{1B}[31m", "--day", "2026-01-23")
        #expect(hostile.code == 64 && !hostile.talk.contains("quagga"))
        let long = String(repeating: "quagga", count: 20)
        let refused = try tool.run("tag", "add", long)
        #expect(refused.code == 64 && !refused.talk.contains("quagga"))
    }

    @Test func `what is printed as JSON follows the schema`() throws {
        let check = try SchemaTests.check("corrections")
        let values = [
            try json(
                "sleep", "edit", "--day", "2026-01-23", "--from", "22:10", "--to", "06:50", "--json"
            ),
            try json("tag", "add", "ill", "--day", "2026-01-23", "--at", "09:00", "--json"),
            try json("sleep", "list", "--json"), try json("tag", "list", "--json"),
            try json("tag", "remove", "2", "--json"), try json("sleep", "undo", "1", "--json"),
        ]
        for value in values { #expect(check.problems(in: value) == []) }
    }

    @Test func `export takes them along, erase destroys them, the second reader sees them`() throws
    {
        _ = try tool.run(
            "sleep", "edit", "--day", "2026-01-23", "--from", "22:10", "--to", "06:50", "--note",
            "said \"no\", again")
        _ = try tool.run("sleep", "add", "--day", "2026-01-24", "--from", "14:00", "--to", "15:00")
        _ = try tool.run("tag", "add", "ill", "--day", "2026-01-23")
        _ = try tool.run("tag", "add", "coffee", "--day", "2026-01-24", "--at", "15:20")
        let folder = tool.folder.appending(path: "out")
        #expect(
            try tool.run("export", folder.path).output.contains("4 corrections, tags or settings"))
        func text(_ name: String) throws -> [Substring] {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                .split(separator: "\n")
        }
        let csv = try text("observed/sleep-corrections.csv")
        #expect(csv.count == 3)
        #expect(csv[1].hasPrefix("1,edit,2026-01-22T"))
        #expect(csv[1].hasSuffix(",\"said \"\"no\"\", again\""))
        let lines = try text("observed/sleep-corrections.ndjson").map {
            try JSONValue(parsing: String($0))
        }
        #expect(lines.map { $0["note"] ?? .null } == [.text("said \"no\", again"), .null])
        #expect(try text("observed/tags.csv").count == 3)
        let tags = try text("observed/tags.ndjson").map { try JSONValue(parsing: String($0)) }
        #expect(tags.map { $0["label"] ?? .null } == [.text("ill"), .text("coffee")])
        let manifest = try JSONValue(parsing: try text("manifest.json").joined())
        #expect(try SchemaTests.check("export-manifest").problems(in: manifest) == [])

        if CommandLineTool.hasPython { try expectSecondReaderSees(lines, tags) }
        let back = try CommandLineTool()
        _ = try back.makeVault()
        let taken = try back.run("ingest", folder.path)
        #expect(taken.code == 0 && taken.output.contains("4 corrections or tags added"))
        let again = back.folder.appending(path: "again")
        _ = try back.run("export", again.path)
        #expect(
            try Data(contentsOf: again.appending(path: "manifest.json"))
                == Data(contentsOf: folder.appending(path: "manifest.json")))

        let receipt = tool.folder.appending(path: "receipt.json").path
        let erased = try tool.run(
            "erase", "--from", "2026-01-23", "--to", "2026-01-23", "--yes", "--receipt", receipt)
        #expect(erased.code == 0, "\(erased.talk)")
        #expect(erased.output.contains("2 corrections and tags"))
        let signed = try JSONValue(parsing: String(contentsOfFile: receipt, encoding: .utf8))
        #expect(try SchemaTests.check("erasure-receipt").problems(in: signed) == [])
        #expect(try tool.runBare(["receipt", "verify", receipt]).code == 0)
        let left = try json("sleep", "list", "--json")
        guard case .list(let corrections)? = left["corrections"] else {
            Issue.record("no corrections")
            return
        }
        #expect(corrections.map { $0["id"] ?? .null } == [.number(2)])
        #expect(try tool.run("tag", "list").output.contains("coffee"))
        #expect(try tool.run("verify").output.contains("2 corrections and tags"))
    }

    private func expectSecondReaderSees(_ lines: [JSONValue], _ tags: [JSONValue]) throws {
        let second = try tool.runBare(
            [
                SecondReaderTests.script.path, tool.store.path, "--corrections",
                "--passphrase-file", tool.passphraseFile.path, "--state",
                tool.folder.appending(path: "state").path,
            ], program: CommandLineTool.python)
        #expect(second.code == 0, "\(second.talk)")
        let seen = try second.output.split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        #expect(seen.count == 4)
        for (ours, theirs) in zip(lines + tags, seen) {
            let id = theirs["correction"] ?? theirs["tag"]
            #expect(id == ours["id"])
            #expect(theirs["kind"] == ours["kind"])
            #expect(theirs["label"] == ours["label"])
            #expect((theirs["note"] ?? .null) == (ours["note"] ?? .null))
        }
    }
}

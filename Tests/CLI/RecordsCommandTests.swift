// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// Consent, policy, retention and notice in a vault that keeps data of others.
@Suite struct ControllerCommandTests {
    let tool: CommandLineTool
    let file: String

    init() throws {
        tool = try CommandLineTool()
        let made = try tool.run(
            "init", "--kdf", "minimum", "--mode", "controller", "--name", "Sleep Clinic",
            "--contact",
            "privacy@clinic.example")
        #expect(made.code == 0, "\(made.talk)")
        var text = csv(day: "2026-01-05", rates: 50..<150)
        text += "2026-01-05T08:00:00Z,steps,100\n2026-01-05T09:00:00Z,steps,200\n"
        file = try tool.write(text, to: "a.csv")
    }

    @Test func `without consent nothing is stored, with it the rest of the file comes later`()
        throws
    {
        let none = try tool.run("ingest", file, "--person", "ada")
        #expect(none.code == 13)
        #expect(none.talk.contains("hearth consent give"))
        let heart = try tool.run(
            "consent", "give", "--person", "ada", "--category", "heart", "--how", "signed form",
            "--until", "2099-12-31")
        #expect(heart.code == 0, "\(heart.talk)")
        #expect(heart.output.contains("to keep, insight, alert, for heart, through 2099-12-31"))
        let part = try tool.run("ingest", file, "--person", "ada")
        #expect(part.code == 13)
        #expect(part.talk.contains("movement (2)"))
        #expect(part.output.contains("100 samples added, 2 refused without consent"))
        _ = try tool.run("consent", "give", "--person", "ada", "--category", "movement")
        let rest = try tool.run("ingest", file, "--person", "ada")
        #expect(rest.code == 0, "\(rest.talk)")
        #expect(rest.output.contains("2 samples added"))
    }

    @Test func `a withdrawal stops reports and streams, and can erase`() throws {
        _ = try tool.run("consent", "give", "--person", "ada")
        #expect(try tool.run("ingest", file, "--person", "ada").code == 0)
        #expect(try tool.run("report", "--person", "ada").code == 0)
        let withdrawn = try tool.run(
            "consent", "withdraw", "--person", "ada", "--purpose", "insight")
        #expect(withdrawn.code == 0, "\(withdrawn.talk)")
        let report = try tool.run("report", "--person", "ada")
        #expect(report.code == 13)
        #expect(report.talk.contains("there is no valid consent to computing scores"))
        // The person's own copy is not affected.
        #expect(try tool.run("show", "heart-rate", "--person", "ada").output.contains("50.0"))
        _ = try tool.run("consent", "withdraw", "--person", "ada", "--purpose", "alert")
        let stream = try tool.runBare(
            ["stream", "--person", "ada", "--passphrase-file", tool.passphraseFile.path], input: "")
        #expect(stream.code == 13)
        let asked = try tool.run("consent", "withdraw", "--person", "ada", "--erase")
        #expect(asked.code == 1 && asked.talk.contains("needs a yes"))
        let some = try tool.run(
            "consent", "withdraw", "--purpose", "insight", "--person", "ada", "--erase", "--yes")
        #expect(some.code == 64 && some.talk.contains("purpose keep"))
        let erased = try tool.run("consent", "withdraw", "--person", "ada", "--erase", "--yes")
        #expect(erased.code == 0, "\(erased.talk)")
        #expect(erased.output.contains("erased 102 samples of all categories"))
        #expect(try tool.run("sources", "--person", "ada").output.contains("heart-rate") == false)
        let shown = try tool.run("consent", "show", "--person", "ada").output
        #expect(shown.contains("no consent holds now") && shown.contains("4  "))
        #expect(try tool.run("verify").code == 0)
    }

    @Test func `record and receipt name the profile, are signed, and a changed one is refused`()
        throws
    {
        let notice = tool.folder.appending(path: "notice.md").path
        let printed = try tool.run("notice", "--output", notice)
        #expect(printed.code == 0, "\(printed.talk)")
        let receipt = tool.folder.appending(path: "receipt.json").path
        let given = try tool.run(
            "consent", "give", "--person", "ada", "--category", "sleep", "--notice", notice,
            "--receipt", receipt)
        #expect(given.code == 0, "\(given.talk)")
        let signed = try JSONValue(parsing: String(contentsOfFile: receipt, encoding: .utf8))
        let document = try #require(signed["document"])
        #expect(document["@type"] == .text("dpv:ConsentReceipt"))
        #expect(document["dct:conformsTo"]?["@id"] == .text("dpv-27560:receipt-eu-gdpr"))
        let status = try #require(document["dpv:hasConsentStatus"])
        #expect(status["@type"] == .text("dpv:ConsentGiven"))
        // The version of the notice is the SHA-256 that the command printed.
        guard case .text(let version)? = status["dpv:hasNotice"]?["dct:identifier"] else {
            Issue.record("no notice")
            return
        }
        #expect(printed.talk.contains(version))
        #expect(try tool.runBare(["consent", "verify", receipt]).code == 0)
        let forged = try String(contentsOfFile: receipt, encoding: .utf8)
            .replacingOccurrences(of: "dpv:ConsentGiven", with: "dpv:ConsentWithdrawn")
        let path = try tool.write(forged, to: "forged.json")
        #expect(try tool.runBare(["consent", "verify", path]).code == 1)
        let record = try tool.run("consent", "export", "--person", "ada").output
        let all = try JSONValue(parsing: record)
        #expect(all["document"]?["dct:conformsTo"]?["@id"] == .text("dpv-27560:record-eu-gdpr"))
        #expect(!record.contains("ada"))
    }

    @Test func `the notice says what the policy says, in the words of a law`() throws {
        _ = try tool.run("policy", "set", "motion", "waveform", "--keep-for", "90d")
        _ = try tool.run(
            "recipients", "add", "Dr Quagga", "--contact", "x@y.example", "--purpose", "care")
        let notice = try tool.run("notice").output
        for part in [
            "The controller is Sleep Clinic. Contact: privacy@clinic.example.", "kept for 90 days.",
            "Dr Quagga (x@y.example): care", "hearth consent withdraw", "one month",
        ] {
            #expect(notice.contains(part), "\(part)")
        }
        #expect(try tool.run("notice").output == notice)
        let ccpa = try tool.run("notice", "--law", "ccpa", "--format", "html").output
        #expect(ccpa.contains("The business is Sleep Clinic") && ccpa.contains("45 days"))
        #expect(ccpa.hasPrefix("<!doctype html>") && !ccpa.contains("<script"))
    }

    @Test func `the record of processing has a row a category, and a frame of an assessment`()
        throws
    {
        _ = try tool.run("policy", "set", "heart", "--keep-for", "2y", "--basis", "health-care")
        let rows = try tool.run("ropa").output.split(separator: "\n")
        #expect(rows.count == 12)
        #expect(rows[1].hasPrefix("heart,heart-rate") || rows[1].hasPrefix("heart,hrv"))
        #expect(rows[1].contains("731 days") && rows[1].contains("9(2)(h)"))
        let value = try JSONValue(parsing: tool.run("ropa", "--format", "json").output)
        #expect(value["@type"] == .text("dpv:DataProcessingRecord"))
        #expect(try tool.run("ropa", "--dpia").output.contains("| heart | keep, insight, alert |"))
    }

    @Test func `a breach starts the clock, and the drafts leave the judgement to people`() throws {
        _ = try tool.run("consent", "give", "--person", "ada")
        let added = try tool.run(
            "breach", "add", "--what", "laptop lost", "--aware", "2026-01-05T08:30Z")
        #expect(added.code == 0, "\(added.talk)")
        #expect(added.output.contains("has to be told by 2026-01-08T08:30:00Z"))
        #expect(added.output.contains("hearth key rotate"))
        #expect(!added.output.contains("ada"))
        let draft = try tool.run("breach", "show", "--draft", "authority").output
        #expect(draft.contains("From: Sleep Clinic") && draft.contains("up to 1 person"))
        #expect(try tool.run("breach", "told", "1", "--authority").code == 0)
        #expect(try tool.run("breach", "show").output.contains("The authority was told at"))
        #expect(try tool.run("breach", "told", "2", "--people").code == 1)
    }

    @Test func `controller mode needs somebody who answers for it`() throws {
        let other = try CommandLineTool()
        let bare = try other.run("init", "--kdf", "minimum", "--mode", "controller")
        #expect(bare.code == 64)
        #expect(bare.talk.contains("--contact"))
        #expect(!FileManager.default.fileExists(atPath: other.store.path))
        #expect(try other.makeVault().code == 0)
        #expect(try other.run("policy", "mode", "controller").code == 64)
        #expect(
            try other.run("policy", "mode", "controller", "--name", "A", "--contact", "B").code == 0
        )
        #expect(try other.run("policy").output.contains("controller A"))
        #expect(try other.run("policy", "mode", "personal").code == 0)
    }
}

/// Retention, restriction, amendment and the list of copies in a vault of one's own.
@Suite struct RecordsCommandTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        var text = csv(day: "2026-01-05", rates: 50..<150)
        text += csv(day: "2026-01-06", rates: 60..<160).drop { $0 != "\n" }.dropFirst()
        _ = try tool.run("ingest", try tool.write(text, to: "a.csv"))
    }

    private func pipe(_ value: String, _ arguments: String...) throws -> CommandLineTool.Outcome {
        try tool.runBare(
            arguments + ["--passphrase-file", tool.passphraseFile.path], input: value)
    }

    private func rates(_ day: String) throws -> [String] {
        try tool.run("show", "heart-rate", "--from", day).output.split(separator: "\n")
            .dropFirst().map(String.init)
    }

    @Test func `personal mode asks for nothing`() throws {
        #expect(try tool.run("policy").output.contains("mode       personal"))
        #expect(try tool.run("consent", "show").output.contains("no consent holds now"))
        #expect(try tool.run("report").code == 0)
        let withdrawn = try tool.run("consent", "withdraw")
        #expect(withdrawn.code == 0 && withdrawn.talk.contains("nothing is refused"))
        #expect(try tool.run("report").code == 0)
    }

    @Test func `an amended value comes with its mark, and is taken back`() throws {
        let before = try rates("2026-01-05")
        let made = try pipe(
            "97.5\n", "amend", "set", "heart-rate", "--at", "2026-01-05T00:10", "--value-file", "-",
            "--reason", "zebra slipped")
        #expect(made.code == 0, "\(made.talk)")
        #expect(!made.output.contains("97.5") && !made.talk.contains("97.5"))
        #expect(made.talk.contains("hearth amend undo 1"))
        let after = try rates("2026-01-05")
        #expect(after.count == before.count)
        #expect(after.filter { $0.contains("97.5") && $0.hasSuffix("amended") }.count == 1)
        let shown = try tool.run("amend", "show").output
        #expect(shown.contains("heart-rate: 97.5 /min; zebra slipped"))
        let words = "mendment 1: heart-rate from 00:10 to 00:11 set right"
        #expect(try tool.run("report", "--day", "2026-01-05").output.contains(words))
        #expect(
            try tool.run("explain", "resting-heart-rate-lowest-5min", "--day", "2026-01-05").output
                .contains(words))
        let folder = tool.folder.appending(path: "out").path
        _ = try tool.run("export", folder, "--format", "csv")
        let table = try String(
            contentsOfFile: "\(folder)/observed/samples/heart-rate.csv", encoding: .utf8)
        #expect(
            table.split(separator: "\n").filter { $0.contains("97.5") && $0.contains("amended") }
                .count == 1)
        // What was exported comes back as it was.
        let other = try CommandLineTool()
        _ = try other.makeVault()
        #expect(try other.run("ingest", "\(folder)/observed/samples").code == 0)
        let second = other.folder.appending(path: "out").path
        _ = try other.run("export", second, "--format", "csv")
        #expect(
            try String(contentsOfFile: "\(second)/observed/samples/heart-rate.csv", encoding: .utf8)
                == table
        )
        #expect(try tool.run("amend", "undo", "1").code == 0)
        #expect(try rates("2026-01-05") == before)
        #expect(try !tool.run("report", "--day", "2026-01-05").output.contains(words))
    }

    @Test func `shredded originals leave a receipt that verifies, and do not come back`() throws {
        let made = try pipe(
            "97.5\n", "amend", "set", "heart-rate", "--at", "2026-01-05T00:10", "--value-file", "-",
            "--shred-original", "--receipts", tool.folder.path)
        #expect(made.code == 0, "\(made.talk)")
        #expect(made.output.contains("erased 1 samples of heart-rate"))
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
                .first { $0.hasPrefix("hearth-receipt-") })
        let receipt = tool.folder.appending(path: name).path
        #expect(try tool.runBare(["receipt", "verify", receipt]).code == 0)
        #expect(try !String(contentsOfFile: receipt, encoding: .utf8).contains("97.5"))
        #expect(try tool.run("amend", "undo", "1").code == 1)
        #expect(try rates("2026-01-05").filter { $0.contains("97.5") }.count == 1)
        #expect(try tool.run("verify").code == 0)
    }

    @Test func `a value outside the range is refused, and no message repeats it`() throws {
        for text in ["9999", "many"] {
            let outcome = try pipe(
                "\(text)\n", "amend", "set", "heart-rate", "--at", "2026-01-05T00:10",
                "--value-file", "-")
            #expect(outcome.code != 0)
            #expect(!outcome.talk.contains(text) && !outcome.output.contains(text))
        }
        let nothing = try tool.run(
            "amend", "remove", "heart-rate", "--at", "2026-03-05T00:10")
        #expect(nothing.code == 1 && nothing.talk.contains("no sample of heart-rate"))
    }

    @Test func `a restricted day is left out of the report, not of the copy`() throws {
        let before = try tool.run("report", "--day", "2026-01-05", "--format", "json").output
        let made = try tool.run(
            "restrict", "add", "--from", "2026-01-05", "--to", "2026-01-05", "--reason", "dispute")
        #expect(made.code == 0, "\(made.talk)")
        #expect(made.output == "restriction 1 of me: all categories, 2026-01-05\n")
        let during = try tool.run("report", "--day", "2026-01-05", "--format", "json").output
        #expect(during != before)
        #expect(try rates("2026-01-05").count == 100)
        let folder = tool.folder.appending(path: "out").path
        #expect(try tool.run("export", folder).output.contains("200 samples"))
        #expect(try tool.run("restrict", "show").output.contains("in force"))
        #expect(try tool.run("restrict", "lift", "1").code == 0)
        #expect(try tool.run("restrict", "lift", "1").code == 1)
        let after = try JSONValue(
            parsing: tool.run("report", "--day", "2026-01-05", "--format", "json").output)
        #expect(after["vitals"] != nil)
        #expect(after["vitals"] == (try JSONValue(parsing: before))["vitals"])
        _ = try tool.run("restrict", "add")
        #expect(try tool.run("report").code == 13)
    }

    @Test
    func `retention erases what is due with receipts, keeps its results, and lets newer data in`()
        throws
    {
        #expect(try tool.run("retain").output.contains("sets no time"))
        _ = try tool.run("policy", "set", "heart", "--keep-for", "1d")
        let listed = try tool.run("retain", "--json").output
        guard case .list(let due) = try JSONValue(parsing: listed) else {
            Issue.record("no list")
            return
        }
        #expect(due.map { $0["samples"] } == [.number(200)])
        #expect(try rates("2026-01-05").count == 100)
        let applied = try tool.run("retain", "--apply", "--receipts", tool.folder.path)
        #expect(applied.code == 0, "\(applied.talk)")
        #expect(applied.output.contains("erased 200 samples of heart"))
        #expect(try tool.run("sources").output.contains("heart-rate") == false)
        // The day's result is still there, and no report overwrites it.
        for _ in 0..<2 {
            let report = try tool.run("report", "--day", "2026-01-05", "--format", "json").output
            #expect(report.contains("heart-rate"))
        }
        let tomorrow = Date(timeIntervalSinceNow: 0).formatted(.iso8601).prefix(10)
        let fresh = try tool.write(csv(day: String(tomorrow), rates: 60..<70), to: "b.csv")
        #expect(try tool.run("ingest", fresh).output.contains("10 samples added"))
        #expect(try tool.run("retain").output.contains("nothing is due"))
        #expect(try tool.run("verify").code == 0)
    }

    @Test(.enabled(if: CommandLineTool.hasPython, "needs python3, libsodium and libzstd"))
    func `the second reader reads a store with every kind of record`() throws {
        _ = try tool.run("policy", "set", "heart", "--keep-for", "90d")
        _ = try tool.run("recipients", "add", "A", "--contact", "B", "--purpose", "C")
        _ = try tool.run("breach", "add", "--what", "laptop lost")
        _ = try tool.run("consent", "give", "--until", "2099-01-01")
        _ = try tool.run("restrict", "add", "--category", "sleep")
        _ = try tool.run("export", tool.folder.appending(path: "out").path)
        let amended = try pipe(
            "97.5\n", "amend", "set", "heart-rate", "--at", "2026-01-05T00:10", "--value-file", "-",
            "--shred-original", "--receipts", tool.folder.path)
        #expect(amended.code == 0, "\(amended.talk)")
        let read = try tool.runBare(
            [
                SecondReaderTests.script.path, tool.store.path, "--passphrase-file",
                tool.passphraseFile.path, "--state", tool.folder.appending(path: "state").path,
            ], program: CommandLineTool.python)
        #expect(read.code == 0, "\(read.talk)")
        let lines = read.output.split(separator: "\n")
        #expect(lines.count == 200)
        // 97.5 as a 32-bit float.
        #expect(lines.filter { $0.contains("42c30000") }.count == 1)
    }

    @Test func `every copy is recorded, with who got it and its digest`() throws {
        let folder = tool.folder.appending(path: "out").path
        _ = try tool.run("export", folder, "--recipient", "Dr Quagga", "--quantity", "heart-rate")
        let listed = try JSONValue(parsing: tool.run("recipients", "--json").output)
        guard case .list(let copies)? = listed["copies"], let one = copies.first else {
            Issue.record("no copy")
            return
        }
        #expect(one["recipient"] == .text("Dr Quagga"))
        #expect(one["categories"] == .list([.text("heart")]))
        let sum = try tool.runBare(
            ["\(folder)/manifest.json"], program: URL(filePath: "/usr/bin/sha256sum")
        ).output.prefix(64)
        #expect(one["sha256"] == .text(String(sum)))
        #expect(try tool.run("recipients", "told", "Dr Quagga").code == 0)
        #expect(try tool.run("recipients", "told", "nobody").code == 1)
        let letter = try tool.runBare(["request-letter", "Clockwork Ltd"])
        #expect(
            letter.output.hasPrefix("To: Clockwork Ltd\n") && letter.output.contains("2023/2854"))
    }
}

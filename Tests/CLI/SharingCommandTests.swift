// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// Copies for somebody else in a vault that keeps data of others.
@Suite struct ControllerSharingTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        let made = try tool.run(
            "init", "--kdf", "minimum", "--mode", "controller", "--name", "Sleep Clinic",
            "--contact", "privacy@clinic.example")
        #expect(made.code == 0, "\(made.talk)")
        _ = try tool.run("consent", "give", "--person", "ada")
        var text = csv(day: "2026-01-05", rates: 50..<150)
        text += "2026-01-05T08:00:00Z,steps,100\n2026-01-05T09:00:00Z,steps,200\n"
        let taken = try tool.run("ingest", try tool.write(text, to: "a.csv"), "--person", "ada")
        #expect(taken.code == 0, "\(taken.talk)")
    }

    private func export(_ name: String, _ options: String...) throws -> CommandLineTool.Outcome {
        try tool.runBare(
            [
                "export", tool.folder.appending(path: name).path, "--person", "ada",
                "--passphrase-file", tool.passphraseFile.path,
            ] + options)
    }

    private func isThere(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: tool.folder.appending(path: name).path)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: tool.folder.appending(path: name), encoding: .utf8)
    }

    /// The categories of the copies made, newest last.
    private func categories() throws -> [JSONValue?] {
        let listed = try JSONValue(
            parsing: tool.run("recipients", "show", "--json", "--person", "ada").output)
        guard case .list(let copies)? = listed["copies"] else { return [] }
        return copies.map { $0["categories"] }
    }

    @Test(arguments: [[], ["--format", "sqlite"], ["--format", "fhir", "--format", "omh"]])
    func `without consent to share nothing goes to somebody else`(_ form: [String]) throws {
        let outcome = try tool.runBare(
            [
                "export", tool.folder.appending(path: "out").path, "--person", "ada",
                "--passphrase-file", tool.passphraseFile.path, "--recipient", "Insurance Ltd",
            ] + form)
        #expect(outcome.code == 13)
        #expect(outcome.talk.contains("nothing was written for somebody else"))
        #expect(outcome.talk.contains("no valid consent to handing a copy to somebody else"))
        #expect(!isThere("out"))
        #expect(try categories().isEmpty)
    }

    @Test func `a person's own copy is whole, whatever was withdrawn`() throws {
        _ = try tool.run("consent", "withdraw", "--person", "ada")
        _ = try tool.run("restrict", "add", "--person", "ada")
        let own = try export("own")
        #expect(own.code == 0, "\(own.talk)")
        #expect(own.output.hasPrefix("102 samples"))
        #expect(try export("other", "--recipient", "Insurance Ltd").code == 13)
        #expect(!isThere("other"))
    }

    @Test func `what is consented goes out, and nothing else of any form`() throws {
        _ = try tool.run(
            "consent", "give", "--person", "ada", "--purpose", "share", "--category", "heart")
        let part = try export(
            "part", "--recipient", "Dr Quagga", "--format", "csv", "--format", "sqlite",
            "--format", "edf", "--format", "omh")
        #expect(part.code == 0, "\(part.talk)")
        #expect(part.output.hasPrefix("100 samples in"))
        #expect(
            part.talk.contains("not everything may go to others") && part.talk.contains("movement"))
        #expect(isThere("part/observed/samples/heart-rate.csv"))
        #expect(!isThere("part/observed/samples/steps.csv") && !isThere("part/derived"))
        #expect(try !text("part/manifest.json").contains("\"steps\""))
        let database = try Data(contentsOf: tool.folder.appending(path: "part/hearth.sqlite"))
        #expect(database.range(of: Data("heart_rate_readable".utf8)) != nil)
        #expect(database.range(of: Data("steps_readable".utf8)) == nil)
        let restricted = try tool.run("restrict", "add", "--person", "ada", "--category", "heart")
        #expect(restricted.code == 0)
        let none = try export("none", "--recipient", "Dr Quagga")
        #expect(none.code == 13 && !isThere("none"))
        #expect(none.talk.contains("else: processing is restricted: heart; there is no valid"))
        #expect(none.talk.contains("handing a copy to somebody else: movement\n"))
        let number = restricted.output.split(separator: " ")[1]
        let lifted = try tool.run("restrict", "lift", String(number), "--person", "ada")
        #expect(lifted.code == 0, "\(lifted.talk)")
        _ = try tool.run("consent", "give", "--person", "ada", "--purpose", "share")
        let all = try export("all", "--recipient", "Dr Quagga")
        #expect(all.code == 0 && all.output.contains("results of 1 days"))
        #expect(isThere("all/derived"))
        let heart = JSONValue.text("heart")
        #expect(
            try categories() == [
                .list([heart]), .list([heart, .text("movement"), .text("results")]),
            ])
    }

    @Test func `a purpose that the policy does not name is refused in spite of consent`() throws {
        _ = try tool.run("consent", "give", "--person", "ada", "--purpose", "share")
        #expect(try tool.run("report", "--person", "ada").code == 0)
        _ = try tool.run("policy", "set", "heart", "movement", "--purpose", "keep")
        #expect(try tool.run("notice").output.contains("For keeping the samples, encrypted;"))
        let report = try tool.run("report", "--person", "ada")
        #expect(report.code == 13)
        #expect(report.talk.contains("the policy does not name computing scores"))
        let out = try export("out", "--recipient", "Dr Quagga")
        #expect(out.code == 13 && out.talk.contains("the policy does not name handing a copy"))
        #expect(try export("own").output.hasPrefix("102 samples"))
        _ = try tool.run("policy", "set", "heart", "--purpose", "share")
        #expect(try export("heart", "--recipient", "Dr Quagga").output.hasPrefix("100 samples"))
        _ = try tool.run("policy", "unset", "heart", "movement")
        #expect(try tool.run("report", "--person", "ada").code == 0)
    }

    @Test func `care is no ground for copies that the policy does not name`() throws {
        _ = try tool.run("policy", "set", "heart", "movement", "--basis", "health-care")
        #expect(try tool.run("report", "--person", "ada").code == 0)
        #expect(try export("out", "--recipient", "Insurance Ltd").code == 13)
    }

    @Test func `notice, record and assessment name who got a copy`() throws {
        _ = try export("own")
        #expect(try tool.run("notice").output.contains("Nobody. Every copy"))
        #expect(try tool.run("ropa").output.contains(",none,"))
        #expect(try tool.run("ropa", "--dpia").output.contains("Recipients: none."))
        _ = try tool.run("consent", "give", "--person", "ada", "--purpose", "share")
        _ = try export("out", "--recipient", "Dr Quagga")
        let notice = try tool.run("notice").output
        #expect(
            notice.contains("- Dr Quagga: got a copy before") && !notice.contains("Nobody. Every"))
        let rows = try tool.run("ropa").output
        #expect(rows.contains(",Dr Quagga,none by the program,until it is erased,"))
        #expect(rows.contains(",1 person,") && !rows.contains("1 people"))
        #expect(rows.contains("explicit consent of the data subject") && !rows.contains("your"))
        let linked = try tool.run("ropa", "--format", "json").output
        #expect(linked.contains("\"Dr Quagga\"") && linked.contains("1 person whose data"))
        let assessment = try tool.run("ropa", "--dpia").output
        #expect(assessment.contains("Recipients: Dr Quagga (got a copy)."))
        #expect(!assessment.contains("your explicit") && !assessment.contains("you erase"))
    }

    @Test func `a breach to come is refused`() throws {
        let outcome = try tool.run(
            "breach", "add", "--what", "lost", "--aware", "2099-01-01T00:00Z")
        #expect(outcome.code == 64 && outcome.talk.contains("--aware lies ahead"))
        #expect(try tool.run("breach", "show").output == "no breach is recorded\n")
    }

    @Test func `a consent that is over is refused, and nobody is added for it`() throws {
        let outcome = try tool.run(
            "consent", "give", "--person", "bob", "--until", "2020-01-01")
        #expect(outcome.code == 64 && outcome.talk.contains("--until 2020-01-01 is over"))
        #expect(try tool.run("consent", "show", "--person", "bob").code != 0)
    }
}

/// Copies, and what follows from them, in a vault of one's own.
@Suite struct SharingCommandTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        var text = csv(day: "2026-01-05", rates: 50..<150)
        text += csv(day: "2026-01-06", rates: 60..<160).drop { $0 != "\n" }.dropFirst()
        text += "2026-01-05T08:00:00Z,steps,100\n"
        _ = try tool.run("ingest", try tool.write(text, to: "a.csv"))
    }

    private static func unwrapped(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func path(_ name: String) -> String { tool.folder.appending(path: name).path }

    @Test func `the record of a copy has the categories that were written`() throws {
        for (name, options) in [
            ("a", []), ("b", ["--observed-only"]), ("c", ["--quantity", "steps"]),
            ("d", ["--from", "2026-01-06"]), ("e", ["--format", "sqlite"]),
            ("f", ["--format", "edf", "--observed-only"]),
        ] {
            let outcome = try tool.runBare(
                [
                    "export", path(name), "--recipient", name, "--passphrase-file",
                    tool.passphraseFile.path,
                ] + options)
            #expect(outcome.code == 0, "\(outcome.talk)")
        }
        #expect(try tool.run("access", "--out", path("access")).code == 0)
        let listed = try JSONValue(parsing: tool.run("recipients", "--json").output)
        guard case .list(let copies)? = listed["copies"] else {
            Issue.record("no copies")
            return
        }
        func names(_ value: JSONValue?) -> String {
            guard case .list(let all)? = value else { return "?" }
            return all.map { if case .text(let text) = $0 { text } else { "?" } }
                .joined(separator: " ")
        }
        #expect(
            copies.map { names($0["categories"]) } == [
                "heart movement results", "heart movement", "movement", "heart results",
                "heart movement results", "", "heart movement results",
            ])
    }

    @Test func `a restricted day stays out of a copy for somebody else`() throws {
        _ = try tool.run("tag", "add", "free-day", "--day", "2026-01-05")
        _ = try tool.run("tag", "add", "work-day", "--day", "2026-01-06")
        _ = try tool.run("restrict", "add", "--from", "2026-01-05", "--to", "2026-01-05")
        let outcome = try tool.run("export", path("out"), "--recipient", "Dr Quagga")
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(outcome.output.hasPrefix("100 samples and"))
        #expect(outcome.talk.contains("processing is restricted"))
        let rates = try String(
            contentsOfFile: path("out/observed/samples/heart-rate.csv"), encoding: .utf8)
        #expect(!rates.contains("2026-01-05T") && rates.contains("2026-01-06T"))
        let tags = try String(contentsOfFile: path("out/observed/tags.csv"), encoding: .utf8)
        #expect(!tags.contains("free-day") && tags.contains("work-day"))
        #expect(
            try !String(contentsOfFile: path("out/manifest.json"), encoding: .utf8)
                .contains("2026-01-05"))
    }

    @Test func `a name that cannot be recorded is refused before anything is written`() throws {
        for name in ["Dr\nQuagga", " ", String(repeating: "x", count: 1001)] {
            let outcome = try tool.run("export", path("out"), "--recipient", name)
            #expect(outcome.code == 64 && outcome.talk.contains("a name is one line"))
            #expect(!FileManager.default.fileExists(atPath: path("out")))
        }
    }

    @Test func `purposes that were set are obeyed, a period of keeping refuses nothing`() throws {
        _ = try tool.run("policy", "set", "heart", "movement", "--keep-for", "90d")
        #expect(try tool.run("report").code == 0)
        #expect(try tool.run("export", path("a"), "--recipient", "Dr Quagga").code == 0)
        _ = try tool.run("policy", "set", "heart", "movement", "--purpose", "keep")
        #expect(try tool.run("report").code == 13)
        let stream = try tool.runBare(
            ["stream", "--passphrase-file", tool.passphraseFile.path], input: "")
        #expect(stream.code == 13)
        let more = try tool.write(csv(day: "2026-01-07", rates: 60..<70), to: "b.csv")
        #expect(try tool.run("ingest", more).output.contains("10 samples added"))
        #expect(try tool.run("show", "heart-rate", "--from", "2026-01-05").output.contains("50.0"))
    }

    @Test func `results that outlived their samples survive a restriction, and are in the copy`()
        throws
    {
        func vitals() throws -> JSONValue? {
            try JSONValue(
                parsing: tool.run("report", "--day", "2026-01-05", "--format", "json").output)[
                    "vitals"]
        }
        let before = try vitals()
        #expect(before != nil)
        _ = try tool.run("policy", "set", "heart", "movement", "--keep-for", "1d")
        let applied = try tool.run("retain", "--apply", "--receipts", tool.folder.path)
        #expect(applied.code == 0, "\(applied.talk)")
        let kept = try vitals()
        _ = try tool.run("restrict", "add", "--category", "sleep")
        #expect(try vitals() != kept)
        #expect(try tool.run("export", path("during")).code == 0)
        #expect(try tool.run("export", path("no"), "--recipient", "Dr Quagga").code == 13)
        #expect(try tool.run("restrict", "lift", "1").code == 0)
        #expect(try vitals() == kept)
        let after = try tool.run("export", path("after"))
        #expect(after.output.contains("results of 2 days"), "\(after.output)")
    }

    @Test func `who got data is named when they are set right or restricted`() throws {
        _ = try tool.run("export", path("own"))
        _ = try tool.run(
            "export", path("out"), "--recipient", "Dr Quagga", "--quantity", "heart-rate", "--to",
            "2026-01-05")
        let steps = try tool.run("amend", "remove", "steps", "--at", "2026-01-05T08:00")
        #expect(steps.code == 0 && !steps.output.contains("To be told"))
        let rates = try tool.run("amend", "remove", "heart-rate", "--at", "2026-01-05T00:10")
        #expect(rates.output.contains("To be told: Dr Quagga\n"))
        let later = try tool.run("restrict", "add", "--from", "2026-01-06")
        #expect(later.code == 0 && !later.output.contains("To be told"))
        let all = try tool.run("restrict", "add", "--category", "heart")
        #expect(all.output.hasSuffix("To be told: Dr Quagga\n"))
    }

    @Test func `whole days that were set right are told with their dates`() throws {
        _ = try tool.run(
            "amend", "remove", "steps", "--from", "2026-01-05T00:00", "--to", "2026-01-06T00:00")
        let report = try tool.run("report", "--day", "2026-01-05").output
        #expect(report.contains("amendment 1: steps on all of 2026-01-05 left out"))
        _ = try tool.run(
            "amend", "remove", "heart-rate", "--from", "2026-01-05T01:00", "--to",
            "2026-01-06T01:30")
        let words = "mendment 2: heart-rate from 2026-01-05 01:00 to 2026-01-06 01:30 left out"
        let explained = try tool.run(
            "explain", "resting-heart-rate-lowest-5min", "--day", "2026-01-06")
        #expect(Self.unwrapped(explained.output).contains(words), "\(explained.output)")
    }

    @Test func `the access report tells of rights, settings, copies and what is left out`() throws {
        _ = try tool.run("settings", "set", "maximum-heart-rate", "182")
        _ = try tool.run("export", path("own"))
        _ = try tool.run("export", path("out"), "--recipient", "Dr Quagga")
        #expect(try tool.run("access", "--out", path("a")).code == 0)
        let page = try String(contentsOfFile: path("a/access.html"), encoding: .utf8)
        for words in [
            "data/observed", "maximum-heart-rate", "182", "hearth amend", "object to it",
            "hearth restrict add", "Copies made for yourself: 2", "Dr Quagga",
            "stay for their own period",
        ] { #expect(page.contains(words), "\(words)") }
        for words in [">the person<", "data/sleep-corrections", "The copy holds the results of"] {
            #expect(!page.contains(words), "\(words)")
        }
        _ = try tool.run("restrict", "add")
        #expect(try tool.run("access", "--out", path("b")).code == 0)
        let restricted = try String(contentsOfFile: path("b/access.html"), encoding: .utf8)
        #expect(
            restricted.contains(
                "The copy holds the results of 0 of 2 days. The others are left out: processing is "
                    + "restricted"))
    }

    @Test func `help tells of every option that works`() throws {
        for command in ["policy", "recipients"] {
            #expect(try tool.runBare([command, "--help"]).output.contains("--json"))
        }
        let told = try tool.runBare(["recipients", "told", "--help"]).output
        #expect(Self.unwrapped(told).contains("correction or restriction"))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// What an erase says and leaves, by whichever command it came about.
@Suite struct ErasureEndingTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        // The clock on the wall is two hours ahead: local days begin in the UTC day before.
        var text = "time,quantity,value\n"
        for day in 5...8 {
            let rows = csv(day: "2026-01-0\(day)", rates: 50..<110).split(separator: "\n")
            text += rows.dropFirst().joined(separator: "\n") + "\n"
        }
        text = text.replacingOccurrences(of: "Z,", with: "+02:00,")
        _ = try tool.run("ingest", tool.write(text, to: "a.csv"))
    }

    private var folder: String { tool.folder.path }
    private var passphrase: [String] { ["--passphrase-file", tool.passphraseFile.path] }

    /// What an erase of the results of a day would say, over all days.
    private func results() throws -> [String] {
        try (4...9).map { day in
            let day = "2026-01-0\(day)"
            return try tool.run(
                "erase", "--category", "results", "--from", day, "--to", day, "--dry-run"
            ).output
        }
    }

    private func receipts() throws -> [JSONValue] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("hearth-receipt-") && $0.hasSuffix(".json") }.map { name in
                let path = tool.folder.appending(path: name)
                #expect(try tool.runBare(["receipt", "verify", path.path]).code == 0)
                return try #require(
                    try JSONValue(parsing: String(contentsOf: path, encoding: .utf8))["receipt"])
            }
    }

    @Test func `results of a local day go alone, and are told`() throws {
        _ = try tool.run("report", "--day", "2026-01-08")
        let before = try results()
        #expect(before.count { $0.contains("results computed for me") } >= 4)
        let receipt = tool.folder.appending(path: "r.json").path
        let erased = try tool.run(
            "erase", "--category", "results", "--from", "2026-01-06", "--to", "2026-01-06",
            "--yes", "--receipt", receipt)
        #expect(erased.code == 0, "\(erased.talk)")
        #expect(erased.output.contains("computed results, 0 samples"))
        #expect(erased.output.contains("Results are computed again"))
        var expected = before
        expected[2] = "there is nothing to erase in this selection\n"
        #expect(try results() == expected)
        for wrong in [
            ["--quantity", "steps"], ["--category", "heart"], ["--device", "000000000000000a"],
        ] {
            let refused = try tool.runBare(
                ["erase", "--category", "results", "--yes"] + wrong + passphrase)
            #expect(refused.code == 64, "\(wrong)")
        }
    }

    @Test func `where no receipt can be written nothing is erased`() throws {
        for place in ["/nowhere/r.json", folder] {
            let refused = try tool.run("erase", "--yes", "--receipt", place)
            #expect(refused.code == 1 && refused.talk.contains("cannot be written"), "\(place)")
        }
        _ = try tool.run("policy", "set", "heart", "--keep-for", "1d")
        #expect(try tool.run("retain", "--apply", "--receipts", "/nowhere").code == 1)
        #expect(try tool.run("sources").output.contains("240"))
    }

    @Test func `every erase tells of older key bundles and of who has a copy of what goes`() throws
    {
        let copies = tool.folder.appending(path: "copies").path
        _ = try tool.run("backup", copies)
        for (name, recipient, day) in [
            ("mine", nil, "2026-01-05"), ("hers", "Dr. X", "2026-01-05"),
            ("his", "Mr. Y", "2026-01-08"),
        ] as [(String, String?, String)] {
            let made = try tool.runBare(
                [
                    "export", tool.folder.appending(path: name).path, "--from", day, "--to", day,
                    "--quantity", "heart-rate",
                ] + (recipient.map { ["--recipient", $0] } ?? []) + passphrase)
            #expect(made.code == 0, "\(made.talk)")
        }
        let value = try tool.write("97.5\n", to: "value")
        let amended = try tool.run(
            "amend", "set", "heart-rate", "--at", "2026-01-05T00:10", "--value-file", value,
            "--shred-original", "--receipts", folder)
        #expect(amended.code == 0, "\(amended.talk)")
        #expect(amended.output.contains("To be told: Dr. X\n"), "\(amended.output)")
        let receipt = try #require(try receipts().first)
        #expect(receipt["recipients"] == .list([.text("Dr. X")]))
        #expect(receipt["scope"]?["from"]?.string?.hasPrefix("2026-01-05") == true)
        let bundle = try #require(receipt["keyBundles"]?.array?.first?.string)
        #expect(
            try bundle.wholeMatch(of: Regex(".* made on 20\\d\\d-\\d\\d-\\d\\dT[0-9:]*Z")) != nil)
    }

    @Test func `retention leaves its receipts when it speaks JSON, too`() throws {
        _ = try tool.run("policy", "set", "heart", "--keep-for", "1d")
        let applied = try tool.run("retain", "--apply", "--json", "--receipts", folder)
        #expect(applied.code == 0, "\(applied.talk)")
        guard case .list(let due) = try JSONValue(parsing: applied.output) else {
            Issue.record("no list")
            return
        }
        let receipts = try receipts()
        #expect(due.count == 1 && receipts.count == 1)
        #expect(receipts.first?["scope"]?["categories"] == .list([.text("heart")]))
        #expect(try !tool.run("receipt", "list").output.contains("no receipt file"))
    }
}

extension JSONValue {
    fileprivate var string: String? { if case .text(let text) = self { text } else { nil } }
    fileprivate var array: [JSONValue]? { if case .list(let list) = self { list } else { nil } }
}

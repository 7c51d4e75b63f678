// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// Every way to say what is to go, and what keeps it away.
@Suite struct ErasureCommandTests {
    /// One row of a file, as the test counts them.
    struct Row: Hashable {
        var day: Int
        var quantity: String
        var model: String
    }

    /// A kind of erase, its options, and which rows it is about.
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var options: [String]
        var testDescription: String { name }

        func isAbout(_ row: Row) -> Bool {
            func values(_ option: String) -> [String] {
                options.indices.filter { options[$0] == option }.map { options[$0 + 1] }
            }
            let categories = ["heart-rate": "heart", "steps": "movement"]
            let kinds = values("--quantity")
            let groups = values("--category")
            let isKind =
                (kinds + groups).isEmpty || kinds.contains(row.quantity)
                || groups.contains(categories[row.quantity] ?? "")
            let models = values("--device")
            let day = "2026-01-0\(row.day)"
            return isKind && (models.isEmpty || models.contains(row.model))
                && (values("--from").first.map { day >= $0 } ?? true)
                && (values("--to").first.map { day <= $0 } ?? true)
        }
    }

    static let cases = [
        Case(name: "a category", options: ["--category", "heart"]),
        Case(
            name: "a quantity and a device", options: ["--quantity", "steps", "--device", "Ring"]),
        Case(
            name: "a category, a quantity and dates",
            options: [
                "--category", "heart", "--quantity", "steps", "--from", "2026-01-06", "--to",
                "2026-01-06",
            ]),
        Case(
            name: "a device from a day on", options: ["--device", "Watch", "--from", "2026-01-06"]),
        Case(
            name: "all of these",
            options: [
                "--category", "heart", "--device", "Ring", "--from", "2026-01-05", "--to",
                "2026-01-06",
            ]),
    ]

    private static let models = ["Watch", "Ring"]

    private static func file(_ tool: CommandLineTool) throws -> (path: String, rows: [Row]) {
        var text = "time,quantity,value,vendor,model\n"
        var rows: [Row] = []
        for day in 5...7 {
            for (place, model) in models.enumerated() {
                for minute in 0..<60 {
                    let clock = minute < 10 ? "0\(minute)" : "\(minute)"
                    let time = "2026-01-0\(day)T1\(place):\(clock):00Z"
                    text += "\(time),heart-rate,\(60 + minute),Acme,\(model)\n"
                    rows.append(Row(day: day, quantity: "heart-rate", model: model))
                    guard minute < 20 else { continue }
                    text += "\(time),steps,\(minute + 1),Acme,\(model)\n"
                    rows.append(Row(day: day, quantity: "steps", model: model))
                }
            }
        }
        return (try tool.write(text, to: "a.csv"), rows)
    }

    /// The number the vault gave a device.
    private static func device(_ model: String, _ tool: CommandLineTool) throws -> String {
        let listed = try JSONValue(parsing: tool.run("sources", "--json").output)
        for row in listed.array ?? [] where row["name"]?.string?.contains(model) == true {
            return row["device"]?.string ?? ""
        }
        return ""
    }

    @Test(arguments: cases)
    func `exactly what was named goes, and it stays away`(one: Case) throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let (path, rows) = try Self.file(tool)
        _ = try tool.run("ingest", path)
        let gone = rows.filter(one.isAbout).count
        #expect(gone > 0 && gone < rows.count, "the case is empty")
        let options = try one.options.map {
            Self.models.contains($0) ? try Self.device($0, tool) : $0
        }
        let end = ["--passphrase-file", tool.passphraseFile.path]
        let dry = try tool.runBare(["erase"] + options + ["--dry-run"] + end)
        #expect(dry.code == 0 && dry.output.contains("\(gone) samples of me in all"))
        #expect(dry.talk.contains("nothing was erased"))
        #expect(try tool.run("ingest", path).output.contains("known"))
        let receipt = tool.folder.appending(path: "r.json").path
        let done = try tool.runBare(["erase"] + options + ["--yes", "--receipt", receipt] + end)
        #expect(done.code == 0 && done.output.contains("\(gone) samples"), "\(done.talk)")
        let again = try tool.run("ingest", path, "--json")
        let report = try JSONValue(parsing: again.output)
        #expect(report["added"]?.number == 0)
        #expect(report["suppressedByErasure"]?.number == Double(gone))
        #expect(report["files"]?.array?.first?["suppressedByErasure"]?.number == Double(gone))
        let folder = tool.folder.appending(path: "out")
        _ = try tool.run("export", folder.path)
        var left: [Row: Int] = [:]
        for quantity in ["heart-rate", "steps"] {
            let file = folder.appending(path: "observed/samples/\(quantity).csv").path
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { continue }
            for line in text.split(separator: "\n").dropFirst() {
                let model = Self.models.first { line.contains($0) } ?? ""
                let day = Int(line.dropFirst(9).prefix(1)) ?? 0
                left[Row(day: day, quantity: quantity, model: model), default: 0] += 1
            }
        }
        let expected = Dictionary(
            rows.filter { !one.isAbout($0) }.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(left == expected)
    }

    @Test func `a whole person stays away in every form until the receipt is named`() throws {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let (path, rows) = try Self.file(tool)
        _ = try tool.run("ingest", path)
        _ = try tool.run("tag", "add", "working-day", "--day", "2026-01-06")
        let out = tool.folder.appending(path: "out").path
        _ = try tool.run("export", out)
        let receipt = tool.folder.appending(path: "r.json").path
        #expect(try tool.run("erase", "--yes", "--receipt", receipt).code == 0)
        for form in [
            path, "\(out)/observed/samples/steps.ndjson", "\(out)/observed/samples/heart-rate.csv",
            out,
        ] {
            let outcome = try tool.run("ingest", form)
            #expect(outcome.output.contains("suppressed by erasure"), "\(form): \(outcome.output)")
            #expect(outcome.output.contains("0 samples added"), "\(form): \(outcome.output)")
        }
        let tags = try tool.run("ingest", "\(out)/observed/tags.ndjson", "--json")
        #expect(try JSONValue(parsing: tags.output)["statementsAdded"]?.number == 0)
        let streamed = try tool.runBare(
            ["stream", "--format", "ndjson", "--passphrase-file", tool.passphraseFile.path],
            input: String(
                contentsOfFile: "\(out)/observed/samples/heart-rate.ndjson", encoding: .utf8))
        #expect(streamed.talk.contains("suppressed by erasure"), "\(streamed.talk)")
        let id = try #require(
            try JSONValue(parsing: String(contentsOfFile: receipt, encoding: .utf8))["receipt"]?[
                "id"]?
                .string)
        let wrong = try tool.run("ingest", path, "--resurrect", String(repeating: "0", count: 32))
        #expect(wrong.code == 1 && wrong.talk.contains("no erase of me"))
        let back = try tool.run("ingest", path, "--resurrect", id)
        #expect(back.output.contains("\(rows.count) samples added"), "\(back.output) \(back.talk)")
        #expect(try tool.run("status").output.contains("let come back 1 times"))
        #expect(try tool.run("audit", "show").output.contains("resurrect \(id)"))
        #expect(try tool.run("receipt", "show", String(id.prefix(6))).output.contains("came back"))
        #expect(try tool.run("receipt", "list").output.contains("level E"))
    }
}

/// An erase after which the master key is another.
@Suite struct RekeyedEraseTests {
    @Test func `an erase that rotates reaches E4, names old bundles and ends the old passphrase`()
        throws
    {
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let path = try tool.write(
            "time,quantity,value\n2026-01-05T01:00:00Z,heart-rate,61\n2026-01-06T01:00:00Z,steps,7\n",
            to: "a.csv")
        _ = try tool.run("ingest", path)
        let backup = tool.folder.appending(path: "backup").path
        #expect(try tool.run("backup", backup).code == 0)
        let fresh = try tool.write("another horse battery staple\n", to: "fresh")
        let receipt = tool.folder.appending(path: "r.json").path
        let done = try tool.run(
            "erase", "--quantity", "steps", "--yes", "--rotate", "--kdf", "minimum",
            "--new-passphrase-file", fresh, "--receipt", receipt)
        #expect(done.code == 0, "\(done.talk)")
        let text = try String(contentsOfFile: receipt, encoding: .utf8)
        let signed = try JSONValue(parsing: text)["receipt"]
        #expect(signed?["level"]?.string == "E4")
        #expect(signed?["keyBundles"]?.array?.count == 1)
        #expect(try tool.runBare(["receipt", "verify", receipt]).code == 0)
        #expect(try tool.run("status").code == 12)
        let opened = try tool.runBare(["status", "--passphrase-file", fresh])
        #expect(opened.code == 0, "\(opened.talk)")
        let trail = try tool.runBare(["audit", "verify", "--passphrase-file", fresh])
        #expect(trail.code == 0, "\(trail.talk)")
    }
}

/// Proofs that leave the vault, and how they are checked without it.
@Suite struct ProofCommandTests {
    let tool: CommandLineTool
    let receipt: String

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "a.csv")
        _ = try tool.run("ingest", file)
        receipt = tool.folder.appending(path: "r.json").path
        _ = try tool.run("erase", "--quantity", "heart-rate", "--yes", "--receipt", receipt)
    }

    static let script = CommandLineTool.project.appending(path: "scripts/verify-receipt.py").path
    static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    private func check(_ path: String, _ more: String...) throws -> CommandLineTool.Outcome {
        try tool.runBare([Self.script, path] + more, program: CommandLineTool.python)
    }

    @Test(.enabled(if: CommandLineTool.hasPython && hasOpenSSL))
    func `a script of thirty lines comes to the same verdict`() throws {
        let lines = try String(contentsOfFile: Self.script, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 31)
        #expect(try check(receipt).code == 0)
        let head = tool.folder.appending(path: "head.json").path
        #expect(try tool.run("audit", "head", "--out", head).code == 0)
        #expect(try check(head).code == 0)
        #expect(try check(receipt, String(repeating: "0", count: 64)).code == 1)
        let whole = [UInt8](try Data(contentsOf: URL(filePath: receipt)))
        let seed = UInt64.random(in: 1...(1 << 32))
        var random = SeededRandom(seed: seed)
        // The ends, whose form is fixed, and a sample of the rest: each run takes some 60 ms.
        let ends = [0, 1, 5, 11] + stride(from: whole.count - 228, to: whole.count, by: 23)
        for place in ends + (0..<25).map({ _ in Int.random(in: whole.indices, using: &random) }) {
            var changed = whole
            changed[place] ^= 1
            let path = tool.folder.appending(path: "changed.json")
            try Data(changed).write(to: path)
            #expect(try check(path.path).code != 0, "seed \(seed), byte \(place)")
            #expect(try tool.runBare(["receipt", "verify", path.path]).code != 0, "byte \(place)")
        }
    }

    @Test func `a minimal receipt names neither person nor quantity, and can be opened`() throws {
        let other = try CommandLineTool()
        _ = try other.makeVault()
        let file = try other.write(csv(day: "2026-01-05", rates: 50..<150), to: "a.csv")
        _ = try other.run("ingest", file, "--person", "Quirinalia")
        let path = other.folder.appending(path: "r.json").path
        let erased = try other.run(
            "erase", "--person", "Quirinalia", "--quantity", "heart-rate", "--minimal", "--yes",
            "--receipt", path)
        #expect(erased.code == 0, "\(erased.talk)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(!text.contains("Quirinalia") && !text.contains("heart-rate"))
        let opened = try other.runBare([
            "receipt", "verify", path, "--scope", "\(path).scope.json",
        ])
        #expect(opened.code == 0 && opened.output.contains("Quirinalia"))
        let scope = try String(contentsOfFile: "\(path).scope.json", encoding: .utf8)
        let forged = try other.write(
            scope.replacingOccurrences(of: "heart-rate", with: "steps"), to: "forged.json")
        #expect(try other.runBare(["receipt", "verify", path, "--scope", forged]).code == 1)
        let key = String(repeating: "0", count: 64)
        #expect(try other.runBare(["receipt", "verify", path, "--key", key]).code == 1)
    }

    @Test func `a kept head shows that an older state was put back`() throws {
        let files = FileManager.default
        let folders = [tool.store, tool.folder.appending(path: "state")]
        for folder in folders {
            try files.copyItem(at: folder, to: URL(filePath: folder.path + ".old"))
        }
        _ = try tool.run("tag", "add", "working-day", "--day", "2026-01-06")
        let head = tool.folder.appending(path: "head.json").path
        _ = try tool.run("audit", "head", "--out", head)
        let sound = try tool.run("audit", "verify", "--head", head)
        #expect(sound.code == 0 && sound.output.contains("is in it"), "\(sound.talk)")
        let words = try wordsOfReport()
        let onPaper = try tool.run("audit", "verify", "--words", words.uppercased())
        #expect(onPaper.output.contains("the words are in it"), "\(onPaper.talk)")
        #expect(try tool.run("audit", "verify", "--words", String(words.dropLast(6))).code == 64)
        for folder in folders {
            try files.removeItem(at: folder)
            try files.copyItem(at: URL(filePath: folder.path + ".old"), to: folder)
        }
        // Store and anchor together are whole: only what was kept outside tells.
        #expect(try tool.run("audit", "verify").code == 0)
        let back = try tool.run("audit", "verify", "--head", head)
        #expect(back.code == 1 && back.talk.contains("shorter than it was"), "\(back.talk)")
        #expect(try tool.run("audit", "verify", "--words", words).code == 1)
        #expect(try tool.run("audit", "verify", "--words", wordsOfReport()).code == 0)
    }

    /// The eight words at the foot of today's report, the same in its two forms for people.
    private func wordsOfReport() throws -> String {
        // Not the quantity that was erased: it would stay away.
        let samples = csv(day: "2026-03-05", rates: 10..<20)
            .replacingOccurrences(of: "heart-rate", with: "respiratory-rate")
        _ = try tool.run("ingest", tool.write(samples, to: "report.csv"))
        let report = try tool.run("report")
        let line = try #require(
            report.output.split(separator: "\n").last { $0.contains("Audit log at entry") },
            "\(report.talk)")
        #expect(try tool.run("report", "--format", "html").output.contains(line))
        return String(try #require(line.split(separator: ": ").last))
    }

    @Test func `the log names whom a line is about by label, and is cut by day and person`() throws
    {
        let shown = try JSONValue(parsing: tool.run("audit", "show", "--json").output)
        let lines = try #require(shown.array)
        #expect(lines.first?["command"]?.string == "ingest")
        #expect(lines.first?["person"]?.string == "me")
        #expect(try tool.run("audit", "show", "--to", "2020-01-01").output.contains("nothing"))
        #expect(try tool.run("audit", "show", "--person", "me").output.contains("ingest"))
        #expect(try tool.run("audit", "show", "--person", "nobody").code == 1)
    }

    @Test func `the access report tells everything and reaches for nothing`() throws {
        let file = try tool.write(csv(day: "2026-02-05", rates: 50..<60), to: "b.csv")
        _ = try tool.run("ingest", file)
        let folder = tool.folder.appending(path: "access")
        let outcome = try tool.run("access", "--out", folder.path)
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(try tool.run("access", "--out", folder.path).code == 1)
        let page = try String(contentsOf: folder.appending(path: "access.html"), encoding: .utf8)
        for word in [
            "What is stored", "heart rate", "How every score comes about", "readiness",
            "heart-rate-watch/1", "What was done with the data", "erase ", "Your rights",
        ] { #expect(page.contains(word), "\(word)") }
        for word in ["<script", "http:", "https:", "src=", "url(", "@import", " onload"] {
            #expect(!page.contains(word), "\(word)")
        }
        let files = FileManager.default
        #expect(files.fileExists(atPath: folder.appending(path: "data/manifest.json").path))
        let head = folder.appending(path: "audit-head.json").path
        #expect(try tool.run("audit", "verify", "--head", head).code == 0)
        let mode =
            try files.attributesOfItem(
                atPath: folder.appending(path: "access.html").path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `doctor tells of disk, memory and libraries`() throws {
        let outcome = try tool.runBare(["doctor", "--json"])
        let found = try JSONValue(parsing: outcome.output)
        #expect(found["storage"]?["fileSystem"]?.string?.isEmpty == false)
        let level = try #require(found["storage"]?["erasureLevel"]?.string)
        #expect(["E2", "E3"].contains(level))
        #expect((found["storage"]?["reason"]?.string == nil) == (level == "E3"))
        let names = found["libraries"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["libsodium", "SQLite", "libarchive"])
        let words = try tool.runBare(["doctor"]).output
        for word in ["an erase reaches \(level)", "swap", "locked memory", "libsodium"] {
            #expect(words.contains(word), "\(word)")
        }
    }

    @Test(.enabled(if: CommandLineTool.canMount))
    func `doctor promises less on a file system of memory`() throws {
        let text = try tool.runUnshared(
            "mkdir m && mount -t tmpfs none m && \"$TOOL\" doctor --json --vault m/store",
            [:])
        let found = try JSONValue(parsing: text)
        #expect(found["storage"]?["fileSystem"]?.string == "tmpfs")
        #expect(found["storage"]?["erasureLevel"]?.string == "E2")
    }
}

extension JSONValue {
    fileprivate var string: String? { if case .text(let text) = self { text } else { nil } }
    fileprivate var number: Double? { if case .number(let value) = self { value } else { nil } }
    fileprivate var array: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
}

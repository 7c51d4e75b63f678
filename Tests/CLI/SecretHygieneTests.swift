// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// What lies in the vault's folders and in messages tells nothing about the person.
@Suite struct SecretHygieneTests {
    static let label = "Quirinalia"
    static let vendor = "Zephyrtronics"
    static let model = "Wobblewatch"
    static let rates: [Float] = [61.734375, 62.609375, 63.859375, 64.984375]

    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    /// A recording whose every word is easy to find again.
    private func recording(day: String) -> String {
        var text = "time,quantity,value,vendor,model\n"
        for minute in 10..<60 {
            let rate = Self.rates[minute % Self.rates.count]
            let source = "\(Self.vendor),\(Self.model)"
            text += "\(day)T07:\(minute):00Z,heart-rate,\(rate),\(source)\n"
            text += "\(day)T07:\(minute):00Z,skin-temperature,33.\(minute),\(source)\n"
        }
        return text
    }

    /// Byte strings that would betray what was stored.
    private static var needles: [String: Data] {
        var found: [String: Data] = [:]
        let words = [
            label, vendor, model, "heart-rate", "skin-temperature", "2026-01-0", "T07:1",
            "hearth-csv", "correct horse",
        ]
        for word in words { found[word] = Data(word.utf8) }
        for rate in rates {
            found["\(rate) as text"] = Data("\(rate)".utf8)
            found["\(rate) as f64"] = data(Double(rate).bitPattern.littleEndian)
            found["\(rate) as big-endian f64"] = data(Double(rate).bitPattern.bigEndian)
        }
        // Four bytes turn up by chance in some megabytes; two neighbours do not.
        for index in rates.indices.dropLast() {
            let pair = rates[index...(index + 1)].map(\.bitPattern)
            found["f32 pair \(index)"] = pair.reduce(into: Data()) { $0 += data($1.littleEndian) }
            found["big-endian f32 pair \(index)"] = pair.reduce(into: Data()) {
                $0 += data($1.bigEndian)
            }
        }
        return found
    }

    private static func data<Value: BitwiseCopyable>(_ value: Value) -> Data {
        withUnsafeBytes(of: value) { Data($0) }
    }

    /// Every file of the vault and of its anchor.
    private func files() throws -> [(name: String, bytes: Data)] {
        try [tool.store, tool.folder.appending(path: "state")].flatMap { folder in
            let names = try #require(FileManager.default.enumerator(atPath: folder.path))
            return try names.compactMap { $0 as? String }.compactMap { name in
                let url = folder.appending(path: name)
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
                return isFolder.boolValue ? nil : (name, try Data(contentsOf: url))
            }
        }
    }

    private func expectSilence() throws {
        let files = try files()
        #expect(files.contains { $0.name == "store.db" && $0.bytes.count > 50_000 })
        for (name, bytes) in files {
            for (what, needle) in Self.needles {
                #expect(bytes.range(of: needle) == nil, "\(name) holds \(what)")
            }
            for run in Self.textRuns(in: bytes) {
                #expect(Self.isSchema(run), "\(name) holds readable text: \(run)")
            }
        }
    }

    /// Runs of letters or printable characters too long for chance, as `strings` would show them:
    /// noise of 20 MB holds one about once in ten thousand times.
    private static func textRuns(in bytes: Data) -> [String] {
        var runs: [String] = []
        var printable: [UInt8] = []
        var letters = 0
        var mostLetters = 0
        for byte in bytes + [0] {
            let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
            letters = isLetter ? letters + 1 : 0
            if (32...126).contains(byte) {
                printable.append(byte)
                mostLetters = max(mostLetters, letters)
                continue
            }
            if printable.count >= 28 || mostLetters >= 16 {
                runs.append(String(decoding: printable, as: UTF8.self))
            }
            printable.removeAll()
            mostLetters = 0
        }
        return runs
    }

    /// The definitions of the two tables in SQLite's own first page.
    private static func isSchema(_ run: String) -> Bool {
        let definitions = ["CREATE TABLE pack(", "CREATE TABLE root("]
        return definitions.contains { run.contains($0) }
            || ["tablepackpack", ")tablerootroot"].contains(run)
    }

    @Test func `the scan finds what a recording holds`() throws {
        let bytes = Data(recording(day: "2026-01-05").utf8)
        for word in [Self.vendor, Self.model, "heart-rate", "2026-01-0", "61.734375 as text"] {
            let needle = try #require(Self.needles[word])
            #expect(bytes.range(of: needle) != nil, "\(word)")
        }
        #expect(!Self.textRuns(in: bytes).isEmpty)
    }

    @Test func `no file of the vault tells who, what or when`() throws {
        let file = try tool.write(recording(day: "2026-01-05"), to: "a.csv")
        #expect(try tool.run("ingest", file, "--person", Self.label).code == 0)
        #expect(try tool.run("report", "--person", Self.label).code == 0)
        try expectSilence()
    }

    @Test func `nor do the files that a killed process leaves`() throws {
        let files = try (0..<90).map { number in
            let day = number % 9 + 1
            let text = recording(day: "2026-01-0\(day)").replacingOccurrences(
                of: "T07:", with: "T\(10 + number / 9):")
            return try tool.write(text, to: "f\(number).csv")
        }
        let arguments =
            ["ingest"] + files + [
                "--person", Self.label, "--passphrase-file", tool.passphraseFile.path,
            ]
        let (process, output, _) = try tool.start(arguments)
        // The first verdicts follow the first commit: the write-ahead log holds it now.
        let first = output.fileHandleForReading.availableData
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(String(decoding: first, as: UTF8.self).hasPrefix("read "))
        #expect(
            try self.files().contains { $0.name == "store.db-wal" && !$0.bytes.isEmpty },
            "no write-ahead log was left: the test is empty")
        try expectSilence()
    }

    @Test func `erased data leave no trace either`() throws {
        let file = try tool.write(recording(day: "2026-01-05"), to: "a.csv")
        _ = try tool.run("ingest", file, "--person", Self.label)
        let receipt = tool.folder.appending(path: "receipt.json").path
        let erased = try tool.run(
            "erase", "--person", Self.label, "--yes", "--receipt", receipt)
        #expect(erased.code == 0, "\(erased.talk)")
        try expectSilence()
        let text = try String(contentsOfFile: receipt, encoding: .utf8)
        for rate in Self.rates { #expect(!text.contains("\(rate)")) }
    }

    @Test(arguments: [
        "2026-01-05T09:00:00Z,heart-rate,98765.4321,V,M", "98765.4321,heart-rate,60,V,M",
        "2026-01-05T09:00:00Z,98765.4321,60,V,M", "2026-01-05T09:00:00Z,heart-rate,60,98765.4321",
        "2026-01-05T09:00:00Z,heart-rate,\"98765.4321", "2026-01-05,heart-rate,98765.4321,V,M",
        "2026-01-05T09:00:00Z,heart-rate,98765.4321e999,V,M",
    ])
    func `a refused row is told without what it holds`(row: String) throws {
        let file = try tool.write(recording(day: "2026-01-05") + row + "\n", to: "a.csv")
        let words = try tool.run("ingest", file, "--verbose")
        #expect(words.talk.contains("a.csv: "), "nothing was refused: the test is empty")
        let json = try tool.run("ingest", file, "--json", "--verbose", "--person", "other")
        #expect(json.output.contains("\"expected\""))
        for text in [words.output, words.talk, json.output, json.talk] {
            #expect(!text.contains("98765"), "\(text)")
            #expect(!text.contains(Self.vendor), "\(text)")
        }
    }

    @Test func `errors of a vault tell nothing of its content`() throws {
        let file = try tool.write(recording(day: "2026-01-05"), to: "a.csv")
        _ = try tool.run("ingest", file, "--person", Self.label)
        let wrong = try tool.write("battery staple wrong\n", to: "wrong")
        var outcomes = [
            try tool.runBare(["report", "--person", Self.label, "--passphrase-file", wrong]),
            try tool.run("report"), try tool.run("export", tool.folder.path),
        ]
        try tool.damageStore()
        outcomes.append(try tool.run("verify"))
        outcomes.append(try tool.run("show", "heart-rate", "--person", Self.label))
        for outcome in outcomes {
            #expect(outcome.code != 0)
            for (what, needle) in Self.needles where what != Self.label {
                #expect(Data(outcome.talk.utf8).range(of: needle) == nil, "\(outcome.talk)")
            }
            #expect(!outcome.talk.contains("battery"))
        }
    }
}

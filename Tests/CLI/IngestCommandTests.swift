// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Bad input, each with its message and exit code; and good input twice.
@Suite struct IngestCommandTests {
    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    @Test func `ingesting twice stores once`() throws {
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "a.csv")
        let first = try tool.run("ingest", file)
        #expect(first.code == 0)
        #expect(first.output.contains("100 samples added"))
        let second = try tool.run("ingest", file)
        #expect(second.output.contains("known        \(file)"))
        #expect(second.output.contains("0 samples added"))
        let renamed = try tool.write(csv(day: "2026-01-05", rates: 50..<151), to: "b.csv")
        #expect(try tool.run("ingest", renamed).output.contains("1 samples added, 100 known"))
    }

    @Test func `a broken file costs only itself and exits with 3`() throws {
        let good = try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "good.csv")
        let bad = try tool.write("not a recording", to: "bad.txt")
        let outcome = try tool.run("ingest", bad, good)
        #expect(outcome.code == 3)
        #expect(outcome.output.contains("100 samples added, 1 refused"))
        #expect(outcome.talk.contains("\(bad): found no format that Hearth reads"))
    }

    @Test func `a bad row is named by byte and record and the others are kept`() throws {
        let text = csv(day: "2026-01-05", rates: 50..<53) + "2026-01-05T09:00:00Z,heart-rate,high\n"
        let file = try tool.write(text, to: "row.csv")
        let outcome = try tool.run("ingest", file, "--verbose")
        #expect(outcome.output.contains("3 samples"))
        #expect(outcome.talk.contains("byte "))
        #expect(outcome.talk.contains("record "))
        #expect(!outcome.talk.contains("high"), "a message shows a value of the file")
    }

    @Test func `an empty file is refused with 65`() throws {
        let file = try tool.write("", to: "empty.fit")
        let outcome = try tool.run("ingest", file)
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("\(file): found an empty file"))
    }

    @Test func `a missing file is refused with 65`() throws {
        let outcome = try tool.run("ingest", "nowhere.fit")
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("nowhere.fit: no such file or folder"))
    }

    @Test func `2 GB of zeros are refused at once`() throws {
        let file = try tool.write("", to: "zeros.fit")
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.truncate(atOffset: 2 << 30)
        try handle.close()
        let outcome = try tool.run("ingest", file)
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("found no format that Hearth reads"))
    }

    @Test func `standard input is read`() throws {
        let outcome = try tool.runBare(
            ["ingest", "-", "--passphrase-file", tool.passphraseFile.path],
            input: csv(day: "2026-01-05", rates: 50..<60))
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(outcome.output.contains("10 samples added"))
    }

    @Test func `verdicts come as JSON too`() throws {
        let file = try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "a.csv")
        let outcome = try tool.run("ingest", file, "--json")
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let report = try #require(json as? [String: Any])
        #expect(report["added"] as? Int == 10)
        let files = try #require(report["files"] as? [[String: Any]])
        #expect(files.first?["status"] as? String == "ingested")
    }

    @Test func `files that are no recordings are passed over in a folder`() throws {
        let folder = tool.folder.appending(path: "in")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try tool.write("read me", to: "in/README.txt")
        try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "in/a.csv")
        let outcome = try tool.run("ingest", folder.path)
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("10 samples added, 1 files passed over"))
    }

    @Test func `a folder without a recording says that nothing was read`() throws {
        let folder = tool.folder.appending(path: "none")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let outcome = try tool.run("ingest", folder.path)
        #expect(outcome.output.contains("0 samples added"))
    }

    @Test func `a bomb is refused with its limit and the next file is read`() throws {
        let good = try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "good.csv")
        let bomb = tool.folder.appending(path: "bomb.csv.gz").path
        let script = "(printf 'time,quantity,value\\n'; head -c 300000000 /dev/zero) | gzip -9"
        let made = try tool.runBare(
            ["-c", "\(script) > \(bomb)"], program: URL(filePath: "/bin/sh"))
        #expect(made.code == 0)
        let outcome = try tool.run("ingest", bomb, good)
        #expect(outcome.code == 3)
        #expect(outcome.talk.contains("(limit: ratio)"), "\(outcome.talk)")
        #expect(outcome.output.contains("10 samples added"))
    }

    @Test func `a file that grows while it is read is refused and can be read again`() throws {
        let rows = (0..<600).map { _ in csv(day: "2026-01-05", rates: 40..<140).dropFirst(20) }
        let path = try tool.write("time,quantity,value\n" + rows.joined(), to: "growing.csv")
        let arguments = ["ingest", path, "--passphrase-file", tool.passphraseFile.path]
        let (process, output, talk) = try tool.start(arguments)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        while process.isRunning {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("2026-01-06T20:00:00Z,heart-rate,61\n".utf8))
            Thread.sleep(forTimeInterval: 0.005)
        }
        try handle.close()
        _ = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 65)
        let said = try String(contentsOf: talk, encoding: .utf8)
        #expect(said.contains("growing.csv: the file changed while it was read; try again"))
        #expect(try tool.run("ingest", path).code == 0)
    }
}

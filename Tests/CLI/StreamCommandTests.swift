// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

@Suite struct StreamCommandTests {
    /// Half an hour of one heart rate a second, the second ten minutes high.
    private static let rates: String = (0..<1800).map { second in
        let time = Date(timeIntervalSince1970: 1_767_600_000 + Double(second)).formatted(.iso8601)
        let value = (600..<1200).contains(second) ? 140 : 64
        return "{\"time\":\"\(time)\",\"quantity\":\"heart-rate\",\"value\":\(value)}\n"
    }.joined()

    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    private func stream(_ arguments: [String], input: String) throws -> CommandLineTool.Outcome {
        try tool.runBare(
            ["stream", "--passphrase-file", tool.passphraseFile.path] + arguments, input: input)
    }

    @Test func `every line follows the schema`() throws {
        let beats = (0..<900).map { beat in
            let time = Date(timeIntervalSince1970: 1_767_600_000 + Double(beat)).formatted(.iso8601)
            return
                "{\"time\":\"\(time)\",\"quantity\":\"rr-interval\",\"value\":\(990 + beat % 20)}\n"
        }
        let outcome = try stream(["--for", "1m"], input: Self.rates + beats.joined())
        #expect(outcome.code == 0, "\(outcome.talk)")
        let check = try SchemaTests.check("stream-line")
        let lines = outcome.output.split(separator: "\n")
        for line in lines {
            #expect(check.problems(in: try JSONValue(parsing: String(line))) == [], "\(line)")
        }
        for rule in ["heart-rate-mean", "heart-rate-high"] {
            #expect(lines.contains { $0.contains("\"rule\":\"\(rule)\"") }, "\(rule)")
        }
    }

    @Test func `samples are in the vault, alerts are printed again when asked for`() throws {
        let first = try stream(["--for", "1m"], input: Self.rates)
        let alerts = first.output.split(separator: "\n").filter { $0.contains("\"alert\"") }
        #expect(alerts.count == 1)
        let again = try stream(["--for", "1m"], input: Self.rates)
        #expect(again.code == 0 && again.output.isEmpty, "what is known says nothing")
        let asked = try stream(["--for", "1m", "--after", "0"], input: "")
        #expect(asked.output.split(separator: "\n") == alerts)
        let shown = try tool.run("show", "heart-rate", "--format", "csv")
        #expect(shown.output.split(separator: "\n").count == 1801)
        #expect(try tool.run("report", "--day", "2026-01-05").code == 0)
        #expect(try tool.run("verify").code == 0)
    }

    @Test func `nothing is kept without a store, and no vault is needed`() throws {
        let bare = try CommandLineTool()
        let outcome = try bare.runBare(["stream", "--no-store", "--for", "1m"], input: Self.rates)
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(outcome.output.contains("\"rule\":\"heart-rate-high\""))
        #expect(!FileManager.default.fileExists(atPath: bare.store.path))
    }

    @Test func `what cannot be read is said by kind, without a value`() throws {
        let outcome = try stream(
            [], input: Self.rates + "{\"time\":\"4711\",\"quantity\":1}\n-4711\n")
        #expect(outcome.code == 3)
        #expect(outcome.talk.contains("1800 samples read"))
        #expect(!outcome.talk.contains("4711"))
        let refused = try stream([], input: "4711\n")
        #expect(refused.code == 65 && !refused.talk.contains("4711"))
    }

    @Test func `a file that is replaced or cut is read from its start`() throws {
        let half = Self.rates.utf8.lines(900)
        let file = tool.folder.appending(path: "live.ndjson")
        try Data(Self.rates.utf8.prefix(half)).write(to: file)
        let (process, output, talk) = try tool.start([
            "stream", "--follow", file.path, "--for", "1m", "--late", "0", "--passphrase-file",
            tool.passphraseFile.path,
        ])
        func wait(for text: String) throws {
            for _ in 0..<300 {
                Thread.sleep(forTimeInterval: 0.2)
                let said = try String(contentsOf: talk, encoding: .utf8)
                if said.contains(text) { return }
                // A signal that comes before it is heard ends the process.
                if said.contains("stream: reading") { kill(process.processIdentifier, SIGUSR1) }
            }
            Issue.record("not said: \(text)")
        }
        try wait(for: "900 samples read")
        try FileManager.default.moveItem(at: file, to: tool.folder.appending(path: "old"))
        try Data(Self.rates.utf8.dropFirst(half)).write(to: file)
        try wait(for: "1800 samples read")
        try wait(for: "another file has the name")
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 0)
        try wait(for: "became shorter")
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let lines = CommandLineTool.wholeLines(output.fileHandleForReading.readDataToEndOfFile())
        #expect(lines.count { $0.contains("\"type\":\"alert\"") } == 1)
    }
}

extension String.UTF8View {
    /// Bytes of the first `count` lines.
    fileprivate func lines(_ count: Int) -> Int {
        var left = count
        for (place, byte) in enumerated() where byte == UInt8(ascii: "\n") {
            left -= 1
            if left == 0 { return place + 1 }
        }
        return self.count
    }
}

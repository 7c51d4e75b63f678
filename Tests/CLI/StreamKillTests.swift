// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// `kill -9` at random moments of `hearth stream`: no alarm is lost and none is doubled.
///
/// `HEARTH_KILLS` sets how often (default 12), half of them for each form of input.
@Suite struct StreamKillTests {
    static let kills = max(2, KillTests.kills / 2)
    static let seed: UInt64 = 17

    /// The rounds' segments and what an uninterrupted run makes of them.
    private struct Expected {
        var segments: [String]
        var lines: [String]
        var alerts: [String]
    }

    private static func expected(finite: Bool) throws -> Expected {
        var feed = StreamFeed(seed: seed)
        let segments = (0...kills).map { _ in feed.segment() }
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        var lines: [String]
        if finite {
            let outcome = try tool.stream(segments.joined())
            #expect(outcome.code == 0, "\(outcome.talk)")
            lines = outcome.output.split(separator: "\n").map(String.init)
        } else {
            try tool.write(segments.joined(), to: "strap.ndjson")
            let run = try FollowRun(tool)
            try run.waitUntilIdle()
            #expect(run.stop() == 0)
            lines = run.lines
        }
        let alerts = try tool.storedAlerts()
        #expect(alerts.count > kills / 2, "too few alarms to lose")
        #expect(lines.filter { $0.contains("\"type\":\"alert\"") } == alerts)
        return Expected(segments: segments, lines: lines, alerts: alerts)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a followed file, lines appended to a file: each line exactly once`() throws {
        let expected = try Self.expected(finite: false)
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        let file = tool.folder.appending(path: "strap.ndjson")
        try Data().write(to: file)
        var random = SeededRandom(seed: Self.seed)
        var midway = 0
        for (round, segment) in expected.segments.enumerated() {
            let run = try FollowRun(tool)
            let before = run.lines.count
            try run.waitUntilReading()
            // A part of the segment is there, the rest comes while it is read.
            let bytes = Data(segment.utf8)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            try FollowRun.append(bytes[..<cut], to: file)
            Thread.sleep(forTimeInterval: Double.random(in: 0..<0.1, using: &random))
            try FollowRun.append(bytes[cut...], to: file)
            if round == expected.segments.count - 1 {
                try run.waitUntilIdle()
                #expect(run.stop() == 0)
            } else {
                // Half of the kills come in the midst of the lines, the others at any moment.
                if round.isMultiple(of: 2) { run.waitForLine(behind: before) }
                let pause = round.isMultiple(of: 2) ? 0.05 : 0.3
                Thread.sleep(forTimeInterval: Double.random(in: 0..<pause, using: &random))
                run.kill()
                if run.lines.count > before { midway += 1 }
            }
        }
        let run = try FollowRun(tool)
        try run.waitUntilIdle()
        #expect(run.stop() == 0)
        print("follow: killed \(Self.kills) times, \(midway) of them after new lines")
        #expect(midway > Self.kills / 8, "most kills came too early")
        #expect(run.lines == expected.lines)
        #expect(try tool.storedAlerts() == expected.alerts)
        #expect(try tool.run("verify").code == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `lines on standard output, the sender repeating itself: each alarm once by its number`()
        throws
    {
        let expected = try Self.expected(finite: true)
        let tool = try CommandLineTool()
        _ = try tool.makeVault()
        var random = SeededRandom(seed: Self.seed + 1)
        var read: [String] = []
        for round in 0..<Self.kills {
            let text = expected.segments[0...round].joined()
            let path = try tool.write(text, to: "sent.ndjson")
            read += try killed(
                tool, sending: path, after: Double.random(in: 0..<0.4, using: &random))
        }
        #expect(read.count > Self.kills / 8, "most kills came too early")
        let outcome = try tool.stream(expected.segments.joined())
        #expect(outcome.code == 0, "\(outcome.talk)")
        let received = read + outcome.output.split(separator: "\n").map(String.init)
        var known: [Int: String] = [:]
        for line in received {
            let number = Self.sequence(of: line)
            #expect(known[number] == nil || known[number] == line, "a number means two lines")
            known[number] = line
        }
        print(
            "standard output: killed \(Self.kills) times, \(received.count - known.count) lines "
                + "repeated, \(read.count) read before a kill")
        #expect(known.sorted { $0.key < $1.key }.map(\.value) == expected.lines)
        #expect(try tool.storedAlerts() == expected.alerts)
        #expect(try tool.run("verify").code == 0)
    }

    /// The whole lines that a run printed before it was killed; its input never ends.
    private func killed(
        _ tool: CommandLineTool, sending path: String, after seconds: Double
    ) throws -> [String] {
        let pipe = Pipe()
        let sender = Process()
        sender.executableURL = URL(filePath: "/bin/sh")
        sender.arguments = ["-c", "cat '\(path)'; exec sleep 600"]
        sender.standardOutput = pipe
        try sender.run()
        let (process, output, talk) = try tool.start(
            ["stream", "--passphrase-file", tool.passphraseFile.path]
                + CommandLineTool.streamSettings, input: pipe)
        try CommandLineTool.waitUntilReading(talk)
        Thread.sleep(forTimeInterval: seconds)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        sender.terminate()
        sender.waitUntilExit()
        return CommandLineTool.wholeLines(output.fileHandleForReading.readDataToEndOfFile())
    }

    static func sequence(of line: String) -> Int {
        let rest = line.components(separatedBy: "\"sequence\":").last ?? ""
        return Int(rest.prefix { $0.isNumber }) ?? -1
    }
}

/// `hearth stream --follow strap.ndjson --output lines.ndjson`, running.
private final class FollowRun {
    private let process: Process
    private let talk: URL
    private let output: URL

    init(_ tool: CommandLineTool) throws {
        output = tool.folder.appending(path: "lines.ndjson")
        let started = try tool.start(
            [
                "stream", "--follow", "strap.ndjson", "--output", output.path, "--passphrase-file",
                tool.passphraseFile.path,
            ] + CommandLineTool.streamSettings)
        process = started.process
        talk = started.talk
    }

    deinit { process.terminate() }

    var lines: [String] { CommandLineTool.wholeLines((try? Data(contentsOf: output)) ?? Data()) }

    static func append(_ bytes: Data, to file: URL) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks for an end and returns the exit code.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Waits for a further line, a second at most: not every segment has one by then.
    func waitForLine(behind count: Int) {
        for _ in 0..<100 where lines.count <= count { Thread.sleep(forTimeInterval: 0.01) }
    }

    func waitUntilReading() throws { try CommandLineTool.waitUntilReading(talk) }

    /// Waits until two seconds went by without a sample being read.
    func waitUntilIdle() throws {
        var last = ""
        for _ in 0..<90 {
            Thread.sleep(forTimeInterval: 1)
            // A signal that comes before it is heard ends the process.
            guard try String(contentsOf: talk, encoding: .utf8).contains("stream: reading") else {
                continue
            }
            Foundation.kill(process.processIdentifier, SIGUSR1)
            Thread.sleep(forTimeInterval: 1)
            let said = try String(contentsOf: talk, encoding: .utf8)
            let now = said.split(separator: "\n").last.map(String.init) ?? ""
            if now.contains("samples read"), now == last { return }
            last = now
        }
        Issue.record("the stream does not come to rest")
    }
}

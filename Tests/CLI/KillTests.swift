// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// `kill -9` at random moments of an ingest: the vault opens and what was acknowledged is there.
///
/// `HEARTH_KILLS` sets how often (default 12).
@Suite struct KillTests {
    static let kills =
        ProcessInfo.processInfo.environment["HEARTH_KILLS"].flatMap { Int($0) } ?? 12
    /// Enough for several commits a round.
    static let filesARound = 200

    /// When the process is killed.
    private enum Moment {
        case never
        case after(seconds: Double)
        /// A while after the first verdict was seen, which is behind the first commit.
        case afterVerdict(seconds: Double)
    }

    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    @Test(.timeLimit(.minutes(30)))
    func `nothing acknowledged is lost when the process is killed`() throws {
        var random = SeededRandom(seed: 7)
        var acknowledged: Set<String> = []
        var killedMidway = 0
        // The first round is not killed: it tells how long a round takes.
        let begin = Date()
        let whole = try ingest(files(of: 0), kill: .never)
        let seconds = Date().timeIntervalSince(begin)
        #expect(whole.count == Self.filesARound)
        acknowledged.formUnion(whole)
        for round in 1...Self.kills {
            let after = Double.random(in: 0..<1.1, using: &random) * seconds
            let moment: Moment =
                round.isMultiple(of: 2)
                ? .after(seconds: after) : .afterVerdict(seconds: after / 4)
            let read = try ingest(files(of: round), kill: moment)
            acknowledged.formUnion(read)
            if !read.isEmpty, read.count < Self.filesARound { killedMidway += 1 }
            #expect(try tool.run("verify").code == 0, "round \(round), seed 7")
        }
        print(
            "killed \(Self.kills) times, \(killedMidway) of them midway; "
                + "\(acknowledged.count) files acknowledged")
        #expect(killedMidway > Self.kills / 8, "most kills came too early or too late")
        try expectStored(acknowledged)
    }

    /// A round's files: each holds minutes that no other file has.
    private func files(of round: Int) throws -> [String] {
        try (0..<Self.filesARound).map { place in
            let number = round * Self.filesARound + place
            let path = try tool.write(Self.text(of: number), to: "f\(number).csv")
            return path
        }
    }

    /// From 20 to 59 heart rates from the start of an hour on, another hour for each file.
    private static func text(of number: Int) -> String {
        let days = LocalDays(number / 24)
        let hour = number % 24 < 10 ? "0\(number % 24)" : "\(number % 24)"
        let rows = (0..<(20 + number * 7 % 40)).map { minute in
            let digits = minute < 10 ? "0\(minute)" : "\(minute)"
            return "\(days.text)T\(hour):\(digits):00Z,heart-rate,\(50 + (number + minute) % 90)"
        }
        return "time,quantity,value\n" + rows.joined(separator: "\n") + "\n"
    }

    /// What was acknowledged is stored, sample by sample, and every other file wholly or not at all.
    private func expectStored(_ acknowledged: Set<String>) throws {
        let folder = tool.folder.appending(path: "out")
        let outcome = try tool.run("export", folder.path, "--format", "csv")
        #expect(outcome.code == 0, "\(outcome.talk)")
        let exported = try String(
            contentsOf: folder.appending(path: "observed/samples/heart-rate.csv"), encoding: .utf8)
        // time,duration_s,quantity,value,…
        let stored = Set(
            exported.split(separator: "\n").dropFirst().map { row in
                let fields = row.split(separator: ",", omittingEmptySubsequences: false)
                return "\(fields[0]),\(fields[2]),\(Int(Double(fields[3]) ?? -1))"
            })
        var expected = 0
        for number in 0..<(Self.kills + 1) * Self.filesARound {
            let rows = Self.text(of: number).split(separator: "\n").dropFirst().map(String.init)
            let found = rows.count { stored.contains($0) }
            expected += found
            let path = tool.folder.appending(path: "f\(number).csv").path
            #expect(found == rows.count || !acknowledged.contains(path), "\(path) is lost")
            #expect(found == rows.count || found == 0, "\(path) is stored in part")
        }
        #expect(stored.count == expected, "the vault holds what no file has")
    }

    /// The paths that were acknowledged, each in a whole line.
    private func ingest(_ files: [String], kill moment: Moment) throws -> [String] {
        let arguments = ["ingest"] + files + ["--passphrase-file", tool.passphraseFile.path]
        let (process, output, _) = try tool.start(arguments)
        var seen = Data()
        switch moment {
        case .never: break
        case .after(let seconds): Thread.sleep(forTimeInterval: seconds)
        case .afterVerdict(let seconds):
            seen = output.fileHandleForReading.availableData
            Thread.sleep(forTimeInterval: seconds)
        }
        if case .never = moment {} else { kill(process.processIdentifier, SIGKILL) }
        seen += output.fileHandleForReading.readDataToEndOfFile()
        let text = String(decoding: seen, as: UTF8.self)
        process.waitUntilExit()
        // The last line may be cut; a whole line was printed after its commit.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.filter { $0.hasPrefix("read ") }.compactMap(Self.path)
    }

    /// The path in `read         PATH  hearth-csv, 20 samples`.
    private static func path(_ line: Substring) -> String? {
        line.dropFirst("read".count).split(separator: " ").first.map(String.init)
    }
}

/// Days from 2000-01-01 on.
private struct LocalDays {
    let text: String

    init(_ days: Int) {
        let date = Date(timeIntervalSince1970: 946_684_800 + Double(days) * 86_400)
        text = String(date.formatted(.iso8601).prefix(10))
    }
}

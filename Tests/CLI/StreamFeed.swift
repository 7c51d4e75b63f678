// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// What a strap would send, in segments of ten minutes: a rate each second, high for two minutes of most
/// segments, out of order within ten seconds, some lines twice.
struct StreamFeed {
    private var random: SeededRandom
    private var next = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// The next ten minutes as lines of NDJSON.
    mutating func segment() -> String {
        let isHigh = Int.random(in: 0..<5, using: &random) > 0
        let begin = Int.random(in: 200..<400, using: &random)
        var lines: [(order: Int, text: String)] = []
        for second in 0..<600 {
            let high = isHigh && (begin..<begin + 130).contains(second)
            let value = (high ? 138 : 64) + Int.random(in: 0..<6, using: &random)
            let place = next * 600 + second
            let time = Date(timeIntervalSince1970: 1_700_000_000 + Double(place)).formatted(
                .iso8601)
            let text = "{\"time\":\"\(time)\",\"quantity\":\"heart-rate\",\"value\":\(value)}\n"
            let order = second * 10 + Int.random(in: 0..<100, using: &random)
            lines.append((order, text))
            if second % 97 == 0 { lines.append((order + 30, text)) }
        }
        next += 1
        return lines.sorted { $0.order < $1.order }.map(\.text).joined()
    }
}

extension CommandLineTool {
    /// Streams a whole text from a file: a pipe would fill up while nobody reads the lines.
    func stream(_ text: String) throws -> Outcome {
        let path = try write(text, to: "whole.ndjson")
        return try runBare(
            [
                "-c", "exec \"$0\" \"$@\" < '\(path)'", Self.hearth.path, "stream",
                "--passphrase-file", passphraseFile.path,
            ] + Self.streamSettings, program: URL(filePath: "/bin/sh"))
    }

    /// The alerts that the vault holds of a stream, as they are printed again.
    func storedAlerts() throws -> [String] {
        let outcome = try runBare(
            ["stream", "--after", "0", "--passphrase-file", passphraseFile.path]
                + Self.streamSettings,
            input: "")
        return outcome.output.split(separator: "\n").map(String.init)
            .filter { $0.contains("\"type\":\"alert\"") }
    }

    /// Short persistence, and commits often enough to be killed between.
    static let streamSettings = ["--late", "15s", "--for", "60s", "--commit-every", "50ms"]

    /// Waits until a stream has opened its vault and its input.
    static func waitUntilReading(_ talk: URL) throws {
        for _ in 0..<6000 {
            if try String(contentsOf: talk, encoding: .utf8).contains("stream: reading") { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    /// The lines of a text file, an unfinished last one left out.
    static func wholeLines(_ data: Data) -> [String] {
        String(decoding: data, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// A second reader, written in Python from the format's document alone, sees the same samples.
@Suite(.enabled(if: CommandLineTool.hasPython, "needs python3, libsodium and libzstd"))
struct SecondReaderTests {
    static let script = CommandLineTool.project.appending(path: "Tests/VaultReader/read_vault.py")

    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    private func ingest(_ paths: [String]) throws {
        let samples = CommandLineTool.project.appending(path: "SampleData")
        let outcome = try tool.runBare(
            ["ingest"] + paths.map { samples.appending(path: $0).path }
                + ["--passphrase-file", tool.passphraseFile.path])
        #expect(outcome.code == 0, "\(outcome.talk)")
    }

    private func secondReader(_ passphrase: URL) throws -> CommandLineTool.Outcome {
        try tool.runBare(
            [
                Self.script.path, tool.store.path, "--passphrase-file", passphrase.path, "--state",
                tool.folder.appending(path: "state").path,
            ], program: CommandLineTool.python)
    }

    @Test func `both readers give the same samples, bit for bit`() throws {
        try ingest(
            ["monitoring", "sleep", "hrv"].flatMap { kind in
                (21...23).map { "garmin/\(kind)/2026-01-\($0).fit" }
            } + ["garmin/activity/2026-01-22-run.fit", "hearth-csv"])
        try expectSameSamples(atLeast: 10_000)
        let erased = try tool.run(
            "erase", "--quantity", "rr-interval", "--yes", "--receipt",
            tool.folder.appending(path: "receipt.json").path)
        #expect(erased.code == 0, "\(erased.talk)")
        try expectSameSamples(atLeast: 1000)
    }

    private func expectSameSamples(atLeast least: Int) throws {
        let folder = tool.folder.appending(path: "out-\(UUID().uuidString)")
        #expect(try tool.run("export", folder.path, "--format", "ndjson").code == 0)
        let place = folder.appending(path: "observed/samples")
        let exported = try FileManager.default.contentsOfDirectory(atPath: place.path).flatMap {
            try Self.lines(String(contentsOf: place.appending(path: $0), encoding: .utf8))
        }
        let second = try secondReader(tool.passphraseFile)
        #expect(second.code == 0, "\(second.talk)")
        let ours = exported.map(Self.exported).sorted()
        let theirs = try second.output.split(separator: "\n").map(Self.read).sorted()
        #expect(ours.count >= least)
        #expect(ours.count == theirs.count)
        for (our, their) in zip(ours, theirs) where our != their {
            Issue.record("\(our) is \(their) to the second reader")
            break
        }
    }

    @Test func `the second reader refuses a wrong passphrase and flipped bits`() throws {
        try ingest(["hearth-csv"])
        let wrong = try tool.write("wrong\n", to: "wrong")
        #expect(try secondReader(URL(filePath: wrong)).code == 12)
        try tool.damageStore()
        let outcome = try secondReader(tool.passphraseFile)
        #expect(outcome.code == 1)
        #expect(!outcome.talk.isEmpty)
    }

    private static func lines(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    /// A line of the export in one form: time and duration in nanoseconds, values as bits.
    private static func exported(_ line: JSONValue) -> String {
        let time = nanoseconds(text(line["time"]))
        let seconds = if case .number(let value)? = line["duration_s"] { value } else { 0.0 }
        let values: [JSONValue] =
            if case .list(let all)? = line["values"] { all } else { [line["value"] ?? .null] }
        return form(line, time, Int64((seconds * 1e9).rounded()), values)
    }

    /// A line of the second reader in the same form.
    private static func read(_ line: Substring) throws -> String {
        let value = try JSONValue(parsing: String(line))
        let values: [JSONValue] = if case .list(let all)? = value["values"] { all } else { [] }
        // A double has no room for nanoseconds since 1970: the digits are taken as they stand.
        let digits = line.components(separatedBy: "\"time_ns\":").last ?? ""
        let time = Int64(digits.prefix { $0.isNumber || $0 == "-" }) ?? 0
        return form(value, time, integer(value["duration_ns"]), values)
    }

    private static func form(
        _ line: JSONValue, _ time: Int64, _ duration: Int64, _ values: [JSONValue]
    ) -> String {
        let bits = values.map { value in
            switch value {
            case .number(let number): Self.hexadecimal(Float(number).bitPattern)
            case .text(let bits): bits
            default: "none"
            }
        }
        // The export names the file's own device, the vault's id is of the vault: vendor and model tell.
        let words = ["quantity", "vendor", "model", "origin", "derivation"].map { text(line[$0]) }
        let quality = integer(line["quality"])
        return "\(time) \(duration) \(quality) \(bits) \(words)"
    }

    /// The eight digits in which the second reader gives the bits of a value.
    private static func hexadecimal(_ bits: UInt32) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func text(_ value: JSONValue?) -> String {
        if case .text(let text)? = value { text } else { "" }
    }

    private static func integer(_ value: JSONValue?) -> Int64 {
        if case .number(let number)? = value { Int64(number) } else { 0 }
    }

    /// `2026-01-02T03:04:05.123456789Z` in nanoseconds since 1970.
    private static func nanoseconds(_ text: String) -> Int64 {
        let parts = text.dropLast().split(separator: ".")
        let date = try? Date("\(parts[0])Z", strategy: .iso8601)
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        let digits = fraction + String(repeating: "0", count: 9 - fraction.count)
        return Int64(date?.timeIntervalSince1970 ?? 0) * 1_000_000_000 + (Int64(digits) ?? 0)
    }
}

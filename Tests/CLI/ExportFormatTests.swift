// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthCrypto
import HearthTestSupport
import Testing

/// What `hearth export` writes as FHIR, Open mHealth, EDF and SQLite keeps the rules of these.
@Suite struct ExportFormatTests {
    static let all = ["csv", "ndjson", "fhir", "omh", "edf", "sqlite"]
        .flatMap { ["--format", $0] }

    let tool: CommandLineTool

    init() throws {
        tool = try CommandLineTool()
        _ = try tool.makeVault()
    }

    func ingest(_ paths: [String]) throws {
        let outcome = try tool.runBare(
            ["ingest"] + paths + ["--passphrase-file", tool.passphraseFile.path])
        #expect([0, 3].contains(outcome.code), "\(outcome.talk)")
    }

    func export(_ options: [String], to name: String = "out") throws -> URL {
        let folder = tool.folder.appending(path: name)
        let outcome = try tool.runBare(
            ["export", folder.path, "--passphrase-file", tool.passphraseFile.path] + options)
        #expect(outcome.code == 0, "\(outcome.talk)")
        return folder
    }

    /// Every file of an export, its rules and its checksum; returns what the manifest says.
    func expectSound(_ folder: URL) throws -> JSONValue {
        let manifest = try value(folder.appending(path: "manifest.json"))
        #expect(try SchemaTests.check("export-manifest").problems(in: manifest) == [])
        let sums = try tool.runBare(
            ["-c", "cd '\(folder.path)' && sha256sum --check --strict --quiet SHA256SUMS"],
            program: URL(filePath: "/bin/sh"))
        #expect(sums.code == 0, "\(sums.output)")
        guard case .list(let files)? = manifest["files"] else { return manifest }
        for file in files {
            guard case .text(let name)? = file["name"], name.hasSuffix(".json") else { continue }
            let url = folder.appending(path: name)
            if name.contains("fhir/") { try expectFHIR(url, file) }
            if name.contains("omh/") { try expectPoints(url) }
        }
        return manifest
    }

    func value(_ url: URL) throws -> JSONValue {
        try JSONValue(parsing: String(contentsOf: url, encoding: .utf8))
    }

    private func expectFHIR(_ url: URL, _ file: JSONValue) throws {
        let text = try String(contentsOf: url, encoding: .utf8)
        let bundle = try JSONValue(parsing: text)
        #expect(FHIRCheck().problems(in: bundle) == [], "\(url.lastPathComponent)")
        for forbidden in ["serialNumber", "birthDate", "telecom"] {
            #expect(!text.contains(forbidden), "\(url.lastPathComponent)")
        }
        guard case .list(let entries)? = bundle["entry"] else { return }
        for entry in entries {
            guard let resource = entry["resource"] else { continue }
            let tags: [JSONValue] =
                if case .list(let tags)? = resource["meta"]?["tag"] { tags } else { [] }
            let words = tags.compactMap { $0["code"] }
            #expect(words.contains(.text("patient-supplied")) && words.contains(.text("wellness")))
            let isDerived = url.path.contains("/derived/")
            let isObservation = resource["resourceType"] == .text("Observation")
            #expect(words.contains(.text("derived")) == (isDerived && isObservation))
        }
        if url.lastPathComponent.hasPrefix("hrv-rmssd") { #expect(!text.contains("80404-7")) }
        if url.lastPathComponent.hasPrefix("hrv-sdnn") { #expect(text.contains("80404-7")) }
    }

    private func expectPoints(_ url: URL) throws {
        guard case .list(let points) = try value(url) else {
            Issue.record("\(url.lastPathComponent) is no list")
            return
        }
        #expect(!points.isEmpty)
        guard InteropSchemas.isPresent else { return }
        for point in points {
            let problems = InteropSchemas.problems(inPoint: point)
            if !problems.isEmpty {
                Issue.record("\(url.lastPathComponent): \(problems.prefix(3))")
                return
            }
        }
    }

    // MARK: Tests

    @Test func `the samples of the project keep the rules in every format`() throws {
        for paths in SampleExportTests.parts.values {
            try ingest(paths.map { SampleExportTests.samples.appending(path: $0).path })
        }
        let folder = try export(
            Self.all + ["--from", "2026-01-22", "--to", "2026-01-23"])
        let manifest = try expectSound(folder)
        try expectSameCounts(manifest, in: folder)
        let sleep = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "derived/omh").path)
        #expect(!sleep.isEmpty)
        let dictionary = try String(
            contentsOf: folder.appending(path: "data-dictionary.csv"), encoding: .utf8)
        #expect(dictionary.contains("\nacceleration,acceleration,g,[g] [g] [g],x y z,"))
    }

    /// The tables of the database hold as many rows as the manifest counts samples.
    private func expectSameCounts(_ manifest: JSONValue, in folder: URL) throws {
        guard CommandLineTool.hasPython, case .list(let streams)? = manifest["streams"] else {
            return
        }
        var counts: [String: Int] = [:]
        for stream in streams {
            guard case .text(let name)? = stream["quantity"],
                case .number(let samples)? = stream["samples"]
            else { continue }
            counts[name, default: 0] += Int(samples)
        }
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1])
            assert c.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            for q, t in c.execute("SELECT quantity, table_name FROM quantities ORDER BY 1"):
                n = c.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
                m = c.execute(f"SELECT count(*) FROM {t}_readable").fetchone()[0]
                assert n == m
                print(q, n)
            assert c.execute("SELECT count(*) FROM results").fetchone()[0] > 0
            """
        let outcome = try tool.runBare(
            ["-c", script, folder.appending(path: "hearth.sqlite").path],
            program: CommandLineTool.python)
        #expect(outcome.code == 0, "\(outcome.talk)")
        let listed = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
        #expect(outcome.output == listed)
    }

    /// Recordings of several makers, each with what its export must hold besides CSV.
    static let recordings: [(paths: [String], files: [String])] = [
        (["formats/fit/fitparse-rs/hrv-activity.fit"], ["observed/fhir/rr-interval"]),
        (["formats/empatica/e4/flirt"], ["waveforms/", "observed/fhir/eda"]),
        (["formats/edf/edfio/short_psg.edf"], ["waveforms/", "observed/fhir/eeg"]),
    ]

    @Test(
        .enabled(if: SharedData.isPresent, "the recordings are not on this machine"),
        arguments: recordings.indices)
    func `recordings of other makers keep the rules in every format`(number: Int) throws {
        let recording = Self.recordings[number]
        let root = try #require(SharedData.folder)
        try ingest(recording.paths.map { root.appending(path: $0).path })
        let folder = try export(Self.all + ["--observed-only"])
        let manifest = try expectSound(folder)
        guard case .list(let files)? = manifest["files"] else { return }
        let names = files.compactMap { file -> String? in
            if case .text(let name)? = file["name"] { name } else { nil }
        }
        for wanted in recording.files {
            #expect(names.contains { $0.hasPrefix(wanted) }, "no \(wanted) in \(names)")
        }
        #expect(!names.contains { $0.hasPrefix("derived/") })
        if number == 1 { try expectSampledData("eda", in: folder) }
    }

    @Test func `tags and corrections of sleep are observations the person made`() throws {
        try ingest([try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "day.csv")])
        for words in [
            ["tag", "add", "late \"coffee\"", "--day", "2026-01-05", "--at", "21:30"],
            ["tag", "add", "travel", "--day", "2026-01-05"],
            [
                "sleep", "add", "--day", "2026-01-06", "--from", "23:10", "--to", "06:40",
                "--note", "on the sofa",
            ],
        ] {
            let outcome = try tool.runBare(
                words + ["--passphrase-file", tool.passphraseFile.path])
            #expect(outcome.code == 0, "\(outcome.talk)")
        }
        let folder = try export(["--format", "fhir", "--observed-only"])
        _ = try expectSound(folder)
        guard
            case .list(let entries)? = try value(
                folder.appending(path: "observed/fhir/said.json"))["entry"]
        else {
            Issue.record("no entries")
            return
        }
        let said = entries.compactMap { $0["resource"] }
            .filter { $0["resourceType"] == .text("Observation") }
        #expect(said.count == 3)
        #expect(said.contains { $0["valueString"] == .text("late \"coffee\"") })
        #expect(
            said.contains {
                $0["valueString"] == .text("travel")
                    && $0["effectiveDateTime"] == .text("2026-01-05")
            })
        #expect(
            said.contains {
                guard case .list(let notes)? = $0["note"] else { return false }
                return notes.first?["text"] == .text("on the sofa")
                    && $0["effectivePeriod"]?["start"] == .text("2026-01-05T23:10:00Z")
            })
    }

    /// Sampled data, worked out by hand from period, factor and origin, are the rows of the CSV.
    private func expectSampledData(_ quantity: String, in folder: URL) throws {
        let rows = try String(
            contentsOf: folder.appending(path: "observed/samples/\(quantity).csv"), encoding: .utf8
        ).split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let place = folder.appending(path: "observed/fhir")
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path).filter {
            $0.hasPrefix("\(quantity)-")
        }.sorted()
        var index = 0
        for file in files {
            guard case .list(let entries)? = try value(place.appending(path: file))["entry"] else {
                continue
            }
            for entry in entries {
                guard let data = entry["resource"]?["valueSampledData"],
                    case .text(let text)? = data["data"],
                    case .number(let period)? = data["period"],
                    case .number(let origin)? = data["origin"]?["value"],
                    case .text(let start)? = entry["resource"]?["effectivePeriod"]?["start"]
                else { continue }
                var factor = 1.0
                if case .number(let told)? = data["factor"] { factor = told }
                let began = try #require(Self.seconds(start))
                for (step, word) in text.split(separator: " ").enumerated() {
                    let number = try #require(Double(word)) * factor + origin
                    let row = rows[index]
                    let time = try #require(Self.seconds(String(row[0])))
                    #expect(abs(began + Double(step) * period / 1000 - time) <= 0.0011)
                    let stored = try #require(Double(row[3]))
                    #expect(abs(number - stored) <= 1e-5 * max(1, abs(stored)))
                    index += 1
                }
            }
        }
        #expect(index == rows.count && index > 1000)
    }

    /// Seconds since 1970 of RFC 3339, with an offset or `Z`.
    private static func seconds(_ text: String) -> Double? {
        let form = /(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)/
        guard let match = text.wholeMatch(of: form),
            let whole = try? Date(String(match.1) + match.3, strategy: .iso8601)
        else { return nil }
        return whole.timeIntervalSince1970 + (match.2.flatMap { Double("0\($0)") } ?? 0)
    }

    /// A made-up wave at 128 Hz with a gap of an hour.
    private func wave() -> [(time: Double, value: Float)] {
        (0..<12_800).map { index in
            let time = Double(index) / 128 + (index >= 6400 ? 3600 : 0)
            return (time, Float(1000 * sin(time * 7) + 300 * sin(time * 31)))
        }
    }

    @Test func `a signal comes back from EDF within the steps of its integers`() throws {
        let wave = wave()
        var text = "time,quantity,value\n"
        for (time, value) in wave {
            let nanoseconds = Int((time * 1e9).rounded(.down))
            let seconds = nanoseconds / 1_000_000_000
            let digits = String(nanoseconds % 1_000_000_000)
            let part = String(repeating: "0", count: 9 - digits.count) + digits
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            text += "2026-01-05T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):"
            text += "\(two(seconds % 60)).\(part)Z,ecg,\(value)\n"
        }
        try ingest([try tool.write(text, to: "wave.csv")])
        let folder = try export(["--format", "edf", "--observed-only"])
        let recordings = folder.appending(path: "waveforms")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: recordings.path).count == 1)

        let other = try CommandLineTool()
        _ = try other.makeVault()
        #expect(try other.run("ingest", recordings.path).code == 0)
        let back = other.folder.appending(path: "back")
        #expect(try other.run("export", back.path, "--format", "csv").code == 0)
        let rows = try String(
            contentsOf: back.appending(path: "observed/samples/ecg.csv"), encoding: .utf8
        ).split(separator: "\n").dropFirst()
        #expect(rows.count == wave.count)
        let step: Float = 2 * 1300 / 65_535
        var worst: Float = 0
        for (row, sample) in zip(rows, wave) {
            let fields = row.split(separator: ",", omittingEmptySubsequences: false)
            worst = max(worst, abs((Float(fields[3]) ?? .infinity) - sample.value))
        }
        #expect(worst <= step, "off by \(worst) uV, a step is \(step)")
        #expect(rows.first?.hasPrefix("2026-01-05T00:00:00Z") == true)
        #expect(rows.last?.hasPrefix("2026-01-05T01:01:39.9921875Z") == true)
    }

    @Test func `an age file holds the same export as a folder`() throws {
        try ingest([SampleExportTests.samples.appending(path: "hearth-csv").path])
        let options = ["--format", "csv", "--format", "fhir", "--observed-only"]
        let folder = try export(options)
        let secret = try tool.write("twelve brown mussels\n", to: "age-pass")
        let sealed = try export(options + ["--age-passphrase-file", secret], to: "out.age")
        let bytes = try Data(contentsOf: sealed)
        #expect(bytes.starts(with: Array("age-encryption.org/v1\n-> scrypt ".utf8)))
        let whole = try String(
            contentsOf: folder.appending(path: "SHA256SUMS"), encoding: .utf8)
        #expect(bytes.range(of: Data(whole.prefix(64).utf8)) == nil)
        try expectSame(folder, try opened(sealed, "twelve brown mussels"))
        let again = try tool.runBare(
            [
                "export", sealed.path, "--age-passphrase-file", secret, "--passphrase-file",
                tool.passphraseFile.path,
            ])
        #expect(again.code == 1 && again.talk.contains("is there already"))
        let refused = try tool.runBare(
            ["export", "x.age", "--format", "sqlite", "--age-passphrase-file", secret])
        #expect(refused.code == 64)
        let nobody = try tool.run("export", "x.age", "--age-recipient", "age1nobody")
        #expect(nobody.code == 64 && !FileManager.default.fileExists(atPath: "x.age.part"))
    }

    /// The folder that an age file's tar holds, unpacked by the system's tar.
    private func opened(_ file: URL, _ passphrase: String) throws -> URL {
        var reader = AgeReader(passphrase: try SecretBytes(copying: Array(passphrase.utf8).span))
        var plain: [UInt8] = []
        try reader.read([UInt8](try Data(contentsOf: file)).span, into: &plain)
        try reader.finish(into: &plain)
        let tar = tool.folder.appending(path: "plain.tar")
        try Data(plain).write(to: tar)
        let outcome = try tool.runBare(
            ["-xf", tar.path, "-C", tool.folder.path], program: URL(filePath: "/usr/bin/tar"))
        #expect(outcome.code == 0, "\(outcome.talk)")
        return tool.folder.appending(path: "hearth-export")
    }

    private func expectSame(_ one: URL, _ other: URL) throws {
        let outcome = try tool.runBare(
            ["-r", one.path, other.path], program: URL(filePath: "/usr/bin/diff"))
        #expect(outcome.code == 0, "\(outcome.output)")
    }
}

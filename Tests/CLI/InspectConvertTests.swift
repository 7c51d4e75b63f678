// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// `hearth inspect` and `hearth convert` on recordings of several kinds, good and bad.
@Suite struct InspectConvertTests {
    let tool: CommandLineTool

    init() throws { tool = try CommandLineTool() }

    private func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = tool.folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url.path
    }

    private static let fit = CommandLineTool.project.appending(
        path: "SampleData/garmin/activity/2026-01-22-run.fit")

    /// One recording of each kind that the tests go through.
    private func fixture(_ name: String) throws -> String {
        switch name {
        case "fit": return try write([UInt8](Data(contentsOf: Self.fit)), to: "run.fit")
        case "cwa":
            var axivity = AxivityRecording()
            axivity.addSeconds(30)
            return try write(axivity.bytes, to: "wrist.cwa")
        default: return try write(Self.night.bytes, to: "night.edf")
        }
    }

    /// Four seconds of two signals.
    private static var night: EDFBuilder {
        let digital = ("-32768", "32767")
        var file = EDFBuilder(
            [
                .init(
                    "EEG Fpz-Cz", "uV", physical: ("-250", "250"), digital: digital, samples: "8"),
                .init("ECG", "mV", physical: ("-5", "5"), digital: digital, samples: "4"),
            ], records: 4)
        for record in 0..<4 {
            file.append((0..<8).map { $0 * 401 - 1500 + record })
            file.append((0..<4).map { $0 * 977 - 900 })
        }
        return file
    }

    private func run(_ arguments: String...) throws -> CommandLineTool.Outcome {
        try tool.runBare(arguments)
    }

    private func inspection(_ path: String, _ more: String...) throws -> JSONValue {
        let outcome = try tool.runBare(["inspect", path, "--json"] + more)
        return try JSONValue(parsing: outcome.output)
    }

    /// Samples of all recordings of an inspection.
    private func samples(_ value: JSONValue) -> Int {
        guard case .list(let recordings)? = value["recordings"] else { return -1 }
        return recordings.reduce(0) { sum, recording in
            guard case .number(let count)? = recording["samples"] else { return sum }
            return sum + Int(count)
        }
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func mode(_ path: String) throws -> Int {
        let found = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        return (found as? NSNumber)?.intValue ?? 0
    }

    // MARK: Inspect

    @Test(arguments: [
        ("fit", ["format      fit", "heart-rate", "clock       UTC+01:00 (stated in the file)"]),
        (
            "cwa",
            [
                "format      axivity-cwa", "acceleration", "100 Hz", "time zone", "gravity",
                "unanchored-time",
            ]
        ),
        ("edf", ["format      edf", "eeg", "8 Hz", "ecg", "4 Hz", "time zone"]),
    ])
    func `an inspection says what a recording is`(name: String, words: [String]) throws {
        let path = try fixture(name)
        let outcome = try run("inspect", path)
        #expect(outcome.code == 0)
        for word in words + [path, "verdict     sound", "span        2026-01-"] {
            #expect(outcome.output.contains(word), "\(word) is not in:\n\(outcome.output)")
        }
    }

    @Test(arguments: ["fit", "cwa", "edf"])
    func `an inspection as JSON follows its schema`(name: String) throws {
        let value = try inspection(try fixture(name))
        #expect(try SchemaTests.check("inspection").problems(in: value) == [])
        #expect(samples(value) > 0)
    }

    @Test func `damage and unknown files follow the schema too, with their exit codes`() throws {
        let whole = try Data(contentsOf: Self.fit)
        let cut = try write([UInt8](whole.prefix(whole.count / 2)), to: "cut.fit")
        let other = try tool.write("secret words", to: "other.txt")
        let check = try SchemaTests.check("inspection")
        #expect(check.problems(in: try inspection(cut)) == [])
        #expect(check.problems(in: try inspection(other)) == [])
        #expect(try run("inspect", cut).code == 3)
        let refused = try run("inspect", other)
        #expect(refused.code == 65)
        #expect(refused.output.contains("found no format that Hearth reads"))
        #expect(!refused.output.contains("secret"))
        #expect(try run("inspect", cut, other).code == 3)
        #expect(try run("inspect", "nowhere.fit").code == 65)
    }

    @Test func `gaps are told, and what is flawed is told apart from notes`() throws {
        let path = try write(EDFBuilder.night().bytes, to: "night.edf")
        let outcome = try run("inspect", path)
        #expect(outcome.code == 3)
        #expect(outcome.output.contains("missing     eeg: 1 gap, 30 s together"))
        #expect(outcome.output.contains("  issue       byte 1256: invalid-value"))
        #expect(outcome.output.contains("  note        byte 168: unanchored-time"))
        #expect(try SchemaTests.check("inspection").problems(in: try inspection(path)) == [])
    }

    @Test func `of a folder, files that are no recordings are left out`() throws {
        try tool.write("read me", to: "in/README.txt")
        try tool.write("", to: "in/tags.csv")
        try tool.write(csv(day: "2026-01-05", rates: 50..<60), to: "in/a.csv")
        let outcome = try run("inspect", "in")
        #expect(outcome.code == 0)
        #expect(outcome.output.hasPrefix("in/a.csv\n"))
        #expect(!outcome.output.contains("README"))
    }

    @Test func `a zone given moves local times, and is not missed any more`() throws {
        let path = try fixture("cwa")
        #expect(try run("inspect", path).output.contains("2026-01-02 03:00:00"))
        let told = try run("inspect", path, "--zone", "+02:00")
        #expect(told.output.contains("2026-01-02 01:00:00"))
        #expect(!told.output.contains("unanchored-time"))
        #expect(try run("inspect", path, "--zone", "Zurich").code == 64)
    }

    @Test func `where nothing is found, that is said`() throws {
        try tool.write("read me", to: "in/README.txt")
        let outcome = try run("inspect", "in")
        #expect(outcome.code == 0 && outcome.output.isEmpty)
        #expect(outcome.talk.contains("found no recording in in"))
        let missing = try run("inspect", "nowhere.fit")
        #expect(missing.output.contains("no such file or folder"))
        #expect(!missing.output.contains("format"))
        let folder = try run("convert", "in", "--to", "csv")
        #expect(folder.code == 65 && folder.output.isEmpty)
        #expect(folder.talk.contains("in: found a folder; expected a file"))
    }

    // MARK: Convert

    @Test(arguments: ["fit", "cwa", "edf"], ["csv", "ndjson"])
    func `what is converted reads as the same samples`(name: String, target: String) throws {
        let path = try fixture(name)
        let output = tool.folder.appending(path: "out.\(target)").path
        let outcome = try run("convert", path, "--to", target, "--output", output)
        #expect(outcome.code == 0, "\(outcome.talk)")
        #expect(outcome.output.isEmpty)
        #expect(try mode(output) == 0o600)
        #expect(!exists(output + ".part"))
        #expect(try samples(inspection(output)) == samples(inspection(path)))
        let piped = try run("convert", path, "--to", target)
        #expect(try piped.output == String(contentsOfFile: output, encoding: .utf8))
    }

    @Test(arguments: ["cwa", "edf"])
    func `signals become EDF that is read again`(name: String) throws {
        let path = try fixture(name)
        let output = tool.folder.appending(path: "out.edf").path
        let outcome = try run("convert", path, "--to", "edf", "--output", output)
        #expect(outcome.code == 0, "\(outcome.talk)")
        let files = try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
            .filter { $0.hasPrefix("out") }
        #expect(!files.isEmpty)
        for file in files {
            let written = tool.folder.appending(path: file).path
            #expect(try mode(written) == 0o600)
            let value = try inspection(written)
            #expect(samples(value) > 0)
            #expect(try run("inspect", written).output.contains("format      edf"))
        }
    }

    @Test func `what has no signal is not written as EDF`() throws {
        let path = try tool.write(
            "time,quantity,value\n2026-01-05T00:00:00Z,body-mass,70.5\n", to: "weight.csv")
        let output = tool.folder.appending(path: "out.edf").path
        let outcome = try run("convert", path, "--to", "edf", "--output", output)
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("left out body-mass: "))
        #expect(outcome.talk.contains("can be written as EDF"))
        #expect(!outcome.talk.contains("70.5"))
        #expect(!exists(output) && !exists(output + ".part"))
    }

    @Test func `a file that cannot be read leaves what was there`() throws {
        let bad = try tool.write("not a recording", to: "bad.txt")
        let output = try tool.write("kept", to: "out.csv")
        let outcome = try run("convert", bad, "--to", "csv", "--output", output)
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("\(bad): found no format that Hearth reads"))
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "kept")
        #expect(!exists(output + ".part"))
    }

    @Test func `a damaged file is converted in part and exits with 3`() throws {
        let whole = try Data(contentsOf: Self.fit)
        let cut = try write([UInt8](whole.prefix(whole.count / 2)), to: "cut.fit")
        let output = tool.folder.appending(path: "out.csv").path
        let outcome = try run("convert", cut, "--to", "csv", "--output", output)
        #expect(outcome.code == 3)
        #expect(outcome.talk.contains("cut.fit: read in part; byte "))
        #expect(try samples(inspection(output)) == samples(inspection(cut)))
    }

    @Test func `a folder in the way of the output is told and left clean`() throws {
        let path = try fixture("cwa")
        let output = tool.folder.appending(path: "out.csv").path
        try FileManager.default.createDirectory(
            atPath: output + "/full", withIntermediateDirectories: true)
        let outcome = try run("convert", path, "--to", "csv", "--output", output)
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("\(output) cannot be written"))
        #expect(!exists(output + ".part"))
    }

    // MARK: What files say must not steer the terminal or a spreadsheet

    private let steering = "\u{1B}]0;owned\u{07}\u{202E}"

    @Test(.enabled(if: CommandLineTool.hasPython))
    func `names of devices, files and entries are shown without control characters`() throws {
        let rows =
            "time,quantity,value,vendor,model\n"
            + "2026-01-05T00:00:00Z,heart-rate,61,\(steering),\(steering)watch\n"
        let plain = try tool.write(rows, to: "in/\(steering)a.csv")
        let zip = tool.folder.appending(path: "in/b.zip").path
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w") as archive:
                archive.writestr("\\x1b]0;owned\\x07\\u202ea.csv", sys.argv[2])
                archive.writestr("\\x1b]0;owned\\x07\\u202eb.csv", sys.argv[2] + "x,heart-rate,1,a,b\\n")
                archive.writestr("\\x1b]0;owned\\x07\\u202ec.txt", "nothing")
            """
        let made = try tool.runBare(["-c", script, zip, rows], program: CommandLineTool.python)
        #expect(made.code == 0, "\(made.talk)")
        _ = try tool.makeVault()
        let folder = tool.folder.appending(path: "in").path
        let outcomes = [
            try run("inspect", plain, zip), try run("inspect", "in/\(steering)none"),
            try tool.run("ingest", folder, "--verbose"), try tool.run("sources"),
            try tool.run("show", "heart-rate"), try run("convert", zip, "--to", "edf"),
            try run("convert", "in/\(steering)none", "--to", "csv"),
        ]
        for outcome in outcomes {
            let text = outcome.output + outcome.talk
            #expect(!text.isEmpty)
            for scalar in text.unicodeScalars where scalar != "\n" {
                #expect(scalar.value >= 32 && scalar.value != 0x202E && scalar.value != 127)
            }
        }
        #expect(outcomes[0].output.contains("watch"))
    }

    @Test(arguments: ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
    func `what a spreadsheet would run is escaped in CSV`(model: String) throws {
        let path = try tool.write(
            "time,quantity,value,vendor,model\n2026-01-05T00:00:00Z,heart-rate,61,x,\(model)\n",
            to: "a.csv")
        let outcome = try run("convert", path, "--to", "csv")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains(",x,'\(model),"))
        let again = try tool.write(outcome.output, to: "b.csv")
        #expect(try run("convert", again, "--to", "csv").output == outcome.output)
    }
}

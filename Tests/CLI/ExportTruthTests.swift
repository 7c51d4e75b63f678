// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// What an export says of itself is what it holds: marks, counts, codes, and all that is stored.
extension ExportFormatTests {
    private func run(_ words: [String], input: String? = nil) throws -> CommandLineTool.Outcome {
        let outcome = try tool.runBare(
            words + ["--passphrase-file", tool.passphraseFile.path], input: input)
        #expect(outcome.code == 0, "\(words): \(outcome.talk)")
        return outcome
    }

    private func text(_ folder: URL, _ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    private func isThere(_ folder: URL, _ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }

    private func list(_ value: JSONValue?) -> [JSONValue] {
        if case .list(let values)? = value { values } else { [] }
    }

    private func number(_ value: JSONValue?) -> Double? {
        if case .number(let number)? = value { number } else { nil }
    }

    private func word(_ value: JSONValue?) -> String? {
        if case .text(let text)? = value { text } else { nil }
    }

    /// The resources of a kind in the bundles of a folder.
    private func resources(_ folder: URL, _ place: String, _ prefix: String) throws -> [JSONValue] {
        let inside = folder.appending(path: place)
        return try FileManager.default.contentsOfDirectory(atPath: inside.path).sorted()
            .filter { $0.hasPrefix(prefix) && $0 != "code-system.json" }
            .flatMap { list(try value(inside.appending(path: $0))["entry"]) }
            .compactMap { $0["resource"] }.filter { $0["resourceType"] == .text("Observation") }
    }

    private func points(_ folder: URL, _ place: String, _ prefix: String) throws -> [JSONValue] {
        let inside = folder.appending(path: place)
        return try FileManager.default.contentsOfDirectory(atPath: inside.path).sorted()
            .filter { $0.hasPrefix(prefix) }.flatMap { list(try value(inside.appending(path: $0))) }
    }

    private func count(_ values: [JSONValue], _ test: (JSONValue) -> Bool) -> Int {
        values.reduce(0) { $0 + (test($1) ? 1 : 0) }
    }

    // MARK: Alerts

    /// An alert on each of two days.
    private func makeAlerts() throws -> [String] {
        for day in ["2026-01-05", "2026-01-07"] {
            let start = try Date("\(day)T08:00:00Z", strategy: .iso8601)
            let lines = (0..<1800).map { second in
                let time = start.addingTimeInterval(Double(second)).formatted(.iso8601)
                let rate = (600..<1200).contains(second) ? 140 : 64
                return "{\"time\":\"\(time)\",\"quantity\":\"heart-rate\",\"value\":\(rate)}\n"
            }
            _ = try run(["stream", "--for", "1m"], input: lines.joined())
        }
        let stored = try run(["stream", "--for", "1m", "--after", "0"], input: "").output
        return stored.split(separator: "\n").map(String.init).filter { $0.contains("\"alert\"") }
    }

    @Test func `alerts are in every whole copy, a line each with all its terms`() throws {
        let alerts = try makeAlerts()
        #expect(alerts.count == 2)
        let whole = try export(["--format", "csv", "--format", "ndjson", "--format", "sqlite"])
        let manifest = try expectSound(whole)
        let file = list(manifest["files"]).first { $0["name"] == .text("derived/alerts.ndjson") }
        #expect(file?["rows"] == .number(2) && file?["format"] == .text("ndjson"))
        #expect(try text(whole, "derived/alerts.ndjson") == alerts.joined(separator: "\n") + "\n")
        #expect(try text(whole, "README.txt").contains("  alerts.ndjson "))
        let dictionary = try text(whole, "derived/data-dictionary.csv")
        for alert in alerts {
            let rule = try #require(word(try JSONValue(parsing: alert)["rule"]))
            #expect(dictionary.contains("\nalert.\(rule),"), "\(rule)")
        }
        let bare = try export(["--format", "csv"], to: "bare")
        #expect(try text(bare, "derived/alerts.ndjson").split(separator: "\n").count == 2)
        let access = tool.folder.appending(path: "access")
        _ = try run(["access", "--out", access.path])
        #expect(try text(access, "data/derived/alerts.ndjson").split(separator: "\n").count == 2)
        guard CommandLineTool.hasPython else { return }
        let rows = try tool.runBare(
            [
                "-c",
                "import sqlite3, sys\nfor r in sqlite3.connect(sys.argv[1]).execute("
                    + "'SELECT line FROM alerts ORDER BY to_ns'): print(r[0])",
                whole.appending(path: "hearth.sqlite").path,
            ], program: CommandLineTool.python)
        #expect(rows.output == alerts.joined(separator: "\n") + "\n")
    }

    @Test func `alerts follow selection and restriction as days do`() throws {
        let alerts = try makeAlerts()
        let observed = try export(["--observed-only"], to: "observed")
        #expect(!isThere(observed, "derived"))
        let some = try export(["--quantity", "heart-rate"], to: "some")
        #expect(!isThere(some, "derived"))
        let first = try export(["--to", "2026-01-06"], to: "first")
        #expect(try text(first, "derived/alerts.ndjson") == alerts[0] + "\n")
        let second = try export(["--from", "2026-01-06"], to: "second")
        #expect(try text(second, "derived/alerts.ndjson") == alerts[1] + "\n")
        _ = try run(["restrict", "add", "--from", "2026-01-05", "--to", "2026-01-05"])
        let rest = try export([], to: "rest")
        #expect(try text(rest, "derived/alerts.ndjson") == alerts[1] + "\n")
    }

    @Test func `somebody else gets no alert of what must not be shared`() throws {
        let alerts = try makeAlerts()
        try ingest([
            try tool.write(
                "time,duration_s,quantity,value\n2026-01-05T09:00:00Z,60,steps,40\n", to: "s.csv")
        ])
        let other = ["--recipient", "Dr Quagga"]
        let free = try export(other, to: "free")
        #expect(try text(free, "derived/alerts.ndjson") == alerts.joined(separator: "\n") + "\n")
        _ = try run(["policy", "set", "heart", "--purpose", "keep", "--purpose", "insight"])
        let held = try export(other, to: "held")
        #expect(isThere(held, "observed/samples/steps.csv"))
        #expect(!isThere(held, "observed/samples/heart-rate.csv"))
        #expect(!isThere(held, "derived/alerts.ndjson"))
        let own = try export([], to: "own")
        #expect(try text(own, "derived/alerts.ndjson") == text(free, "derived/alerts.ndjson"))
    }

    // MARK: Amendments

    /// A hundred heart rates, of which thirty-six are set right and four removed.
    private func makeAmended() throws {
        try ingest([try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "day.csv")])
        _ = try run(
            [
                "amend", "set", "heart-rate", "--from", "2026-01-05T00:10", "--to",
                "2026-01-05T00:46", "--value-file", "-",
            ], input: "97.5\n")
        _ = try run(
            [
                "amend", "remove", "heart-rate", "--from", "2026-01-05T01:00", "--to",
                "2026-01-05T01:04",
            ])
    }

    @Test func `amended values are marked in FHIR and Open mHealth, and counted as such`() throws {
        try makeAmended()
        let folder = try export(
            ["csv", "fhir", "omh", "edf"].flatMap { ["--format", $0] } + ["--observed-only"])
        let manifest = try expectSound(folder)
        var streams: [String: Double] = [:]
        for stream in list(manifest["streams"]) {
            streams[word(stream["derivation"]) ?? "", default: 0] += number(stream["samples"]) ?? 0
        }
        #expect(streams == ["measured": 60, "amended": 36])
        let rows = try text(folder, "observed/samples/heart-rate.csv").split(separator: "\n")
        #expect(
            count(rows.map { .text(String($0)) }) { word($0)?.hasSuffix("amended") == true } == 36)
        let observations = try resources(folder, "observed/fhir", "heart-rate")
        #expect(observations.count == 96)
        for one in observations {
            let isAmended = one["valueQuantity"]?["value"] == .number(97.5)
            #expect(one["status"] == .text(isAmended ? "amended" : "final"))
            let how = word(one["method"]?["text"]) ?? ""
            #expect(how.hasPrefix(isAmended ? "set right" : "measured"), "\(how)")
        }
        let said = try points(folder, "observed/omh", "heart-rate").map {
            $0["header"]?["acquisition_provenance"]?["modality"]
        }
        #expect(
            said.count == 96
                && count(said.compactMap(\.self)) { $0 == .text("self-reported") } == 36)
        let left = list(manifest["leftOut"]).filter { $0["format"] == .text("edf") }
        #expect(left.map { number($0["samples"]) ?? 0 }.reduce(0, +) == 96)
        let access = tool.folder.appending(path: "access")
        _ = try run(["access", "--out", access.path])
        #expect(try text(access, "access.html").contains("hearth-csv, set right"))
    }

    @Test func `an amended workout and stage say so in IEEE 1752`() throws {
        let table = """
            time,duration_s,quantity,value,value2,value3,derivation
            2026-01-05T08:00:00Z,1800,workout,1,200,5000,amended
            2026-01-05T18:00:00Z,1800,workout,11,100,2000,measured
            2026-01-05T20:00:00Z,1800,workout,7,100,2000,measured
            2026-01-05T22:00:00Z,600,sleep-stage,2,,,amended

            """
        try ingest([try tool.write(table, to: "table.csv")])
        let folder = try export(["--format", "omh", "--observed-only"])
        _ = try expectSound(folder)
        let workouts = try points(folder, "observed/omh", "workout").map {
            "\(word($0["header"]?["modality"]) ?? "") \(word($0["body"]?["activity_name"]) ?? "")"
        }
        #expect(
            workouts.sorted() == ["self-reported running", "sensed FIT sport 7", "sensed walking"])
        let stages = try points(folder, "observed/omh", "sleep-stage")
        #expect(stages.map { $0["header"]?["modality"] } == [.text("self-reported")])
    }

    // MARK: There and back

    private static let tellsOfAmendments: Set = [
        "SHA256SUMS", "manifest.json", "derived/days.ndjson",
    ]

    /// The names of the files that are not the same in both folders, or in one alone.
    private func differing(_ one: URL, _ other: URL) throws -> Set<String> {
        func files(_ folder: URL) throws -> [String: Data] {
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            return try names.reduce(into: [:]) { found, name in
                let url = folder.appending(path: name)
                guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
                else { return }
                found[name] = try Data(contentsOf: url)
            }
        }
        let (left, right) = (try files(one), try files(other))
        return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }
    }

    @Test func `with signals and amendments an export comes back once, and identical`() throws {
        try makeAmended()
        var rows = "time,quantity,value\n"
        for index in 0..<2000 {
            let part = String(1_000_000_000 + index % 100 * 10_000_000).dropFirst()
            let second = String(100 + index / 100).dropFirst()
            rows += "2026-01-05T12:00:\(second).\(part)Z,ecg,\(index * 37 % 500)\n"
        }
        try ingest([try tool.write(rows, to: "ecg.csv")])
        let formats = ["csv", "ndjson", "edf"].flatMap { ["--format", $0] }
        let first = try export(formats, to: "first")
        #expect(isThere(first, "waveforms/2026-01-05-1.edf"))
        let other = try ExportFormatTests()
        try other.ingest([first.appending(path: "observed").path])
        let second = try other.export(formats, to: "second")
        #expect(try differing(first, second) == Self.tellsOfAmendments)
        let streams = try [first, second].map {
            try value($0.appending(path: "manifest.json"))["streams"]
        }
        #expect(streams[0] == streams[1] && list(streams[0]).count == 3)
        // What was computed tells of the amendment, which the other vault never made.
        let days = try [first, second].map { folder in
            try text(folder, "derived/days.ndjson").split(separator: "\n").map { line in
                var day = try JSONValue(parsing: String(line))
                if case .object(var members) = day {
                    members["corrections"] = nil
                    day = .object(members)
                }
                return day
            }
        }
        #expect(days[0] == days[1] && days[0].count == 1)
        let bare = try export(formats + ["--observed-only"], to: "bare")
        let again = try other.export(formats + ["--observed-only"], to: "again")
        #expect(try differing(bare, again).isEmpty)
        #expect(try text(first, "README.txt").contains("hearth ingest observed"))
    }

    @Test(arguments: ["fhir", "omh", "edf", "sqlite"])
    func `what cannot be taken back whole does not say it can`(format: String) throws {
        try ingest([try tool.write(csv(day: "2026-01-05", rates: 50..<150), to: "day.csv")])
        let folder = try export(["--format", format])
        #expect(try !text(folder, "README.txt").contains("ingest"))
    }

    @Test func `what EDF leaves out is counted in the selection`() throws {
        func beats(_ day: String, _ count: Int) -> String {
            (0..<count).map { beat in
                let minute = String(100 + beat / 2).dropFirst()
                let second = beat % 2 == 0 ? "00" : "30"
                return "\(day)T10:\(minute):\(second)Z,rr-interval,900\n"
            }.joined()
        }
        let text = "time,quantity,value\n" + beats("2026-01-05", 100) + beats("2026-02-05", 10)
        try ingest([try tool.write(text, to: "beats.csv")])
        let folder = try export(
            ["--format", "edf", "--format", "omh", "--from", "2026-02-01", "--observed-only"])
        let left = list(try expectSound(folder)["leftOut"]).filter { $0["format"] == .text("edf") }
        #expect(left.map { number($0["samples"]) } == [10])
    }

    // MARK: Codes and nights

    /// Awake for 75 min, asleep for 420 min with 20 min awake inside, and awake for 15 min.
    private static let night = """
        time,duration_s,quantity,value,vendor,model
        2026-01-05T22:00:00Z,4500,sleep-stage,1,Garmin,fenix 5
        2026-01-05T23:15:00Z,12000,sleep-stage,3,Garmin,fenix 5
        2026-01-06T02:35:00Z,1200,sleep-stage,1,Garmin,fenix 5
        2026-01-06T02:55:00Z,12000,sleep-stage,4,Garmin,fenix 5
        2026-01-06T06:15:00Z,900,sleep-stage,1,Garmin,fenix 5
        2026-01-05T23:30:00Z,0,skin-temperature,33.5,Garmin,fenix 5
        2026-01-06T01:30:00Z,0,skin-temperature,33.6,Garmin,fenix 5
        2026-01-06T01:30:00Z,0,skin-temperature-deviation,0.2,Garmin,fenix 5
        2026-01-06T01:30:00Z,0,body-temperature,36.6,Garmin,fenix 5
        2026-01-06T01:30:00Z,0,respiratory-rate,14,Garmin,fenix 5
        2026-01-06T08:30:00Z,60,steps,100,Garmin,fenix 5

        """

    @Test func `a sleep episode lasts from falling asleep to the last waking`() throws {
        try ingest([try tool.write(Self.night, to: "night.csv")])
        let folder = try export(["--format", "omh"])
        _ = try expectSound(folder)
        func episodes(_ folder: URL) throws -> [JSONValue] {
            try points(folder, "derived/omh", "sleep").filter {
                $0["header"]?["schema_id"]?["name"] == .text("sleep-episode")
            }
        }
        let episode = try #require(try episodes(folder).first)
        let stretch = episode["body"]?["effective_time_frame"]?["time_interval"]
        #expect(stretch?["start_date_time"] == .text("2026-01-05T23:15:00Z"))
        #expect(stretch?["end_date_time"] == .text("2026-01-06T06:15:00Z"))
        let body = try #require(episode["body"])
        #expect(body["latency_to_sleep_onset"]?["value"] == .number(75))
        #expect(body["latency_to_arising"]?["value"] == .number(15))
        #expect(body["total_sleep_time"]?["value"] == .number(400))
        let share = number(body["sleep_efficiency_percentage"]?["value"]) ?? 0
        #expect(abs(share - 100 * 400.0 / 420) < 1e-9)
        let again = try episodes(export(["--format", "omh"], to: "again"))
        #expect(again.first?["header"]?["uuid"] == episode["header"]?["uuid"])
        // The same night with other stages is another data point.
        _ = try run([
            "sleep", "edit", "--day", "2026-01-06", "--from", "22:00", "--to", "06:00",
        ])
        let edited = try episodes(export(["--format", "omh"], to: "edited"))
        #expect(edited.count == 1)
        #expect(edited.first?["header"]?["uuid"] != episode["header"]?["uuid"])
    }

    @Test func `a code means one thing, and what its system says`() throws {
        try ingest([try tool.write(Self.night, to: "night.csv")])
        let folder = try export(["--format", "fhir"])
        _ = try expectSound(folder)
        let system = try value(folder.appending(path: "observed/fhir/code-system.json"))
        var displays: [String: String] = [:]
        for concept in list(system["concept"]) {
            let code = word(concept["code"]) ?? ""
            #expect(displays[code] == nil, "\(code) twice")
            displays[code] = word(concept["display"])
        }
        var uses: [String: Set<String>] = [:]
        for place in ["observed", "derived"] {
            for one in try resources(folder, "\(place)/fhir", "") {
                for coding in list(one["code"]?["coding"])
                where coding["system"] == system["url"] {
                    let code = word(coding["code"]) ?? ""
                    #expect(displays[code] == word(coding["display"]), "\(code)")
                    uses[code, default: []].insert(place)
                }
            }
        }
        for code in ["steps", "skin-temperature", "respiratory-rate", "skin-temperature-deviation"]
        {
            #expect(uses[code] == ["observed"], "\(code)")
            #expect(uses["result.\(code)"] == ["derived"], "\(code)")
        }
        #expect(uses.values.allSatisfy { $0.count == 1 })
        let warm = try #require(
            try resources(folder, "observed/fhir", "body-temperature").first?["valueQuantity"])
        #expect(warm["unit"] == .text("°C") && warm["code"] == .text("Cel"))
    }
}

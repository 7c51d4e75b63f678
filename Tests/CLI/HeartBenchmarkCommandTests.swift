// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

/// `hearth benchmark rhythm|beats|hrv|anomaly|illness` on small made-up folders in the layouts they read.
@Suite struct HeartBenchmarkCommandTests {
    let tool: CommandLineTool

    init() throws { tool = try CommandLineTool() }

    private var folder: String { tool.folder.appending(path: "set").path }

    private func write(_ text: String, _ name: String) throws {
        try tool.write(text, to: "set/\(name)")
    }

    private func run(
        _ name: String, _ arguments: String...
    ) throws -> CommandLineTool.Outcome {
        try tool.runBare(["benchmark", name, folder] + arguments)
    }

    /// The three forms of one report, each of which names what was left out and ends with code 3.
    private func expectForms(
        _ name: String, title: String, words: [String], leftOut: String
    ) throws {
        let text = try run(name)
        #expect(text.code == 3, "\(text.talk)")
        #expect(text.talk.contains("left out: \(leftOut)"), "\(text.talk)")
        #expect(text.output.hasPrefix(title), "\(text.output.prefix(200))")
        let markdown = try run(name, "--format", "markdown")
        #expect(markdown.code == 3 && markdown.output.hasPrefix("# \(title)"))
        #expect(markdown.output.contains("| --- |"))
        for word in words {
            #expect(text.output.contains(word), "\(word) in \(name)")
            #expect(markdown.output.contains(word), "\(word) in \(name), markdown")
        }
        let json = try run(name, "--format", "json")
        #expect(json.code == 3)
        let value = try JSONValue(parsing: json.output)
        #expect(value["schema"] == .text("hearth.benchmark.\(name)/1"))
    }

    private func expectRefusal(_ name: String) throws {
        let outcome = try run(name)
        #expect(outcome.code == 65 || outcome.code == 66, "\(name): \(outcome.code)")
        #expect(outcome.output.isEmpty && outcome.talk.hasPrefix("hearth: error: "))
    }

    @Test func `every one refuses a folder that is not there or holds nothing`() throws {
        for name in ["rhythm", "beats", "hrv", "anomaly", "illness"] { try expectRefusal(name) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for name in ["rhythm", "beats", "hrv", "anomaly", "illness"] { try expectRefusal(name) }
    }

    // MARK: Rhythm

    /// A sinus rhythm, or one without any order.
    private func intervals(_ isIrregular: Bool, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<600).map { _ in
            isIrregular
                ? Double.random(in: 0.4...1.2, using: &random)
                : 0.8 + Double.random(in: -0.01...0.01, using: &random)
        }
    }

    private func writeRhythm(_ id: String, isIrregular: Bool) throws {
        var at = 0.0
        var lines = ""
        for interval in intervals(isIrregular, seed: 3) {
            lines += "\(at)\t\(interval)\t\(at + 250 * interval)\n"
            at += 250 * interval
        }
        try write(lines, "afdb-rr/qrs\(id).txt")
        try write("0:00.000 0 + 0 0 0 (\(isIrregular ? "AFIB" : "N")\n", "afdb-rr/atr\(id).txt")
    }

    @Test func `rhythm tells each record and leaves out what it cannot read`() throws {
        try writeRhythm("90001", isIrregular: true)
        try writeRhythm("90002", isIrregular: false)
        try write("1 2\n", "afdb-rr/qrs90003.txt")
        try write("0:00.000 0 + 0 0 0 (N\n", "afdb-rr/atr90003.txt")
        let normal = intervals(false, seed: 4).map { "\($0)" }.joined(separator: "\n")
        try write("0.5\n" + normal + "\n", "rr-24h/normal/x01_rr_secs.txt")
        try expectForms(
            "rhythm", title: "Irregular rhythm against annotations",
            words: ["90001", "90002", "x01", "rhythm screen"], leftOut: "90003: ")
        let row = try run("rhythm").output.split(separator: "\n").first { $0.hasPrefix("90001") }
        #expect(row?.contains("100.00") == true, "\(row ?? "")")
        let features = try run("rhythm", "--features")
        #expect(features.output.split(separator: "\n").count > 200)
        try write("not json", "folds.json")
        let folds = try run("rhythm", "--folds", folder + "/folds.json")
        #expect(folds.code == 65 && folds.talk.hasPrefix("hearth: error: "), "\(folds.talk)")
    }

    // MARK: Beats

    @Test func `beats counts those of a made-up lead and leaves out what it cannot read`() throws {
        let signal = WaveformSignal.ecg(rate: 250, seconds: 60, seed: 21)
        try write(signal.values.map { "\($0)" }.joined(separator: "\n"), "one.csv")
        let beats = signal.beats.map { "\(Int(($0 * 250).rounded()))" }
        try write(beats.joined(separator: "\n"), "one_ann.csv")
        try write("1\n2\nthree\n", "two.csv")
        try write("1\n", "two_ann.csv")
        let outcome = try run("beats", "--rate", "250")
        #expect(outcome.code == 3)
        #expect(outcome.talk.contains("left out: two: not one number a line"))
        #expect(outcome.output.contains("100.000"), "\(outcome.output.prefix(600))")
        try expectForms(
            "beats", title: "Beats against annotations", words: ["one", "Pan-Tompkins"],
            leftOut: "two: ")
        #expect(try run("beats", "--rate", "0").code == 64)
    }

    // MARK: HRV

    @Test func `hrv agrees with numbers worked by hand and leaves out what is missing`() throws {
        // 800 and 820 ms by turns: RMSSD 20, SDNN 10 sqrt (30 / 29).
        let intervals = (0..<30).map { $0 % 2 == 0 ? "800" : "820" }.joined(separator: ",")
        try write(
            #""user_code","rr_code","meanrr","sdnn","rmssd","pnn50","tags","rr_data""# + "\n"
                + #""a","b","810.000","10.171","20.000","0.000","x","\#(intervals)""# + "\n",
            "hrv_measurements.csv")
        try write(
            "patID,t_start,t_end,NNmean\nx1,0,300,800\n", "A_HRV_allwindows_allpatients.csv")
        try expectForms(
            "hrv", title: "Heart-rate variability", words: ["rmssd", "sdnn"], leftOut: "x1: ")
    }

    // MARK: Anomaly

    private func writeSeries(_ name: String, spike: Int?) throws {
        var random = SeededRandom(seed: 5)
        var text = "timestamp,value\n"
        for row in 0..<1500 {
            let value = row == spike ? 90 : 10 + Double.random(in: -1...1, using: &random)
            text += "\(Self.time(row)),\(value)\n"
        }
        try write(text, "data/\(name)")
    }

    private static func time(_ row: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = row * 5
        return
            "2026-01-\(two(1 + minutes / 1440)) \(two(minutes / 60 % 24)):\(two(minutes % 60)):00"
    }

    @Test func `anomaly finds a spike and leaves out what it cannot read`() throws {
        try writeSeries("made/spike.csv", spike: 1200)
        try writeSeries("made/quiet.csv", spike: nil)
        try write("timestamp,value\n2026-01-01 00:00:00,abc\n", "data/made/words.csv")
        try writeSeries("made/window.csv", spike: nil)
        let window = "[[\"\(Self.time(1180))\", \"\(Self.time(1220))\"]]"
        try write(
            """
            {"made/spike.csv": \(window), "made/quiet.csv": [], "made/words.csv": [],
             "made/gone.csv": [], "../made/spike.csv": [], "/etc/hostname": [],
             "made/window.csv": [["2031-01-01 00:00:00", "2031-01-02 00:00:00"]]}
            """, "labels/combined_windows.json")
        try expectForms(
            "anomaly", title: "Anomalies in labelled series", words: ["spike", "quiet"],
            leftOut: "made/words.csv: line 2")
        let talk = try run("anomaly").talk
        for name in ["made/gone.csv", "../made/spike.csv", "/etc/hostname"] {
            #expect(talk.contains("left out: \(name): it cannot be read"), "\(talk)")
        }
        #expect(talk.contains("left out: made/window.csv: a window names a time without a row"))
        #expect(!talk.contains("abc"), "a value in a message")
    }

    @Test(arguments: [
        "", "[]", "{", "{\"a\": 1}", "{\"a\": [[\"x\"]]}", "{\"a.csv\": []}", "null",
    ])
    func `anomaly labels that are none are refused`(labels: String) throws {
        try write(labels, "labels/combined_windows.json")
        try write("timestamp,value\n", "data/a.csv")
        try write("\u{0}\n\u{0}", "data/a")
        try expectRefusal("anomaly")
    }

    // MARK: Illness

    private func writeIllness(_ extra: String, days: Int = 60) throws {
        try write(
            "user_code,symptoms_onset\np1,2/20/2026\np2,\n\(extra)", "data/participants.csv")
        var text = "user_code,day,resting_pulse,pulse_min,body_temperature_avg\n"
        for day in 0..<days {
            let date = LocalDate(dayNumber: 20_454).advanced(by: Int64(day))
            let isIll = (48...54).contains(day)
            text += "p1,\(date),\(isIll ? 72 : 58 + day % 2),\(isIll ? 60 : 48),\n"
        }
        try write(text, "data/wearables.csv")
    }

    @Test func `illness counts alarms by person and says how many rows it left out`() throws {
        try writeIllness("p3,someday\np4\n")
        try expectForms(
            "illness", title: "Alarms around the first day of an illness",
            words: ["NightSignal"], leftOut: "2 rows that cannot be read")
    }

    @Test func `illness tables of another shape are refused or counted`() throws {
        try writeIllness("", days: 60)
        #expect(try run("illness").code == 0)
        for (people, days) in [
            ("", ""), ("user_code\np1\n", "user_code,day\n"), ("user_code,symptoms_onset\n", ""),
            ("user_code,symptoms_onset\np1,2/20/2026\n", "user_code\np1\n"),
            ("user_code,symptoms_onset\np1,2/30/2026\n", "user_code,day\np1,2026-02-30\n"),
            ("\"", "\""), ("user_code,symptoms_onset\np1,99999999999999999999/1/1\n", "a,b\n"),
        ] {
            try write(people, "data/participants.csv")
            try write(days, "data/wearables.csv")
            try expectRefusal("illness")
        }
        try write("user_code,symptoms_onset\np1,2/20/2026\n", "data/participants.csv")
        try write(
            "user_code,day,resting_pulse\np1,2026-02-01,nan\np1,2026-02-02,inf\n"
                + "p1,2026-02-03,-1e308\np1,yesterday,3\np1,2026-02-04,60\np1\n",
            "data/wearables.csv")
        let outcome = try run("illness")
        #expect(outcome.code == 3 && outcome.talk.contains("2 rows"), "\(outcome.talk)")
        #expect(!outcome.talk.contains("yesterday"))
    }
}

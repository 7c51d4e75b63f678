// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport
import Testing

/// `hearth benchmark sleep` on small made-up nights.
@Suite struct BenchmarkCommandTests {
    let tool: CommandLineTool

    init() throws { tool = try CommandLineTool() }

    /// Two hours: wake in the first quarter, then light, deep and REM sleep; movement while awake.
    private func writeNight(_ id: String, unscored: Int = 0) throws {
        var hr = ""
        var counts = ""
        var psg = ""
        for epoch in 0..<240 {
            let stage = epoch < unscored ? -1 : epoch < 60 ? 0 : [2, 3, 5][epoch / 20 % 3]
            psg += "\(epoch * 30).000000 \(stage)\n"
            for part in 0..<5 {
                hr += "\(epoch * 30 + part * 6).5 \(epoch < 60 ? 70 + part : 55 + part % 2)\n"
            }
            for part in 0..<2 {
                counts += "\(epoch * 30 + part * 15).25,\(epoch < 60 ? 150 : 0)\n"
            }
        }
        for (kind, text) in [("hr", hr), ("counts", counts), ("psg", psg)] {
            try tool.write(text, to: "nights/\(id)_cleaned_\(kind).out")
        }
    }

    private var nights: String { tool.folder.appending(path: "nights").path }

    private func run(_ arguments: String...) throws -> CommandLineTool.Outcome {
        try tool.runBare(["benchmark", "sleep", nights] + arguments)
    }

    /// What a row of a list of objects says of itself.
    private func row(
        _ list: JSONValue?, _ name: String, _ value: String
    ) throws -> JSONValue {
        guard case .list(let rows) = list else { throw CocoaError(.coderValueNotFound) }
        return try #require(rows.first { $0[name] == .text(value) })
    }

    @Test func `the table has the baselines, whether or not there is a stager`() throws {
        try writeNight("10")
        try writeNight("9", unscored: 10)
        let outcome = try run()
        #expect(outcome.code == 0 || outcome.code == 1, "\(outcome.talk)")
        #expect(outcome.talk.contains("no stager was measured") == (outcome.code == 1))
        #expect(outcome.output.contains("Oakley 1997, medium"))
        #expect(outcome.output.contains("2 people, one night each, 470 scored epochs"))
        #expect(outcome.output.contains("Not run: van Hees 2015, angle"))
        if outcome.code == 0 {
            for text in ["Stages, online", "Stages, night end", "Confusion", "majority class"] {
                #expect(outcome.output.contains(text), "\(text)")
            }
            // Nobody of these was in any training.
            #expect(outcome.output.contains("trained on none of these people"))
        }
        let markdown = try run("--format", "markdown").output
        #expect(markdown.contains("# Sleep against polysomnography"))
        #expect(markdown.contains("| method | accuracy |"))
    }

    @Test func `json tells the same in numbers, people by number`() throws {
        try writeNight("10")
        try writeNight("9", unscored: 10)
        let outcome = try run("--format", "json")
        let json = try JSONValue(parsing: outcome.output)
        #expect(json["schema"] == .text("hearth.benchmark.sleep/1"))
        guard case .list(let people) = json["people"] else {
            Issue.record("no people")
            return
        }
        #expect(people.map { $0["id"] } == [.text("9"), .text("10")])
        let all = try row(json["baselines"], "rule", "all-sleep")
        // 110 of wake and 360 of sleep, all called sleep.
        let text = outcome.output.filter { !$0.isWhitespace }
        #expect(text.contains("\"confusion\":[[0,110],[0,360]]"))
        #expect(all["pooled"]?["leftOpen"] != nil && all["needs"] == nil)
        #expect(try row(json["baselines"], "rule", "van-hees-2015")["pooled"] == nil)
    }

    @Test func `a person without a file is left out with the reason`() throws {
        try writeNight("1")
        try writeNight("2")
        try writeNight("3", unscored: 240)
        try FileManager.default.removeItem(atPath: nights + "/2_cleaned_hr.out")
        let outcome = try run()
        #expect(outcome.code == 3 || outcome.code == 1)
        #expect(outcome.talk.contains("left out: 2: 2_cleaned_hr.out is missing"))
        #expect(outcome.talk.contains("left out: 3: no epoch is scored"))
        #expect(outcome.output.contains("1 person, one night each"))
        try FileManager.default.removeItem(atPath: nights + "/1_cleaned_psg.out")
        let none = try run()
        #expect(none.code == 65 && none.output.isEmpty)
        #expect(none.talk.contains("no night that can be scored: 1: 1_cleaned_psg.out is missing"))
    }

    @Test(arguments: [
        ("hr", "0 60\n5 x61\n", "1_cleaned_hr.out: line 2: found something that is not a number"),
        ("hr", "0 60\n\n5 61 2\n", "1_cleaned_hr.out: line 3: found 3 columns"),
        ("counts", "0,1\n99999999,1\n", "1_cleaned_counts.out: line 2: found a time beyond"),
        ("psg", "0 0\n31 0\n", "1_cleaned_psg.out: line 2: found another time"),
        ("psg", "0 0\n30 7\n", "1_cleaned_psg.out: line 2: found another code"),
    ])
    func `a line that cannot be read is named`(
        kind: String, text: String, message: String
    ) throws {
        try writeNight("1")
        try tool.write(text, to: "nights/1_cleaned_\(kind).out")
        let outcome = try run()
        #expect(outcome.code == 65)
        #expect(outcome.output.isEmpty)
        #expect(outcome.talk.contains("hearth: error: \(message)"), "\(outcome.talk)")
        #expect(!outcome.talk.contains("x61"))
    }

    @Test func `folds without models leave the baselines, damaged ones are an error`() throws {
        try writeNight("1")
        let folds = tool.folder.appending(path: "folds").path
        #expect(try run("--folds", folds).code == 65)
        try tool.write("", to: "folds/other/parameters.json")
        let none = try run("--folds", folds)
        #expect(none.code == 1)
        #expect(none.talk.contains("holds no models of any of these people"))
        #expect(none.output.contains("Cole–Kripke 1992"))
        try tool.write("{\"version\": 1}\n", to: "folds/1/parameters.json")
        let damaged = try run("--folds", folds)
        #expect(damaged.code == 65)
        #expect(damaged.talk.contains("canonical") || damaged.talk.contains("expected"))
    }

    @Test func `without a folder the message says what to do`() throws {
        let outcome = try tool.runBare(["benchmark", "sleep"])
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("sleep-accel/cropped; name a folder of nights"))
        let empty = try tool.runBare(["benchmark", "sleep", tool.folder.path])
        #expect(empty.code == 65)
        #expect(empty.talk.contains("ID_cleaned_psg.out"))
    }
}

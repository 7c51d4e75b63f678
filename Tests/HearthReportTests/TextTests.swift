// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthReport

struct DecimalDigitsTests {
    @Test func `the digits name the number exactly`() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<4000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let text = DecimalDigits(value)?.ecmaScript ?? ""
            #expect(Double(text) == value, "seed 5: \(value)")
        }
    }

    @Test func `numbers read as in ECMAScript`() {
        let cases: [(Double, String)] = [
            (0, "0"), (-0.0, "0"), (52, "52"), (-1.5, "-1.5"), (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (0.000001, "0.000001"), (1e-7, "1e-7"), (1.5e-9, "1.5e-9"),
            (123_456.789, "123456.789"), (.leastNonzeroMagnitude, "5e-324"),
        ]
        for (value, text) in cases { #expect(DecimalDigits(value)?.ecmaScript == text) }
        #expect(DecimalDigits(.nan) == nil)
        #expect(DecimalDigits(.infinity) == nil)
    }
}

struct NumberTextTests {
    @Test func `rounding agrees with the C library`() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<4000 {
            let digits = Int.random(in: 0...6, using: &random)
            let value = Double.random(in: -20_000...20_000, using: &random)
            let slow = String(format: "%.\(digits)f", value)
            let fast = NumberText.fixed(value, digits: digits).replacing(",", with: "")
                .replacing("−", with: "-")
            #expect(fast == slow || Double(slow) == 0, "seed 6: \(value), \(digits) digits")
        }
    }

    @Test func `halves round as a reader would round the printed number`() {
        #expect(NumberText.fixed(2.675, digits: 2) == "2.68")
        #expect(NumberText.fixed(0.5, digits: 0) == "1")
        #expect(NumberText.fixed(9.995, digits: 2) == "10.00")
        #expect(NumberText.fixed(-0.04, digits: 1) == "0.0")
        #expect(NumberText.fixed(0.05, digits: 1) == "0.1")
    }

    @Test func `signs, groups, shares and ordinals`() {
        #expect(NumberText.signed(0.04, digits: 1) == "0.0")
        #expect(NumberText.signed(5.06, digits: 1) == "+5.1")
        #expect(NumberText.signed(-5.06, digits: 1) == "−5.1")
        #expect(NumberText.fixed(1_234_567.8, digits: 1) == "1,234,567.8")
        #expect(NumberText.integer(-9412) == "−9,412")
        #expect(NumberText.integer(.min) == "−9,223,372,036,854,775,808")
        #expect(NumberText.percent(0.963) == "96 %")
        let ordinals = [1, 10, 11, 12, 13, 21, 22, 23, 111].map(NumberText.ordinal)
        #expect(
            ordinals == [
                "first", "tenth", "11th", "12th", "13th", "21st", "22nd", "23rd", "111th",
            ])
    }
}

struct MeasureTests {
    private func text(_ value: Double, _ unit: String, _ digits: Int, _ id: String = "x") -> String
    {
        Measure(value, unit: unit, digits: digits, metric: id).text
    }

    @Test func `units read as people write them`() {
        #expect(text(52.44, "/min", 1, "resting-heart-rate-lowest-5min") == "52.4 bpm")
        #expect(text(14.1, "/min", 1, "respiratory-rate") == "14.1 /min")
        #expect(text(34.35, "Cel", 1) == "34.4 °C")
        #expect(text(9412, "{steps}", 0) == "9,412 steps")
        #expect(text(3.84, "1", 2) == "3.84")
        #expect(text(48.1, "mL/(kg.min)", 1) == "48.1 mL/kg/min")
    }

    @Test func `an hour and more is read in hours and minutes`() {
        #expect(text(59.4, "min", 0) == "59 min")
        #expect(text(59.5, "min", 0) == "1 h 00 min")
        #expect(text(422, "min", 0) == "7 h 02 min")
        #expect(text(422.4, "min", 1) == "422.4 min")
    }

    @Test func `ranges name their unit where it is needed`() {
        func range(_ lower: Double, _ upper: Double, _ unit: String) -> String {
            Measure.range(lower, upper, unit: unit, digits: 0, metric: "x")
        }
        #expect(range(48, 55, "ms") == "48–55")
        #expect(range(-3, 4, "ms") == "−3 to 4")
        #expect(range(52, 95, "min") == "52 min–1 h 35 min")
    }
}

struct WallClockTests {
    @Test func `instants are ISO 8601 with as many digits as they need`() {
        let base: Int64 = 1_763_589_480_000_000_000
        let cases: [(Int64, String)] = [
            (0, "2025-11-19T21:58:00Z"), (1_000_000, "2025-11-19T21:58:00.001Z"),
            (1000, "2025-11-19T21:58:00.000001Z"), (1, "2025-11-19T21:58:00.000000001Z"),
        ]
        for (offset, text) in cases {
            #expect(WallClock.iso(Timestamp(nanoseconds: base + offset)) == text)
        }
        #expect(WallClock.iso(Timestamp(nanoseconds: -1)) == "1969-12-31T23:59:59.999999999Z")
        #expect(WallClock.iso(.distantPast) == "1677-09-21T00:12:43.145224192Z")
        #expect(WallClock.iso(.distantFuture) == "2262-04-11T23:47:16.854775807Z")
    }

    @Test func `hours follow the wall through changes of any size`() throws {
        var night = try #require(SummaryFixtures.typical.night)
        func hours() -> [String] {
            let clock = WallClock(night)
            return clock.hours(from: night.start, to: night.end).map(clock.text)
        }
        #expect(
            hours() == ["23:00", "00:00", "01:00", "02:00", "03:00", "04:00", "05:00", "06:00"])
        let change = night.start.advanced(bySeconds: 4 * 3600 + 120)
        func clock(_ later: Int32) -> ZoneTimeline {
            ZoneTimeline([
                ZoneSpan(start: .distantPast, offsetSeconds: 3600, origin: .file),
                ZoneSpan(start: change, offsetSeconds: later, origin: .file),
            ])
        }
        night.clock = clock(0)
        #expect(
            hours() == ["23:00", "00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"])
        night.clock = clock(3600 + 20_700)
        #expect(hours().suffix(4) == ["09:00", "10:00", "11:00", "12:00"])
        #expect(WallClock.shift(20_700) == "+5 h 45 min")
        #expect(WallClock.shift(-1800) == "−30 min")
    }

    @Test func `dates are written out`() {
        #expect(WallClock.longDate(SummaryFixtures.day) == "Thursday 20 November 2025")
        #expect(WallClock.shortDate(SummaryFixtures.day) == "20 Nov")
    }
}

struct SafeTextTests {
    @Test func `what steers a terminal is made visible`() {
        #expect(SafeText.clean("a\u{1B}[2Jb") == "a\u{FFFD}[2Jb")
        #expect(SafeText.clean("a\r\n\tb \u{2028} c ") == "a b c")
        #expect(SafeText.clean("abc\u{202E}gnp") == "abc\u{FFFD}gnp")
        #expect(SafeText.clean("Zoë 👨‍👩‍👧 漢字") == "Zoë 👨‍👩‍👧 漢字")
        #expect(SafeText.clean(String(repeating: "x", count: 9000)).count == 2000)
    }

    @Test func `text wraps and is cut to its columns`() {
        #expect(SafeText.truncate("漢字漢字", to: 5, mark: "…") == "漢字…")
        #expect(SafeText.truncate("abc", to: 3, mark: "…") == "abc")
        #expect(SafeText.wrap("one two three", to: 8, lines: 3, mark: "…") == ["one two", "three"])
        #expect(SafeText.wrap("one two three four", to: 9, lines: 1, mark: "…") == ["one two…"])
        var random = SeededRandom(seed: 7)
        for _ in 0..<500 {
            let text = String(
                (0..<60).map { _ in "ab 漢é👧".randomElement(using: &random) ?? "a" })
            let limit = Int.random(in: 8...30, using: &random)
            let lines = SafeText.wrap(text, to: limit, lines: 3, mark: "…")
            #expect(lines.count <= 3 && lines.allSatisfy { SafeText.width($0) <= limit }, "seed 7")
        }
    }
}

struct HypnogramFactsTests {
    private func facts(_ letters: String) -> HypnogramFacts {
        let stages: [Character: SleepStage] = [
            "W": .wake, "R": .rem, "L": .light, "D": .deep, "S": .asleep, "U": .unscored,
        ]
        return HypnogramFacts(
            Hypnogram(
                start: Timestamp(seconds: 0), stages: letters.map { stages[$0] ?? .unscored }))
    }

    @Test func `runs join equal neighbours`() {
        let runs = facts("WWLLDW").runs
        #expect(runs.map(\.stage) == [.wake, .light, .deep, .wake])
        #expect(runs.map(\.from) == [0, 2, 4, 5])
        #expect(runs.map(\.to) == [2, 4, 5, 6])
    }

    @Test func `a column shows what it holds most, of equals the lighter`() {
        #expect(facts("WLLDDDRR").columns(4) == [.wake, .light, .deep, .rem])
        #expect(facts("WR").columns(6) == [.wake, .wake, .wake, .rem, .rem, .rem])
        #expect(facts("").columns(6).isEmpty)
    }

    @Test func `levels are those the night can have`() {
        #expect(facts("WSS").levels == [.wake, .asleep])
        #expect(facts("WLL").levels == [.wake, .rem, .light, .deep])
        #expect(facts("WLS").levels == [.wake, .rem, .light, .asleep, .deep])
    }
}

struct ExplanationReportTests {
    @Test func `an explanation shows the sum that gives z`() throws {
        let metric = try #require(SummaryFixtures.signalsOff.vitals.first)
        let text = ExplanationReport.render(
            title: "resting heart rate, lowest 5 min asleep",
            formula: "The lowest mean heart rate of any five minutes asleep.",
            inputs: ["heart-rate", "sleep-stage"], baseline: "Median of your last 60 days.",
            source: "NightSignal (alavi2022)", model: "resting-heart-rate/1", metric: metric)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "resting heart rate, lowest 5 min asleep")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(text.contains("value      58.4 bpm"))
        #expect(text.contains("z          (58.4 − 51.9) / 1.70 = +3.8"))
        #expect(text.contains("your usual 48.5–55.3 bpm, median 51.9 bpm, from "))
    }

    @Test func `a day without a number says why`() {
        let metric = Metric(
            id: "sdnn", label: "SDNN", value: nil, unit: "ms", model: "night-rhythm/1",
            missing: "There were no RR intervals last night.")
        let text = ExplanationReport.render(
            title: "SDNN", formula: "f", inputs: [], baseline: "", source: "s", model: "m/1",
            metric: metric, style: TerminalStyle(unicode: false))
        #expect(text.contains("no number: There were no RR intervals last night."))
        #expect(text.utf8.allSatisfy { $0 < 128 })
    }
}

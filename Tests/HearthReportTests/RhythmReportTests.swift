// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthReport

struct RhythmReportTests {
    private static let columns = RasterPlot.columns

    /// Asleep 23:00 to 7:00 on each of `count` dates.
    private static func plain(_ count: Int) -> RasterPlot {
        let day = (0..<columns).map { $0 < 42 || $0 >= 138 ? RasterPlot.Cell.asleep : .awake }
        return RasterPlot(first: SummaryFixtures.day, days: Array(repeating: day, count: count))
    }

    @Test func `a row is a day and the next, and says when its sleeps began`() throws {
        let raster = Self.plain(3)
        #expect(raster.rows.count == 2)
        let row = try #require(raster.rows.last)
        #expect(row.day == SummaryFixtures.day.advanced(by: 1) && row.cells.count == 288)
        #expect(RasterFacts.sleeps(row) == "23:00 to 07:00")
        #expect(RasterFacts.hoursAsleep(raster.days[0]) == 8)
        let runs = RasterFacts.runs(row.cells)
        #expect(runs.map(\.from) == [0, 42, 138, 186, 282])
        #expect(runs.last?.to == 288)
    }

    @Test func `short wakes are not told, naps are, and nothing known is said`() {
        var days = Self.plain(2).days
        days[0][140] = .awake
        for cell in 84..<88 { days[0][cell] = .asleep }
        let row = RasterPlot(first: SummaryFixtures.day, days: days).rows[0]
        #expect(RasterFacts.sleeps(row) == "14:00 to 14:40, 23:00 to 07:00")
        let blank = RasterPlot(first: SummaryFixtures.day, days: [[], []]).rows[0]
        #expect(blank.cells == Array(repeating: .unknown, count: 288))
        #expect(RasterFacts.sleeps(blank) == "not known")
    }

    @Test func `the profile runs from noon to noon over known days`() {
        var days = Self.plain(4).days
        days[0] = Array(repeating: .unknown, count: Self.columns)
        days[1] = Array(repeating: .awake, count: Self.columns)
        for index in days.indices { days[index][72] = .unknown }
        let profile = RasterFacts(RasterPlot(first: SummaryFixtures.day, days: days))
            .profile(columns: Self.columns)
        #expect(profile[0] == nil && profile[1] == 0)
        #expect(profile[66] == 2.0 / 3 && profile[65] == 0)
        #expect(profile[113] == 2.0 / 3 && profile[114] == 0)
        #expect(RasterFacts(Self.plain(1)).profile(columns: 48)[22] == 1)
        #expect(RasterFacts(Self.plain(1)).profile(columns: 7).isEmpty)
    }

    @Test func `the terminal shows the numbers and when the person sleeps`() throws {
        let text = TerminalReport.render(SummaryFixtures.irregular)
        #expect(text.contains("RHYTHM  last 14 days"))
        #expect(text.contains("sleep regularity index 54   sleep midpoint 03:48"))
        #expect(text.contains("social jetlag 2.3 h"))
        let lines = text.split(separator: "\n").map(String.init)
        let place = try #require(lines.firstIndex { $0.hasPrefix("  asleep at") })
        #expect(lines[place + 1].contains("12:00       18:00       00:00       06:00"))
        let ascii = TerminalReport.render(
            SummaryFixtures.typical, style: TerminalStyle(unicode: false, width: 60))
        #expect(ascii.contains("  asleep at") && ascii.contains("999999"))
        #expect(ascii.contains("12:00 18:00 00:00 06:00"))
    }

    @Test func `a stage is shown as a range with the scored minutes beside it`() throws {
        let terminal = TerminalReport.render(SummaryFixtures.irregular)
        #expect(terminal.contains("deep sleep 55–95 min"))
        #expect(!terminal.contains("1 h 15 min") && !terminal.contains(" 75 min"))
        let html = HTMLReport.render(SummaryFixtures.irregular)
        #expect(
            html.contains(
                "<data class=\"value\" data-metric=\"deep-sleep\" value=\"75\">"
                    + "55–95 min</data><span class=\"usual\">scored 75 min</span>"))
        let value = try JSONValue(parsing: JSONReport.render(SummaryFixtures.irregular))
        guard case .list(let metrics) = value["night"]?["metrics"] else {
            Issue.record("no metrics")
            return
        }
        let deep = try #require(metrics.first { $0["id"] == .text("deep-sleep") })
        #expect(deep["value"] == .number(75))
        #expect(deep["range"] == .object(["low": .number(55), "high": .number(95)]))
    }

    @Test(arguments: [(60.0, 80.0), (.nan, 90), (10, .infinity), (90, 60)])
    func `a range that does not hold the value is not shown`(low: Double, high: Double) {
        var metric = Metric(id: "x", label: "x", value: 55, unit: "min", model: "x/1")
        metric.range = ValueRange(low: low, high: high)
        #expect(MetricFacts(metric).errorRange == nil && MetricFacts(metric).shown == "55 min")
    }

    @Test func `ranges keep their unit`() {
        var metric = Metric(id: "x", label: "x", value: 40, unit: "min", model: "x/1")
        metric.range = ValueRange(low: 30, high: 55)
        #expect(MetricFacts(metric).shown == "30–55 min")
        metric.value = nil
        #expect(MetricFacts(metric).shown == nil)
        metric.unit = "1"
        metric.value = 50
        #expect(MetricFacts(metric).shown == "30–55")
    }

    @Test func `hours of the clock are read as a clock`() {
        func text(_ value: Double, _ metric: String = "sleep-midpoint") -> String {
            Measure(value, unit: "h", digits: 2, metric: metric).text
        }
        #expect(text(3.8) == "03:48" && text(23.999) == "00:00" && text(0) == "00:00")
        #expect(text(3.8, "social-jetlag") == "3.80 h" && text(-1) == "−1.00 h")
    }

    @Test func `the picture of the raster has each sleep twice and a table in words`() {
        let html = HTMLReport.render(SummaryFixtures.irregular)
        #expect(html.contains("<title id=\"raster-t\">Sleep of 14 days</title>"))
        #expect(html.contains("<th scope=\"col\">Sleeps that began</th>"))
        let rows = html.matches(of: /<tr><th scope="row">\d+ Nov<\/th><td>[^<]+<\/td><td>[^<]+ h</)
        #expect(rows.count == 14)
        #expect(html.contains("blank: not known"))
        let none = HTMLReport.render(SummaryFixtures.brokenNumbers)
        #expect(none.contains("<h2 id=\"h-rhythm\">"))
        #expect(!HTMLReport.render(SummaryFixtures.noData).contains("h-rhythm"))
    }

    @Test func `JSON has a letter for each cell of each date`() throws {
        let value = try JSONValue(parsing: JSONReport.render(SummaryFixtures.typical))
        guard case .list(let days) = value["rhythm"]?["raster"]?["days"] else {
            Issue.record("no raster")
            return
        }
        #expect(days.count == 15)
        #expect(days[14]["day"] == .text(SummaryFixtures.day.description))
        guard case .text(let cells) = days[14]["cells"] else {
            Issue.record("no cells")
            return
        }
        #expect(cells.count == 144 && cells.hasSuffix(String(repeating: "U", count: 72)))
        #expect(cells.hasPrefix("SSSS"))
        #expect(value["rhythm"]?["metrics"] != nil)
        let without = try JSONValue(parsing: JSONReport.render(SummaryFixtures.noData))
        #expect(without["rhythm"] == .null)
    }

    @Test func `a raster and a metric survive their stored form`() throws {
        let summary = SummaryFixtures.irregular
        let bytes = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(DailySummary.self, from: bytes) == summary)
        for days in ["[\"0\"]", "[\"\(String(repeating: "3", count: 144))\"]"] {
            let text = "{\"first\":20000,\"days\":\(days)}"
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(RasterPlot.self, from: Data(text.utf8))
            }
        }
        let old =
            "{\"id\":\"x\",\"label\":\"x\",\"unit\":\"1\",\"digits\":0,\"sources\":[],"
            + "\"model\":\"x/1\",\"history\":[]}"
        let metric = try JSONDecoder().decode(Metric.self, from: Data(old.utf8))
        #expect(metric.range == nil && metric.id == "x")
    }
}

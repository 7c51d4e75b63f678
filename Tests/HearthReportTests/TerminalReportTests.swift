// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import Testing

@testable import HearthReport

struct TerminalReportTests {
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test func `every fixture passes the contract of renderers`() {
        checkRenderer("terminal") { TerminalReport.render($0) }
        checkRenderer("ASCII") {
            TerminalReport.render($0, style: TerminalStyle(unicode: false, width: 60))
        }
    }

    @Test(arguments: [40, 60, 80, 120, 200])
    func `no report passes 50 lines or the width`(width: Int) {
        let footer = ["root: amber basin cedar delta ember fjord grove heath", "second", "third"]
        for (name, summary) in SummaryFixtures.all {
            for unicode in [true, false] {
                let style = TerminalStyle(unicode: unicode, width: width, footer: footer)
                let lines = lines(TerminalReport.render(summary, style: style))
                #expect(lines.count <= 50, "\(name), \(lines.count) lines")
                for line in lines where SafeText.width(line) > width {
                    Issue.record("\(name) at \(width): \(line)")
                }
            }
        }
    }

    @Test func `the verdict is the first line`() {
        for (name, summary) in honestFixtures {
            let first = lines(TerminalReport.render(summary)).first ?? ""
            #expect(first.dropFirst(2) == summary.verdict.sentence, "\(name)")
        }
    }

    @Test func `every value stands once, with its label and unit`() {
        for (name, summary) in honestFixtures {
            let lines = lines(TerminalReport.render(summary, style: TerminalStyle(width: 100)))
            for metric in summary.metrics {
                let facts = MetricFacts(metric)
                guard let value = facts.shown else { continue }
                // Where the unit is the label, it stands once.
                let label = metric.id == "steps" ? "steps" : String(metric.label.prefix(20))
                let hits = lines.count { $0.contains(label) && $0.contains(" \(value)") }
                #expect(hits == 1, "\(name): \(metric.id) \(value)")
            }
        }
    }

    @Test func `a missing number says why`() {
        let text = TerminalReport.render(SummaryFixtures.typical)
        #expect(text.contains("SDNN, 5 min: no number: There were no RR intervals last night."))
        let night = TerminalReport.render(SummaryFixtures.noData)
        #expect(night.contains("no number: no heart rate and no movement from noon to noon"))
    }

    @Test func `without unicode every byte is ASCII`() {
        for (name, summary) in SummaryFixtures.all {
            let text = TerminalReport.render(summary, style: TerminalStyle(unicode: false))
            #expect(text.utf8.allSatisfy { $0 < 128 }, "\(name)")
        }
    }

    @Test func `colour adds sequences and changes nothing else`() {
        for (name, summary) in SummaryFixtures.all {
            let plain = TerminalReport.render(summary)
            let colour = TerminalReport.render(summary, style: TerminalStyle(colour: true))
            #expect(colour.contains("\u{1B}["), "\(name)")
            #expect(colour.replacing(/\u{1B}\[[0-9;]+m/, with: "") == plain, "\(name)")
        }
    }

    @Test func `the disclaimer stands once and the footer below it`() {
        for (name, summary) in SummaryFixtures.all {
            let style = TerminalStyle(footer: ["root: amber basin cedar delta"])
            let lines = lines(TerminalReport.render(summary, style: style))
            #expect(
                lines.suffix(2) == [
                    "Hearth is not a medical device.", "root: amber basin cedar delta",
                ],
                "\(name)")
            #expect(lines.count { $0.contains("medical device") } == 1, "\(name)")
        }
    }

    @Test func `a report of a crowded day counts what it leaves out`() {
        let text = TerminalReport.render(SummaryFixtures.crowded)
        #expect(text.contains("more in the HTML report"))
        #expect(text.contains("  … 8 more"))
    }

    @Test func `the sparkline tells the band by its height`() {
        var metric = Metric(
            id: "x", label: "x", value: 13, unit: "ms", model: "x/1",
            baseline: Baseline(
                median: 10, spread: 1, lower: 8, upper: 12, days: 9, windowDays: 60))
        metric.history = [2, 7.5, 8, 10, 12, 12.5, 20].enumerated().map {
            HistoryPoint(day: LocalDate(dayNumber: Int64($0.offset)), value: $0.element)
        }
        let spark = TerminalSpark(MetricFacts(metric), nights: 8, unicode: true)
        #expect(spark.glyphs.map(\.text).joined() == "·▁▂▃▅▆▇█")
        let ascii = TerminalSpark(MetricFacts(metric), nights: 8, unicode: false)
        #expect(ascii.glyphs.map(\.text).joined() == ".vv---^^")
    }

    @Test func `a typical report looks like its snapshot`() throws {
        let style = TerminalStyle(footer: ["root: amber basin cedar delta ember fjord grove heath"])
        try TestFiles.compare(
            TerminalReport.render(SummaryFixtures.typical, style: style),
            with: TestFiles.folder.appending(path: "Snapshots/typical.txt"))
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import Testing

@testable import HearthReport

/// Readiness is shown as the sum it is, and load beside activity.
@Suite struct ReadinessReportTests {
    @Test func `the terminal shows the sum and its terms`() {
        let text = TerminalReport.render(SummaryFixtures.typical)
        #expect(text.contains("READINESS  50 + 5 − 6 + 0 + 1 = 50 of 100"))
        #expect(text.contains("lnRMSSD +5 · resting heart rate, lowest 5 min asleep −6"))
        #expect(!TerminalReport.render(SummaryFixtures.calibrating).contains("READINESS"))
        #expect(text.contains("training impulse 87"))
        let early = HTMLReport.render(SummaryFixtures.calibrating)
        #expect(early.contains("h-readiness") && early.contains("No number: Neither heart-rate"))
        #expect(!TerminalReport.render(SummaryFixtures.signalsOff).contains("READINESS"))
        #expect(!TerminalReport.render(SummaryFixtures.noData).contains("READINESS"))
    }

    @Test func `the page has a row a term and says that the weights are a choice`() {
        let html = HTMLReport.render(SummaryFixtures.typical)
        #expect(html.contains("50 + 5 − 6 + 0 + 1 &#61; 50"))
        #expect(html.contains("The weights are a choice"))
        #expect(html.contains("Not in the sum"))
        #expect(html.contains("Chronic load"))
        #expect(!HTMLReport.render(SummaryFixtures.signalsOff).contains("h-readiness"))
    }

    @Test func `explain prints each term with its baseline`() {
        let text = ExplanationReport.render(
            title: "readiness", formula: "a sum", inputs: ["heart-rate"], baseline: "none",
            source: "this project", model: "readiness/1", metric: nil,
            readiness: SummaryFixtures.readiness)
        #expect(text.contains("bpm, z +1.0, weight 33 %"))
        #expect(text.contains("50 + 5 − 6 + 0 + 1 = 50"))
    }
}

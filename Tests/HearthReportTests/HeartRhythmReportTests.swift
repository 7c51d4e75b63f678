// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthReport

@Suite struct HeartRhythmReportTests {
    static let sentence = "The pattern of intervals was irregular for 42 min of 20 h 5 min judged."
    static let limit = "Flutter & early beats can look the same."

    static func summary() -> DailySummary {
        let start = Timestamp(seconds: 1_763_600_000)
        var summary = SummaryFixtures.typical
        summary.heartRhythm = HeartRhythmSummary(
            sentence: sentence, limits: [limit],
            metrics: [
                Metric(
                    id: "irregular-rhythm-burden", label: "irregular rhythm, share of time",
                    value: 3.5, unit: "%", digits: 1, model: "af-screen/1"),
                Metric(
                    id: "premature-beats", label: "early beats", value: nil, unit: "%", digits: 1,
                    model: "ectopy/1", missing: "Fewer than 1000 beats."),
            ],
            episodes: [
                HeartRhythmSummary.Episode(
                    kind: .irregular, start: start, end: start.advanced(bySeconds: 2520),
                    rate: 88.4, offsetSeconds: 3600)
            ])
        return summary
    }

    @Test func `the three voices tell the sentence, the stretch and the limits`() {
        let summary = Self.summary()
        let terminal = TerminalReport.render(summary)
        // 1,763,600,000 s is 00:53:20 UTC.
        #expect(terminal.contains("HEART RHYTHM"))
        #expect(terminal.contains("01:53 – 02:35 irregular, 88/min on average"))
        #expect(terminal.contains("irregular for 42 min"))
        let html = HTMLReport.render(summary)
        #expect(html.contains("<h2 id=\"h-heart-rhythm\">Heart rhythm</h2>"))
        #expect(html.contains("Flutter &amp; early beats can look the same."))
        #expect(html.contains("01:53 – 02:35 irregular"))
        let json = JSONReport.render(summary)
        #expect(json.contains("\"heartRhythm\":{\"episodes\":[{\"end\":\"2025-11-20T01:35:20Z\""))
        #expect(json.contains("\"kind\":\"irregular\",\"offsetSeconds\":3600,\"rate\":88.4"))
    }

    @Test func `without the section there is no heading, and JSON says null`() {
        let summary = SummaryFixtures.typical
        #expect(!TerminalReport.render(summary).contains("HEART RHYTHM"))
        #expect(!HTMLReport.render(summary).contains("h-heart-rhythm"))
        #expect(JSONReport.render(summary).contains("\"heartRhythm\":null"))
    }
}

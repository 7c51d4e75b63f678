// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthBiosignals
import HearthTestSupport
import Testing

@testable import HearthReport

/// What the person said is shown in every voice, with what was found without it.
struct CorrectionReportTests {
    private let summary = SummaryFixtures.corrected

    @Test func `the terminal says whose the times are and what was found`() throws {
        let text = TerminalReport.render(summary, style: TerminalStyle(unicode: true, width: 100))
        #expect(text.contains("LAST NIGHT  22:58 – 06:39   corrected by you; stages by Fitbit"))
        #expect(
            text.contains(
                "found without your correction: 22:28 to 06:39, 7 h 11 min asleep, stages by Fitbit"
            ))
        #expect(
            text.contains(
                "Hearth's own from 23:18 to 06:28 agrees on wake and sleep in 93 % of 860"))
        #expect(text.contains("(kappa 0.45)"))
        #expect(text.contains("YOU SAID  free-day · alcohol · coffee 15:20"))
        #expect(text.contains("4. you slept 22:45 to 06:39 instead; replaced by 7"))
        #expect(text.contains("5. no sleep 13:30 to 14:25 (reading, not asleep)"))
        #expect(text.contains("(you corrected the night)"))
    }

    @Test func `amended samples are named in every voice, without a value`() throws {
        let words = "mendment 1: heart-rate from 07:31 to 07:32 set right"
        let removed = "mendment 3: steps from 10:00 to 11:00 left out"
        let text = TerminalReport.render(summary, style: TerminalStyle(unicode: true, width: 100))
        #expect(text.contains(words) && text.contains(removed))
        let html = HTMLReport.render(summary)
        #expect(html.contains(words) && html.contains(removed))
        let value = try JSONValue(parsing: JSONReport.render(summary))
        guard case .list(let all)? = value["amended"] else {
            Issue.record("no list")
            return
        }
        #expect(all.map { $0["change"] } == [.text("replace"), .text("remove")])
        #expect(all.first?["quantity"] == .text("heart-rate"))
    }

    @Test func `HTML draws both hypnograms on one axis`() throws {
        let html = HTMLReport.render(summary)
        #expect(html.contains("<strong>Corrected by you.</strong>"))
        #expect(html.components(separatedBy: "class=\"hypnogram\"").count == 3)
        for id in ["hyp-t", "hyp-d", "hyp2-t", "hyp2-d"] {
            #expect(html.components(separatedBy: "id=\"\(id)\"").count == 2, "\(id)")
        }
        #expect(html.contains("reading, not asleep"))
        #expect(html.contains("<bdi>coffee 15:20</bdi>"))
        let facts = HypnogramFacts(
            Hypnogram(
                start: Timestamp(seconds: 60), epochSeconds: 60, stages: [.wake, .light, .rem]),
            onEpochsOf: Hypnogram(
                start: Timestamp(seconds: 0), stages: Array(repeating: .deep, count: 7)))
        #expect(
            facts.hypnogram.stages
                == [.unscored, .unscored, .wake, .wake, .light, .light, .rem])
    }

    @Test func `a stated night without data has no picture and says why`() throws {
        let stated = SummaryFixtures.statedOnly
        let html = HTMLReport.render(stated)
        #expect(!html.contains("class=\"hypnogram\""))
        #expect(html.contains("no hypnogram: No data lie within the times you gave"))
        let text = TerminalReport.render(stated)
        #expect(text.contains("corrected by you; no stages"))
        #expect(text.contains("found without your correction: no sleep"))
        #expect(!text.contains("······"))
    }

    @Test func `JSON holds it all and is valid`() throws {
        let file = TestFiles.schemas.appending(path: "daily-summary.schema.json")
        let check = try JSONSchemaCheck(schema: TestFiles.text(file))
        let value = try JSONValue(parsing: JSONReport.render(summary))
        #expect(check.problems(in: value) == [])
        #expect(value["night"]?["second"]?["agreement"]?["kappa"] == .number(0.4512))
        #expect(value["night"]?["correction"]?["found"]?["sleepMinutes"] == .number(431))
        guard case .list(let tags)? = value["tags"], case .list(let all)? = value["corrections"]
        else {
            Issue.record("no lists")
            return
        }
        #expect(
            tags.map { $0["label"] ?? .null }
                == ["free-day", "alcohol", "coffee"].map { .text($0) })
        #expect(all.map { $0["replacedBy"] ?? .null } == [.number(7), .null, .null])
        let stated = try JSONValue(parsing: JSONReport.render(SummaryFixtures.statedOnly))
        #expect(check.problems(in: stated) == [])
    }

    @Test func `without anything said nothing is shown of it`() {
        let typical = SummaryFixtures.typical
        #expect(!TerminalReport.render(typical).contains("YOU SAID"))
        #expect(!HTMLReport.render(typical).contains("h-said"))
    }
}

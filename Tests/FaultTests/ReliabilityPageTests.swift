// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HearthFaults

/// What the page of the laboratory says of experiments that were run in parts.
@Suite struct ReliabilityPageTests {
    private func part(
        _ text: String, attempts: Int, days: String, isCaught: Bool = true
    ) -> Laboratory.Record {
        var outcome = Outcome(attempts: attempts)
        outcome.show("bytes", "anchor 104")
        outcome.show("refused", attempts / 2)
        outcome.show("days", days)
        outcome.control("a plain database", isCaught: isCaught, "1 of 2")
        return Laboratory.Record(
            number: "R6", title: "bit flips", promise: "none", scale: .full,
            share: Share(text), seed: 5, seconds: 2, outcome: outcome)
    }

    @Test func `parts are added up, and those that are missing show`() {
        let first = part("1/3", attempts: 10, days: "3 of 4")
        let last = part("3/3", attempts: 30, days: "5 of 6")
        let page = ReliabilityPage(records: [last, first]).markdown
        #expect(page.contains("| R6 bit flips, parts 1, 3 of 3 | none | 40 | 0 | 1 of 1 | 4 s |"))
        for line in ["- bytes: anchor 104\n", "- refused: 20\n", "- days: 8 of 10\n"] {
            #expect(page.contains(line), "\(line)")
        }
        let middle = part("2/3", attempts: 20, days: "1 of 2")
        let whole = ReliabilityPage(records: [last, first, middle]).markdown
        #expect(whole.contains("| R6 bit flips | none | 60 |"))
        #expect(whole.contains("noticed (in 3 of 3 parts)"))
    }

    @Test func `a control that one part did not notice counts as not noticed`() {
        let first = part("1/2", attempts: 10, days: "3 of 4")
        let last = part("2/2", attempts: 10, days: "3 of 4", isCaught: false)
        let page = ReliabilityPage(records: [first, last]).markdown
        #expect(page.contains("| 0 of 1 |") && page.contains("NOT NOTICED (in 1 of 2 parts)"))
    }
}

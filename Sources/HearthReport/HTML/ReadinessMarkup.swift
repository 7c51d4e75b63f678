// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The readiness score as a table whose last column adds up to it.
enum ReadinessMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        guard let readiness = summary.readiness, summary.verdict.state != .noData else {
            return .none
        }
        let facts = ReadinessFacts(readiness: readiness)
        if let missing = facts.missing {
            return """
                <section aria-labelledby="h-readiness">
                <h2 id="h-readiness">Readiness</h2>
                <p class="missing">\(Wording.capitalised(missing))</p>
                </section>
                """
        }
        let absent: Markup = facts.absent.map { "<p class=\"missing\">\($0)</p>\n" } ?? .none
        return """
            <section aria-labelledby="h-readiness">
            <h2 id="h-readiness">Readiness <span class="aside">\
            \(readiness.score ?? 0) of 100</span></h2>
            <table aria-labelledby="h-readiness">
            <thead><tr><th scope="col">Signal</th><th scope="col">Last night</th>\
            <th scope="col">Your median</th><th scope="col">z</th><th scope="col">Weight</th>\
            <th scope="col">Points</th></tr></thead>
            <tbody>
            \(readiness.terms.map(row))</tbody>
            </table>
            <p><strong>\(facts.sum)</strong></p>
            <p class="missing">\(ReadinessFacts.meaning)</p>
            \(absent)</section>
            """
    }

    private static func row(_ term: Readiness.Term) -> Markup {
        let value = Measure(term.value, unit: term.unit, digits: term.digits, metric: term.metric)
        let median = Measure(
            term.median, unit: term.unit, digits: term.digits, metric: term.metric)
        return """
            <tr><th scope="row">\(name: Wording.capitalised(term.label))</th>\
            <td>\(value.text)</td><td>\(median.text)</td>\
            <td>\(NumberText.signed(term.zScore, digits: 1))</td><td>\(term.weight) %</td>\
            <td>\(ReadinessFacts.signed(term.points))</td></tr>

            """
    }
}

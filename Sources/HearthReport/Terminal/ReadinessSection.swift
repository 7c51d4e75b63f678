// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The readiness score as the sum it is; why there is none is told by `explain` and the page.
enum ReadinessSection {
    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        guard let readiness = summary.readiness, readiness.score != nil else {
            return TerminalSection()
        }
        let facts = ReadinessFacts(readiness: readiness)
        var section = TerminalSection()
        var heading = TerminalLine("READINESS", .strong)
        heading.add(text("  \(facts.sum)"), .strong)
        heading.add(text(" of 100, 50 is a usual night"), .soft)
        section.heading = [text.fitted(heading)]
        section.items = text.wrapped(facts.terms, hanging: 4, lines: 2, .soft).map { [$0] }
        return section
    }

    /// `hearth explain readiness --day`: the sum, a line a term.
    static func table(_ readiness: Readiness) -> [String] {
        let facts = ReadinessFacts(readiness: readiness)
        if let missing = facts.missing { return [missing] }
        let rows = readiness.terms.map { term in
            let z = NumberText.signed(term.zScore, digits: 1)
            let value = Measure(
                term.value, unit: term.unit, digits: term.digits, metric: term.metric)
            let median = Measure(
                term.median, unit: term.unit, digits: term.digits, metric: term.metric)
            return "\(ReadinessFacts.signed(term.points))  \(term.label): \(value.text), median"
                + " \(median.text), z \(z), weight \(term.weight) %"
        }
        return [facts.sum] + rows + [facts.absent].compactMap { $0 }
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the person said about the day: tags, corrections of its sleep, and what was amended.
enum SaidSection {
    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        let said = summary.corrections
        guard !said.isEmpty else { return TerminalSection() }
        let clock = WallClock(said.clock)
        var section = TerminalSection(keep: 3, floor: 1)
        var heading = TerminalLine("YOU SAID", .strong)
        if !said.tags.isEmpty {
            let tags = said.tags.map { CorrectionFacts.words($0, clock) }
            heading.add("  " + text(tags.joined(separator: " · ")))
        }
        section.heading = [text.fitted(heading)]
        // Where there is no room for all, those that count stay.
        let inForce = said.sleep.filter { $0.replacedBy == nil }
        let replaced = said.sleep.filter { $0.replacedBy != nil }
        section.items = (inForce + replaced).map { applied in
            let one = applied.correction
            var words = "\(one.id). \(CorrectionFacts.words(applied, clock))"
            if let note = one.note { words += " (\(CorrectionFacts.name(note)))" }
            return text.wrapped(words, hanging: 5, lines: 2)
        }
        section.items += said.amended.map {
            text.wrapped(CorrectionFacts.words($0, clock), hanging: 5, lines: 2)
        }
        return section
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of the heart: a sentence, its numbers, its stretches and its limits.
enum HeartRhythmMarkup {
    /// Stretches shown; the JSON report has all.
    private static let shown = 12

    static func markup(_ summary: DailySummary) -> Markup {
        guard let rhythm = summary.heartRhythm else { return .none }
        let stretches = HeartRhythmFacts.longest(rhythm, shown).map { episode -> Markup in
            "<li>\(HeartRhythmFacts.words(episode))</li>\n"
        }
        let list: Markup = stretches.isEmpty ? .none : "<ul class=\"hints\">\n\(stretches)</ul>\n"
        let limits = rhythm.limits.map { limit -> Markup in "<p class=\"note\">\(limit)</p>\n" }
        return """
            <section aria-labelledby="h-heart-rhythm">
            <h2 id="h-heart-rhythm">Heart rhythm</h2>
            <p>\(rhythm.sentence)</p>
            \(NightMarkup.facts(rhythm.metrics))\(list)\(limits)</section>
            """
    }
}

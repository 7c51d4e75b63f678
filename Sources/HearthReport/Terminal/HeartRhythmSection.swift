// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of the heart: what the intervals say, in a sentence, its numbers, its stretches and its
/// limits.
enum HeartRhythmSection {
    /// Stretches shown; the JSON report has all.
    private static let shown = 3

    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        // Where too little could be judged the page says why; here it would take the verdict's room.
        guard let rhythm = summary.heartRhythm,
            !rhythm.episodes.isEmpty || rhythm.metrics.contains(where: isAnswer)
        else { return TerminalSection() }
        var section = TerminalSection(keep: 3, floor: 1)
        section.heading = [TerminalLine("HEART RHYTHM", .strong)]
        section.items = [text.wrapped(rhythm.sentence, hanging: 4, lines: 3)]
        for episode in HeartRhythmFacts.longest(rhythm, shown) {
            section.items.append(
                text.wrapped(HeartRhythmFacts.words(episode), hanging: 4, lines: 2))
        }
        let known = rhythm.metrics.filter { $0.value != nil }
        section.items += PairedMetrics.lines(known, signals: [], text)
        if let limit = HeartRhythmFacts.limits(rhythm) {
            section.items.append(text.wrapped(limit, hanging: 4, lines: 6, .soft))
        }
        let missing = rhythm.metrics.filter { $0.value == nil }.map { MetricFacts($0) }
        section.items += PairedMetrics.missing(missing, text)
        return section
    }

    /// Whether a number says more than how much was judged.
    private static func isAnswer(_ metric: Metric) -> Bool {
        metric.value != nil
            && ["irregular-rhythm-burden", "premature-beats"].contains(metric.id)
    }
}

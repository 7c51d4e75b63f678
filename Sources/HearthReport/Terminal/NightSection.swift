// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Last night: the window, its measures and a hypnogram of two rows.
enum NightSection {
    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        var section = TerminalSection(keep: 6, floor: 3)
        guard let night = summary.night else {
            section.heading = [TerminalLine("LAST NIGHT", .strong)]
            let reason = summary.nightMissing ?? "no sleep was found that ended on this day"
            section.items = [text.wrapped("no number: \(reason)")]
            return section
        }
        section.heading = [heading(night, text)]
        section.items = PairedMetrics.lines(night.metrics, signals: [], text)
        if let note = clockNote(night, text) { section.items.append([note]) }
        if let found = CorrectionFacts.found(night) {
            section.heading += text.wrapped(found, hanging: 4, lines: 2, .soft)
        }
        section.closing = HypnogramStrip.lines(night, text)
        if let second = CorrectionFacts.second(night) {
            section.closing += text.wrapped(second, hanging: 4, lines: 2, .soft)
        }
        return section
    }

    private static func heading(_ night: NightSummary, _ text: TerminalText) -> TerminalLine {
        let clock = WallClock(night)
        var line = TerminalLine("LAST NIGHT  ", .strong)
        line.add(text("\(clock.text(night.start)) – \(clock.text(night.end))"))
        line.add("   " + text(Wording.drawn(night, by: text.name(night.stagedBy))), .soft)
        return text.fitted(line)
    }

    private static func clockNote(_ night: NightSummary, _ text: TerminalText) -> TerminalLine? {
        let clock = WallClock(night)
        var notes = clock.changes(from: night.start, to: night.end).map { change in
            "clock moved \(WallClock.shift(change.by)) at \(clock.text(change.time))"
        }
        if night.offsetOrigin >= .inferred { notes.append(Wording.zone(night.offsetOrigin)) }
        guard !notes.isEmpty else { return nil }
        return text.fitted(TerminalLine(text("  " + notes.joined(separator: "; ")), .soft))
    }
}

/// Metrics as `label value` pairs flowing over lines; missing ones get lines of their own.
enum PairedMetrics {
    static func lines(
        _ metrics: [Metric], signals: [SignalOff], _ text: TerminalText
    ) -> [[TerminalLine]] {
        let facts = metrics.map { MetricFacts($0, signals: signals) }
        var lines: [TerminalLine] = []
        for fact in facts {
            guard let shown = fact.shown else { continue }
            add(pair(fact, shown, text), to: &lines, text)
        }
        return lines.map { [$0] } + missing(facts, text)
    }

    /// Metrics without a number, those of one reason together.
    static func missing(_ facts: [MetricFacts], _ text: TerminalText) -> [[TerminalLine]] {
        MissingGroup.groups(facts).map { group in
            let names = group.labels.map { text.name($0, limit: 34) }.joined(separator: text(" · "))
            return text.wrapped("\(names): \(group.reason)", hanging: 4, lines: 4, .soft)
        }
    }

    private static func pair(
        _ facts: MetricFacts, _ shown: String, _ text: TerminalText
    ) -> TerminalLine {
        // "9,412 steps" says it all; "steps 9,412 steps" says it twice.
        let isNamedByUnit = facts.measure?.parts.last?.unit == facts.metric.label
        let label = isNamedByUnit ? "" : text.name(facts.metric.label, limit: 30) + " "
        var pair = TerminalLine(label, .soft)
        pair.add(text(shown))
        if facts.isOff, let range = facts.range {
            let arrow = facts.position == .below ? "▼" : "▲"
            pair.add(text(" \(arrow) usual \(range)"), .strong)
        }
        return pair
    }

    private static func add(
        _ pair: TerminalLine, to lines: inout [TerminalLine], _ text: TerminalText
    ) {
        let gap = 3
        if let last = lines.last, last.width + gap + pair.width <= text.width {
            lines[lines.count - 1].add(String(repeating: " ", count: gap))
        } else {
            lines.append(TerminalLine("  "))
        }
        for piece in pair.truncated(to: text.width - 2, mark: text.mark).pieces {
            lines[lines.count - 1].add(piece.text, piece.tone)
        }
    }
}

/// Steps, active minutes and the like, and the training load.
enum ActivitySection {
    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        // Why a load is missing takes the page's room.
        let metrics = summary.activity + summary.load.filter { $0.value != nil }
        guard !metrics.isEmpty else { return TerminalSection() }
        var section = TerminalSection(keep: 2, floor: 2)
        section.heading = [TerminalLine("ACTIVITY", .strong)]
        section.items = PairedMetrics.lines(
            metrics, signals: summary.verdict.signals, text)
        return section
    }
}

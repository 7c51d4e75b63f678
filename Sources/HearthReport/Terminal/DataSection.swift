// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the numbers rest on, what is missing, and which past days changed.
enum DataSection {
    static func sources(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        var section = TerminalSection(keep: 2)
        let quality = summary.dataQuality
        var heading = TerminalLine("DATA  ", .strong)
        let worn = quality.wearCoverage.flatMap { $0.isFinite ? Wording.wear($0) : nil }
        heading.add(text((worn ?? "wear not known") + "; " + Wording.zone(quality.zoneOrigin)))
        section.heading = [text.fitted(heading)]
        section.items = grouped(quality.sources).map { [source($0.quantity, $0.sources, text)] }
        section.items += lowConfidence(summary).map {
            text.wrapped("low confidence: \($0)", hanging: 4, lines: 2, .soft)
        }
        return section
    }

    static func hints(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        let hints = summary.dataQuality.hints
        guard !hints.isEmpty else { return TerminalSection() }
        var section = TerminalSection(keep: 2)
        section.heading = [TerminalLine("WHAT WOULD HELP", .strong)]
        section.items = hints.map { text.wrapped("- " + $0, hanging: 4, lines: 2) }
        return section
    }

    static func changes(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        guard !summary.changes.isEmpty else { return TerminalSection() }
        var section = TerminalSection(keep: 2)
        section.heading = [TerminalLine("CHANGED SINCE LAST TIME", .strong)]
        section.items = summary.changes.map { change in
            let (old, new) = ChangeText.values(change)
            var line = TerminalLine("  \(change.day)  ", .soft)
            line.add(text.name(change.label, limit: 30))
            line.add(": " + text("\(old) → \(new)"))
            line.add(" " + text("(\(text.name(change.reason)))"), .soft)
            return [text.fitted(line)]
        }
        return section
    }

    /// Sources by quantity, in order of first appearance.
    static func grouped(
        _ sources: [DataQuality.Source]
    ) -> [(quantity: String, sources: [DataQuality.Source])] {
        var order: [String] = []
        var groups: [String: [DataQuality.Source]] = [:]
        for source in sources {
            if groups[source.quantity] == nil { order.append(source.quantity) }
            groups[source.quantity, default: []].append(source)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    private static func source(
        _ quantity: String, _ sources: [DataQuality.Source], _ text: TerminalText
    ) -> TerminalLine {
        func list(_ used: Bool) -> String {
            sources.filter { $0.used == used }.map { source in
                "\(text.name(source.device, limit: 28)) (\(NumberText.integer(source.samples)))"
            }.joined(separator: ", ")
        }
        var line = TerminalLine(
            "  " + text.name(Wording.quantity(quantity), limit: 28) + ": ", .soft)
        let used = list(true)
        let unused = list(false)
        line.add(used.isEmpty ? "no source used" : used)
        if !unused.isEmpty { line.add("; set aside: " + unused, .soft) }
        return text.fitted(line)
    }

    private static func lowConfidence(_ summary: DailySummary) -> [String] {
        return summary.metrics.compactMap { metric in
            guard metric.value != nil, let confidence = metric.confidence,
                confidence.level == .low
            else { return nil }
            return "\(metric.label), \(confidence.reason)"
        }
    }
}

/// Old and new value of a change, as shown.
enum ChangeText {
    static func values(_ change: ResultChange) -> (old: String, new: String) {
        func text(_ value: Double?) -> String {
            guard let value, value.isFinite else { return "no number" }
            return Measure(
                value, unit: change.unit, digits: change.digits, metric: change.metric
            ).text
        }
        return (text(change.old), text(change.new))
    }
}

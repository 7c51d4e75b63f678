// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Vital signs against the person's own band, one row each.
///
/// Column widths follow the content; the sparkline takes what is left.
struct VitalsTable {
    private struct Widths {
        var label = 0
        var value = 0
        var range = 0
        var z = 0
        var off = 0
        var spark = 0

        var used: Int {
            2 + label + 2 + value + (range > 0 ? range + 2 : 0) + (z > 0 ? z + 2 : 0)
                + (off > 0 ? off + 2 : 0)
        }
    }

    private let rows: [MetricFacts]
    private let text: TerminalText
    private let widths: Widths
    private let band: Int?

    init(_ summary: DailySummary, _ text: TerminalText) {
        self.text = text
        rows = Self.ordered(
            summary.vitals.map { MetricFacts($0, signals: summary.verdict.signals) })
        band = rows.compactMap(\.baseline?.windowDays).max()
        widths = Self.widths(rows, text)
    }

    /// What the verdict names first, what has no band yet last, else as the summary has it.
    private static func ordered(_ rows: [MetricFacts]) -> [MetricFacts] {
        rows.filter { $0.nightsOff > 0 }
            + rows.filter { $0.nightsOff == 0 && $0.baseline != nil }
            + rows.filter { $0.nightsOff == 0 && $0.baseline == nil }
    }

    var section: TerminalSection {
        guard !rows.isEmpty else { return TerminalSection() }
        var section = TerminalSection(keep: 6, floor: 4)
        section.heading = [heading]
        section.items = rows.filter { $0.value != nil }.map { [row($0)] }
        if widths.spark > 0 { section.items.append([legend]) }
        section.items += PairedMetrics.missing(rows, text)
        return section
    }

    private var heading: TerminalLine {
        var line = TerminalLine("VITALS", .strong)
        guard rows.contains(where: { $0.value != nil }) else { return line }
        var column = 2 + widths.label + 2 + widths.value
        line.addRight(text("last night"), endingAt: max(column, line.width + 11), .soft)
        if widths.range > 0 {
            column += 2 + widths.range
            line.addRight("your usual", endingAt: column, .soft)
        }
        if widths.z > 0 {
            column += 2 + widths.z
            line.addRight("z", endingAt: column, .soft)
        }
        if widths.spark > 0 {
            line.fill(to: column + 2)
            line.add(widths.spark >= 14 ? "last \(widths.spark) nights" : "nights", .soft)
        }
        return text.fitted(line)
    }

    private func row(_ facts: MetricFacts) -> TerminalLine {
        let tone: TerminalTone = facts.isOff ? .warning : .plain
        var line = TerminalLine("  " + text.name(facts.metric.label, limit: widths.label))
        var column = 2 + widths.label + 2 + widths.value
        line.addRight(
            text(facts.measure?.text ?? ""), endingAt: column, facts.isOff ? tone : .strong)
        if widths.range > 0 {
            column += 2 + widths.range
            line.addRight(text(facts.range ?? "not known"), endingAt: column, .soft)
        }
        if widths.z > 0 {
            column += 2 + widths.z
            line.addRight(text(facts.zScore ?? ""), endingAt: column, tone)
        }
        if widths.spark > 0 {
            line.fill(to: column + 2)
            column += 2 + widths.spark
            line.addSpark(TerminalSpark(facts, nights: widths.spark, unicode: text.style.unicode))
        }
        if widths.off > 0, facts.isOff {
            line.fill(to: column + 2)
            line.add(Self.offText(facts, text), .warning)
        }
        return text.fitted(line)
    }

    private var legend: TerminalLine {
        let hasBand = rows.contains { $0.baseline != nil }
        let glyphs: String
        guard hasBand else {
            glyphs =
                text.style.unicode
                ? "▁ lowest to █ highest   · no number" : "o number   . no number"
            return text.fitted(TerminalLine("  " + glyphs, .soft))
        }
        glyphs =
            text.style.unicode
            ? "▁▂ below your usual   ▃▄▅▆ inside   ▇█ above   · no number"
            : "v below your usual   - inside   ^ above   . no number"
        return text.fitted(TerminalLine("  " + glyphs, .soft))
    }

    private static func offText(_ facts: MetricFacts, _ text: TerminalText) -> String {
        let arrow = text(facts.position == .below ? "▼" : (facts.position == .above ? "▲" : " "))
        return facts.nightsOff > 0 ? "\(arrow) night \(facts.nightsOff)" : arrow
    }

    private static func widths(_ rows: [MetricFacts], _ text: TerminalText) -> Widths {
        let present = rows.filter { $0.value != nil }
        func widest(_ list: [String]) -> Int { list.map { SafeText.width($0) }.max() ?? 0 }
        var widths = Widths()
        widths.label = min(30, widest(rows.map { text($0.metric.label) }))
        widths.value = min(24, max(6, widest(present.map { text($0.measure?.text ?? "") })))
        if present.contains(where: { $0.baseline != nil }) {
            widths.range = min(30, max(10, widest(present.map { text($0.range ?? "not known") })))
        }
        if present.contains(where: { $0.zScore != nil }) {
            widths.z = min(8, max(4, widest(present.map { text($0.zScore ?? "") })))
        }
        widths.off = widest(present.filter(\.isOff).map { offText($0, text) })
        let leastSpark = 8
        let over = widths.used + 2 + leastSpark - text.width
        if over > 0 { widths.label = max(14, widths.label - over) }
        let room = text.width - widths.used - 2
        let longest = present.map { $0.history(days: 30).count }.max() ?? 0
        widths.spark = room >= leastSpark && longest > 1 ? min(30, room, longest) : 0
        return widths
    }
}

/// A sparkline whose glyph heights tell the band: low two below, middle four inside, high two above.
struct TerminalSpark {
    var glyphs: [(text: String, tone: TerminalTone)] = []

    init(_ facts: MetricFacts, nights: Int, unicode: Bool) {
        let history = facts.history(days: nights)
        guard let last = history.last?.day else { return }
        var values: [LocalDate: Double] = [:]
        for point in history { values[point.day] = point.value }
        let known = values.values
        for offset in stride(from: nights - 1, through: 0, by: -1) {
            let day = last.advanced(by: -Int64(offset))
            guard let value = values[day] else {
                glyphs.append((unicode ? "·" : ".", .soft))
                continue
            }
            let level: Int
            if let baseline = facts.baseline {
                level = Self.level(value, lower: baseline.lower, upper: baseline.upper)
            } else {
                level = Self.level(value, min: known.min() ?? value, max: known.max() ?? value)
            }
            let isOff = facts.baseline != nil && (level < 2 || level > 5)
            let glyph = unicode ? Self.blocks[level] : Self.ascii(level, facts.baseline != nil)
            glyphs.append((glyph, isOff ? .warning : .good))
        }
    }

    private static let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    private static func ascii(_ level: Int, _ hasBand: Bool) -> String {
        guard hasBand else { return "o" }
        return level < 2 ? "v" : (level > 5 ? "^" : "-")
    }

    private static func level(_ value: Double, lower: Double, upper: Double) -> Int {
        let width = upper - lower
        guard width > 0 else { return value < lower ? 1 : (value > upper ? 6 : 4) }
        let place = (value - lower) / width
        if value < lower { return place < -0.25 ? 0 : 1 }
        if value > upper { return place > 1.25 ? 7 : 6 }
        return 2 + min(3, max(0, Int(place * 4)))
    }

    private static func level(_ value: Double, min low: Double, max high: Double) -> Int {
        guard high > low else { return 3 }
        return min(7, max(0, Int((value - low) / (high - low) * 8)))
    }
}

extension TerminalLine {
    mutating func addSpark(_ spark: TerminalSpark) {
        for glyph in spark.glyphs { add(glyph.text, glyph.tone) }
    }
}

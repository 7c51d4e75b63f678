// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of two weeks: its numbers, and on how many days the person slept at each time.
///
/// ```
///   asleep at                         ▁▅█████████████▇▃
///             12:00       18:00       00:00       06:00
/// ```
enum RhythmSection {
    static func make(_ summary: DailySummary, _ text: TerminalText) -> TerminalSection {
        guard let rhythm = summary.rhythm else { return TerminalSection() }
        var section = TerminalSection(floor: 1)
        let facts = RasterFacts(rhythm.raster)
        var heading = TerminalLine("RHYTHM", .strong)
        if !rhythm.raster.rows.isEmpty {
            heading.add("  last \(rhythm.raster.rows.count) days", .soft)
        }
        section.heading = [heading]
        let metrics = rhythm.metrics.map { MetricFacts($0) }
        let known = rhythm.metrics.filter { $0.value != nil }
        section.items = PairedMetrics.lines(known, signals: [], text)
        section.keep = section.items.count + 1
        if facts.isKnown { section.items.append(profile(facts, text)) }
        section.items += PairedMetrics.missing(metrics.filter { $0.metric.value == nil }, text)
        return section
    }

    /// Noon to noon, half an hour or an hour a column.
    private static func profile(_ facts: RasterFacts, _ text: TerminalText) -> [TerminalLine] {
        let gutter = 14
        let columns = text.width - gutter >= 48 ? 48 : 24
        var row = TerminalLine("  asleep at", .soft)
        row.fill(to: gutter)
        for share in facts.profile(columns: columns) {
            row.add(glyph(share, unicode: text.style.unicode), share == nil ? .soft : .good)
        }
        var axis = TerminalLine()
        for hour in stride(from: 12, to: 36, by: 6) {
            axis.fill(to: gutter + (hour - 12) * columns / 24)
            axis.add(WallClock.clock(hour % 24 * 3600), .soft)
        }
        return [row, axis]
    }

    /// The height is the share of days; in ASCII a digit, tenths, 9 from nine tenths on.
    private static func glyph(_ share: Double?, unicode: Bool) -> String {
        guard let share else { return unicode ? "·" : "." }
        if share <= 0 { return " " }
        if !unicode { return String(min(9, max(1, Int(share * 10)))) }
        let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        return blocks[min(7, max(0, Int((share * 8).rounded(.up)) - 1))]
    }
}

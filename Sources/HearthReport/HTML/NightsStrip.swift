// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The last four weeks, a cell a night: how many vital signs lay outside today's band.
enum NightsStrip {
    static let nights = 28

    private struct Cell {
        var day: LocalDate
        /// Vitals with a number that night.
        var known: Int
        var outside: Int
    }

    static func markup(_ summary: DailySummary) -> Markup {
        let cells = cells(summary)
        guard cells.contains(where: { $0.known > 0 }) else { return .none }
        let items = cells.enumerated().map { cell($0.element, index: $0.offset) }
        let off = cells.count { $0.outside > 0 }
        let empty = cells.count { $0.known == 0 }
        let offNights = off == 0 ? "No night" : Wording.count(off, "night", "nights")
        let emptyNights = empty == 0 ? "none" : String(empty)
        return """
            <section aria-labelledby="h-nights">
            <h2 id="h-nights">Nights <span class="aside">last four weeks</span></h2>
            <p class="note">In each cell: how many vitals lay outside the range that is usual for \
            you now. \(offNights) with at least one, \(emptyNights) without data.</p>
            <ol class="nights">
            \(items)</ol>
            </section>
            """
    }

    private static func cell(_ cell: Cell, index: Int) -> Markup {
        let date = WallClock.shortDate(cell.day)
        let kind = cell.known == 0 ? "none" : "n\(min(cell.outside, 3))"
        let number: Markup = cell.known == 0 ? "–" : "\(cell.outside)"
        let spoken = cell.known == 0 ? "no data" : "\(cell.outside) of \(cell.known) outside"
        // Mondays are dated; on a phone, where two rows of 14 stand, the first of each row.
        var label: Markup = .none
        if cell.day.weekday == 0 {
            label = "<span class=\"date\" aria-hidden=\"true\">\(date)</span>"
        }
        if index % 14 == 0 {
            label = "\(label)<span class=\"date row\" aria-hidden=\"true\">\(date)</span>"
        }
        return """
            <li class="\(kind)"><span class="cell" aria-hidden="true">\(number)</span>\(label)\
            <span class="spoken">\(date), \(spoken)</span></li>

            """
    }

    private static func cells(_ summary: DailySummary) -> [Cell] {
        var cells = (0..<nights).map { index in
            Cell(day: summary.day.advanced(by: Int64(index - nights + 1)), known: 0, outside: 0)
        }
        for metric in summary.vitals {
            let facts = MetricFacts(metric)
            guard facts.baseline != nil else { continue }
            for point in facts.history(days: nights) {
                let index = Int(point.day.dayNumber - cells[0].day.dayNumber)
                guard cells.indices.contains(index), let value = point.value else { continue }
                cells[index].known += 1
                if facts.position(of: value) != .within { cells[index].outside += 1 }
            }
        }
        return cells
    }
}

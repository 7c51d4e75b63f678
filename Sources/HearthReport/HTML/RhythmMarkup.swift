// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rhythm of two weeks: its numbers and a raster, each row a day and the one after it.
enum RhythmMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        guard let rhythm = summary.rhythm else { return .none }
        let count = rhythm.raster.rows.count
        let aside: Markup =
            count > 0 ? " <span class=\"aside\">last \(count) days</span>" : .none
        return """
            <section aria-labelledby="h-rhythm">
            <h2 id="h-rhythm">Rhythm\(aside)</h2>
            \(NightMarkup.facts(rhythm.metrics))\(RasterFigure.markup(rhythm.raster))</section>
            """
    }
}

/// The raster: bars where the person slept, a line where awake, nothing where not known.
///
/// Places across are percentages. The same days stand below as a table for screen readers.
enum RasterFigure {
    private static let rowHeight = 16.0
    private static let barHeight = 11.0
    private static let axisHeight = 24.0

    static func markup(_ raster: RasterPlot) -> Markup {
        let facts = RasterFacts(raster)
        guard facts.isKnown, !raster.rows.isEmpty else { return .none }
        let height = Double(raster.rows.count) * rowHeight
        let rows = raster.rows.enumerated().map { row($0.element, index: $0.offset) }
        return """
            <figure class="raster">
            <div class="plot">
            <div class="levels" aria-hidden="true">\(raster.rows.map(date))</div>
            <svg width="100%" height="\(at: height + axisHeight)" role="img" \
            aria-labelledby="raster-t raster-d"><title id="raster-t">Sleep of \
            \(raster.rows.count) days</title><desc id="raster-d">\(description(facts))</desc>
            \(hours(height))\(rows)</svg>
            </div>
            <figcaption>\(legend(facts))<p class="note">Each row is a day and the one after it, so \
            every night but the first and the last stands twice.</p></figcaption>
            </figure>
            \(table(raster))
            """
    }

    private static func date(_ row: RasterPlot.Row) -> Markup {
        "<span>\(WallClock.shortDate(row.day))</span>"
    }

    private static func hours(_ height: Double) -> Markup {
        let marks = stride(from: 0, through: 48, by: 6).map { hour -> Markup in
            let x = Double(hour) / 48 * 100
            let isMidnight = hour % 24 == 0
            let label: Markup =
                hour == 0 || hour == 48
                ? .none
                : """
                <text class="tick\(hour % 12 == 0 ? "" : " minor")" x="\(at: x)%" \
                y="\(at: height + 18)">\(WallClock.clock(hour % 24 * 3600))</text>
                """
            return """
                <line class="\(isMidnight ? "rule" : "hour")" x1="\(at: x)%" x2="\(at: x)%" y1="0" \
                y2="\(at: height + 4)"/>\(label)

                """
        }
        return "\(marks)"
    }

    private static func row(_ row: RasterPlot.Row, index: Int) -> Markup {
        let middle = (Double(index) + 0.5) * rowHeight
        let scale = 100 / Double(row.cells.count)
        let runs = RasterFacts.runs(row.cells).map { run -> Markup in
            let from = Double(run.from) * scale
            let width = Double(run.to - run.from) * scale
            switch run.cell {
            case .unknown: return .none
            case .awake:
                return """
                    <line class="awake" x1="\(at: from)%" x2="\(at: from + width)%" \
                    y1="\(at: middle)" y2="\(at: middle)"/>

                    """
            case .asleep:
                return """
                    <rect class="s-asleep" x="\(at: from)%" y="\(at: middle - barHeight / 2)" \
                    width="\(at: width)%" height="\(at: barHeight)" rx="1"/>

                    """
            }
        }
        return "\(runs)"
    }

    private static func legend(_ facts: RasterFacts) -> Markup {
        let cells = Set(facts.raster.days.flatMap { $0 })
        var items: [Markup] = []
        if cells.contains(.asleep) {
            items.append(
                """
                <li><svg width="22" height="14" aria-hidden="true">\
                <rect class="s-asleep" y="2" width="22" height="10" rx="1"/></svg> asleep</li>

                """)
        }
        if cells.contains(.awake) {
            items.append(
                """
                <li><svg width="22" height="14" aria-hidden="true">\
                <line class="awake" x1="0" x2="22" y1="7" y2="7"/></svg> awake</li>

                """)
        }
        if cells.contains(.unknown) { items.append("<li>blank: not known</li>\n") }
        return "<ul class=\"legend\">\n\(items)</ul>"
    }

    /// The same for those who cannot see the picture.
    private static func table(_ raster: RasterPlot) -> Markup {
        let rows = raster.rows.enumerated().map { index, row -> Markup in
            let hours = NumberText.fixed(
                RasterFacts.hoursAsleep(raster.days[index]), digits: 1)
            return """
                <tr><th scope="row">\(WallClock.shortDate(row.day))</th>\
                <td>\(RasterFacts.sleeps(row))</td><td>\(hours) h</td></tr>

                """
        }
        return """
            <div class="spoken"><table aria-labelledby="raster-t">
            <thead><tr><th scope="col">Day</th><th scope="col">Sleeps that began</th>\
            <th scope="col">Asleep on this date</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></div>

            """
    }

    private static func description(_ facts: RasterFacts) -> String {
        let days = facts.raster.days
        let known = days.count { $0.contains(.asleep) }
        let hours = days.reduce(0) { $0 + RasterFacts.hoursAsleep($1) }
        let mean = NumberText.fixed(hours / Double(max(1, known)), digits: 1)
        let first = WallClock.shortDate(facts.raster.first)
        let last = WallClock.shortDate(facts.raster.first.advanced(by: Int64(days.count - 1)))
        return "\(first) to \(last): sleep is known on "
            + "\(Wording.count(known, "date", "dates")) of \(days.count), \(mean) h each on average. "
            + "A table with the times follows."
    }
}

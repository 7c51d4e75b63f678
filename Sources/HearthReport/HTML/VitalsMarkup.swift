// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Vital signs against the person's own band, a row with a sparkline each.
enum VitalsMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        guard !summary.vitals.isEmpty else { return .none }
        let facts = summary.vitals.map { MetricFacts($0, signals: summary.verdict.signals) }
        // A vital that has neither a number nor a past only takes a line.
        let days = Sparkline.days(facts)
        let isRow = { (fact: MetricFacts) in fact.value != nil || Sparkline.isDrawn(fact, days) }
        let rows = facts.filter(isRow).enumerated().map {
            row($0.element, index: $0.offset, days: days)
        }
        let list: Markup =
            rows.isEmpty ? .none : "<ul class=\"vitals\" role=\"list\">\n\(rows)</ul>\n"
        let silent = facts.filter { !isRow($0) }
        return """
            <section aria-labelledby="h-vitals">
            <h2 id="h-vitals">Vitals against you <span class="aside">\
            last \(days) nights</span></h2>
            \(list)\(legend(facts, days))\(NightMarkup.missing(silent))</section>
            """
    }

    private static func row(_ facts: MetricFacts, index: Int, days: Int) -> Markup {
        let kind = facts.value == nil ? "empty" : (facts.isOff ? "off" : "in")
        let against: Markup =
            facts.value == nil
            ? .none : "<p class=\"against\">\(MetricMarkup.against(facts))</p>\n"
        return """
            <li class="vital \(kind)">
            <h3>\(name: Wording.capitalised(facts.metric.label))</h3>
            <p class="reading">\(MetricMarkup.value(facts))</p>
            \(against)\(Sparkline.markup(facts, days, identifier: "spark-\(index)"))</li>

            """
    }

    /// Only the marks that occur.
    private static func legend(_ facts: [MetricFacts], _ days: Int) -> Markup {
        let drawn = facts.filter { Sparkline.isDrawn($0, days) }
        guard !drawn.isEmpty else { return .none }
        var items: [Markup] = []
        if drawn.contains(where: { $0.baseline != nil }) {
            items.append(
                """
                <li><svg width="22" height="14" aria-hidden="true">\
                <rect class="band" y="2" width="22" height="10"/></svg> your usual range</li>

                """)
        }
        if drawn.contains(where: { Sparkline.countOutside($0, days) > 0 }) {
            items.append(
                """
                <li><svg width="14" height="14" aria-hidden="true">\
                <circle class="outside" cx="7" cy="7" r="3.5"/></svg> a night outside it</li>

                """)
        }
        if drawn.contains(where: { $0.value != nil }) {
            items.append(
                """
                <li><svg width="14" height="14" aria-hidden="true">\
                <circle class="now" cx="7" cy="7" r="4.5"/></svg> last night</li>

                """)
        }
        return "<ul class=\"legend\">\n\(items)</ul>\n"
    }
}

/// Up to sixty days of a metric over the person's band. Days without a number are gaps.
enum Sparkline {
    private static let height = 64.0

    /// One length for all of a section: the shortest of 14, 30 and 60 days that shows every past.
    static func days(_ facts: [MetricFacts]) -> Int {
        let longest =
            facts.compactMap { fact -> Int64? in
                let history = fact.history(days: 60).filter { $0.value != nil }
                guard let first = history.first, let last = history.last else { return nil }
                return last.day.dayNumber - first.day.dayNumber + 1
            }.max() ?? 0
        return [14, 30].first { longest <= $0 } ?? 60
    }

    /// A line needs two points.
    static func isDrawn(_ facts: MetricFacts, _ days: Int) -> Bool {
        facts.history(days: days).count { $0.value != nil } > 1
    }

    /// Nights of the picture outside today's band.
    static func countOutside(_ facts: MetricFacts, _ days: Int) -> Int {
        facts.history(days: days).compactMap(\.value).count { value in
            let position = facts.position(of: value)
            return position == .above || position == .below
        }
    }

    static func markup(_ facts: MetricFacts, _ days: Int, identifier: String) -> Markup {
        let history = facts.history(days: days)
        let known = history.filter { $0.value != nil }
        guard let last = history.last?.day, known.count > 1 else { return .none }
        let scale = Scale(facts, known.compactMap(\.value), lastDay: last, days: days)
        return """
            <svg class="spark" width="100%" height="\(at: height)" role="img" \
            aria-labelledby="\(identifier)-t \(identifier)-d">\
            <title id="\(identifier)-t">\(name: facts.metric.label), last \(days) days</title>\
            <desc id="\(identifier)-d">\(description(facts, known, days))</desc>
            \(band(facts, scale))\(trace(history, scale))\(dots(facts, known, scale, day: last))</svg>

            """
    }

    /// Places across in percent of the width, down in pixels.
    private struct Scale {
        var low: Double
        var high: Double
        var firstDay: Int64
        var days: Int

        init(_ facts: MetricFacts, _ values: [Double], lastDay: LocalDate, days: Int) {
            self.days = days
            let edges = facts.baseline.map { [$0.lower, $0.upper] } ?? []
            low = (values + edges).min() ?? 0
            high = (values + edges).max() ?? 1
            if high <= low {
                low -= 1
                high += 1
            }
            firstDay = lastDay.dayNumber - Int64(days - 1)
        }

        func x(_ day: LocalDate) -> Double {
            1 + Double(day.dayNumber - firstDay) / Double(days - 1) * 97
        }

        func y(_ value: Double) -> Double {
            let margin = 8.0
            return margin + (high - value) / (high - low) * (height - 2 * margin)
        }
    }

    private static func band(_ facts: MetricFacts, _ scale: Scale) -> Markup {
        guard let baseline = facts.baseline else { return .none }
        let top = scale.y(baseline.upper)
        let bottom = scale.y(baseline.lower)
        let middle = scale.y(baseline.median)
        return """
            <rect class="band" width="100%" y="\(at: top)" height="\(at: max(1, bottom - top))"/>\
            <line class="median" x1="0" x2="100%" y1="\(at: middle)" y2="\(at: middle)"/>

            """
    }

    /// A line through neighbouring nights, broken where a night has no number.
    private static func trace(_ history: [HistoryPoint], _ scale: Scale) -> Markup {
        var pieces: [Markup] = []
        var points: [Markup] = []
        var previous: LocalDate?
        func close() {
            // A lone point becomes a line of no length, which round caps show as a dot.
            if points.count == 1 { points += points }
            if !points.isEmpty { pieces.append("<polyline class=\"trace\" points=\"\(points)\"/>") }
            points = []
        }
        for point in history {
            guard let value = point.value else { continue }
            if let previous, point.day.dayNumber - previous.dayNumber > 1 { close() }
            points.append("\(at: scale.x(point.day) * 10),\(at: scale.y(value)) ")
            previous = point.day
        }
        close()
        // The inner picture stretches with the width; the stroke keeps its thickness.
        return """
            <svg width="100%" height="\(at: height)" viewBox="0 0 1000 \(at: height)" \
            preserveAspectRatio="none" aria-hidden="true">\(pieces)</svg>

            """
    }

    private static func dots(
        _ facts: MetricFacts, _ known: [HistoryPoint], _ scale: Scale, day: LocalDate
    ) -> Markup {
        let dots = known.enumerated().map { index, point -> Markup in
            guard let value = point.value else { return .none }
            let position = facts.position(of: value)
            let isLast = index == known.count - 1 && facts.value != nil && point.day == day
            let isOutside = position == .above || position == .below
            guard isLast || isOutside else { return .none }
            let kind = isLast ? (isOutside ? "now off" : "now") : "outside"
            return """
                <circle class="\(kind)" cx="\(at: scale.x(point.day))%" \
                cy="\(at: scale.y(value))" r="\(at: isLast ? 4 : 2.75)"/>
                """
        }
        return "\(dots)"
    }

    private static func description(
        _ facts: MetricFacts, _ known: [HistoryPoint], _ days: Int
    ) -> String {
        let values = known.compactMap(\.value)
        let outside = countOutside(facts, days)
        func number(_ value: Double?) -> String {
            NumberText.fixed(value ?? 0, digits: facts.metric.digits)
        }
        var text =
            "\(Wording.count(known.count, "night has", "nights have")) a number, between "
            + "\(number(values.min())) and \(number(values.max()))."
        if let range = facts.range {
            text += " Your usual range is \(range); "
            text += "\(Wording.count(outside, "night lies", "nights lie")) outside it."
        }
        return text
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The hypnogram: a row for each stage, bars where it lasted, the clock on the wall below.
///
/// Places across are percentages, so the figure fits every width and its text keeps its size.
enum HypnogramFigure {
    private static let rowHeight = 30.0
    private static let barHeight = 18.0
    private static let axisHeight = 24.0

    static func markup(_ night: NightSummary) -> Markup {
        let facts = HypnogramFacts(night.hypnogram)
        guard facts.count > 0, facts.isScored || night.correction == nil else {
            let reason = night.correction?.missing ?? "no stages were recorded"
            return "<p class=\"missing\">no hypnogram: \(reason)</p>"
        }
        return figure(night, facts, id: "hyp", title: "Hypnogram", note: note(night))
    }

    /// Another hypnogram of the night on the axis of the first.
    static func second(_ night: NightSummary, _ hypnogram: Hypnogram, note: String) -> Markup {
        let facts = HypnogramFacts(hypnogram, onEpochsOf: night.hypnogram)
        guard facts.isScored else {
            return "<p class=\"missing\">no hypnogram: it has no time in common with the night</p>"
        }
        let text: Markup = "\(Wording.capitalised(note))."
        return figure(night, facts, id: "hyp2", title: "Second hypnogram", note: text)
    }

    private static func figure(
        _ night: NightSummary, _ facts: HypnogramFacts, id: Markup, title: String, note: Markup
    ) -> Markup {
        let height = Double(facts.levels.count) * rowHeight
        return """
            <figure class="hypnogram">
            <div class="plot">
            <div class="levels" aria-hidden="true">\(facts.levels.map(levelName))</div>
            <svg width="100%" height="\(at: height + axisHeight)" role="img" \
            aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(title)</title>\
            <desc id="\(id)-d">\(description(night, facts))</desc>
            \(grid(facts))\(hours(night, facts, height))\(bars(facts, height))</svg>
            </div>
            <figcaption>\(legend(facts))<p class="note">\(note)</p></figcaption>
            </figure>
            """
    }

    private static func levelName(_ stage: SleepStage) -> Markup {
        "<span>\(Wording.capitalised(Wording.name(stage)))</span>"
    }

    private static func grid(_ facts: HypnogramFacts) -> Markup {
        let lines = facts.levels.indices.map { index -> Markup in
            let y = (Double(index) + 0.5) * rowHeight
            return "<line class=\"rule\" x1=\"0\" x2=\"100%\" y1=\"\(at: y)\" y2=\"\(at: y)\"/>\n"
        }
        return "\(lines)"
    }

    private static func hours(
        _ night: NightSummary, _ facts: HypnogramFacts, _ height: Double
    ) -> Markup {
        let clock = WallClock(night)
        let hours = clock.hours(from: facts.hypnogram.start, to: facts.hypnogram.end)
        let step = hours.count > 11 ? 2 : 1
        let marks = hours.enumerated().map { index, hour -> Markup in
            let x = facts.fraction(at: hour) * 100
            let isMajor = index % (2 * step) == 0
            let label: Markup =
                index % step == 0
                ? """
                <text class="tick\(isMajor ? "" : " minor")" x="\(at: x)%" \
                y="\(at: height + 18)">\(clock.text(hour))</text>
                """
                : .none
            return """
                <line class="hour" x1="\(at: x)%" x2="\(at: x)%" y1="0" y2="\(at: height + 4)"/>\
                \(label)

                """
        }
        return "\(marks)"
    }

    private static func bars(_ facts: HypnogramFacts, _ height: Double) -> Markup {
        var markup: [Markup] = []
        let scale = 100 / Double(facts.count)
        var previousRow: Double?
        for run in facts.runs {
            let x = Double(run.from) * scale
            let width = Double(run.to - run.from) * scale
            guard let level = facts.levels.firstIndex(of: run.stage) else {
                markup.append(
                    """
                    <rect class="gap" x="\(at: x)%" y="0" width="\(at: width)%" \
                    height="\(at: height)"/>

                    """)
                previousRow = nil
                continue
            }
            let middle = (Double(level) + 0.5) * rowHeight
            if let before = previousRow, before != middle {
                markup.append(
                    """
                    <line class="step" x1="\(at: x)%" x2="\(at: x)%" \
                    y1="\(at: min(before, middle))" y2="\(at: max(before, middle))"/>

                    """)
            }
            markup.append(
                """
                <rect class="s-\(run.stage.name)" x="\(at: x)%" y="\(at: middle - barHeight / 2)" \
                width="\(at: width)%" height="\(at: barHeight)" rx="1.5"/>

                """)
            previousRow = middle
        }
        return "\(markup)"
    }

    private static func legend(_ facts: HypnogramFacts) -> Markup {
        var stages = facts.levels.filter { facts.share(of: $0) > 0 }
        if facts.share(of: .unscored) > 0 { stages.append(.unscored) }
        let items = stages.map { stage -> Markup in
            """
            <li><svg width="14" height="14" aria-hidden="true">\
            <rect class="s-\(stage.name)" width="14" height="14" rx="3"/></svg> \
            \(Wording.name(stage)) <span>\(NumberText.percent(facts.share(of: stage)))</span></li>

            """
        }
        return "<ul class=\"legend\">\n\(items)</ul>"
    }

    private static func note(_ night: NightSummary) -> Markup {
        let clock = WallClock(night)
        var notes: [Markup] = ["\(Wording.capitalised(Wording.staged(by: night.stagedBy)))"]
        for change in clock.changes(from: night.start, to: night.end) {
            notes.append("clock moved \(WallClock.shift(change.by)) at \(clock.text(change.time))")
        }
        notes.append("\(Wording.zone(night.offsetOrigin))")
        return MetricMarkup.joined(notes)
    }

    private static func description(_ night: NightSummary, _ facts: HypnogramFacts) -> String {
        let clock = WallClock(night)
        let from = clock.text(facts.hypnogram.start)
        let to = clock.text(facts.hypnogram.end)
        let shares = (facts.levels + [.unscored]).filter { facts.share(of: $0) > 0 }.map {
            "\(Wording.name($0)) \(NumberText.percent(facts.share(of: $0)))"
        }
        let awakenings = facts.runs.dropFirst().dropLast().count { $0.stage == .wake }
        return "Stages from \(from) to \(to): \(shares.joined(separator: ", ")); "
            + "awake in between \(Wording.count(awakenings, "time", "times"))."
    }
}

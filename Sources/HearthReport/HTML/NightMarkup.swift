// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Last night: when, how long, and the hypnogram.
enum NightMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        guard let night = summary.night else {
            let reason = summary.nightMissing ?? "no sleep was found that ended on this day"
            return """
                <section aria-labelledby="h-night">
                <h2 id="h-night">Last night</h2>
                <p class="missing">no number: \(reason)</p>
                </section>
                """
        }
        let clock = WallClock(night)
        return """
            <section aria-labelledby="h-night">
            <h2 id="h-night">Last night <span class="aside">\
            <time datetime="\(WallClock.iso(night.start))">\(clock.text(night.start))</time> to \
            <time datetime="\(WallClock.iso(night.end))">\(clock.text(night.end))</time></span></h2>
            \(correction(night))\(facts(night.metrics))
            \(HypnogramFigure.markup(night))
            \(second(night))</section>
            """
    }

    /// Says that the times are the person's own, and what was found without them.
    private static func correction(_ night: NightSummary) -> Markup {
        guard let found = CorrectionFacts.found(night) else { return .none }
        return
            "<p class=\"note\"><strong>Corrected by you.</strong> \(Wording.capitalised(found)).</p>\n"
    }

    /// The other hypnogram of the night on the same axis, and how far both agree.
    private static func second(_ night: NightSummary) -> Markup {
        guard let second = night.second, let sentence = CorrectionFacts.second(night) else {
            return .none
        }
        let title =
            second.stagedBy == "hearth"
            ? "Hearth's own hypnogram" : "Hypnogram by \(CorrectionFacts.name(second.stagedBy))"
        return """
            <h3>\(title)</h3>
            \(HypnogramFigure.second(night, second.hypnogram, note: sentence))

            """
    }

    /// A list of terms and values; values out of the person's band say so, missing ones say why.
    static func facts(_ metrics: [Metric], signals: [SignalOff] = []) -> Markup {
        let facts = metrics.map { MetricFacts($0, signals: signals) }
        let known = facts.filter { $0.value != nil }
        let items = known.map { fact -> Markup in
            """
            <div><dt>\(name: Wording.capitalised(fact.metric.label))</dt>\
            <dd>\(MetricMarkup.value(fact))\(scored(fact))\(usual(fact))</dd></div>

            """
        }
        let list: Markup =
            known.isEmpty ? .none : "<dl class=\"facts\">\n\(items)</dl>\n"
        return "\(list)\(missing(facts))"
    }

    /// A line for each reason why there is no number.
    static func missing(_ facts: [MetricFacts]) -> Markup {
        let lines = MissingGroup.groups(facts).map { group -> Markup in
            let names = Wording.capitalised(group.labels.joined(separator: " · "))
            return "<p class=\"missing\">\(names): \(group.reason)</p>\n"
        }
        return "\(lines)"
    }

    /// The number itself where its range stands for it.
    private static func scored(_ facts: MetricFacts) -> Markup {
        guard facts.error != nil, let scored = facts.scored else { return .none }
        return "<span class=\"usual\">scored \(scored)</span>"
    }

    private static func usual(_ facts: MetricFacts) -> Markup {
        guard facts.value != nil, let range = facts.rangeWithUnit else { return .none }
        let arrow: Markup =
            switch facts.position {
            case .above: "<strong><span aria-hidden=\"true\">▲</span> above</strong> "
            case .below: "<strong><span aria-hidden=\"true\">▼</span> below</strong> "
            default: .none
            }
        return "<span class=\"usual\">\(arrow)usual \(range)</span>"
    }
}

/// Steps, active minutes and the like, and the training load.
enum ActivityMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        let metrics = summary.activity + summary.load
        guard !metrics.isEmpty else { return .none }
        return """
            <section aria-labelledby="h-activity">
            <h2 id="h-activity">Activity</h2>
            \(NightMarkup.facts(metrics, signals: summary.verdict.signals))
            </section>
            """
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What the numbers rest on: wear, sources, and what would help.
enum QualityMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        let quality = summary.dataQuality
        let worn = quality.wearCoverage.flatMap { $0.isFinite ? Wording.wear($0) : nil }
        let state = Wording.capitalised(worn ?? "how long a device was worn is not known")
        return """
            <section aria-labelledby="h-data">
            <h2 id="h-data">Data quality</h2>
            <p>\(state); \(Wording.zone(quality.zoneOrigin)).\(nightSignal(summary.verdict))</p>
            \(hints(quality.hints))\(sources(quality.sources))</section>
            """
    }

    private static func nightSignal(_ verdict: Verdict) -> Markup {
        guard let state = verdict.nightSignal else { return .none }
        return " \(Wording.nightSignal(state))."
    }

    private static func hints(_ hints: [String]) -> Markup {
        guard !hints.isEmpty else { return .none }
        let items = hints.map { "<li>\($0)</li>\n" as Markup }
        return "<h3>What would help</h3>\n<ul class=\"hints\">\n\(items)</ul>\n"
    }

    private static func sources(_ sources: [DataQuality.Source]) -> Markup {
        guard !sources.isEmpty else { return .none }
        let rows = DataSection.grouped(sources).flatMap { group in
            group.sources.map { source -> Markup in
                """
                <tr class="\(source.used ? "used" : "unused")">\
                <th scope="row">\(name: Wording.capitalised(Wording.quantity(group.quantity)))</th>\
                <td><bdi>\(name: source.device)</bdi></td>\
                <td class="number">\(NumberText.integer(source.samples))</td>\
                <td class="short">\(source.used ? "used" : "set aside")</td></tr>

                """
            }
        }
        return """
            <h3 id="h-sources">Sources</h3>
            <table aria-labelledby="h-sources">
            <thead><tr><th scope="col">Quantity</th><th scope="col">Device</th>\
            <th scope="col" class="number">Samples</th><th scope="col">Used</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
    }
}

/// Past days that changed, old and new, with the reason.
enum ChangesMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        guard !summary.changes.isEmpty else { return .none }
        let rows = summary.changes.map { change -> Markup in
            let (old, new) = ChangeText.values(change)
            return """
                <tr><th scope="row"><time datetime="\(change.day.description)">\
                \(WallClock.shortDate(change.day))</time></th>\
                <td>\(name: Wording.capitalised(change.label))</td><td>\(old)</td>\
                <td><strong>\(new)</strong></td><td>\(change.reason)</td></tr>

                """
        }
        return """
            <section aria-labelledby="h-changes">
            <h2 id="h-changes">Changed since last time</h2>
            <table aria-labelledby="h-changes">
            <thead><tr><th scope="col">Day</th><th scope="col">Number</th><th scope="col">Was</th>\
            <th scope="col">Is now</th><th scope="col">Why</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            </section>
            """
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// How each number was made: share of its input, confidence, devices, method and version.
enum ProvenanceMarkup {
    static func markup(_ summary: DailySummary) -> Markup {
        let known = summary.metrics.filter { MetricFacts($0).value != nil }
        guard !known.isEmpty else { return .none }
        let rows = groups(known).map { group -> Markup in
            let names = group.names.map(Wording.capitalised).joined(separator: " · ")
            let metric = group.metric
            return """
                <tr><th scope="row">\(names)</th>\
                <td>\(coverage(metric))</td><td>\(confidence(metric))</td>\
                <td><bdi>\(metric.sources.joined(separator: ", "))</bdi></td>\
                <td><code>\(metric.model)</code></td></tr>

                """
        }
        return """
            <section aria-labelledby="h-made">
            <h2 id="h-made">How each number was made</h2>
            <table class="made" aria-labelledby="h-made">
            <thead><tr><th scope="col">Number</th><th scope="col">Input present</th>\
            <th scope="col">Confidence</th><th scope="col">From</th>\
            <th scope="col">Method and version</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            </section>
            """
    }

    /// Metrics made in the same way from the same input share a row.
    private static func groups(_ metrics: [Metric]) -> [(names: [String], metric: Metric)] {
        var groups: [(names: [String], metric: Metric)] = []
        for metric in metrics {
            let same = groups.firstIndex { group in
                group.metric.model == metric.model && group.metric.sources == metric.sources
                    && group.metric.coverage == metric.coverage
                    && group.metric.confidence == metric.confidence
            }
            if let same {
                groups[same].names.append(metric.label)
            } else {
                groups.append(([metric.label], metric))
            }
        }
        return groups
    }

    private static func coverage(_ metric: Metric) -> Markup {
        guard let coverage = metric.coverage, coverage.isFinite else { return "not measured" }
        return "\(NumberText.percent(min(1, max(0, coverage))))"
    }

    private static func confidence(_ metric: Metric) -> Markup {
        guard let confidence = metric.confidence else { return "not stated" }
        let reason: Markup =
            confidence.reason.isEmpty ? .none : " <span class=\"why\">\(confidence.reason)</span>"
        return "\(confidence.level.rawValue)\(reason)"
    }
}

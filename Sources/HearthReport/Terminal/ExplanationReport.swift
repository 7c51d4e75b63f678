// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// `hearth explain`: how one number is made and, for a given day, what it is.
public enum ExplanationReport {
    /// Plain text that ends in a newline.
    ///
    /// - Parameters:
    ///   - formula: the computation in words or signs.
    ///   - inputs: what it needs, a line each.
    ///   - baseline: what the number is compared with.
    ///   - source: the work the method comes from.
    ///   - model: operator and version.
    ///   - metric: the number of the day asked for; `nil` leaves the day out.
    ///   - readiness: instead of a metric, the day's score.
    ///   - said: what the person said of the day; samples set right are named.
    public static func render(
        title: String, formula: String, inputs: [String], baseline: String, source: String,
        model: String, metric: Metric?, readiness: Readiness? = nil,
        said: DayCorrections = DayCorrections(), style: TerminalStyle = TerminalStyle()
    ) -> String {
        let text = TerminalText(style: style)
        var lines = [TerminalLine(text.name(title, limit: text.width), .strong), .blank]
        func field(_ name: String, _ content: [String]) {
            let rows = content.filter { !$0.isEmpty }.flatMap {
                text.wrapped($0, indent: 0, hanging: 13, lines: 12)
            }
            for (index, row) in rows.enumerated() {
                var line = TerminalLine(index == 0 ? "  " + name : "", .soft)
                line.fill(to: 13)
                line.add(row.pieces.map(\.text).joined().trimmingBlanks)
                lines.append(line)
            }
        }
        field("formula", [formula])
        field("inputs", inputs)
        field("baseline", [baseline])
        field("source", [source])
        field("model", [model])
        if let metric {
            lines.append(.blank)
            for (name, content) in day(metric) { field(name, content) }
        }
        if let readiness {
            lines.append(.blank)
            field("value", ReadinessSection.table(readiness))
        }
        field("set right", said.amended.map { CorrectionFacts.words($0, WallClock(said.clock)) })
        return lines.map { $0.rendered(colour: style.colour) + "\n" }.joined()
    }

    private static func day(_ metric: Metric) -> [(String, [String])] {
        let facts = MetricFacts(metric)
        var fields: [(String, [String])] = [
            ("value", [facts.measure?.text ?? facts.missing])
        ]
        if let range = facts.errorRange { fields.append(("range", [range])) }
        if let baseline = facts.baseline, let range = facts.rangeWithUnit {
            let median = Measure(
                baseline.median, unit: metric.unit, digits: metric.digits, metric: metric.id)
            let days = "\(baseline.days) of \(baseline.windowDays) days"
            fields.append(("your usual", ["\(range), median \(median.text), from \(days)"]))
        }
        if let value = facts.value, let baseline = facts.baseline, let z = facts.zScore {
            let spread = NumberText.fixed(baseline.spread, digits: metric.digits + 1)
            let median = NumberText.fixed(baseline.median, digits: metric.digits)
            let shown = NumberText.fixed(value, digits: metric.digits)
            fields.append(("z", ["(\(shown) − \(median)) / \(spread) = \(z)"]))
        }
        if let coverage = metric.coverage, coverage.isFinite {
            fields.append(("coverage", [NumberText.percent(coverage)]))
        }
        if let confidence = metric.confidence {
            fields.append(("confidence", ["\(confidence.level.rawValue): \(confidence.reason)"]))
        }
        fields.append(("from", [metric.sources.joined(separator: ", ")]))
        if metric.model.isEmpty == false { fields.append(("made by", [metric.model])) }
        return fields
    }
}

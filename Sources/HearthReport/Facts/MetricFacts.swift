// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What every voice says about a metric, worked out once: is there a number, where does it lie.
struct MetricFacts {
    /// Where a value lies against the person's band.
    enum Position {
        case below, within, above
    }

    let metric: Metric
    /// Finite, or `nil`.
    let value: Double?
    /// Where the value may really lie; present only with a value inside it.
    let error: ValueRange?
    /// Present only if its numbers are finite and in order.
    let baseline: Baseline?
    /// `nil` without a value or a band.
    let position: Position?
    /// What the verdict says about this metric, if it is off.
    let signal: SignalOff?

    init(_ metric: Metric, signals: [SignalOff] = []) {
        self.metric = metric
        let value = metric.value.flatMap { $0.isFinite ? $0 : nil }
        self.value = value
        error = metric.range.flatMap { range in
            guard let value, range.low.isFinite, range.high.isFinite else { return nil }
            return range.low <= value && value <= range.high ? range : nil
        }
        baseline = metric.baseline.flatMap { band in
            let isSound =
                band.lower.isFinite && band.upper.isFinite && band.median.isFinite
                && band.lower <= band.upper
            return isSound ? band : nil
        }
        if let value, let baseline {
            position =
                value < baseline.lower ? .below : (value > baseline.upper ? .above : .within)
        } else {
            position = nil
        }
        signal = signals.first { $0.metric == metric.id }
    }

    /// Nights in a row outside the band, this one included; 0 if inside or not known.
    var nightsOff: Int { max(0, signal?.nights ?? 0) }

    var isOff: Bool { position == .above || position == .below || nightsOff > 0 }

    /// `+0.4`: the value minus the band's median, in the metric's unit.
    var difference: String? {
        guard let value, let baseline else { return nil }
        return Measure.signed(
            value - baseline.median, unit: metric.unit, digits: metric.digits, metric: metric.id)
    }

    var measure: Measure? {
        value.map {
            Measure($0, unit: metric.unit, digits: metric.digits, metric: metric.id)
        }
    }

    /// `55–95 min`: the range of the method's error, minutes kept as minutes; `nil` without one.
    var errorRange: String? {
        guard let error else { return nil }
        let low = NumberText.fixed(error.low, digits: metric.digits)
        let high = NumberText.fixed(error.high, digits: metric.digits)
        return withUnit(low + (error.low < 0 ? " to " : "–") + high)
    }

    /// `75 min`: the number in the unit of its range.
    var scored: String? {
        value.map { withUnit(NumberText.fixed($0, digits: metric.digits)) }
    }

    private func withUnit(_ number: String) -> String {
        let unit = Measure.unitName(metric.unit, metric: metric.id)
        return unit.isEmpty ? number : "\(number) \(unit)"
    }

    /// What stands for the number: its range where there is one, else the number.
    var shown: String? { errorRange ?? measure?.text }

    /// `no number: …`
    var missing: String {
        if let reason = metric.missing, !reason.isEmpty { return "no number: \(reason)" }
        let isNotFinite = metric.value != nil
        return isNotFinite
            ? "no number: the computation gave no finite value" : "no number: no reason was given"
    }

    /// `49–55`, with the unit only where the number cannot be read without it.
    var range: String? {
        baseline.map {
            Measure.range(
                $0.lower, $0.upper, unit: metric.unit, digits: metric.digits, metric: metric.id)
        }
    }

    /// `49–55 bpm`
    var rangeWithUnit: String? {
        guard let range, let baseline else { return nil }
        let unit = Measure.unitName(metric.unit, metric: metric.id)
        let namesUnit = Measure.rangeNamesUnit(
            upper: baseline.upper, unit: metric.unit, digits: metric.digits)
        return namesUnit || unit.isEmpty ? range : "\(range) \(unit)"
    }

    /// `+0.4`, one digit.
    var zScore: String? {
        guard value != nil, let z = metric.zScore, z.isFinite else { return nil }
        return NumberText.signed(z, digits: 1)
    }

    /// The last `days` days of the history that ends on the history's last day.
    func history(days: Int) -> [HistoryPoint] {
        let sorted = metric.history.sorted { $0.day < $1.day }
        guard let last = sorted.last else { return [] }
        let first = last.day.advanced(by: Int64(1 - days))
        return sorted.filter { $0.day >= first }.map { point in
            HistoryPoint(day: point.day, value: point.value.flatMap { $0.isFinite ? $0 : nil })
        }
    }

    func position(of value: Double) -> Position? {
        guard let baseline else { return nil }
        return value < baseline.lower ? .below : (value > baseline.upper ? .above : .within)
    }
}

/// Metrics without a number that share a reason.
struct MissingGroup {
    var labels: [String]
    /// `no number: …`
    var reason: String

    /// Groups in order of first appearance.
    static func groups(_ facts: [MetricFacts]) -> [MissingGroup] {
        var groups: [MissingGroup] = []
        for fact in facts where fact.value == nil {
            if let same = groups.firstIndex(where: { $0.reason == fact.missing }) {
                groups[same].labels.append(fact.metric.label)
            } else {
                groups.append(MissingGroup(labels: [fact.metric.label], reason: fact.missing))
            }
        }
        return groups
    }
}

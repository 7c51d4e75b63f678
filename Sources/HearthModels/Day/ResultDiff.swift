// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// What changed between two scorings of one day.
public enum ResultDiff {
    /// The metrics whose shown value differs, in the order of the report.
    ///
    /// Differences below the digits that are shown are none.
    public static func changes(
        old: DayFeatures, new: DayFeatures, reason: String
    ) -> [ResultChange] {
        MetricID.allCases.compactMap { id in
            let before = old.value(of: id.rawValue)
            let after = new.value(of: id.rawValue)
            let facts = id.facts
            guard shown(before, facts.digits) != shown(after, facts.digits) else { return nil }
            return ResultChange(
                day: new.day, metric: id.rawValue, label: facts.label, unit: facts.unit,
                digits: facts.digits, old: before, new: after, reason: reason)
        }
    }

    private static func shown(_ value: Double?, _ digits: Int) -> Double? {
        var scale = 1.0
        for _ in 0..<max(0, digits) { scale *= 10 }
        return value.map { ($0 * scale).rounded() / scale }
    }
}

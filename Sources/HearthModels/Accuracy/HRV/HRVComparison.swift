// SPDX-License-Identifier: Apache-2.0
import HearthDSP

/// One published number beside Hearth's own.
public struct HRVComparison: Sendable, Hashable {
    /// What was handed to Hearth's formulae, or which of them were changed.
    public enum Way: String, Sendable, CaseIterable {
        /// The reference's intervals, Hearth's definitions.
        case own
        /// The reference's intervals and, where its definition differs, that: shows that the
        /// difference is explained.
        case theirs
        /// Intervals cleaned by Hearth's own rule, Hearth's definitions.
        case cleaned
    }

    /// Name of the published number.
    public var metric: String
    public var way: Way
    public var ours: Double?
    public var published: Double
    /// Half of the last digit it was published with; zero if it was published in full.
    public var rounding: Double

    public init(
        _ metric: String, way: Way = .own, ours: Double?, published: Double, rounding: Double = 0
    ) {
        self.metric = metric
        self.way = way
        self.ours = ours
        self.published = published
        self.rounding = rounding
    }

    /// |ours - published| / |published|, what the published number lost by rounding forgiven; `nil`
    /// if either is missing, or the published one is zero and ours is not.
    public var relativeDifference: Double? {
        guard let ours, ours.isFinite, published.isFinite else { return nil }
        let difference = max(0, abs(ours - published) - rounding)
        if difference == 0 { return 0 }
        return published == 0 ? nil : difference / abs(published)
    }
}

/// How one metric compares over all records of a reference.
public struct HRVAgreement: Sendable, Hashable {
    public var metric: String
    public var way: HRVComparison.Way
    /// Numbers compared.
    public var count: Int
    /// Numbers that Hearth has none for, or that are zero where Hearth's is not.
    public var without: Int
    public var median: Double
    public var worst: Double
    /// Shares of the compared within 0.1 and 1 %.
    public var withinTenth: Double
    public var withinOne: Double

    /// `nil` if nothing could be compared.
    init?(_ metric: String, _ way: HRVComparison.Way, _ all: [HRVComparison]) {
        let differences = all.compactMap(\.relativeDifference)
        guard let median = RobustStatistics.median(differences), let worst = differences.max()
        else { return nil }
        self.metric = metric
        self.way = way
        count = differences.count
        without = all.count - differences.count
        self.median = median
        self.worst = worst
        withinTenth = Double(differences.count { $0 <= 0.001 }) / Double(count)
        withinOne = Double(differences.count { $0 <= 0.01 }) / Double(count)
    }

    /// One for each metric and way that occurs, in the order of first appearance.
    public static func all(_ comparisons: [HRVComparison]) -> [HRVAgreement] {
        struct Key: Hashable {
            var metric: String
            var way: HRVComparison.Way
        }
        var order: [Key] = []
        var groups: [Key: [HRVComparison]] = [:]
        for one in comparisons {
            let key = Key(metric: one.metric, way: one.way)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(one)
        }
        return order.compactMap { HRVAgreement($0.metric, $0.way, groups[$0] ?? []) }
    }
}

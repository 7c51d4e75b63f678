// SPDX-License-Identifier: Apache-2.0

/// How the night's signals stand against the person's own, as a sum that can be checked by hand.
///
/// The score is ``start`` plus the points of the terms, nothing else: 50 is a usual night, 0 and 100
/// are the ends. The weights are a choice and the person can set them; it predicts nothing.
public struct Readiness: Sendable, Codable, Hashable {
    /// The score when every signal is at its median.
    public static let start = 50

    /// One signal's part.
    public struct Term: Sendable, Codable, Hashable {
        /// ``Metric/id``.
        public var metric: String
        public var label: String
        public var value: Double
        public var unit: String
        public var digits: Int
        /// Of the person's band.
        public var median: Double
        public var spread: Double
        /// (value - median) / spread.
        public var zScore: Double
        /// Percent; those of all terms make 100.
        public var weight: Int
        public var points: Int

        public init(
            metric: String, label: String, value: Double, unit: String, digits: Int,
            median: Double, spread: Double, zScore: Double, weight: Int, points: Int
        ) {
            self.metric = metric
            self.label = label
            self.value = value
            self.unit = unit
            self.digits = digits
            self.median = median
            self.spread = spread
            self.zScore = zScore
            self.weight = weight
            self.points = points
        }
    }

    /// Name and version of the rule.
    public var model: String
    /// Empty if there is no score.
    public var terms: [Term]
    /// Signals that have a weight and no place in the sum, because they or their band are missing.
    public var absent: [String]
    /// Why there is no score.
    public var missing: String?

    /// 0...100; `nil` if ``missing`` says why.
    public var score: Int? {
        missing == nil ? terms.reduce(Self.start) { $0 + $1.points } : nil
    }

    public init(model: String, terms: [Term], absent: [String] = [], missing: String? = nil) {
        self.model = model
        self.terms = terms
        self.absent = absent
        self.missing = missing
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The coefficients of the rhythm screen: a logistic regression on ``IrregularityFeatures``.
public struct IrregularityModel: Codable, Sendable, Hashable {
    /// One a feature: what is taken from it, and what the rest is divided by; then cut at ``reach``.
    public var centres: [Double]
    public var scales: [Double]
    public var weights: [Double]
    public var offset: Double
    /// Scores (logits) above which a stretch becomes, and below which it is no longer, irregular.
    public var enter: Double
    public var leave: Double

    /// Standard deviations beyond which a feature says no more.
    static let reach = 4.0
    /// Share of early beats above which a middling score is no answer.
    static let ectopyLimit = 0.5
    /// How near zero a score is middling.
    static let ectopyMargin = 1.0

    public init(
        centres: [Double], scales: [Double], weights: [Double], offset: Double, enter: Double,
        leave: Double
    ) {
        self.centres = centres
        self.scales = scales
        self.weights = weights
        self.offset = offset
        self.enter = enter
        self.leave = leave
    }

    /// The logarithm of the odds of fibrillation, as in the training set.
    ///
    /// A model of another number of features takes no notice of the rest.
    func score(_ features: IrregularityFeatures) -> Double {
        var sum = offset
        let count = min(
            min(features.values.count, weights.count), min(centres.count, scales.count))
        for index in 0..<count {
            let scaled = (features.values[index] - centres[index]) / scales[index]
            sum += weights[index] * max(-Self.reach, min(Self.reach, scaled))
        }
        return sum
    }
}

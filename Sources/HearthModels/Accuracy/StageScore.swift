// SPDX-License-Identifier: Apache-2.0

/// How two scorings of the same epochs agree: a confusion matrix and what follows from it.
///
/// Shape: one row a class of the truth, one column a class of the method; entries are epochs.
/// - Source: `cohen1960`
public struct StageScore: Sendable, Hashable {
    public private(set) var counts: [[Int]]

    public init(classes: Int) {
        precondition(classes > 0, "a score has classes")
        counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    }

    /// - Precondition: a square matrix of numbers that are not negative.
    public init(counts: [[Int]]) {
        precondition(
            !counts.isEmpty
                && counts.allSatisfy { $0.count == counts.count && $0.allSatisfy { $0 >= 0 } },
            "a confusion matrix is square, and counts")
        self.counts = counts
    }

    public var classes: Int { counts.count }

    public mutating func add(truth: Int, said: Int) { counts[truth][said] += 1 }

    /// With classes put together.
    ///
    /// - Parameter groups: the new class of each class, from 0 on.
    public func merged(_ groups: [Int]) -> StageScore {
        precondition(groups.count == classes, "each class has a group")
        var result = StageScore(classes: (groups.max() ?? 0) + 1)
        for (row, truth) in groups.enumerated() {
            for (column, said) in groups.enumerated() {
                result.counts[truth][said] += counts[row][column]
            }
        }
        return result
    }

    // MARK: All classes

    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
    /// Epochs of a class by the truth.
    public func truths(of index: Int) -> Int { counts[index].reduce(0, +) }
    /// Epochs of a class by the method.
    public func claims(of index: Int) -> Int { counts.reduce(0) { $0 + $1[index] } }

    private var agreed: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// Share of epochs on which both agree, 0 to 1; `nil` without epochs.
    public var accuracy: Double? { Self.share(agreed, of: total) }

    /// Cohen's kappa: agreement beyond chance, 1 at most; `nil` where chance alone agrees in full.
    public var kappa: Double? {
        guard let accuracy else { return nil }
        let all = Double(total)
        var chance = 0.0
        for index in counts.indices {
            chance += Double(truths(of: index)) * Double(claims(of: index))
        }
        chance /= all * all
        return chance < 1 ? (accuracy - chance) / (1 - chance) : nil
    }

    /// The class with most epochs by the truth, the first of equals; `nil` without epochs.
    public var majority: Int? {
        guard total > 0 else { return nil }
        var best = 0
        for index in counts.indices where truths(of: index) > truths(of: best) { best = index }
        return best
    }

    /// What calling every epoch the majority class would reach.
    public var majorityAccuracy: Double? {
        majority.flatMap { Self.share(truths(of: $0), of: total) }
    }

    // MARK: One class

    /// Share of the class's epochs that the method finds; `nil` if there are none.
    public func sensitivity(of index: Int) -> Double? {
        Self.share(counts[index][index], of: truths(of: index))
    }

    /// Share of the epochs called so that are so; `nil` if none is called so.
    public func precision(of index: Int) -> Double? {
        Self.share(counts[index][index], of: claims(of: index))
    }

    /// Harmonic mean of sensitivity and precision; `nil` if the class is nowhere.
    public func f1(of index: Int) -> Double? {
        Self.share(2 * counts[index][index], of: truths(of: index) + claims(of: index))
    }

    private static func share(_ part: Int, of whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}

/// Sleep against wake; class 0 is wake, class 1 sleep.
public struct SleepWakeScore: Sendable, Hashable {
    public var score: StageScore
    /// Epochs that the method left open; they count as sleep, the majority.
    public var open = 0

    public init(_ score: StageScore = StageScore(classes: 2), open: Int = 0) {
        precondition(score.classes == 2, "sleep and wake")
        self.score = score
        self.open = open
    }

    public var accuracy: Double? { score.accuracy }
    public var kappa: Double? { score.kappa }
    /// Share of sleep that is found.
    public var sensitivity: Double? { score.sensitivity(of: 1) }
    /// Share of wake that is found.
    public var specificity: Double? { score.sensitivity(of: 0) }
    /// Mean of both.
    public var balanced: Double? {
        guard let sensitivity, let specificity else { return nil }
        return (sensitivity + specificity) / 2
    }
    /// Minutes of sleep of the method less those of the truth.
    public var sleepTimeError: Double {
        Double(score.claims(of: 1) - score.truths(of: 1)) * Double(SleepEpoch.seconds) / 60
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Calls against labels, by beat and by time.
///
/// A beat the method does not answer counts as not called, in sensitivity and in specificity;
/// ``unknownShare`` says how many there are.
public struct RhythmTally: Sendable, Hashable {
    /// Beats, or milliseconds of interval.
    public enum Measure: Int, Sendable, CaseIterable { case beats, time }

    /// One a label and call, for each measure.
    private var cells: [[Double]] = Array(
        repeating: Array(
            repeating: 0, count: RhythmLabel.allCases.count * RhythmCall.allCases.count),
        count: Measure.allCases.count)

    public init() {}

    public mutating func add(_ label: RhythmLabel, _ call: RhythmCall, milliseconds: Double) {
        let cell = Int(label.rawValue) * RhythmCall.allCases.count + Int(call.rawValue)
        cells[Measure.beats.rawValue][cell] += 1
        // A gap stands for no time, and so does a value that is none.
        let counts = PrematureBeats.plausibleMilliseconds.contains(milliseconds)
        cells[Measure.time.rawValue][cell] += counts ? milliseconds : 0
    }

    public static func + (a: RhythmTally, b: RhythmTally) -> RhythmTally {
        var sum = a
        for measure in sum.cells.indices {
            for cell in sum.cells[measure].indices {
                sum.cells[measure][cell] += b.cells[measure][cell]
            }
        }
        return sum
    }

    public func count(
        _ label: RhythmLabel, _ call: RhythmCall, _ measure: Measure = .beats
    ) -> Double {
        cells[measure.rawValue][
            Int(label.rawValue) * RhythmCall.allCases.count + Int(call.rawValue)]
    }

    public func total(_ label: RhythmLabel, _ measure: Measure = .beats) -> Double {
        RhythmCall.allCases.reduce(0) { $0 + count(label, $1, measure) }
    }

    /// Share of fibrillation that is called.
    public func sensitivity(_ measure: Measure = .beats) -> Double? {
        Self.ratio(count(.fibrillation, .irregular, measure), total(.fibrillation, measure))
    }

    /// Share of the rest that is not called. Flutter is part of the rest, or left out.
    public func specificity(withFlutter: Bool, _ measure: Measure = .beats) -> Double? {
        let flutter = withFlutter ? total(.flutter, measure) : 0
        let called = withFlutter ? count(.flutter, .irregular, measure) : 0
        let all = total(.other, measure) + flutter
        return Self.ratio(all - count(.other, .irregular, measure) - called, all)
    }

    /// Share of what is called that is fibrillation; `nil` if nothing is called.
    public func positivePredictiveValue(
        withFlutter: Bool, _ measure: Measure = .beats
    ) -> Double? {
        let flutter = withFlutter ? count(.flutter, .irregular, measure) : 0
        let right = count(.fibrillation, .irregular, measure)
        return Self.ratio(right, right + count(.other, .irregular, measure) + flutter)
    }

    /// Share of all beats, flutter among them, on which the method says nothing.
    public func unknownShare(_ measure: Measure = .beats) -> Double? {
        let unknown = RhythmLabel.allCases.reduce(0) { $0 + count($1, .unknown, measure) }
        return Self.ratio(unknown, RhythmLabel.allCases.reduce(0) { $0 + total($1, measure) })
    }

    /// Share of time called less share of time in fibrillation.
    public var burdenError: Double? {
        let all = RhythmLabel.allCases.reduce(0) { $0 + total($1, .time) }
        let called = RhythmLabel.allCases.reduce(0) { $0 + count($1, .irregular, .time) }
        return Self.ratio(called - total(.fibrillation, .time), all)
    }

    private static func ratio(_ part: Double, _ whole: Double) -> Double? {
        whole > 0 ? part / whole : nil
    }
}

/// The share of alarms that are right where the condition is rarer than in a test set.
public enum PredictiveValue {
    /// - Parameter prevalence: share of people, or of time, with the condition.
    /// - Returns: `nil` where nothing would be called.
    public static func positive(
        sensitivity: Double, specificity: Double, prevalence: Double
    ) -> Double? {
        let right = sensitivity * prevalence
        let wrong = (1 - specificity) * (1 - prevalence)
        return right + wrong > 0 ? right / (right + wrong) : nil
    }
}

// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// How far two hypnograms of one night say the same, epoch by epoch.
///
/// Shape: epochs of the shorter of the two lengths, from the first to the last instant that both
/// cover; each has the stage that either hypnogram has at its middle. Compared are wake, light,
/// deep and REM if both tell stages, otherwise wake and sleep. Epochs in bed, unscored or, among
/// four classes, asleep without a stage count for neither.
///
/// - Source: kappa is (agreement − chance) / (1 − chance) (`cohen1960`).
public enum HypnogramAgreement {
    /// The agreement of two hypnograms; the order of the two does not matter.
    ///
    /// - Returns: `nil` if no epoch was scored by both.
    public static func between(_ a: Hypnogram, _ b: Hypnogram) -> StageAgreement? {
        let epoch = min(a.epochSeconds, b.epochSeconds)
        let (start, end) = (max(a.start, b.start), min(a.end, b.end))
        let four = hasStages(a) && hasStages(b)
        var both = [[Int]](repeating: [0, 0, 0, 0], count: 4)
        var middle = start.advanced(byNanoseconds: Int64(epoch) * 500_000_000)
        while middle < end {
            if let left = a.stage(at: middle).flatMap({ place(of: $0, four) }),
                let right = b.stage(at: middle).flatMap({ place(of: $0, four) })
            {
                both[left][right] += 1
            }
            middle = middle.advanced(bySeconds: Int64(epoch))
        }
        let count = both.joined().reduce(0, +)
        guard count > 0 else { return nil }
        let same = (0..<4).reduce(0) { $0 + both[$1][$1] }
        let chance = (0..<4).reduce(0.0) { sum, place in
            let left = both[place].reduce(0, +)
            let right = both.reduce(0) { $0 + $1[place] }
            return sum + Double(left) * Double(right) / (Double(count) * Double(count))
        }
        let agreement = Double(same) / Double(count)
        return StageAgreement(
            classes: four ? .four : .two, epochSeconds: epoch, epochs: count,
            agreement: agreement, kappa: chance < 1 ? (agreement - chance) / (1 - chance) : nil)
    }

    private static func hasStages(_ hypnogram: Hypnogram) -> Bool {
        hypnogram.stages.contains { $0 == .light || $0 == .deep || $0 == .rem }
    }

    private static func place(of stage: SleepStage, _ four: Bool) -> Int? {
        switch stage {
        case .inBed, .unscored: nil
        case .wake: 0
        case .asleep: four ? nil : 1
        case .light: 1
        case .deep: four ? 2 : 1
        case .rem: four ? 3 : 1
        }
    }
}

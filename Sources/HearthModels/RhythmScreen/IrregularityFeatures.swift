// SPDX-License-Identifier: Apache-2.0
/// What the screen sees of the beats around a block: a long window and a short one inside it.
///
/// Every interval is divided by the median of its window, so that the heart rate counts by itself
/// only. Spreads go in as logarithms.
/// - Source: histogram of differences `sarkar2008`; turning points and relative differences
///   `dash2009`; sample entropy free of the heart rate `lake2011`; the others are this project's.
public struct IrregularityFeatures: Sendable, Hashable {
    /// One a value, in the order of the coefficients.
    public static let names: [String] =
        WindowIrregularity.longNames.map { "long-" + $0 }
        + WindowIrregularity.shortNames.map { "short-" + $0 }

    public let values: [Double]
    /// Share of the long window's intervals taken for premature beats and their pauses.
    public let prematureShare: Double

    /// - Parameters:
    ///   - long: intervals in milliseconds, from 4 to 128, all above zero.
    ///   - near: the places in it of the short window, at least four.
    ///   - order: the places of the long window by ascending value.
    init(long: ArraySlice<Double>, near: Range<Int>, order: [Int]) {
        let wide = WindowIrregularity(long, order: order, isLong: true)
        let inside = order.lazy.filter { near.contains($0) }.map { $0 - near.lowerBound }
        let start = long.startIndex
        let short = WindowIrregularity(
            long[(start + near.lowerBound)..<(start + near.upperBound)], order: Array(inside),
            isLong: false)
        values = wide.long + short.short
        prematureShare = wide.removedShare
    }
}

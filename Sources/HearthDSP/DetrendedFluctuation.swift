// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How the wandering of a series grows with the length over which it is looked at.
///
/// - Source: `peng1995`.
public enum DetrendedFluctuation {
    /// The slope of ln F(n) against ln n over box lengths `boxes`, F(n) being the root mean square
    /// of the summed series about a straight line in each full box of n values.
    ///
    /// - Returns: `nil` if a box length is below 4, or has no full box, if F is zero, if there are
    ///   fewer than two lengths, or a value that is not finite.
    public static func exponent(_ values: [Double], boxes: ClosedRange<Int>) -> Double? {
        guard boxes.lowerBound >= 4, boxes.count >= 2, values.count >= boxes.upperBound,
            values.allSatisfy(\.isFinite)
        else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        var sum = 0.0
        let walk = values.map { value in
            sum += value - mean
            return sum
        }
        var points: [(x: Double, y: Double)] = []
        for length in boxes {
            let squares = squares(walk, length)
            guard squares > 0 else { return nil }
            let count = Double(walk.count / length * length)
            points.append((log(Double(length)), log(squares / count) / 2))
        }
        return slope(points)
    }

    /// Sum of squares about the lines of all full boxes.
    private static func squares(_ walk: [Double], _ length: Int) -> Double {
        let middle = Double(length - 1) / 2
        let spread = Double(length) * (Double(length) * Double(length) - 1) / 12
        var total = 0.0
        var start = 0
        while start + length <= walk.count {
            // About the first value of the box: sums stay small, nothing cancels.
            let base = walk[start]
            var (sum, square, product) = (0.0, 0.0, 0.0)
            for offset in 0..<length {
                let value = walk[start + offset] - base
                sum += value
                square += value * value
                product += (Double(offset) - middle) * value
            }
            let about = square - sum * sum / Double(length) - product * product / spread
            total += max(0, about)
            start += length
        }
        return total
    }

    private static func slope(_ points: [(x: Double, y: Double)]) -> Double? {
        let count = Double(points.count)
        let x = points.reduce(0) { $0 + $1.x } / count
        let y = points.reduce(0) { $0 + $1.y } / count
        let xx = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        let xy = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
        return xx > 0 ? xy / xx : nil
    }
}

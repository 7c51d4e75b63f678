// SPDX-License-Identifier: Apache-2.0
public import HearthDSP

/// What makes a recorder at rest show exactly 1 g in every position, and how well it does.
///
/// Calibrated axis = (raw + offset) × scale + temperature slope × (temperature − reference), in g.
public struct GravityCalibration: Codable, Sendable, Hashable {
    /// In g, one an axis.
    public var offset: [Double]
    public var scale: [Double]
    /// In g per degree Celsius; zeros if no temperature was given.
    public var temperatureSlope: [Double]
    /// Mean temperature of the windows in degrees Celsius; `nil` if none was given.
    public var referenceTemperature: Double?
    /// Mean distance of the still windows' vectors from 1 g, before and after, in g.
    public var errorBefore: Double
    public var errorAfter: Double
    /// Still windows of 10 s it was computed from.
    public var windows: Int

    /// The calibrated vector of a raw one.
    public func apply(_ raw: [Double], temperature: Double? = nil) -> [Double] {
        let warmth =
            referenceTemperature.flatMap { reference in temperature.map { $0 - reference } } ?? 0
        return (0..<3).map { axis in
            (raw[axis] + offset[axis]) * scale[axis] + temperatureSlope[axis] * warmth
        }
    }

    /// Why a recording cannot be calibrated; its raw values are then used as they are.
    public enum Refusal: Error, Sendable, Hashable {
        /// Fewer still windows than ``GravityCalibrator/fewestWindows``.
        case tooFewStillWindows(found: Int)
        /// The recorder never lay on some side, so that this axis cannot be judged.
        case sphereNotCovered
        /// The fit left a larger error than ``GravityCalibrator/largestError``, or than before.
        case errorRemains(before: Double, after: Double)
    }
}

/// Fits the sphere of 1 g through the means of still windows.
///
/// - Source: `vanhees2014`: iterated weighted regression of each axis on the nearest points of the unit
///   sphere, with temperature as a further regressor where there is one. Departure: the whole
///   recording is used at once instead of growing it from 72 hours in steps of 12.
public enum GravityCalibrator {
    /// Two minutes of rest are needed to say anything.
    public static let fewestWindows = 12
    /// Some window must lie below minus this and some above it, on every axis, in g.
    public static let sphereCriterion = 0.3
    /// A fit that leaves more is not used, in g.
    public static let largestError = 0.01
    static let mostRounds = 1000
    static let tolerance = 1e-10
    /// Weights are the inverse of the distance, at most this.
    static let largestWeight = 100.0

    /// - Parameters:
    ///   - windows: means of still windows, in g.
    ///   - temperatures: of the same windows in degrees Celsius, or empty; it is used only if every
    ///     window has one.
    /// - Throws: ``GravityCalibration/Refusal`` if there is too little to go by.
    public static func fit(
        _ windows: [StillWindow], temperatures: [Double] = []
    ) throws(GravityCalibration.Refusal) -> GravityCalibration {
        guard windows.count >= fewestWindows else {
            throw .tooFewStillWindows(found: windows.count)
        }
        let input = [windows.map(\.x), windows.map(\.y), windows.map(\.z)]
        guard input.allSatisfy(isCovered) else { throw .sphereNotCovered }
        let before = meanError(input)
        var fit = SphereFit(input, temperatures.count == windows.count ? temperatures : [])
        fit.run()
        let after = meanError(fit.calibrated())
        guard after < largestError, after <= before else {
            throw .errorRemains(before: before, after: after)
        }
        return GravityCalibration(
            offset: fit.offset, scale: fit.scale, temperatureSlope: fit.slope,
            referenceTemperature: fit.reference, errorBefore: before, errorAfter: after,
            windows: windows.count)
    }

    private static func isCovered(_ axis: [Double]) -> Bool {
        axis.contains { $0 < -sphereCriterion } && axis.contains { $0 > sphereCriterion }
    }

    /// Mean distance from 1 g of vectors given as three columns.
    static func meanError(_ columns: [[Double]]) -> Double {
        let count = columns[0].count
        let sum = (0..<count).reduce(0.0) { sum, index in
            let square = columns.reduce(0.0) { $0 + $1[index] * $1[index] }
            return sum + abs(square.squareRoot() - 1)
        }
        return sum / Double(count)
    }
}

/// The state of one fit: columns of the input and what corrects them so far.
private struct SphereFit {
    let input: [[Double]]
    /// Temperature less its mean; empty if not used.
    let warmth: [Double]
    let reference: Double?
    var offset = [0.0, 0.0, 0.0]
    var scale = [1.0, 1.0, 1.0]
    var slope = [0.0, 0.0, 0.0]

    init(_ input: [[Double]], _ temperatures: [Double]) {
        self.input = input
        let mean = temperatures.reduce(0, +) / Double(max(1, temperatures.count))
        let spread = temperatures.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
        // A thermometer that never moved tells nothing and would make the regression singular.
        let isUsed = !temperatures.isEmpty && spread > 1e-6
        reference = isUsed ? mean : nil
        warmth = isUsed ? temperatures.map { $0 - mean } : []
    }

    func calibrated() -> [[Double]] {
        var result = input
        for axis in 0..<3 {
            for index in input[axis].indices {
                result[axis][index] = (input[axis][index] + offset[axis]) * scale[axis]
                if !warmth.isEmpty { result[axis][index] += slope[axis] * warmth[index] }
            }
        }
        return result
    }

    mutating func run() {
        var weights = [Double](repeating: 1, count: input[0].count)
        var lastResidual = Double.infinity
        for _ in 0..<GravityCalibrator.mostRounds {
            let current = calibrated()
            let target = nearest(current)
            var fitted = current
            for axis in 0..<3 {
                let change = WeightedRegression.solve(
                    target[axis], on: current[axis], warmth, weights: weights)
                guard change.scale.isFinite, change.scale != 0, scale[axis] != 0 else { return }
                for index in current[axis].indices {
                    fitted[axis][index] = change.offset + change.scale * current[axis][index]
                    if !warmth.isEmpty { fitted[axis][index] += change.slope * warmth[index] }
                }
                offset[axis] += change.offset / (scale[axis] * change.scale)
                slope[axis] = slope[axis] * change.scale + change.slope
                scale[axis] *= change.scale
            }
            let squares = squaredDistances(fitted, target)
            let total = weights.reduce(0, +)
            let sum = zip(weights, squares).reduce(0.0) { $0 + $1.0 * $1.1 }
            let residual = sum / total / Double(squares.count)
            weights = squares.map {
                min(1 / $0.squareRoot(), GravityCalibrator.largestWeight)
            }
            if abs(residual - lastResidual) < GravityCalibrator.tolerance { return }
            lastResidual = residual
        }
    }

    /// The nearest points on the sphere of 1 g; a vector of no length stays.
    private func nearest(_ columns: [[Double]]) -> [[Double]] {
        var result = columns
        for index in columns[0].indices {
            let square = columns.reduce(0.0) { $0 + $1[index] * $1[index] }
            guard square > 0 else { continue }
            let norm = square.squareRoot()
            for axis in 0..<3 { result[axis][index] /= norm }
        }
        return result
    }

    private func squaredDistances(_ a: [[Double]], _ b: [[Double]]) -> [Double] {
        a[0].indices.map { index in
            (0..<3).reduce(0.0) { sum, axis in
                let difference = a[axis][index] - b[axis][index]
                return sum + difference * difference
            }
        }
    }
}

/// Least squares of one column on a constant, a column and perhaps a second one.
enum WeightedRegression {
    /// The three coefficients; the last is 0 without a second column. A singular system changes
    /// nothing.
    static func solve(
        _ target: [Double], on first: [Double], _ second: [Double], weights: [Double]
    ) -> (offset: Double, scale: Double, slope: Double) {
        var rows = Rows()
        for index in target.indices {
            rows.add(
                target[index], first[index], second.isEmpty ? 0 : second[index], weights[index])
        }
        return rows.solution(hasSecond: !second.isEmpty)
    }

    /// The normal equations: sums of products, symmetric.
    private struct Rows {
        var w = 0.0, a = 0.0, b = 0.0, aa = 0.0, ab = 0.0, bb = 0.0
        var y = 0.0, ay = 0.0, by = 0.0

        @inline(__always)
        mutating func add(_ target: Double, _ first: Double, _ second: Double, _ weight: Double) {
            w += weight
            a += weight * first
            b += weight * second
            aa += weight * first * first
            ab += weight * first * second
            bb += weight * second * second
            y += weight * target
            ay += weight * first * target
            by += weight * second * target
        }

        /// By centred sums, which takes the constant out and leaves two equations.
        func solution(hasSecond: Bool) -> (offset: Double, scale: Double, slope: Double) {
            guard w > 0 else { return (0, 1, 0) }
            let caa = aa - a * a / w
            let cab = ab - a * b / w
            let cbb = bb - b * b / w
            let cay = ay - a * y / w
            let cby = by - b * y / w
            let determinant = caa * cbb - cab * cab
            if hasSecond, determinant > 1e-12 * caa * cbb, cbb > 0 {
                let scale = (cay * cbb - cby * cab) / determinant
                let slope = (cby * caa - cay * cab) / determinant
                return ((y - scale * a - slope * b) / w, scale, slope)
            }
            guard caa > 1e-12 else { return (0, 1, 0) }
            let scale = cay / caa
            return ((y - scale * a) / w, scale, 0)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A linear fit of what comes on what is known, by recursive least squares, in fixed storage.
///
/// - Source: recursive least squares with forgetting, as in `haykin2014`.
struct RecursiveLeastSquares: Codable, Sendable, Hashable {
    /// Above this trace the covariance is winding up on constant input and starts afresh.
    private static let greatestTrace = 1e6

    let memory: Double
    private(set) var weights: [Double]
    private var covariance: [Double]
    private var gain: [Double]
    private var width: Int { weights.count }

    /// - Parameters:
    ///   - memory: share of the past that is left after one value, above 0, at most 1.
    ///   - trust: variance of the weights at the start.
    init(weights: [Double], memory: Double, trust: Double) {
        self.weights = weights
        self.memory = memory
        gain = Array(repeating: 0, count: weights.count)
        covariance = Array(repeating: 0, count: weights.count * weights.count)
        reset(trust)
    }

    private mutating func reset(_ trust: Double) {
        for cell in covariance.indices { covariance[cell] = cell % (width + 1) == 0 ? trust : 0 }
    }

    func estimate(_ inputs: [Double]) -> Double {
        var sum = 0.0
        for index in 0..<width { sum += weights[index] * inputs[index] }
        return sum
    }

    /// Takes in how far the estimate was off.
    mutating func fit(_ inputs: [Double], error: Double) {
        let width = width
        var power = memory
        for row in 0..<width {
            var sum = 0.0
            for column in 0..<width { sum += covariance[row * width + column] * inputs[column] }
            gain[row] = sum
            power += inputs[row] * sum
        }
        let growth = 1 / memory
        let share = 1 / power
        var trace = 0.0
        var isSound = true
        for row in 0..<width {
            let step = gain[row] * share
            weights[row] += step * error
            isSound = isSound && weights[row].isFinite
            // The covariance is symmetric: one half is worked out and written twice.
            for column in row..<width {
                let cell = (covariance[row * width + column] - step * gain[column]) * growth
                covariance[row * width + column] = cell
                covariance[column * width + row] = cell
            }
            trace += covariance[row * width + row]
        }
        if !isSound { for index in 0..<width { weights[index] = index == 0 ? 1 : 0 } }
        if !isSound || !(trace <= Self.greatestTrace) { reset(1) }
    }
}

/// A linear forecast from the last five values and a constant.
struct AutoregressiveModel: Codable, Sendable, Hashable {
    static let order = 5

    private var fit = RecursiveLeastSquares(
        weights: [1, 0, 0, 0, 0, 0], memory: 0.999, trust: 100)
    /// The last values, newest first, then 1.
    private var inputs = Array(repeating: 1.0, count: order + 1)
    private var count = 0

    /// The value less its forecast; the value then joins the fit. 0 for the first five.
    mutating func residual(_ value: Double) -> Double {
        var error = 0.0
        if count >= Self.order {
            error = value - fit.estimate(inputs)
            fit.fit(inputs, error: error)
        } else {
            count += 1
        }
        var index = Self.order - 1
        while index > 0 {
            inputs[index] = inputs[index - 1]
            index -= 1
        }
        inputs[0] = value
        return error
    }
}

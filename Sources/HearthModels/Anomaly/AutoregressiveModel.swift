// SPDX-License-Identifier: Apache-2.0

/// A linear forecast from the last five values and a constant, fitted by recursive least squares.
///
/// Forgets with a factor of 0.999 a value. Storage is fixed.
/// - Source: recursive least squares as in `haykin2014`.
struct AutoregressiveModel: Codable, Sendable, Hashable {
    static let order = 5
    private static let width = order + 1
    private static let memory = 0.999
    /// Above this trace the covariance is winding up on constant input and starts afresh.
    private static let greatestTrace = 1e6

    private var weights: [Double]
    private var covariance: [Double]
    /// The last values, newest first, then 1.
    private var inputs: [Double]
    private var gain: [Double]
    private var count = 0

    init() {
        weights = Array(repeating: 0, count: Self.width)
        weights[0] = 1
        covariance = Self.diagonal(100)
        inputs = Array(repeating: 1, count: Self.width)
        gain = Array(repeating: 0, count: Self.width)
    }

    private static func diagonal(_ value: Double) -> [Double] {
        (0..<width * width).map { $0 % (width + 1) == 0 ? value : 0 }
    }

    /// The value less its forecast; the value then joins the fit. 0 for the first five.
    mutating func residual(_ value: Double) -> Double {
        defer { shift(in: value) }
        guard count >= Self.order else { return 0 }
        var forecast = 0.0
        for index in 0..<Self.width { forecast += weights[index] * inputs[index] }
        let error = value - forecast
        fit(error)
        return error
    }

    private mutating func shift(in value: Double) {
        var index = Self.order - 1
        while index > 0 {
            inputs[index] = inputs[index - 1]
            index -= 1
        }
        inputs[0] = value
        count = min(count + 1, Self.order)
    }

    private mutating func fit(_ error: Double) {
        let width = Self.width
        var power = Self.memory
        for row in 0..<width {
            var sum = 0.0
            for column in 0..<width { sum += covariance[row * width + column] * inputs[column] }
            gain[row] = sum
            power += inputs[row] * sum
        }
        var trace = 0.0
        for row in 0..<width {
            let step = gain[row] / power
            weights[row] += step * error
            for column in 0..<width {
                let cell = row * width + column
                covariance[cell] = (covariance[cell] - step * gain[column]) / Self.memory
            }
            trace += covariance[row * width + row]
        }
        if !(trace <= Self.greatestTrace) || !weights.allSatisfy(\.isFinite) { restart() }
    }

    private mutating func restart() {
        for cell in covariance.indices {
            covariance[cell] = cell % (Self.width + 1) == 0 ? 1 : 0
        }
        guard !weights.allSatisfy(\.isFinite) else { return }
        for index in weights.indices { weights[index] = index == 0 ? 1 : 0 }
    }
}

// SPDX-License-Identifier: Apache-2.0
import CHearthKernels
import Foundation
import HearthTestSupport
import Testing

@testable import HearthInference

/// The C kernels alone: their order of rounding, and the error of their functions.
@Suite struct KernelTests {
    private static func numbers(_ count: Int, _ random: inout SeededRandom) -> [Float] {
        (0..<count).map { _ in Float.random(in: -2...2, using: &random) }
    }

    @Test func `a product has the bits of a plain loop, whatever the processor`() {
        var random = SeededRandom(seed: 5)
        for columns in [1, 7, 8, 9, 31, 32, 33, 40, 64, 71, 100] {
            let (rows, depth) = (Int.random(in: 1...5, using: &random), 37)
            let x = Self.numbers(rows * depth, &random)
            let w = Self.numbers(depth * columns, &random)
            let bias = Self.numbers(columns, &random)
            let padding = packedColumns(columns) - columns
            let weights = packed(depth: depth, columns: columns) { w[$0 * columns + $1] }
            var out = [Float](repeating: .nan, count: rows * columns)
            hearth_dense(
                x, weights, bias + Array(repeating: 0, count: padding), &out, rows, depth, columns)
            for row in 0..<rows {
                for column in 0..<columns {
                    var sum = bias[column]
                    for k in 0..<depth {
                        let product = x[row * depth + k] * w[k * columns + column]
                        sum += product
                    }
                    #expect(out[row * columns + column] == sum, "\(columns) columns")
                }
            }
        }
    }

    /// Every 97th float between -30 and 30, and places where the formula changes.
    private static func arguments() -> [Float] {
        var values: [Float] = [0, -0.0, 0.625, -0.625, 1e-30, -1e-30, 1e-8, 88, -88, 1e30, -1e30]
        for step in -30_000...30_000 { values.append(Float(step) * 0.001_003) }
        return values
    }

    private static func apply(_ kind: Int, _ x: [Float]) -> [Float] {
        var out = [Float](repeating: 0, count: x.count)
        hearth_unary(Int32(kind), x, &out, x.count, 0, 0)
        return out
    }

    @Test func `sigmoid is right to 1e-6 everywhere`() {
        let x = Self.arguments()
        for (value, result) in zip(x, Self.apply(HEARTH_SIGMOID, x)) {
            #expect(abs(Double(result) - 1 / (1 + exp(-Double(value)))) <= 2e-7, "\(value)")
        }
    }

    @Test func `tanh is right to 1e-6 everywhere, and near 0 in relation to its size`() {
        let x = Self.arguments()
        for (value, result) in zip(x, Self.apply(HEARTH_TANH, x)) {
            let exact = Foundation.tanh(Double(value))
            #expect(abs(Double(result) - exact) <= 2e-7, "\(value)")
            #expect(abs(Double(result) - exact) <= 1e-6 * abs(exact), "\(value)")
        }
    }

    @Test func `what is not a number stays so, and infinities have limits`() {
        for kind in [HEARTH_SIGMOID, HEARTH_TANH, HEARTH_RELU, HEARTH_CLIP] {
            #expect(Self.apply(kind, [.nan])[0].isNaN)
        }
        #expect(Self.apply(HEARTH_SIGMOID, [.infinity, -.infinity])[0] == 1)
        #expect(Self.apply(HEARTH_SIGMOID, [.infinity, -.infinity])[1] < 1e-30)
        #expect(Self.apply(HEARTH_TANH, [.infinity, -.infinity]) == [1, -1])
    }

    @Test func `quantising rounds halves to even and stays within the type`() {
        let x: [Float] = [0.5, 1.5, 2.5, -0.5, -1.5, 300, -300, 0.49]
        var out = [Float](repeating: 0, count: x.count)
        hearth_quantize(x, [1], [10], &out, 1, 1, x.count, 0, 255)
        #expect(out == [10, 12, 12, 10, 8, 255, 0, 10])
    }

    @Test func `a convolution fed sample by sample has the bits of the whole`() throws {
        var random = SeededRandom(seed: 3)
        for (channels, outputs, taps, dilation) in [
            (2, 5, 3, 1), (3, 9, 2, 4), (1, 1, 1, 1), (4, 40, 5, 7),
        ] {
            let weights = Self.numbers(outputs * channels * taps, &random)
            let bias = Self.numbers(outputs, &random)
            let length = 50
            let x = Self.numbers(channels * length, &random)
            let depth = channels * taps
            let geometry = hearth_conv(
                channels: channels, length: length, taps: taps, stride: 1, dilation: dilation,
                padding: (taps - 1) * dilation, columns: outputs, outLength: length)
            var scratch = [Float](repeating: 0, count: Int(HEARTH_CONV_TILE) * (depth + outputs))
            var whole = [Float](repeating: 0, count: outputs * length)
            let padding = packedColumns(outputs) - outputs
            hearth_conv1d(
                x, packed(depth: depth, columns: outputs) { weights[$1 * depth + $0] },
                bias + Array(repeating: 0, count: padding), &scratch, &whole, geometry)
            var layer = try CausalConvolution(
                weights: weights, bias: bias, inputChannels: channels, taps: taps,
                dilation: dilation)
            for time in 0..<length {
                if time == 17 {
                    // Taken up from its state by a layer that has seen something else.
                    let state = layer.state
                    layer.reset()
                    try layer.restore(state)
                }
                let sample = (0..<channels).map { x[$0 * length + time] }
                var out = [Float](repeating: 0, count: outputs)
                var span = out.mutableSpan
                layer.step(sample.span, into: &span)
                #expect(out == (0..<outputs).map { whole[$0 * length + time] }, "sample \(time)")
            }
        }
    }
}

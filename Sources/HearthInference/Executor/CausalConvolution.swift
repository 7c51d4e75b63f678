// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// A causal dilated convolution fed one sample at a time: the layer of a temporal convolutional net.
///
/// A ring keeps as many samples as the taps reach back, so that each new sample costs one product and
/// the past is never computed again. Bit for bit the same as the whole sequence convolved at once with
/// zeros ahead of its beginning.
public struct CausalConvolution: Sendable {
    public let inputChannels: Int
    public let outputChannels: Int
    public let taps: Int
    public let dilation: Int
    private let weights: [Float]
    private let bias: [Float]
    /// The newest sample stands at `newest`; each takes `inputChannels` floats.
    private var ring: [Float]
    private var newest = 0
    private var row: [Float]

    /// Samples that a new one is looked at together with, itself included.
    public var reach: Int { (taps - 1) * dilation + 1 }

    /// - Parameters:
    ///   - weights: outputs × inputs × taps as PyTorch and ONNX order them; the last tap meets the
    ///     newest sample.
    ///   - bias: one number an output channel.
    /// - Throws: `.shapeMismatch`; `.limitExceeded` if ring or weights pass `limits.elements`.
    public init(
        weights: [Float], bias: [Float], inputChannels: Int, taps: Int, dilation: Int = 1,
        limits: ModelLimits = .standard
    ) throws(InferenceError) {
        let outputs = bias.count
        let count = try elementCount(of: [outputs, inputChannels, taps], limits: limits)
        guard count == weights.count, (1...limits.elements).contains(dilation) else {
            throw InferenceError(
                .shapeMismatch, found: "\(weights.count) weights, dilation \(dilation)",
                expected: "\(count) weights, dilation of 1 or more")
        }
        self.inputChannels = inputChannels
        outputChannels = outputs
        self.taps = taps
        self.dilation = dilation
        let length = try elementCount(
            of: [(taps - 1) * dilation + 1, inputChannels], limits: limits)
        ring = Array(repeating: 0, count: length)
        row = Array(repeating: 0, count: inputChannels * taps)
        self.weights = packed(depth: inputChannels * taps, columns: outputs) {
            weights[$1 * inputChannels * taps + $0]
        }
        self.bias = bias + Array(repeating: 0, count: packedColumns(outputs) - outputs)
    }

    /// Takes the next sample and gives the output that belongs to it. Allocates nothing.
    ///
    /// - Parameters:
    ///   - sample: one float an input channel.
    ///   - output: room for one float an output channel.
    public mutating func step(_ sample: Span<Float>, into output: inout MutableSpan<Float>) {
        precondition(sample.count == inputChannels, "a sample has one float a channel")
        precondition(output.count >= outputChannels, "the output needs room for all channels")
        newest = newest + 1 == reach ? 0 : newest + 1
        for channel in 0..<inputChannels {
            ring[newest * inputChannels + channel] = sample[channel]
        }
        for tap in 0..<taps {
            let back = (taps - 1 - tap) * dilation
            let place = newest >= back ? newest - back : newest - back + reach
            for channel in 0..<inputChannels {
                row[channel * taps + tap] = ring[place * inputChannels + channel]
            }
        }
        let (depth, columns) = (inputChannels * taps, outputChannels)
        // Sizes were checked by `init`; the kernel reads and writes exactly these.
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe row.withUnsafeBufferPointer { row in
                unsafe weights.withUnsafeBufferPointer { weights in
                    unsafe bias.withUnsafeBufferPointer { bias in
                        guard let x = row.baseAddress, let w = weights.baseAddress,
                            let b = bias.baseAddress, let out = output.baseAddress
                        else { return }
                        unsafe hearth_dense(x, w, b, out, 1, depth, columns)
                    }
                }
            }
        }
    }

    /// Forgets the past.
    public mutating func reset() {
        for index in ring.indices { ring[index] = 0 }
        newest = 0
    }

    /// The past that the next samples depend on, oldest first.
    public var state: ModelState {
        let cut = (newest + 1) % reach * inputChannels
        return ModelState(Array(ring[cut...] + ring[..<cut]))
    }

    /// Takes up a state that was stored.
    ///
    /// - Throws: `.shapeMismatch` if it is of another layer.
    public mutating func restore(_ state: ModelState) throws(InferenceError) {
        guard state.count == ring.count else {
            throw InferenceError(
                .shapeMismatch, found: "a state of \(state.count) numbers",
                expected: "\(ring.count)")
        }
        ring = state.values
        newest = reach - 1
    }
}

// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Functions of one or two elements, softmax, means, quantisation.
extension PlanBuilder {
    mutating func binary(_ kind: Int) throws(InferenceError) {
        try define(0, try binary(kind, try number(0), try number(1)))
    }

    /// Two operands stretched to one shape as ONNX does: missing dimensions in front, and dimensions of
    /// 1, are repeated.
    mutating func binary(
        _ kind: Int, _ a: PlannedValue, _ b: PlannedValue
    ) throws(InferenceError) -> PlannedValue {
        let shape = try stretched(a.shape, b.shape)
        _ = try count(shape)
        let aDims = Array(repeating: 1, count: shape.count - a.shape.count) + a.shape
        let bDims = Array(repeating: 1, count: shape.count - b.shape.count) + b.shape
        for cut in 0...shape.count {
            guard let (aOuter, aInner) = steps(aDims, in: shape, cut: cut),
                let (bOuter, bInner) = steps(bDims, in: shape, cut: cut)
            else { continue }
            let geometry = hearth_binary(
                outer: shape[..<cut].reduce(1, *), inner: shape[cut...].reduce(1, *),
                aOuter: aOuter, aInner: aInner, bOuter: bOuter, bInner: bInner)
            return try run(
                .binary(kind: kind, geometry), a: place(a), b: place(b), shape: shape)
        }
        // Repeated along several axes apart: written out first.
        let whole = (try expanded(a, aDims, to: shape), try expanded(b, bDims, to: shape))
        let geometry = hearth_binary(
            outer: 1, inner: try count(shape), aOuter: 0, aInner: 1, bOuter: 0, bInner: 1)
        return try run(
            .binary(kind: kind, geometry), a: place(whole.0), b: place(whole.1), shape: shape)
    }

    private func stretched(_ a: [Int], _ b: [Int]) throws(InferenceError) -> [Int] {
        let rank = max(a.count, b.count)
        var shape: [Int] = []
        for index in 0..<rank {
            let left = index < rank - a.count ? 1 : a[index - (rank - a.count)]
            let right = index < rank - b.count ? 1 : b[index - (rank - b.count)]
            guard left == right || left == 1 || right == 1 else {
                throw mismatch("\(a) and \(b)", expected: "shapes that stretch to one")
            }
            shape.append(max(left, right))
        }
        return shape
    }

    /// Steps of an operand over the dimensions before and after a cut, if two steps are enough.
    private func steps(_ own: [Int], in shape: [Int], cut: Int) -> (outer: Int, inner: Int)? {
        let inner = Array(own[cut...])
        let outer = Array(own[..<cut])
        let innerCount = inner.reduce(1, *)
        let outerCount = outer.reduce(1, *)
        guard innerCount == 1 || inner == Array(shape[cut...]),
            outerCount == 1 || outer == Array(shape[..<cut])
        else { return nil }
        return (outerCount == 1 ? 0 : innerCount, innerCount == 1 ? 0 : 1)
    }

    private mutating func expanded(
        _ value: PlannedValue, _ own: [Int], to shape: [Int]
    ) throws(InferenceError) -> PlannedValue {
        if own == shape { return view(value, as: shape) }
        let strides = Self.strides(own)
        let steps = zip(own, strides).map { $0 == 1 ? 0 : $1 }
        return try gather(
            value, shape: shape, table: table(shape: shape, strides: steps, start: 0))
    }

    mutating func unary(
        _ kind: Int, low: Float = 0, high: Float = 0
    ) throws(InferenceError) {
        let x = try number(0)
        let count = try count(x.shape)
        let result = try run(
            .unary(kind: kind, count: count, low: low, high: high),
            a: place(x, name: node.inputs[0]), shape: x.shape)
        try define(0, result)
    }

    mutating func clip() throws(InferenceError) {
        let low = hasInput(1) ? try scalar(1) : -Float.infinity
        let high = hasInput(2) ? try scalar(2) : Float.infinity
        try unary(HEARTH_CLIP, low: low, high: high)
    }

    mutating func softmax() throws(InferenceError) {
        let x = try number(0)
        let axis = try axis(try integer("axis", default: -1), rank: x.shape.count)
        let (outer, inner) = extents(x.shape, around: axis)
        let result = try run(
            .softmax(outer: outer, count: x.shape[axis], inner: inner),
            a: place(x, name: node.inputs[0]), shape: x.shape)
        try define(0, result)
    }

    // MARK: Means

    mutating func reduceMean() throws(InferenceError) {
        let x = try number(0)
        let keeps = try integer("keepdims", default: 1) != 0
        var axes = hasInput(1) ? try integers(1) : []
        if let listed = try list("axes") { axes = listed }
        if axes.isEmpty {
            if try integer("noop_with_empty_axes", default: 0) != 0 { return try define(0, x) }
            axes = Array(0..<x.shape.count)
        }
        let reduced = try sortedAxes(axes, rank: x.shape.count)
        let shape = x.shape.enumerated().compactMap { index, dimension in
            reduced.contains(index) ? (keeps ? 1 : nil) : dimension
        }
        guard let first = reduced.first, let last = reduced.last else {
            return try define(0, view(x, as: shape))
        }
        var source = x
        var (outer, inner) = (x.shape[..<first].reduce(1, *), x.shape[(last + 1)...].reduce(1, *))
        let count = reduced.reduce(1) { $0 * x.shape[$1] }
        if reduced.count != last - first + 1 {
            // Axes apart from each other: brought to the end first.
            let kept = x.shape.indices.filter { !reduced.contains($0) }
            source = try transposed(x, by: kept + reduced)
            (outer, inner) = (kept.reduce(1) { $0 * x.shape[$1] }, 1)
        }
        let result = try run(
            .mean(outer: outer, count: count, inner: inner), a: place(source), shape: shape)
        try define(0, result)
    }

    func sortedAxes(_ axes: [Int], rank: Int) throws(InferenceError) -> [Int] {
        var found: [Int] = []
        for entry in axes {
            let axis = try axis(entry, rank: rank)
            guard !found.contains(axis) else {
                throw mismatch("an axis twice", expected: "each axis once")
            }
            found.append(axis)
        }
        return found.sorted()
    }

    // MARK: Quantisation

    mutating func quantize() throws(InferenceError) {
        let x = try number(0)
        try refuseBlocks()
        let scales = try scales()
        let type = hasInput(2) ? try constant(2).type : .uint8
        guard let (low, high) = type.quantizedRange else {
            throw fault(.unsupported, "another type", expected: "uint8 or int8")
        }
        let (outer, channels, inner) = try channels(of: x, scales: scales.scale.count)
        let result = try run(
            .quantize(outer: outer, channels: channels, inner: inner, low: low, high: high),
            a: place(x, name: node.inputs[0]), b: place(constant: scales.scale),
            c: place(constant: scales.zero), shape: x.shape, type: type)
        try define(0, result)
    }

    mutating func dequantize() throws(InferenceError) {
        let x = try input(0)
        try refuseBlocks()
        guard x.type == .uint8 || x.type == .int8 || x.type == .int32 else {
            throw fault(.unsupported, "another type", expected: "uint8, int8 or int32")
        }
        let (scale, zero) = try scales()
        let (outer, channels, inner) = try channels(of: x, scales: scale.count)
        if case .tensor(let tensor) = x.content {
            // Weights: made float32 once, here.
            try spend(constants: tensor.count)
            let floats = tensor.integers.enumerated().map { index, value in
                let channel = index / inner % channels
                return (Float(value) - zero[channel]) * scale[channel]
            }
            let whole = ONNXTensor(
                name: "", type: .float32, dimensions: x.shape, floats: floats, byte: tensor.byte)
            return try define(0, PlannedValue(shape: x.shape, content: .tensor(whole)))
        }
        let result = try run(
            .dequantize(outer: outer, channels: channels, inner: inner),
            a: place(x, name: node.inputs[0]), b: place(constant: scale),
            c: place(constant: zero), shape: x.shape)
        try define(0, result)
    }

    private func refuseBlocks() throws(InferenceError) {
        guard try integer("block_size", default: 0) == 0,
            try integer("output_dtype", default: 0) == 0,
            try integer("precision", default: 0) == 0
        else {
            throw fault(
                .unsupported, "blocks, another output type or precision",
                expected: "one scale for all or for each channel, in float32")
        }
    }

    /// Scales and as many zero points.
    private func scales() throws(InferenceError) -> (scale: [Float], zero: [Float]) {
        let scale = try constant(1)
        guard scale.type == .float32, scale.dimensions.count <= 1,
            scale.floats.allSatisfy({ $0.isFinite && $0 > 0 })
        else {
            throw fault(.unsupported, "other scales", expected: "positive float32 numbers")
        }
        guard hasInput(2) else {
            return (scale.floats, Array(repeating: 0, count: scale.floats.count))
        }
        let zero = try constant(2)
        guard zero.integers.count == scale.floats.count else {
            throw mismatch(
                "\(zero.count) zero points for \(scale.count) scales", expected: "as many")
        }
        return (scale.floats, zero.integers.map { Float($0) })
    }

    private func channels(
        of value: PlannedValue, scales: Int
    ) throws(InferenceError) -> (outer: Int, channels: Int, inner: Int) {
        if scales == 1 { return (1, 1, try count(value.shape)) }
        let axis = try axis(try integer("axis", default: 1), rank: value.shape.count)
        guard value.shape[axis] == scales else {
            throw mismatch(
                "\(scales) scales for \(value.shape[axis]) channels", expected: "as many")
        }
        let (outer, inner) = extents(value.shape, around: axis)
        return (outer, scales, inner)
    }
}

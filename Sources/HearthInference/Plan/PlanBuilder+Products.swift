// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Gemm, MatMul, Conv.
extension PlanBuilder {
    mutating func gemm() throws(InferenceError) {
        let a = try number(0)
        let b = try number(1)
        let transA = try integer("transA", default: 0) != 0
        let transB = try integer("transB", default: 0) != 0
        let alpha = try float("alpha", default: 1)
        let beta = try float("beta", default: 1)
        guard a.shape.count == 2, b.shape.count == 2 else {
            throw mismatch("\(a.shape) by \(b.shape)", expected: "two matrices")
        }
        let (rows, depth) = transA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let (bDepth, columns) = transB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
        guard depth == bDepth else {
            throw mismatch("a depth of \(depth) by \(bDepth)", expected: "equal depths")
        }
        let bias = hasInput(2) && beta != 0 ? try number(2) : nil
        if case .tensor(let weights) = b.content, !transA {
            let (folded, rest) = try foldedBias(bias, beta: beta, columns: columns)
            let (bRow, bColumn) = transB ? (1, depth) : (columns, 1)
            let product = try dense(
                a, rows: rows, depth: depth, columns: columns, bias: folded,
                shape: [rows, columns]
            ) { row, column in alpha * weights.floats[row * bRow + column * bColumn] }
            try finish(product, plus: rest, beta: beta)
            return
        }
        let shape = hearth_matmul(
            batches: 1, rows: rows, columns: columns, depth: depth, aBatch: 0,
            aRow: transA ? 1 : depth, aColumn: transA ? rows : 1, bBatch: 0,
            bRow: transB ? 1 : columns, bColumn: transB ? depth : 1, alpha: alpha)
        let product = try run(
            .matMul(shape), a: place(a, name: node.inputs[0]), b: place(b, name: node.inputs[1]),
            shape: [rows, columns])
        try finish(product, plus: bias, beta: beta)
    }

    /// A constant bias of one row becomes part of the product; another is added afterwards.
    private func foldedBias(
        _ bias: PlannedValue?, beta: Float, columns: Int
    ) throws(InferenceError) -> ([Float]?, PlannedValue?) {
        guard let bias else { return (nil, nil) }
        guard case .tensor(let tensor) = bias.content, bias.shape.count <= 2,
            bias.shape.count < 2 || bias.shape[0] == 1,
            tensor.floats.count == columns || tensor.floats.count == 1
        else { return (nil, bias) }
        let isOne = tensor.floats.count == 1
        return ((0..<columns).map { beta * tensor.floats[isOne ? 0 : $0] }, nil)
    }

    private mutating func finish(
        _ product: PlannedValue, plus bias: PlannedValue?, beta: Float
    ) throws(InferenceError) {
        guard var bias else { return try define(0, product) }
        if beta != 1 {
            let factor = PlannedValue(
                shape: [], content: .buffer(try place(constant: [beta])))
            bias = try binary(HEARTH_MULTIPLY, bias, factor)
        }
        let sum = try binary(HEARTH_ADD, product, bias)
        guard sum.shape == product.shape else {
            throw mismatch("a bias of \(bias.shape)", expected: "one that fits \(product.shape)")
        }
        try define(0, sum)
    }

    /// A product with constant weights, packed for the kernel.
    private mutating func dense(
        _ a: PlannedValue, rows: Int, depth: Int, columns: Int, bias: [Float]?, shape: [Int],
        weight: (Int, Int) -> Float
    ) throws(InferenceError) -> PlannedValue {
        let weights = try pack(depth: depth, columns: columns, weight: weight)
        let padding = packedColumns(columns) - columns
        let bias =
            (bias ?? Array(repeating: 0, count: columns)) + Array(repeating: 0, count: padding)
        return try run(
            .dense(rows: rows, depth: depth, columns: columns), a: place(a, name: node.inputs[0]),
            b: weights, c: place(constant: bias), shape: shape)
    }

    private mutating func pack(
        depth: Int, columns: Int, weight: (Int, Int) -> Float
    ) throws(InferenceError) -> Place {
        // Checked ahead of making them: zeros that fill up panels could pass the limit.
        guard depth * packedColumns(columns) <= limits.constantElements else {
            throw .limit(
                "elements of constants", at: node.byte, found: depth * packedColumns(columns),
                most: limits.constantElements)
        }
        return try place(constant: packed(depth: depth, columns: columns, weight: weight))
    }

    mutating func matMul() throws(InferenceError) {
        let a = try number(0)
        let b = try number(1)
        guard let depth = a.shape.last, b.shape.count >= 2, b.shape[b.shape.count - 2] == depth,
            let columns = b.shape.last
        else {
            throw mismatch("\(a.shape) by \(b.shape)", expected: "matrices of equal depth")
        }
        if case .tensor(let weights) = b.content, b.shape.count == 2 {
            let product = try dense(
                a, rows: a.count / depth, depth: depth, columns: columns, bias: nil,
                shape: a.shape.dropLast() + [columns]
            ) { row, column in weights.floats[row * columns + column] }
            return try define(0, product)
        }
        let aLead = Array(a.shape.dropLast(2))
        let bLead = Array(b.shape.dropLast(2))
        guard a.shape.count >= 2, aLead == bLead || aLead.isEmpty || bLead.isEmpty else {
            throw fault(
                .unsupported, "batches of \(aLead) by \(bLead)", expected: "equal batches")
        }
        let rows = a.shape[a.shape.count - 2]
        let lead = aLead.isEmpty ? bLead : aLead
        let shape = hearth_matmul(
            batches: lead.reduce(1, *), rows: rows, columns: columns, depth: depth,
            aBatch: aLead.isEmpty ? 0 : rows * depth, aRow: depth, aColumn: 1,
            bBatch: bLead.isEmpty ? 0 : depth * columns, bRow: columns, bColumn: 1, alpha: 1)
        let product = try run(
            .matMul(shape), a: place(a, name: node.inputs[0]), b: place(b, name: node.inputs[1]),
            shape: lead + [rows, columns])
        try define(0, product)
    }

    // MARK: Convolution

    mutating func conv() throws(InferenceError) {
        let x = try number(0)
        let weights = try constant(1)
        let shape = weights.dimensions
        guard x.shape.count == 3, shape.count == 3, weights.type == .float32 else {
            throw fault(
                .unsupported, "\(x.shape) by \(shape)",
                expected: "batch, channels, length by constant outputs, channels, taps")
        }
        let groups = try integer("group", default: 1)
        guard groups >= 1, x.shape[1].isMultiple(of: groups), shape[0].isMultiple(of: groups),
            x.shape[1] / groups == shape[1]
        else {
            throw mismatch(
                "\(x.shape[1]) channels and \(shape) in \(groups) groups",
                expected: "channels that fit")
        }
        let geometry = try convolution(length: x.shape[2], shape: shape, columns: shape[0] / groups)
        let bias = try convolutionBias(outputs: shape[0])
        let lengths = (x.shape[2], geometry.outLength)
        let out = buffer(try count([x.shape[0], shape[0], lengths.1]))
        let source = try place(x, name: node.inputs[0])
        let depth = geometry.channels * geometry.taps
        let scratch = buffer(try count([Int(HEARTH_CONV_TILE), depth + geometry.columns]))
        for group in 0..<groups {
            let first = group * geometry.columns
            let packedWeights = try pack(depth: depth, columns: geometry.columns) {
                weights.floats[(first + $1) * depth + $0]
            }
            let part = try place(constant: padded(bias, from: first, count: geometry.columns))
            for batch in 0..<x.shape[0] {
                var from = source
                from.offset += (batch * x.shape[1] + group * shape[1]) * lengths.0
                var to = out
                to.offset += (batch * shape[0] + first) * lengths.1
                try append(
                    PlanStep(
                        work: .conv(geometry), a: from, b: packedWeights, c: part,
                        scratch: scratch, out: to))
            }
        }
        let result = [x.shape[0], shape[0], lengths.1]
        try define(0, PlannedValue(shape: result, content: .buffer(out)))
    }

    private func padded(_ bias: [Float], from first: Int, count: Int) -> [Float] {
        bias[first..<first + count] + Array(repeating: 0, count: packedColumns(count) - count)
    }

    private func convolutionBias(outputs: Int) throws(InferenceError) -> [Float] {
        guard hasInput(2) else { return Array(repeating: 0, count: outputs) }
        let bias = try constant(2)
        guard bias.type == .float32, bias.floats.count == outputs else {
            throw mismatch("a bias of \(bias.dimensions)", expected: "\(outputs) numbers")
        }
        return bias.floats
    }

    /// Strides, dilation and padding along the one axis.
    private func convolution(
        length: Int, shape: [Int], columns: Int
    ) throws(InferenceError) -> hearth_conv {
        let stride = try only("strides")
        let dilation = try only("dilations")
        let taps = shape[2]
        guard try list("kernel_shape") ?? [taps] == [taps] else {
            throw mismatch("another kernel_shape", expected: "[\(taps)], as the weights have")
        }
        let span = (taps - 1) * dilation + 1
        var pads = try list("pads") ?? [0, 0]
        guard pads.count == 2, pads.allSatisfy({ $0 >= 0 && $0 <= limits.elements }) else {
            throw fault(.unsupported, "pads of \(pads.count)", expected: "two pads of 0 or more")
        }
        switch try text("auto_pad", default: "NOTSET") {
        case "NOTSET": break
        case "VALID": pads = [0, 0]
        case let mode where mode == "SAME_UPPER" || mode == "SAME_LOWER":
            let out = (length + stride - 1) / stride
            let total = max(0, (out - 1) * stride + span - length)
            let less = total / 2
            pads = mode == "SAME_UPPER" ? [less, total - less] : [total - less, less]
        default: throw fault(.unsupported, "another auto_pad", expected: "NOTSET, VALID or SAME")
        }
        let padded = length + pads[0] + pads[1]
        guard padded >= span else {
            throw mismatch(
                "\(padded) elements under \(span)", expected: "as many as the kernel spans")
        }
        return hearth_conv(
            channels: shape[1], length: length, taps: taps, stride: stride, dilation: dilation,
            padding: pads[0], columns: columns, outLength: (padded - span) / stride + 1)
    }

    /// The one entry of a list along the one axis, 1 if there is no list.
    private func only(_ name: String) throws(InferenceError) -> Int {
        let values = try list(name) ?? [1]
        guard values.count == 1, (1...limits.elements).contains(values[0]) else {
            throw fault(.unsupported, "other \(name)", expected: "one of 1 or more")
        }
        return values[0]
    }
}

// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Operators that move elements or only look at them otherwise.
extension PlanBuilder {
    /// Row-major steps of a shape.
    static func strides(_ shape: [Int]) -> [Int] {
        var result = Array(repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() {
            result[index] = result[index + 1] * shape[index + 1]
        }
        return result
    }

    /// For each element of `shape` in order, the index it comes from.
    func table(shape: [Int], strides: [Int], start: Int) throws(InferenceError) -> [Int32] {
        let total = try count(shape)
        var result: [Int32] = []
        result.reserveCapacity(total)
        var position = Array(repeating: 0, count: shape.count)
        var index = start
        for _ in 0..<total {
            result.append(Int32(truncatingIfNeeded: index))
            for axis in shape.indices.reversed() {
                position[axis] += 1
                index += strides[axis]
                if position[axis] < shape[axis] { break }
                index -= strides[axis] * shape[axis]
                position[axis] = 0
            }
        }
        return result
    }

    mutating func identity() throws(InferenceError) { try define(0, try input(0)) }

    mutating func constantNode() throws(InferenceError) {
        guard node.attributes.count == 1, let attribute = node.attributes.values.first else {
            throw fault(
                .damaged, "\(node.attributes.count) values", expected: "a constant with one")
        }
        var tensor = ONNXTensor(byte: node.byte)
        switch attribute {
        case .tensor(let value): tensor = value
        case .float(let value): tensor.floats = [value]
        case .floats(let values):
            tensor.floats = values
            tensor.dimensions = [values.count]
        case .integer(let value):
            tensor.type = .int64
            tensor.integers = [Int64(value)]
        case .integers(let values):
            tensor.type = .int64
            tensor.integers = values.map { Int64($0) }
            tensor.dimensions = [values.count]
        default: throw wrongType
        }
        if tensor.type == .float32 { _ = try count(tensor.dimensions) }
        try define(0, PlannedValue(tensor))
    }

    mutating func reshape() throws(InferenceError) {
        let x = try input(0)
        var shape = try integers(1)
        let keepsZero = try integer("allowzero", default: 0) != 0
        if shape.count > limits.dimensions {
            throw .limit("dimensions", at: node.byte, found: shape.count, most: limits.dimensions)
        }
        var open: Int?
        for index in shape.indices {
            if shape[index] == 0, !keepsZero {
                guard index < x.shape.count else {
                    throw mismatch("a dimension 0 past the end", expected: "one to copy")
                }
                shape[index] = x.shape[index]
            } else if shape[index] == -1 {
                guard open == nil else {
                    throw mismatch("two open dimensions", expected: "one at most")
                }
                open = index
                shape[index] = 1
            }
        }
        let known = try count(shape)
        let total = try count(x.shape)
        if let open {
            guard total.isMultiple(of: known) else {
                throw mismatch("\(total) elements over \(known)", expected: "a whole dimension")
            }
            shape[open] = total / known
        }
        guard try count(shape) == total else {
            throw mismatch("\(x.shape) as \(shape)", expected: "as many elements")
        }
        try define(0, view(x, as: shape))
    }

    mutating func squeeze() throws(InferenceError) {
        let x = try input(0)
        let axes =
            hasInput(1)
            ? try sortedAxes(try integers(1), rank: x.shape.count)
            : x.shape.indices.filter { x.shape[$0] == 1 }
        guard axes.allSatisfy({ x.shape[$0] == 1 }) else {
            throw mismatch("\(x.shape)", expected: "dimensions of 1 to leave out")
        }
        let shape = x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] }
        try define(0, view(x, as: shape))
    }

    mutating func unsqueeze() throws(InferenceError) {
        let x = try input(0)
        let given = try integers(1)
        let rank = x.shape.count + given.count
        if rank > limits.dimensions {
            throw .limit("dimensions", at: node.byte, found: rank, most: limits.dimensions)
        }
        let axes = try sortedAxes(given, rank: rank)
        var rest = x.shape[...]
        let shape = (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
        try define(0, view(x, as: shape))
    }

    mutating func transpose() throws(InferenceError) {
        let x = try input(0)
        let order = try list("perm") ?? x.shape.indices.reversed()
        guard order.sorted() == Array(x.shape.indices) else {
            throw mismatch("an order of \(order.count)", expected: "each axis once")
        }
        try define(0, try transposed(x, by: order))
    }

    mutating func transposed(
        _ x: PlannedValue, by order: [Int]
    ) throws(InferenceError) -> PlannedValue {
        let shape = order.map { x.shape[$0] }
        let moved = order.filter { x.shape[$0] != 1 }
        if moved == moved.sorted() { return view(x, as: shape) }
        let strides = Self.strides(x.shape)
        return try gather(
            x, shape: shape,
            table: table(shape: shape, strides: order.map { strides[$0] }, start: 0))
    }

    // MARK: Parts

    mutating func split() throws(InferenceError) {
        let x = try input(0)
        let axis = try axis(try integer("axis", default: 0), rank: x.shape.count)
        let length = x.shape[axis]
        let parts = node.outputs.count
        var sizes: [Int]
        if hasInput(1) {
            sizes = try integers(1)
        } else {
            guard try integer("num_outputs", default: parts) == parts else {
                throw mismatch("num_outputs", expected: "\(parts), as the node has")
            }
            let size = (length + parts - 1) / parts
            sizes = (0..<parts).map { min(size, length - $0 * size) }
        }
        guard sizes.count == parts, sizes.allSatisfy({ $0 >= 1 && $0 <= length }),
            sizes.reduce(0, +) == length
        else {
            throw mismatch(
                "\(length) elements in \(sizes.count) parts",
                expected: "\(parts) parts that fill it")
        }
        var start = 0
        for (index, size) in sizes.enumerated() {
            try define(index, try part(of: x, axis: axis, start: start, count: size, step: 1))
            start += size
        }
    }

    mutating func slice() throws(InferenceError) {
        var x = try input(0)
        let starts = try integers(1)
        let ends = try integers(2)
        let axes = hasInput(3) ? try integers(3) : Array(starts.indices)
        let steps = hasInput(4) ? try integers(4) : Array(repeating: 1, count: starts.count)
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count
        else { throw mismatch("lists of different length", expected: "one entry an axis") }
        _ = try sortedAxes(axes, rank: x.shape.count)
        for index in axes.indices {
            let axis = try axis(axes[index], rank: x.shape.count)
            let length = x.shape[axis]
            let step = steps[index]
            guard step != 0, step != .min else {
                throw mismatch("a step of 0", expected: "another step")
            }
            // Places outside are moved to the nearest; backwards the end may be ahead of the first.
            func bound(_ value: Int, _ low: Int, _ high: Int) -> Int {
                min(max(value < 0 ? value + length : value, low), high)
            }
            let start =
                step > 0 ? bound(starts[index], 0, length) : bound(starts[index], 0, length - 1)
            let end = step > 0 ? bound(ends[index], 0, length) : bound(ends[index], -1, length - 1)
            let reach = step > 0 ? end - start : start - end
            guard reach > 0 else {
                throw fault(.unsupported, "an empty slice", expected: "one element or more")
            }
            let count = (reach - 1) / abs(step) + 1
            x = try part(of: x, axis: axis, start: start, count: count, step: step)
        }
        try define(0, x)
    }

    /// A stretch along one axis: a view where it lies in one piece, runs where they do, or a table.
    mutating func part(
        of x: PlannedValue, axis: Int, start: Int, count: Int, step: Int
    ) throws(InferenceError) -> PlannedValue {
        if start == 0, count == x.shape[axis], step == 1 { return x }
        var shape = x.shape
        shape[axis] = count
        let (outer, inner) = extents(x.shape, around: axis)
        if step == 1 || count == 1, case .buffer(var place) = x.content {
            place.offset += start * inner
            if outer == 1 {
                return PlannedValue(shape: shape, type: x.type, content: .buffer(place))
            }
            return try run(
                .copyRuns(
                    outer: outer, inner: count * inner, aStep: x.shape[axis] * inner,
                    outStep: count * inner),
                a: place, shape: shape, type: x.type)
        }
        var strides = Self.strides(x.shape)
        let first = start * strides[axis]
        strides[axis] = count == 1 ? 0 : strides[axis] * step
        return try gather(
            x, shape: shape, table: table(shape: shape, strides: strides, start: first))
    }

    mutating func concat() throws(InferenceError) {
        guard case .integer(let given)? = node.attributes["axis"] else {
            throw fault(.damaged, "no axis", expected: "an axis")
        }
        let first = try input(0)
        let axis = try axis(given, rank: first.shape.count)
        var parts: [PlannedValue] = []
        var shape = first.shape
        shape[axis] = 0
        for index in node.inputs.indices {
            let value = try input(index)
            var other = value.shape
            guard other.count == shape.count, value.type == first.type else {
                throw mismatch("parts of different rank or type", expected: "one of both")
            }
            shape[axis] += other[axis]
            other[axis] = shape[axis]
            guard other == shape else {
                throw mismatch("parts of different shape", expected: "equal ones along other axes")
            }
            parts.append(value)
        }
        if let tensor = try concatenated(parts, shape) {
            return try define(0, PlannedValue(tensor))
        }
        let out = buffer(try count(shape))
        let (outer, inner) = extents(shape, around: axis)
        var offset = 0
        for (index, value) in parts.enumerated() {
            let run = value.shape[axis] * inner
            var to = out
            to.offset = offset
            let work = PlanStep.Work.copyRuns(
                outer: outer, inner: run, aStep: run, outStep: shape[axis] * inner)
            try append(PlanStep(work: work, a: place(value, name: node.inputs[index]), out: to))
            offset += run
        }
        try define(0, PlannedValue(shape: shape, type: first.type, content: .buffer(out)))
    }

    /// Lists of integers put together, as exporters make shapes.
    private mutating func concatenated(
        _ parts: [PlannedValue], _ shape: [Int]
    ) throws(InferenceError) -> ONNXTensor? {
        var tensor = ONNXTensor(byte: node.byte)
        tensor.dimensions = shape
        for part in parts {
            guard case .tensor(let value) = part.content, value.type == .int64, shape.count == 1
            else { return nil }
            tensor.type = value.type
            try spend(constants: value.integers.count)
            tensor.integers += value.integers
        }
        return tensor
    }

    mutating func pad() throws(InferenceError) {
        let x = try input(0)
        guard try text("mode", default: "constant") == "constant" else {
            throw fault(.unsupported, "another mode", expected: "mode constant")
        }
        let pads = try integers(1)
        let fill = hasInput(2) ? try scalar(2) : 0
        let rank = x.shape.count
        let axes = hasInput(3) ? try integers(3) : Array(0..<rank)
        _ = try sortedAxes(axes, rank: rank)
        guard pads.count == 2 * axes.count, x.type == .float32,
            pads.allSatisfy({ abs($0.clamped(by: limits.elements)) < limits.elements })
        else { throw mismatch("\(pads.count) pads", expected: "two an axis") }
        var before = Array(repeating: 0, count: rank)
        var shape = x.shape
        for (index, entry) in axes.enumerated() {
            let axis = try axis(entry, rank: rank)
            before[axis] = pads[index]
            shape[axis] += pads[index] + pads[index + axes.count]
        }
        let total = try count(shape)
        try spend(constants: total)
        let strides = Self.strides(x.shape)
        let outStrides = Self.strides(shape)
        let table = (0..<total).map { flat -> Int32 in
            var index = 0
            for axis in 0..<rank {
                let at = flat / outStrides[axis] % shape[axis] - before[axis]
                guard at >= 0, at < x.shape[axis] else { return -1 }
                index += at * strides[axis]
            }
            return Int32(truncatingIfNeeded: index)
        }
        try define(0, try gather(x, shape: shape, table: table, fill: fill))
    }
}

extension Int {
    fileprivate func clamped(by limit: Int) -> Int { Swift.min(Swift.max(self, -limit), limit) }
}

extension PlannedValue {
    init(_ tensor: ONNXTensor) {
        self.init(shape: tensor.dimensions, type: tensor.type, content: .tensor(tensor))
    }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import HearthTestSupport

/// A model of one operator with chance shapes, values and attributes, and what it must give.
struct RandomModel {
    var name: String
    var bytes: [UInt8]
    var input: [Float]
    var expected: Tensor

    static let kinds = [
        "Gemm", "MatMul", "Add", "Sub", "Mul", "Div", "Conv", "ReduceMean", "Transpose", "Slice",
        "Softmax", "Concat", "Pad", "Sigmoid", "Tanh", "Relu", "Clip", "Split",
    ]

    static func make(_ kind: String, seed: UInt64) -> RandomModel {
        var maker = Maker(seed: seed)
        let expected =
            switch kind {
            case "Gemm": maker.gemm()
            case "MatMul": maker.matMul()
            case "Add": maker.binary("Add") { $0 + $1 }
            case "Sub": maker.binary("Sub") { $0 - $1 }
            case "Mul": maker.binary("Mul") { $0 * $1 }
            case "Div": maker.binary("Div") { $0 / $1 }
            case "Conv": maker.conv()
            case "ReduceMean": maker.mean()
            case "Transpose": maker.transpose()
            case "Slice": maker.slice()
            case "Softmax": maker.softmax()
            case "Concat": maker.concat()
            case "Pad": maker.pad()
            case "Split": maker.split()
            default: maker.unary(kind)
            }
        maker.file.outputs = [("y", expected.shape)]
        return RandomModel(
            name: kind, bytes: maker.file.bytes(), input: maker.input, expected: expected)
    }
}

private struct Maker {
    var file = ModelFile()
    var input: [Float] = []
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func between(_ low: Int, _ high: Int) -> Int {
        Int.random(in: low...high, using: &random)
    }

    private mutating func chance() -> Bool { between(0, 1) == 1 }

    private mutating func tensor(_ shape: [Int]) -> Tensor {
        Tensor(
            shape,
            (0..<shape.reduce(1, *)).map { _ in Float.random(in: -3...3, using: &random) })
    }

    private mutating func shape(_ rank: Int, upTo most: Int = 7) -> [Int] {
        (0..<rank).map { _ in between(1, most) }
    }

    /// A tensor that each step takes.
    private mutating func given(_ name: String, _ shape: [Int]) -> Tensor {
        let tensor = tensor(shape)
        file.inputs.append((name, shape))
        input += tensor.values
        return tensor
    }

    private mutating func constant(_ name: String, _ shape: [Int]) -> Tensor {
        let tensor = tensor(shape)
        file.constant(name, tensor)
        return tensor
    }

    private mutating func either(_ name: String, _ shape: [Int]) -> Tensor {
        chance() ? given(name, shape) : constant(name, shape)
    }

    // MARK: Operators

    mutating func gemm() -> Tensor {
        let (rows, depth, columns) = (between(1, 5), between(1, 40), between(1, 75))
        let (transA, transB) = (chance() && chance(), chance())
        let a = given("a", transA ? [depth, rows] : [rows, depth])
        let b = either("b", transB ? [columns, depth] : [depth, columns])
        let biases: [[Int]] = [[columns], [1, columns], [rows, 1], [rows, columns], [1], []]
        let c = chance() ? either("c", biases[between(0, biases.count - 1)]) : nil
        let (alpha, beta): (Float, Float) = chance() ? (1, 1) : (0.5, 2)
        file.node(
            "Gemm", ["a", "b"] + (c == nil ? [] : ["c"]), ["y"],
            [
                "alpha": .float(alpha), "beta": .float(beta), "transA": .integer(transA ? 1 : 0),
                "transB": .integer(transB ? 1 : 0),
            ])
        return PlainOperators.gemm(
            a, b, c, transA: transA, transB: transB, alpha: alpha, beta: beta)
    }

    mutating func matMul() -> Tensor {
        let lead = shape(between(0, 2), upTo: 3)
        let depth = between(1, 20)
        let a = given("a", lead + [between(1, 5), depth])
        let b = either("b", (chance() ? lead : []) + [depth, between(1, 40)])
        file.node("MatMul", ["a", "b"], ["y"])
        return PlainOperators.matMul(a, b)
    }

    mutating func binary(_ kind: String, _ operation: (Float, Float) -> Float) -> Tensor {
        let whole = shape(between(1, 4), upTo: 5)
        func part(_ random: inout SeededRandom) -> [Int] {
            Array(whole.suffix(Int.random(in: 0...whole.count, using: &random))).map {
                Bool.random(using: &random) ? $0 : 1
            }
        }
        let aShape = chance() ? whole : part(&random)
        let bShape = part(&random)
        let a = given("a", aShape)
        let b = either("b", bShape)
        file.node(kind, ["a", "b"], ["y"])
        return PlainOperators.binary(a, b, operation)
    }

    mutating func conv() -> Tensor {
        var how = PlainOperators.Convolution()
        how.groups = between(1, 3)
        how.stride = between(1, 3)
        how.dilation = between(1, 3)
        how.pads = [between(0, 4), between(0, 4)]
        let (channels, columns, taps) = (between(1, 4), between(1, 20), between(1, 5))
        let x = given("x", [between(1, 2), channels * how.groups, between(13, 40)])
        let w = constant("w", [columns * how.groups, channels, taps])
        let bias = chance() ? constant("b", [columns * how.groups]) : nil
        file.node(
            "Conv", ["x", "w"] + (bias == nil ? [] : ["b"]), ["y"],
            [
                "group": .integer(how.groups), "strides": .integers([how.stride]),
                "dilations": .integers([how.dilation]), "pads": .integers(how.pads),
            ])
        return PlainOperators.conv(x, w, bias, how)
    }

    mutating func mean() -> Tensor {
        let x = given("x", shape(between(1, 4)))
        let axes = x.shape.indices.filter { _ in chance() }
        file.constant("axes", integers: axes)
        let keeps = chance()
        file.node("ReduceMean", ["x", "axes"], ["y"], ["keepdims": .integer(keeps ? 1 : 0)])
        let all = Set(axes.isEmpty ? Array(x.shape.indices) : axes)
        return PlainOperators.mean(x, over: all, keeps: keeps)
    }

    mutating func transpose() -> Tensor {
        let x = given("x", shape(between(1, 4)))
        let order = x.shape.indices.shuffled(using: &random)
        file.node("Transpose", ["x"], ["y"], ["perm": .integers(order)])
        return PlainOperators.each(order.map { x.shape[$0] }) { index in
            var from = index
            for (place, axis) in order.enumerated() { from[axis] = index[place] }
            return PlainOperators.at(x, from)
        }
    }

    mutating func slice() -> Tensor {
        let x = given("x", shape(between(1, 3)))
        let axes = Array(x.shape.indices)
        var (starts, ends, steps): ([Int], [Int], [Int]) = ([], [], [])
        var kept: [[Int]] = []
        for length in x.shape {
            let step = [1, 1, 2, -1, -3][between(0, 4)]
            let first = between(0, length - 1)
            let reach = step > 0 ? between(first + 1, length + 2) : between(-1, first - 1)
            kept.append(
                Array(stride(from: first, to: min(reach, length), by: step)))
            starts.append(chance() ? first : first - length)
            ends.append(reach < 0 ? -length - 5 : reach)
            steps.append(step)
        }
        file.constant("starts", integers: starts)
        file.constant("ends", integers: ends)
        file.constant("axes", integers: axes)
        file.constant("steps", integers: steps)
        file.node("Slice", ["x", "starts", "ends", "axes", "steps"], ["y"])
        return PlainOperators.each(kept.map(\.count)) { index in
            PlainOperators.at(x, zip(kept, index).map { $0[$1] })
        }
    }

    mutating func softmax() -> Tensor {
        let x = given("x", shape(between(1, 3)))
        let axis = between(0, x.shape.count - 1)
        file.node("Softmax", ["x"], ["y"], ["axis": .integer(axis)])
        return PlainOperators.each(x.shape) { index in
            var sum = 0.0
            var other = index
            for place in 0..<x.shape[axis] {
                other[axis] = place
                sum += exp(Double(PlainOperators.at(x, other)))
            }
            return Float(exp(Double(PlainOperators.at(x, index))) / sum)
        }
    }

    mutating func concat() -> Tensor {
        let common = shape(between(1, 3))
        let axis = between(0, common.count - 1)
        var parts: [Tensor] = []
        for number in 0..<between(1, 4) {
            var shape = common
            shape[axis] = between(1, 4)
            parts.append(number == 0 ? given("x0", shape) : either("x\(number)", shape))
        }
        file.node("Concat", parts.indices.map { "x\($0)" }, ["y"], ["axis": .integer(axis)])
        var shape = common
        shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        return PlainOperators.each(shape) { index in
            var index = index
            for part in parts {
                if index[axis] < part.shape[axis] { return PlainOperators.at(part, index) }
                index[axis] -= part.shape[axis]
            }
            return .nan
        }
    }

    mutating func pad() -> Tensor {
        let x = given("x", shape(between(1, 3)))
        let before = x.shape.map { _ in between(0, 3) }
        let after = x.shape.map { between(-min(1, $0 - 1), 3) }
        file.constant("pads", integers: before + after)
        file.constant("fill", Tensor([], [0.25]))
        file.node("Pad", ["x", "pads", "fill"], ["y"])
        let shape = x.shape.indices.map { x.shape[$0] + before[$0] + after[$0] }
        return PlainOperators.each(shape) { index in
            let from = zip(index, before).map { $0 - $1 }
            let isInside = zip(from, x.shape).allSatisfy { (0..<$1).contains($0) }
            return isInside ? PlainOperators.at(x, from) : 0.25
        }
    }

    /// The second of two parts, times one.
    mutating func split() -> Tensor {
        var whole = shape(between(1, 3))
        let axis = between(0, whole.count - 1)
        whole[axis] = between(2, 6)
        let x = given("x", whole)
        let first = between(1, whole[axis] - 1)
        file.constant("parts", integers: [first, whole[axis] - first])
        file.node("Split", ["x", "parts"], ["a", "y"], ["axis": .integer(axis)])
        whole[axis] -= first
        return PlainOperators.each(whole) { index in
            var from = index
            from[axis] += first
            return PlainOperators.at(x, from)
        }
    }

    mutating func unary(_ kind: String) -> Tensor {
        let x = given("x", shape(between(1, 3)))
        if kind == "Clip" {
            file.constant("low", Tensor([], [-1]))
            file.constant("high", Tensor([], [2]))
        }
        file.node(kind, kind == "Clip" ? ["x", "low", "high"] : ["x"], ["y"])
        return Tensor(
            x.shape,
            x.values.map {
                switch kind {
                case "Sigmoid": Float(1 / (1 + exp(-Double($0))))
                case "Tanh": Float(Foundation.tanh(Double($0)))
                case "Relu": max(0, $0)
                default: min(max($0, -1), 2)
                }
            })
    }
}

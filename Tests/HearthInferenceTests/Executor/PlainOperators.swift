// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport

typealias Tensor = ModelFile.Tensor

/// The operators as the ONNX specification words them, in double precision, one element at a time.
enum PlainOperators {
    /// Calls `body` with each index of a shape, in row-major order.
    static func each(_ shape: [Int], _ body: ([Int]) -> Float) -> Tensor {
        var values: [Float] = []
        var index = Array(repeating: 0, count: shape.count)
        let total = shape.reduce(1, *)
        for _ in 0..<total {
            values.append(body(index))
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        return Tensor(shape, values)
    }

    static func at(_ tensor: Tensor, _ index: [Int]) -> Float {
        var flat = 0
        for (axis, place) in index.enumerated() { flat = flat * tensor.shape[axis] + place }
        return tensor.values[flat]
    }

    /// An element of a tensor stretched to more dimensions.
    static func stretched(_ tensor: Tensor, _ index: [Int]) -> Float {
        let own = index.suffix(tensor.shape.count)
        return at(tensor, zip(own, tensor.shape).map { $1 == 1 ? 0 : $0 })
    }

    static func stretchedShape(_ a: [Int], _ b: [Int]) -> [Int] {
        let rank = max(a.count, b.count)
        func full(_ shape: [Int]) -> [Int] {
            Array(repeating: 1, count: rank - shape.count) + shape
        }
        return zip(full(a), full(b)).map { max($0, $1) }
    }

    static func binary(
        _ a: Tensor, _ b: Tensor, _ operation: (Float, Float) -> Float
    ) -> Tensor {
        each(stretchedShape(a.shape, b.shape)) { operation(stretched(a, $0), stretched(b, $0)) }
    }

    static func gemm(
        _ a: Tensor, _ b: Tensor, _ c: Tensor?, transA: Bool, transB: Bool, alpha: Float,
        beta: Float
    ) -> Tensor {
        let (rows, depth) = transA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
        let columns = transB ? b.shape[0] : b.shape[1]
        return each([rows, columns]) { index in
            var sum = 0.0
            for k in 0..<depth {
                let x = at(a, transA ? [k, index[0]] : [index[0], k])
                let y = at(b, transB ? [index[1], k] : [k, index[1]])
                sum += Double(x) * Double(y)
            }
            let bias = c.map { Double(stretched($0, index)) } ?? 0
            return Float(Double(alpha) * sum + Double(beta) * bias)
        }
    }

    static func matMul(_ a: Tensor, _ b: Tensor) -> Tensor {
        let lead = stretchedShape(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
        let depth = a.shape[a.shape.count - 1]
        let shape = lead + [a.shape[a.shape.count - 2], b.shape[b.shape.count - 1]]
        return each(shape) { index in
            let batch = Array(index.dropLast(2))
            var sum = 0.0
            for k in 0..<depth {
                let x = stretched(a, batch + [index[index.count - 2], k])
                let y = stretched(b, batch + [k, index[index.count - 1]])
                sum += Double(x) * Double(y)
            }
            return Float(sum)
        }
    }

    struct Convolution {
        var stride = 1
        var dilation = 1
        var pads = [0, 0]
        var groups = 1
    }

    static func conv(_ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ how: Convolution) -> Tensor {
        let span = (w.shape[2] - 1) * how.dilation + 1
        let length = (x.shape[2] + how.pads[0] + how.pads[1] - span) / how.stride + 1
        let perGroup = w.shape[0] / how.groups
        return each([x.shape[0], w.shape[0], length]) { index in
            var sum = bias.map { Double($0.values[index[1]]) } ?? 0
            for channel in 0..<w.shape[1] {
                for tap in 0..<w.shape[2] {
                    let at = index[2] * how.stride + tap * how.dilation - how.pads[0]
                    guard (0..<x.shape[2]).contains(at) else { continue }
                    let from = index[1] / perGroup * w.shape[1] + channel
                    let value = Self.at(x, [index[0], from, at])
                    sum += Double(value) * Double(Self.at(w, [index[1], channel, tap]))
                }
            }
            return Float(sum)
        }
    }

    static func mean(_ x: Tensor, over axes: Set<Int>, keeps: Bool) -> Tensor {
        let shape = x.shape.enumerated().map { axes.contains($0) ? 1 : $1 }
        let count = axes.reduce(1) { $0 * x.shape[$1] }
        var sums = [Double](repeating: 0, count: shape.reduce(1, *))
        _ = each(x.shape) { index in
            var flat = 0
            for axis in shape.indices {
                flat = flat * shape[axis] + (shape[axis] == 1 ? 0 : index[axis])
            }
            sums[flat] += Double(at(x, index)) / Double(count)
            return 0
        }
        let kept = x.shape.enumerated().filter { keeps || !axes.contains($0.offset) }
        return Tensor(
            kept.map { axes.contains($0.offset) ? 1 : $0.element }, sums.map { Float($0) })
    }
}

// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Where an operand begins: in the plan's constants or in the session's arena.
struct Place: Sendable, Hashable {
    var isConstant: Bool
    /// The buffer, until the layout has made `offset` count from the arena's start.
    var buffer: Int
    var offset: Int

    static let none = Place(isConstant: true, buffer: -1, offset: 0)

    static func buffer(_ number: Int, offset: Int = 0) -> Place {
        Place(isConstant: false, buffer: number, offset: offset)
    }

    static func constant(_ offset: Int) -> Place {
        Place(isConstant: true, buffer: -1, offset: offset)
    }
}

/// One kernel with its operands. Plain numbers only, so that running it allocates nothing.
struct PlanStep: Sendable {
    var work: Work
    var a = Place.none
    var b = Place.none
    var c = Place.none
    var scratch = Place.none
    var out: Place

    enum Work: Sendable {
        case dense(rows: Int, depth: Int, columns: Int)
        case conv(hearth_conv)
        case matMul(hearth_matmul)
        case binary(kind: Int, hearth_binary)
        case unary(kind: Int, count: Int, low: Float, high: Float)
        case softmax(outer: Int, count: Int, inner: Int)
        case mean(outer: Int, count: Int, inner: Int)
        case copyRuns(outer: Int, inner: Int, aStep: Int, outStep: Int)
        /// `reach` is one more than the highest index in the table.
        case gather(table: Int, count: Int, reach: Int, fill: Float)
        case quantize(outer: Int, channels: Int, inner: Int, low: Float, high: Float)
        case dequantize(outer: Int, channels: Int, inner: Int)
        case trees(ensemble: Int, rows: Int, features: Int, scores: Int)
    }

    /// How many elements of each operand a step touches, counted from its place.
    struct Reach: Sendable, Equatable {
        var a = 0
        var b = 0
        var c = 0
        var scratch = 0
        var out = 0
    }
}

extension PlanStep.Work {
    /// Whether a run may take longer than its elements: exp and divisions weigh more.
    private static let costOfFunction = 8

    /// What the step costs in multiply-adds or moved elements; `nil` if that overflows.
    var cost: Int? {
        switch self {
        case .dense(let rows, let depth, let columns):
            return product(rows, depth + 1, columns + Int(HEARTH_PANEL))
        case .conv(let s): return product(s.outLength, s.channels * s.taps + 1, s.columns + 8)
        case .matMul(let s): return product(s.batches, s.rows, s.columns, s.depth + 1)
        case .binary(_, let s): return product(s.outer, s.inner + 1)
        case .unary(let kind, let count, _, _):
            return product(count, kind == HEARTH_COPY ? 1 : Self.costOfFunction)
        case .softmax(let outer, let count, let inner):
            return product(outer, count, inner, Self.costOfFunction)
        case .mean(let outer, let count, let inner): return product(outer, count, inner)
        case .copyRuns(let outer, let inner, _, _): return product(outer, inner + 1)
        case .gather(_, let count, _, _): return count
        case .quantize(let outer, let channels, let inner, _, _):
            return product(outer, channels, inner + 1, Self.costOfFunction)
        case .dequantize(let outer, let channels, let inner):
            return product(outer, channels, inner + 1)
        // The builder adds the depth of the trees.
        case .trees(_, let rows, let features, let scores):
            return product(rows, features + scores)
        }
    }

    /// How far each operand is read or written. Every size in it was checked when the step was made.
    var reach: PlanStep.Reach {
        switch self {
        case .dense(let rows, let depth, let columns):
            let packed = packedColumns(columns)
            return .init(a: rows * depth, b: packed * depth, c: packed, out: rows * columns)
        case .conv(let s):
            let depth = s.channels * s.taps
            let packed = packedColumns(s.columns)
            return .init(
                a: s.channels * s.length, b: packed * depth, c: packed,
                scratch: Int(HEARTH_CONV_TILE) * (depth + s.columns), out: s.columns * s.outLength)
        case .matMul(let s):
            let a = last(s.batches, s.aBatch) + last(s.rows, s.aRow) + last(s.depth, s.aColumn)
            let b = last(s.batches, s.bBatch) + last(s.depth, s.bRow) + last(s.columns, s.bColumn)
            return .init(a: a + 1, b: b + 1, out: s.batches * s.rows * s.columns)
        case .binary(_, let s):
            return .init(
                a: last(s.outer, s.aOuter) + last(s.inner, s.aInner) + 1,
                b: last(s.outer, s.bOuter) + last(s.inner, s.bInner) + 1, out: s.outer * s.inner)
        case .unary(_, let count, _, _): return .init(a: count, out: count)
        case .softmax(let outer, let count, let inner):
            return .init(a: outer * count * inner, out: outer * count * inner)
        case .mean(let outer, let count, let inner):
            return .init(a: outer * count * inner, out: outer * inner)
        case .copyRuns(let outer, let inner, let aStep, let outStep):
            return .init(
                a: last(outer, aStep) + inner, out: last(outer, outStep) + inner)
        case .gather(_, let count, let reach, _): return .init(a: reach, out: count)
        case .quantize(let outer, let channels, let inner, _, _),
            .dequantize(let outer, let channels, let inner):
            let count = outer * channels * inner
            return .init(a: count, b: channels, c: channels, out: count)
        case .trees(_, let rows, let features, let scores):
            return .init(a: rows * features, out: rows * scores)
        }
    }

    private func last(_ count: Int, _ step: Int) -> Int { (count - 1) * step }

    private func product(_ factors: Int...) -> Int? {
        var result = 1
        for factor in factors {
            let (next, overflow) = result.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            result = next
        }
        return result
    }
}

/// Columns of packed weights: whole panels, then small ones filled up with zeros.
func packedColumns(_ columns: Int) -> Int {
    let small = Int(HEARTH_SMALL_PANEL)
    return (columns + small - 1) / small * small
}

/// Weights by depth and column in the order that `hearth_dense` reads.
func packed(depth: Int, columns: Int, weight: (_ row: Int, _ column: Int) -> Float) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(depth * packedColumns(columns))
    var start = 0
    while start < columns {
        let isWide = start + Int(HEARTH_PANEL) <= columns
        let width = isWide ? Int(HEARTH_PANEL) : Int(HEARTH_SMALL_PANEL)
        for row in 0..<depth {
            for column in start..<start + width {
                result.append(column < columns ? weight(row, column) : 0)
            }
        }
        start += width
    }
    return result
}

// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// The regions of a running session, and the door to the C kernels. Made anew for each step, valid only
/// within it.
@unsafe struct StepMemory {
    let arena: UnsafeMutablePointer<Float>
    let constants: UnsafePointer<Float>
    let tables: UnsafePointer<Int32>

    private func read(_ place: Place) -> UnsafePointer<Float> {
        unsafe place.isConstant ? constants + place.offset : UnsafePointer(arena + place.offset)
    }

    func run(_ step: PlanStep, _ plan: ModelPlan) {
        let out = unsafe arena + step.out.offset
        let a = unsafe read(step.a)
        switch step.work {
        case .dense(let rows, let depth, let columns):
            unsafe hearth_dense(a, read(step.b), read(step.c), out, rows, depth, columns)
        case .conv(let shape):
            unsafe hearth_conv1d(
                a, read(step.b), read(step.c), arena + step.scratch.offset, out, shape)
        case .matMul(let shape): unsafe hearth_matmul(a, read(step.b), out, shape)
        case .binary(let kind, let shape):
            unsafe hearth_binary(Int32(kind), a, read(step.b), out, shape)
        case .unary(let kind, let count, let low, let high):
            unsafe hearth_unary(Int32(kind), a, out, count, low, high)
        case .softmax(let outer, let count, let inner):
            unsafe hearth_softmax(a, out, outer, count, inner)
        case .mean(let outer, let count, let inner):
            unsafe hearth_mean(a, out, outer, count, inner)
        case .copyRuns(let outer, let inner, let aStep, let outStep):
            unsafe hearth_copy_runs(a, out, outer, inner, aStep, outStep)
        case .gather(let table, let count, _, let fill):
            unsafe hearth_gather(a, tables + table, out, count, fill)
        case .quantize(let outer, let channels, let inner, let low, let high):
            unsafe hearth_quantize(
                a, read(step.b), read(step.c), out, outer, channels, inner, low, high)
        case .dequantize(let outer, let channels, let inner):
            unsafe hearth_dequantize(a, read(step.b), read(step.c), out, outer, channels, inner)
        case .trees(let ensemble, let rows, let features, let scores):
            unsafe Self.score(plan.ensembles[ensemble], a, out, rows, features, scores)
        }
    }

    /// Scores of each row, made probabilities if the model says so, and behind them the label.
    private static func score(
        _ ensemble: TreeEnsemble, _ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
        _ rows: Int, _ features: Int, _ width: Int
    ) {
        for row in 0..<rows {
            let input = unsafe x + row * features
            let base = unsafe out + row * width
            let output = unsafe UnsafeMutableBufferPointer(start: base, count: width)
            var scores = unsafe MutableSpan(_unsafeElements: output)
            if let flat = ensemble.flat {
                unsafe flat.score(input, into: base, ensemble)
            } else {
                let buffer = unsafe UnsafeBufferPointer(start: input, count: features)
                unsafe ensemble.score(Span(_unsafeElements: buffer), into: &scores)
            }
            let label = ensemble.labels.isEmpty ? nil : ensemble.label(scores.span)
            switch ensemble.transform {
            case .none: break
            case .softmax: unsafe hearth_softmax(base, base, 1, ensemble.scores, 1)
            case .logistic:
                unsafe hearth_unary(Int32(HEARTH_SIGMOID), base, base, ensemble.scores, 0, 0)
            }
            if let label { scores[ensemble.scores] = label }
        }
    }
}

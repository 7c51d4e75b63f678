// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthInference

/// Every operator with chance shapes and values: against plain loops, and against ONNX Runtime.
@Suite struct OperatorTests {
    /// Of the size of the numbers, since sums of many are rounded in another order.
    private static let tolerance: Float = 2e-5

    private static func isClose(_ a: [Float], _ b: [Float]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
    }

    @Test(arguments: RandomModel.kinds)
    func `an operator does what plain loops do`(_ kind: String) throws {
        for seed in 0..<60 as Range<UInt64> {
            let model = RandomModel.make(kind, seed: seed)
            let plan = try ModelPlan(ONNXModel(model.bytes))
            var session = ModelSession(plan)
            #expect(plan.outputs.map(\.shape) == [model.expected.shape], "seed \(seed)")
            #expect(Self.isClose(session.step(model.input), model.expected.values), "seed \(seed)")
        }
    }

    @Test(
        .enabled(if: OrtSession.isPresent, "no ONNX Runtime here: run `make oracle`"),
        arguments: RandomModel.kinds)
    func `an operator does what ONNX Runtime does`(_ kind: String) throws {
        for seed in 100..<130 as Range<UInt64> {
            let model = RandomModel.make(kind, seed: seed)
            let plan = try ModelPlan(ONNXModel(model.bytes))
            var session = ModelSession(plan)
            let oracle = try OrtSession(model.bytes, plan)
            let wanted = try oracle.step(model.input)
            #expect(Self.isClose(session.step(model.input), wanted), "seed \(seed)")
        }
    }

    @Test(
        .enabled(if: OrtSession.isPresent, "no ONNX Runtime here: run `make oracle`"),
        arguments: ModelFixture.all)
    func `a model does what ONNX Runtime does, step after step`(_ fixture: ModelFixture) throws {
        let bytes = try fixture.bytes()
        let plan = try fixture.plan()
        var session = ModelSession(plan)
        let oracle = try OrtSession(bytes, plan, integerOutputs: ["label"])
        var random = SeededRandom(seed: 9)
        for number in 0..<100 {
            let input = (0..<plan.inputCount).map { _ in Float.random(in: -3...3, using: &random) }
            let (output, wanted) = (session.step(input), try oracle.step(input))
            #expect(largestDifference(output, wanted) <= 1e-4, "step \(number)")
            #expect(argmax(output) == argmax(wanted), "step \(number)")
        }
    }
}

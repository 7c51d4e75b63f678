// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HearthInference

/// The executor against what PyTorch computed from the same weights and inputs.
@Suite struct GoldenTests {
    @Test(arguments: ModelFixture.all)
    func `a model gives what PyTorch gives`(_ fixture: ModelFixture) throws {
        var session = ModelSession(try fixture.plan())
        let steps = try fixture.golden()
        #expect(!steps.isEmpty)
        for (number, step) in steps.enumerated() {
            let output = session.step(step.input)
            #expect(largestDifference(output, step.output) <= 1e-4, "step \(number)")
            #expect(argmax(output) == argmax(step.output), "step \(number)")
        }
    }

    @Test func `the golden vectors depend on the state`() throws {
        let fixture = ModelFixture(name: "gru")
        var session = ModelSession(try fixture.plan())
        var worst: Float = 0
        for step in try fixture.golden() {
            session.reset()
            worst = max(worst, largestDifference(session.step(step.input), step.output))
        }
        #expect(worst > 1e-2)
    }

    @Test func `the plan tells ports, state and metadata`() throws {
        let plan = try ModelFixture(name: "gru").plan()
        #expect(plan.inputs.map(\.name) == ["x"])
        #expect(plan.inputs.map(\.shape) == [[1, 12]])
        #expect(plan.outputs.map(\.name) == ["logits"])
        #expect(plan.states.map(\.name) == ["h0", "h1"])
        #expect(plan.states.map(\.range) == [0..<24, 24..<48])
        #expect(plan.metadata == ["model": "test-gru", "feature_schema": "none"])
        #expect(plan.workPerStep < 20_000)
    }
}

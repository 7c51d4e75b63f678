// SPDX-License-Identifier: Apache-2.0
import CAllocations
import Testing

@testable import HearthInference

/// `hearth-bench inference` counts too, and fails if an optimised step allocates.
@Suite struct AllocationTests {
    #if DEBUG
        /// Unoptimised Swift takes a few boxes for closures and spans, however large the model; a list made in a
        /// step, or anything taken for each kernel, would pass this.
        private static let most = 24
    #else
        private static let most = 0
    #endif

    @Test(
        .enabled(if: hearth_allocations() >= 0, "allocations cannot be counted here"),
        arguments: ModelFixture.all)
    func `a step takes nothing from the heap`(_ fixture: ModelFixture) throws {
        let plan = try fixture.plan()
        var session = ModelSession(plan)
        let input = [Float](repeating: 0.5, count: plan.inputCount)
        var output = [Float](repeating: 0, count: plan.outputCount)
        var span = output.mutableSpan
        session.step(input.span, into: &span)
        let before = hearth_allocations()
        for _ in 0..<10 { session.step(input.span, into: &span) }
        #expect(hearth_allocations() - before <= 10 * Self.most)
    }

    @Test(.enabled(if: hearth_allocations() >= 0, "allocations cannot be counted here"))
    func `the counter counts`() {
        let before = hearth_allocations()
        let list = [Int](repeating: before, count: 1000)
        #expect(hearth_allocations() > before || list.isEmpty)
    }
}

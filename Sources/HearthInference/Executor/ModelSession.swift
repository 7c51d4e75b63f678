// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// The state of a session between two steps, to be stored and taken up again bit for bit.
public struct ModelState: Codable, Sendable, Hashable {
    /// As bits, so that whatever a float holds survives any encoding.
    private var bits: [UInt32]

    public init(_ values: [Float]) { bits = values.map(\.bitPattern) }

    public var values: [Float] { bits.map { Float(bitPattern: $0) } }
    public var count: Int { bits.count }
}

/// A model in use: its plan, its working memory and its state.
///
/// A copy is a checkpoint. The same bytes of model and input give the same bits of output on every
/// machine, whatever vectors its processor has.
public struct ModelSession: Sendable {
    public let plan: ModelPlan
    /// The state stands at the beginning.
    private var arena: [Float]

    /// A session at the beginning of its stream: the state is 0.
    public init(_ plan: ModelPlan) {
        self.plan = plan
        arena = Array(repeating: 0, count: plan.arenaCount)
    }

    /// Runs the model once and moves its state on.
    ///
    /// - Parameters:
    ///   - input: `plan.inputCount` floats: the inputs one after another.
    ///   - output: room for `plan.outputCount` floats: the outputs one after another.
    /// - Complexity: `plan.workPerStep`; nothing is allocated unless a copy of the session shares its
    ///   memory.
    public mutating func step(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
        precondition(input.count == plan.inputCount, "a step takes as many floats as the plan says")
        precondition(output.count >= plan.outputCount, "a step needs room for all outputs")
        Self.step(plan, &arena, input, &output)
    }

    /// Apart from `self`, so that the plan may be read while the arena is written, without a copy of either.
    private static func step(
        _ plan: ModelPlan, _ arena: inout [Float], _ input: Span<Float>,
        _ output: inout MutableSpan<Float>
    ) {
        var memory = arena.mutableSpan
        for index in plan.inputMoves.indices {
            let move = plan.inputMoves[index]
            for element in 0..<move.count { memory[move.to + element] = input[move.from + element] }
        }
        // Arrays lend C their address for the call. `PlanLayout.check` held every operand of every step
        // within these regions.
        unsafe run(plan, &arena, plan.constants, plan.tables)
        var done = arena.mutableSpan
        for index in plan.outputMoves.indices {
            let move = plan.outputMoves[index]
            for element in 0..<move.count {
                let from = move.from + element
                output[move.to + element] = move.isFromConstants ? plan.constants[from] : done[from]
            }
        }
        for index in plan.stateMoves.indices {
            let move = plan.stateMoves[index]
            for element in 0..<move.count {
                let from = move.from + element
                done[move.to + element] = move.isFromConstants ? plan.constants[from] : done[from]
            }
        }
    }

    /// One step for those who may allocate.
    public mutating func step(_ input: [Float]) -> [Float] {
        var output = Array(repeating: Float(0), count: plan.outputCount)
        var span = output.mutableSpan
        step(input.span, into: &span)
        return output
    }

    /// Back to the beginning of the stream.
    public mutating func reset() {
        for index in 0..<plan.stateCount { arena[index] = 0 }
    }

    /// The state between two steps.
    public var state: ModelState { ModelState(Array(arena[..<plan.stateCount])) }

    /// Takes up a state that was stored.
    ///
    /// - Throws: `.shapeMismatch` if it is of a model with a state of another size.
    public mutating func restore(_ state: ModelState) throws(InferenceError) {
        guard state.count == plan.stateCount else {
            throw InferenceError(
                .shapeMismatch, found: "a state of \(state.count) numbers",
                expected: "\(plan.stateCount)")
        }
        for (index, value) in state.values.enumerated() { arena[index] = value }
    }

    private static func run(
        _ plan: ModelPlan, _ arena: UnsafeMutablePointer<Float>,
        _ constants: UnsafePointer<Float>, _ tables: UnsafePointer<Int32>
    ) {
        let memory = unsafe StepMemory(arena: arena, constants: constants, tables: tables)
        for index in plan.steps.indices { unsafe memory.run(plan.steps[index], plan) }
    }
}

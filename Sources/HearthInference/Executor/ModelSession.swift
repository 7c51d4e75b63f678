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
        for (index, place) in plan.inputPlaces.enumerated() {
            let range = plan.inputs[index].range
            for element in range {
                arena[place.offset + element - range.lowerBound] = input[element]
            }
        }
        run()
        for (index, place) in plan.outputPlaces.enumerated() {
            let range = plan.outputs[index].range
            for element in range {
                let offset = place.offset + element - range.lowerBound
                output[element] = place.isConstant ? plan.constants[offset] : arena[offset]
            }
        }
        for (index, place) in plan.nextStates.enumerated() {
            let range = plan.states[index].range
            for element in range {
                let offset = place.offset + element - range.lowerBound
                arena[element] = place.isConstant ? plan.constants[offset] : arena[offset]
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

    private mutating func run() {
        let plan = plan
        // Pointers for C. `PlanLayout.check` held every operand of every step within these regions.
        unsafe arena.withUnsafeMutableBufferPointer { arena in
            unsafe plan.constants.withUnsafeBufferPointer { constants in
                unsafe plan.tables.withUnsafeBufferPointer { tables in
                    // An empty region is never touched, but C wants an address.
                    guard let base = arena.baseAddress else { return }
                    let memory = unsafe StepMemory(
                        arena: base, constants: constants.baseAddress ?? UnsafePointer(base),
                        tables: tables.baseAddress)
                    for index in plan.steps.indices {
                        unsafe memory.run(plan.steps[index], plan)
                    }
                }
            }
        }
    }
}

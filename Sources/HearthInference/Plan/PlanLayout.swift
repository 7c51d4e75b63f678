// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// Where everything stands in the arena: state first, then buffers that share room when their times of
/// use do not meet.
struct PlanLayout {
    var inputs: [ModelPlan.Port] = []
    var outputs: [ModelPlan.Port] = []
    var states: [ModelPlan.Port] = []
    var inputPlaces: [Place] = []
    var outputPlaces: [Place] = []
    var nextStates: [Place] = []
    var steps: [PlanStep] = []
    var arenaCount = 0
    var constantCount = 0

    /// The last look before memory is handed to C: every operand lies within its region.
    func check() throws(InferenceError) {
        for step in steps {
            let reach = step.work.reach
            for (place, count) in [
                (step.a, reach.a), (step.b, reach.b), (step.c, reach.c),
                (step.scratch, reach.scratch), (step.out, reach.out),
            ] { try check(place, count, isWritten: false) }
            try check(step.out, reach.out, isWritten: true)
        }
        for (place, port) in zip(inputPlaces, inputs) {
            try check(place, port.range.count, isWritten: true)
        }
        for (place, port) in zip(outputPlaces, outputs) {
            try check(place, port.range.count, isWritten: false)
        }
        for (place, port) in zip(nextStates, states) {
            try check(place, port.range.count, isWritten: false)
        }
    }

    private func check(_ place: Place, _ count: Int, isWritten: Bool) throws(InferenceError) {
        let end = place.isConstant ? constantCount : arenaCount
        guard count == 0 || (place.offset >= 0 && count > 0 && place.offset <= end - count),
            !(isWritten && place.isConstant)
        else {
            throw InferenceError(
                .damaged, found: "a step outside its memory", expected: "steps within the arena")
        }
    }
}

extension PlanBuilder {
    /// Names of the inputs that are state.
    func stateNames(of model: ONNXModel) -> [String] {
        let outputs = Set(model.outputs.map(\.name))
        let initialized = Set(model.initializers.map(\.name))
        var names: [String] = []
        for input in model.inputs where !initialized.contains(input.name) {
            guard outputs.contains(input.name + Self.stateSuffix) else { continue }
            names.append(input.name)
        }
        return names
    }

    mutating func layout(
        _ model: ONNXModel, stateNames: [String]
    ) throws(InferenceError) -> PlanLayout {
        var layout = PlanLayout()
        var stateBuffers: Set<Int> = []
        for name in stateNames {
            guard let value = values[name], case .buffer(let place) = value.content else {
                continue
            }
            stateBuffers.insert(place.buffer)
            layout.states.append(.init(name, value.shape, after: layout.states))
        }
        try bindOutputs(model, stateNames, stateBuffers, &layout)
        let initialized = Set(model.initializers.map(\.name))
        for input in model.inputs
        where !stateNames.contains(input.name) && !initialized.contains(input.name) {
            guard let value = values[input.name], case .buffer(let place) = value.content else {
                continue
            }
            layout.inputs.append(.init(input.name, value.shape, after: layout.inputs))
            layout.inputPlaces.append(place)
        }
        try place(&layout, stateNames)
        return layout
    }

    private mutating func bindOutputs(
        _ model: ONNXModel, _ stateNames: [String], _ stateBuffers: Set<Int>,
        _ layout: inout PlanLayout
    ) throws(InferenceError) {
        var next: [String: Place] = [:]
        let nextNames = Set(stateNames.map { $0 + Self.stateSuffix })
        var seen: Set<String> = []
        for output in model.outputs {
            node = ONNXNode(byte: output.byte)
            guard var value = values[output.name], seen.insert(output.name).inserted else {
                throw InferenceError(
                    .damaged, at: output.byte, found: "an output that no node gives, or twice",
                    expected: "a value of the graph")
            }
            guard value.type == .float32 || isComputed(value) else {
                throw InferenceError(
                    .unsupported, at: output.byte, found: "an output of another type",
                    expected: "float32, or labels")
            }
            if nextNames.contains(output.name) {
                // A state that becomes another's would be lost while they are exchanged.
                if case .buffer(let place) = value.content, stateBuffers.contains(place.buffer) {
                    let count = try count(value.shape)
                    value = try run(
                        .unary(kind: HEARTH_COPY, count: count, low: 0, high: 0),
                        a: place, shape: value.shape)
                }
                next[output.name] = try keep(value)
            } else {
                layout.outputs.append(.init(output.name, value.shape, after: layout.outputs))
                layout.outputPlaces.append(try keep(value))
            }
        }
        for (name, port) in zip(stateNames, layout.states) {
            let output = name + Self.stateSuffix
            guard let place = next[output], let value = values[output], value.shape == port.shape,
                value.type == .float32
            else {
                throw InferenceError(
                    .shapeMismatch, found: "a state of another shape than its next value",
                    expected: "\(port.shape)")
            }
            layout.nextStates.append(place)
        }
    }

    private func isComputed(_ value: PlannedValue) -> Bool {
        if case .buffer = value.content { return true }
        return false
    }

    /// Keeps a value to the end of the step.
    private mutating func keep(_ value: PlannedValue) throws(InferenceError) -> Place {
        let place = try place(value)
        if !place.isConstant { buffers[place.buffer].last = .max }
        return place
    }

    // MARK: Room

    private func place(_ layout: inout PlanLayout, _ stateNames: [String]) throws(InferenceError) {
        var offsets = Array(repeating: -1, count: buffers.count)
        for (name, port) in zip(stateNames, layout.states) {
            if case .buffer(let place)? = values[name]?.content {
                offsets[place.buffer] = port.range.lowerBound
            }
        }
        // Whole cache lines, so that vectors do not straddle them.
        let line = 16
        let start = ((layout.states.last?.range.upperBound ?? 0) + line - 1) / line * line
        layout.arenaCount = start
        var inUse: [(range: Range<Int>, last: Int)] = []
        for (number, buffer) in buffers.enumerated() where offsets[number] < 0 {
            inUse.removeAll { $0.last < buffer.first }
            let size = (buffer.count + line - 1) / line * line
            var offset = start
            var index = 0
            while index < inUse.count, inUse[index].range.lowerBound - offset < size {
                offset = max(offset, inUse[index].range.upperBound)
                index += 1
            }
            inUse.insert((offset..<offset + size, buffer.last), at: index)
            offsets[number] = offset
            layout.arenaCount = max(layout.arenaCount, offset + size)
            if layout.arenaCount > limits.arenaElements {
                throw .limit(
                    "elements of working memory", found: layout.arenaCount,
                    most: limits.arenaElements)
            }
        }
        func settled(_ place: Place) -> Place {
            guard !place.isConstant else { return place }
            return Place(
                isConstant: false, buffer: -1, offset: offsets[place.buffer] + place.offset)
        }
        layout.steps = steps.map { step in
            var step = step
            step.a = settled(step.a)
            step.b = settled(step.b)
            step.c = settled(step.c)
            step.scratch = settled(step.scratch)
            step.out = settled(step.out)
            return step
        }
        layout.inputPlaces = layout.inputPlaces.map(settled)
        layout.outputPlaces = layout.outputPlaces.map(settled)
        layout.nextStates = layout.nextStates.map(settled)
        layout.constantCount = constants.count
    }
}

extension ModelPlan.Port {
    /// The port behind those that are there.
    init(_ name: String, _ shape: [Int], after ports: [ModelPlan.Port]) {
        let start = ports.last?.range.upperBound ?? 0
        self.init(name: name, shape: shape, range: start..<start + shape.reduce(1, *))
    }
}

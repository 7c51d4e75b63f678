// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// A value of the graph whose shape is known: a constant, or a stretch of a buffer.
struct PlannedValue: Sendable {
    enum Content: Sendable {
        case tensor(ONNXTensor)
        case buffer(Place)
    }

    var shape: [Int]
    var type = ElementType.float32
    var content: Content

    var count: Int { shape.reduce(1, *) }
}

/// Turns the nodes of a model into steps, one after another, checking every shape on the way.
///
/// Values are single-assignment: a name is given once, before it is used. Sizes are only added up
/// here; memory is taken when all steps stand within the limits.
struct PlanBuilder {
    /// A stretch of the arena and the steps between which it is in use.
    struct Buffer {
        var count: Int
        var first: Int
        var last: Int
    }

    let limits: ModelLimits
    let operatorSet: Int
    var node = ONNXNode()
    var values: [String: PlannedValue] = [:]
    var buffers: [Buffer] = []
    var steps: [PlanStep] = []
    var constants: [Float] = []
    var tables: [Int32] = []
    var ensembles: [TreeEnsemble] = []
    var work = 0
    /// Elements of constants and tables made so far, those that were thrown away again included.
    private var spentConstants = 0
    /// Where constants that steps read were put, by name.
    private var constantPlaces: [String: Place] = [:]

    init(limits: ModelLimits, operatorSet: Int) {
        self.limits = limits
        self.operatorSet = operatorSet
    }

    // MARK: Errors

    /// An error at the node at hand. The operator's name is the file's, so only a known one is told.
    func fault(
        _ reason: InferenceError.Reason, _ found: String, expected: String
    ) -> InferenceError {
        let known = ModelOperator(rawValue: node.kind)?.rawValue
        return InferenceError(
            reason, at: node.byte, found: known.map { "\($0) with \(found)" } ?? found,
            expected: expected)
    }

    func mismatch(_ found: String, expected: String) -> InferenceError {
        fault(.shapeMismatch, found, expected: expected)
    }

    // MARK: Operands of the node at hand

    func hasInput(_ index: Int) -> Bool {
        index < node.inputs.count && !node.inputs[index].isEmpty
    }

    func input(_ index: Int) throws(InferenceError) -> PlannedValue {
        guard hasInput(index) else {
            throw fault(.damaged, "no input \(index)", expected: "a value")
        }
        guard let value = values[node.inputs[index]] else {
            throw fault(
                .damaged, "an input \(index) that no earlier node gives",
                expected: "nodes in the order of their use")
        }
        return value
    }

    /// A value of float32: what arithmetic takes.
    func number(_ index: Int) throws(InferenceError) -> PlannedValue {
        let value = try input(index)
        guard value.type == .float32 else {
            throw fault(
                .unsupported, "input \(index) of another type", expected: "float32")
        }
        return value
    }

    /// An input that must be known when the plan is made.
    func constant(_ index: Int) throws(InferenceError) -> ONNXTensor {
        guard case .tensor(let tensor) = try input(index).content else {
            throw fault(
                .unsupported, "a computed input \(index)", expected: "a constant there")
        }
        return tensor
    }

    /// Shapes, axes and the like.
    func integers(_ index: Int) throws(InferenceError) -> [Int] {
        let tensor = try constant(index)
        guard tensor.type == .int64 || tensor.type == .int32, tensor.dimensions.count <= 1 else {
            throw fault(
                .unsupported, "input \(index) of another type or shape",
                expected: "a list of int64")
        }
        if tensor.integers.count > limits.nodes {
            throw .limit(
                "entries of a list", at: node.byte, found: tensor.integers.count,
                most: limits.nodes)
        }
        return tensor.integers.map { Int($0) }
    }

    func scalar(_ index: Int) throws(InferenceError) -> Float {
        let tensor = try constant(index)
        guard tensor.type == .float32, tensor.floats.count == 1 else {
            throw fault(.unsupported, "input \(index) that is no number", expected: "one float32")
        }
        return tensor.floats[0]
    }

    /// Where a step can read a value; constants are put among the plan's at their first use.
    mutating func place(_ value: PlannedValue, name: String = "") throws(InferenceError) -> Place {
        switch value.content {
        case .buffer(let place): return place
        case .tensor(let tensor):
            if !name.isEmpty, let place = constantPlaces[name] { return place }
            let numbers =
                tensor.type == .float32 ? tensor.floats : tensor.integers.map { Float($0) }
            let place = try place(constant: numbers)
            if !name.isEmpty { constantPlaces[name] = place }
            return place
        }
    }

    mutating func place(constant numbers: [Float]) throws(InferenceError) -> Place {
        try spend(constants: numbers.count)
        let place = Place.constant(constants.count)
        constants += numbers
        return place
    }

    mutating func spend(constants count: Int) throws(InferenceError) {
        spentConstants += count
        if spentConstants > limits.constantElements {
            throw .limit(
                "elements of constants", at: node.byte, found: spentConstants,
                most: limits.constantElements)
        }
    }

    // MARK: Results

    func count(_ shape: [Int]) throws(InferenceError) -> Int {
        try elementCount(of: shape, limits: limits, at: node.byte)
    }

    mutating func buffer(_ count: Int) -> Place {
        buffers.append(Buffer(count: count, first: steps.count, last: steps.count))
        return .buffer(buffers.count - 1)
    }

    /// Gives an output its name, once.
    mutating func define(_ index: Int, _ value: PlannedValue) throws(InferenceError) {
        guard index < node.outputs.count, !node.outputs[index].isEmpty else { return }
        guard values.updateValue(value, forKey: node.outputs[index]) == nil else {
            throw fault(.damaged, "an output that exists", expected: "each name given once")
        }
    }

    /// Adds a step and returns its result in a new buffer.
    mutating func run(
        _ work: PlanStep.Work, a: Place, b: Place = .none, c: Place = .none,
        scratch: Place = .none, shape: [Int], type: ElementType = .float32
    ) throws(InferenceError) -> PlannedValue {
        let out = buffer(try count(shape))
        try append(PlanStep(work: work, a: a, b: b, c: c, scratch: scratch, out: out))
        return PlannedValue(shape: shape, type: type, content: .buffer(out))
    }

    mutating func append(_ step: PlanStep) throws(InferenceError) {
        try spend(work: step.work.cost)
        if steps.count >= limits.steps {
            throw .limit("steps", at: node.byte, found: steps.count + 1, most: limits.steps)
        }
        for place in [step.a, step.b, step.c, step.scratch, step.out] where !place.isConstant {
            buffers[place.buffer].last = steps.count
        }
        steps.append(step)
    }

    mutating func spend(work cost: Int?) throws(InferenceError) {
        let (sum, overflow) = work.addingReportingOverflow(cost ?? .max)
        if overflow || sum > limits.workPerStep {
            throw .limit(
                "operations a step or more", at: node.byte, found: limits.workPerStep,
                most: limits.workPerStep)
        }
        work = sum
    }

    /// The same elements under another shape: no step.
    func view(_ value: PlannedValue, as shape: [Int]) -> PlannedValue {
        var result = value
        result.shape = shape
        if case .tensor(var tensor) = value.content {
            tensor.dimensions = shape
            result.content = .tensor(tensor)
        }
        return result
    }

    /// Elements picked by a table: transposes, slices and whatever a run cannot do. Of a constant it is
    /// done at once.
    mutating func gather(
        _ value: PlannedValue, shape: [Int], table: [Int32], fill: Float = 0
    ) throws(InferenceError) -> PlannedValue {
        try spend(constants: table.count)
        if case .tensor(var tensor) = value.content {
            if tensor.type == .float32 {
                let from = tensor.floats
                tensor.floats = table.map { $0 < 0 ? fill : from[Int($0)] }
            } else {
                let from = tensor.integers
                tensor.integers = table.map { $0 < 0 ? Int64(exactly: fill) ?? 0 : from[Int($0)] }
            }
            tensor.dimensions = shape
            return PlannedValue(shape: shape, type: value.type, content: .tensor(tensor))
        }
        let start = tables.count
        tables += table
        let reach = Int(table.max() ?? -1) + 1
        let work = PlanStep.Work.gather(
            table: start, count: table.count, reach: reach, fill: fill)
        return try run(work, a: place(value), shape: shape, type: value.type)
    }

    /// An axis counted from the front.
    func axis(_ axis: Int, rank: Int) throws(InferenceError) -> Int {
        guard axis >= -rank, axis < rank else {
            throw mismatch("an axis of \(axis)", expected: "an axis of \(rank) dimensions")
        }
        return axis < 0 ? axis + rank : axis
    }

    // MARK: Attributes

    func integer(_ name: String, default value: Int) throws(InferenceError) -> Int {
        switch node.attributes[name] {
        case nil: return value
        case .integer(let value)?: return value
        default: throw wrongType
        }
    }

    func float(_ name: String, default value: Float) throws(InferenceError) -> Float {
        switch node.attributes[name] {
        case nil: return value
        case .float(let value)?: return value
        default: throw wrongType
        }
    }

    func text(_ name: String, default value: String) throws(InferenceError) -> String {
        switch node.attributes[name] {
        case nil: return value
        case .string(let value)?: return value
        default: throw wrongType
        }
    }

    func list(_ name: String) throws(InferenceError) -> [Int]? {
        switch node.attributes[name] {
        case nil: return nil
        case .integers(let values)?: return values
        default: throw wrongType
        }
    }

    var wrongType: InferenceError {
        fault(.damaged, "an attribute of another type", expected: "the type of its name")
    }
}

/// Products of dimensions before and after an axis.
func extents(_ shape: [Int], around axis: Int) -> (outer: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
}

// SPDX-License-Identifier: Apache-2.0
import CHearthKernels

/// A model made ready to run: every shape known and checked, every step and its memory laid out.
///
/// Inputs whose output is named alike with `_out` behind it (`h` and `h_out`), and which have one shape,
/// are state: a session keeps them from step to step, starting at 0. All others are the model's inputs and
/// outputs, laid end to end in the order of the file.
public struct ModelPlan: Sendable {
    /// An input, output or state, and where it stands among all of its kind.
    public struct Port: Sendable, Hashable {
        public let name: String
        public let shape: [Int]
        /// Its place in the span that a step takes or fills.
        public let range: Range<Int>
    }

    public let inputs: [Port]
    public let outputs: [Port]
    public let states: [Port]
    /// `metadata_props` of the file.
    public let metadata: [String: String]
    /// Multiply-adds, moved elements and evaluated functions of one step, as the limits count them.
    public let workPerStep: Int
    /// Floats of a session's working memory.
    public let arenaCount: Int

    let steps: [PlanStep]
    let constants: [Float]
    let tables: [Int32]
    let ensembles: [TreeEnsemble]
    let inputMoves: [Move]
    let outputMoves: [Move]
    /// From where the next state is found when all steps are done to the arena's start.
    let stateMoves: [Move]

    /// Floats that go into the arena before a step, or out of it. Plain numbers only.
    struct Move: Sendable {
        var from: Int
        var to: Int
        var count: Int
        var isFromConstants = false
    }

    /// Floats that a step takes.
    public var inputCount: Int { inputs.last?.range.upperBound ?? 0 }
    /// Floats that a step gives.
    public var outputCount: Int { outputs.last?.range.upperBound ?? 0 }
    /// Floats of the state.
    public var stateCount: Int { states.last?.range.upperBound ?? 0 }

    /// Makes a plan.
    ///
    /// - Throws: `InferenceError`: an operator, type or attribute outside the profile; shapes that do
    ///   not fit; a passed limit.
    public init(_ model: ONNXModel, limits: ModelLimits = .standard) throws(InferenceError) {
        var builder = PlanBuilder(limits: limits, operatorSet: model.operatorSet)
        try builder.build(model)
        let stateNames = builder.stateNames(of: model)
        let layout = try builder.layout(model, stateNames: stateNames)
        try layout.check()
        inputs = layout.inputs
        outputs = layout.outputs
        states = layout.states
        metadata = model.metadata
        workPerStep = builder.work
        arenaCount = layout.arenaCount
        steps = layout.steps
        constants = builder.constants
        tables = builder.tables
        ensembles = builder.ensembles
        inputMoves = zip(inputs, layout.inputPlaces).map {
            Move(from: $0.range.lowerBound, to: $1.offset, count: $0.range.count)
        }
        outputMoves = zip(outputs, layout.outputPlaces).map(Move.init)
        stateMoves = zip(states, layout.nextStates).map(Move.init)
    }
}

extension ModelPlan.Move {
    /// From where a step left it to its port.
    fileprivate init(_ port: ModelPlan.Port, _ place: Place) {
        self.init(
            from: place.offset, to: port.range.lowerBound, count: port.range.count,
            isFromConstants: place.isConstant)
    }
}

extension PlanBuilder {
    /// The suffix that makes an output the next value of a state.
    static let stateSuffix = "_out"

    mutating func build(_ model: ONNXModel) throws(InferenceError) {
        try checkOperatorSets(model)
        for tensor in model.initializers {
            guard values.updateValue(PlannedValue(tensor), forKey: tensor.name) == nil,
                !tensor.name.isEmpty
            else {
                throw InferenceError(
                    .damaged, at: tensor.byte, found: "an initializer without a name of its own",
                    expected: "each name given once")
            }
        }
        let initialized = Set(values.keys)
        for value in model.inputs where !initialized.contains(value.name) {
            guard values[value.name] == nil else {
                throw InferenceError(
                    .damaged, at: value.byte, found: "an input twice", expected: "each name once")
            }
            let shape = try self.shape(of: value)
            let place = buffer(try elementCount(of: shape, limits: limits, at: value.byte))
            values[value.name] = PlannedValue(shape: shape, content: .buffer(place))
        }
        let needed = Self.neededNodes(of: model)
        for (index, node) in model.nodes.enumerated() {
            self.node = node
            let kind = try checkedOperator()
            if needed[index] { try plan(kind) }
        }
    }

    private func checkOperatorSets(_ model: ONNXModel) throws(InferenceError) {
        guard ModelOperator.operatorSets.contains(model.operatorSet) || model.operatorSet == 0
        else {
            throw InferenceError(
                .unsupported, found: "operator set \(model.operatorSet)",
                expected: "operator set 13 to 25")
        }
        guard
            ModelOperator.treeOperatorSets.contains(model.treeOperatorSet)
                || model.treeOperatorSet == 0
        else {
            throw InferenceError(
                .unsupported, found: "operator set \(model.treeOperatorSet) of ai.onnx.ml",
                expected: "operator set 1 to 4")
        }
    }

    /// A fixed shape. The first dimension, the batch, may be open: it is 1.
    private func shape(of value: ONNXValue) throws(InferenceError) -> [Int] {
        guard value.type == .float32 else {
            throw InferenceError(
                .unsupported, at: value.byte, found: "an input of another type",
                expected: "float32")
        }
        var shape: [Int] = []
        for (index, dimension) in value.dimensions.enumerated() {
            guard let known = dimension ?? (index == 0 ? 1 : nil) else {
                throw InferenceError(
                    .unsupported, at: value.byte, found: "an open dimension \(index)",
                    expected: "fixed shapes")
            }
            shape.append(known)
        }
        return shape
    }

    /// Which nodes an output depends on; the others are not run.
    private static func neededNodes(of model: ONNXModel) -> [Bool] {
        var names = Set(model.outputs.map(\.name))
        var needed = Array(repeating: false, count: model.nodes.count)
        for (index, node) in model.nodes.enumerated().reversed()
        where node.outputs.contains(where: names.contains) {
            needed[index] = true
            names.formUnion(node.inputs)
        }
        return needed
    }

    /// The operator of the node at hand, with as many operands and only the attributes it may have.
    private func checkedOperator() throws(InferenceError) -> ModelOperator {
        let isTree = node.domain == "ai.onnx.ml"
        guard let kind = ModelOperator(rawValue: node.kind),
            isTree || node.domain.isEmpty || node.domain == "ai.onnx", kind.isTree == isTree
        else {
            throw InferenceError(
                .unsupported, at: node.byte, found: "operator \(node.kind.printable)",
                expected: "an operator of the profile")
        }
        let (inputs, outputs, attributes) = kind.signature
        guard inputs.contains(node.inputs.count), outputs.contains(node.outputs.count) else {
            throw fault(
                .damaged, "\(node.inputs.count) inputs and \(node.outputs.count) outputs",
                expected: "\(inputs) and \(outputs)")
        }
        for name in node.attributes.keys.sorted() where !attributes.contains(name) {
            throw fault(
                .unsupported, "attribute \(name.printable)", expected: "attributes of the profile")
        }
        return kind
    }

    private mutating func plan(_ kind: ModelOperator) throws(InferenceError) {
        switch kind {
        case .gemm: try gemm()
        case .matMul: try matMul()
        case .add: try binary(HEARTH_ADD)
        case .subtract: try binary(HEARTH_SUBTRACT)
        case .multiply: try binary(HEARTH_MULTIPLY)
        case .divide: try binary(HEARTH_DIVIDE)
        case .sigmoid: try unary(HEARTH_SIGMOID)
        case .tanh: try unary(HEARTH_TANH)
        case .relu: try unary(HEARTH_RELU)
        case .softmax: try softmax()
        case .concat: try concat()
        case .slice: try slice()
        case .split: try split()
        case .reshape: try reshape()
        case .identity: try identity()
        case .constant: try constantNode()
        case .conv: try conv()
        case .reduceMean: try reduceMean()
        case .pad: try pad()
        case .squeeze: try squeeze()
        case .unsqueeze: try unsqueeze()
        case .transpose: try transpose()
        case .clip: try clip()
        case .quantizeLinear: try quantize()
        case .dequantizeLinear: try dequantize()
        case .treeEnsembleRegressor, .treeEnsembleClassifier: try trees(kind)
        }
    }
}

extension String {
    /// The text, if it can be shown: short printable ASCII.
    fileprivate var printable: String {
        let isPlain = utf8.count <= 64 && utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? self : "with a name that cannot be shown"
    }
}

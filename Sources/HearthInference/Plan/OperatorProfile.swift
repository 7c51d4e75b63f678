// SPDX-License-Identifier: Apache-2.0

/// The operators that a plan knows: a closed list. Each raw value is ONNX's name.
public enum ModelOperator: String, Sendable, CaseIterable {
    case gemm = "Gemm"
    case matMul = "MatMul"
    case add = "Add"
    case subtract = "Sub"
    case multiply = "Mul"
    case divide = "Div"
    case sigmoid = "Sigmoid"
    case tanh = "Tanh"
    case relu = "Relu"
    case softmax = "Softmax"
    case concat = "Concat"
    case slice = "Slice"
    case split = "Split"
    case reshape = "Reshape"
    case identity = "Identity"
    case constant = "Constant"
    case conv = "Conv"
    case reduceMean = "ReduceMean"
    case pad = "Pad"
    case squeeze = "Squeeze"
    case unsqueeze = "Unsqueeze"
    case transpose = "Transpose"
    case clip = "Clip"
    case quantizeLinear = "QuantizeLinear"
    case dequantizeLinear = "DequantizeLinear"
    case treeEnsembleRegressor = "TreeEnsembleRegressor"
    case treeEnsembleClassifier = "TreeEnsembleClassifier"
}

extension ModelOperator {
    /// Versions of the default operator set whose meaning the plan implements. From 13 on Softmax works
    /// along one axis and Squeeze takes its axes as an input.
    static let operatorSets = 13...25
    /// Version 5 replaces both tree operators by another.
    static let treeOperatorSets = 1...4

    var isTree: Bool { self == .treeEnsembleRegressor || self == .treeEnsembleClassifier }

    /// How many inputs and outputs a node may have, and which attributes. An attribute outside the list
    /// could change the meaning, so it is refused.
    var signature: (inputs: ClosedRange<Int>, outputs: ClosedRange<Int>, attributes: Set<String>) {
        switch self {
        case .gemm: (2...3, 1...1, ["alpha", "beta", "transA", "transB"])
        case .matMul, .add, .subtract, .multiply, .divide: (2...2, 1...1, [])
        case .sigmoid, .tanh, .relu, .identity: (1...1, 1...1, [])
        case .softmax: (1...1, 1...1, ["axis"])
        case .concat: (1...256, 1...1, ["axis"])
        case .slice: (3...5, 1...1, [])
        case .split: (1...2, 1...256, ["axis", "num_outputs"])
        case .reshape: (2...2, 1...1, ["allowzero"])
        case .constant:
            (0...0, 1...1, ["value", "value_float", "value_floats", "value_int", "value_ints"])
        case .conv:
            (
                2...3, 1...1,
                ["auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"]
            )
        case .reduceMean: (1...2, 1...1, ["axes", "keepdims", "noop_with_empty_axes"])
        case .pad: (2...4, 1...1, ["mode"])
        case .squeeze: (1...2, 1...1, [])
        case .unsqueeze: (2...2, 1...1, [])
        case .transpose: (1...1, 1...1, ["perm"])
        case .clip: (1...3, 1...1, [])
        case .quantizeLinear:
            (2...3, 1...1, ["axis", "saturate", "block_size", "output_dtype", "precision"])
        case .dequantizeLinear: (2...3, 1...1, ["axis", "block_size", "output_dtype"])
        case .treeEnsembleRegressor:
            (1...1, 1...1, TreeAttributes.shared.union(TreeAttributes.regressor))
        case .treeEnsembleClassifier:
            (1...1, 1...2, TreeAttributes.shared.union(TreeAttributes.classifier))
        }
    }
}

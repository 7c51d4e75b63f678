// SPDX-License-Identifier: Apache-2.0

/// A model file, taken apart and checked for size, not yet for meaning: `ModelPlan` does that.
public struct ONNXModel: Sendable {
    /// The `metadata_props` of the file: model id, version, feature schema and the like.
    public internal(set) var metadata: [String: String] = [:]
    /// Version of the default operator set.
    public internal(set) var operatorSet = 0
    /// Version of the `ai.onnx.ml` operator set; 0 if the file does not import it.
    public internal(set) var treeOperatorSet = 0
    var nodes: [ONNXNode] = []
    var initializers: [ONNXTensor] = []
    var inputs: [ONNXValue] = []
    var outputs: [ONNXValue] = []

    /// Reads a model file.
    ///
    /// Unknown fields are passed over, as protobuf wants; external data, functions, subgraphs and
    /// sparse tensors are refused.
    ///
    /// - Throws: `InferenceError` with the byte where the file is off.
    /// - Complexity: O(bytes)
    public init(
        _ bytes: Span<UInt8>, limits: ModelLimits = .standard
    ) throws(InferenceError) {
        self = try ONNXReader(limits: limits).model(bytes)
    }

    /// Reads a model file at hand as an array.
    ///
    /// - Throws: `InferenceError` with the byte where the file is off.
    public init(
        _ bytes: [UInt8], limits: ModelLimits = .standard
    ) throws(InferenceError) {
        let span = bytes.span
        self = try ONNXReader(limits: limits).model(span)
    }
}

/// Types of element in the profile.
enum ElementType: Int, Sendable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7

    /// The values it holds, for the two that are quantised to.
    var quantizedRange: (Float, Float)? {
        switch self {
        case .uint8: (0, 255)
        case .int8: (-128, 127)
        default: nil
        }
    }

    var bytes: Int {
        switch self {
        case .float32, .int32: 4
        case .uint8, .int8: 1
        case .int64: 8
        }
    }
}

/// A constant: `floats` or `integers` by its type, never both.
struct ONNXTensor: Sendable {
    var name = ""
    var type = ElementType.float32
    var dimensions: [Int] = []
    var floats: [Float] = []
    var integers: [Int64] = []
    /// Where it stands in the file.
    var byte = 0

    var count: Int { type == .float32 ? floats.count : integers.count }
}

/// An input or output of the graph.
struct ONNXValue: Sendable {
    var name = ""
    var type: ElementType?
    /// `nil` for a dimension without a number.
    var dimensions: [Int?] = []
    var byte = 0
}

struct ONNXNode: Sendable {
    var inputs: [String] = []
    var outputs: [String] = []
    var kind = ""
    var domain = ""
    var attributes: [String: ONNXAttribute] = [:]
    var byte = 0
}

/// The value of an attribute.
enum ONNXAttribute: Sendable {
    case float(Float)
    case integer(Int)
    case string(String)
    case tensor(ONNXTensor)
    case floats([Float])
    case integers([Int])
    case strings([String])
}

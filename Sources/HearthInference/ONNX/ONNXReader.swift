// SPDX-License-Identifier: Apache-2.0

/// Reads the protobuf messages of an ONNX file: model, graph, inputs and outputs, nodes.
///
/// The messages of the profile nest to a fixed depth (model, graph, node, attribute, tensor), and
/// subgraphs are refused, so nothing here recurses.
struct ONNXReader {
    var limits: ModelLimits

    func model(_ bytes: Span<UInt8>) throws(InferenceError) -> ONNXModel {
        if bytes.count > limits.fileBytes {
            throw .limit("bytes", found: bytes.count, most: limits.fileBytes)
        }
        var model = ONNXModel(empty: ())
        var hasGraph = false
        var reader = WireReader(0..<bytes.count)
        while let field = try reader.next(bytes) {
            switch field.number {
            case 7:
                if hasGraph {
                    throw InferenceError(
                        .damaged, at: field.byte, found: "a second graph", expected: "one graph")
                }
                hasGraph = true
                try graph(bytes, field.range(), into: &model)
            case 8: try operatorSet(bytes, field, into: &model)
            case 14: try metadata(bytes, field, into: &model)
            case 25:
                throw InferenceError(
                    .unsupported, at: field.byte, found: "a function of the model's own",
                    expected: "operators of the profile")
            default: break
            }
        }
        guard hasGraph else {
            throw InferenceError(
                .damaged, at: bytes.count, found: "no graph", expected: "a model with a graph")
        }
        return model
    }

    private func operatorSet(
        _ bytes: Span<UInt8>, _ field: WireReader.Field, into model: inout ONNXModel
    ) throws(InferenceError) {
        var domain = ""
        var version = 0
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1: domain = try text(bytes, inner)
            case 2: version = try inner.integer()
            default: break
            }
        }
        switch domain {
        case "", "ai.onnx": model.operatorSet = version
        case "ai.onnx.ml": model.treeOperatorSet = version
        // Other sets may be imported; their operators are refused where they are used.
        default: break
        }
    }

    private func metadata(
        _ bytes: Span<UInt8>, _ field: WireReader.Field, into model: inout ONNXModel
    ) throws(InferenceError) {
        if model.metadata.count >= limits.metadataEntries {
            throw .limit(
                "metadata entries", at: field.byte, found: model.metadata.count + 1,
                most: limits.metadataEntries)
        }
        var key = ""
        var value = ""
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1: key = try text(bytes, inner)
            case 2: value = try text(bytes, inner, most: limits.metadataBytes)
            default: break
            }
        }
        guard model.metadata.updateValue(value, forKey: key) == nil else {
            throw InferenceError(
                .damaged, at: field.byte, found: "a metadata key twice", expected: "each key once")
        }
    }

    private func graph(
        _ bytes: Span<UInt8>, _ range: Range<Int>, into model: inout ONNXModel
    ) throws(InferenceError) {
        var reader = WireReader(range)
        while let field = try reader.next(bytes) {
            switch field.number {
            case 1:
                try check(model.nodes.count, limits.nodes, "nodes", field)
                model.nodes.append(try node(bytes, field))
            case 5:
                try check(model.initializers.count, limits.initializers, "initializers", field)
                model.initializers.append(try tensor(bytes, field))
            case 11:
                try check(model.inputs.count, limits.graphValues, "inputs", field)
                model.inputs.append(try value(bytes, field))
            case 12:
                try check(model.outputs.count, limits.graphValues, "outputs", field)
                model.outputs.append(try value(bytes, field))
            case 15:
                throw InferenceError(
                    .unsupported, at: field.byte, found: "a sparse initializer",
                    expected: "dense initializers")
            default: break
            }
        }
    }

    private func value(
        _ bytes: Span<UInt8>, _ field: WireReader.Field
    ) throws(InferenceError) -> ONNXValue {
        var value = ONNXValue(byte: field.byte)
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1: value.name = try text(bytes, inner)
            case 2:
                var type = WireReader(try inner.range())
                while let tensor = try type.next(bytes) {
                    // Sequences and maps have no number here, so the value stays without a type.
                    if tensor.number == 1 { try shape(bytes, tensor, into: &value) }
                }
            default: break
            }
        }
        return value
    }

    private func shape(
        _ bytes: Span<UInt8>, _ field: WireReader.Field, into value: inout ONNXValue
    ) throws(InferenceError) {
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1: value.type = ElementType(rawValue: try inner.integer())
            case 2:
                var list = WireReader(try inner.range())
                while let dimension = try list.next(bytes) {
                    guard dimension.number == 1 else { continue }
                    try check(
                        value.dimensions.count, limits.dimensions, "dimensions", dimension)
                    value.dimensions.append(try self.dimension(bytes, dimension))
                }
            default: break
            }
        }
    }

    private func dimension(
        _ bytes: Span<UInt8>, _ field: WireReader.Field
    ) throws(InferenceError) -> Int? {
        var result: Int?
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            if inner.number == 1 { result = try inner.integer() }
        }
        return result
    }

    private func node(
        _ bytes: Span<UInt8>, _ field: WireReader.Field
    ) throws(InferenceError) -> ONNXNode {
        var node = ONNXNode(byte: field.byte)
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1:
                try check(node.inputs.count, limits.graphValues, "inputs of a node", inner)
                node.inputs.append(try text(bytes, inner))
            case 2:
                try check(node.outputs.count, limits.graphValues, "outputs of a node", inner)
                node.outputs.append(try text(bytes, inner))
            case 4: node.kind = try text(bytes, inner)
            case 5:
                try check(
                    node.attributes.count, limits.attributesPerNode, "attributes", inner)
                let (name, attribute) = try attribute(bytes, inner)
                guard node.attributes.updateValue(attribute, forKey: name) == nil else {
                    throw InferenceError(
                        .damaged, at: inner.byte, found: "an attribute twice",
                        expected: "each attribute once")
                }
            case 7: node.domain = try text(bytes, inner)
            default: break
            }
        }
        return node
    }

    // MARK: Parts that all messages share

    func check(
        _ count: Int, _ most: Int, _ what: String, _ field: WireReader.Field
    ) throws(InferenceError) {
        if count >= most { throw .limit(what, at: field.byte, found: count + 1, most: most) }
    }

    func text(
        _ bytes: Span<UInt8>, _ field: WireReader.Field, most: Int? = nil
    ) throws(InferenceError) -> String {
        let range = try field.range()
        let most = most ?? limits.nameBytes
        if range.count > most {
            throw .limit("bytes of text", at: field.byte, found: range.count, most: most)
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range { copy.append(bytes[index]) }
        guard let text = String(validating: copy, as: UTF8.self) else {
            throw InferenceError(
                .damaged, at: field.byte, found: "text that is not UTF-8", expected: "UTF-8")
        }
        return text
    }
}

extension ONNXModel {
    init(empty: Void) {}
}

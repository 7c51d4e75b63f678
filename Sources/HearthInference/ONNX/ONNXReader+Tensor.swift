// SPDX-License-Identifier: Apache-2.0

/// Attributes and tensors.
extension ONNXReader {
    /// The content of an attribute, whose type comes at the end of the message.
    private struct Parts {
        var float: Float = 0
        var integer = 0
        var string = ""
        var tensor: ONNXTensor?
        var floats: [Float] = []
        var integers: [Int] = []
        var strings: [String] = []
    }

    func attribute(
        _ bytes: Span<UInt8>, _ field: WireReader.Field
    ) throws(InferenceError) -> (String, ONNXAttribute) {
        var name = ""
        var type = 0
        var parts = Parts()
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1: name = try text(bytes, inner)
            case 2: parts.float = try inner.float()
            case 3: parts.integer = try inner.integer()
            case 4: parts.string = try text(bytes, inner)
            case 5: parts.tensor = try tensor(bytes, inner)
            case 7: try floats(bytes, inner, into: &parts.floats, most: limits.listEntries)
            case 8:
                try integers(bytes, inner, into: &parts.integers, most: limits.listEntries)
            case 9:
                try check(parts.strings.count, limits.listEntries, "strings", inner)
                parts.strings.append(try text(bytes, inner))
            case 20: type = try inner.integer()
            case 6, 10, 11, 14, 15, 21, 22, 23:
                throw InferenceError(
                    .unsupported, at: inner.byte,
                    found: "an attribute with a graph, type, sparse tensor or reference",
                    expected: "numbers, texts and one tensor")
            default: break
            }
        }
        return (name, try content(parts, type: type, at: field.byte))
    }

    private func content(
        _ parts: Parts, type: Int, at byte: Int
    ) throws(InferenceError) -> ONNXAttribute {
        switch type {
        case 1: return .float(parts.float)
        case 2: return .integer(parts.integer)
        case 3: return .string(parts.string)
        case 4: if let tensor = parts.tensor { return .tensor(tensor) }
        case 6: return .floats(parts.floats)
        case 7: return .integers(parts.integers)
        case 8: return .strings(parts.strings)
        default: break
        }
        throw InferenceError(
            .unsupported, at: byte, found: "an attribute of type \(type)",
            expected: "type 1, 2, 3, 4, 6, 7 or 8")
    }

    /// Fields of a tensor as they stand in the file, in one of several places.
    private struct Fields {
        var type = 0
        var dimensions: [Int] = []
        var raw: Range<Int>?
        var floats: [Float] = []
        var integers: [Int] = []
    }

    func tensor(
        _ bytes: Span<UInt8>, _ field: WireReader.Field
    ) throws(InferenceError) -> ONNXTensor {
        var tensor = ONNXTensor(byte: field.byte)
        var fields = Fields()
        var reader = WireReader(try field.range())
        while let inner = try reader.next(bytes) {
            switch inner.number {
            case 1:
                try integers(bytes, inner, into: &fields.dimensions, most: limits.dimensions)
            case 2: fields.type = try inner.integer()
            case 4: try floats(bytes, inner, into: &fields.floats, most: limits.elements)
            case 5, 7: try integers(bytes, inner, into: &fields.integers, most: limits.elements)
            case 8: tensor.name = try text(bytes, inner)
            case 9: fields.raw = try inner.range()
            case 13, 14:
                if case .varint(0) = inner.content { continue }
                throw InferenceError(
                    .unsupported, at: inner.byte, found: "data in another file",
                    expected: "data in the model file")
            case 3, 6, 10, 11:
                throw InferenceError(
                    .unsupported, at: inner.byte, found: "tensor field \(inner.number)",
                    expected: "raw_data, float_data, int32_data or int64_data")
            default: break
            }
        }
        try fill(&tensor, from: fields, bytes)
        return tensor
    }

    private func fill(
        _ tensor: inout ONNXTensor, from fields: Fields, _ bytes: Span<UInt8>
    ) throws(InferenceError) {
        guard let type = ElementType(rawValue: fields.type) else {
            throw InferenceError(
                .unsupported, at: tensor.byte, found: "elements of type \(fields.type)",
                expected: "float32, uint8, int8, int32 or int64")
        }
        tensor.type = type
        tensor.dimensions = fields.dimensions
        // Axes and shapes may be an empty list; nothing else may.
        let isEmptyList = type == .int64 && fields.dimensions == [0]
        let count =
            isEmptyList
            ? 0 : try elementCount(of: fields.dimensions, limits: limits, at: tensor.byte)
        if let raw = fields.raw {
            try checkCount(raw.count, count * type.bytes, "bytes", tensor.byte)
            decode(raw, of: type, bytes, into: &tensor)
        } else if type == .float32 {
            try checkCount(fields.floats.count, count, "numbers", tensor.byte)
            tensor.floats = fields.floats
        } else {
            try checkCount(fields.integers.count, count, "numbers", tensor.byte)
            tensor.integers = try fields.integers.map { value throws(InferenceError) in
                try fit(value, type, at: tensor.byte)
            }
        }
    }

    private func checkCount(
        _ found: Int, _ expected: Int, _ what: String, _ byte: Int
    ) throws(InferenceError) {
        guard found != expected else { return }
        throw InferenceError(
            .damaged, at: byte, found: "\(found) \(what) in a tensor",
            expected: "\(expected), by its dimensions")
    }

    private func fit(
        _ value: Int, _ type: ElementType, at byte: Int
    ) throws(InferenceError) -> Int64 {
        let fits =
            switch type {
            case .uint8: UInt8(exactly: value) != nil
            case .int8: Int8(exactly: value) != nil
            case .int32: Int32(exactly: value) != nil
            case .int64, .float32: true
            }
        guard fits else {
            throw InferenceError(
                .damaged, at: byte, found: "a number outside its type",
                expected: "numbers of the tensor's type")
        }
        return Int64(value)
    }

    /// Little-endian elements, whose bytes were counted before.
    private func decode(
        _ raw: Range<Int>, of type: ElementType, _ bytes: Span<UInt8>, into tensor: inout ONNXTensor
    ) {
        let width = type.bytes
        let count = raw.count / width
        if type == .float32 {
            tensor.floats.reserveCapacity(count)
        } else {
            tensor.integers.reserveCapacity(count)
        }
        for index in 0..<count {
            var bits: UInt64 = 0
            for byte in 0..<width {
                bits |= UInt64(bytes[raw.lowerBound + index * width + byte]) << UInt64(8 * byte)
            }
            switch type {
            case .float32: tensor.floats.append(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
            case .uint8: tensor.integers.append(Int64(bits))
            case .int8: tensor.integers.append(Int64(Int8(truncatingIfNeeded: bits)))
            case .int32: tensor.integers.append(Int64(Int32(truncatingIfNeeded: bits)))
            case .int64: tensor.integers.append(Int64(bitPattern: bits))
            }
        }
    }

    // MARK: Lists, packed or one by one

    private func floats(
        _ bytes: Span<UInt8>, _ field: WireReader.Field, into list: inout [Float], most: Int
    ) throws(InferenceError) {
        guard case .bytes(let range) = field.content else {
            try check(list.count, most, "numbers of a list", field)
            list.append(try field.float())
            return
        }
        if range.count / 4 > most - list.count {
            throw .limit(
                "numbers of a list", at: field.byte, found: list.count + range.count / 4,
                most: most)
        }
        var reader = WireReader(range)
        while !reader.isAtEnd {
            list.append(Float(bitPattern: UInt32(truncatingIfNeeded: try reader.fixed(bytes, 4))))
        }
    }

    private func integers(
        _ bytes: Span<UInt8>, _ field: WireReader.Field, into list: inout [Int], most: Int
    ) throws(InferenceError) {
        guard case .bytes(let range) = field.content else {
            try check(list.count, most, "numbers of a list", field)
            list.append(try field.integer())
            return
        }
        var reader = WireReader(range)
        while !reader.isAtEnd {
            try check(list.count, most, "numbers of a list", field)
            list.append(Int(truncatingIfNeeded: try reader.varint(bytes)))
        }
    }
}

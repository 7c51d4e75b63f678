// SPDX-License-Identifier: Apache-2.0

/// A protobuf message as a tree of fields: to write model files, and to change them where it hurts.
public indirect enum WireField: Sendable {
    case varint(Int, UInt64)
    case fixed32(Int, UInt32)
    case bytes(Int, [UInt8])
    case message(Int, [WireField])

    public var number: Int {
        switch self {
        case .varint(let number, _), .fixed32(let number, _), .bytes(let number, _),
            .message(let number, _):
            number
        }
    }

    public static func text(_ number: Int, _ text: String) -> WireField {
        .bytes(number, Array(text.utf8))
    }

    public static func integer(_ number: Int, _ value: Int) -> WireField {
        .varint(number, UInt64(bitPattern: Int64(value)))
    }

    /// Appends the field in protobuf's form.
    public func write(to out: inout [UInt8]) {
        switch self {
        case .varint(let number, let value):
            Self.varint(UInt64(number) << 3, to: &out)
            Self.varint(value, to: &out)
        case .fixed32(let number, let value):
            Self.varint(UInt64(number) << 3 | 5, to: &out)
            for shift in stride(from: 0, to: 32, by: 8) {
                out.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
            }
        case .bytes(let number, let content):
            Self.varint(UInt64(number) << 3 | 2, to: &out)
            Self.varint(UInt64(content.count), to: &out)
            out += content
        case .message(let number, let fields):
            WireField.bytes(number, Self.encoded(fields)).write(to: &out)
        }
    }

    public static func encoded(_ fields: [WireField]) -> [UInt8] {
        var out: [UInt8] = []
        for field in fields { field.write(to: &out) }
        return out
    }

    public static func varint(_ value: UInt64, to out: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }
}

/// Which fields of an ONNX message are messages themselves.
public indirect enum WireSchema: Sendable {
    case message([Int: WireSchema])

    private static let tensor = message([:])
    private static let dimensions = message([1: message([1: message([:])])])
    private static let value = message([
        2: message([1: message([2: dimensions])])
    ])
    private static let attribute = message([5: tensor])
    private static let node = message([5: attribute])
    private static let graph = message([1: node, 5: tensor, 11: value, 12: value])
    public static let model = message([7: graph, 8: message([:]), 14: message([:])])

    private func inner(_ number: Int) -> WireSchema? {
        if case .message(let fields) = self { return fields[number] }
        return nil
    }

    /// The tree of a sound message; `nil` if it is not one.
    public func tree(of bytes: ArraySlice<UInt8>) -> [WireField]? {
        var rest = bytes
        var fields: [WireField] = []
        while !rest.isEmpty {
            guard let key = Self.varint(&rest) else { return nil }
            let number = Int(truncatingIfNeeded: key >> 3)
            switch key & 7 {
            case 0:
                guard let value = Self.varint(&rest) else { return nil }
                fields.append(.varint(number, value))
            case 5:
                guard rest.count >= 4 else { return nil }
                var value: UInt32 = 0
                for shift in 0..<4 { value |= UInt32(rest.removeFirst()) << UInt32(8 * shift) }
                fields.append(.fixed32(number, value))
            case 2:
                guard let length = Self.varint(&rest), length <= UInt64(rest.count) else {
                    return nil
                }
                let content = rest.prefix(Int(length))
                rest = rest.dropFirst(Int(length))
                if let schema = inner(number), let tree = schema.tree(of: content) {
                    fields.append(.message(number, tree))
                } else {
                    fields.append(.bytes(number, Array(content)))
                }
            default: return nil
            }
        }
        return fields
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { return nil }
        }
        return nil
    }
}

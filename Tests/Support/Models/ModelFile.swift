// SPDX-License-Identifier: Apache-2.0

/// Writes small ONNX files, for tests.
public struct ModelFile: Sendable {
    public enum Attribute: Sendable {
        case integer(Int)
        case float(Float)
        case text(String)
        case integers([Int])
    }

    public struct Tensor: Sendable {
        public var shape: [Int]
        public var values: [Float]

        public init(_ shape: [Int], _ values: [Float]) {
            self.shape = shape
            self.values = values
        }

        public var count: Int { shape.reduce(1, *) }
    }

    public var inputs: [(name: String, shape: [Int])] = []
    public var outputs: [(name: String, shape: [Int])] = []
    public private(set) var nodes: [WireField] = []
    public private(set) var constants: [WireField] = []
    public var operatorSet = 18

    public init() {}

    public mutating func node(
        _ kind: String, _ inputs: [String], _ outputs: [String],
        _ attributes: [String: Attribute] = [:], domain: String = ""
    ) {
        var fields = inputs.map { WireField.text(1, $0) } + outputs.map { WireField.text(2, $0) }
        fields.append(.text(4, kind))
        if !domain.isEmpty { fields.append(.text(7, domain)) }
        for (name, attribute) in attributes.sorted(by: { $0.key < $1.key }) {
            var parts = [WireField.text(1, name)]
            switch attribute {
            case .integer(let value): parts += [.integer(3, value), .integer(20, 2)]
            case .float(let value): parts += [.fixed32(2, value.bitPattern), .integer(20, 1)]
            case .text(let value): parts += [.text(4, value), .integer(20, 3)]
            case .integers(let values):
                parts += values.map { .integer(8, $0) } + [.integer(20, 7)]
            }
            fields.append(.message(5, parts))
        }
        nodes.append(.message(1, fields))
    }

    public mutating func constant(_ name: String, _ tensor: Tensor) {
        let raw = tensor.values.flatMap { value in
            stride(from: 0, to: 32, by: 8).map {
                UInt8(truncatingIfNeeded: value.bitPattern >> UInt32($0))
            }
        }
        constants.append(
            .message(
                5,
                tensor.shape.map { .integer(1, $0) } + [
                    .integer(2, 1), .text(8, name), .bytes(9, raw),
                ]))
    }

    public mutating func constant(
        _ name: String, integers: [Int], type: Int = 7, shape: [Int]? = nil
    ) {
        let dimensions = (shape ?? [integers.count]).map { WireField.integer(1, $0) }
        let content = integers.map { WireField.integer(type == 7 ? 7 : 5, $0) }
        constants.append(
            .message(5, dimensions + [.integer(2, type)] + content + [.text(8, name)]))
    }

    /// The bytes of the file.
    public func bytes() -> [UInt8] {
        func value(_ number: Int, _ name: String, _ shape: [Int]) -> WireField {
            let dimensions = shape.map { WireField.message(1, [.integer(1, $0)]) }
            let tensor = WireField.message(1, [.integer(1, 1), .message(2, dimensions)])
            return .message(number, [.text(1, name), .message(2, [tensor])])
        }
        let graph =
            nodes + [.text(2, "test")] + constants
            + inputs.map { value(11, $0.name, $0.shape) }
            + outputs.map { value(12, $0.name, $0.shape) }
        return WireField.encoded([
            .integer(1, 8), .message(8, [.text(1, ""), .integer(2, operatorSet)]),
            .message(8, [.text(1, "ai.onnx.ml"), .integer(2, 3)]), .message(7, graph),
        ])
    }
}

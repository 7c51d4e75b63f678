// SPDX-License-Identifier: Apache-2.0
import HearthTestSupport
import Testing

@testable import HearthInference

/// What is refused, with its reason and place.
@Suite struct ReaderTests {
    private static func error(_ body: () throws -> Void) -> InferenceError? {
        do {
            try body()
            return nil
        } catch {
            return error as? InferenceError
        }
    }

    private static func reading(
        _ fields: [WireField], limits: ModelLimits = .standard
    ) -> InferenceError? {
        error { _ = try ONNXModel(WireField.encoded(fields), limits: limits) }
    }

    private static func planning(
        _ limits: ModelLimits = .standard, _ make: (inout ModelFile) -> Void
    ) -> InferenceError? {
        var file = ModelFile()
        file.inputs = [("x", [1, 4])]
        file.outputs = [("y", [1, 4])]
        make(&file)
        return error { _ = try ModelPlan(ONNXModel(file.bytes(), limits: limits), limits: limits) }
    }

    @Test func `a file without a graph, or with two, is damaged`() {
        #expect(Self.reading([])?.reason == .damaged)
        #expect(Self.reading([.message(7, []), .message(7, [])])?.reason == .damaged)
        #expect(Self.reading([.message(7, [])]) == nil)
    }

    @Test func `a length past the end names its byte`() {
        let error = Self.error { _ = try ONNXModel([0x08, 0x08, 0x3A, 0x05, 0x00]) }
        #expect(error?.reason == .damaged)
        #expect(error?.byte == 2)
    }

    @Test func `a number that does not end is damaged`() {
        let error = Self.error {
            _ = try ONNXModel([0x08] + Array(repeating: 0xFF, count: 12))
        }
        #expect(error?.reason == .damaged)
        #expect(error?.byte == 1)
    }

    @Test func `fields unknown to the reader are passed over`() {
        #expect(Self.reading([.varint(99, 5), .message(7, [.text(77, "later")])]) == nil)
    }

    @Test func `functions, sparse tensors, external data and subgraphs are unsupported`() {
        #expect(Self.reading([.message(25, [])])?.reason == .unsupported)
        #expect(Self.reading([.message(7, [.message(15, [])])])?.reason == .unsupported)
        let external: [WireField] = [
            .integer(1, 1), .integer(2, 1), .message(13, [.text(1, "location")]), .integer(14, 1),
        ]
        #expect(Self.reading([.message(7, [.message(5, external)])])?.reason == .unsupported)
        let attribute = WireField.message(5, [.text(1, "body"), .message(6, []), .integer(20, 5)])
        let node = WireField.message(1, [.text(4, "If"), attribute])
        #expect(Self.reading([.message(7, [node])])?.reason == .unsupported)
    }

    @Test func `dimensions that overflow when multiplied are refused`() {
        let huge: [WireField] = (0..<4).map { _ in .integer(1, 1 << 40) } + [.integer(2, 1)]
        #expect(Self.reading([.message(7, [.message(5, huge)])])?.reason == .limitExceeded)
        let negative: [WireField] = [.integer(1, -1), .integer(2, 1)]
        #expect(Self.reading([.message(7, [.message(5, negative)])])?.reason == .unsupported)
        let short: [WireField] = [.integer(1, 4), .integer(2, 1), .bytes(9, [0, 0, 0, 0])]
        #expect(Self.reading([.message(7, [.message(5, short)])])?.reason == .damaged)
    }

    @Test func `each limit is held`() throws {
        let fixture = ModelFixture(name: "gru")
        let bytes = try fixture.bytes()
        let changes: [WritableKeyPath<ModelLimits, Int>] = [
            \.fileBytes, \.nodes, \.initializers, \.graphValues, \.attributesPerNode, \.nameBytes,
            \.metadataEntries, \.metadataBytes, \.dimensions, \.elements, \.constantElements,
            \.arenaElements, \.steps, \.workPerStep,
        ]
        for change in changes {
            var limits = ModelLimits()
            limits[keyPath: change] = change == \.attributesPerNode ? 0 : 1
            let error = Self.error {
                _ = try ModelPlan(ONNXModel(bytes, limits: limits), limits: limits)
            }
            #expect(error?.reason == .limitExceeded, "\(change)")
        }
        var limits = ModelLimits()
        limits.listEntries = 3
        let trees = try ModelFixture(name: "trees").bytes()
        #expect(Self.error { _ = try ONNXModel(trees, limits: limits) }?.reason == .limitExceeded)
    }

    @Test func `an operator outside the profile is named`() throws {
        let error = Self.planning { $0.node("Erf", ["x"], ["y"]) }
        #expect(error?.reason == .unsupported)
        #expect(error?.found == "operator Erf")
        let other = Self.planning { $0.node("Relu", ["x"], ["y"], domain: "com.example") }
        #expect(other?.reason == .unsupported)
        let hidden = Self.planning { $0.node("\u{1B}[2J", ["x"], ["y"]) }
        #expect(hidden?.found == "operator with a name that cannot be shown")
    }

    @Test func `an attribute outside the profile is refused`() {
        let error = Self.planning { $0.node("Relu", ["x"], ["y"], ["alpha": .float(1)]) }
        #expect(error?.reason == .unsupported)
    }

    @Test func `another operator set is refused`() {
        let error = Self.planning {
            $0.operatorSet = 11
            $0.node("Relu", ["x"], ["y"])
        }
        #expect(error?.reason == .unsupported)
    }

    @Test func `shapes that do not fit are refused`() {
        let weights = ModelFile.Tensor([3, 2], [1, 2, 3, 4, 5, 6])
        let depth = Self.planning {
            $0.constant("w", weights)
            $0.node("Gemm", ["x", "w"], ["y"])
        }
        #expect(depth?.reason == .shapeMismatch)
        let state = Self.planning {
            $0.inputs.append(("h", [1, 2]))
            $0.outputs.append(("h_out", [1, 4]))
            $0.node("Relu", ["x"], ["y"])
            $0.node("Tanh", ["x"], ["h_out"])
        }
        #expect(state?.reason == .shapeMismatch)
    }

    @Test func `nodes out of order, names twice and outputs from nowhere are damaged`() {
        let order = Self.planning {
            $0.node("Relu", ["z"], ["y"])
            $0.node("Tanh", ["x"], ["z"])
        }
        #expect(order?.reason == .damaged)
        let twice = Self.planning {
            $0.node("Relu", ["x"], ["y"])
            $0.node("Tanh", ["x"], ["y"])
        }
        #expect(twice?.reason == .damaged)
        #expect(Self.planning { $0.node("Relu", ["x"], ["z"]) }?.reason == .damaged)
    }

    @Test func `states that change places are not lost`() throws {
        var file = ModelFile()
        file.inputs = [("x", [1]), ("a", [1]), ("b", [1])]
        file.outputs = [("y", [1]), ("a_out", [1]), ("b_out", [1])]
        file.node("Identity", ["b"], ["y"])
        file.node("Identity", ["x"], ["a_out"])
        file.node("Identity", ["a"], ["b_out"])
        var session = ModelSession(try ModelPlan(ONNXModel(file.bytes())))
        #expect((1...5).map { session.step([Float($0)])[0] } == [0, 0, 1, 2, 3])
    }

    @Test func `a cycle in a tree is refused`() throws {
        let bytes = try ModelFixture(name: "trees").bytes()
        var tree = try #require(WireSchema.model.tree(of: bytes[...]))
        // The first branch of the first tree leads back to itself.
        let isChanged = Self.change(&tree) { name, values in
            if name == "nodes_truenodeids" { values[0] = .integer(8, 0) }
        }
        #expect(isChanged)
        let error = Self.error { _ = try ModelPlan(ONNXModel(WireField.encoded(tree))) }
        #expect(error?.reason == .damaged)
    }

    /// Changes the integers of each attribute of the first node.
    private static func change(
        _ model: inout [WireField], _ edit: (String, inout [WireField]) -> Void
    ) -> Bool {
        guard let graphIndex = model.firstIndex(where: { $0.number == 7 }),
            case .message(_, var graph) = model[graphIndex],
            let nodeIndex = graph.firstIndex(where: { $0.number == 1 }),
            case .message(_, var node) = graph[nodeIndex]
        else { return false }
        for index in node.indices {
            guard case .message(5, let parts) = node[index],
                case .bytes(1, let name)? = parts.first(where: { $0.number == 1 })
            else { continue }
            var integers = parts.filter { $0.number == 8 }
            guard !integers.isEmpty else { continue }
            edit(String(decoding: name, as: UTF8.self), &integers)
            node[index] = .message(5, parts.filter { $0.number != 8 } + integers)
        }
        graph[nodeIndex] = .message(1, node)
        model[graphIndex] = .message(7, graph)
        return true
    }
}

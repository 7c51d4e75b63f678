// SPDX-License-Identifier: Apache-2.0
import CCounter
import COracle
import Foundation
import HearthInference
import HearthModels

/// hearth-bench inference [--ort LIBRARY] [MODEL ...]: one step of each model, beside ONNX Runtime on the
/// same thread; without a model, of each that the program ships. Rounds take turns, so that ratios hold
/// when the machine's speed drifts.
struct InferenceBenchmark {
    private static let rounds = 200
    private static let stepsARound = 200

    private let bytes: [UInt8]
    private let plan: ModelPlan
    private let input: [Float]

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        plan = try ModelPlan(ONNXModel(bytes))
        input = (0..<plan.inputCount).map { Float($0 % 17) / 8 - 1 }
    }

    /// - Returns: whether steps took nothing from the heap.
    func run(library: String?) -> Bool {
        var session = ModelSession(plan)
        var output = [Float](repeating: 0, count: plan.outputCount)
        _ = time { step(&session, &output) }
        let before = hearth_allocations()
        for _ in 0..<Self.stepsARound { step(&session, &output) }
        let allocations = hearth_allocations() - before
        let oracle = library.flatMap { Oracle(bytes, plan, input, library: $0) }
        var own: [Double] = []
        var theirs: [Double] = []
        for _ in 0..<Self.rounds {
            own.append(time { step(&session, &output) })
            if let oracle { theirs.append(time { oracle.step() }) }
        }
        print("operations a step: \(plan.workPerStep)")
        print("allocations in \(Self.stepsARound) steps: \(allocations)")
        print("hearth: \(Self.words(own))")
        guard oracle != nil else {
            print("ONNX Runtime: not here, or it does not take this model")
            return allocations <= 0
        }
        print("ONNX Runtime: \(Self.words(theirs))")
        let ratios = zip(own, theirs).map { $1 / $0 }.sorted()
        print("ratio, median of rounds: \(Self.rounded(ratios[ratios.count / 2]))")
        return allocations <= 0
    }

    @inline(never)
    private func step(_ session: inout ModelSession, _ output: inout [Float]) {
        var span = output.mutableSpan
        session.step(input.span, into: &span)
    }

    private func time(_ body: () -> Void) -> Double {
        ThreadTime.microseconds(Self.stepsARound, body)
    }

    private static func words(_ times: [Double]) -> String {
        "\(ThreadTime.words(times)) a step"
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// ONNX Runtime with the same model, inputs bound once, state carried.
private final class Oracle {
    private var ports: [hearth_ort_port] = []
    private var handle: UnsafeMutableRawPointer?
    private let plan: ModelPlan

    init?(_ bytes: [UInt8], _ plan: ModelPlan, _ input: [Float], library: String) {
        guard hearth_ort_open(library) == 0 else { return nil }
        self.plan = plan
        for port in plan.inputs + plan.states { add(port.name, port.shape) }
        for (index, port) in plan.inputs.enumerated() {
            floats(index).update(from: Array(input[port.range]), count: port.range.count)
        }
        let inputs = ports.count
        for port in plan.outputs { add(port.name, port.shape) }
        for port in plan.states { add(port.name + "_out", port.shape) }
        handle = hearth_ort_session(
            bytes, bytes.count, Array(ports[..<inputs]), inputs, Array(ports[inputs...]),
            ports.count - inputs, 1, nil, 0)
        if handle == nil || hearth_ort_run(handle, nil, 0) != 0 { return nil }
    }

    /// Names and memory live as long as the program.
    private func add(_ name: String, _ shape: [Int]) {
        let count = shape.reduce(1, *)
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: count)
        memory.initialize(repeating: 0, count: count)
        let dimensions = UnsafeMutablePointer<Int64>.allocate(capacity: shape.count + 1)
        for (index, dimension) in shape.enumerated() { dimensions[index] = Int64(dimension) }
        ports.append(
            hearth_ort_port(
                name: strdup(name), shape: dimensions, rank: shape.count, data: memory,
                bytes: count * 4, type: 1))
    }

    private func floats(_ port: Int) -> UnsafeMutablePointer<Float> {
        ports[port].data.assumingMemoryBound(to: Float.self)
    }

    func step() {
        _ = hearth_ort_run(handle, nil, 0)
        for index in plan.states.indices {
            let next = plan.inputs.count + plan.states.count + plan.outputs.count + index
            floats(plan.inputs.count + index)
                .update(from: floats(next), count: plan.states[index].range.count)
        }
    }
}

/// The nets and trees of every bundle that the program ships.
private func shippedModels() throws -> [(name: String, bytes: [UInt8])] {
    var models: [(name: String, bytes: [UInt8])] = []
    for embedded in EmbeddedBundle.all {
        let bundle = try embedded.withBytes { (bytes) throws(BundleRefusal) in
            try ModelBundle(
                verifying: bytes, trusted: .shipped,
                engine: ModelEngine(schemas: ModelFeatures.all),
                at: .distantPast)
        }
        for target in bundle.manifest.targets where target.name.hasSuffix(".onnx") {
            if let bytes = bundle.entry(target.name) {
                models.append(("\(embedded.name) \(target.name)", bytes))
            }
        }
    }
    return models
}

/// The subcommand; the exit status.
func benchmarkInference(_ words: [String]) -> Int32 {
    var rest = words[...]
    var library: String?
    if rest.first == "--ort" {
        library = rest.dropFirst().first
        rest = rest.dropFirst(2)
    }
    guard !rest.contains(where: { $0.hasPrefix("-") }) else {
        print("usage: hearth-bench inference [--ort LIBRARY] [MODEL ...]")
        return 64
    }
    do {
        let models =
            rest.isEmpty
            ? try shippedModels()
            : try rest.map { ($0, [UInt8](try Data(contentsOf: URL(filePath: $0)))) }
        var isQuiet = true
        for (name, bytes) in models {
            print("\n\(name)")
            isQuiet = try InferenceBenchmark(bytes).run(library: library) && isQuiet
        }
        return isQuiet ? 0 : 1
    } catch {
        print("\(error)")
        return 1
    }
}

// SPDX-License-Identifier: Apache-2.0
import CCounter
import COracle
import Foundation
import HearthInference

/// hearth-bench inference [--ort LIBRARY] MODEL: one step of a model, beside ONNX Runtime on the same
/// thread. Rounds take turns, so that ratios hold when the machine's speed drifts; the best round counts.
struct InferenceBenchmark {
    private static let rounds = 200
    private static let stepsARound = 200

    private let bytes: [UInt8]
    private let plan: ModelPlan
    private let input: [Float]

    init(model path: String) throws {
        bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        plan = try ModelPlan(ONNXModel(bytes))
        input = (0..<plan.inputCount).map { Float($0 % 17) / 8 - 1 }
    }

    /// - Returns: whether steps took nothing from the heap.
    func run(library: String?) -> Bool {
        var session = ModelSession(plan)
        var output = [Float](repeating: 0, count: plan.outputCount)
        let before = hearth_allocations()
        _ = Self.time { step(&session, &output) }
        let allocations = hearth_allocations() - before
        let oracle = library.flatMap { Oracle(bytes, plan, input, library: $0) }
        var own: [Double] = []
        var theirs: [Double] = []
        for _ in 0..<Self.rounds {
            own.append(Self.time { step(&session, &output) })
            if let oracle { theirs.append(Self.time { oracle.step() }) }
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

    /// Microseconds a call, of this thread's processor time: others may use the machine too.
    private static func time(_ body: () -> Void) -> Double {
        let began = threadMicroseconds()
        for _ in 0..<stepsARound { body() }
        return (threadMicroseconds() - began) / Double(stepsARound)
    }

    private static func threadMicroseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    private static func words(_ times: [Double]) -> String {
        let sorted = times.sorted()
        return
            "best \(rounded(sorted[0])) µs, median \(rounded(sorted[sorted.count / 2])) µs a step"
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

/// The subcommand; the exit status.
func benchmarkInference(_ words: [String]) -> Int32 {
    var rest = words[...]
    var library: String?
    if rest.first == "--ort" {
        library = rest.dropFirst().first
        rest = rest.dropFirst(2)
    }
    guard rest.count == 1, let path = rest.first else {
        print("usage: hearth-bench inference [--ort LIBRARY] MODEL")
        return 64
    }
    do {
        return try InferenceBenchmark(model: path).run(library: library) ? 0 : 1
    } catch {
        print("\(error)")
        return 1
    }
}

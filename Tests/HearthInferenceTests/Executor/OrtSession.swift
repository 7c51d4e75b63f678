// SPDX-License-Identifier: Apache-2.0
import COrt
import Foundation
import HearthTestSupport

@testable import HearthInference

/// ONNX Runtime with a model, as the oracle. State is carried as the plan says.
///
/// The library is fetched by `make oracle`; `HEARTH_ORT_LIB` names another copy.
final class OrtSession {
    static let isPresent: Bool = {
        let named = ProcessInfo.processInfo.environment["HEARTH_ORT_LIB"]
        let own = SeedFiles.project.appending(
            path: ".build/onnxruntime/libonnxruntime.so.1.31.1")
        return hearth_ort_open(named ?? own.path) == 0
    }()

    struct Failure: Error { var message: String }

    /// One input or output with memory that stays where it is.
    private final class Port {
        let name: UnsafeMutablePointer<CChar>?
        let shape: UnsafeMutablePointer<Int64>
        let rank: Int
        let floats: UnsafeMutablePointer<Float>
        let integers: UnsafeMutablePointer<Int64>
        let count: Int
        let isInteger: Bool

        init(_ name: String, _ dimensions: [Int], isInteger: Bool) {
            self.name = strdup(name)
            rank = dimensions.count
            count = dimensions.reduce(1, *)
            self.isInteger = isInteger
            shape = .allocate(capacity: max(1, rank))
            for (index, dimension) in dimensions.enumerated() { shape[index] = Int64(dimension) }
            floats = .allocate(capacity: count)
            floats.initialize(repeating: 0, count: count)
            integers = .allocate(capacity: count)
            integers.initialize(repeating: 0, count: count)
        }

        deinit {
            free(name)
            shape.deallocate()
            floats.deallocate()
            integers.deallocate()
        }

        var bound: hearth_ort_port {
            hearth_ort_port(
                name: name, shape: shape, rank: rank,
                data: isInteger
                    ? UnsafeMutableRawPointer(integers) : UnsafeMutableRawPointer(floats),
                bytes: count * (isInteger ? 8 : 4), type: isInteger ? 7 : 1)
        }

        var values: [Float] {
            (0..<count).map { isInteger ? Float(integers[$0]) : floats[$0] }
        }
    }

    private let plan: ModelPlan
    private let inputs: [Port]
    private let outputs: [Port]
    private let handle: UnsafeMutableRawPointer

    init(_ bytes: [UInt8], _ plan: ModelPlan, integerOutputs: Set<String> = []) throws {
        self.plan = plan
        inputs = (plan.inputs + plan.states).map { Port($0.name, $0.shape, isInteger: false) }
        outputs =
            plan.outputs.map {
                Port($0.name, $0.shape, isInteger: integerOutputs.contains($0.name))
            }
            + plan.states.map {
                Port($0.name + PlanBuilder.stateSuffix, $0.shape, isInteger: false)
            }
        var message = [CChar](repeating: 0, count: 512)
        let made = hearth_ort_session(
            bytes, bytes.count, inputs.map(\.bound), inputs.count, outputs.map(\.bound),
            outputs.count, 0, &message, message.count)
        guard let made else { throw Failure(message: Self.text(message)) }
        handle = made
    }

    deinit { hearth_ort_close(handle) }

    func step(_ input: [Float]) throws -> [Float] {
        for (port, place) in zip(inputs, plan.inputs) {
            for index in 0..<port.count {
                port.floats[index] = input[place.range.lowerBound + index]
            }
        }
        var message = [CChar](repeating: 0, count: 512)
        guard hearth_ort_run(handle, &message, message.count) == 0 else {
            throw Failure(message: Self.text(message))
        }
        for index in plan.states.indices {
            let next = outputs[plan.outputs.count + index].floats
            let state = inputs[plan.inputs.count + index]
            state.floats.update(from: next, count: state.count)
        }
        return outputs.prefix(plan.outputs.count).flatMap(\.values)
    }

    private static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

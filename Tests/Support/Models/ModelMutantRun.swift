// SPDX-License-Identifier: Apache-2.0
import Foundation
public import HearthInference

/// What became of damaged model files: refused with a reason, or run within limits.
public struct ModelMutantRun: Sendable {
    public private(set) var count = 0
    public private(set) var refused = 0
    /// The mutant was still a model, and ran.
    public private(set) var ran = 0
    /// Of processor time: others may use the machine too.
    public private(set) var slowest = Duration.zero
    /// How often each reason for refusal was met, which shows how deep mutants reach.
    public private(set) var reasons: [InferenceError.Reason: Int] = [:]

    private let limits: ModelLimits

    public init() {
        var limits = ModelLimits()
        limits.fileBytes = 1 << 20
        limits.arenaElements = 1 << 20
        limits.constantElements = 1 << 20
        limits.elements = 1 << 19
        limits.workPerStep = 4 << 20
        self.limits = limits
    }

    /// Reads one mutant, plans it and runs three steps.
    ///
    /// - Returns: what is wrong, or `nil` if the executor kept its contract: an error points inside the file, a run
    ///   stays within the limits, is repeatable, and goes on the same from a stored state.
    public mutating func take(_ bytes: [UInt8]) -> String? {
        let began = Self.processorTime()
        count += 1
        var fault: String?
        do throws(InferenceError) {
            let model = try ONNXModel(bytes, limits: limits)
            let plan = try ModelPlan(model, limits: limits)
            fault = Self.run(plan, limits)
            ran += 1
        } catch {
            refused += 1
            reasons[error.reason, default: 0] += 1
            if let byte = error.byte, !(0...bytes.count).contains(byte) {
                fault = "an error points outside the file"
            }
        }
        slowest = max(slowest, Self.processorTime() - began)
        return fault
    }

    private static func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func run(_ plan: ModelPlan, _ limits: ModelLimits) -> String? {
        guard plan.arenaCount <= limits.arenaElements, plan.workPerStep <= limits.workPerStep else {
            return "a plan passes its limits"
        }
        let input = (0..<plan.inputCount).map { Float($0 % 17) / 8 - 1 }
        var session = ModelSession(plan)
        var output = session.step(input)
        let state = session.state
        for _ in 0..<2 { output = session.step(input) }
        var other = ModelSession(plan)
        _ = other.step(input.map { -$0 })
        guard (try? other.restore(state)) != nil else { return "a state of its own is refused" }
        var again: [Float] = []
        for _ in 0..<2 { again = other.step(input) }
        let isSame =
            output.map(\.bitPattern) == again.map(\.bitPattern) && session.state == other.state
        return isSame ? nil : "a run depends on more than its state"
    }
}

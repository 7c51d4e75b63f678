// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
public import HearthVault
internal import Synchronization

/// Runs the checks of a verification or of a restore on all processors.
public enum ParallelChecks {
    /// The outcomes in the order of the checks.
    public static func run(_ checks: [PackCheck]) -> [PackCheck.Outcome] {
        outcomes(of: checks) { $0.run() }
    }

    /// The outcomes in the order of the checks.
    public static func run(_ checks: [SealCheck]) -> [[Bool]] { outcomes(of: checks) { $0.run() } }

    private static func outcomes<Check: Sendable, Outcome: Sendable>(
        of checks: [Check], _ run: @Sendable (Check) -> Outcome
    ) -> [Outcome] {
        let outcomes = Mutex<[Int: Outcome]>([:])
        DispatchQueue.concurrentPerform(iterations: checks.count) { place in
            let outcome = run(checks[place])
            outcomes.withLock { $0[place] = outcome }
        }
        let done = outcomes.withLock { $0 }
        return checks.indices.compactMap { done[$0] }
    }
}

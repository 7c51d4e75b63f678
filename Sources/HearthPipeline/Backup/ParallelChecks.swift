// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
public import HearthVault
internal import Synchronization

/// Runs the checks of a verification on all processors.
public enum ParallelChecks {
    /// The outcomes in the order of the checks.
    public static func run(_ checks: [PackCheck]) -> [PackCheck.Outcome] {
        let outcomes = Mutex<[Int: PackCheck.Outcome]>([:])
        DispatchQueue.concurrentPerform(iterations: checks.count) { place in
            let outcome = checks[place].run()
            outcomes.withLock { $0[place] = outcome }
        }
        let done = outcomes.withLock { $0 }
        return checks.indices.compactMap { done[$0] }
    }
}

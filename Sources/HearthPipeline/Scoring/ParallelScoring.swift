// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Foundation
internal import HearthModels
internal import Synchronization

/// Scores days on all processors: what a day gives depends on its own input alone.
enum ParallelScoring {
    /// Days whose input is in memory at the same time.
    static let together = min(8, 2 * ProcessInfo.processInfo.activeProcessorCount)

    /// The features of each input, in the same order.
    static func features(of inputs: [DayInput]) -> [DayFeatures] {
        let scored = Mutex<[Int: DayFeatures]>([:])
        DispatchQueue.concurrentPerform(iterations: inputs.count) { place in
            let features = DayScorer.features(inputs[place])
            scored.withLock { $0[place] = features }
        }
        let done = scored.withLock { $0 }
        return inputs.indices.compactMap { done[$0] }
    }
}

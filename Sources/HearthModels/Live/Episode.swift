// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// A state that lasts: it is raised once when it has lasted long enough, and again only after it ended.
///
/// Short interruptions do not end it. A silence does: nothing is known of it.
struct Episode: Codable, Sendable, Hashable {
    /// An interruption up to this long belongs to the episode: a single odd value is no recovery.
    static let pauseNanoseconds: Int64 = 30_000_000_000
    /// After a longer silence an episode is over.
    static let gapNanoseconds: Int64 = 120_000_000_000

    private(set) var since: Timestamp?
    private(set) var last: Timestamp?
    private(set) var count = 0
    private(set) var sum = 0.0
    private var isRaised = false

    /// Mean of the values in the state, `nil` outside of an episode.
    var mean: Double? { count > 0 ? sum / Double(count) : nil }

    /// Takes the next value.
    ///
    /// - Returns: true if the state has now lasted for `persistence`, once an episode.
    mutating func step(
        _ time: Timestamp, _ value: Double, isInState: Bool, persistence: Int64
    ) -> Bool {
        if let last,
            time.nanoseconds(since: last)
                > (isInState ? Self.gapNanoseconds : Self.pauseNanoseconds)
        {
            end()
        }
        guard isInState else { return false }
        let begin = since ?? time
        since = begin
        last = time
        count += 1
        sum += value
        guard !isRaised, time.nanoseconds(since: begin) >= persistence else { return false }
        isRaised = true
        return true
    }

    /// The state is over.
    mutating func end() { self = Episode() }
}

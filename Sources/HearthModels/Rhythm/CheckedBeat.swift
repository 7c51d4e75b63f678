// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// An interval between two beats with what the cleaning says of it.
public struct CheckedBeat: Codable, Sendable, Hashable {
    public enum Finding: String, Codable, Sendable, CaseIterable {
        /// Normal-to-normal, as far as intervals alone can tell.
        case sound
        /// One of the two intervals beside a beat that came out of turn.
        case ectopic
        /// About twice as long as its neighbours: a beat between was not detected.
        case missed
        /// One of two short intervals that are one together: a beat that was none.
        case extra
        /// Longer than the rhythm around it explains.
        case long
        /// Shorter than the rhythm around it explains.
        case short
        /// None of these, and outside 300...2000 ms.
        case implausible
    }

    /// The beat that ends the interval.
    public var time: Timestamp
    /// Milliseconds, as it came.
    public var interval: Double
    public var finding: Finding
    /// False at the start of the series and after a gap: no difference may span it.
    public var followsPrevious: Bool
    /// More than 20 % from the median of the eleven intervals around it, whatever the finding: many
    /// such are an irregular rhythm.
    public var isOffMedian: Bool

    public init(
        time: Timestamp, interval: Double, finding: Finding, followsPrevious: Bool,
        isOffMedian: Bool = false
    ) {
        self.time = time
        self.interval = interval
        self.finding = finding
        self.followsPrevious = followsPrevious
        self.isOffMedian = isOffMedian
    }
}

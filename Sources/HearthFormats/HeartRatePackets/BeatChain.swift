// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Places beat intervals that arrive in packets, some of which carry none.
///
/// A packet tells when it arrived, not when its beats were. Intervals are therefore laid end to end by
/// their own sum: the first packet's last beat is placed at its arrival, every later beat by the
/// intervals alone. Where the chain's end and a packet's arrival differ by more than ``bound``,
/// packets were lost or the strap stopped: the chain begins anew at that arrival, and what lies
/// between is a gap.
public struct BeatChain: Sendable {
    /// Straps notify about once a second what they found since the last time, at up to two seconds
    /// a beat: within three seconds arrival says nothing about the beats.
    public static let bound: Int64 = 3_000_000_000

    /// What placing a packet's intervals did to the chain.
    public enum Link: Sendable, Equatable {
        /// The intervals follow those before.
        case continued
        /// The first intervals, or the first after a gap.
        case began
        /// The chain ran ahead of the arrival, so it began anew.
        case ranAhead
    }

    private var anchor: Timestamp?
    /// Ticks of 1/1024 s from the anchor to the last beat.
    private var ticks: Int64 = 0

    public init() {}

    /// Forgets the chain: the strap was taken off.
    public mutating func cut() { anchor = nil }

    /// Moves on by the intervals of one packet.
    ///
    /// - Parameters:
    ///   - intervals: in 1/1024 s, oldest first, at least one.
    ///   - arrival: when the packet was received.
    /// - Returns: whether they follow those before; ``time(before:)`` then tells where each ends.
    public mutating func append(_ intervals: [UInt16], arrival: Timestamp) -> Link {
        let sum = intervals.reduce(Int64(0)) { $0 + Int64($1) }
        if let anchor {
            let end = Self.time(anchor, ticks + sum)
            let late = arrival.nanoseconds(since: end)
            if late <= Self.bound, late >= -Self.bound {
                ticks += sum
                return .continued
            }
            begin(arrival)
            return late < 0 ? .ranAhead : .began
        }
        begin(arrival)
        return .began
    }

    /// When a beat was that lies `ticks` of 1/1024 s ahead of the last one appended.
    public func time(before ticks: Int64) -> Timestamp {
        Self.time(anchor ?? Timestamp(nanoseconds: 0), self.ticks - ticks)
    }

    private mutating func begin(_ arrival: Timestamp) {
        anchor = arrival
        ticks = 0
    }

    private static func time(_ anchor: Timestamp, _ ticks: Int64) -> Timestamp {
        anchor.advanced(
            byNanoseconds: Period(numerator: 1_000_000_000, denominator: 1024)
                .nanoseconds(times: ticks))
    }
}

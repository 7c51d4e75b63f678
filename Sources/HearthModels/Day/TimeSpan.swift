// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// The time from `start` up to, not including, `end`.
public struct TimeSpan: Codable, Sendable, Hashable {
    public var start: Timestamp
    public var end: Timestamp

    /// An end before the start makes an empty span.
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = max(start, end)
    }

    /// Length in minutes.
    public var minutes: Double { end.seconds(since: start) / 60 }

    public var isEmpty: Bool { end <= start }

    public func contains(_ time: Timestamp) -> Bool { time >= start && time < end }

    /// What two spans share; empty if nothing.
    public func intersection(_ other: TimeSpan) -> TimeSpan {
        TimeSpan(start: max(start, other.start), end: min(end, other.end))
    }

    /// The shortest span that holds both.
    public func union(_ other: TimeSpan) -> TimeSpan {
        TimeSpan(start: min(start, other.start), end: max(end, other.end))
    }
}

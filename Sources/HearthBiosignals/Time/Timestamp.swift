// SPDX-License-Identifier: Apache-2.0

/// An instant: nanoseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
///
/// Range: years 1678 to 2261. Local wall-clock time is never stored in a `Timestamp`; a
/// ``ZoneTimeline`` tells which local day an instant belongs to.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// An instant from whole seconds, clamped to the range.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// An instant from whole milliseconds, clamped to the range.
    public init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.nanoseconds = overflow ? (milliseconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since the epoch, rounded down.
    public var seconds: Int64 { Calendrical.floorDivide(nanoseconds, 1_000_000_000) }

    /// The UTC day, counted from 1970-01-01.
    public var utcDay: Int64 { Calendrical.floorDivide(nanoseconds, 86_400_000_000_000) }

    public static let distantPast = Timestamp(nanoseconds: .min)
    public static let distantFuture = Timestamp(nanoseconds: .max)

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The instant `nanoseconds` later, clamped to the range.
    public func advanced(byNanoseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(delta)
        return Timestamp(nanoseconds: overflow ? (delta < 0 ? .min : .max) : sum)
    }

    /// The instant `seconds` later, clamped to the range.
    public func advanced(bySeconds seconds: Int64) -> Timestamp {
        advanced(byNanoseconds: Timestamp(seconds: seconds).nanoseconds)
    }

    /// Nanoseconds from `other` to this instant, clamped.
    public func nanoseconds(since other: Timestamp) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflow ? (nanoseconds < other.nanoseconds ? .min : .max) : difference
    }

    /// Seconds from `other` to this instant.
    public func seconds(since other: Timestamp) -> Double {
        Double(nanoseconds(since: other)) / 1e9
    }
}

/// Integer calendar arithmetic shared by the time types.
public enum Calendrical {
    /// Division rounding towards minus infinity; `divisor` must be positive.
    public static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// Remainder of ``floorDivide(_:_:)``, in `0..<divisor`.
    public static func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let remainder = value % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}

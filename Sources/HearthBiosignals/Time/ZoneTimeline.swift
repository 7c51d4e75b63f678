// SPDX-License-Identifier: Apache-2.0

/// Where a time-zone offset came from, best first.
public enum ZoneOrigin: UInt8, Sendable, Codable, CaseIterable, Comparable {
    /// The person said so.
    case user = 1
    /// The file states it for this stretch of time.
    case file = 2
    /// Attached to single records, such as Apple's `HKTimeZone`.
    case metadata = 3
    /// Derived from two clocks in the file or from behaviour.
    case inferred = 4
    /// Not known; UTC is used and results say so.
    case unknown = 5

    public static func < (a: ZoneOrigin, b: ZoneOrigin) -> Bool { a.rawValue < b.rawValue }
}

/// From `start` on, until the next span, the wall clock shows UTC plus `offsetSeconds`.
public struct ZoneSpan: Hashable, Sendable, Codable {
    public var start: Timestamp
    /// Seconds east of UTC, in -64,800...64,800.
    public var offsetSeconds: Int32
    public var origin: ZoneOrigin

    public init(start: Timestamp, offsetSeconds: Int32, origin: ZoneOrigin) {
        self.start = start
        self.offsetSeconds = offsetSeconds
        self.origin = origin
    }
}

/// The person's wall clock through time: which local date an instant belongs to.
///
/// Before the first span the first span's offset holds; with no span at all the offset is zero and
/// its origin ``ZoneOrigin/unknown``. Daylight-saving changes and travel are simply further spans.
public struct ZoneTimeline: Sendable, Hashable, Codable {
    /// Ascending by start; consecutive spans differ in offset or origin.
    public private(set) var spans: [ZoneSpan]

    /// Sorts the spans; where two start together the better origin wins.
    public init(_ spans: [ZoneSpan] = []) {
        var sorted: [ZoneSpan] = []
        let ordered = spans.sorted {
            ($0.start, $0.origin, $0.offsetSeconds) < ($1.start, $1.origin, $1.offsetSeconds)
        }
        for span in ordered {
            if let last = sorted.last {
                if last.start == span.start { continue }
                if last.offsetSeconds == span.offsetSeconds, last.origin == span.origin { continue }
            }
            sorted.append(span)
        }
        self.spans = sorted
    }

    /// The span in force at `time`.
    public func span(at time: Timestamp) -> ZoneSpan {
        guard let first = spans.first else {
            return ZoneSpan(start: .distantPast, offsetSeconds: 0, origin: .unknown)
        }
        var low = 0
        var high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].start <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : spans[low - 1]
    }

    /// Wall-clock seconds since 1970-01-01T00:00 local.
    public func localSeconds(at time: Timestamp) -> Int64 {
        time.seconds + Int64(span(at: time).offsetSeconds)
    }

    /// The local date of an instant.
    public func localDate(at time: Timestamp) -> LocalDate {
        LocalDate(dayNumber: Calendrical.floorDivide(localSeconds(at: time), 86_400))
    }

    /// Seconds since local midnight, in 0..<86,400.
    public func secondsOfDay(at time: Timestamp) -> Int {
        Int(Calendrical.floorModulo(localSeconds(at: time), 86_400))
    }

    /// The first instant whose wall clock reads `secondsOfDay` or later on `date`.
    ///
    /// On the day of a change the day is as long as the wall clock made it: 23 or 25 hours, or any
    /// other length when travelling. A time skipped by a change maps to the instant of the change.
    public func instant(of date: LocalDate, secondsOfDay: Int = 0) -> Timestamp {
        let target = date.dayNumber * 86_400 + Int64(secondsOfDay)
        let firstOffset = Int64(spans.first?.offsetSeconds ?? 0)
        var candidate = Timestamp(seconds: target - firstOffset)
        for span in spans {
            let inSpan = Timestamp(seconds: target - Int64(span.offsetSeconds))
            if span.start == spans.first?.start {
                candidate = inSpan
            } else if candidate >= span.start {
                candidate = max(span.start, inSpan)
            }
        }
        return candidate
    }
}

extension ZoneTimeline {
    private enum CodingKeys: String, CodingKey { case spans }

    /// Sorts what was stored, so that a damaged file cannot break the order the search relies on.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(try container.decode([ZoneSpan].self, forKey: .spans))
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Local time to instants, by the person's time zones.
struct LocalClock: Sendable {
    private let zone: ZoneTimeline
    /// The span used last; far from its ends the wall clock is plain arithmetic.
    private var lastSpan = -1

    init(zone: ZoneTimeline) { self.zone = zone }

    /// True if no zone is known, so that local time is read as UTC.
    var isUnanchored: Bool { zone.spans.isEmpty }

    /// `nil` outside the years 1678 to 2261.
    mutating func instant(_ time: TextTime) -> Timestamp? {
        if let offset = time.offsetSeconds { return time.instant(offset: offset) }
        if isUnanchored { return time.instant(offset: 0) }
        if let quick = quickInstant(time) { return quick }
        guard time.instant(offset: 0) != nil else { return nil }
        let whole = zone.instant(of: time.date, secondsOfDay: time.secondsOfDay)
        lastSpan = zone.spans.lastIndex { $0.start <= whole } ?? 0
        return whole.advanced(byNanoseconds: time.nanosecond)
    }

    /// Two days away from both ends of a span no change of the clock can matter.
    private func quickInstant(_ time: TextTime) -> Timestamp? {
        guard zone.spans.indices.contains(lastSpan),
            let instant = time.instant(offset: zone.spans[lastSpan].offsetSeconds)
        else { return nil }
        let isAfterStart =
            lastSpan == 0 || instant > zone.spans[lastSpan].start.advanced(bySeconds: 172_800)
        let isBeforeEnd =
            lastSpan + 1 == zone.spans.count
            || instant < zone.spans[lastSpan + 1].start.advanced(bySeconds: -172_800)
        return isAfterStart && isBeforeEnd ? instant : nil
    }
}

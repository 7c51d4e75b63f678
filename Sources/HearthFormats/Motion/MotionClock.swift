// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The clock inside a recorder: set to local time when it was configured, then never changed.
///
/// Such a clock knows no daylight saving and does not travel. So the offset from UTC is looked up
/// once, at the first time of a session, and holds for all of it: a change of the wall clock leaves
/// neither a gap nor an overlap in the recording.
struct MotionClock: Sendable {
    /// Nanoseconds that the recorder's clock is ahead of UTC, once known.
    private(set) var offset: Int64?

    /// The offset the file tells.
    mutating func set(offsetSeconds: Int32) { offset = Int64(offsetSeconds) * 1_000_000_000 }

    /// A new session begins, in which the clock may have been set anew.
    mutating func reset() { offset = nil }

    /// The instant at which the recorder's clock showed `wall` (nanoseconds since 1970 on it).
    ///
    /// - Returns: `nil` if the time cannot be placed; that is counted.
    mutating func instant(
        _ wall: Int64, _ output: inout SampleOutput, _ position: ReadPosition
    ) -> Int64? {
        if let offset { return wall &- offset }
        let second = Calendrical.floorDivide(wall, 1_000_000_000)
        let time = TextTime(
            deviceSeconds: second, nanosecond: wall &- second &* 1_000_000_000)
        guard let instant = output.instant(time, position: position) else { return nil }
        offset = wall &- instant.nanoseconds
        return instant.nanoseconds
    }
}

extension TextTime {
    /// What a recorder's clock showed, which tells no zone.
    init(deviceSeconds: Int64, nanosecond: Int64) {
        self.wallSeconds = deviceSeconds
        self.nanosecond = nanosecond
    }
}

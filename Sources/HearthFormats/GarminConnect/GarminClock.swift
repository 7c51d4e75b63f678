// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Garmin Connect's times: milliseconds, or text without a zone whose key says GMT or local.
enum GarminClock {
    /// What a clock showed, in nanoseconds since 1970 on that clock.
    private static func nanoseconds(
        _ record: JSONRecord<GarminField>, _ entry: JSONRecord<GarminField>.Entry?
    ) -> Int64? {
        if let time = record.time(entry) { return time.instant(offset: 0)?.nanoseconds }
        guard entry?.kind == .number, let milliseconds = record.integer(entry) else { return nil }
        return CloudTime.instant(milliseconds: milliseconds)?.nanoseconds
    }

    /// The instant of a field that holds GMT.
    static func instant(
        _ record: JSONRecord<GarminField>, _ entry: JSONRecord<GarminField>.Entry?
    ) -> Timestamp? {
        nanoseconds(record, entry).map { Timestamp(nanoseconds: $0) }
    }

    static func span(
        _ record: JSONRecord<GarminField>, _ start: GarminField, _ end: GarminField
    ) -> (start: Timestamp, duration: Int64)? {
        guard let start = instant(record, record.first(start)),
            let end = instant(record, record.first(end)),
            let duration = CloudTime.duration(start, end)
        else { return nil }
        return (start, duration)
    }

    /// What the wall clock showed, from the two clocks of one moment.
    ///
    /// Some accounts have local times that were moved twice; what no wall clock shows is dropped.
    static func addOffset(
        _ record: JSONRecord<GarminField>, _ gmt: GarminField, _ local: GarminField,
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard record.has(gmt), record.has(local) else { return }
        guard let instant = instant(record, record.first(gmt)),
            let wall = nanoseconds(record, record.first(local)),
            let offset = offset(wall, instant)
        else {
            output.count(
                .invalidValue, at: record.position, found: "two clocks that no zone explains",
                expected: "local time up to 14 hours from GMT", samplesLost: 0)
            return
        }
        try output.addOffset(
            offset, origin: .inferred, at: instant, position: record.position, into: &sink)
    }

    private static func offset(_ wall: Int64, _ instant: Timestamp) -> Int32? {
        let (difference, overflow) = wall.subtractingReportingOverflow(instant.nanoseconds)
        guard !overflow, difference % 1_000_000_000 == 0 else { return nil }
        return CloudTime.offset(seconds: difference / 1_000_000_000)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Single values of activities and nights: records, workouts, respiration, skin temperature, clocks.
extension FITSampler {
    @inline(__always)
    mutating func record(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        if let seconds { beats.recordTime = seconds }
        if values.has(1) {
            deliver(.heartRate, Self.heartRate(values[1]), seconds, into: &sink)
        }
        // The finer of the two respiration rates; a record holds one measurement.
        if values.has(2) || values.has(3) {
            deliver(
                .respiratoryRate, values.physical(3, scale: 100) ?? values.physical(2), seconds,
                into: &sink)
        }
        if values.has(4) {
            deliver(.bodyTemperature, values.physical(4, scale: 100), seconds, into: &sink)
        }
    }

    /// A session (18) is a workout: sport code, kilocalories and metres; 0 where the file has none.
    mutating func session(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        let start = values[1].flatMap { UInt32(exactly: $0) }
        let elapsed = values[2].flatMap { UInt32(exactly: $0) }.map { Int64($0) * 1_000_000 }
        let time: Int64
        let duration: Int64
        switch (start, elapsed, seconds) {
        case (let start?, let elapsed?, _): (time, duration) = (Self.nanoseconds(start), elapsed)
        case (let start?, nil, let end?) where end >= start:
            (time, duration) = (Self.nanoseconds(start), Self.nanoseconds(end - start))
        case (nil, let elapsed?, let end?):
            (time, duration) = (Self.nanoseconds(end) - elapsed, elapsed)
        default: return losses.count(.untimed, .workout, at: here)
        }
        emitRow(
            .workout,
            (Float(values[3] ?? 0), Float(values[4] ?? 0), values.physical(5, scale: 100) ?? 0),
            at: time, duration: duration, into: &sink)
    }

    /// Respiration rate (297) in hundredths; -1, -2 and -3 breaths are marks for "no value".
    mutating func respiration(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        guard values.has(1) else { return }
        let rate = values.physical(1, scale: 100)
        deliver(.respiratoryRate, rate.flatMap { $0 < 0 ? nil : $0 }, seconds, into: &sink)
    }

    mutating func skinTemperature(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        if values.has(2) { deliver(.skinDeviation, values.physical(2), seconds, into: &sink) }
        if values.has(3) { deliver(.skinTemperature, values.physical(3), seconds, into: &sink) }
        if values.has(1) { _ = zone(local: values[1], utc: seconds, from: seconds, into: &sink) }
    }

    // MARK: Clocks

    /// An activity (34) ends with the local clock: it tells the zone since the part began, or ties a
    /// clock without a date.
    mutating func activity(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        guard values.has(1) else { return }
        guard let seconds, Int64(seconds) < FITClock.earliest, let local = values[1] else {
            _ = zone(
                local: values[1], utc: seconds, from: zoneStart(until: seconds), into: &sink)
            return
        }
        if clock.tie(powerUp: seconds, to: local, isLocal: true) {
            losses.count(.localClock, .zoneOffset, at: here)
            release(into: &sink)
        }
    }

    /// Where the zone told at `seconds` may be taken to begin: at the part's first time, if that is
    /// not more than two days ago.
    private func zoneStart(until seconds: UInt32?) -> UInt32? {
        guard let seconds, let start = clock.partStart, start <= seconds,
            seconds - start <= 2 * 86_400
        else { return seconds }
        return start
    }

    /// A timestamp correlation (162) ties the clock since power-up to the calendar.
    mutating func correlation(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        if let seconds, let powerUp = values[1].flatMap({ UInt32(exactly: $0) }),
            clock.tie(powerUp: powerUp, to: Int64(seconds), isLocal: false)
        {
            release(into: &sink)
        }
        if values.has(2) {
            _ = zone(local: values[2], utc: seconds, from: zoneStart(until: seconds), into: &sink)
        }
    }

    /// Delivers the offset of the local clock as from `start` on, and returns it in seconds.
    mutating func zone(
        local: Int64?, utc: UInt32?, from start: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) -> Int64? {
        guard let local, local >= FITClock.earliest else {
            losses.count(.sentinel, .zoneOffset, at: here)
            return nil
        }
        guard let utc, let start, Int64(utc) >= FITClock.earliest else {
            losses.count(.untimed, .zoneOffset, at: here)
            return nil
        }
        return zone(
            offset: FITClock.offset(local: local, utc: utc), from: start, into: &sink)
    }

    /// Delivers an offset of the local clock from UTC in seconds as from `start` on.
    mutating func zone(
        offset: Int64, from start: UInt32, into sink: inout some SampleSink & ~Copyable
    ) -> Int64? {
        guard offset.magnitude <= 64_800 else {
            losses.count(.implausible, .zoneOffset, at: here)
            return nil
        }
        emitRow(
            .zoneOffset, (Float(offset), Float(ZoneOrigin.file.rawValue), 0),
            at: Self.nanoseconds(start), into: &sink)
        return offset
    }
}

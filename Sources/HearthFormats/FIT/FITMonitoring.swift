// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Counters of all-day monitoring: totals since local midnight, one an activity type.
struct FITMonitoringState: Sendable {
    enum Counter: UInt16 {
        case steps = 0
        case energy = 256
    }

    struct Reading: Sendable {
        var total: Int64
        /// Nanoseconds of FIT's clock.
        var time: Int64
    }

    /// Local clock minus UTC in seconds, if the file tells.
    var offset: Int64?
    /// Time of the monitoring_info message, where the file begins.
    var start: Int64?
    var readings: [UInt16: Reading] = [:]

    /// The local midnight ahead of `time`. A total written at midnight belongs to the day that ends.
    func midnight(before time: Int64) -> Int64? {
        guard let offset else { return nil }
        let seconds = Calendrical.floorDivide(time, 1_000_000_000) + offset
        // FIT's epoch is a midnight in UTC.
        return (Calendrical.floorDivide(seconds - 1, 86_400) * 86_400 - offset) * 1_000_000_000
    }
}

extension FITSampler {
    /// Monitoring (55): heart rate, intensity and counters, with a full or a shortened time.
    mutating func monitoring(
        _ values: FITValues, _ ownTime: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        let seconds = ownTime ?? shortenedTime(values)
        if values.has(7) {
            deliver(.heartRate, Self.heartRate(values[7]), seconds, into: &sink)
        }
        if values.has(4) {
            // Activity type in the low five bits, intensity in the high three.
            deliver(.intensity, values[4].map { Float(($0 >> 5) & 7) }, seconds, into: &sink)
        }
        let type = values[3] ?? values[4].map { $0 & 0x1F }
        guard let type, (0...255).contains(type) else { return }
        if let cycles = values[1] ?? values[2] {
            // Only for running and walking are cycles steps; stored at half a cycle they count each.
            if type == 1 || type == 6 {
                count(.steps, UInt16(type), total: cycles, seconds, into: &sink)
            } else if cycles > 0 {
                losses.count(.noStepCycles, .steps, at: here)
            }
        }
        if let energy = values[8] {
            count(.energy, UInt16(type), total: energy, seconds, into: &sink)
        }
    }

    private mutating func shortenedTime(_ values: FITValues) -> UInt32? {
        if let low = values[5], let bits = UInt32(exactly: low) { return clock.sixteenBits(bits) }
        if let low = values[6], let bits = UInt32(exactly: low) {
            return clock.eightBitMinutes(bits)
        }
        return nil
    }

    /// Delivers what a counter grew by since its last reading, over that stretch.
    ///
    /// A counter that fell, or a new local day, means that it began again at local midnight. The
    /// first reading of a file counts from local midnight if the file tells the zone; a total that
    /// was carried into the file goes to a stream of its own, as earlier files hold it in detail.
    private mutating func count(
        _ counter: FITMonitoringState.Counter, _ type: UInt16, total: Int64, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        let stream: FITStream = counter == .steps ? .steps : .activeEnergy
        guard let seconds else { return losses.count(.untimed, stream, at: here) }
        let time = Self.nanoseconds(seconds)
        let key = counter.rawValue | type
        let midnight = monitoring.midnight(before: time)
        guard let last = monitoring.readings[key] else {
            monitoring.readings[key] = .init(total: total, time: time)
            guard let midnight, total > 0 else { return }
            let isCarried = monitoring.start.map { time <= $0 } ?? false
            let carried: FITStream = counter == .steps ? .carriedSteps : .carriedEnergy
            return emit(
                isCarried ? carried : stream, Float(total), at: midnight,
                duration: time - midnight, into: &sink)
        }
        guard time >= last.time else { return losses.count(.backwards, stream, at: here) }
        monitoring.readings[key] = .init(total: total, time: time)
        let isNewDay = midnight.map { $0 >= last.time } ?? false
        let began = total < last.total || isNewDay
        let grown = began ? total : total - last.total
        guard grown > 0 else { return }
        let from = began ? max(last.time, midnight ?? last.time) : last.time
        emit(stream, Float(grown), at: from, duration: time - from, into: &sink)
    }

    /// Stress (227) has its time in field 1; negative numbers are marks for "no value".
    mutating func stress(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        let time = values[2].flatMap { UInt32(exactly: $0) } ?? seconds
        if values.has(1) {
            deliver(.stress, values[1].flatMap { $0 < 0 ? nil : Float($0) }, time, into: &sink)
        }
        if values.has(3) {
            // Not published; newer devices keep the body battery here.
            deliver(
                .bodyBattery, values[3].flatMap { $0 < 0 ? nil : Float($0) }, time, into: &sink)
        }
    }

    /// Where the file begins, and the local clock.
    mutating func monitoringInfo(
        _ values: FITValues, _ seconds: UInt32?, into sink: inout some SampleSink & ~Copyable
    ) {
        if let seconds { monitoring.start = Self.nanoseconds(seconds) }
        guard values.has(1) else { return }
        monitoring.offset = zone(local: values[1], utc: seconds, from: seconds, into: &sink)
    }
}

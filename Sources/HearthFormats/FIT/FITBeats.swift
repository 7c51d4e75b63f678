// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Where the last beat of the hrv messages (78) was placed.
///
/// These messages have no time. Their intervals are laid end to end from the time of the record
/// ahead of the first one on. The chain is cut, and begins anew at the record ahead, where it would
/// end well before that record (beats are missing) or far beyond it (the clock was set back): what
/// lies between is a gap, and no interval spans it.
struct FITBeatChain: Sendable {
    /// A record is at most this much later than the beats that follow it in an unbroken chain.
    static let lag: Int64 = 5_000_000_000
    /// Records may be rarer than one a second; beats run ahead of the last one for so long.
    static let lead: Int64 = 30_000_000_000

    /// Time of the latest record message.
    var recordTime: UInt32?
    private var end: Int64?

    /// Where the intervals of the next message begin, in nanoseconds of FIT's clock.
    mutating func begin(total: Int64, record: Int64) -> Int64 {
        guard let end else { return record }
        let ahead = end + total - record
        return ahead < -Self.lag || ahead > Self.lead ? record : end
    }

    mutating func finish(at end: Int64) { self.end = end }
}

/// The clock of a chest strap, as hr messages (132) carry it: ticks of 1/1024 s.
struct FITStrapClock: Sendable {
    /// Calendar time of tick zero of this chain.
    private var base: Int64?
    private var anchorTick: Int64 = 0
    /// The latest event; later ones give its low bits only.
    private(set) var lastTick: Int64?
    /// A beat interval as long as this would not be told apart from a longer one by 12 bits.
    static let longest: Int64 = 4096

    /// Ties event time `tick` to a calendar time in nanoseconds; intervals do not span it.
    mutating func tie(tick: UInt32, at time: Int64) {
        base = time
        anchorTick = Int64(tick)
        lastTick = nil
    }

    /// Runs on to an event given by the low `bits` of its time; returns ticks since the last event,
    /// `nil` for the first.
    mutating func advance(low: Int64, bits: Int64) -> Int64? {
        let mask = (Int64(1) << bits) - 1
        guard let last = lastTick else {
            lastTick = bits == 32 ? low : anchorTick + ((low - (anchorTick & mask)) & mask)
            return nil
        }
        let step = (low - (last & mask)) & mask
        lastTick = last + step
        return step
    }

    /// Calendar time of the latest event in nanoseconds.
    var time: Int64? {
        // A chain of more than 34 years is damage.
        guard let base, let lastTick, lastTick - anchorTick < 1 << 40 else { return nil }
        return base + (lastTick - anchorTick) * 1_953_125 / 2
    }
}

extension FITSampler {
    mutating func hrv(
        _ intervals: FITArray, _ bytes: Span<UInt8>, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        let count = intervals.count
        var total: Int64 = 0
        for index in 0..<count {
            if let value = intervals.value(bytes, index) { total += Int64(value & 0xFFFF_FFFF) }
        }
        guard let record = beats.recordTime ?? seconds ?? clock.last else {
            for index in 0..<count where intervals.value(bytes, index) != nil {
                losses.count(.untimed, .rrInterval, at: here)
            }
            return
        }
        var time = beats.begin(total: total * 1_000_000, record: Self.nanoseconds(record))
        for index in 0..<count {
            guard let value = intervals.value(bytes, index) else { continue }
            time += Int64(value & 0xFFFF_FFFF) * 1_000_000
            emit(.rrInterval, Float(value), at: time, into: &sink)
        }
        beats.finish(at: time)
    }

    /// Raw beat-to-beat intervals (372): 14 bits of milliseconds, a quality bit, a gap bit. They
    /// follow the message's time one after another; a gap moves on without a sample.
    mutating func rawBeats(
        _ values: FITValues, _ intervals: FITArray, _ bytes: Span<UInt8>, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        var time = Self.time(seconds, milliseconds: values[1])
        for index in 0..<intervals.count {
            guard let value = intervals.value(bytes, index) else { continue }
            let milliseconds = Int64(value & 0x3FFF)
            time? += milliseconds * 1_000_000
            if value & 0x8000 != 0 {
                losses.count(.gap, .rrInterval, at: here)
            } else if let time {
                emit(
                    .rrInterval, Float(milliseconds), at: time,
                    quality: value & 0x4000 != 0 ? 0 : 1, into: &sink)
            } else {
                losses.count(.untimed, .rrInterval, at: here)
            }
        }
    }

    /// Beat intervals (290): milliseconds, one after another from the message's time on.
    mutating func beatIntervals(
        _ values: FITValues, _ intervals: FITArray, _ bytes: Span<UInt8>, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        var time = Self.time(seconds, milliseconds: values[1])
        for index in 0..<intervals.count {
            guard let value = intervals.value(bytes, index) else { continue }
            let milliseconds = Int64(value & 0xFFFF_FFFF)
            time? += milliseconds * 1_000_000
            if let time {
                emit(.rrInterval, Float(milliseconds), at: time, into: &sink)
            } else {
                losses.count(.untimed, .rrInterval, at: here)
            }
        }
    }

    private static func time(_ seconds: UInt32?, milliseconds: Int64?) -> Int64? {
        guard let seconds else { return nil }
        let part = milliseconds.map { (0..<1000).contains($0) ? $0 : 0 } ?? 0
        return nanoseconds(seconds) + part * 1_000_000
    }

    /// Strap events (132): full event times in field 9, then 12-bit ones two in three bytes in
    /// field 10; field 6 has one heart rate an event.
    mutating func strap(
        _ values: FITValues, _ events: FITStrapEvents, _ bytes: Span<UInt8>, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        var number = 0
        for index in 0..<events.full.count {
            guard let tick = events.full.value(bytes, index) else { continue }
            let low = UInt32(truncatingIfNeeded: tick)
            if let seconds, number == 0 {
                strap.tie(tick: low, at: Self.nanoseconds(seconds) + Self.fraction(values))
            }
            strapEvent(number, Int64(low), bits: 32, events, bytes, into: &sink)
            number += 1
        }
        if !events.packed.isAbsent(bytes) {
            for pair in 0..<events.packed.count / 3 {
                let first = Int64(events.packed.byte(bytes, 3 * pair))
                let middle = Int64(events.packed.byte(bytes, 3 * pair + 1))
                let last = Int64(events.packed.byte(bytes, 3 * pair + 2))
                strapEvent(
                    number, first | (middle & 0x0F) << 8, bits: 12, events, bytes, into: &sink)
                strapEvent(
                    number + 1, middle >> 4 | last << 4, bits: 12, events, bytes, into: &sink)
                number += 2
            }
        }
        guard number < events.rates.count else { return }
        for _ in number..<events.rates.count { losses.count(.untimed, .heartRate, at: here) }
    }

    /// Nanoseconds behind the whole second: 1/32768 s in field 0, or 1/256 s in field 1.
    private static func fraction(_ values: FITValues) -> Int64 {
        if let fine = values[1] { return (fine & 0x7FFF) * 1_000_000_000 / 32_768 }
        return (values[2].map { $0 & 0xFF } ?? 0) * 1_000_000_000 / 256
    }

    private mutating func strapEvent(
        _ number: Int, _ low: Int64, bits: Int64, _ events: FITStrapEvents, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) {
        let hasRate = number < events.rates.count
        let step = strap.advance(low: low, bits: bits)
        // The last message of a strap repeats its last event to fill the field.
        if step == 0 {
            if hasRate { losses.count(.repeated, .heartRate, at: here) }
            return
        }
        guard let time = strap.time else {
            if hasRate { losses.count(.untimed, .heartRate, at: here) }
            return
        }
        if hasRate {
            if let rate = Self.heartRate(events.rates.value(bytes, number).map { Int64($0 & 0xFF) })
            {
                emit(.heartRate, rate, at: time, into: &sink)
            } else {
                losses.count(.sentinel, .heartRate, at: here)
            }
        }
        if let step, step < FITStrapClock.longest {
            emit(.rrInterval, Float(step) * 1000 / 1024, at: time, into: &sink)
        }
    }
}

/// The array fields of a strap's message.
struct FITStrapEvents {
    var rates: FITArray
    var full: FITArray
    var packed: FITArray
}

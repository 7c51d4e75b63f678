// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns records into samples.
struct GT3XBody: Sendable {
    private var output: SampleOutput
    /// Problems met before the device was known.
    private var early: IssueTally
    private var hasBegun = false
    private var clock = MotionClock()
    private var timeline: MotionTimeline
    private var columns: MotionColumns
    private(set) var info = GT3XInfo()
    private var stepsPerG: Float = 256
    private var samples: Int64 = 0
    /// The second of the last activity, and whether it was full.
    private var lastSecond: Int64?
    private var wasFull = false
    private var sleepsSince: Int64?
    private var hasSlept = false
    private var latest: Int64 = 0
    private let capacity: Int
    private let context: ReadContext

    private static let origin = Origin(file: .gt3x)
    private static let head = 8

    init(_ context: ReadContext) {
        self.context = context
        // The fastest recorder's second must fit whole.
        capacity = max(context.limits.blockSamples, 1024)
        early = IssueTally(limits: context.limits)
        output = SampleOutput(
            file: .gt3x, device: info.device, limits: context.limits, zone: context.zone)
        // Records begin at whole seconds, so any other slope is a fault.
        timeline = MotionTimeline(capacity: capacity, tolerance: 0.01)
        columns = MotionColumns(capacity: capacity)
    }

    mutating func begin(_ info: GT3XInfo) {
        self.info = info
        stepsPerG = info.stepsPerG
        hasBegun = true
        output = SampleOutput(
            file: .gt3x, device: info.device, limits: context.limits, zone: context.zone)
        if let offset = info.offsetSeconds { clock.set(offsetSeconds: offset) }
        if info.hasUnreadableValue {
            count(.invalidValue, ReadPosition(byte: 0), "a value of info.txt in another form")
        }
    }

    mutating func count(
        _ code: ReadIssueCode, _ position: ReadPosition, _ found: String, _ lost: Int = 0
    ) {
        let expected = "info.txt, then sound records"
        if hasBegun {
            output.count(code, at: position, found: found, expected: expected, samplesLost: lost)
        } else {
            early.count(code, at: position, found: found, expected: expected, samplesLost: lost)
        }
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        handOnRest(into: &sink)
        if let since = sleepsSince {
            try addSleep(since, latest, ReadPosition(byte: 0), into: &sink)
        }
        early.flush(into: &sink)
        output.finish(into: &sink)
    }

    // MARK: Records

    /// Takes a record with a sound checksum.
    mutating func take(
        _ record: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let type = record[1]
        var time: Int64 = 0
        for index in (2..<6).reversed() { time = time << 8 | Int64(record[index]) }
        latest = max(latest, time)
        switch type {
        case 0, 26: try takeActivity(record, isPacked: type == 0, time, position, into: &sink)
        case 3: try takeEvent(record, time, position, into: &sink)
        case 4, 5, 13: try takeReading(record, type, time, position, into: &sink)
        case 6: takeMetadata(record)
        case 21: takeParameters(record, into: &sink)
        case 11, 14: count(.unsupported, position, "beats of a chest strap", 1)
        case 24, 25: count(.unsupported, position, "the second motion sensor", 1)
        case 2, 7, 9, 12, 15, 16, 19, 20: break
        default: count(.unknownElement, position, "a record of a type that is not known")
        }
    }

    /// A record whose checksum does not hold.
    mutating func countDamaged(_ record: Span<UInt8>, _ position: ReadPosition) {
        count(
            .checksumMismatch, position, "a record with a wrong checksum",
            Self.samples(record[1], bytes: record.count - Self.head - 1))
    }

    /// What is left behind the last whole record.
    mutating func cutOff(_ bytes: Span<UInt8>, _ position: ReadPosition) {
        let lost =
            bytes.count > Self.head
            ? Self.samples(bytes[1], bytes: bytes.count - Self.head) : 0
        count(.truncated, position, "part of a record", lost)
    }

    private static func samples(_ type: UInt8, bytes: Int) -> Int {
        switch type {
        case 0: bytes * 8 / 36
        case 26: bytes / 6
        default: 0
        }
    }

    // MARK: Activity

    private mutating func takeActivity(
        _ record: Span<UInt8>, isPacked: Bool, _ second: Int64, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let bytes = record.count - Self.head - 1
        // One byte tells that a cable was plugged in.
        if bytes <= 1 { return }
        let number = Self.samples(record[1], bytes: bytes)
        if !isPacked, bytes % 6 != 0 {
            count(.damaged, position, "a second that is no whole samples")
        }
        guard number > 0 else { return }
        guard number <= capacity else {
            count(.invalidValue, position, "more samples than a second holds", number)
            return
        }
        if !isPacked, stepsPerG < 512 {
            let range = MotionUnpack.range16(record, from: Self.head, words: number * 3)
            guard MotionScales(1 / stepsPerG).holds(range) else {
                count(.implausibleValue, position, "a second with values out of range", number)
                return
            }
        }
        guard let start = try instant(second, position, into: &sink) else { return }
        let follows = note(second, position)
        let isFull = number == info.rate ?? number
        // A second with fewer samples is spread at the rate, one with more over the whole second.
        let period = Period(hertz: Int64(max(number, info.rate ?? number)))
        let axis = timeline.add(
            number, at: start, nominal: period, continues: follows && wasFull)
        if let axis { handOn(axis, into: &sink) }
        lastSecond = second
        wasFull = isFull
        hasSlept = false
        let place = timeline.count - number
        if isPacked {
            MotionUnpack.packed12(
                record, from: Self.head, count: number, to: &columns, at: place)
        } else {
            MotionUnpack.words16(
                record, from: Self.head, stride: 3, count: number, to: &columns, at: place)
        }
        try countSamples(number, position)
    }

    private mutating func countSamples(
        _ number: Int, _ position: ReadPosition
    ) throws(ReadError) {
        samples += Int64(number)
        guard samples <= context.limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(context.limits.samples) samples")
        }
    }

    /// Whether a second follows the last one; what is odd is counted.
    private mutating func note(_ second: Int64, _ position: ReadPosition) -> Bool {
        guard let last = lastSecond, second != last + 1 else { return true }
        if second == last {
            count(.duplicate, position, "a second for the second time")
        } else if second < last {
            count(.timeBackwards, position, "a second before the last one")
        } else if !hasSlept, sleepsSince == nil {
            count(.misplaced, position, "seconds are missing")
        }
        return false
    }

    private mutating func instant(
        _ second: Int64, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Int64? {
        let wall = second * 1_000_000_000
        guard let instant = clock.instant(wall, &output, position) else { return nil }
        if let offset = info.offsetSeconds {
            try output.addOffset(
                offset, at: Timestamp(nanoseconds: instant), position: position, into: &sink)
        }
        return instant
    }

    private mutating func handOnRest(into sink: inout some SampleSink & ~Copyable) {
        if let axis = timeline.close() { handOn(axis, into: &sink) }
    }

    private mutating func handOn(
        _ times: TimeAxis, into sink: inout some SampleSink & ~Copyable
    ) {
        var taken = columns.take(times.count, MotionScales(1 / stepsPerG))
        if info.isTurned, case .int16(let x, let scale) = taken[0] {
            taken[0] = taken[1]
            taken[1] = .int16(x, Scale(factor: -scale.factor))
        }
        sink.accept(
            SampleBlock(
                device: info.device, quantity: .acceleration, origin: Self.origin, times: times,
                columns: taken))
    }

    // MARK: Other records

    private mutating func takeEvent(
        _ record: Span<UInt8>, _ time: Int64, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard record.count > Self.head + 1 else { return }
        switch record[Self.head] {
        case 8: sleepsSince = sleepsSince ?? time
        case 9:
            guard let since = sleepsSince else {
                count(.misplaced, position, "an end of sleep without a beginning")
                return
            }
            sleepsSince = nil
            hasSlept = true
            try addSleep(since, time, position, into: &sink)
        default: break
        }
    }

    private mutating func addSleep(
        _ since: Int64, _ until: Int64, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let start = try instant(since, position, into: &sink) else { return }
        try output.add(
            EventKind.recorderIdle.value, .event, at: Timestamp(nanoseconds: start),
            duration: max(0, until - since) * 1_000_000_000, position: position, into: &sink)
    }

    /// Heart rate, light and wear.
    private mutating func takeReading(
        _ record: Span<UInt8>, _ type: UInt8, _ second: Int64, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let bytes = record.count - Self.head - 1
        guard bytes >= (type == 4 ? 1 : (type == 5 ? 2 : 5)) else {
            count(.damaged, position, "a record that is too short", 1)
            return
        }
        guard let start = try instant(second, position, into: &sink) else { return }
        let time = Timestamp(nanoseconds: start)
        let low = record[Self.head]
        let word = type == 4 ? UInt16(low) : UInt16(low) | UInt16(record[Self.head + 1]) << 8
        if type == 13 {
            let isWorn: Float = record[Self.head + 4] == 1 ? 1 : 0
            try output.add(isWorn, .wear, at: time, position: position, into: &sink)
        } else if word == (type == 4 ? 0 : 0xFFFF) {
            output.countSentinel(position)
        } else {
            try output.add(
                Float(word), type == 4 ? .heartRate : .light, at: time, position: position,
                into: &sink)
        }
    }

    /// Only whether the recorder's clock was set to UTC; the rest describes the person.
    private mutating func takeMetadata(_ record: Span<UInt8>) {
        var text: [UInt8] = []
        for index in Self.head..<record.count - 1 where record[index] > 0x20 {
            text.append(record[index])
        }
        let squeezed = String(decoding: text, as: UTF8.self)
        guard squeezed.contains("\"MetadataType\":\"LocalTimeLog\""),
            squeezed.contains("\"UsedUtc\":true"), lastSecond == nil
        else { return }
        clock.set(offsetSeconds: 0)
    }

    /// The recorder's own scale of acceleration, which goes before that of its model.
    private mutating func takeParameters(
        _ record: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) {
        var at = Self.head
        while at + 8 < record.count {
            let isScale =
                record[at] == 0 && record[at + 1] == 0 && record[at + 2] == 55
                && record[at + 3] == 0
            if isScale, let scale = Self.number(record, at + 4).flatMap(GT3XInfo.scale) {
                if scale != stepsPerG { handOnRest(into: &sink) }
                stepsPerG = scale
            }
            at += 8
        }
    }

    /// A fraction of 24 bits with sign, and an exponent of 8 bits.
    private static func number(_ bytes: Span<UInt8>, _ at: Int) -> Float? {
        var word: UInt32 = 0
        for index in (0..<4).reversed() { word = word << 8 | UInt32(bytes[at + index]) }
        let fraction = Float(Int32(bitPattern: word << 8) >> 8)
        let exponent = Int(Int8(truncatingIfNeeded: word >> 24)) - 23
        let value = Float(sign: .plus, exponent: exponent, significand: fraction)
        return value.isFinite ? value : nil
    }

    // MARK: Older recorders

    /// Samples that follow the first `before` of a recording without times.
    mutating func takeContinuous(
        _ bytes: Span<UInt8>, _ number: Int, after before: Int64, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let rate = info.rate, let wall = info.startWallTime else {
            count(.unanchoredTime, position, "samples without a rate or a start", number)
            return
        }
        guard let start = try instant(wall: wall, position, into: &sink) else { return }
        let period = Period(hertz: Int64(rate))
        MotionUnpack.packed12(bytes, from: 0, count: number, to: &columns, at: 0)
        let time = start &+ period.nanoseconds(times: before)
        handOn(
            .regular(start: Timestamp(nanoseconds: time), period: period, count: number),
            into: &sink)
        try countSamples(number, position)
    }

    /// A reading of the second `second` of a recording: below 20 is dark, and the case dims it.
    mutating func takeLight(
        _ reading: UInt16, second: Int64, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let wall = info.startWallTime else {
            count(.unanchoredTime, position, "light without a start", 1)
            return
        }
        guard reading != 0xFFFF else { return output.countSentinel(position) }
        guard let start = try instant(wall: wall, position, into: &sink) else { return }
        let factor: Float = info.isActiSleep ? 3.25 : 1.25
        let most: Float = info.isActiSleep ? 6000 : 2500
        let lux = reading < 20 ? 0 : min(most, (Float(reading) * factor).rounded())
        try output.add(
            lux, .light, at: Timestamp(nanoseconds: start &+ second &* 1_000_000_000),
            position: position, into: &sink)
    }

    private mutating func instant(
        wall: Int64, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Int64? {
        guard let instant = clock.instant(wall, &output, position) else { return nil }
        if let offset = info.offsetSeconds {
            try output.addOffset(
                offset, at: Timestamp(nanoseconds: instant), position: position, into: &sink)
        }
        return instant
    }
}

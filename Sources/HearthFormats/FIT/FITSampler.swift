// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns decoded messages into samples: dispatch here, the meaning of each group of messages in
/// extensions beside this file.
struct FITSampler: Sendable {
    /// A sample whose time counts from power-up, kept until the part ties that clock to the calendar.
    private struct Held {
        var stream: FITStream
        var quality: UInt8
        var time: Int64
        var duration: Int64
        var values: (Float, Float, Float)
        var position: ReadPosition
    }

    var clock = FITClock()
    var losses = FITLosses()
    var device = SourceDevice(vendor: "", model: "")
    var beats = FITBeatChain()
    var strap = FITStrapClock()
    var monitoring = FITMonitoringState()
    var sleep = FITSleepState()
    /// Samples handed on so far.
    private(set) var delivered: Int64 = 0
    /// Where the message at hand lies.
    var here = ReadPosition(byte: 0)
    /// Developer fields that a field description told of in this part.
    private(set) var described: Set<UInt16> = []
    private let limits: ReadLimits
    private var plans = [FITPlan](repeating: FITPlan(), count: 16)
    private var builders: [BlockBuilder] = []
    private var lastTimes: [Int64]
    private var held: [Held] = []

    init(limits: ReadLimits) {
        self.limits = limits
        lastTimes = Array(repeating: .min, count: FITStream.allCases.count)
        makeBuilders()
    }

    // MARK: Parts, definitions, messages

    mutating func beginPart() {
        clock = FITClock()
        beats = FITBeatChain()
        strap = FITStrapClock()
        monitoring = FITMonitoringState()
        sleep = FITSleepState()
        described.removeAll()
        for index in plans.indices { plans[index] = FITPlan() }
    }

    mutating func endPart(into sink: inout some SampleSink & ~Copyable) {
        for sample in held { losses.count(.unanchored, sample.stream, at: sample.position) }
        held.removeAll()
        flush(into: &sink)
    }

    mutating func define(_ definition: FITDefinition) {
        var plan = FITPlan(definition)
        plan.tally = losses.tally(of: definition.globalNumber)
        plans[Int(definition.localType)] = plan
    }

    /// Reads the data message of `frame`, whose fields lie in `bytes`.
    mutating func take(
        _ frame: FITFrame, _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) {
        here = frame.position
        let kind = plans[frame.localType].kind
        let values = plans[frame.localType].values(bytes, at: frame.start)
        var seconds: UInt32?
        if let full = values[0], let time = UInt32(exactly: full) {
            clock.full(time)
            seconds = time
        } else if frame.timeOffset >= 0 {
            seconds = clock.compressed(UInt32(frame.timeOffset))
        }
        switch kind {
        case .record: record(values, seconds, into: &sink)
        case .hrv:
            hrv(
                plans[frame.localType].array(1, at: frame.start), bytes, seconds, into: &sink)
        case .unknown, .ignored:
            losses.countMessage(plans[frame.localType].tally, at: here)
        case .hr, .rawBeats, .beatIntervals, .fileID, .deviceInfo:
            takeArrays(plans[frame.localType], frame.start, values, seconds, bytes, into: &sink)
        default: takeRare(kind, frame.localType, values, seconds, into: &sink)
        }
    }

    private mutating func takeArrays(
        _ plan: FITPlan, _ start: Int, _ values: FITValues, _ seconds: UInt32?,
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) {
        switch plan.kind {
        case .hr:
            let events = FITStrapEvents(
                rates: plan.array(3, at: start), full: plan.array(4, at: start),
                packed: plan.array(5, at: start))
            strap(values, events, bytes, seconds, into: &sink)
        case .rawBeats:
            rawBeats(values, plan.array(2, at: start), bytes, seconds, into: &sink)
        case .beatIntervals:
            beatIntervals(values, plan.array(2, at: start), bytes, seconds, into: &sink)
        case .fileID:
            fileID(values, name: plan.array(5, at: start).text(bytes), into: &sink)
        default:
            deviceInfo(values, name: plan.array(5, at: start).text(bytes), into: &sink)
        }
    }

    private mutating func takeRare(
        _ kind: FITKind, _ localType: Int, _ values: FITValues, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        switch kind {
        case .monitoring: monitoring(values, seconds, into: &sink)
        case .stress: stress(values, seconds, into: &sink)
        case .restingHeartRate:
            deliver(.restingHeartRate, Self.heartRate(values[1]), seconds, into: &sink)
        case .oxygen:
            deliver(.oxygenSaturation, values[1].flatMap(Self.positive), seconds, into: &sink)
        case .respiration: respiration(values, seconds, into: &sink)
        case .hrvSummary, .hrvValue:
            deliver(.hrvRMSSD, values.physical(1, scale: 128), seconds, into: &sink)
        case .skinTemperature: skinTemperature(values, seconds, into: &sink)
        case .sleepLevel: sleepLevel(values, seconds, into: &sink)
        case .nap: nap(values, into: &sink)
        case .session: session(values, seconds, into: &sink)
        case .activity: activity(values, seconds, into: &sink)
        case .correlation: correlation(values, seconds, into: &sink)
        case .monitoringInfo: monitoringInfo(values, seconds, into: &sink)
        case .sleepHead:
            losses.countMessage(plans[localType].tally, at: here)
            sleepHead(values, seconds)
        case .sleepRaw:
            losses.countMessage(plans[localType].tally, at: here)
            sleep.reached = nil
        case .fieldDescription:
            if let key = Self.developerKey(values[1], values[2]) { described.insert(key) }
        case .record, .hrv, .hr, .rawBeats, .beatIntervals, .fileID, .deviceInfo, .unknown,
            .ignored:
            break
        }
    }

    // MARK: Samples

    /// Delivers a value at whole seconds, or counts why there is none.
    @inline(__always)
    mutating func deliver(
        _ stream: FITStream, _ value: Float?, _ seconds: UInt32?,
        into sink: inout some SampleSink & ~Copyable
    ) {
        guard let value else { return losses.count(.sentinel, stream, at: here) }
        guard let seconds else { return losses.count(.untimed, stream, at: here) }
        emit(stream, value, at: Self.nanoseconds(seconds), into: &sink)
    }

    /// Hands on one sample; `time` is in nanoseconds of FIT's clock.
    @inline(__always)
    mutating func emit(
        _ stream: FITStream, _ value: Float, at time: Int64, duration: Int64 = 0,
        quality: UInt8 = 0, into sink: inout some SampleSink & ~Copyable
    ) {
        guard let placed = place(time) else {
            return hold(stream, (value, 0, 0), time, duration, quality)
        }
        guard prepare(stream, placed, into: &sink) else { return }
        let index = Int(stream.rawValue)
        if builders[index].add(
            value, at: Timestamp(nanoseconds: placed), duration: duration, quality: quality,
            into: &sink)
        {
            delivered += 1
        } else {
            losses.count(.implausible, stream, at: here)
        }
    }

    /// Hands on one sample of several columns.
    mutating func emitRow(
        _ stream: FITStream, _ values: (Float, Float, Float), at time: Int64, duration: Int64 = 0,
        into sink: inout some SampleSink & ~Copyable
    ) {
        guard let placed = place(time) else { return hold(stream, values, time, duration, 0) }
        guard prepare(stream, placed, into: &sink) else { return }
        let columns = stream.quantity.facts.columns.count
        let row = Array([values.0, values.1, values.2].prefix(columns))
        if builders[Int(stream.rawValue)].add(
            row, at: Timestamp(nanoseconds: placed), duration: duration, into: &sink)
        {
            delivered += 1
        } else {
            losses.count(.implausible, stream, at: here)
        }
    }

    /// Nanoseconds since the Unix epoch; `nil` if the time counts from power-up and is not tied yet.
    @inline(__always)
    private func place(_ time: Int64) -> Int64? {
        if time >= FITClock.earliest * 1_000_000_000 {
            return time &+ FITClock.epoch * 1_000_000_000
        }
        guard let anchor = clock.anchor else { return nil }
        return time &+ (anchor &+ FITClock.epoch) &* 1_000_000_000
    }

    /// Keeps each block of a stream in time order; false if the time cannot be.
    @inline(__always)
    private mutating func prepare(
        _ stream: FITStream, _ placed: Int64, into sink: inout some SampleSink & ~Copyable
    ) -> Bool {
        guard placed < (FITClock.latest + FITClock.epoch) * 1_000_000_000 else {
            losses.count(.wildTime, stream, at: here)
            return false
        }
        let index = Int(stream.rawValue)
        if placed < lastTimes[index] {
            if !stream.interleaves { losses.count(.backwards, stream, at: here) }
            builders[index].flush(into: &sink)
        }
        lastTimes[index] = placed
        return true
    }

    private mutating func hold(
        _ stream: FITStream, _ values: (Float, Float, Float), _ time: Int64, _ duration: Int64,
        _ quality: UInt8
    ) {
        let (room, overflow) = limits.blockSamples.multipliedReportingOverflow(by: 16)
        guard overflow || held.count < room else {
            return losses.count(.overHeld, stream, at: here)
        }
        held.append(
            Held(
                stream: stream, quality: quality, time: time, duration: duration, values: values,
                position: here))
    }

    /// The clock since power-up was tied to the calendar: delivers what waited for it.
    mutating func release(into sink: inout some SampleSink & ~Copyable) {
        let waiting = held
        let now = here
        held = []
        for sample in waiting {
            here = sample.position
            if sample.stream == .workout || sample.stream == .zoneOffset {
                emitRow(
                    sample.stream, sample.values, at: sample.time, duration: sample.duration,
                    into: &sink)
            } else {
                emit(
                    sample.stream, sample.values.0, at: sample.time, duration: sample.duration,
                    quality: sample.quality, into: &sink)
            }
        }
        here = now
    }

    // MARK: Streams

    /// From here on samples belong to another device.
    mutating func change(
        to device: SourceDevice, into sink: inout some SampleSink & ~Copyable
    ) {
        guard device != self.device else { return }
        flush(into: &sink)
        self.device = device
        makeBuilders()
    }

    private mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        for index in builders.indices {
            builders[index].flush(into: &sink)
            lastTimes[index] = .min
        }
    }

    private mutating func makeBuilders() {
        builders = FITStream.allCases.map { stream in
            BlockBuilder(
                device: device, quantity: stream.quantity,
                origin: Origin(file: .fit, derivation: stream.derivation), limits: limits)
        }
    }

    /// A developer field's identity: the application's index and the field's number.
    static func developerKey(_ developer: Int64?, _ number: Int64?) -> UInt16? {
        guard let developer = developer.flatMap({ UInt8(exactly: $0) }),
            let number = number.flatMap({ UInt8(exactly: $0) })
        else { return nil }
        return UInt16(developer) << 8 | UInt16(number)
    }

    static func nanoseconds(_ seconds: UInt32) -> Int64 { Int64(seconds) * 1_000_000_000 }

    /// Beats a minute; the marks for "none", 0 and 255, give `nil`.
    @inline(__always)
    static func heartRate(_ raw: Int64?) -> Float? {
        guard let raw, raw != 0, raw != 255 else { return nil }
        return Float(raw)
    }

    static func positive(_ raw: Int64) -> Float? { raw > 0 ? Float(raw) : nil }
}

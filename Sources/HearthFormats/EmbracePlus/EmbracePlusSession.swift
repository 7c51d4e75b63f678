// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Puts the values of one session together and hands on its samples.
///
/// A sensor's samples are handed on when its record ends, so the order of the schema's fields does
/// not matter. At most one sensor's samples are held.
struct EmbracePlusSession: Sendable {
    /// Samples of one sensor and session; 30 minutes at 64 Hz are 115,200.
    static let arraySamples = 1 << 22
    /// Samples of one block handed on.
    private static let blockSamples = 1 << 18
    /// A longer pause between two beats is a gap.
    private static let longestInterval: Int64 = 3_000_000_000

    private var output: SampleOutput
    private var gather = EmbracePlusGather()
    private var device = SourceDevice(vendor: "Empatica", model: "EmbracePlus")
    private var offsetSeconds: Int64?
    private var earliest: Timestamp?
    private var lastPeak: Int64?
    private var samples: Int64 = 0
    private var tallies = Tallies()
    private let limits: ReadLimits
    /// Where the block at hand begins; its record is the session's number.
    var position = ReadPosition(byte: 0)

    private struct Tallies {
        var persons = 0
        var unknownFields = 0
        var badTags = 0
        var backwards = 0
    }

    init(limits: ReadLimits) {
        self.limits = limits
        output = SampleOutput(
            file: .embracePlus, device: SourceDevice(vendor: "Empatica", model: "EmbracePlus"),
            limits: limits, zone: ZoneTimeline())
    }

    mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 0, times: Int = 1
    ) {
        output.count(
            code, at: position, found: found, expected: expected, samplesLost: samplesLost,
            times: times)
    }

    // MARK: Values

    /// A field begins.
    mutating func begin(_ path: EmbracePlusPath) {
        switch path {
        case .sensor: gather.restart()
        case .peaks: lastPeak = nil
        case .person: tallies.persons += 1
        case .unknown: tallies.unknownFields += 1
        default: break
        }
    }

    @inline(__always)
    mutating func take(
        _ value: Int64, _ path: EmbracePlusPath, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch path {
        case .x: gather.add(integer: value, to: 0)
        case .y: gather.add(integer: value, to: 1)
        case .z: gather.add(integer: value, to: 2)
        case .values: gather.add(Float(value))
        case .peakTime: try takePeak(value, into: &sink)
        case .tagTime: try takeTag(value, into: &sink)
        case .start: gather.startMicroseconds = value
        case .timezone: offsetSeconds = value
        default: gather.set(Double(value), path)
        }
    }

    @inline(__always)
    mutating func take(real value: Double, _ path: EmbracePlusPath) {
        switch path {
        case .values: gather.add(Float(value))
        // Counts written as fractions are no form that is known.
        case .x, .y, .z: gather.isOdd = true
        default: gather.set(value, path)
        }
    }

    mutating func takeText(_ text: [UInt8], _ path: EmbracePlusPath) {
        switch path {
        case .serial: device.unit = text.isEmpty ? 0 : NameHash.of(text)
        case .model: device.model = Self.model(text)
        default: break
        }
    }

    private static func model(_ text: [UInt8]) -> String {
        if text.elementsEqual("EMBRACEPLUS".utf8) { return "EmbracePlus" }
        let letters = text.prefix(40).filter { (0x20...0x7E).contains($0) }
        return letters.isEmpty ? "EmbracePlus" : String(decoding: letters, as: UTF8.self)
    }

    private mutating func takeTag(
        _ microseconds: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let time = Self.time(microseconds) else {
            tallies.badTags += 1
            return
        }
        let index = output.device(device)
        try output.add(
            EventKind.marker.value, .event, device: index, at: time, position: position,
            into: &sink)
    }

    private mutating func takePeak(
        _ nanoseconds: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let last = lastPeak else {
            lastPeak = nanoseconds
            return
        }
        let (interval, overflow) = nanoseconds.subtractingReportingOverflow(last)
        guard !overflow, interval > 0 else {
            tallies.backwards += 1
            return
        }
        lastPeak = nanoseconds
        guard interval <= Self.longestInterval else { return }
        let index = output.device(device)
        try output.add(
            Float(Double(interval) / 1e6), .rrInterval, .derived, device: index,
            at: Timestamp(nanoseconds: nanoseconds), position: position, into: &sink)
    }

    private static func time(_ microseconds: Int64) -> Timestamp? {
        let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
        return overflow || microseconds <= 0 ? nil : Timestamp(nanoseconds: nanoseconds)
    }

    private mutating func countTime(_ lost: Int) {
        count(
            .unanchoredTime, at: position, found: "a time that is 0 or out of range",
            expected: "microseconds since 1970", samplesLost: lost)
    }

    /// Told once a session, because hostile files have millions of each.
    private mutating func countTallies() {
        if tallies.persons > 0 {
            count(
                .ignored, at: position, found: "identifiers of the participant and the study",
                expected: "measurements", times: tallies.persons)
        }
        if tallies.unknownFields > 0 {
            count(
                .unknownField, at: position, found: "a field this reader does not know",
                expected: "the fields of schema 6.3", times: tallies.unknownFields)
        }
        if tallies.badTags > 0 { countTime(tallies.badTags) }
        if tallies.backwards > 0 {
            count(
                .timeBackwards, at: position, found: "a beat not later than the one before",
                expected: "beats in order of time", samplesLost: tallies.backwards,
                times: tallies.backwards)
        }
        tallies = Tallies()
    }

    // MARK: Ends

    /// A record ends.
    mutating func end(
        _ path: EmbracePlusPath, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch path {
        case .sensor(let sensor): try conclude(sensor, into: &sink)
        case .session: try endSession(into: &sink)
        default: break
        }
    }

    /// Hands on what there is of a session that is not whole.
    mutating func abandon(
        in path: EmbracePlusSensor?, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if let path { try conclude(path, into: &sink) }
        try endSession(into: &sink)
    }

    /// Hands on everything.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) {
        output.finish(into: &sink)
    }

    private mutating func endSession(
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        countTallies()
        defer {
            offsetSeconds = nil
            earliest = nil
            lastPeak = nil
            device = SourceDevice(vendor: "Empatica", model: "EmbracePlus")
            gather.restart()
        }
        guard let earliest, let offsetSeconds else { return }
        guard (-64_800...64_800).contains(offsetSeconds) else {
            return count(
                .invalidValue, at: position, found: "an offset from UTC beyond 18 hours",
                expected: "seconds east of UTC")
        }
        try output.addOffset(
            Int32(offsetSeconds), at: earliest, position: position, into: &sink)
    }

    private mutating func conclude(
        _ sensor: EmbracePlusSensor, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        defer { gather.restart() }
        let isInertial = sensor == .accelerometer || sensor == .gyroscope
        let lost = gather.lost(isInertial: isInertial)
        if lost.beyondLimit > 0 {
            count(
                .limitExceeded, at: position, found: "a longer array",
                expected: "at most \(Self.arraySamples) samples, the limit arraySamples",
                samplesLost: lost.beyondLimit)
        }
        if lost.uneven > 0 || gather.isOdd {
            count(
                .damaged, at: position, found: "axes of different length or form",
                expected: "one whole number an axis and sample", samplesLost: lost.uneven)
        }
        let total = isInertial ? gather.triples : gather.values.count
        guard total > 0 else { return }
        guard let start = gather.startMicroseconds.flatMap(Self.time) else {
            return countTime(total)
        }
        guard let period = gather.period else {
            return count(
                .invalidValue, at: position, found: "samples without a sampling rate",
                expected: "a rate above 0 Hz", samplesLost: total)
        }
        earliest = min(earliest ?? start, start)
        let axis = EmbracePlusAxis(start: start, period: period)
        if isInertial {
            try emitInertial(sensor, axis, into: &sink)
        } else {
            try emitValues(sensor, axis, into: &sink)
        }
    }
}

// MARK: - Handing on

extension EmbracePlusSession {
    private mutating func emitInertial(
        _ sensor: EmbracePlusSensor, _ axis: EmbracePlusAxis,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let scale = gather.scale else {
            return count(
                .invalidValue, at: position, found: "counts without a scale",
                expected: "physical and digital ranges, or a factor", samplesLost: gather.triples)
        }
        let isTurning = sensor == .gyroscope
        // The file's unit of turning is the radian.
        let factor = Float(isTurning ? scale * 180 / Double.pi : scale)
        let quantity = isTurning ? Quantity.angularVelocity : .acceleration
        let plausible = quantity.facts.plausible
        let columns = gather.axes
        try emit(
            quantity, axis, count: gather.triples, into: &sink,
            isSound: { index in
                columns.allSatisfy { plausible.contains(Float($0[index]) * factor) }
            },
            columns: { range in
                columns.map { .int32(Array($0[range]), Scale(factor: factor)) }
            })
    }

    private mutating func emitValues(
        _ sensor: EmbracePlusSensor, _ axis: EmbracePlusAxis,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let quantity: Quantity =
            switch sensor {
            case .eda: .eda
            case .temperature: .skinTemperature
            case .steps: .steps
            default: .ppg
            }
        let plausible = quantity.facts.plausible
        let values = gather.values
        try emit(
            quantity, axis, count: values.count,
            duration: sensor == .steps ? axis.period.nanoseconds(times: 1) : 0, into: &sink,
            isSound: { plausible.contains(values[$0]) },
            columns: { [.float32(Array(values[$0]))] })
    }

    /// Hands on the stretches between samples that are not sound; those are counted.
    private mutating func emit(
        _ quantity: Quantity, _ axis: EmbracePlusAxis, count total: Int, duration: Int64 = 0,
        into sink: inout some SampleSink & ~Copyable, isSound: (Int) -> Bool,
        columns: (Range<Int>) -> [SampleColumn]
    ) throws(ReadError) {
        var start = 0
        var lost = 0
        while start < total {
            var end = start
            while end < total, end - start < Self.blockSamples, isSound(end) { end += 1 }
            if end > start {
                samples += Int64(end - start)
                try checkSamples()
                sink.accept(
                    SampleBlock(
                        device: device, quantity: quantity, origin: Origin(file: .embracePlus),
                        times: axis.times(start..<end),
                        durations: duration > 0
                            ? Array(repeating: duration, count: end - start) : [],
                        columns: columns(start..<end)))
            }
            if end < total, end - start < Self.blockSamples {
                lost += 1
                end += 1
            }
            start = end
        }
        guard lost > 0 else { return }
        self.count(
            .implausibleValue, at: position, found: "a value out of range",
            expected: "a value the quantity can have", samplesLost: lost, times: lost)
    }

    private func checkSamples() throws(ReadError) {
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(limits.samples) samples")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads logs of heart rate notifications (Bluetooth characteristic 0x2A37): a time and bytes a line.
///
/// Format: `docs/formats/heart-rate-packets.md`. A line that cannot be read costs itself only.
public struct HeartRatePacketsReader: RecordingReader, ~Copyable {
    private var lines: LineScanner
    private var log: HeartRateLog
    private var output: SampleOutput
    private var chain = BeatChain()
    private var held: [UInt8] = []
    private var meter: ByteMeter
    private var packets: Int64 = 0
    private var lastTime: Timestamp?
    /// The date of times of day; it moves on at midnight.
    private var date: LocalDate?
    private var lastOfDay: Int64 = 0
    private let limits: ReadLimits

    /// - Parameter isLive: whether blocks are runs of one stream in the order of arrival.
    public init(_ context: ReadContext = ReadContext(), isLive: Bool = false) {
        limits = context.limits
        meter = ByteMeter(limits: context.limits)
        lines = LineScanner(limit: max(1, min(limits.recordBytes, limits.fieldBytes)))
        log = HeartRateLog(limits: limits)
        output = SampleOutput(
            file: .heartRatePackets, device: SourceDevice(vendor: "Bluetooth", model: "heart rate"),
            limits: limits, zone: context.zone, isLive: isLive)
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        _ = try meter.take(bytes.count)
        try take(bytes, isLast: false, into: &sink)
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        let nothing: [UInt8] = []
        try take(nothing.span, isLast: true, into: &sink)
        output.finish(into: &sink)
        guard packets > 0 else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: 0), found: "no notification",
                expected: "lines of a time and the bytes of a heart rate measurement")
        }
    }

    /// Hands on what was gathered so far.
    public mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        output.finish(into: &sink)
    }

    private mutating func take(
        _ bytes: Span<UInt8>, isLast: Bool, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while let line = lines.next(bytes, &index, isLast: isLast) {
            switch line {
            case .input(let range): try takeLine(bytes.extracting(range), into: &sink)
            case .held:
                lines.swapHeld(with: &held)
                let line = held
                try takeLine(line.span, into: &sink)
            case .tooLong:
                output.count(
                    .limitExceeded, at: lines.position, found: "a longer line",
                    expected: "at most \(limits.fieldBytes) bytes")
            }
        }
    }

    private mutating func takeLine(
        _ line: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = lines.position
        let hasMark =
            position.byte == 0 && line.count >= 3 && line[0] == 0xEF && line[1] == 0xBB
            && line[2] == 0xBF
        switch log.read(line.extracting((hasMark ? 3 : 0)..<line.count)) {
        case .nothing: return
        case .date(let found):
            date = found
            lastOfDay = 0
        case .packet(let time):
            guard let instant = try instant(time, position, into: &sink) else { return }
            try takePacket(at: instant, position, into: &sink)
        case .badTime: output.countInvalidTime(position)
        case .badBytes:
            output.count(
                .invalidValue, at: position, found: "bytes in another form",
                expected: "pairs of hexadecimal digits")
        case .unknown:
            output.count(
                .damaged, at: position, found: "a line in another form",
                expected: "a time and bytes")
        case .badJSON(let problem):
            output.count(
                problem.code, at: position, found: problem.found, expected: problem.expected)
        }
    }

    // MARK: Time

    private mutating func instant(
        _ time: HeartRateTime, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Timestamp? {
        switch time {
        case .instant(let instant): return instant
        case .written(let written):
            guard let instant = output.instant(written, position: position) else { return nil }
            if let offset = written.offsetSeconds, !written.isZulu {
                try output.addOffset(offset, at: instant, position: position, into: &sink)
            }
            return instant
        case .timeOfDay(let ofDay):
            guard let day = date else {
                output.count(
                    .unanchoredTime, at: position, found: "a time of day without a date",
                    expected: "a first line with the date")
                return nil
            }
            // A clock that goes back by half a day passed midnight.
            var shown = day
            if ofDay < lastOfDay - 43_200_000_000_000 {
                shown = day.advanced(by: 1)
                date = shown
            }
            lastOfDay = ofDay
            let midnight = Array("\(shown)".utf8)
            guard var written = TextTime(midnight.span) else { return nil }
            written.wallSeconds += ofDay / 1_000_000_000
            written.nanosecond = ofDay % 1_000_000_000
            written.hasTimeOfDay = true
            return output.instant(written, position: position)
        }
    }

    // MARK: Packets

    private mutating func takePacket(
        at time: Timestamp, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let bytes = log.bytes
        guard let packet = HeartRatePacket(bytes.span) else {
            output.count(
                .truncated, at: position, found: "a notification of another length",
                expected: "as many bytes as its flags announce")
            return
        }
        packets += 1
        if packet.hasReservedFlags {
            output.count(
                .unknownField, at: position, found: "flags kept for later",
                expected: "the five flags of a heart rate measurement", samplesLost: 0)
        }
        if let lastTime, time < lastTime {
            output.count(
                .timeBackwards, at: position, found: "a time ahead of the one before",
                expected: "lines in order of time", samplesLost: 0)
            chain.cut()
        }
        lastTime = time
        guard packet.contact != .none else {
            try output.add(0, .wear, at: time, position: position, into: &sink)
            output.count(
                .sentinelValue, at: position, found: "a rate without skin contact",
                expected: "a strap that is worn",
                samplesLost: (packet.heartRate > 0 ? 1 : 0) + packet.intervals.count)
            chain.cut()
            return
        }
        if packet.contact == .skin {
            try output.add(1, .wear, at: time, position: position, into: &sink)
        }
        if packet.heartRate == 0 {
            output.countSentinel(position)
        } else {
            try output.add(
                Float(packet.heartRate), .heartRate, at: time, position: position, into: &sink)
        }
        try takeIntervals(packet.intervals, arrival: time, position, into: &sink)
    }

    private mutating func takeIntervals(
        _ intervals: [UInt16], arrival: Timestamp, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !intervals.isEmpty else { return }
        if chain.append(intervals, arrival: arrival) == .ranAhead {
            output.count(
                .timeBackwards, at: position, found: "beats that run ahead of their notification",
                expected: "intervals that fill the time between notifications", samplesLost: 0)
        }
        var later = intervals.reduce(0) { $0 + Int64($1) }
        for interval in intervals {
            later -= Int64(interval)
            if interval == 0 {
                output.countSentinel(position)
                continue
            }
            try output.add(
                Float(interval) * 1000 / 1024, .rrInterval, at: chain.time(before: later),
                position: position, into: &sink)
        }
    }
}

extension HeartRatePacketsReader {
    /// Whether the first lines hold notifications that a person's heart could have caused.
    ///
    /// Every whole line among the first eight with content must be one, or belong to an app's log of
    /// them, and one at least must be one.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        var lines = LineScanner(limit: FormatDetector.prefixBytes)
        var log = HeartRateLog(limits: .standard)
        var index = 0
        var found = 0
        var seen = 0
        let isWhole = prefix.count < FormatDetector.prefixBytes
        var held: [UInt8] = []
        while seen < 8, let line = lines.next(prefix, &index, isLast: isWhole) {
            let start = lines.position.byte == 0 ? textStart(prefix) : 0
            switch line {
            case .tooLong: return false
            case .input(let range):
                guard range.lowerBound + start <= range.upperBound else { return false }
                let text = prefix.extracting(range.lowerBound + start..<range.upperBound)
                guard judge(log.read(text), log.bytes, &found) else { return false }
            case .held:
                lines.swapHeld(with: &held)
                let text = held.span
                guard start <= text.count,
                    judge(
                        log.read(text.extracting(start..<text.count)), log.bytes, &found)
                else { return false }
            }
            seen += 1
        }
        return found > 0
    }

    private static func judge(
        _ line: HeartRateLog.Line, _ bytes: [UInt8], _ found: inout Int
    ) -> Bool {
        switch line {
        case .packet:
            found += 1
            return HeartRatePacket(bytes.span)?.isPlausible ?? false
        case .nothing, .date: return true
        default: return false
        }
    }

    private static func textStart(_ prefix: Span<UInt8>) -> Int {
        prefix.count >= 3 && prefix[0] == 0xEF && prefix[1] == 0xBB && prefix[2] == 0xBF ? 3 : 0
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns the lines of a recording into samples.
struct GENEActivBody: Sendable {
    /// The recording ended within its last line.
    var isCutOff = false

    private var output: SampleOutput
    /// Problems met ahead of the pages, when the device was not known yet.
    private var headerIssues: IssueTally
    private var clock = MotionClock()
    private var timeline: MotionTimeline
    private var columns: MotionColumns
    private var packed: [UInt8]
    private var header = GENEActivHeader()
    private var scales: MotionScales?
    private var luxOfReading = [UInt32](repeating: 0, count: 1024)
    private var hasLux = false
    private var device = SourceDevice(vendor: "Activinsights", model: "GENEActiv")
    private var page: GENEActivPage?
    private var last: GENEActivPage?
    private var wasPressed = false
    private var lines: Int64 = 0
    private var samples: Int64 = 0
    private let capacity: Int
    private let context: ReadContext

    private static let origin = Origin(file: .geneActiv)
    private static let digitsOfSample = 12

    init(_ context: ReadContext) {
        self.context = context
        // A page of 300 samples is to fit whole.
        capacity = max(context.limits.blockSamples, 300)
        output = SampleOutput(
            file: .geneActiv, device: device, limits: context.limits, zone: context.zone)
        headerIssues = IssueTally(limits: context.limits)
        timeline = MotionTimeline(capacity: capacity, tolerance: 1.25)
        columns = MotionColumns(capacity: capacity)
        packed = [UInt8](repeating: 0, count: capacity * 6 + 8)
    }

    /// Takes a line without its end, which began at `offset`.
    mutating func take(
        _ whole: Span<UInt8>, at offset: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        lines += 1
        let position = ReadPosition(byte: offset, record: lines)
        let line = whole.extracting(GENEActivPage.trimmed(whole, 0..<whole.count))
        if lines == 1 { return try begin(line, position) }
        if line.isEmpty { return }
        if XMLByteSearch.equal(line, 0..<line.count, "Recorded Data") {
            if scales == nil { try endHeader(position) }
            if page != nil { countPageWithoutData(position) }
            page = GENEActivPage()
        } else if scales == nil {
            take(GENEActivLine(line), position)
        } else if isData(line) {
            try takeData(line, position, into: &sink)
        } else {
            take(field: line, position)
        }
    }

    mutating func countLongLine(at offset: Int64) {
        count(
            .limitExceeded, ReadPosition(byte: offset, record: lines + 1),
            "a line longer than \(context.limits.recordBytes) bytes")
    }

    mutating func finish(
        at offset: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = ReadPosition(byte: offset, record: lines)
        if scales == nil {
            count(.truncated, position, "an end within the header")
        } else if page != nil {
            count(.truncated, position, "an end within a page")
        } else if isCutOff {
            count(.truncated, position, "an end within a line")
        }
        if let axis = timeline.close() { handOn(axis, into: &sink) }
        headerIssues.flush(into: &sink)
        output.finish(into: &sink)
    }

    // MARK: The header

    private func begin(_ line: Span<UInt8>, _ position: ReadPosition) throws(ReadError) {
        var start = 0
        if line.count > 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF { start = 3 }
        if XMLByteSearch.equal(line, start..<line.count, "Device Identity") { return }
        if line.count >= 6, XMLByteSearch.equal(line, 0..<6, "GENEA/") {
            throw ReadError(
                .unsupported, at: position, found: "a recording of the older GENEA",
                expected: "a recording of a GENEActiv")
        }
        throw ReadError(
            .damaged, at: position, found: "another first line", expected: "Device Identity")
    }

    private mutating func take(_ line: GENEActivLine, _ position: ReadPosition) {
        switch header.take(line) {
        case .used, .known: break
        case .invalid: count(.invalidValue, position, "a value of the header in another form")
        case .unknown: count(.unknownField, position, "a line of the header that is not known")
        }
    }

    private mutating func endHeader(_ position: ReadPosition) throws(ReadError) {
        guard let scales = header.scales else {
            throw ReadError(
                .invalidValue, at: position, found: "no usable calibration",
                expected: "gain and offset of three axes")
        }
        if let table = header.luxOfReading {
            luxOfReading = table
            hasLux = true
        } else {
            count(.invalidValue, position, "no calibration of the light")
        }
        device.unit = header.unit
        output = SampleOutput(
            file: .geneActiv, device: device, limits: context.limits, zone: context.zone)
        if let offset = header.offsetSeconds { clock.set(offsetSeconds: offset) }
        self.scales = scales
    }

    // MARK: Pages

    /// A line of digits; no field begins with twelve of them.
    private func isData(_ line: Span<UInt8>) -> Bool {
        MotionUnpack.isHex(line, 0..<min(line.count, Self.digitsOfSample))
    }

    private mutating func take(field line: Span<UInt8>, _ position: ReadPosition) {
        guard var current = page else {
            count(.misplaced, position, "a line between pages")
            return
        }
        switch current.take(line) {
        case .used, .known: page = current
        case .invalid: count(.invalidValue, position, "a value of a page in another form")
        case .unknown: count(.unknownField, position, "a line of a page that is not known")
        }
    }

    private mutating func takeData(
        _ line: Span<UInt8>, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let number = line.count / Self.digitsOfSample
        guard let page else {
            count(.misplaced, position, "digits that belong to no page", number)
            return
        }
        self.page = nil
        guard let period = page.period ?? header.period else {
            count(.invalidValue, position, "a page without a rate", number)
            return
        }
        guard let wall = page.wallTime else {
            count(.unanchoredTime, position, "a page without a time", number)
            return
        }
        guard let start = clock.instant(wall, &output, position) else { return }
        if line.count % Self.digitsOfSample != 0, !isCutOff {
            count(.damaged, position, "digits that are no whole samples")
        }
        if let offset = header.offsetSeconds {
            try output.addOffset(
                offset, at: Timestamp(nanoseconds: start), position: position, into: &sink)
        }
        let follows = note(page, start, period, position)
        last = page
        var light: UInt64 = 0
        var taken = 0
        var first = 0
        var isWhole = true
        while first < number {
            let run = soundRun(line, first..<number)
            if !run.isEmpty {
                light &+= try take(
                    line, run, start, period, follows: first == 0 ? follows : isWhole, position,
                    into: &sink)
                taken += run.count
            }
            first = run.upperBound
            if first < number, run.count < capacity {
                count(.damaged, position, "a sample that is no hexadecimal number", 1)
                first += 1
                isWhole = false
            } else {
                isWhole = true
            }
        }
        try measure(
            page, light, taken, start, duration: period.nanoseconds(times: Int64(number)),
            position, into: &sink)
    }

    /// Whether a page follows the last one; what is odd is counted.
    private mutating func note(
        _ page: GENEActivPage, _ start: Int64, _ period: Period, _ position: ReadPosition
    ) -> Bool {
        guard let last, timeline.count > 0 else { return false }
        let isNext: Bool
        if let now = page.number, let before = last.number {
            isNext = now == before &+ 1
            if !isNext { count(.misplaced, position, "a gap in the numbers of the pages") }
        } else {
            isNext = true
        }
        if timeline.fit(start) == .jumpsBack {
            count(.timeBackwards, position, "a clock that goes back")
        }
        return isNext && (page.period ?? header.period) == (last.period ?? header.period)
    }

    /// The samples at the beginning of `range` whose digits are all digits, no more than fit.
    private func soundRun(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        let size = Self.digitsOfSample
        let first = range.lowerBound
        let end = min(range.upperBound, first + capacity)
        if MotionUnpack.isHex(line, first * size..<end * size) { return first..<end }
        var stop = first
        while MotionUnpack.isHex(line, stop * size..<(stop + 1) * size) { stop += 1 }
        return first..<stop
    }

    /// Unpacks samples of a page that began at `start`; returns the lux of them, added up.
    private mutating func take(
        _ line: Span<UInt8>, _ run: Range<Int>, _ start: Int64, _ period: Period, follows: Bool,
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> UInt64 {
        let time = start &+ period.nanoseconds(times: Int64(run.lowerBound))
        if let axis = timeline.add(run.count, at: time, nominal: period, continues: follows) {
            handOn(axis, into: &sink)
        }
        let found = MotionUnpack.hex48(
            line, from: run.lowerBound * Self.digitsOfSample, count: run.count, packed: &packed,
            table: luxOfReading, to: &columns, at: timeline.count - run.count)
        if found.isButtonPressed {
            try presses(run.count, time, period, position, into: &sink)
        } else {
            wasPressed = false
        }
        samples += Int64(run.count)
        guard samples <= context.limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(context.limits.samples) samples")
        }
        return found.light
    }

    /// A mark where the button goes down.
    private mutating func presses(
        _ number: Int, _ time: Int64, _ period: Period, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        for index in 0..<number {
            let isPressed = packed[6 * index + 5] & 2 != 0
            if isPressed, !wasPressed {
                let at = time &+ period.nanoseconds(times: Int64(index))
                try output.add(
                    EventKind.marker.value, .event, at: Timestamp(nanoseconds: at),
                    position: position, into: &sink)
            }
            wasPressed = isPressed
        }
    }

    /// What is told once a page.
    private mutating func measure(
        _ page: GENEActivPage, _ light: UInt64, _ number: Int, _ start: Int64, duration: Int64,
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let time = Timestamp(nanoseconds: start)
        if let temperature = page.temperature {
            try output.add(
                temperature, .deviceTemperature, at: time, position: position, into: &sink)
        }
        guard hasLux, number > 0 else { return }
        let mean = Float(Double(light) / Double(number))
        try output.add(
            mean, .light, .derived, at: time, duration: duration, position: position, into: &sink)
    }

    private mutating func handOn(
        _ times: TimeAxis, into sink: inout some SampleSink & ~Copyable
    ) {
        guard let scales else { return }
        sink.accept(
            SampleBlock(
                device: device, quantity: .acceleration, origin: Self.origin, times: times,
                columns: columns.take(times.count, scales)))
    }

    private mutating func countPageWithoutData(_ position: ReadPosition) {
        count(.damaged, position, "a page without digits")
    }

    private mutating func count(
        _ code: ReadIssueCode, _ position: ReadPosition, _ found: String, _ lost: Int = 0
    ) {
        if scales == nil {
            headerIssues.count(
                code, at: position, found: found, expected: "a header, then pages",
                samplesLost: lost)
            return
        }
        output.count(
            code, at: position, found: found, expected: "a header, then pages",
            samplesLost: lost)
    }
}

// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns the rows of one E4 file into samples.
struct EmpaticaE4Rows: LineBody {
    private enum State: Sendable { case start, rate, rows }

    private var state = State.start
    private var kind: EmpaticaE4Kind?
    private let hint: EmpaticaE4Kind?
    private var start = Timestamp(nanoseconds: 0)
    private var period = Period(numerator: 1_000_000_000, denominator: 1)
    private var columns = 1
    /// The place on the grid of the next row, and of the first row held.
    private var slot: Int64 = 0
    private var firstHeld: Int64 = 0
    private var blanks = 0
    private var axes: [[Int16]] = [[], [], []]
    private var values: [Float] = []
    private var lastTime: Int64?
    private var samples: Int64 = 0
    private var isOnlyTime = false
    private var output: SampleOutput
    private var splitter = CSVFieldSplitter(delimiter: UInt8(ascii: ","), limit: 8)
    private let limits: ReadLimits
    private static let device = SourceDevice(vendor: "Empatica", model: "E4")

    init(limits: ReadLimits, hint: EmpaticaE4Kind?) {
        self.limits = limits
        self.hint = hint
        output = SampleOutput(
            file: .empaticaE4, device: Self.device, limits: limits, zone: ZoneTimeline())
    }

    // MARK: Lines

    mutating func take(
        _ line: Span<UInt8>, at position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let isWhole = splitter.split(line, from: 0) == .complete && !splitter.isOverfull
        splitter.isOpen = false
        if isWhole, splitter.fields.count == 1, splitter.fields[0].isEmpty {
            if state == .rows { blanks += 1 }
            return
        }
        if state == .rows { try countBlanks(at: position, into: &sink) }
        guard isWhole else { return try takeBad(position, into: &sink) }
        switch state {
        case .start: try takeStart(line, position)
        case .rate: try takeRate(line, position, into: &sink)
        case .rows: try takeRow(line, position, into: &sink)
        }
    }

    /// A line longer than the limit.
    mutating func takeTooLong(
        at position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard state == .rows else { throw Self.badHeader(position) }
        output.count(
            .limitExceeded, at: position, found: "a longer line",
            expected: "at most \(limits.recordBytes) bytes, the limit recordBytes")
        flush(into: &sink)
        slot += 1
    }

    mutating func countCut(_ position: ReadPosition) {
        output.count(
            .truncated, at: position, found: "a last line without its end",
            expected: "a line break", samplesLost: 0)
    }

    mutating func finish(
        at end: Int64, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let place = ReadPosition(byte: end)
        switch state {
        case .start:
            throw ReadError(
                .truncated, at: place, found: "an empty file", expected: "the time of the start")
        case .rate:
            // One time and nothing else: a single tag, or a file without its rate.
            if hint == .tags || (hint == nil && isOnlyTime) {
                try takeTag(start.nanoseconds, ReadPosition(byte: 0, record: 1), into: &sink)
            } else {
                output.count(
                    .truncated, at: place, found: "the end behind the time of the start",
                    expected: "a line with the rate", samplesLost: 0)
            }
        case .rows: flush(into: &sink)
        }
        output.finish(into: &sink)
    }

    // MARK: The first two lines

    private mutating func takeStart(
        _ line: Span<UInt8>, _ position: ReadPosition
    ) throws(ReadError) {
        let fields = splitter.fields
        guard let time = EmpaticaE4Lines.time(line.extracting(fields[0].start..<fields[0].end))
        else { throw Self.badHeader(position) }
        start = Timestamp(nanoseconds: time)
        columns = fields.count
        isOnlyTime =
            columns == 1
            && EmpaticaE4Lines.hasTwoDecimals(line.extracting(fields[0].start..<fields[0].end))
        state = .rate
        if columns == 2,
            EmpaticaE4Lines.isIntervalWord(line.extracting(fields[1].start..<fields[1].end))
        {
            kind = .intervals
            state = .rows
        } else if columns == 3 {
            let others = fields[1...].map {
                EmpaticaE4Lines.time(line.extracting($0.start..<$0.end))
            }
            if others != [time, time] { countUneven("times of the start", position) }
        } else if columns != 1 {
            throw Self.badHeader(position)
        }
    }

    private mutating func takeRate(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let fields = splitter.fields
        let first = line.extracting(fields[0].start..<fields[0].end)
        if columns == 1, fields.count == 1, let time = EmpaticaE4Lines.time(first) {
            kind = .tags
            state = .rows
            try takeTag(start.nanoseconds, ReadPosition(byte: 0, record: 1), into: &sink)
            return try takeTag(time, position, into: &sink)
        }
        guard let rate = EmpaticaE4Lines.nanohertz(first) else { throw Self.badHeader(position) }
        let others = fields[1...].map {
            EmpaticaE4Lines.nanohertz(line.extracting($0.start..<$0.end))
        }
        if fields.count != columns || others.contains(where: { $0 != rate }) {
            countUneven("rates", position)
        }
        period = EmpaticaE4Lines.period(nanohertz: rate)
        kind = columns == 3 ? .acceleration : EmpaticaE4Kind(nanohertz: rate, hint: hint)
        state = .rows
    }

    private mutating func countUneven(_ what: String, _ position: ReadPosition) {
        output.count(
            .damaged, at: position, found: "\(what) that differ between columns",
            expected: "one for all; the first is taken", samplesLost: 0)
    }

    private static func badHeader(_ position: ReadPosition) -> ReadError {
        ReadError(
            .unsupported, at: position, found: "other first lines",
            expected: "a Unix time, then a rate in hertz")
    }

    // MARK: Rows

    private mutating func takeRow(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let kind else {
            output.count(
                .unsupported, at: position,
                found: "rows that may be skin temperature or electrodermal activity",
                expected: "a file name with EDA or TEMP")
            return
        }
        switch kind {
        case .acceleration: try takeAcceleration(line, position, into: &sink)
        case .intervals: try takeInterval(line, position, into: &sink)
        case .tags:
            let field = splitter.fields[0]
            guard splitter.fields.count == 1,
                let time = EmpaticaE4Lines.time(line.extracting(field.start..<field.end))
            else { return output.countInvalidTime(position) }
            try takeTag(time, position, into: &sink)
        default: try takeValue(line, kind.quantity, position, into: &sink)
        }
    }

    private mutating func takeBad(
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard state == .rows else { throw Self.badHeader(position) }
        skip(.invalidValue, position, into: &sink)
    }

    /// Blank lines between rows stand for rows; those at the end do not.
    private mutating func countBlanks(
        at position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard blanks > 0 else { return }
        output.count(
            .damaged, at: position, found: "blank lines between rows", expected: "a row a line",
            samplesLost: blanks, times: blanks)
        flush(into: &sink)
        slot += Int64(blanks)
        blanks = 0
    }

    /// A row whose sample is lost; its time passes all the same.
    private mutating func skip(
        _ code: ReadIssueCode, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) {
        if code == .implausibleValue {
            output.count(
                code, at: position, found: "a value out of range",
                expected: "a value the quantity can have")
        } else {
            output.count(
                code, at: position, found: "a row in another form",
                expected: "a decimal number a column")
        }
        flush(into: &sink)
        slot += 1
    }

    private mutating func takeValue(
        _ line: Span<UInt8>, _ quantity: Quantity, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let field = splitter.fields[0]
        guard splitter.fields.count == 1,
            let value = TextNumber.float(line.extracting(field.start..<field.end))
        else { return skip(.invalidValue, position, into: &sink) }
        guard quantity.facts.plausible.contains(value) else {
            return skip(.implausibleValue, position, into: &sink)
        }
        if values.isEmpty { firstHeld = slot }
        values.append(value)
        try conclude(values.count, position, into: &sink)
    }

    private mutating func takeAcceleration(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard splitter.fields.count == 3, let x = count(line, 0), let y = count(line, 1),
            let z = count(line, 2)
        else { return skip(.invalidValue, position, into: &sink) }
        // 64 g in counts.
        guard max(abs(x), abs(y), abs(z)) <= 4096 else {
            return skip(.implausibleValue, position, into: &sink)
        }
        if axes[0].isEmpty { firstHeld = slot }
        axes[0].append(Int16(x))
        axes[1].append(Int16(y))
        axes[2].append(Int16(z))
        try conclude(axes[0].count, position, into: &sink)
    }

    /// A count of 1/64 g; older exports write a fraction of zeros behind it.
    private func count(_ line: Span<UInt8>, _ column: Int) -> Int32? {
        let field = splitter.fields[column]
        let bytes = line.extracting(field.start..<field.end)
        if let whole = TextNumber.integer(bytes) {
            return Int32(min(max(whole, -1_000_000), 1_000_000))
        }
        guard let value = TextNumber.float(bytes), value == value.rounded() else { return nil }
        return Int32(min(max(value, -1e6), 1e6))
    }

    private mutating func conclude(
        _ held: Int, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        slot += 1
        samples += 1
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(limits.samples) samples")
        }
        if held >= max(1, limits.blockSamples) { flush(into: &sink) }
    }

    private mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        guard let kind, !values.isEmpty || !axes[0].isEmpty else { return }
        let isAcceleration = kind == .acceleration
        let held = isAcceleration ? axes[0].count : values.count
        let columns: [SampleColumn] =
            isAcceleration
            ? axes.map { .int16($0, Scale(factor: 1 / 64)) } : [.float32(values)]
        let first = start.advanced(byNanoseconds: period.nanoseconds(times: firstHeld))
        sink.accept(
            SampleBlock(
                device: Self.device, quantity: kind.quantity,
                origin: Origin(file: .empaticaE4, derivation: kind.derivation),
                times: .regular(start: first, period: period, count: held), columns: columns))
        values.removeAll(keepingCapacity: true)
        for axis in axes.indices { axes[axis].removeAll(keepingCapacity: true) }
    }

    // MARK: Times of their own

    private mutating func takeInterval(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let fields = splitter.fields
        guard fields.count == 2,
            let offset = TextNumber.nanoseconds(line.extracting(fields[0].start..<fields[0].end)),
            let interval = TextNumber.nanoseconds(line.extracting(fields[1].start..<fields[1].end))
        else { return skip(.invalidValue, position, into: &sink) }
        guard isInOrder(offset, position) else { return }
        try output.add(
            Float(Double(interval) / 1e6), .rrInterval, .derived,
            at: start.advanced(byNanoseconds: offset), position: position, into: &sink)
    }

    private mutating func takeTag(
        _ time: Int64, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard isInOrder(time, position) else { return }
        try output.add(
            EventKind.marker.value, .event, at: Timestamp(nanoseconds: time), position: position,
            into: &sink)
    }

    private mutating func isInOrder(_ time: Int64, _ position: ReadPosition) -> Bool {
        if let lastTime, time <= lastTime {
            output.count(
                time == lastTime ? .duplicate : .timeBackwards, at: position,
                found: time == lastTime ? "the same time again" : "a time before the last one",
                expected: "times in order")
            return false
        }
        lastTime = time
        return true
    }
}

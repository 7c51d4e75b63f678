// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads the text of OpenSignals: two header lines with JSON, and one line of numbers a sample.
///
/// Only the ECG of a BITalino is read, whose scale is published: the converter's range of 3.3 V is
/// centred and the sensor amplifies 1,100 times. Others are refused by name.
struct OpenSignals: GatheredLines, Sendable {
    static let expected = "a line of numbers"

    var output: GatheredOutput
    var scanner = LineScanner(limit: 64 << 10)
    private var header = Header()
    private var isInRows = false
    var hasEnded = false
    private var column = 0
    private var columns = 0
    private var sequenceColumn: Int?
    private var lastSequence: Int64?
    /// Number of the next sample, from the start on; lost ones count.
    private var next: Int64 = 0
    private var values: [Int16] = []
    private var scale = Scale()
    private var start = Timestamp(nanoseconds: 0)
    private var device = SourceDevice(vendor: "BITalino", model: "ECG")
    private var samples: Int64 = 0
    private let limits: ReadLimits

    /// What the header tells.
    struct Header: Sendable {
        var columns: [String] = []
        var labels: [String] = []
        var sensors: [String] = []
        var resolution: [Int64] = []
        var rate: Int64 = 0
        var device = ""
        var date = ""
        var time = ""
        var unit: UInt64 = 0
        var devices = 0
    }

    init(_ context: ReadContext) {
        output = GatheredOutput(file: .hrvApp, device: device, context: context)
        limits = context.limits
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard !hasEnded else { return }
        let nothing: [UInt8] = []
        try read(nothing.span, isLast: true, into: &sink)
        guard isInRows else {
            conclude(into: &sink)
            throw ReadError(
                .truncated, at: scanner.position, found: "a header without its end",
                expected: "the line EndOfHeader")
        }
        conclude(into: &sink)
    }

    // MARK: Header

    mutating func take(_ line: Span<UInt8>) throws(ReadError) {
        if isInRows { return try takeRow(line) }
        var start = 0
        while start < line.count, line[start] <= 0x20 || line[start] == UInt8(ascii: "#") {
            start += 1
        }
        let rest = line.extracting(start..<line.count)
        if rest.starts(with: "EndOfHeader") {
            try beginRows()
        } else if rest.starts(with: "{") {
            header = OpenSignalsHeader.parse(rest)
        } else if start == 0, line.count > 0 {
            throw ReadError(
                .unsupported, at: scanner.position, found: "a line of numbers inside the header",
                expected: "the line EndOfHeader")
        }
    }

    private mutating func beginRows() throws(ReadError) {
        isInRows = true
        guard header.device.hasPrefix("bitalino"), header.devices == 1,
            let sensor = header.sensors.firstIndex(of: "ECG"), header.labels.count > sensor,
            let column = header.columns.firstIndex(of: header.labels[sensor]),
            header.resolution.count > column,
            (6...14).contains(header.resolution[column]), (1...100_000).contains(header.rate)
        else {
            throw ReadError(
                .unsupported, at: scanner.position, found: "signals whose scale is not known",
                expected: "one BITalino with an ECG sensor")
        }
        self.column = column
        columns = header.columns.count
        sequenceColumn = header.columns.firstIndex(of: "nSeq")
        if header.sensors.count > 1 {
            output.count(
                .unsupported, at: scanner.position, found: "further sensors",
                expected: "one ECG", samplesLost: 0)
        }
        let steps = Double(1 << header.resolution[column])
        let volts = 3.3 / 1100
        scale = Scale(factor: Float(volts * 1e6 / steps), offset: Float(-volts * 1e6 / 2))
        device.unit = header.unit
        anchor()
    }

    private mutating func anchor() {
        let text = OpenSignalsHeader.padded(date: header.date, time: header.time)
        if let time = TextTime(text.span),
            let instant = output.instant(time, position: scanner.position)
        {
            start = instant
            return
        }
        output.count(
            .unanchoredTime, at: scanner.position,
            found: "a signal without a start; placed from 1970-01-01T00:00",
            expected: "date and time in the header", samplesLost: 0)
    }

    // MARK: Samples

    private mutating func takeRow(_ line: Span<UInt8>) throws(ReadError) {
        var index = 0
        var number = 0
        var value: Int64?
        var sequence: Int64?
        while index < line.count {
            while index < line.count, line[index] <= 0x20 { index += 1 }
            let first = index
            while index < line.count, line[index] > 0x20 { index += 1 }
            guard index > first else { break }
            if number == column || number == sequenceColumn {
                let read = TextNumber.integer(line.extracting(first..<index))
                if number == column { value = read } else { sequence = read }
            }
            number += 1
        }
        if number == 0 { return }
        let most = (Int64(1) << header.resolution[column]) - 1
        guard number == columns, let value, (0...most).contains(value),
            let stored = Int16(exactly: value)
        else {
            output.count(
                .damaged, at: scanner.position, found: "a row of another form",
                expected: "a number for every column of the header")
            flush()
            next += 1
            lastSequence = lastSequence.map { ($0 + 1) & 15 }
            return
        }
        skipLost(sequence)
        values.append(stored)
        next += 1
        if values.count >= max(1, limits.blockSamples) { flush() }
        samples += 1
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: scanner.position, found: "a further sample",
                expected: "at most the limit samples")
        }
    }

    /// The rows count to 15 and begin again; where numbers are missing, samples are.
    private mutating func skipLost(_ sequence: Int64?) {
        guard let sequence, (0...15).contains(sequence) else { return }
        defer { lastSequence = sequence }
        guard let lastSequence else { return }
        let lost = (sequence - lastSequence - 1) & 15
        guard lost > 0 else { return }
        flush()
        next += lost
        output.count(
            .damaged, at: scanner.position, found: "a gap in the numbers of the rows",
            expected: "rows without a gap", samplesLost: Int(lost))
    }

    mutating func flush() {
        guard !values.isEmpty else { return }
        let period = Period(hertz: header.rate)
        let first = next - Int64(values.count)
        output.accept(
            SampleBlock(
                device: device, quantity: .ecg, origin: Origin(file: .hrvApp),
                times: .regular(
                    start: start.advanced(byNanoseconds: period.nanoseconds(times: first)),
                    period: period, count: values.count),
                columns: [.int16(values, scale)]))
        values.removeAll(keepingCapacity: true)
    }
}

/// The JSON line of an OpenSignals header.
enum OpenSignalsHeader {
    static func parse(_ line: Span<UInt8>) -> OpenSignals.Header {
        var header = OpenSignals.Header()
        var tokenizer = JSONTokenizer(limits: .standard)
        var index = 0
        var key = ""
        while let token = (try? tokenizer.next(line, &index)) ?? nil {
            let text = String(decoding: tokenizer.text.prefix(128), as: UTF8.self)
            switch token {
            case .key where tokenizer.depth == 1:
                header.devices += 1
                // The key is the recorder's Bluetooth address.
                header.unit = NameHash.of(tokenizer.text)
            case .key: key = tokenizer.depth == 2 ? text : ""
            case .string where tokenizer.depth == 3: append(text, key, &header)
            case .string: set(text, key, &header)
            case .number:
                let number = TextNumber.integer(tokenizer.text.span) ?? 0
                if key == "sampling rate" { header.rate = number }
                if key == "resolution", header.resolution.count < 64 {
                    header.resolution.append(number)
                }
            default: break
            }
        }
        return header
    }

    private static func append(_ text: String, _ key: String, _ header: inout OpenSignals.Header) {
        guard header.columns.count < 64, header.labels.count < 64, header.sensors.count < 64 else {
            return
        }
        switch key {
        case "column": header.columns.append(text)
        case "label": header.labels.append(text)
        case "sensor": header.sensors.append(text)
        default: break
        }
    }

    private static func set(_ text: String, _ key: String, _ header: inout OpenSignals.Header) {
        switch key {
        case "device": header.device = text
        case "date": header.date = text
        case "time": header.time = text
        default: break
        }
    }

    /// `2016-6-11` and `7:3:47.29` as `2016-06-11T07:03:47.29`.
    static func padded(date: String, time: String) -> [UInt8] {
        func pad(_ text: String, _ separator: Character) -> String {
            text.split(separator: separator, omittingEmptySubsequences: false).map { part in
                let whole = part.prefix { $0 != "." }
                return whole.count == 1 ? "0" + part : String(part)
            }.joined(separator: String(separator))
        }
        return Array((pad(date, "-") + "T" + pad(time, ":")).utf8)
    }
}

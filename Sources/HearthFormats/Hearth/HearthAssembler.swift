// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns rows of Hearth's own formats into samples: the part that CSV and NDJSON share.
struct HearthAssembler: Sendable {
    private var streams: HearthStreams
    private(set) var tally: IssueTally
    private var samples: Int64 = 0
    private var values: [Float] = []
    /// The offset written last and when, to notice a change of zone.
    private var lastOffset: Int32?
    private var lastOffsetTime = Timestamp.distantPast
    /// Whether `,` may be the decimal mark; told by the header row.
    var decimalComma = false
    private let limits: ReadLimits

    /// Why a row is dropped.
    private enum RowProblem: Error {
        case time, zoneless, timeRange, duration, value, columns, extraValue, quality, implausible
        case stream(HearthStreamProblem)
    }

    init(kind: FileKind, guardsFormulas: Bool, limits: ReadLimits, isLive: Bool = false) {
        self.streams = HearthStreams(
            defaultKind: kind, guardsFormulas: guardsFormulas, limits: limits, isLive: isLive)
        self.tally = IssueTally(limits: limits)
        self.limits = limits
    }

    /// Takes one row; a row that cannot be used is counted as an issue.
    ///
    /// - Throws: if the recording holds more samples than the limit.
    mutating func add(
        _ bytes: Span<UInt8>, _ row: HearthRow, at position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        do throws(RowProblem) {
            try take(bytes, row, into: &sink)
        } catch {
            count(error, at: position)
            return
        }
        samples += 1
        guard samples <= limits.samples else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further sample",
                expected: "at most \(limits.samples) samples")
        }
    }

    /// Counts a row that could not even be cut into fields.
    mutating func count(
        _ code: ReadIssueCode, at position: ReadPosition, found: String, expected: String,
        samplesLost: Int = 1
    ) {
        tally.count(
            code, at: position, found: found, expected: expected, samplesLost: samplesLost)
    }

    /// Hands on what was gathered; the recording ends or goes on.
    mutating func finish(into sink: inout some SampleSink & ~Copyable) {
        streams.flush(into: &sink)
        tally.flush(into: &sink)
    }

    private mutating func take(
        _ bytes: Span<UInt8>, _ row: HearthRow, into sink: inout some SampleSink & ~Copyable
    ) throws(RowProblem) {
        let index: Int
        do throws(HearthStreamProblem) {
            index = try streams.index(bytes, row)
        } catch {
            throw .stream(error)
        }
        guard let written = TextTime(bytes.extracting(row[.time])) else { throw .time }
        guard let offset = written.offsetSeconds else { throw .zoneless }
        guard let time = written.instant(offset: offset) else { throw .timeRange }
        let duration = try duration(bytes, row[.duration])
        let quality = try quality(bytes, row[.quality])
        let isTaken = try addValues(bytes, row, index, time, duration, quality, into: &sink)
        guard isTaken else { throw .implausible }
        if !written.isZulu { addOffset(offset, at: time, beside: index, into: &sink) }
    }

    private func duration(
        _ bytes: Span<UInt8>, _ bounds: Range<Int>
    ) throws(RowProblem) -> Int64 {
        if bounds.isEmpty { return 0 }
        let field = bytes.extracting(bounds)
        guard let duration = TextNumber.nanoseconds(field, decimalComma: decimalComma) else {
            throw .duration
        }
        return duration
    }

    private func quality(
        _ bytes: Span<UInt8>, _ bounds: Range<Int>
    ) throws(RowProblem) -> UInt8 {
        if bounds.isEmpty { return 0 }
        guard let mask = TextNumber.integer(bytes.extracting(bounds)).flatMap(UInt8.init(exactly:))
        else { throw .quality }
        return mask
    }

    private mutating func addValues(
        _ bytes: Span<UInt8>, _ row: HearthRow, _ index: Int, _ time: Timestamp,
        _ duration: Int64, _ quality: UInt8, into sink: inout some SampleSink & ~Copyable
    ) throws(RowProblem) -> Bool {
        let columns = streams.columnCount(index)
        guard row[.value3].isEmpty || columns > 2, row[.value2].isEmpty || columns > 1 else {
            throw .extraValue
        }
        guard let first = number(bytes, row[.value]) else {
            throw row[.value].isEmpty ? .columns : .value
        }
        if columns == 1 {
            return streams.add(first, index, time, duration, quality, into: &sink)
        }
        values.removeAll(keepingCapacity: true)
        values.append(first)
        for field in [HearthField.value2, .value3].prefix(columns - 1) {
            guard let value = number(bytes, row[field]) else {
                throw row[field].isEmpty ? .columns : .value
            }
            values.append(value)
        }
        return streams.add(values, index, time, duration, quality, into: &sink)
    }

    @inline(__always)
    private func number(_ bytes: Span<UInt8>, _ bounds: Range<Int>) -> Float? {
        TextNumber.float(bytes.extracting(bounds), decimalComma: decimalComma)
    }

    /// A time with an offset also says what the wall clock showed; told once for each change.
    private mutating func addOffset(
        _ offset: Int32, at time: Timestamp, beside index: Int,
        into sink: inout some SampleSink & ~Copyable
    ) {
        // Rows that go back in time are told again: the change may lie between them.
        if lastOffset == offset, time >= lastOffsetTime {
            lastOffsetTime = time
            return
        }
        guard let zone = try? streams.index(of: .zoneOffset, beside: index) else { return }
        lastOffset = offset
        lastOffsetTime = time
        let origin = Float(ZoneOrigin.file.rawValue)
        _ = streams.add([Float(offset), origin], zone, time, 0, 0, into: &sink)
    }

    private mutating func count(_ problem: RowProblem, at position: ReadPosition) {
        func add(_ code: ReadIssueCode, _ found: String, _ expected: String) {
            tally.count(code, at: position, found: found, expected: expected, samplesLost: 1)
        }
        switch problem {
        case .time:
            add(.invalidValue, "a time in another form", "a time such as 2026-01-02T03:04:05Z")
        case .zoneless:
            add(
                .unanchoredTime, "a time without a zone",
                "a time that ends in Z or in an offset such as +02:00")
        case .timeRange:
            add(.invalidValue, "a time out of range", "a year from 1678 to 2261")
        case .duration:
            add(
                .invalidValue, "a duration in another form",
                "seconds from 0 on with up to nine decimals, or nothing")
        case .value:
            add(.invalidValue, "a value that is no number", "a decimal number")
        case .columns:
            add(.invalidValue, "a missing value", "a value for each column of the quantity")
        case .extraValue:
            add(.invalidValue, "more values", "as many values as the quantity has columns")
        case .quality:
            add(.invalidValue, "a quality in another form", "a whole number from 0 to 255")
        case .implausible:
            add(.implausibleValue, "a value out of range", "a value the quantity can have")
        case .stream(let problem):
            add(problem.code, problem.found, problem.expected)
        }
    }
}

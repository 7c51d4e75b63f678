// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// One row of a table of Samsung Health.
struct SamsungRow {
    let columns: [SamsungColumn: Int]
    let fields: [CSVField]
    let position: ReadPosition

    func deliver(
        _ row: Span<UInt8>, _ type: SamsungType, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        switch type.shape {
        case .stepTrend: try addTrend(row, &output, into: &sink)
        case .timed: try addTimed(row, type, &output, into: &sink)
        case .night: try addStage(.inBed, row, &output, into: &sink)
        case .stages: try addStages(row, &output, into: &sink)
        case .exercise: try addExercise(row, &output, into: &sink)
        case .elsewhere:
            output.count(
                .ignored, at: position, found: "a row whose values are in a file of their own",
                expected: "that file, which is read by itself", samplesLost: 0)
        case .unread: break
        }
    }

    // MARK: Cells

    private func bounds(_ column: SamsungColumn) -> Range<Int>? {
        guard let index = columns[column], fields.indices.contains(index),
            !fields[index].isEmpty
        else { return nil }
        return fields[index].start..<fields[index].end
    }

    /// A number; `nil` if the cell is empty or none.
    private func number(_ column: SamsungColumn, _ row: Span<UInt8>) -> Float? {
        guard let range = bounds(column), let value = DecimalNumber.parse(row, range),
            abs(value) <= 1e30
        else { return nil }
        return Float(value)
    }

    private func integer(_ column: SamsungColumn, _ row: Span<UInt8>) -> Int64? {
        guard let range = bounds(column), let value = DecimalNumber.parse(row, range) else {
            return nil
        }
        return Int64(exactly: value)
    }

    /// The row's offset, such as `UTC+0200`.
    private func offset(_ row: Span<UInt8>) -> Int32? {
        guard var range = bounds(.offset) else { return nil }
        let cell = row.extracting(range)
        if cell.count > 3, cell[0] == UInt8(ascii: "U") {
            range = range.lowerBound + 3..<range.upperBound
        }
        return TextTime.offset(row.extracting(range)).flatMap {
            CloudTime.offset(seconds: Int64($0))
        }
    }

    /// The instant of a local time with the row's offset, or of milliseconds.
    private func instant(
        _ column: SamsungColumn, _ row: Span<UInt8>, _ output: inout SampleOutput
    ) -> Timestamp? {
        guard let range = bounds(column) else {
            output.countInvalidTime(position)
            return nil
        }
        let cell = row.extracting(range)
        if let milliseconds = TextNumber.integer(cell) {
            guard let instant = CloudTime.instant(milliseconds: milliseconds) else {
                output.countRange(position)
                return nil
            }
            return instant
        }
        guard var time = TextTime(cell), time.hasTimeOfDay else {
            output.countInvalidTime(position)
            return nil
        }
        // Damaged rows have a year such as 1001.
        guard time.wallSeconds >= 0 else {
            output.countRange(position)
            return nil
        }
        if time.offsetSeconds == nil { time.offsetSeconds = offset(row) }
        return output.instant(time, position: position)
    }

    /// Start and length; a row without an end, or one that ends as it starts, is a moment.
    private func span(
        _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> (start: Timestamp, duration: Int64)? {
        guard let start = instant(.start, row, &output) else { return nil }
        if let offset = offset(row) {
            try output.addOffset(offset, at: start, position: position, into: &sink)
        }
        guard bounds(.end) != nil else { return (start, 0) }
        guard let end = instant(.end, row, &output) else { return nil }
        if end == start { return (start, 0) }
        guard let duration = CloudTime.duration(start, end) else {
            output.countInvalidTime(position)
            return nil
        }
        return (start, duration)
    }

    private func device(_ row: Span<UInt8>, _ output: inout SampleOutput) -> Int {
        guard let range = bounds(.device) else { return SampleOutput.defaultDevice }
        return output.device(
            SourceDevice(
                vendor: "Samsung", model: "", unit: NameHash.of(range.map { row[$0] })))
    }

    // MARK: Rows

    private func addTimed(
        _ row: Span<UInt8>, _ type: SamsungType, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let span = try span(row, &output, into: &sink) else { return }
        guard bounds(type.column) != nil else { return output.countSentinel(position) }
        guard let value = number(type.column, row) else {
            return output.countInvalidValue(position)
        }
        guard value > type.floor else { return output.countSentinel(position) }
        // A row with a file of its own is the mean of what is in that file.
        let isMean = bounds(.binning) != nil && span.duration > 0
        try output.add(
            value, type.quantity, isMean ? .derived : type.derivation,
            device: device(row, &output), at: span.start, duration: span.duration,
            position: position, into: &sink)
    }

    private func addStage(
        _ stage: SleepStage, _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let span = try span(row, &output, into: &sink) else { return }
        guard span.duration > 0 else { return output.countInvalidTime(position) }
        try output.add(
            Float(stage.rawValue), .sleepStage, .derived, device: device(row, &output),
            at: span.start, duration: span.duration, position: position, into: &sink)
    }

    private func addStages(
        _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let stages: [Int64: SleepStage] = [
            40_001: .wake, 40_002: .light, 40_003: .deep, 40_004: .rem,
        ]
        guard let code = integer(.stage, row), let stage = stages[code] else {
            output.count(
                .unknownElement, at: position, found: "an unknown sleep stage",
                expected: "40001 awake, 40002 light, 40003 deep or 40004 REM")
            return
        }
        try addStage(stage, row, &output, into: &sink)
    }

    /// The total of all sources (`source_type` -2); the rows of single sources are part of it.
    private func addTrend(
        _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard integer(.source, row) == -2 else {
            output.count(
                .duplicate, at: position, found: "a day's steps from one source",
                expected: "the day's total of all sources")
            return
        }
        guard let milliseconds = integer(.day, row),
            let midnight = CloudTime.instant(milliseconds: milliseconds)
        else { return output.countInvalidTime(position) }
        // Midnight in UTC stands for the date, whatever zone the day was spent in.
        let date = TextTime(dateOf: midnight.seconds)
        guard let day = output.days(from: date, position: position) else { return }
        let values: [(SamsungColumn, Quantity)] = [(.count, .steps), (.distance, .distance)]
        for (column, quantity) in values where bounds(column) != nil {
            guard let value = number(column, row) else {
                output.countInvalidValue(position)
                continue
            }
            try output.add(
                value, quantity, .derived, at: day.start, duration: day.duration,
                position: position, into: &sink)
        }
    }

    private func addExercise(
        _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard var span = try span(row, &output, into: &sink) else { return }
        if span.duration == 0, let milliseconds = integer(.duration, row),
            (1...691_200_000).contains(milliseconds)
        {
            span.duration = milliseconds * 1_000_000
        }
        let values = [0, number(.energy, row) ?? 0, number(.distance, row) ?? 0]
        try output.add(
            values: values, .workout, device: device(row, &output), at: span.start,
            duration: span.duration, position: position, into: &sink)
    }
}

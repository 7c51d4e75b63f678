// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Turns the lines of an export into samples: first the header, then one row an epoch.
struct ActivityTable: LineBody {
    private enum State: Sendable { case first, header, names, rows }

    private var state = State.first
    private var header: ActivityHeader?
    private var layout: ActivityLayout?
    /// Names of columns that stand in several rows above each other.
    private var stacked: [String] = []
    private var stackedRows = 0
    private var splitter: CSVFieldSplitter
    private var isDelimiterKnown = false
    private var order: ActivityDate.Order?
    private var anchor: (wall: Int64, instant: Timestamp)?
    private var lastTime: Timestamp?
    /// Rows before this one, for files whose rows have no times.
    private var slot: Int64 = 0
    private var headerRowsRead = 0
    private var blanks = 0
    private var output: SampleOutput
    private var devices: [Int] = [0, 0, 0, 0]
    private let limits: ReadLimits

    private static let stackedLimit = 16
    private static let labelBytes = 512
    /// Lines above the table. Actiware writes a few for each night of a recording.
    private static let headerRows = 2048

    init(limits: ReadLimits, zone: ZoneTimeline) {
        self.limits = limits
        splitter = CSVFieldSplitter(delimiter: UInt8(ascii: ","), limit: max(1, limits.attributes))
        output = SampleOutput(
            file: .activityCounts, device: SourceDevice(vendor: "", model: ""), limits: limits,
            zone: zone)
    }

    // MARK: Lines

    mutating func take(
        _ line: Span<UInt8>, at position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if state == .first { return try takeFirst(line, position) }
        chooseDelimiter(line)
        let isWhole = splitter.split(line, from: 0) == .complete && !splitter.isOverfull
        splitter.isOpen = false
        guard isWhole else {
            if state == .rows { countRow(.invalidValue, position) }
            return
        }
        if splitter.fields.allSatisfy(\.isEmpty) {
            if state == .rows { blanks += 1 }
            return
        }
        switch state {
        case .rows: try takeRow(line, position, into: &sink)
        case .names: try takeNames(line, position, into: &sink)
        default: try takeHeader(line, position, into: &sink)
        }
    }

    mutating func takeTooLong(
        at position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard state != .first else { throw Self.unknown(position) }
        output.count(
            .limitExceeded, at: position, found: "a longer line",
            expected: "at most \(limits.recordBytes) bytes, the limit recordBytes",
            samplesLost: state == .rows ? lostOfRow : 0)
        if state == .rows { slot += 1 }
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
        if state == .first {
            throw ReadError(
                .truncated, at: place, found: "an empty file", expected: "a line with the program")
        }
        if state != .rows {
            output.count(
                .truncated, at: place, found: "no table of epochs", expected: "one row an epoch",
                samplesLost: 0)
        }
        output.finish(into: &sink)
    }

    /// Samples that a row has, if it is not known better.
    private var lostOfRow: Int { max(1, layout?.valueCount ?? 1) }

    private mutating func countRow(_ code: ReadIssueCode, _ position: ReadPosition) {
        output.count(
            code, at: position, found: "a row in another form",
            expected: "a value for each column", samplesLost: lostOfRow)
        slot += 1
    }

    private static func unknown(_ position: ReadPosition) -> ReadError {
        ReadError(
            .unsupported, at: position, found: "another first line",
            expected: "the name of ActiGraph, Actical or Actiware")
    }

    /// The first line that has a comma, a semicolon or a tab tells what stands between cells.
    private mutating func chooseDelimiter(_ line: Span<UInt8>) {
        guard !isDelimiterKnown else { return }
        var isQuoted = false
        for index in line.indices {
            let byte = line[index]
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard !isQuoted, [0x2C, 0x3B, 0x09].contains(byte) else { continue }
            splitter.delimiter = byte
            isDelimiterKnown = true
            return
        }
    }

    private func cells(_ line: Span<UInt8>) -> [String] {
        splitter.fields.map { field in
            var bytes: [UInt8] = []
            for index in field.start..<min(field.end, field.start + Self.labelBytes) {
                bytes.append(line[index])
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    // MARK: The header

    private mutating func takeFirst(
        _ line: Span<UInt8>, _ position: ReadPosition
    ) throws(ReadError) {
        var bytes: [UInt8] = []
        for index in 0..<min(line.count, Self.labelBytes) { bytes.append(line[index]) }
        guard let header = ActivityHeader(first: String(decoding: bytes, as: UTF8.self)) else {
            throw Self.unknown(position)
        }
        self.header = header
        state = .header
        chooseDelimiter(line)
    }

    private mutating func takeHeader(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        headerRowsRead += 1
        guard headerRowsRead <= Self.headerRows else {
            output.count(
                .limitExceeded, at: position, found: "no table in the first lines",
                expected: "at most \(Self.headerRows) lines above it, the limit headerRows",
                samplesLost: 0)
            state = .rows
            return
        }
        let cells = cells(line)
        let first = cells[0].lowercased()
        switch header?.variant {
        case .actiGraph where first.hasPrefix("-----"): state = .names
        case .actical where stackedRows > 0 || first.hasPrefix("epoch#"):
            try takeStacked(cells, line, position, into: &sink)
        case .actiwatch:
            if let layout = ActivityLayout(names: cells, .actiwatch) {
                begin(layout, position)
            } else {
                header?.take(cells)
            }
        default: header?.take(cells)
        }
    }

    /// Actical writes the names of its columns over several rows.
    private mutating func takeStacked(
        _ cells: [String], _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if stackedRows == 0 { stacked = Array(repeating: "", count: cells.count) }
        if Int64(cells[0]) == nil, stackedRows < Self.stackedLimit {
            for (index, cell) in cells.enumerated() where stacked.indices.contains(index) {
                stacked[index] += " " + cell
            }
            stackedRows += 1
            return
        }
        begin(ActivityLayout(names: stacked, .actical), position)
        try takeRow(line, position, into: &sink)
    }

    /// The row behind ActiGraph's header: names, or already an epoch.
    private mutating func takeNames(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let cells = cells(line)
        guard let byte = cells[0].utf8.first, TextNumber.isDigit(byte) else {
            return begin(ActivityLayout(names: cells, .actiGraph), position)
        }
        let columns = (cells.lastIndex { !$0.isEmpty } ?? 0) + 1
        let isDated = columns > 2 && ActivityDate(Array(cells[0].utf8).span) != nil
        var layout = ActivityLayout(mode: header?.mode, columns: isDated ? columns - 2 : columns)
        if isDated { layout?.roles.insert(contentsOf: [.date, .time], at: 0) }
        begin(layout, position)
        try takeRow(line, position, into: &sink)
    }

    private mutating func begin(_ layout: ActivityLayout?, _ position: ReadPosition) {
        state = .rows
        guard let header else { return }
        if header.variant != .actiGraph {
            output.count(
                .ignored, at: ReadPosition(byte: 0, record: 1),
                found: "details of the person and of the vendor's analysis",
                expected: "a table of epochs", samplesLost: 0)
        }
        if header.isRaw {
            output.count(
                .unsupported, at: position, found: "raw acceleration as text",
                expected: "counts of epochs", samplesLost: 0)
            return
        }
        guard let layout else { return }
        let unknown = layout.roles.count { $0 == .unknown }
        if unknown > 0 {
            output.count(
                .unknownField, at: position, found: "a column this reader does not know",
                expected: "counts, steps, light, wear or marks", samplesLost: 0, times: unknown)
        }
        self.layout = layout
        let base = SourceDevice(vendor: header.vendor, model: header.model, unit: header.unit)
        for axis in devices.indices {
            var device = base
            if axis > 0 { device.model = String(header.model.prefix(34)) + "/axis\(axis)" }
            devices[axis] = output.device(device)
        }
    }

    // MARK: Rows

    private mutating func takeRow(
        _ line: Span<UInt8>, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let layout else {
            return output.count(
                .unsupported, at: position, found: "rows of unknown columns",
                expected: "names of columns, or a mode that tells them")
        }
        countBlanks(position, layout)
        guard splitter.fields.count >= layout.needed else {
            return countRow(.invalidValue, position)
        }
        setEpoch(line, layout)
        guard let epoch = header?.epochSeconds else {
            return output.count(
                .unsupported, at: position, found: "rows without a length of the epoch",
                expected: "the epoch's length in the header", samplesLost: lostOfRow)
        }
        guard
            let time = try time(
                line, layout, epoch: epoch, position: position, into: &sink)
        else { return }
        if let lastTime, time <= lastTime {
            return output.count(
                time == lastTime ? .duplicate : .timeBackwards, at: position,
                found: time == lastTime ? "the same epoch again" : "an epoch before the last one",
                expected: "epochs in order", samplesLost: lostOfRow)
        }
        lastTime = time
        let duration = epoch * 1_000_000_000
        for (column, role) in layout.roles.enumerated() where role.isValue {
            guard splitter.fields.indices.contains(column) else { continue }
            let field = splitter.fields[column]
            try takeValue(
                line.extracting(field.start..<field.end), role, time, duration, position,
                into: &sink)
        }
    }

    /// Where rows have no times, a blank line between them stands for one.
    private mutating func countBlanks(_ position: ReadPosition, _ layout: ActivityLayout) {
        if blanks > 0, !layout.hasTimes, slot > 0 {
            output.count(
                .damaged, at: position, found: "blank lines between rows",
                expected: "a row a line", samplesLost: blanks * lostOfRow, times: blanks)
            slot += Int64(blanks)
        }
        blanks = 0
    }

    /// Actical tells seconds and number of epochs in each row instead of the header.
    private mutating func setEpoch(_ line: Span<UInt8>, _ layout: ActivityLayout) {
        guard header?.epochSeconds == nil,
            let number = layout.roles.firstIndex(of: .epochNumber),
            let elapsed = layout.roles.firstIndex(of: .elapsed),
            let epochs = integer(line, number), let seconds = integer(line, elapsed),
            (0..<1_000_000_000).contains(epochs), seconds % (epochs + 1) == 0
        else { return }
        header?.setEpoch(seconds / (epochs + 1))
    }

    private func integer(_ line: Span<UInt8>, _ column: Int) -> Int64? {
        guard splitter.fields.indices.contains(column) else { return nil }
        let field = splitter.fields[column]
        return TextNumber.integer(line.extracting(field.start..<field.end))
    }

    // MARK: Values

    private mutating func takeValue(
        _ cell: Span<UInt8>, _ role: ActivityRole, _ time: Timestamp, _ duration: Int64,
        _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard cell.count > 0 else { return }
        if cell.count == 3, cell[0] | 0x20 == 0x6E, cell[1] | 0x20 == 0x61, cell[2] | 0x20 == 0x6E {
            return output.countSentinel(position)
        }
        guard let value = TextNumber.float(cell, decimalComma: true) else {
            return output.countInvalidValue(position)
        }
        var sample = value
        var (quantity, derivation) = (Quantity.activityCount, Derivation.measured)
        var device = devices[0]
        var length = duration
        switch role {
        case .counts(let axis): device = devices[axis]
        case .steps: quantity = .steps
        case .heartRate:
            guard value != 0 else { return output.countSentinel(position) }
            quantity = .heartRate
        case .light: quantity = .light
        case .offWrist:
            guard value == 0 || value == 1 else { return output.countInvalidValue(position) }
            (quantity, sample) = (.wear, 1 - value)
        case .marker:
            guard value != 0 else { return }
            (quantity, sample, length) = (.event, EventKind.marker.value, 0)
        case .sleepWake:
            guard value == 0 || value == 1 else { return output.countInvalidValue(position) }
            let stage = value == 0 ? SleepStage.asleep : .wake
            (quantity, derivation, sample) = (.sleepStage, .derived, Float(stage.rawValue))
        default: return
        }
        try output.add(
            sample, quantity, derivation, device: device, at: time, duration: length,
            position: position, into: &sink)
    }

    // MARK: Times

    private mutating func time(
        _ line: Span<UInt8>, _ layout: ActivityLayout, epoch: Int64, position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Timestamp? {
        if let column = layout.roles.firstIndex(of: .timestamp) {
            return try stamp(line, column, position, into: &sink)
        }
        let wall: Int64?
        if layout.hasTimes {
            wall = rowWall(line, layout, position)
        } else {
            let start = startWall(position)
            wall = start.map { $0 &+ slot &* epoch }
            slot += 1
            if start == nil { return countNoStart(position) }
        }
        guard let wall else {
            output.count(
                .invalidValue, at: position, found: "a time in another form",
                expected: "a date and a time of day", samplesLost: lostOfRow)
            return nil
        }
        return try instant(wall, position, into: &sink)
    }

    private mutating func countNoStart(_ position: ReadPosition) -> Timestamp? {
        output.count(
            .unanchoredTime, at: position, found: "rows without times and no start",
            expected: "start date and start time in the header", samplesLost: lostOfRow)
        return nil
    }

    /// A time with or without a zone in one cell.
    private mutating func stamp(
        _ line: Span<UInt8>, _ column: Int, _ position: ReadPosition,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Timestamp? {
        let field = splitter.fields[column]
        guard let text = TextTime(line.extracting(field.start..<field.end)), text.hasTimeOfDay
        else {
            output.count(
                .invalidValue, at: position, found: "a time in another form",
                expected: "a time such as 2026-01-02T03:04:05Z", samplesLost: lostOfRow)
            return nil
        }
        guard let offset = text.offsetSeconds else {
            return try instant(text.wallSeconds, position, into: &sink)
        }
        guard let time = text.instant(offset: offset) else {
            output.countRange(position)
            return nil
        }
        if !text.isZulu {
            try output.addOffset(offset, at: time, position: position, into: &sink)
        }
        return time
    }

    private mutating func rowWall(
        _ line: Span<UInt8>, _ layout: ActivityLayout, _ position: ReadPosition
    ) -> Int64? {
        guard let dateColumn = layout.roles.firstIndex(of: .date),
            let timeColumn = layout.roles.firstIndex(of: .time)
        else { return nil }
        let day = splitter.fields[dateColumn]
        let clock = splitter.fields[timeColumn]
        guard let date = ActivityDate(line.extracting(day.start..<day.end)),
            let seconds = ActivityDate.secondsOfDay(line.extracting(clock.start..<clock.end))
        else { return nil }
        return wall(date, seconds, position)
    }

    private mutating func startWall(_ position: ReadPosition) -> Int64? {
        guard let date = header?.startDate, let seconds = header?.startSecond else { return nil }
        return wall(date, seconds, position)
    }

    /// Seconds on the wall clock; the order of day and month is settled with the first row.
    private mutating func wall(
        _ date: ActivityDate, _ seconds: Int64, _ position: ReadPosition
    ) -> Int64? {
        if order == nil, let header {
            var evidence = header.order
            evidence.see(date)
            order = evidence.told ?? header.defaultOrder
            if evidence.told == nil, case .open = date {
                output.count(
                    .unanchoredTime, at: position,
                    found: "dates that do not tell whether day or month comes first",
                    expected: "a day above 12 or dates near each other", samplesLost: 0)
            }
        }
        return date.date(order ?? .monthFirst).map { $0.dayNumber * 86_400 + seconds }
    }

    /// The recorder's clock runs on through changes of the wall clock, so only the first time is
    /// looked up; the others follow by what has passed.
    private mutating func instant(
        _ wall: Int64, _ position: ReadPosition, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) -> Timestamp? {
        if let anchor {
            return anchor.instant.advanced(bySeconds: wall - anchor.wall)
        }
        let text = TextTime(wallClockSeconds: wall)
        let first: Timestamp?
        if let offset = header?.offset {
            first = text.instant(offset: offset)
            if let first {
                try output.addOffset(offset, at: first, position: position, into: &sink)
            } else {
                output.countRange(position)
            }
        } else {
            first = output.instant(text, position: position)
        }
        if let first { anchor = (wall, first) }
        return first
    }
}

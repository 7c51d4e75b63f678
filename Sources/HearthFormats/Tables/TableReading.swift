// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// What knows the columns of one vendor's tables.
protocol TableBody: Sendable {
    /// What a header row must be, for the refusal of others.
    static var expected: String { get }
    /// Whether rows may have fewer or more fields than the header row.
    static var takesRaggedRows: Bool { get }
    var output: GatheredOutput { get set }

    /// Looks at the header row; false if it is none of the vendor's.
    mutating func begin(_ header: TableHeader) -> Bool
    mutating func take(_ row: TableRow) throws(ReadError)
    /// No rows follow.
    mutating func end() throws(ReadError)
}

extension TableBody {
    static var takesRaggedRows: Bool { false }
    mutating func end() throws(ReadError) {}

    /// The number in a cell; `nil` if there is none, or if it was counted.
    mutating func value(_ row: TableRow, _ column: Int?) -> Float? {
        switch row.number(column) {
        case .none: return nil
        case .value(let value): return value
        case .sentinel: output.countSentinel(row.position)
        case .wrong: output.countInvalidValue(row.position)
        }
        return nil
    }

    /// Adds what a cell holds, if it holds something.
    mutating func add(
        _ row: TableRow, _ column: Int?, _ quantity: Quantity, _ derivation: Derivation = .derived,
        at time: Timestamp, duration: Int64 = 0
    ) throws(ReadError) {
        guard let value = value(row, column) else { return }
        try output.add(
            value, quantity, derivation, at: time, duration: duration, position: row.position)
    }

    /// As ``add(_:_:_:_:at:duration:)``; 0 is the vendor's mark for no value.
    mutating func addPositive(
        _ row: TableRow, _ column: Int?, _ quantity: Quantity, _ derivation: Derivation = .derived,
        at time: Timestamp, duration: Int64 = 0
    ) throws(ReadError) {
        guard let value = value(row, column) else { return }
        guard value > 0 else {
            output.countSentinel(row.position)
            return
        }
        try output.add(
            value, quantity, derivation, at: time, duration: duration, position: row.position)
    }
}

/// Cuts a table that arrives in any pieces into its header row and rows for a ``TableBody``.
struct TableReading<Body: TableBody>: Sendable {
    private var body: Body
    private let limits: ReadLimits
    private var header: [UInt8] = []
    private var headerStart: Int64 = 0
    private var columns = 0
    private var isInRows = false
    private var hasEnded = false
    private var scanner: CSVScanner
    /// First byte behind the header row.
    private var base: Int64 = 0
    private var bytesRead: Int64 = 0
    private var row = TableRow()

    /// Bytes read before gathered blocks are handed on.
    private static var sliceBytes: Int { 1 << 20 }

    init(_ body: Body, limits: ReadLimits) {
        self.body = body
        self.limits = limits
        self.scanner = CSVScanner(limits: limits)
    }

    mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard !hasEnded else { return }
        var start = 0
        do throws(ReadError) {
            while start < bytes.count {
                let end = min(bytes.count, start + Self.sliceBytes)
                try take(bytes.extracting(start..<end))
                body.output.drain(into: &sink)
                start = end
            }
        } catch {
            conclude(into: &sink)
            throw error
        }
    }

    mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        guard !hasEnded else { return }
        do throws(ReadError) {
            if !isInRows {
                guard !header.isEmpty else {
                    throw ReadError(
                        .truncated, at: ReadPosition(byte: bytesRead), found: "an empty file",
                        expected: Body.expected)
                }
                try beginRows()
            }
            let nothing: [UInt8] = []
            try takeRows(nothing.span, isLast: true)
            try body.end()
        } catch {
            conclude(into: &sink)
            throw error
        }
        conclude(into: &sink)
    }

    private mutating func conclude(into sink: inout some SampleSink & ~Copyable) {
        hasEnded = true
        body.output.finish(into: &sink)
    }

    private mutating func take(_ bytes: Span<UInt8>) throws(ReadError) {
        let before = bytesRead
        bytesRead += Int64(bytes.count)
        guard bytesRead <= limits.recordingBytes else {
            throw ReadError(
                .limitExceeded, at: ReadPosition(byte: limits.recordingBytes),
                found: "a longer recording", expected: "at most the limit recordingBytes")
        }
        var index = 0
        if !isInRows {
            guard try gatherHeader(bytes, &index, before) else { return }
            base = before + Int64(index)
            try beginRows()
        }
        try takeRows(bytes.extracting(index..<bytes.count), isLast: false)
    }

    /// True once the line break behind the header row was taken.
    private mutating func gatherHeader(
        _ bytes: Span<UInt8>, _ index: inout Int, _ before: Int64
    ) throws(ReadError) -> Bool {
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if header.isEmpty {
                if FitbitReader.isBeforeText(byte) { continue }
                headerStart = before + Int64(index - 1)
            } else if byte == UInt8(ascii: "\n") {
                return true
            }
            guard header.count < limits.recordBytes else {
                throw ReadError(
                    .limitExceeded, at: ReadPosition(byte: headerStart, record: 1),
                    found: "a longer header row", expected: "at most the limit recordBytes")
            }
            header.append(byte)
        }
        return false
    }

    private mutating func beginRows() throws(ReadError) {
        isInRows = true
        let found = TableHeader(line: header.span, limits: limits)
        guard let found, body.begin(found) else {
            throw ReadError(
                .unsupported, at: ReadPosition(byte: headerStart, record: 1),
                found: "a first row that is no known header", expected: Body.expected)
        }
        columns = found.titles.count
        scanner.delimiter = found.delimiter
        row.hasDecimalComma = found.hasDecimalComma
        header = []
    }

    private mutating func takeRows(_ bytes: Span<UInt8>, isLast: Bool) throws(ReadError) {
        var index = 0
        while let outcome = scanner.next(bytes, &index, isLast: isLast) {
            row.position = ReadPosition(
                byte: base + scanner.position.byte, record: scanner.position.record + 1)
            if let fault = outcome.fault(limits) {
                body.output.count(
                    fault.code, at: row.position, found: fault.found, expected: fault.expected)
                continue
            }
            row.fields = scanner.fields
            if row.fields.count == 1, row.fields[0].isEmpty { continue }
            guard row.fields.count == columns || Body.takesRaggedRows else {
                body.output.count(
                    .damaged, at: row.position, found: "a row with another number of fields",
                    expected: "as many fields as the header row")
                continue
            }
            if scanner.isHeld {
                row.bytes = scanner.held
            } else {
                row.bytes.removeAll(keepingCapacity: true)
                XMLByteSearch.append(bytes, scanner.range, to: &row.bytes)
            }
            try body.take(row)
        }
    }
}

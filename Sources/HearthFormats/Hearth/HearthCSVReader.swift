// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads Hearth's own CSV: one sample a row, columns named by the header row, in any order.
///
/// Format: `docs/formats/hearth-csv.md`. The least a file needs is `time,quantity,value`. An export's
/// tables of corrections and of tags, which have headers of their own, are read too.
public struct HearthCSVReader: RecordingReader, ~Copyable {
    private var scanner: CSVScanner
    private var assembler: HearthAssembler
    private var header: Header?
    /// Set where the header is that of corrections or tags.
    private var statements: (fields: [DayStatementRows.Field], rows: DayStatementRows)?
    private var tally: IssueTally
    private var row = HearthRow()
    private var unescaped: [UInt8] = []
    private var meter: ByteMeter
    private let limits: ReadLimits

    /// Which column holds which field.
    private struct Header: Sendable {
        var columns: [(field: HearthField, column: Int)]
        var count: Int
    }

    /// - Parameter isLive: whether blocks are runs of one stream in the order of arrival.
    public init(limits: ReadLimits = .standard, isLive: Bool = false) {
        self.scanner = CSVScanner(limits: limits)
        self.assembler = HearthAssembler(
            kind: .hearthCSV, guardsFormulas: true, limits: limits, isLive: isLive)
        self.tally = IssueTally(limits: limits)
        self.limits = limits
        self.meter = ByteMeter(limits: limits)
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
        if statements != nil { return tally.flush(into: &sink) }
        if header == nil {
            throw ReadError(
                .truncated, at: ReadPosition(byte: 0), found: "no rows",
                expected: "a header row with time, quantity and value")
        }
        assembler.finish(into: &sink)
    }

    /// Hands on what was gathered so far.
    public mutating func flush(into sink: inout some SampleSink & ~Copyable) {
        assembler.finish(into: &sink)
    }

    private mutating func take(
        _ bytes: Span<UInt8>, isLast: Bool, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var index = 0
        while let outcome = scanner.next(bytes, &index, isLast: isLast) {
            if scanner.isHeld {
                let held = scanner.held
                try take(outcome, held.span, into: &sink)
            } else {
                try take(outcome, bytes.extracting(scanner.range), into: &sink)
            }
        }
    }

    private mutating func take(
        _ outcome: CSVScanner.Outcome, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        if statements != nil { return try takeStatement(outcome, bytes, into: &sink) }
        guard let header else {
            if case .row = outcome,
                let fields = DayStatementRows.header(
                    bytes.extracting(Self.markBytes(bytes)..<bytes.count))
            {
                statements = (fields, DayStatementRows())
            } else {
                self.header = try readHeader(outcome, bytes)
            }
            return
        }
        if case .row = outcome { return try takeRow(bytes, header, into: &sink) }
        guard let fault = outcome.fault(limits) else { return }
        assembler.count(
            fault.code, at: scanner.position, found: fault.found, expected: fault.expected)
    }

    private mutating func takeStatement(
        _ outcome: CSVScanner.Outcome, _ bytes: Span<UInt8>,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let fields = statements?.fields else { return }
        guard case .row = outcome else {
            if let fault = outcome.fault(limits) {
                tally.count(
                    fault.code, at: scanner.position, found: fault.found, expected: fault.expected)
            }
            return
        }
        if scanner.fields.count == 1, scanner.fields[0].isEmpty { return }
        var row: DayStatementRows.Row = [:]
        // A row of another length leaves fields out, or tells one twice, and is then none.
        for (field, found) in zip(fields, scanner.fields) where scanner.fields.count == fields.count
        {
            var text: [UInt8] = []
            var index = found.start
            while index < found.end {
                text.append(bytes[index])
                let isEscape = found.hasEscapes && bytes[index] == UInt8(ascii: "\"")
                index += isEscape ? 2 : 1
            }
            row[field] = FormulaGuard.removed(text)
        }
        try statements?.rows.take(row, at: scanner.position, &tally, into: &sink)
    }

    @inline(__always)
    private mutating func takeRow(
        _ bytes: Span<UInt8>, _ header: borrowing Header,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let count = scanner.fields.count
        if count == 1, scanner.fields[0].isEmpty { return }
        guard count == header.count else {
            assembler.count(
                .damaged, at: scanner.position, found: "a row with another number of fields",
                expected: "as many fields as the header row")
            return
        }
        var hasEscapes = false
        for (field, column) in header.columns {
            let found = scanner.fields[column]
            row[field] = found.start..<found.end
            hasEscapes = hasEscapes || found.hasEscapes
        }
        if hasEscapes {
            unescape(bytes, header)
            let copy = unescaped
            try assembler.add(copy.span, row, at: scanner.position, into: &sink)
        } else {
            try assembler.add(bytes, row, at: scanner.position, into: &sink)
        }
    }

    /// Copies the row's fields with `""` replaced by the quote it stands for.
    private mutating func unescape(_ bytes: Span<UInt8>, _ header: borrowing Header) {
        unescaped.removeAll(keepingCapacity: true)
        for (field, column) in header.columns {
            let found = scanner.fields[column]
            let start = unescaped.count
            var index = found.start
            while index < found.end {
                unescaped.append(bytes[index])
                let isEscape = found.hasEscapes && bytes[index] == UInt8(ascii: "\"")
                index += isEscape ? 2 : 1
            }
            row[field] = start..<unescaped.count
        }
    }

    private mutating func readHeader(
        _ outcome: CSVScanner.Outcome, _ bytes: Span<UInt8>
    ) throws(ReadError) -> Header {
        guard case .row = outcome else { throw noHeader }
        let start = Self.markBytes(bytes)
        let line = bytes.extracting(start..<bytes.count)
        if line.indices.contains(where: { line[$0] == UInt8(ascii: ";") }) {
            scanner.delimiter = UInt8(ascii: ";")
            assembler.decimalComma = true
        }
        var splitter = CSVFieldSplitter(delimiter: scanner.delimiter, limit: limits.attributes)
        guard splitter.split(line, from: 0) == .complete, !splitter.isOverfull else {
            throw noHeader
        }
        var header = Header(columns: [], count: splitter.fields.count)
        for (column, name) in splitter.fields.enumerated() {
            guard let field = HearthField(name: line.extracting(name.start..<name.end)) else {
                assembler.count(
                    .unknownField, at: scanner.position,
                    found: "a column this version does not know",
                    expected: "the columns of Hearth's CSV", samplesLost: 0)
                continue
            }
            guard !header.columns.contains(where: { $0.field == field }) else {
                throw ReadError(
                    .damaged, at: scanner.position, found: "a column twice in the header row",
                    expected: "each column once")
            }
            header.columns.append((field, column))
        }
        for needed in [HearthField.time, .quantity, .value] {
            guard header.columns.contains(where: { $0.field == needed }) else { throw noHeader }
        }
        return header
    }

    /// Bytes of a UTF-8 mark at the start.
    private static func markBytes(_ bytes: Span<UInt8>) -> Int {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return bytes.count >= 3 && mark.indices.allSatisfy { bytes[$0] == mark[$0] } ? 3 : 0
    }

    private var noHeader: ReadError {
        ReadError(
            .unsupported, at: scanner.position, found: "a first row that is not a header of ours",
            expected: "a header row with time, quantity and value")
    }
}

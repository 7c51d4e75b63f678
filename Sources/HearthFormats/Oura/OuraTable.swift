// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads a table of Oura's account export: each row becomes the JSON document that it stands for.
///
/// Columns are named like the members of the web service's documents; a cell holds a scalar or JSON.
struct OuraTable: CSVRows, Sendable {
    private static let delimiter = UInt8(ascii: ";")

    /// Where in the recording the table begins.
    var base: Int64 = 0
    var scanner: CSVScanner
    private var records: JSONRecords<OuraField, OuraCut>
    private var columns: [[UInt8]]?
    private var document: [UInt8] = []
    private let limits: ReadLimits

    init(limits: ReadLimits) {
        scanner = CSVScanner(delimiter: Self.delimiter, limits: limits)
        records = JSONRecords(OuraReader.shape, limits: limits)
        self.limits = limits
    }

    /// Whether the first row is the header of one of the tables.
    static func recognises(_ prefix: Span<UInt8>) -> Bool {
        var start = 0
        while start < prefix.count, FitbitReader.isBeforeText(prefix[start]) { start += 1 }
        var end = start
        while end < prefix.count, prefix[end] != UInt8(ascii: "\n") { end += 1 }
        var splitter = CSVFieldSplitter(
            delimiter: delimiter, limit: ReadLimits.standard.attributes)
        let line = prefix.extracting(start..<end)
        guard splitter.split(line, from: 0) == .complete else { return false }
        let names = Set(
            splitter.fields.map { field in
                String(decoding: (field.start..<field.end).map { line[$0] }, as: UTF8.self)
            })
        guard names.count > 1 else { return false }
        let known: [Set<String>] = [
            ["bedtime_start", "bedtime_end"], ["day", "spo2_percentage"], ["timestamp", "bpm"],
            ["timestamp", "skin_temp"], ["timestamp", "stress_value"], ["day", "contributors"],
            ["day", "temperature_deviation"], ["day", "active_calories"], ["day", "vo2_max"],
        ]
        return known.contains { $0.isSubset(of: names) }
    }

    mutating func take(
        _ outcome: CSVScanner.Outcome, _ row: Span<UInt8>, _ output: inout SampleOutput,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard case .row = outcome else {
            output.count(outcome, at: position, limits)
            return
        }
        guard let columns else {
            self.columns = scanner.fields.map { field in
                (field.start..<field.end).map { row[$0] }
            }
            return
        }
        let fields = scanner.fields
        if fields.count == 1, fields[0].isEmpty { return }
        guard fields.count == columns.count else {
            output.count(
                .damaged, at: position, found: "a row with another number of fields",
                expected: "as many fields as the header row")
            return
        }
        document.removeAll(keepingCapacity: true)
        document.append(UInt8(ascii: "{"))
        for (column, field) in zip(columns, fields) { append(column, row, field) }
        document.append(UInt8(ascii: "}"))
        try deliver(&output, into: &sink)
    }

    private mutating func deliver(
        _ output: inout SampleOutput, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        records.reset()
        let document = document
        var index = 0
        while let event = records.next(document.span, &index, base: 0) {
            switch event {
            case .record(nil):
                var record = records.record
                record.place(at: position)
                try OuraDocument(record: record).deliver(&output, into: &sink)
            case .record, .stray: break
            case .problem(let problem): output.count(problem, at: position, isInRecord: true)
            }
        }
    }

    /// Appends a member: JSON as it is, everything else as a text.
    private mutating func append(_ column: [UInt8], _ row: Span<UInt8>, _ field: CSVField) {
        if document.count > 1 { document.append(UInt8(ascii: ",")) }
        appendText(column)
        document.append(UInt8(ascii: ":"))
        var cell: [UInt8] = []
        var index = field.start
        while index < field.end {
            cell.append(row[index])
            let isDoubled = field.hasEscapes && row[index] == UInt8(ascii: "\"")
            index += isDoubled ? 2 : 1
        }
        if cell.isEmpty {
            document.append(contentsOf: Array("null".utf8))
        } else if cell[0] == UInt8(ascii: "{") || cell[0] == UInt8(ascii: "[") {
            document.append(contentsOf: cell)
        } else {
            appendText(cell)
        }
    }

    private mutating func appendText(_ text: [UInt8]) {
        document.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                document.append(UInt8(ascii: "\\"))
            }
            document.append(byte < 0x20 ? UInt8(ascii: " ") : byte)
        }
        document.append(UInt8(ascii: "\""))
    }
}

extension SampleOutput {
    /// Counts a row that could not be taken apart.
    mutating func count(
        _ outcome: CSVScanner.Outcome, at position: ReadPosition, _ limits: ReadLimits
    ) {
        guard let fault = outcome.fault(limits) else { return }
        count(fault.code, at: position, found: fault.found, expected: fault.expected)
    }
}

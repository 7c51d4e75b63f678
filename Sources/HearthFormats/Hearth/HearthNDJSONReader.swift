// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads Hearth's own NDJSON: one sample a line, an object with the keys of Hearth's CSV.
///
/// Format: `docs/formats/hearth-ndjson.md`. Also the form of live input. A line that cannot be read
/// costs itself only. An export's corrections and tags, whose first line tells them, are read too.
public struct HearthNDJSONReader: RecordingReader, ~Copyable {
    private var lines: LineScanner
    private var objects: HearthObjectReader
    private var assembler: HearthAssembler
    private var held: [UInt8] = []
    /// Told by the first line that is not blank.
    private var holdsStatements: Bool?
    private var statements = DayStatementRows()
    private var tally: IssueTally
    private var tokenizer: JSONTokenizer
    private var meter: ByteMeter
    private let limits: ReadLimits

    /// - Parameter isLive: whether blocks are runs of one stream in the order of arrival.
    public init(limits: ReadLimits = .standard, isLive: Bool = false) {
        self.lines = LineScanner(limit: max(1, limits.recordBytes))
        self.objects = HearthObjectReader(limits: limits)
        self.assembler = HearthAssembler(
            kind: .hearthNDJSON, guardsFormulas: false, limits: limits, isLive: isLive)
        self.tally = IssueTally(limits: limits)
        self.tokenizer = JSONTokenizer(limits: limits)
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
        if holdsStatements == true { return tally.flush(into: &sink) }
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
        while let line = lines.next(bytes, &index, isLast: isLast) {
            switch line {
            case .input(let range): try takeLine(bytes.extracting(range), into: &sink)
            case .held:
                lines.swapHeld(with: &held)
                let line = held
                try takeLine(line.span, into: &sink)
            case .tooLong:
                let expected = "at most \(limits.recordBytes) bytes"
                if holdsStatements == true {
                    tally.count(
                        .limitExceeded, at: lines.position, found: "a longer line",
                        expected: expected)
                } else {
                    assembler.count(
                        .limitExceeded, at: lines.position, found: "a longer line",
                        expected: expected)
                }
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    private mutating func takeLine(
        _ line: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        var start = 0
        let isFirst = lines.position.byte == 0
        if isFirst, line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF { start = 3 }
        var first = start
        while first < line.count, Self.isBlank(line[first]) { first += 1 }
        if first == line.count { return }
        let position = lines.position
        if holdsStatements != false {
            let row = DayStatementRows.object(line.extracting(start..<line.count), &tokenizer)
            if holdsStatements == nil { holdsStatements = row != nil }
            if holdsStatements == true {
                return try statements.take(row ?? [:], at: position, &tally, into: &sink)
            }
        }
        do throws(JSONProblem) {
            try objects.read(line.extracting(start..<line.count))
        } catch {
            assembler.count(error.code, at: position, found: error.found, expected: error.expected)
            return
        }
        if objects.unknownKeys > 0 {
            assembler.count(
                .unknownField, at: position, found: "a key this version does not know",
                expected: "the keys of Hearth's NDJSON", samplesLost: 0)
        }
        let copy = objects.bytes
        try assembler.add(copy.span, objects.row, at: position, into: &sink)
    }
}

/// Reads one object of Hearth's NDJSON into a row.
struct HearthObjectReader: Sendable {
    /// The texts of the fields, without quotes and escapes.
    private(set) var bytes: [UInt8] = []
    private(set) var row = HearthRow()
    private(set) var unknownKeys = 0
    private var tokenizer: JSONTokenizer
    private var seen: UInt32 = 0
    private var keys = 0
    private let maximumKeys: Int

    init(limits: ReadLimits) {
        self.tokenizer = JSONTokenizer(limits: limits)
        self.maximumKeys = limits.attributes
    }

    /// - Throws: if the line is not one object whose values have the right types.
    mutating func read(_ line: Span<UInt8>) throws(JSONProblem) {
        tokenizer.reset()
        bytes.removeAll(keepingCapacity: true)
        row.clear()
        unknownKeys = 0
        seen = 0
        keys = 0
        var index = 0
        guard try tokenizer.next(line, &index) == .beginObject else {
            throw wrong("a line that is no object", "one object a line")
        }
        while let token = try tokenizer.next(line, &index), token == .key {
            try readMember(line, &index)
        }
        guard tokenizer.isComplete else { throw cutOff }
        guard try tokenizer.next(line, &index) == nil else {
            throw wrong("a second value on the line", "one object a line")
        }
    }

    /// Reads the value behind the key just read.
    private mutating func readMember(
        _ line: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) {
        keys += 1
        guard keys <= maximumKeys else {
            throw JSONProblem(
                code: .limitExceeded, found: "more keys", expected: "at most \(maximumKeys) keys")
        }
        let name = tokenizer.text
        // Its length tells most others apart.
        let isList = name.count == 6 && name.elementsEqual("values".utf8)
        guard let field = isList ? HearthField.value : HearthField(name: name.span) else {
            unknownKeys += 1
            try skipValue(line, &index)
            return
        }
        var claimed: UInt32 = 1 << UInt32(field.rawValue)
        if isList { claimed |= 1 << HearthField.value2.rawValue | 1 << HearthField.value3.rawValue }
        guard seen & claimed == 0 else { throw wrong("a key twice in a line", "each key once") }
        seen |= claimed
        let token = try nextToken(line, &index)
        if token == .null { return }
        if isList {
            try readList(token, line, &index)
            return
        }
        guard token == (Self.isNumber(field) ? .number : .string) else {
            throw wrong("a value of another type", "the type of the key")
        }
        take(field)
    }

    private mutating func readList(
        _ opening: JSONToken, _ line: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) {
        guard opening == .beginArray else { throw wrong("a value of another type", "an array") }
        var left: [HearthField] = [.value3, .value2, .value]
        while true {
            let token = try nextToken(line, &index)
            if token == .endArray { return }
            guard token == .number, let field = left.popLast() else {
                throw wrong("other values", "one to three numbers")
            }
            take(field)
        }
    }

    private mutating func take(_ field: HearthField) {
        let start = bytes.count
        bytes.append(contentsOf: tokenizer.text)
        row[field] = start..<bytes.count
    }

    private mutating func skipValue(_ line: Span<UInt8>, _ index: inout Int) throws(JSONProblem) {
        let depth = tokenizer.depth
        repeat { _ = try nextToken(line, &index) } while tokenizer.depth > depth
    }

    /// The next token; the line is whole, so there must be one.
    private mutating func nextToken(
        _ line: Span<UInt8>, _ index: inout Int
    ) throws(JSONProblem) -> JSONToken {
        guard let token = try tokenizer.next(line, &index) else { throw cutOff }
        return token
    }

    private static func isNumber(_ field: HearthField) -> Bool {
        switch field {
        case .duration, .value, .value2, .value3, .quality: true
        default: false
        }
    }

    private var cutOff: JSONProblem {
        JSONProblem(
            code: .truncated, found: "the end of the line inside an object",
            expected: "one whole object a line")
    }

    private func wrong(_ found: String, _ expected: String) -> JSONProblem {
        JSONProblem(code: .damaged, found: found, expected: expected)
    }
}

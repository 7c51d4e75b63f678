// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// The rows of an export's `sleep-corrections`, `tags` and `settings`: what a person said, in place of
/// samples.
///
/// Format: `docs/formats/hearth-csv.md`. A row that cannot be used costs itself only. The tag of a whole
/// day gets the noon of UTC; whoever knows the wall clock sets it right.
struct DayStatementRows: Sendable {
    enum Field: String, Sendable, CaseIterable {
        case id, kind, start, end, made, note, label, day, time, setting, value

        init?(_ name: Span<UInt8>) {
            let found = Field.allCases.first { field in
                let text = field.rawValue.utf8
                return text.count == name.count
                    && zip(text, name.indices).allSatisfy { $0 == name[$1] }
            }
            guard let found else { return nil }
            self = found
        }
    }

    typealias Row = [Field: [UInt8]]

    /// More in one file is no diary but a mistake.
    static let mostRows = 100_000
    private static let sleepFields: Set<Field> = [.id, .kind, .start, .end, .made]
    private static let tagFields: Set<Field> = [.id, .label, .day, .made]
    private static let settingFields: Set<Field> = [.setting, .value]

    private var taken = 0

    /// Whether these are the fields of one of the tables, and of nothing else.
    static func recognises(_ fields: [Field]) -> Bool {
        let all = Set(fields)
        guard all.count == fields.count else { return false }
        return (all.isSuperset(of: sleepFields) && all.isSubset(of: sleepFields.union([.note])))
            || (all.isSuperset(of: tagFields) && all.isSubset(of: tagFields.union([.time])))
            || all == settingFields
    }

    /// The fields of a header row, if it is one of ours.
    static func header(_ line: Span<UInt8>) -> [Field]? {
        var splitter = CSVFieldSplitter(delimiter: UInt8(ascii: ","), limit: Field.allCases.count)
        guard splitter.split(line, from: 0) == .complete, !splitter.isOverfull else { return nil }
        var fields: [Field] = []
        for found in splitter.fields {
            guard let field = Field(line.extracting(found.start..<found.end)) else { return nil }
            fields.append(field)
        }
        return recognises(fields) ? fields : nil
    }

    /// Takes a row and hands on what it says.
    ///
    /// - Throws: if there are more rows than ``mostRows``.
    mutating func take(
        _ row: Row, at position: ReadPosition, _ tally: inout IssueTally,
        into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let statement = Self.statement(row), statement.isSound else {
            tally.count(
                .damaged, at: position, found: "a row that is no correction, tag or setting",
                expected: "the fields of Hearth's export", samplesLost: 0)
            return
        }
        taken += 1
        guard taken <= Self.mostRows else {
            throw ReadError(
                .limitExceeded, at: position, found: "a further row",
                expected: "at most \(Self.mostRows) corrections or tags")
        }
        sink.accept(statement)
    }

    private static func statement(_ row: Row) -> DayStatement? {
        if let name = text(row[.setting]) {
            guard let key = PersonSettings.Key(name: name), let value = number(row[.value]) else {
                return nil
            }
            return .setting(key, Int(value))
        }
        guard let id = number(row[.id]), let made = instant(row[.made]) else { return nil }
        if let label = text(row[.label]) {
            guard let day = row[.day].flatMap({ LocalDate(String(decoding: $0, as: UTF8.self)) })
            else { return nil }
            let isWholeDay = (row[.time] ?? []).isEmpty
            let noon = Timestamp(seconds: day.dayNumber * 86_400 + 43_200)
            guard let time = isWholeDay ? noon : instant(row[.time]) else { return nil }
            return .tag(
                DayTag(
                    id: CorrectionID(rawValue: id), label: label, day: day, time: time,
                    isWholeDay: isWholeDay, made: made))
        }
        let name = text(row[.kind])
        guard let kind = SleepCorrection.Kind.allCases.first(where: { $0.name == name }),
            let start = instant(row[.start]), let end = instant(row[.end]), start < end
        else { return nil }
        if let note = row[.note], !note.isEmpty, text(note) == nil { return nil }
        return .sleep(
            SleepCorrection(
                id: CorrectionID(rawValue: id), kind: kind, start: start, end: end, made: made,
                note: text(row[.note])))
    }

    private static func number(_ bytes: [UInt8]?) -> UInt32? {
        bytes.flatMap { TextNumber.integer($0.span) }.flatMap { UInt32(exactly: $0) }
    }

    private static func instant(_ bytes: [UInt8]?) -> Timestamp? {
        guard let bytes, let time = TextTime(bytes.span), let offset = time.offsetSeconds else {
            return nil
        }
        return time.instant(offset: offset)
    }

    /// `nil` for what is empty or no UTF-8.
    private static func text(_ bytes: [UInt8]?) -> String? {
        guard let bytes, !bytes.isEmpty else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension DayStatementRows {
    /// A line of the NDJSON form: one object of texts and a number; `nil` if it is something else.
    static func object(_ line: Span<UInt8>, _ tokenizer: inout JSONTokenizer) -> Row? {
        do throws(JSONProblem) { return try row(line, &tokenizer) } catch { return nil }
    }

    private static func row(
        _ line: Span<UInt8>, _ tokenizer: inout JSONTokenizer
    ) throws(JSONProblem) -> Row? {
        tokenizer.reset()
        var index = 0
        var row: Row = [:]
        guard try tokenizer.next(line, &index) == .beginObject else { return nil }
        while let token = try tokenizer.next(line, &index), token == .key {
            guard let field = Field(tokenizer.text.span), row[field] == nil,
                let value = try tokenizer.next(line, &index),
                value == ([.id, .value].contains(field) ? .number : .string)
            else { return nil }
            row[field] = tokenizer.text
        }
        guard tokenizer.isComplete, try tokenizer.next(line, &index) == nil else { return nil }
        return recognises(Array(row.keys)) ? row : nil
    }
}

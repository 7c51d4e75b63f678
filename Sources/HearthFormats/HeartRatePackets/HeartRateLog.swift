// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Finds time and packet in the lines of a log, in any of the forms of
/// `docs/formats/heart-rate-packets.md`.
struct HeartRateLog: Sendable {
    enum Line {
        /// The packet's bytes are in ``HeartRateLog/bytes``.
        case packet(HeartRateTime)
        /// Blank, a header row, a comment or a line of an app's log about something else.
        case nothing
        /// A date that times of day refer to.
        case date(LocalDate)
        case badTime
        case badBytes
        /// In none of the forms.
        case unknown
        /// JSON that cannot be read.
        case badJSON(JSONProblem)
    }

    /// The value of the notification of the line read last.
    private(set) var bytes: [UInt8] = []
    private var timeColumn = 0
    private var valueColumn = 1
    private var isFirst = true
    private var hasHeader = false
    private var separator: UInt8?
    /// True behind the first line of nRF Connect: what is no notification is no damage.
    private var isAppLog = false
    private var tokenizer: JSONTokenizer
    private let limits: ReadLimits

    init(limits: ReadLimits) {
        tokenizer = JSONTokenizer(limits: limits)
        self.limits = limits
    }

    mutating func read(_ line: Span<UInt8>) -> Line {
        let whole = HeartRateLine.trimmed(line, 0..<line.count)
        guard let first = whole.first else { return .nothing }
        let text = line.extracting(whole.lowerBound..<whole.upperBound)
        if line[first] == UInt8(ascii: "{") { return readObject(text) }
        if line[first] == UInt8(ascii: "#") { return .nothing }
        if let found = readAppLog(text) { return found }
        return readRow(text)
    }

    // MARK: Rows

    private mutating func readRow(_ line: Span<UInt8>) -> Line {
        let found = separator(of: line)
        if found == 0x20 { return readBlanks(line) }
        let fields = HeartRateLine.fields(line, separator: found, limit: limits.attributes)
        guard fields.count >= 2, fields.count <= limits.attributes else { return .unknown }
        defer { isFirst = false }
        if isFirst, readHeader(line, fields) {
            separator = found
            return .nothing
        }
        guard hasHeader || fields.count == 2 || fields.dropFirst(2).allSatisfy(\.isEmpty),
            fields.indices.contains(timeColumn), fields.indices.contains(valueColumn)
        else { return .unknown }
        guard let time = HeartRateLine.time(line.extracting(fields[timeColumn])) else {
            return .badTime
        }
        return packet(time, line.extracting(fields[valueColumn]))
    }

    private func separator(of line: Span<UInt8>) -> UInt8 {
        if let separator { return separator }
        return [UInt8(ascii: ";"), 0x09, UInt8(ascii: ",")].first { separator in
            line.indices.contains { line[$0] == separator }
        } ?? 0x20
    }

    /// A time of one or two words, then bytes.
    private mutating func readBlanks(_ line: Span<UInt8>) -> Line {
        let fields = HeartRateLine.fields(line, separator: 0x20, limit: limits.attributes)
        guard fields.count >= 2, fields.count <= limits.attributes else { return .unknown }
        defer { isFirst = false }
        if isFirst, readHeader(line, fields) { return .nothing }
        var last = fields[0]
        var time = HeartRateLine.time(line.extracting(last))
        if time == nil, fields.count > 2 {
            last = fields[1]
            time = HeartRateLine.time(line.extracting(fields[0].lowerBound..<last.upperBound))
        }
        guard let time else { return .badTime }
        return packet(time, line.extracting(last.upperBound..<line.count))
    }

    /// A header row names the two columns; others are passed over.
    private mutating func readHeader(_ line: Span<UInt8>, _ fields: [Range<Int>]) -> Bool {
        func column(_ names: [String]) -> Int? {
            fields.firstIndex { field in
                let name = String(decoding: field.map { line[$0] }, as: UTF8.self).lowercased()
                return names.contains(name)
            }
        }
        guard let time = column(Self.timeNames), let value = column(Self.valueNames) else {
            return false
        }
        timeColumn = time
        valueColumn = value
        hasHeader = true
        return true
    }

    private static let timeNames = [
        "time", "timestamp", "datetime", "received", "unix", "unix_ms", "time_ms", "ts",
    ]
    private static let valueNames = [
        "value", "data", "hex", "bytes", "payload", "notification", "raw", "packet",
    ]

    private mutating func packet(_ time: HeartRateTime, _ field: Span<UInt8>) -> Line {
        HeartRateLine.hexadecimal(field, into: &bytes) ? .packet(time) : .badBytes
    }

    // MARK: Logs of apps

    /// Lines of nRF Connect: a time of day, the characteristic, and `(0x) 16-3C-…`; the first line
    /// holds the date. `nil` if the line is in another form.
    private mutating func readAppLog(_ line: Span<UInt8>) -> Line? {
        let start = line.extracting(0..<min(line.count, 11))
        if HeartRateLine.find("nrf connect", in: start) == 0 {
            isAppLog = true
            let fields = HeartRateLine.fields(line, separator: 0x20, limit: 16)
            for field in fields {
                if let date = TextTime(line.extracting(field)), !date.hasTimeOfDay {
                    return .date(date.date)
                }
            }
            return .nothing
        }
        guard let (time, end) = appTime(line) else { return isAppLog ? .nothing : nil }
        let isRate =
            HeartRateLine.find("2a37", in: line) != nil
            || HeartRateLine.find("heart rate measurement", in: line) != nil
        guard isRate, let mark = HeartRateLine.find("(0x)", in: line, from: end) else {
            return .nothing
        }
        var last = mark + 4
        while last < line.count, line[last] != 0x22, line[last] != UInt8(ascii: ",") { last += 1 }
        return packet(time, line.extracting(mark + 4..<last))
    }

    /// A level of one letter, then a time of day.
    private func appTime(_ line: Span<UInt8>) -> (HeartRateTime, Int)? {
        guard line.count > 10, (0x41...0x5A).contains(line[0]), line[1] == 0x09 || line[1] == 0x20
        else { return nil }
        var end = 2
        while end < line.count, line[end] != 0x09, line[end] != 0x20 { end += 1 }
        return HeartRateLine.timeOfDay(line.extracting(2..<end)).map { ($0, end) }
    }

    // MARK: Objects

    private mutating func readObject(_ line: Span<UInt8>) -> Line {
        do throws(JSONProblem) {
            return try readMembers(line)
        } catch {
            return .badJSON(error)
        }
    }

    private mutating func readMembers(_ line: Span<UInt8>) throws(JSONProblem) -> Line {
        tokenizer.reset()
        var index = 0
        var time: HeartRateTime?
        var hasTime = false
        var value: [UInt8]?
        guard try tokenizer.next(line, &index) == .beginObject else { throw cutOff }
        while let token = try tokenizer.next(line, &index), token == .key {
            let key = String(decoding: tokenizer.text, as: UTF8.self).lowercased()
            let depth = tokenizer.depth
            guard let content = try tokenizer.next(line, &index) else { throw cutOff }
            let isScalar = content == .string || content == .number
            if isScalar, Self.timeNames.contains(key) {
                let text = tokenizer.text
                hasTime = true
                time = HeartRateLine.time(text.span)
            } else if content == .string, Self.valueNames.contains(key) {
                value = tokenizer.text
            }
            while tokenizer.depth > depth {
                guard try tokenizer.next(line, &index) != nil else { throw cutOff }
            }
        }
        guard tokenizer.isComplete else { throw cutOff }
        guard try tokenizer.next(line, &index) == nil else { throw cutOff }
        guard hasTime, let value else { return .unknown }
        guard let time else { return .badTime }
        return packet(time, value.span)
    }

    private var cutOff: JSONProblem {
        JSONProblem(
            code: .damaged, found: "a line that is not one object", expected: "one object a line")
    }
}

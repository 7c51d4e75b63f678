// SPDX-License-Identifier: Apache-2.0
public import HearthBiosignals

/// Reads one file of a Fitbit export (Google Takeout or the older account archive), JSON or CSV.
///
/// What a file holds is told by its keys or its header row, never by its name. Formats and choices:
/// `docs/formats/fitbit.md`.
public struct FitbitReader: RecordingReader, ~Copyable {
    private var notation: TextNotation?
    private var json: FitbitJSON
    private var csv: FitbitCSV
    private var output: FitbitOutput
    private let minutes: FitbitMinutes?
    private var meter: ByteMeter
    private let limits: ReadLimits

    /// - Parameters:
    ///   - zone: the person's wall clock, to place local times of which the file tells no zone. If
    ///     it is empty they are read as UTC and reported once.
    ///   - minutes: what a JSON file of one value a minute holds, if the caller knows; else it is
    ///     told from the values where they allow only one answer.
    public init(
        limits: ReadLimits = .standard, zone: ZoneTimeline = ZoneTimeline(),
        minutes: FitbitMinutes? = nil
    ) {
        self.json = FitbitJSON(limits: limits, minutes: minutes, base: 0)
        self.csv = FitbitCSV(limits: limits, base: 0)
        self.output = FitbitOutput(limits: limits, zone: zone)
        self.minutes = minutes
        self.limits = limits
        self.meter = ByteMeter(limits: limits)
    }

    /// The name tells apart minute files, whose rows look alike.
    init(_ context: ReadContext) {
        let meanings: [(String, FitbitMinutes)] = [
            ("steps-", .steps), ("distance-", .distance), ("calories-", .energy),
            ("altitude-", .altitude),
        ]
        let minutes = meanings.first { context.fileName.hasPrefix($0.0) }?.1
        self.init(limits: context.limits, zone: context.zone, minutes: minutes)
    }

    /// The family of a file from its first bytes, or `nil` if it is none of Fitbit's.
    public static func family(of prefix: Span<UInt8>) -> FitbitFamily? {
        FitbitFamily(prefix: prefix)
    }

    /// Whether a file tells the clock's offset from UTC, so that it is to be read first.
    public static func isZoneSource(_ prefix: Span<UInt8>) -> Bool {
        family(of: prefix)?.isZoneSource ?? false
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let before = try meter.take(bytes.count)
        var start = 0
        if notation == nil {
            notation = TextNotation(bytes, from: &start)
            json = FitbitJSON(limits: limits, minutes: minutes, base: before + Int64(start))
            csv = FitbitCSV(limits: limits, base: before + Int64(start))
        }
        let rest = bytes.extracting(start..<bytes.count)
        switch notation {
        case .json: try json.read(rest, &output, into: &sink)
        case .csv: try csv.read(rest, isLast: false, &output, into: &sink)
        case nil: break
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        switch notation {
        case .json: try json.finish(&output, into: &sink)
        case .csv: try csv.finish(&output, into: &sink)
        case nil:
            throw ReadError(
                .truncated, at: ReadPosition(byte: meter.total), found: "an empty file",
                expected: "a JSON array or a header row")
        }
        output.finish(into: &sink)
    }

    /// White space and the bytes of the UTF-8 mark, which begin neither notation.
    static func isBeforeText(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains(byte)
    }
}

extension FitbitFamily {
    /// The family of a file from its first bytes.
    init?(prefix: Span<UInt8>) {
        var start = 0
        while start < prefix.count, FitbitReader.isBeforeText(prefix[start]) { start += 1 }
        guard start < prefix.count else { return nil }
        let text = prefix.extracting(start..<prefix.count)
        let family =
            text[0] == UInt8(ascii: "[") ? Self.ofJSON(text) : Self.ofCSV(text)
        guard let family else { return nil }
        self = family
    }

    /// The first element that tells, whole or not.
    private static func ofJSON(_ text: Span<UInt8>) -> FitbitFamily? {
        var tokenizer = JSONTokenizer(limits: .standard)
        var parser = FitbitElementParser()
        var index = 0
        var isInElement = false
        while let token = (try? tokenizer.next(text, &index)) ?? nil {
            let depth = tokenizer.depth
            if token == .beginObject, depth == 2, !isInElement {
                isInElement = true
                parser.begin(at: ReadPosition(byte: 0))
            } else if isInElement, depth == 1 {
                isInElement = false
                if let family = ofElement(parser.element) { return family }
            } else if isInElement {
                parser.take(
                    token, depth: depth, text: tokenizer.text, at: ReadPosition(byte: 0))
            }
        }
        return isInElement ? ofElement(parser.element) : nil
    }

    private static func ofElement(_ element: FitbitElement) -> FitbitFamily? {
        element.time.isThere || element.hasNight ? element.family : nil
    }

    private static func ofCSV(_ text: Span<UInt8>) -> FitbitFamily? {
        var scanner = CSVScanner(limits: .standard)
        var index = 0
        var table: FitbitTable?
        var times: [TextTime] = []
        while let outcome = scanner.next(text, &index, isLast: false) {
            guard !scanner.isHeld, case .row = outcome else { break }
            let row = text.extracting(scanner.range)
            if let table {
                guard table.shape == .beats, scanner.fields.count == table.columns else { break }
                let field = scanner.fields[table.time]
                if let time = TextTime(row.extracting(field.start..<field.end)) {
                    times.append(time)
                }
            } else {
                table = try? FitbitCSV.table(
                    outcome, row, scanner.fields, at: ReadPosition(byte: 0))
                guard table != nil else { return nil }
            }
        }
        if table == nil { table = headerOnly(text) }
        guard let table else { return nil }
        let isDaily =
            table.shape == .beats
            && FitbitCSV.quantity(ofBeatsAt: times) == .restingHeartRate
        return isDaily ? .restingHeartRate : table.family
    }

    /// The table of a file that is a header row without a line break.
    private static func headerOnly(_ text: Span<UInt8>) -> FitbitTable? {
        var splitter = CSVFieldSplitter(
            delimiter: UInt8(ascii: ","), limit: ReadLimits.standard.attributes)
        guard !text.indices.contains(where: { text[$0] == UInt8(ascii: "\n") }),
            splitter.split(text, from: 0) == .complete
        else { return nil }
        return try? FitbitCSV.table(.row, text, splitter.fields, at: ReadPosition(byte: 0))
    }
}

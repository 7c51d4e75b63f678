// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals
import HearthFormats

/// What a worker says of itself before it reads.
public struct WorkerReport: Sendable, Hashable {
    /// The HEARTH_SANDBOX bits of the layers in force.
    public var layers: UInt32
    public var landlock: UInt32
    public var archiveLibrary: String
    public var databaseLibrary: String
}

/// Takes the frames of a worker apart and hands on what they say. The worker is taken for hostile:
/// order, numbers, lengths, codes, values and totals are checked, and the first thing that is off ends
/// the decoding with an error.
public struct FrameDecoder {
    /// Bytes that the buffer of the caller must be able to hold.
    public static let frameBytes = Frame.headerBytes + Frame.payloadLimit

    private enum State { case start, between, inside, over }

    private let options: IntakeOptions
    private var state = State.start
    private var number: UInt64 = 0
    private var samples: Int64 = 0
    private var issues = 0
    private var statements = 0
    private var entries = 0
    /// Set by the worker's first frame.
    public private(set) var report: WorkerReport?
    /// The worker's last word: `nil` while there is none, then the error or success.
    public private(set) var outcome: Result<Void, IntakeError>?

    public init(_ options: IntakeOptions) { self.options = options }

    /// Decodes the whole frames in the first `filled` bytes of `buffer`.
    ///
    /// - Returns: how many bytes they took, or `nil` if they are not what a sound worker sends.
    public mutating func decode(
        _ buffer: [UInt8], filled: Int, into sink: some IntakeSink
    ) -> Int? {
        do throws(FrameError) { return try frames(buffer, filled, sink) } catch { return nil }
    }

    private mutating func frames(
        _ buffer: [UInt8], _ filled: Int, _ sink: some IntakeSink
    ) throws(FrameError) -> Int {
        var index = 0
        let filled = min(filled, buffer.count)
        while filled - index >= Frame.headerBytes {
            var header = FrameCursor(buffer, index..<index + Frame.headerBytes)
            let length = Int(try header.number(UInt32.self))
            let code = try header.number(UInt16.self)
            let zero = try header.number(UInt16.self)
            let number = try header.number(UInt64.self)
            let sum = try header.number(UInt64.self)
            guard length <= Frame.payloadLimit, zero == 0, number == self.number,
                let kind = Frame.Kind(rawValue: code)
            else { throw FrameError(found: "a header that is none") }
            let payload = index + Frame.headerBytes..<index + Frame.headerBytes + length
            guard payload.upperBound <= filled else { break }
            guard Frame.checksum(buffer, payload, number: number, kind: code) == sum else {
                throw FrameError(found: "another checksum")
            }
            var cursor = FrameCursor(buffer, payload)
            try take(kind, &cursor, sink)
            try cursor.finish()
            self.number += 1
            index = payload.upperBound
        }
        return index
    }

    private mutating func take(
        _ kind: Frame.Kind, _ cursor: inout FrameCursor, _ receiver: some IntakeSink
    ) throws(FrameError) {
        var sink = receiver
        switch (kind, state) {
        case (.hello, .start):
            try takeHello(&cursor)
            state = .between
        case (.begin, .between):
            try takeBegin(&cursor, sink)
            state = .inside
        case (.block, .inside): sink.accept(try takeBlock(&cursor))
        case (.issue, .inside): sink.report(try takeIssue(&cursor))
        case (.statement, .inside): sink.accept(try takeStatement(&cursor))
        case (.end, .inside):
            try takeEnd(&cursor, sink)
            state = .between
        case (.passedOver, .between):
            try countEntry()
            sink.passOver(try place(&cursor))
        case (.refused, .between):
            try countEntry()
            let name = try place(&cursor)
            sink.refuse(name, try error(&cursor))
        case (.progress, .between), (.progress, .inside):
            let bytes = try cursor.number(UInt64.self)
            guard bytes <= 1 << 40 else { throw FrameError(found: "an amount out of range") }
            sink.progress(Int(bytes))
        case (.finished, .between):
            outcome = .success(())
            state = .over
        case (.failed, .between):
            outcome = .failure(try error(&cursor))
            state = .over
        default: throw FrameError(found: "a frame out of order")
        }
    }

    // MARK: Small frames

    private mutating func takeHello(_ cursor: inout FrameCursor) throws(FrameError) {
        guard try cursor.number(UInt32.self) == 1 else {
            throw FrameError(found: "another version")
        }
        report = WorkerReport(
            layers: try cursor.number(UInt32.self), landlock: try cursor.number(UInt32.self),
            archiveLibrary: try cursor.text(limit: 256),
            databaseLibrary: try cursor.text(limit: 256))
    }

    private mutating func takeBegin(
        _ cursor: inout FrameCursor, _ sink: some IntakeSink
    ) throws(FrameError) {
        try countEntry()
        guard let kind = FileKind(rawValue: try cursor.number(UInt8.self)) else {
            throw FrameError(found: "an unknown kind of file")
        }
        let twin = try flag(&cursor)
        let place = try place(&cursor)
        samples = 0
        issues = 0
        statements = 0
        sink.begin(IntakeRecording(place: place, kind: kind, hasNewerTwin: twin))
    }

    private mutating func takeEnd(
        _ cursor: inout FrameCursor, _ sink: some IntakeSink
    ) throws(FrameError) {
        let hasReason = try flag(&cursor)
        let reason = try cursor.text(limit: 4096)
        sink.end(reason: hasReason ? reason : nil)
    }

    private mutating func takeIssue(_ cursor: inout FrameCursor) throws(FrameError) -> ReadIssue {
        issues += 1
        guard issues <= options.limits.issueKinds + 64,
            let code = ReadIssueCode(name: try cursor.text(limit: 64))
        else { throw FrameError(found: "too many issues, or one of no kind") }
        let byte = try cursor.number(Int64.self)
        let record = try cursor.number(Int64.self)
        let count = try cursor.number(Int64.self)
        let lost = try cursor.number(Int64.self)
        guard byte >= 0, record >= 0, count >= 0, lost >= 0 else {
            throw FrameError(found: "an amount out of range")
        }
        return ReadIssue(
            code, at: ReadPosition(byte: byte, record: record),
            found: try cursor.text(limit: 4096), expected: try cursor.text(limit: 4096),
            count: Int(count), samplesLost: Int(lost))
    }

    private mutating func takeStatement(
        _ cursor: inout FrameCursor
    ) throws(FrameError) -> DayStatement {
        statements += 1
        let id = CorrectionID(rawValue: try cursor.number(UInt32.self))
        let form = try cursor.number(UInt8.self)
        let code = try cursor.number(UInt8.self)
        let made = Timestamp(nanoseconds: try cursor.number(Int64.self))
        let first = Timestamp(nanoseconds: try cursor.number(Int64.self))
        let second = try cursor.number(Int64.self)
        let text = try cursor.text(limit: OwnText.longestNote)
        let statement: DayStatement
        if form == 2 {
            guard let key = PersonSettings.Key(rawValue: code),
                let value = Int(exactly: first.nanoseconds)
            else { throw FrameError(found: "an unknown setting") }
            statement = .setting(key, value)
        } else if form == 1 {
            guard code <= 1, (-(1 << 31)..<(1 << 31)).contains(second) else {
                throw FrameError(found: "a tag that is none")
            }
            statement = .tag(
                DayTag(
                    id: id, label: text, day: LocalDate(dayNumber: second), time: first,
                    isWholeDay: code == 1, made: made))
        } else {
            guard form == 0, let kind = SleepCorrection.Kind(rawValue: code) else {
                throw FrameError(found: "an unknown kind of correction")
            }
            statement = .sleep(
                SleepCorrection(
                    id: id, kind: kind, start: first, end: Timestamp(nanoseconds: second),
                    made: made, note: text.isEmpty ? nil : text))
        }
        guard statement.isSound, statements <= Self.mostStatements else {
            throw FrameError(found: "too many corrections, or one that is not sound")
        }
        return statement
    }

    /// Of one recording: what its reader takes at most.
    private static let mostStatements = 100_000

    private mutating func countEntry() throws(FrameError) {
        entries += 1
        guard entries <= options.archiveLimits.entries + 1 else {
            throw FrameError(found: "too many entries")
        }
    }

    /// Empty, or an entry's name behind `!`.
    private func place(_ cursor: inout FrameCursor) throws(FrameError) -> String {
        let text = try cursor.text(limit: 4096)
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "!") else {
            throw FrameError(found: "a name that is none")
        }
        return text
    }

    private func error(_ cursor: inout FrameCursor) throws(FrameError) -> IntakeError {
        guard let code = IntakeErrorCode(name: try cursor.text(limit: 64)) else {
            throw FrameError(found: "an unknown error")
        }
        return IntakeError(code, try cursor.text(limit: 4096))
    }

    private func flag(_ cursor: inout FrameCursor) throws(FrameError) -> Bool {
        let value = try cursor.number(UInt8.self)
        guard value <= 1 else { throw FrameError(found: "a flag that is none") }
        return value == 1
    }

    // MARK: Blocks

    private mutating func takeBlock(_ cursor: inout FrameCursor) throws(FrameError) -> SampleBlock {
        guard let quantity = Quantity(rawValue: try cursor.number(UInt16.self)),
            let file = FileKind(rawValue: try cursor.number(UInt8.self)),
            let derivation = Derivation(rawValue: try cursor.number(UInt8.self))
        else { throw FrameError(found: "an unknown quantity or origin") }
        let count = Int(try cursor.number(UInt32.self))
        samples += Int64(count)
        guard count > 0, samples <= options.limits.samples else {
            throw FrameError(found: "too many samples")
        }
        let device = try device(&cursor)
        let times = try times(&cursor, count)
        let durations =
            try flag(&cursor) ? try cursor.memory(Int64.self, count: count) : []
        guard durations.allSatisfy({ $0 >= 0 }) else {
            throw FrameError(found: "a duration below zero")
        }
        let quality = try flag(&cursor) ? try cursor.memory(UInt8.self, count: count) : []
        let facts = quantity.facts
        guard Int(try cursor.number(UInt8.self)) == facts.columns.count else {
            throw FrameError(found: "another number of columns")
        }
        var columns: [SampleColumn] = []
        for _ in facts.columns { columns.append(try column(&cursor, count, facts.plausible)) }
        if quantity == .zoneOffset { try FrameChecks.zone(columns) }
        return SampleBlock(
            device: device, quantity: quantity,
            origin: Origin(file: file, derivation: derivation), times: times,
            durations: durations, columns: columns, quality: quality)
    }

    private func device(_ cursor: inout FrameCursor) throws(FrameError) -> SourceDevice {
        let vendor = try cursor.text(limit: 4096)
        let model = try cursor.text(limit: 4096)
        let unit = try cursor.number(UInt64.self)
        let hasPseudonym = try flag(&cursor)
        let pseudonym = DeviceID(rawValue: try cursor.number(UInt64.self))
        return SourceDevice(
            vendor: vendor, model: model, unit: unit, pseudonym: hasPseudonym ? pseudonym : nil)
    }

    private func times(
        _ cursor: inout FrameCursor, _ count: Int
    ) throws(FrameError) -> TimeAxis {
        if try flag(&cursor) {
            return .irregular(try cursor.memory(Int64.self, count: count))
        }
        let start = Timestamp(nanoseconds: try cursor.number(Int64.self))
        let numerator = try cursor.number(Int64.self)
        let denominator = try cursor.number(Int64.self)
        guard numerator > 0, denominator > 0 else { throw FrameError(found: "a period below zero") }
        let period = Period(numerator: numerator, denominator: denominator)
        let span = period.nanoseconds(times: Int64(count))
        guard span < .max, start.advanced(byNanoseconds: span) < .distantFuture else {
            throw FrameError(found: "a time out of range")
        }
        return .regular(start: start, period: period, count: count)
    }

    private func column(
        _ cursor: inout FrameCursor, _ count: Int, _ plausible: ClosedRange<Float>
    ) throws(FrameError) -> SampleColumn {
        switch try cursor.number(UInt8.self) {
        case 0:
            let values = try cursor.memory(Float.self, count: count)
            try FrameChecks.range(values, plausible)
            return .float32(values)
        case 1:
            let scale = try scale(&cursor)
            let values = try cursor.memory(Int16.self, count: count)
            try FrameChecks.range(values, scale, plausible)
            return .int16(values, scale)
        case 2:
            let scale = try scale(&cursor)
            let values = try cursor.memory(Int32.self, count: count)
            try FrameChecks.range(values, scale, plausible)
            return .int32(values, scale)
        default: throw FrameError(found: "an unknown column")
        }
    }

    private func scale(_ cursor: inout FrameCursor) throws(FrameError) -> Scale {
        let scale = Scale(factor: try cursor.float(), offset: try cursor.float())
        guard scale.factor.isFinite, scale.offset.isFinite else {
            throw FrameError(found: "a scale that is no number")
        }
        return scale
    }
}

/// Checks of whole columns, without a branch for each value.
enum FrameChecks {
    /// Every value lies in the range; what is no number lies in none.
    static func range(
        _ values: [Float], _ plausible: ClosedRange<Float>
    ) throws(FrameError) {
        let (low, high) = (plausible.lowerBound, plausible.upperBound)
        var outside: UInt32 = 0
        for value in values { outside |= value >= low && value <= high ? 0 : 1 }
        guard outside == 0 else { throw FrameError(found: "a value out of range") }
    }

    /// The extremes of a column of integers lie in the range.
    static func range<Value: FixedWidthInteger>(
        _ values: [Value], _ scale: Scale, _ plausible: ClosedRange<Float>
    ) throws(FrameError) {
        var low = Value.max
        var high = Value.min
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        for value in [low, high] {
            guard plausible.contains(Float(value) * scale.factor + scale.offset) else {
                throw FrameError(found: "a value out of range")
            }
        }
    }

    /// Offsets are whole seconds and origins are known codes: they are turned into integers later.
    static func zone(_ columns: [SampleColumn]) throws(FrameError) {
        guard columns.count == 2 else { throw FrameError(found: "another number of columns") }
        let origin = columns[1]
        for index in 0..<origin.count {
            guard let code = UInt8(exactly: origin[index]), ZoneOrigin(rawValue: code) != nil else {
                throw FrameError(found: "an unknown origin of an offset")
            }
        }
    }
}

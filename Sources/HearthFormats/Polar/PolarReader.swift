// SPDX-License-Identifier: Apache-2.0
import HearthBiosignals

/// Reads one JSON file of a Polar Flow export. What it holds is told by its keys; `NaN` without
/// quotes, which the export writes though JSON has no such word, is taken for no value.
///
/// Formats and choices: `docs/formats/polar.md`.
public struct PolarReader: RecordingReader, ~Copyable {
    static let shape = JSONShape<PolarField, PolarCut>()
    /// An exercise is one record: twelve hours of six series a second stay under this.
    static let recordBytes = 8 << 20

    private var records: JSONRecords<PolarField, PolarCut>
    private var output: SampleOutput
    private var meter: ByteMeter
    private var held = PolarHeld()
    private var parts = 0

    public init(_ context: ReadContext = ReadContext()) {
        records = JSONRecords(
            Self.shape, limits: context.limits, allowsBareNumbers: true,
            recordLimit: max(Self.recordBytes, context.limits.recordBytes))
        output = SampleOutput(
            file: .polar, device: SourceDevice(vendor: "Polar", model: ""), limits: context.limits,
            zone: context.zone)
        meter = ByteMeter(limits: context.limits)
    }

    /// Whether the first bytes are those of one of Polar Flow's files.
    public static func recognises(_ prefix: Span<UInt8>) -> Bool {
        guard let sniff = JSONSniff(prefix) else { return false }
        if sniff.hasAny(
            "deviceDays", "devicePpiSamplesList", "sleepResult", "sleepScoreResult",
            "meanNightlyRecoveryRri", "meanNightlyRecoveryRmssd",
            "hrvData.samplingIntervalInMillis",
            "breathingRateData.samplingIntervalInMillis", "exercises.durationMillis",
            "exercises.samples", "exercises.startTime")
        {
            return true
        }
        if sniff.has("startTime", "stopTime", "durationMillis") { return true }
        if sniff.has("exportVersion"), sniff.hasAny("exercises", "startTime", "samples", "summary")
        {
            return true
        }
        return sniff.has("date", "samples.steps") || sniff.has("date", "samples.mets")
    }

    public mutating func read(
        _ bytes: Span<UInt8>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let base = try meter.take(bytes.count)
        var index = 0
        while let event = records.next(bytes, &index, base: base) {
            switch event {
            case .record(let cut): try take(cut, into: &sink)
            case .stray:
                output.count(
                    .unknownElement, at: records.position, found: "an element that is no object",
                    expected: "one of Polar Flow's records", samplesLost: 0)
            case .problem(let problem):
                output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
            }
        }
    }

    public mutating func finish(into sink: inout some SampleSink & ~Copyable) throws(ReadError) {
        let end = records.finish(at: meter.total)
        guard records.documents > 0 else {
            throw ReadError(
                .truncated, at: ReadPosition(byte: meter.total), found: "no JSON document",
                expected: "one of Polar Flow's files")
        }
        if let problem = end.problem {
            output.count(problem, at: records.position, isInRecord: !records.open.isEmpty)
        }
        if end.hasRecord { try take(nil, into: &sink) }
        try held.flush(nil, &output, into: &sink)
        output.finish(into: &sink)
    }

    private mutating func take(
        _ cut: PolarCut?, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let record = records.record
        if cut != nil { parts += 1 }
        switch cut {
        case .exercise:
            try held.take(
                record, .exercise, owner: records.open.last, &output, into: &sink)
        case .step:
            try held.take(record, .step, owner: records.open.last, &output, into: &sink)
        case .rate:
            try held.take(record, .rate, owner: records.open.last, &output, into: &sink)
        case .beat: try addBeat(record, into: &sink)
        case .met:
            output.countUnsupported("activity on a scale of the vendor's own", record.position)
        case .day: try held.flush(record, &output, into: &sink)
        case .beatDevice: break
        case nil:
            try endDocument(record, into: &sink)
            parts = 0
        }
    }

    private mutating func endDocument(
        _ record: JSONRecord<PolarField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let hadExercises = held.exercises > 0
        try held.flush(record, &output, into: &sink)
        if record.mentions(.sleepStart) {
            try PolarNight(record: record).deliver(&output, into: &sink)
        } else if record.mentions(.nightRMSSD, .nightInterval) {
            try PolarNight(record: record).deliverRecovery(&output, into: &sink)
        } else if record.mentions(.score) {
            output.countScore(record.position)
        } else if record.mentions(.blob) {
            output.countUnsupported("series that do not tell their night", record.position)
        } else if record.mentions(.test) {
            output.countUnsupported("a test whose fields are not published", record.position)
        } else if record.mentions(.startTime), !hadExercises {
            try PolarExercise(record: record).deliver(nil, &output, into: &sink)
        } else if record.has(.stepTotal), parts == 0 {
            try addStepTotal(record, into: &sink)
        } else if parts == 0, !record.mentions(.date, .stepTotal) {
            output.count(
                .unknownElement, at: record.position, found: "a record of another kind",
                expected: "one of Polar Flow's records", samplesLost: 0)
        }
    }

    private mutating func addStepTotal(
        _ record: JSONRecord<PolarField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        let position = record.position
        guard let value = record.float(.stepTotal) else {
            return output.countInvalidValue(position)
        }
        guard let date = record.time(.date) else { return output.countInvalidTime(position) }
        guard let day = output.days(from: date, position: position) else { return }
        try output.add(
            value, .steps, .derived, at: day.start, duration: day.duration, position: position,
            into: &sink)
    }

    private mutating func addBeat(
        _ record: JSONRecord<PolarField>, into sink: inout some SampleSink & ~Copyable
    ) throws(ReadError) {
        guard let time = record.time(.beatTime) else {
            return output.countInvalidTime(record.position)
        }
        guard record.has(.pulseLength) else { return output.countSentinel(record.position) }
        guard let value = record.float(.pulseLength) else {
            return output.countInvalidValue(record.position)
        }
        guard let instant = output.instant(time, position: record.position) else { return }
        try output.add(value, .rrInterval, at: instant, position: record.position, into: &sink)
    }
}
